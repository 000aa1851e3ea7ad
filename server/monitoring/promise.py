"""What an office promises: how long a service may take, and how much of that is left.

The table `waktu_layanan` (dmn/layanan) says what the law or the office's service standard promises of a procedure. Where it
says nothing, the SOP itself does: the sum of the standard times (mutu baku waktu) along the longest way through the version
in which a case runs. What the applicant does takes none of the office's time, nor does another office.

A step says by its property `jam` what it is to that clock: `mulai`, that the service standard counts from its completion, when the
papers are complete; `instansi_lain`, that the case lies with another office while it is open.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection

from server import dmn, errors
from server.bpmn import model
from server.bpmn.graphs import reachable
from server.bpmn.ways import Ways, onward, ways
from server.calendar import Calendar, DurationUnreadable, Tally, read_duration
from server.engine import Engine, decisions
from server.engine.bundle import Bundle, Element

TABLE: Final = "waktu_layanan"
CLOCK, BEGINS, ELSEWHERE = "jam", "mulai", "instansi_lain"
"""The property of a step, and what it says."""
WORKDAY: Final = 27_000
"""Seconds of a usual working day: 7 h 30 min (Perpres 21/2023)."""
MONTH: Final = 21 * WORKDAY
NEVER: Final = 10**6
"""A row of the SOP beyond its last."""


@dataclass(frozen=True)
class Promise:
    """ISO 8601 durations, one after the other. `by_table`: from the service standard rather than the SOP's own times."""

    times: tuple[str, ...]
    by_table: bool = False

    @property
    def about(self) -> int:
        """Seconds of working time, with every day a usual one."""
        return sum(map(nominal, self.times))

    def seconds(self, calendar: Calendar, tally: Tally, start: datetime) -> int:
        """Working seconds from a start until it is over, by the calendar. Raises errors.Invalid."""
        moment = start
        for time in self.times:
            moment = calendar.due(moment, time, tally.unit)
        return tally.worked(start, moment)


@dataclass(frozen=True)
class Course:
    """The standard times of a version. `left`: by element, those from it (included) to the end of its longest way."""

    whole: tuple[str, ...]
    left: Mapping[str, tuple[str, ...]]
    own: frozenset[str]
    """The user tasks that the applicant does, or somebody in their name."""

    elsewhere: frozenset[str] = frozenset()
    """Those that are open while the case lies with another office."""

    begins: frozenset[str] = frozenset()
    """Those from whose completion a service standard counts; from the beginning of the case where there are none."""

    @property
    def away(self) -> frozenset[str]:
        """Those in which nothing lies with the office."""
        return self.own | self.elsewhere


@dataclass
class Promises:
    """What is promised, each looked up once: for one occasion."""

    engine: Engine
    connection: Connection
    _tables: dict[tuple[str, date], Promise | None] = field(default_factory=dict)
    _courses: dict[int, Course] = field(default_factory=dict)
    _table: dmn.Definitions | None = None
    _sought: bool = False

    def of(self, bundle: Bundle, day: date) -> Promise | None:
        """Of a case that begins on a day; None where neither the table nor a standard time says anything."""
        return self.by_table(bundle.process.id, day) or self._by_sop(bundle)

    def course(self, bundle: Bundle) -> Course:
        """The standard times of the case's version."""
        found = self._courses.get(bundle.key)
        if found is None:
            found = self._courses[bundle.key] = course(bundle)
        return found

    def by_table(self, process_id: str, day: date) -> Promise | None:
        """What the service standard says; None where it does not know the procedure, or the office has no such table."""
        asked = process_id, day
        if asked not in self._tables:
            self._tables[asked] = self._evaluated(process_id, day)
        return self._tables[asked]

    def _by_sop(self, bundle: Bundle) -> Promise | None:
        whole = self.course(bundle).whole
        return Promise(whole) if whole else None

    def _evaluated(self, process_id: str, day: date) -> Promise | None:
        definitions = self._definitions()
        if definitions is None:
            return None
        asked = {"layanan": process_id, "tanggal": day}
        engine = self.engine
        days = dmn.evaluate(definitions, TABLE, asked, engine.environment, engine.functions).value
        if isinstance(days, Decimal | int) and not isinstance(days, bool) and 0 < days < 10_000:
            whole, part = divmod(Decimal(days) * WORKDAY, WORKDAY)
            times = (f"P{whole}D" if whole else "", f"PT{int(part)}S" if part else "")
            return Promise(tuple(filter(None, times)), by_table=True)
        return None

    def _definitions(self) -> dmn.Definitions | None:
        if not self._sought:
            self._sought = True
            try:
                self._table = decisions.newest(self.engine, self.connection, TABLE)
            except errors.NotFound:
                self._table = None
        return self._table


def course(bundle: Bundle) -> Course:
    """Reads the standard times of a version, and the longest way through them."""
    net = ways(bundle.process)
    starts = [node.id for node in bundle.process.every_node() if isinstance(node, model.StartEvent)]
    forward = onward(net, starts)
    own = frozenset(each.id for each in bundle.elements.values() if _is_own(each))
    elsewhere, begins = (_on_the_clock(bundle, word) for word in (ELSEWHERE, BEGINS))
    times = _times(bundle, forward, own | elsewhere)
    left = _longest(forward, times)
    whole = max((left[start] for start in starts if start in left), key=_sum, default=())
    return Course(whole, left, own, elsewhere, begins)


def nominal(time: str) -> int:
    """Seconds of a duration, with every working day a usual one."""
    try:
        read = read_duration(time)
    except DurationUnreadable:
        return 0
    return read.months * MONTH + read.days * WORKDAY + read.seconds


def waktu(element: Element) -> str | None:
    """A step's standard time, where the calendar can count it."""
    node = element.node
    time = node.mutu_baku.waktu if isinstance(node, model.Activity) else None
    return time if time and nominal(time) else None


def row(element: Element) -> int:
    """Which row of the SOP's table a step stands in; NEVER where in none."""
    node = element.node
    number = node.mutu_baku.langkah if isinstance(node, model.Activity) else None
    return int(number) if number and number.isascii() and number.isdigit() else NEVER


def _is_own(element: Element) -> bool:
    return (
        isinstance(element.node, model.UserTask)
        and element.assigned is not None
        and element.assigned.subject_first
    )


def _on_the_clock(bundle: Bundle, word: str) -> frozenset[str]:
    return frozenset(
        each.id
        for each in bundle.elements.values()
        if isinstance(each.node, model.UserTask) and each.node.properties.get(CLOCK) == word
    )


def _times(bundle: Bundle, forward: Ways, own: Iterable[str]) -> dict[str, str]:
    """The time that each step adds: of several tasks of one row that follow each other, only the first adds the row's."""
    timed = {
        each.id: time
        for each in bundle.elements.values()
        if isinstance(each.node, model.UserTask | model.CallActivity)
        and each.id in forward
        and each.id not in own
        and (time := waktu(each))
    }
    rows: dict[int, list[str]] = {}
    for id in timed:
        rows.setdefault(row(bundle.elements[id]), []).append(id)
    for number, several in rows.items():
        if number == NEVER:
            continue
        for id in several:
            behind = reachable(forward[id], lambda node: forward[node]) - {id}
            for other in behind.intersection(several):
                timed.pop(other, None)
    return timed


def _longest(forward: Ways, times: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """From each element the times on its longest way to an end, its own first."""
    found: dict[str, tuple[str, ...]] = {}
    for start in forward:
        path = [start]
        while path:
            here = path[-1]
            missing = next((each for each in forward[here] if each not in found), None)
            if missing is not None:
                path.append(missing)
                continue
            path.pop()
            rest = max((found[each] for each in forward[here]), key=_sum, default=())
            found[here] = (times[here], *rest) if here in times else rest
    return found


def _sum(times: Iterable[str]) -> int:
    return sum(map(nominal, times))
