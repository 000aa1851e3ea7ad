"""The reminder book (buku penjagaan): for every employee what comes due next, pay rise, promotion, pension and the leave before it.

When and whether is said by the tables in dmn/kepegawaian, in force today; here are the facts that they ask for, the case that runs
for what is due, and its start. Of discipline, which is confidential, only who keeps its register reads why something is held up.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, bindparam, insert, select, update

from server import dmn, errors, feel
from server.db import AnyRow, Change, Effect, dump_json
from server.engine import Engine, decisions, instances
from server.engine.access import visible_cases
from server.engine.tables import InstanceState, ProcessInstance
from server.identity import Actor, Entry, record_all
from server.personnel import discipline
from server.personnel.career import Career, Listed, audited, careers, keeps_files, must_keep, must_read
from server.personnel.career_kinds import PENDIDIKAN
from server.personnel.employees import NotAnEmployee
from server.personnel.models import DisciplineCase, DisciplineStep, DueCase, LeaveRequest, LeaveStatus
from server.personnel.proposals import Pay, beginning
from server.personnel.register import KEEPER

KINDS: Final[Mapping[str, str]] = {
    "kgb": "Kenaikan gaji berkala",
    "kp": "Kenaikan pangkat",
    "pensiun": "Pensiun",
    "mpp": "Masa persiapan pensiun",
}
DECISIONS: Final[Mapping[str, str]] = {
    "kgb": "kgb_berikutnya",
    "kp": "kp_berikutnya",
    "pensiun": "pensiun_berikutnya",
    "mpp": "mpp_berikutnya",
}
RATING: Final = "skor_kinerja"
PAY: Final = "gaji_pokok"
PROCEDURES: Final[Mapping[str, str]] = {
    "kgb": "kenaikan_gaji_berkala",
    "kp": "kenaikan_pangkat",
    "pensiun": "pensiun",
    "mpp": "mpp",
}
NEVER: Final = "TIDAK_ADA"
READY: Final = "USULKAN"
PUTUSAN: Final[Mapping[str, str]] = {
    READY: "Usulkan",
    "BELUM": "Belum waktunya",
    "BELUM_LAYAK": "Syarat belum dipenuhi",
    "LENGKAPI": "Data belum lengkap",
    "TUNDA": "Ditunda",
    "BLOKIR": "Tertahan",
    "TERTAHAN": "Tertahan",
}
HELD: Final = "Ada yang menahannya; Kasubag Umum dan Kepegawaian mengetahui sebabnya."
"""Instead of what only the keeper of the discipline register may read."""
RATED_YEARS: Final = 3
"""The two newest ratings count, if they are of these last years."""
OPEN_STATES: Final = (InstanceState.ACTIVE, InstanceState.SUSPENDED)
MOST_ANSWERS: Final = 20_000


class NotDue(errors.Conflict):
    """Nothing of the kind is due for the employee on that day, or it is not to be proposed."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"Prosedurnya tidak dapat dimulai: {why} Muat ulang buku penjagaan untuk melihat keadaannya."
        )


@dataclass(frozen=True)
class Running:
    """The case for what is due. `number` is None where the reader may not see the case."""

    key: int
    number: str | None
    state: str

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


@dataclass(frozen=True)
class Reminder:
    """What is to be done before something comes due, from a day on."""

    tanggal: date
    tindakan: str


@dataclass(frozen=True)
class Due:
    """What comes due for an employee on `tmt`. In the book since `mulai`; `usul`: by when papers are to be out.

    `putusan`, `alasan` and `dasar` are the tables'; `rincian`: what changes. `held_by`: the discipline cases that hold it up.
    """

    username: str
    nama: str
    nip: str | None
    jabatan: str
    unit: str
    golongan: str | None
    jenis: str
    tmt: date | None
    mulai: date | None
    usul: date | None
    putusan: str
    alasan: tuple[str, ...]
    dasar: str | None
    rincian: Mapping[str, Any]
    ingatkan: tuple[Reminder, ...] = ()
    perkara: Running | None = None
    held_by: tuple[int, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Whether it is to be proposed, and nobody has done so."""
        return self.putusan == READY and self.perkara is None and self.tmt is not None


@dataclass(frozen=True)
class Book:
    """What stands in the book, the earliest first. `incomplete`: of how many employees too little is known to say when;
    `pppk`: how many serve under a contract, of whom its tables say nothing."""

    due: list[Due]
    incomplete: int
    pppk: int = 0


@dataclass(frozen=True)
class Begun:
    """The case for what is due; `again`: it was there before."""

    key: int
    number: str | None
    again: bool


@dataclass(frozen=True)
class Around:
    """What besides their career decides about employees: punishments that count, open discipline cases, unpaid leave."""

    punished: Mapping[str, AnyRow]
    examined: Mapping[str, int]
    away: frozenset[str]


# --- reading


def book(engine: Engine, connection: Connection, actor: Actor) -> Book:
    """The book today, of all who serve here. Raises NotForYou."""
    must_read(actor)
    today = engine.clock.today()
    serving = careers(connection, None)
    found = _due_of_all(engine, connection, serving, today)
    listed = [each for each in found if each.mulai is not None and each.mulai <= today]
    shown = [_for_reader(actor, each) for each in _with_cases(connection, actor, listed)]
    unknown = {each.username for each in found if each.putusan == "LENGKAPI" and each.tmt is None}
    pppk = sum(each.career.isi("status", "status") == "PPPK" for each in serving)
    ordered = sorted(shown, key=lambda each: (each.tmt or date.max, each.nama, each.jenis))
    return Book(ordered, len(unknown), pppk)


def due_of(engine: Engine, connection: Connection, actor: Actor, username: str) -> list[Due]:
    """What comes due next for one employee, of each kind, also what is still far. Raises NotAnEmployee."""
    if username != actor.username:
        must_read(actor)
    return _due_for(engine, connection, actor, careers(connection, None, username))


def _due_for(engine: Engine, connection: Connection, actor: Actor, listed: Sequence[Listed]) -> list[Due]:
    found = _due_of_all(engine, connection, listed, engine.clock.today())
    return [_for_reader(actor, each) for each in _with_cases(connection, actor, found)]


def note_reading(connection: Connection, engine: Engine, actor: Actor, read: Iterable[Due]) -> None:
    """Keeps in the audit trail that somebody read of discipline cases, which the book has told them of."""
    now = engine.clock.now()
    keys = sorted({key for each in read for key in each.held_by})
    record_all(
        connection,
        [Entry(now, actor.username, "discipline.read", f"discipline:{key}", "done") for key in keys],
    )


def due_today(engine: Engine, connection: Connection) -> list[Due]:
    """What stands in the book today, with no case yet: what people are to be reminded of."""
    today = engine.clock.today()
    found = _due_of_all(engine, connection, careers(connection, None), today)
    return [each for each in found if each.putusan not in (NEVER, "BELUM") and each.tmt is not None]


# --- starting


def begin(
    engine: Engine, connection: Connection, actor: Actor, username: str, jenis: str, tmt: date
) -> Change[Begun]:
    """Starts the procedure for what is due on a day, with the employee as its subject and what their file knows; the
    same case however often it is asked.

    Raises NotAKeeper, NotAnEmployee, NotDue, and what `engine.start` does.
    """
    must_keep(actor)
    listed = careers(connection, None, username)
    found = [each for each in _due_for(engine, connection, actor, listed) if each.jenis == jenis]
    due = next((each for each in found if each.tmt == tmt), None)
    if due is None:
        if not found:
            raise NotAnEmployee(username)
        raise NotDue("tidak ada yang jatuh tempo pada tanggal itu lagi.")
    if due.perkara is not None:
        return Change((), Begun(due.perkara.key, due.perkara.number, again=True))
    if not due.is_ready or due.mulai is None or due.mulai > engine.clock.today():
        raise NotDue(due.alasan[0] if due.alasan else "belum waktunya.")
    known = beginning(jenis, tmt, due.rincian, listed[0], _pay_by_law(engine, connection))
    started = instances.start(engine, connection, actor, PROCEDURES[jenis], {}, subject=username, known=known)
    key, number = started.answer.key, started.answer.business_id
    audit = audited(engine, actor, "career.begin", username, {"jenis": jenis, "tmt": tmt.isoformat()})
    kept = _keeping(connection, username, jenis, tmt, key)
    return Change((kept, *started.effects, audit), Begun(key, number, again=False))


def _pay_by_law(engine: Engine, connection: Connection) -> Pay:
    rules = _Rules(engine, connection, PAY)

    def pay(golongan: str, mkg: int, day: date) -> int | None:
        said = rules.say({"golongan": golongan, "mkg": mkg, "tanggal": day.isoformat()})
        return int(said) if said is not None else None

    return pay


def may_begin(engine: Engine, connection: Connection, actor: Actor) -> frozenset[str]:
    """The kinds for which the actor may start the procedure."""
    if not keeps_files(actor):
        return frozenset()
    return frozenset(
        jenis for jenis, process in PROCEDURES.items() if _may_start(engine, connection, actor, process)
    )


def _may_start(engine: Engine, connection: Connection, actor: Actor, process: str) -> bool:
    try:
        found = instances.newest_bundle(connection, process)
        bundle = engine.bundles.get(connection, found.bundle_key)
        instances.allow_start(actor, bundle, found)
    except (instances.UnknownProcess, errors.Forbidden):
        return False
    return instances.may_name_another(actor, bundle)


def _keeping(connection: Connection, username: str, jenis: str, tmt: date, case: int) -> Effect:
    """That this is the case: the first, or after one that was cancelled. Who comes second clashes, and finds this one."""
    of = {"username": username, "jenis": jenis, "tmt": tmt}
    known = select(DueCase.case_key).where(*(getattr(DueCase, name) == value for name, value in of.items()))
    old = connection.execute(known).scalar()
    if old is None:
        return Effect(insert(DueCase), of | {"case_key": case})
    again = update(DueCase).where(
        *(getattr(DueCase, name) == value for name, value in of.items()), DueCase.case_key == old
    )
    return Effect(again.values(case_key=case), expect=1)


# --- the facts, and what the tables say of them


def _due_of_all(engine: Engine, connection: Connection, listed: Sequence[Listed], today: date) -> list[Due]:
    """What comes next of each kind, save what never does."""
    around = _around(connection, today)
    rules = {jenis: _Rules(engine, connection, decision) for jenis, decision in DECISIONS.items()}
    ratings = _Rules(engine, connection, RATING)
    found = []
    for each in listed:
        scores = _scores(ratings, each.career, today)
        facts = _facts(each, scores, around, today)
        for jenis, asked in facts.items():
            said = rules[jenis].say(asked)
            if isinstance(said, Mapping) and said.get("putusan") != NEVER:
                found.append(_due(each, jenis, said, around))
    return found


def _facts(
    listed: Listed, scores: tuple[Any, Any], around: Around, today: date
) -> dict[str, dict[str, object]]:
    """The inputs of the tables by kind. The date of the day is among them: what they said yesterday counts no more."""
    who, career = listed.employee, listed.career
    punishment = around.punished.get(who.username)
    since, months = _pay(career)
    common = {"status": career.isi("status", "status"), "tanggal": today.isoformat()}
    rated = {
        "skor_1": scores[0],
        "skor_2": scores[1],
        "hukuman": punishment.langkah if punishment else None,
        "hukuman_sampai": punishment.sampai.isoformat() if punishment else None,
    }
    post = {"kelompok": career.isi("jabatan", "kelompok"), "tingkat": career.isi("jabatan", "tingkat")}
    golongan = career.isi("pangkat", "golongan")
    retirement = {
        **common,
        **post,
        "tanggal_lahir": who.tanggal_lahir.isoformat() if who.tanggal_lahir else None,
        "dalam_pemeriksaan": who.username in around.examined,
        "mpp_sejak": _iso(career.tmt("mpp")),
    }
    return {
        "kgb": {**common, **rated, "golongan": golongan, "tmt_terakhir": since, "mkg_terakhir": months},
        "kp": {
            **common,
            **rated,
            **post,
            "golongan": golongan,
            "tmt_pangkat": _iso(career.tmt("pangkat")),
            "tmt_jabatan": _iso(career.tmt("jabatan")),
            **_learning(career),
            "angka_kredit": _credit(career),
            "golongan_atasan": None,
            "cltn": who.username in around.away,
        },
        "pensiun": retirement,
        "mpp": retirement,
    }


def _pay(career: Career) -> tuple[str | None, int | None]:
    """Since when the present pay counts, and the months of service in the rank by then."""
    newest = career.paid
    if newest is None:
        return None, None
    return newest.tmt.isoformat(), int(newest.isi["mkg_tahun"]) * 12 + int(newest.isi["mkg_bulan"])


def _learning(career: Career) -> dict[str, object]:
    """The highest education, whether its diploma is newer than the rank, and the exams that were passed."""
    levels = list(PENDIDIKAN)
    schooled = max(
        career.every.get("pendidikan", ()), key=lambda each: levels.index(each.isi["tingkat"]), default=None
    )
    ranked = career.tmt("pangkat")
    return {
        "pendidikan": schooled.isi["tingkat"] if schooled else None,
        "ijazah_baru": bool(schooled and ranked and schooled.tmt > ranked),
        "ujian": sorted({each.isi["ujian"] for each in career.every.get("ujian", ())}),
    }


def _credit(career: Career) -> bool | None:
    """Whether the newest decision on credit says that it is enough; one from before the rank says nothing."""
    credit, ranked = career.newest.get("angka_kredit"), career.tmt("pangkat")
    if credit is None or (ranked is not None and credit.tmt < ranked):
        return None
    return bool(credit.isi["tercapai"])


def _scores(rules: "_Rules", career: Career, today: date) -> tuple[Any, Any]:
    """The scores of the two newest years that were rated, of the last three; None for a year without."""
    by_year = {int(each.isi["tahun"]): each.isi for each in reversed(career.every.get("kinerja", ()))}
    years = sorted((year for year in by_year if today.year - RATED_YEARS <= year < today.year), reverse=True)
    found = [
        rules.say({name: by_year[year][name] for name in ("tahun", "nilai", "predikat")})
        for year in years[:2]
    ]
    return (*found, None, None)[:2]


def _due(listed: Listed, jenis: str, said: Mapping[str, Any], around: Around) -> Due:
    who = listed.employee
    cases: tuple[int, ...] = ()
    if said["putusan"] in ("TUNDA", "BLOKIR") and "hukuman disiplin" in " ".join(said["alasan"] or ()):
        punishment = around.punished.get(who.username)
        cases = (punishment.case_key,) if punishment else ()
    if said["putusan"] == "BLOKIR" and jenis == "mpp":
        cases = (around.examined[who.username],) if who.username in around.examined else ()
    return Due(
        username=who.username,
        nama=who.nama,
        nip=who.nip,
        jabatan=who.jabatan,
        unit=who.unit,
        golongan=listed.career.isi("pangkat", "golongan"),
        jenis=jenis,
        tmt=_day(said.get("tmt")),
        mulai=_day(said.get("mulai")),
        usul=_day(said.get("usul")),
        putusan=str(said["putusan"]),
        alasan=tuple(str(each) for each in said.get("alasan") or ()),
        dasar=said.get("dasar"),
        rincian=said.get("rincian") or {},
        ingatkan=tuple(
            Reminder(date.fromisoformat(each["tanggal"]), str(each["tindakan"]))
            for each in said.get("ingatkan") or ()
        ),
        held_by=cases,
    )


class _Rules:
    """A decision in its newest version. What it has said of the same facts is not computed again.

    An office that has not published it hears nothing from it.
    """

    def __init__(self, engine: Engine, connection: Connection, decision: str) -> None:
        self._engine, self._decision = engine, decision
        self._tables: dmn.Definitions | None = None
        with suppress(decisions.UnknownDecision):
            self._tables = decisions.newest(engine, connection, decision)
        self._answers = _ANSWERS.setdefault(self._tables, {}) if self._tables else {}
        if len(self._answers) > MOST_ANSWERS:
            self._answers.clear()

    def say(self, facts: Mapping[str, object]) -> Any:
        if self._tables is None:
            return None
        asked = (self._decision, dump_json(facts))
        if asked not in self._answers:
            found = dmn.decide(
                self._tables, self._decision, facts, self._engine.environment, self._engine.functions
            )
            self._answers[asked] = feel.to_json(found.value)
        return self._answers[asked]


_ANSWERS: Final[WeakKeyDictionary[dmn.Definitions, dict[tuple[str, str], Any]]] = WeakKeyDictionary()


def _around(connection: Connection, today: date) -> Around:
    """Read for everybody at once: there are few of each."""
    since = today - timedelta(days=2 * 366)
    punished: dict[str, AnyRow] = {}
    for row in connection.execute(_PUNISHED, {"since": since}):
        punished[row.username] = row  # the last is the one that lasts longest
    examined = {row.username: row.case_key for row in connection.execute(_EXAMINED)}
    away = connection.execute(
        _AWAY.where(LeaveRequest.mulai <= today, LeaveRequest.selesai >= today)
    ).scalars()
    return Around(punished, examined, frozenset(away))


def _for_reader(actor: Actor, due: Due) -> Due:
    """Without what is confidential, for whom it is not; nobody reads here of a case about themselves."""
    if not due.held_by or (KEEPER in actor.groups and due.username != actor.username):
        return due
    return replace(due, putusan="TERTAHAN", alasan=(HELD,), dasar=None, held_by=())


def _with_cases(connection: Connection, actor: Actor, found: Sequence[Due]) -> list[Due]:
    """With the case of each: the one that was started for it, or one of its procedure under way about the employee."""
    of_due, under_way = _cases(connection, found)
    keys = {row.key for row in (*of_due.values(), *under_way.values())}
    visible = select(ProcessInstance.key).where(ProcessInstance.key.in_(keys), visible_cases(actor))
    seen = set(connection.execute(visible).scalars()) if keys else set()

    def running(due: Due) -> Running | None:
        row = of_due.get((due.username, due.jenis, due.tmt)) or under_way.get(
            (due.username, PROCEDURES[due.jenis])
        )
        return Running(row.key, row.business_id if row.key in seen else None, row.state) if row else None

    return [replace(each, perkara=running(each)) for each in found]


def _cases(
    connection: Connection, found: Sequence[Due]
) -> tuple[dict[tuple[str, str, date | None], AnyRow], dict[tuple[str, str | None], AnyRow]]:
    names = {each.username for each in found}
    many = len(names) > 1
    started = _STARTED if many else _STARTED.where(DueCase.username.in_(names))
    open_ = _UNDER_WAY if many else _UNDER_WAY.where(ProcessInstance.subject.in_(names))
    return (
        {(row.username, row.jenis, row.tmt): row for row in connection.execute(started)},
        {(row.subject, row.process_id): row for row in connection.execute(open_)},
    )


def _day(text: object) -> date | None:
    return date.fromisoformat(str(text)) if text else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


# --- statements ------------------------------------------------------------------------------------------------------

_CASE: Final = (ProcessInstance.key, ProcessInstance.business_id, ProcessInstance.state)
_STARTED: Final = (
    select(DueCase.username, DueCase.jenis, DueCase.tmt, *_CASE)
    .join(ProcessInstance, ProcessInstance.key == DueCase.case_key)
    .where(ProcessInstance.state != InstanceState.TERMINATED)
)
_UNDER_WAY: Final = (
    select(ProcessInstance.subject, ProcessInstance.process_id, *_CASE)
    .where(
        ProcessInstance.process_id.in_(list(PROCEDURES.values())),
        ProcessInstance.state.in_(OPEN_STATES),
        ProcessInstance.subject.is_not(None),
    )
    .order_by(ProcessInstance.key)
)
_PUNISHED: Final = (
    select(DisciplineCase.username, DisciplineCase.case_key, DisciplineStep.langkah, DisciplineStep.sampai)
    .join(DisciplineCase, DisciplineCase.case_key == DisciplineStep.case_key)
    .where(DisciplineStep.langkah.in_(discipline.PUNISHMENTS), DisciplineStep.sampai >= bindparam("since"))
    .order_by(DisciplineStep.sampai, DisciplineStep.key)
)
_EXAMINED: Final = (
    select(DisciplineCase.username, DisciplineCase.case_key)
    .join(ProcessInstance, ProcessInstance.key == DisciplineCase.case_key)
    .where(ProcessInstance.state.in_(OPEN_STATES))
    .order_by(DisciplineCase.case_key)
)
_AWAY: Final = select(LeaveRequest.username).where(
    LeaveRequest.jenis == "cltn", LeaveRequest.status == LeaveStatus.DISETUJUI
)
