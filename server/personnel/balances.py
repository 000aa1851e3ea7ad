"""The leave book as it is read: every employee's balance of annual leave by the tables in force, requests, and who is away.

The keepers of the book and whoever oversees their field read all of it; who oversees another field, that of the unit of the same
name; everybody their own. What the days are worth is decided by the tables in dmn/cuti, as for a request.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, or_, select, true

from server import dmn, errors
from server.engine import Engine, decisions
from server.engine.access import visible_cases
from server.engine.tables import ProcessInstance
from server.identity import Actor, Permission
from server.identity.models import Person
from server.personnel.employees import EMPLOYEES, EmployeeRecord
from server.personnel.leave_book import TAHUNAN, Page, columns
from server.personnel.leave_facts import facts_of_pages
from server.personnel.models import Employee, LeaveRequest, LeaveStatus, LeaveYear

KEEPER: Final = "kasubag_umpeg"
"""The role that keeps the leave book, and corrects it."""

KEEPERS: Final = frozenset((KEEPER, "staf_umpeg"))
"""The roles that read all of it."""

BIDANG: Final = "umum-kepegawaian"
PROCESS: Final = "pengajuan_cuti"
BALANCE: Final = "saldo_cuti"
TERMS: Final = "ketentuan_cuti"
EARLIEST: Final = 1980
LATEST: Final = 2200
_SAID: Final = {
    "hak": "hak_n",
    "sisa_1": "sisa_1",
    "sisa_2": "sisa_2",
    "bawaan": "bawaan",
    "pagu": "pagu",
    "sisa": "saldo",
}
"""Where the table says what a balance holds."""


class NotYours(errors.NotFound):
    """There is no such employee, or somebody else looks after them."""

    def __init__(self, username: str) -> None:
        super().__init__(
            f"Buku penjagaan cuti “{username}” tidak ada, atau bukan untuk Anda. Cuti Anda sendiri ada di menu di bawah nama Anda."
        )
        self.username = username


@dataclass(frozen=True)
class Sought:
    """Whose pages: all that is named must fit. `words`: in the name, NIP or username."""

    words: str | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Balance:
    """An employee's annual leave of a year, in hari kerja, as the tables say; None for all of it where they cannot.

    `hak`: of the year itself; `bawaan`: carried into it; `pagu`: both within the limit; `terpakai`: taken; `diajukan`: asked for and
    not decided; `sisa`: left. `sisa_1`, `sisa_2`: what was left of the years before. `why`: every decision on the way; `fault`: why
    nothing can be said.
    """

    who: EmployeeRecord
    tahun: int
    page: Page
    ditangguhkan: int
    diajukan: int
    hak: int | None = None
    sisa_1: int | None = None
    sisa_2: int | None = None
    bawaan: int | None = None
    pagu: int | None = None
    sisa: int | None = None
    why: tuple[dmn.DecisionTrace, ...] = ()
    fault: str | None = None


@dataclass(frozen=True)
class Balances:
    items: list[Balance]
    total: int


@dataclass(frozen=True)
class Requested:
    """A request with its employee, and its case: by `number` and key, where the asker may see it (`visible`)."""

    case_key: int
    number: str | None
    username: str
    nama: str
    unit: str
    tahun: int
    jenis: str
    mulai: date
    selesai: date
    lama: int
    status: str
    dari_bawaan: int
    diajukan_pada: datetime
    diputus_pada: datetime | None
    visible: bool


@dataclass(frozen=True)
class Requests:
    items: list[Requested]
    total: int


@dataclass(frozen=True)
class Attendance:
    """A unit in a span of days: how many belong to it, who is or may be away, and the share that should stay, which is advice."""

    unit: str
    pegawai: int
    away: list[Requested]
    minimum: float

    def absent_on(self, day: date) -> int:
        return len({each.username for each in self.away if each.mulai <= day <= each.selesai})

    def is_thin_on(self, day: date) -> bool:
        """Whether fewer would stay than should."""
        return self.pegawai > 0 and (self.pegawai - self.absent_on(day)) / self.pegawai < self.minimum


# --- who may read, and correct


def reads_all(actor: Actor) -> bool:
    return (
        not actor.groups.isdisjoint(KEEPERS)
        or Permission.SEE_ALL in actor.permissions
        or BIDANG in actor.sees
    )


def reads_others(actor: Actor) -> bool:
    """Whether there is more for them than their own page."""
    return reads_all(actor) or bool(actor.sees)


def may_correct(actor: Actor, username: str) -> bool:
    """The keeper; for the keeper's own page whoever stands above."""
    return actor.receives(KEEPER, BIDANG, username)


def _readable(engine: Engine, actor: Actor) -> ColumnElement[bool]:
    """The condition on Employee."""
    if reads_all(actor):
        return true()
    names = [engine.roles.bidang[each].nama for each in sorted(actor.sees) if each in engine.roles.bidang]
    return or_(Employee.username == actor.username, Employee.unit.in_(names))


# --- balances


def balances(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    tahun: int,
    sought: Sought = Sought(),
    limit: int = 50,
    offset: int = 0,
) -> Balances:
    """Everybody's balance of a year, by name. So many statements, however many employees."""
    conditions = [_readable(engine, actor), Person.active, *_wanted(sought)]
    total = connection.execute(_joined(select(func.count(Employee.username))).where(*conditions)).scalar_one()
    found = connection.execute(_EMPLOYEES.where(*conditions).limit(limit).offset(offset))
    return Balances(_balances(engine, connection, [EmployeeRecord(*row) for row in found], [tahun]), total)


def history(
    engine: Engine, connection: Connection, actor: Actor, username: str, years: Sequence[int]
) -> list[Balance]:
    """One employee's balances of some years. Raises NotYours."""
    who = employee_for(engine, connection, actor, username)
    return _balances(engine, connection, [who], years)


def employee_for(engine: Engine, connection: Connection, actor: Actor, username: str) -> EmployeeRecord:
    """The employee, if the actor may read their pages. Raises NotYours."""
    statement = _EMPLOYEES.where(Employee.username == username, _readable(engine, actor))
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise NotYours(username)
    return EmployeeRecord(*row)


def supposing(
    engine: Engine,
    connection: Connection,
    who: EmployeeRecord,
    years: Sequence[int],
    pages: Mapping[int, Page],
) -> list[Balance]:
    """What somebody's balances would be if these were their pages."""
    return _balances(
        engine, connection, [who], years, {(who.username, year): each for year, each in pages.items()}
    )


def units(engine: Engine, connection: Connection, actor: Actor) -> list[str]:
    """Those of the employees whom the actor may read."""
    statement = select(Employee.unit).distinct().order_by(Employee.unit).where(_readable(engine, actor))
    return list(connection.execute(statement).scalars())


def _wanted(sought: Sought) -> Iterator[ColumnElement[bool]]:
    if sought.words:
        said = (Person.name, Person.nip, Person.username)
        yield or_(*(column.icontains(sought.words, autoescape=True) for column in said))
    if sought.unit:
        yield Employee.unit == sought.unit


Pages = Mapping[tuple[str, int], Page]


def _balances(
    engine: Engine,
    connection: Connection,
    people: Sequence[EmployeeRecord],
    years: Sequence[int],
    supposed: Pages | None = None,
) -> list[Balance]:
    names = [each.username for each in people]
    wanted = sorted({year - back for year in years for back in range(3)})
    pages = {**_pages(connection, names, wanted), **(supposed or {})}
    undecided = _undecided(connection, names, years)
    tables = decisions.newest(engine, connection, BALANCE)
    return [
        _balance(engine, tables, who, year, pages, undecided.get((who.username, year), 0))
        for who in people
        for year in years
    ]


def _balance(
    engine: Engine, tables: dmn.Definitions, who: EmployeeRecord, tahun: int, pages: Pages, undecided: int
) -> Balance:
    own = {year: page for (username, year), page in pages.items() if username == who.username}
    facts = {
        "mulai_kerja": who.mulai_kerja.isoformat(),
        "lama_hk": 0,
        "lama_hari": 0,
        "diajukan_belum_putus": undecided,
        **facts_of_pages(own, who, tahun),
    }
    asked = {"jenis_cuti": TAHUNAN, "mulai": _as_of(engine, tahun).isoformat(), "catatan_cuti": facts}
    found = dmn.evaluate(tables, BALANCE, asked, engine.environment, engine.functions)
    said: Mapping[str, Any] = found.value if isinstance(found.value, Mapping) else {}
    about = (who, tahun, own.get(tahun, Page()), facts["ditangguhkan"], undecided)
    told: dict[str, Any] = {name: _days(said.get(of)) for name, of in _SAID.items()}
    if told["sisa"] is None:
        fault = "; ".join(map(str, found.warnings)) or "Tabel cuti tidak memberi saldo."
        return Balance(*about, fault=fault)
    return Balance(*about, **told, why=tuple(found.decisions))


def _as_of(engine: Engine, tahun: int) -> date:
    """The day of a year on which its leave is looked at: today, the last one of a past year, the first of one to come."""
    today = engine.clock.today()
    if tahun == today.year:
        return today
    return date(tahun, 12, 31) if tahun < today.year else date(tahun, 1, 1)


def _days(value: object) -> int | None:
    return None if value is None else int(str(value))


def _pages(connection: Connection, names: Sequence[str], years: Sequence[int]) -> Pages:
    statement = select(LeaveYear.username, LeaveYear.tahun, *columns(LeaveYear, Page)).where(
        LeaveYear.username.in_(names), LeaveYear.tahun.in_(years)
    )
    return {(row[0], row[1]): Page(*row[2:]) for row in connection.execute(statement)}


def _undecided(
    connection: Connection, names: Sequence[str], years: Sequence[int]
) -> dict[tuple[str, int], int]:
    statement = (
        select(LeaveRequest.username, LeaveRequest.tahun, func.sum(LeaveRequest.lama))
        .where(LeaveRequest.username.in_(names), LeaveRequest.tahun.in_(years))
        .where(LeaveRequest.jenis == TAHUNAN, LeaveRequest.status == LeaveStatus.DIAJUKAN)
        .group_by(LeaveRequest.username, LeaveRequest.tahun)
    )
    return {(row[0], row[1]): int(row[2]) for row in connection.execute(statement)}


# --- requests


def requests(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    sought: Sought = Sought(),
    status: str | None = None,
    tahun: int | None = None,
    username: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Requests:
    """Requests for leave that the actor may read, the newest first."""
    conditions = [_readable(engine, actor), *_wanted(sought)]
    named = ((LeaveRequest.status, status), (LeaveRequest.tahun, tahun), (LeaveRequest.username, username))
    conditions += [column == value for column, value in named if value is not None]
    counting = _of_requests(select(func.count(LeaveRequest.case_key))).where(*conditions)
    statement = _requested(actor).where(*conditions).order_by(*_NEWEST_FIRST).limit(limit).offset(offset)
    found = [Requested(*row) for row in connection.execute(statement)]
    return Requests(found, connection.execute(counting).scalar_one())


def count_undecided(engine: Engine, connection: Connection, actor: Actor) -> int:
    """How many requests of those whom the actor may read wait for a decision; one's own do not count."""
    statement = _of_requests(select(func.count(LeaveRequest.case_key))).where(
        _readable(engine, actor),
        LeaveRequest.username != actor.username,
        LeaveRequest.status == LeaveStatus.DIAJUKAN,
    )
    return int(connection.execute(statement).scalar_one())


def attendance(
    engine: Engine, connection: Connection, actor: Actor, since: date, until: date, unit: str | None = None
) -> list[Attendance]:
    """Who is away, or has asked to be, in a span of days, by unit; of the units that the actor may read as a whole."""
    conditions = [_readable(engine, actor), *_wanted(Sought(unit=unit))]
    sizes = connection.execute(
        _joined(select(Employee.unit, func.count(Employee.username)))
        .where(Person.active, *conditions)
        .group_by(Employee.unit)
        .order_by(Employee.unit)
    ).all()
    statement = _requested(actor).where(
        *conditions,
        LeaveRequest.status.in_((LeaveStatus.DIAJUKAN, LeaveStatus.DISETUJUI)),
        LeaveRequest.mulai <= until,
        LeaveRequest.selesai >= since,
    )
    away: dict[str, list[Requested]] = {}
    for row in connection.execute(statement.order_by(LeaveRequest.mulai, Person.name)):
        each = Requested(*row)
        away.setdefault(each.unit, []).append(each)
    minimum = _minimum(engine, connection, since)
    return [Attendance(name, count, away.get(name, []), minimum) for name, count in sizes]


def _minimum(engine: Engine, connection: Connection, day: date) -> float:
    """The share of a unit that should be there, by the table of terms; 0 where it says none."""
    tables = decisions.newest(engine, connection, TERMS)
    asked = {"mulai": day.isoformat()}
    found = dmn.evaluate(tables, TERMS, asked, engine.environment, engine.functions).value
    share = found.get("minimum_unit") if isinstance(found, Mapping) else None
    return float(str(share)) if share is not None else 0.0


def _requested(actor: Actor) -> Any:
    return _of_requests(
        select(
            LeaveRequest.case_key,
            ProcessInstance.business_id,
            LeaveRequest.username,
            Person.name,
            Employee.unit,
            LeaveRequest.tahun,
            LeaveRequest.jenis,
            LeaveRequest.mulai,
            LeaveRequest.selesai,
            LeaveRequest.lama,
            LeaveRequest.status,
            LeaveRequest.dari_bawaan,
            LeaveRequest.diajukan_pada,
            LeaveRequest.diputus_pada,
            func.coalesce(visible_cases(actor), False).label("visible"),
        )
    )


# --- statements ------------------------------------------------------------------------------------------------------


def _joined(statement: Any) -> Any:
    return statement.select_from(Employee).join(Person, Person.username == Employee.username)


def _of_requests(statement: Any) -> Any:
    return (
        statement.select_from(LeaveRequest)
        .join(Employee, Employee.username == LeaveRequest.username)
        .join(Person, Person.username == LeaveRequest.username)
        .outerjoin(ProcessInstance, ProcessInstance.key == LeaveRequest.case_key)
    )


_EMPLOYEES: Final = EMPLOYEES.order_by(Person.name, Employee.username)
_NEWEST_FIRST: Final = (LeaveRequest.diajukan_pada.desc(), LeaveRequest.case_key.desc())
