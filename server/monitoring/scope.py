"""What an asker's figures are about: a span of days, some fields of the office; and who may ask for any.

Figures are for who oversees fields of the office, each for their own. Confidential procedures count only for the people who
are named for them; for all others there are none.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, select

from server import errors
from server.engine import Engine
from server.engine.access import overseen, oversees
from server.engine.tables import Definition, Kind, ProcessGroup, ProcessInstance
from server.identity import Actor, Permission

LONGEST: Final = 3 * 366
"""Days that one question may span."""


class NoOverview(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__(
            "Pantauan hanya untuk pimpinan kantor dan kepala bidang. Pekerjaan Anda sendiri ada di kotak tugas."
        )


class WrongPeriod(errors.Invalid):
    """A period that ends before it begins, or that is too long."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"Periode tidak dapat dipakai: {problem}.", [errors.Problem(problem, "sampai")])


class UnknownProcedure(errors.NotFound):
    def __init__(self, process_id: str, hidden: bool = False) -> None:
        super().__init__(f"Prosedur {process_id[:60]} tidak ada, atau bukan untuk Anda.", hidden)


@dataclass(frozen=True)
class Period:
    """Days of the office, both included. Raises WrongPeriod."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise WrongPeriod("hari terakhirnya mendahului hari pertamanya")
        if (self.last - self.first).days > LONGEST:
            raise WrongPeriod("paling panjang tiga tahun")

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


def months_before(day: date, months: int) -> date:
    """The first day of the month so many months before a day's."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def recent(today: date) -> Period:
    """This month and the two before it."""
    return Period(months_before(today, 2), today)


@dataclass(frozen=True)
class Asked:
    """Whose figures of what: cases that ended in a period, of one `bidang` or one procedure where that is said."""

    period: Period
    bidang: str | None = None
    process_id: str | None = None

    def of(self, actor: Actor, rows: Any, case_key: Any) -> ColumnElement[bool]:
        """The condition on measured rows, which bear the day on which their case ended."""
        return and_(
            rows.day >= self.period.first, rows.day <= self.period.last, self.about(actor, rows, case_key)
        )

    def about(self, actor: Actor, rows: Any, case_key: Any) -> ColumnElement[bool]:
        """The same without the days."""
        conditions = [overseen(actor, rows, case_key)]
        if self.bidang is not None:
            conditions.append(rows.bidang == self.bidang)
        if self.process_id is not None:
            conditions.append(rows.process_id == self.process_id)
        return and_(*conditions)


@dataclass(frozen=True)
class Procedure:
    """The newest version of one."""

    process_id: str
    name: str
    bidang: str | None
    definition_key: int
    confidential: bool


def allow(actor: Actor) -> None:
    """Raises NoOverview."""
    if not oversees(actor):
        raise NoOverview


def procedure(engine: Engine, connection: Connection, actor: Actor, process_id: str) -> Procedure:
    """A procedure that the actor oversees, or in whose confidential cases they have a part. Raises NoOverview, UnknownProcedure."""
    allow(actor)
    if not process_id.isprintable():
        raise UnknownProcedure(process_id)
    found = procedures(connection, [process_id]).get(process_id)
    if found is None:
        raise UnknownProcedure(process_id)
    if not (_is_named(connection, actor, found) if found.confidential else _oversees(actor, found.bidang)):
        raise UnknownProcedure(process_id, hidden=True)
    return found


def procedures(connection: Connection, process_ids: list[str]) -> dict[str, Procedure]:
    """Those of these ids, in one statement."""
    newer = Definition.__table__.alias()
    rows = connection.execute(
        select(
            Definition.id, Definition.name, Definition.bidang, Definition.key, Definition.confidential
        ).where(
            Definition.kind == Kind.PROCESS,
            Definition.id.in_(process_ids),
            ~select(newer.c.key)
            .where(
                newer.c.kind == Kind.PROCESS,
                newer.c.id == Definition.id,
                newer.c.version > Definition.version,
            )
            .exists(),
        )
    )
    return {row.id: Procedure(row.id, row.name, row.bidang, row.key, row.confidential) for row in rows}


def _oversees(actor: Actor, bidang: str | None) -> bool:
    return Permission.SEE_ALL in actor.permissions or bidang in actor.sees


def _is_named(connection: Connection, actor: Actor, found: Procedure) -> bool:
    reads = select(ProcessGroup.process_id).where(
        ProcessGroup.process_id == found.process_id,
        ProcessGroup.reads,
        ProcessGroup.group.in_(sorted(actor.groups)),
    )
    if connection.execute(reads.limit(1)).first():
        return True
    case = ProcessInstance
    theirs = select(case.key).where(case.process_id == found.process_id, overseen(actor, case, case.key))
    return connection.execute(theirs.limit(1)).first() is not None
