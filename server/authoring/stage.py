"""Where drafts are rehearsed: the real engine on a database of its own in memory, and the acts that somebody may choose there.

Handlers do not run: whoever tries says what a service task gives. Time begins when it is told to, and jumps when a timer is let
pass. What would be a worker's comes at once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, bindparam, create_engine, func, insert, make_url, select, update
from sqlalchemy import Engine as Database
from sqlalchemy.pool import StaticPool

from server import errors
from server.calendar import VERSION, Book
from server.clock import Clock
from server.db import Base, Change, Clash, Keys, make_engine_options, put_setting, read, write
from server.engine import (
    BpmnError,
    Call,
    Engine,
    Handler,
    Handlers,
    Outcome,
    deploy,
    instances,
    jobs,
    messages,
    references,
    tasks,
    timers,
    trial,
)
from server.engine.definitions import newest
from server.engine.engine import WORKER
from server.engine.step import Step
from server.engine.tables import (
    Job,
    JobState,
    Kind,
    MessageSubscription,
    ProcessInstance,
    TaskState,
    Timer,
    UserTask,
    untagged,
)
from server.files.models import Content, Document
from server.identity import Actor, Permission, Roles

Answer = TypeVar("Answer")

STARTER: Final = "pemohon"
"""Who begins a rehearsed case; its own person, where the procedure gives it one."""
ACTS: Final = ("start", "complete", "job", "error", "timer", "message", "signal", "wait")
"""What can be done on a stage."""
FURTHEST: Final = timedelta(days=366 * 20)
"""How far, either way, a rehearsal may begin from today, and how long it may last."""
MOST_TIMERS: Final = 200
"""Timers that one act lets pass."""
FOREVER: Final = (
    "Langkah ini membuat pewaktu berulang tanpa henti. Perpanjang selangnya, atau batasi ulangannya."
)


@dataclass(frozen=True)
class Work:
    """What a handler is called, and an example of what it gives (FEEL)."""

    title: str
    example: str = ""


@dataclass(frozen=True)
class Play:
    """What is rehearsed: files by name, the process, the acts so far, and what the office gives: roles, calendar, the work that handlers
    and other programs do, the letters that may be named.

    `whole`: nothing that the files name is to be had besides them.
    """

    files: Mapping[str, bytes]
    process: str
    acts: list[dict[str, Any]]
    began: datetime
    zone: str
    roles: Roles
    book: Book
    works: Mapping[str, Work]
    letters: frozenset[str] | None = None
    elsewhere: tuple[str, ...] = ()
    whole: bool = True


@dataclass(frozen=True)
class Seen:
    """A condition that was asked: where it stands in the order of keys, of which case and flow, and what came of what."""

    key: int
    case: int
    flow: str
    text: str
    holds: bool
    read: Mapping[str, object]


class NoSuch(errors.Conflict):
    """What an act speaks of does not stand open."""

    def __init__(self, element: str) -> None:
        super().__init__(
            f"Langkah “{element}” tidak sedang menunggu di titik ini; rancangannya mungkin sudah berubah. Ulang dari sini."
        )


@dataclass
class Stage:
    """The database, the engine and the clock of a rehearsal."""

    play: Play
    database: Database = field(init=False)
    engine: Engine = field(init=False)
    now: datetime = field(init=False)
    seen: list[Seen] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    """A key between what each act did and what the next one does."""
    stopped: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Timers that could not fire, with what was in their way."""

    def __post_init__(self) -> None:
        play = self.play
        self.now = play.began
        self.database = empty_database()
        clock = Clock(play.zone, lambda: self.now)
        works = play.works.items()
        handlers = Handlers(
            (Handler(type_, work.title, "after", _nothing) for type_, work in works), play.elsewhere
        )
        self.engine = Engine(
            Keys(self.database),
            play.roles,
            handlers,
            clock,
            play.book,
            play.letters,
            self._watch,
            rehearsing=True,
        )
        with write(self.database) as connection:
            put_setting(connection, VERSION, play.book.version)
        self.heads, self.problems = trial.examine(play.files)

    def missing(self) -> list[str]:
        """What the files name and none of them brings, as `kind:id`."""
        there = {f"{head.kind}:{head.id}" for head in self.heads}
        named = (untagged(member) for head in self.heads for member, _ in head.references)
        return sorted({member for member in named if member not in there})

    def publish(self) -> None:
        self.prepare(
            lambda c: deploy(
                self.engine, c, somebody("pemilik"), self.play.files, lambda _: (self.heads, self.problems)
            )
        )

    def ask(self, question: Callable[[Connection], Answer]) -> Answer:
        with read(self.database) as connection:
            return question(connection)

    def prepare(self, verb: Callable[[Connection], Change[Answer]]) -> Answer:
        """Prepares a change and writes it, as the gate does for the office's own database."""
        with read(self.database) as connection:
            change = verb(connection)
            change.carry_out(connection)
            return change.answer

    # --- acts

    def do(self, act: Mapping[str, Any]) -> None:
        """Does an act, and what follows from it at once. Raises errors.OfficeError; then nothing has changed."""
        if act.get("do") not in ACTS:
            raise errors.Invalid(f"Tindakan “{act.get('do')}” tidak dikenal. Yang ada: {', '.join(ACTS)}.")
        deed: Callable[[Mapping[str, Any]], None] = getattr(self, f"_{act['do']}")
        try:
            deed(act)
        except Clash:
            raise NoSuch(str(act.get("element"))) from None
        self._settle()
        self.marks.append(self.engine.keys.draw()[0])

    def _start(self, act: Mapping[str, Any]) -> None:
        if self.case() is not None:
            raise errors.Conflict("Perkara percobaan ini sudah dimulai.")
        bundle = self.own_bundle()
        group = bundle.starter.group.text if bundle.starter.group else None
        actor, values = somebody(STARTER, group), _values(act)
        self._attach(actor, values)
        self.prepare(lambda c: instances.start(self.engine, c, actor, self.play.process, values))

    def _complete(self, act: Mapping[str, Any]) -> None:
        task = self._open(act, UserTask, UserTask.element_id, UserTask.state == TaskState.CREATED)
        actor, values = doer(task), _values(act)
        self._attach(actor, values)
        self.prepare(lambda c: tasks.complete(self.engine, c, actor, task.key, values))

    def _job(self, act: Mapping[str, Any]) -> None:
        job, values = self._open_job(act), _values(act)
        self.prepare(lambda c: jobs.complete(self.engine, c, job, Outcome(variables=values)))

    def _error(self, act: Mapping[str, Any]) -> None:
        job = self._open_job(act)
        self.prepare(lambda c: jobs.throw(self.engine, c, job, str(act.get("code") or "")))

    def _open_job(self, act: Mapping[str, Any]) -> Any:
        return self._open(act, Job, Job.element_id, Job.state == JobState.CREATED)

    def _timer(self, act: Mapping[str, Any]) -> None:
        """Lets time pass until a timer comes; those that come before it are fired before."""
        timer = self._open(act, Timer, Timer.event_id, Timer.due_at.is_not(None))
        if timer.definition_key is not None:
            self.now = max(self.now, timer.due_at)
            self._fire(timer)
            return
        for _ in range(MOST_TIMERS):
            first = next(iter(self._due(timer.due_at)), None)
            if first is None:
                raise NoSuch(timer.event_id)
            self.now = max(self.now, first.due_at)
            if first.key == timer.key:
                self._fire(timer)
                return
            self._try_to_fire(first)
        raise errors.Invalid(FOREVER)

    def _wait(self, act: Mapping[str, Any]) -> None:
        """Lets time pass until a moment; what comes before it comes."""
        until = self._moment(act.get("until"))
        if until < self.now:
            raise errors.Invalid("Waktu percobaan hanya berjalan maju; pilih waktu sesudah yang sekarang.")
        if until - self.play.began > FURTHEST:
            raise errors.Invalid("Waktu itu terlalu jauh; percobaan berlangsung paling lama dua puluh tahun.")
        for _ in range(MOST_TIMERS):
            first = next(iter(self._due(until)), None)
            if first is None:
                self.now = until
                return
            self.now = max(self.now, first.due_at)
            self._try_to_fire(first)
        raise errors.Invalid(FOREVER)

    def _moment(self, text: object) -> datetime:
        """A moment in ISO 8601, in the office's zone where it names none."""
        try:
            moment = datetime.fromisoformat(str(text))
        except ValueError:
            raise errors.Invalid("Waktu yang dituju tidak dapat dibaca; pilih tanggal dan jam.") from None
        return moment if moment.tzinfo else moment.replace(tzinfo=self.engine.clock.zone)

    def _message(self, act: Mapping[str, Any]) -> None:
        waiting = self._open(act, MessageSubscription, MessageSubscription.event_id)
        values = _values(act)
        sent = (waiting.message_name, waiting.correlation_key or "", values)
        self.prepare(lambda c: messages.correlate(self.engine, c, somebody("pengirim"), *sent))

    def _signal(self, act: Mapping[str, Any]) -> None:
        waiting = self._open(act, Timer, Timer.event_id, Timer.signal_name.is_not(None))
        if waiting.definition_key is not None:
            self.prepare(lambda c: self._opened(c, waiting, _values(act)))
            return
        self._fire_now(waiting, _values(act))

    def _fire_now(self, timer: Any, values: Mapping[str, object]) -> None:
        with write(self.database) as connection:
            row = {"due_at": self.now, "values": values}
            connection.execute(update(Timer).where(Timer.key == timer.key).values(row))
        self._fire(timer)

    def _opened(self, connection: Connection, waiting: Any, values: Mapping[str, object]) -> Change[Any]:
        step = Step(self.engine, connection, WORKER)
        started = instances.open_by_event(step, waiting.definition_key, waiting.event_id, values)
        return Change(step.effects(), started)

    # --- what comes by itself

    def _settle(self) -> None:
        """Fires what is due by now, as workers would at once."""
        for _ in range(MOST_TIMERS):
            due = next(iter(self._due(self.now)), None)
            if due is None:
                return
            self._try_to_fire(due)
        raise errors.Invalid(FOREVER)

    def _due(self, until: datetime) -> list[Any]:
        """The timers of cases that come by then, the first first; those that were stopped come no more."""
        rows = self.ask(lambda c: c.execute(_DUE.where(Timer.due_at <= until)).all())
        return [row for row in rows if row.key not in self.stopped]

    def _try_to_fire(self, timer: Any) -> None:
        """A timer whose step fails becomes an incident, and stands still."""
        try:
            self._fire(timer)
        except errors.OfficeError as fault:
            self.stopped[timer.key] = {"element": timer.event_id, "message": fault.message}

    def _fire(self, timer: Any) -> None:
        self.prepare(lambda c: timers.fire(self.engine, c, timer))

    # --- looking

    def case(self) -> int | None:
        """The case that is rehearsed, once it has begun."""
        return self.ask(lambda c: c.execute(_CASE, {"process": self.play.process}).scalar())

    def own_bundle(self) -> Any:
        def found(connection: Connection) -> Any:
            key = instances.newest_bundle(connection, self.play.process).bundle_key
            return self.engine.bundles.get(connection, key)

        return self.ask(found)

    def _open(self, act: Mapping[str, Any], table: Any, column: Any, *such: Any) -> Any:
        """The row that an act means: of those that stand open at its element the one of its number."""
        rows = self.ask(lambda c: list(waiting(c, table, column, *such)))
        process, element = act.get("process") or self.play.process, str(act.get("element"))
        found = [row for row in rows if (row.process, row.element) == (process, element)]
        which = act.get("which") or 0
        if type(which) is not int or not 0 <= which < len(found):
            raise NoSuch(element)
        return found[which]

    def _watch(self, case: int, flow: str, text: str, holds: bool, read: Mapping[str, object]) -> None:
        self.seen.append(Seen(self.engine.keys.draw()[0], case, flow, text, holds, read))

    def _attach(self, actor: Actor, values: Mapping[str, object]) -> None:
        """Documents that were picked while rehearsing are known to it by their names alone."""
        with write(self.database) as connection:
            known = set(connection.execute(select(Document.id)).scalars())
            for reference in references.references_in(values):
                told, id_ = reference.get("metadata"), str(reference["documentId"])[:100]
                if id_ not in known and isinstance(told, dict):
                    known.add(id_)
                    _keep(connection, actor, id_, told, self.now)


def waiting(connection: Connection, table: Any, column: Any, *such: Any) -> Iterator[Any]:
    """Rows that stand open, with the id of their `process` and `element`: those of cases under way, and of start events."""
    own = select(table.__table__, column.label("element"))
    keyed = getattr(table, "definition_key", None)
    by_case = own.add_columns(ProcessInstance.process_id.label("process")).join(
        ProcessInstance, ProcessInstance.key == table.process_instance_key
    )
    yield from connection.execute(by_case.where(*such).order_by(table.key))
    if keyed is None or table is UserTask:
        return
    processes = {row.key: row.id for row in newest(connection).values() if row.kind == Kind.PROCESS}
    starts = own.add_columns(table.definition_key.label("process")).where(
        table.definition_key.is_not(None), *such
    )
    for row in connection.execute(starts.order_by(table.key)):
        yield _Start(row, processes.get(row.definition_key))


class _Start:
    """The row of a start event, whose process is known by its version."""

    def __init__(self, row: Any, process: str | None) -> None:
        self._row, self.process = row, process

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)


def somebody(username: str, group: str | None = None) -> Actor:
    """Somebody who may everything, and holds one office."""
    return Actor(username, username, frozenset([group] if group else ()), frozenset(Permission))


def doer(task: Any) -> Actor:
    """Whoever may do a task: the person whom it is for, else the first whom it names, else a holder of its group."""
    group = task.candidate_group
    return somebody(task.assignee or next(iter(task.candidate_users), group) or "petugas", group)


def empty_database() -> Database:
    """One of its own in memory, with every table."""
    if _READY:
        return _READY.pop()
    url = make_url("sqlite://")
    database = create_engine(url, poolclass=StaticPool, **make_engine_options(url))
    Base.metadata.create_all(database)
    return database


def make_ready(database: Database) -> None:
    """Empties a database that has learned all statements, for who asks next. A process that stands by does it before it forks."""
    Base.metadata.drop_all(database)
    Base.metadata.create_all(database)
    _READY.append(database)


_READY: list[Database] = []


def _nothing(call: Call) -> Outcome:
    raise BpmnError("a rehearsal does no work")


def _values(act: Mapping[str, Any]) -> dict[str, object]:
    values = act.get("values") or {}
    if not isinstance(values, dict):
        raise errors.Invalid("Isian tidak dapat dibaca; kirim objek JSON berisi nama dan nilai.")
    return values


def _keep(connection: Connection, actor: Actor, id_: str, told: Mapping[str, Any], now: datetime) -> None:
    name, kind = (str(told.get(each) or "berkas")[:100] for each in ("fileName", "contentType"))
    size = told.get("size") if type(told.get("size")) is int else 0
    connection.execute(insert(Content), {"sha256": id_[:64], "size": size, "kept_at": now})
    own = {"id": id_, "sha256": id_[:64], "name": name, "content_type": kind, "properties": {}}
    connection.execute(insert(Document), {**own, "created_by": actor.username, "created_at": now})


_CASE = select(func.min(ProcessInstance.key)).where(
    ProcessInstance.parent_key.is_(None), ProcessInstance.process_id == bindparam("process")
)
_DUE = (
    select(Timer.__table__)
    .where(Timer.definition_key.is_(None), Timer.due_at.is_not(None))
    .order_by(Timer.due_at, Timer.key)
)
