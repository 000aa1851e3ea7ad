"""What the quarterly report says: the figures of timeliness by field and service, in the words of the pages."""

from itertools import groupby
from typing import Final

from sqlalchemy import Connection, select

from server.calendar import words
from server.engine import Engine
from server.identity import Actor, holders
from server.identity.models import Person
from server.letters import ReportedField, ReportedService, TimelinessReport
from server.monitoring import running, timeliness
from server.monitoring.scope import Asked
from server.monitoring.sheets import basis, bidang_name
from server.monitoring.timeliness import OfProcedure, Timeliness

SIGNS: Final = "kepala_dinas"
WORST: Final = 8


def report(engine: Engine, connection: Connection, actor: Actor, asked: Asked) -> TimelinessReport:
    """Of what the actor oversees. Raises NoOverview."""
    now = running.under_way(engine, connection, actor, asked)
    found = timeliness.by_procedure(engine, connection, actor, asked, now)
    fields = [*engine.roles.bidang, None]
    found.sort(key=lambda one: (fields.index(one.bidang) if one.bidang in fields else len(fields), one.name))
    late = timeliness.late_cases(engine, connection, actor, asked)[:WORST]
    names = {each.process_id: each.name for each in found}
    months = timeliness.by_month(engine, connection, actor, asked)
    of_field = timeliness.by_field(engine, connection, actor, asked)
    signer, nip = _signer(engine, connection)
    return TimelinessReport(
        dari=asked.period.first,
        sampai=asked.period.last,
        bidang=tuple(
            _field(engine, bidang, list(several), of_field.get(bidang, timeliness.NOTHING))
            for bidang, several in groupby(found, key=lambda one: one.bidang)
        ),
        jumlah=_sum("Seluruhnya", timeliness.in_all(engine, connection, actor, asked), found),
        bulan=tuple(
            (
                f"{words.MONTHS[each.month.month - 1]} {each.month.year}",
                str(each.done.many),
                _share(each.done),
                _time(each.done.median),
            )
            for each in months
        ),
        terlambat=tuple(
            (
                each.number or str(each.key),
                names.get(each.process_id, each.process_id),
                _time(each.worked),
                _time(each.promised),
                words.short_day(each.ended_at.astimezone(engine.clock.zone)),
            )
            for each in late
        ),
        jabatan=engine.roles[SIGNS].nama,
        pejabat=signer,
        nip=nip,
    )


def _field(engine: Engine, bidang: str | None, several: list[OfProcedure], done: Timeliness) -> ReportedField:
    name = bidang_name(engine.roles, bidang)
    return ReportedField(name, tuple(map(_service, several)), _sum(f"Jumlah {name}", done, several))


def _service(one: OfProcedure) -> ReportedService:
    promise = _time(one.promise.about) if one.promise else "–"
    return _line(one.name, promise, basis(one.promise), one.done, one.canceled, one.running_late)


def _sum(name: str, done: Timeliness, several: list[OfProcedure]) -> ReportedService:
    canceled = sum(each.canceled for each in several)
    return _line(name, "", "", done, canceled, sum(each.running_late for each in several))


def _line(name: str, promise: str, based: str, done: Timeliness, canceled: int, late: int) -> ReportedService:
    return ReportedService(
        nama=name,
        janji=promise,
        dasar=based,
        selesai=str(done.many),
        median=_time(done.median),
        p90=_time(done.p90),
        tepat=_share(done),
        terlambat=str(done.late),
        dibatalkan=str(canceled),
        berjalan_terlambat=str(late),
    )


def _time(seconds: int | None) -> str:
    return "–" if seconds is None else words.spent(seconds)


def _share(done: Timeliness) -> str:
    return "–" if done.share is None else f"{round(100 * done.share)}%"


def _signer(engine: Engine, connection: Connection) -> tuple[str | None, str | None]:
    """Who holds the office that signs, where that is one."""
    found = holders(connection, SIGNS, None, engine.clock.today())
    if len(found) != 1:
        return None, None
    known = select(Person.name, Person.nip).where(Person.username == found[0])
    row = connection.execute(known).one()
    return row.name, row.nip
