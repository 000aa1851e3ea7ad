"""How far a case is: its steps as a plain list, the stage in words, and when it should be ready by the standard times."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby
from types import MappingProxyType
from typing import Final

from server.bpmn import model
from server.bpmn.ways import Ways, ahead_of, ways
from server.calendar import Calendar, DurationUnreadable, NeverOpen, YearUnknown
from server.db import AnyRow
from server.engine.bundle import Bundle, Element, lane_role
from server.engine.tables import InstanceState, TaskState
from server.identity import Roles
from server.identity.roles import Jenis
from server.tracking import words

LAST: Final = 10**6


@dataclass(frozen=True)
class Step:
    """`state`: done, now or ahead; `own`: the applicant does it; `at`: when it was done."""

    name: str
    role: str | None
    state: str
    own: bool
    at: datetime | None = None


@dataclass(frozen=True)
class Progress:
    """`stages`: where the case stands, in words; `ready_at`: by the standard times, None where it cannot be said."""

    stages: tuple[str, ...]
    steps: tuple[Step, ...]
    ready: bool
    returned: bool
    ready_at: datetime | None
    late: bool


Called = Mapping[str, Sequence[Progress]]
"""How far the cases are that a case has called and waits for, by the element that calls."""


@dataclass(frozen=True)
class Course:
    """A case's tasks (rows of UserTask) on its diagram."""

    bundle: Bundle
    roles: Roles
    tasks: Sequence[AnyRow]

    def open_tasks(self) -> list[Element]:
        return [
            self.bundle.elements[task.element_id] for task in self.tasks if task.state == TaskState.CREATED
        ]

    def done(self) -> dict[str, datetime]:
        """The elements whose tasks were completed, with the last time."""
        return {
            task.element_id: task.ended_at
            for task in sorted(self.tasks, key=lambda each: each.key)
            if task.state == TaskState.COMPLETED
        }

    def own(self, element: Element) -> bool:
        """Whether the applicant does it, or somebody in their name."""
        return element.assigned is not None and element.assigned.subject_first

    def fetches(self, element: Element) -> bool:
        """Whether a citizen comes for the result in it."""
        role = lane_role(self.bundle.process, element.id, self.roles)
        citizen = role is not None and role.jenis is Jenis.WARGA
        return self.own(element) and citizen and words.first_verb(element.name) in words.FETCHING

    def role(self, element: Element) -> str | None:
        """Who does it, as people call them: the lane's role, where it has one."""
        role = lane_role(self.bundle.process, element.id, self.roles)
        return role.nama if role else None

    def ahead(self, here: Iterable[str]) -> set[str]:
        """The user tasks that may follow these elements, and those of them that are one."""
        net = self._net()
        starts = [node.id for node in self.bundle.process.every_node() if isinstance(node, model.StartEvent)]
        found = ahead_of(net, starts, [each for each in here if each in net])
        return {element.id for element in self.user_tasks() if element.id in found}

    def user_tasks(self) -> list[Element]:
        """In the order of the book's rows."""
        found = [each for each in self.bundle.elements.values() if isinstance(each.node, model.UserTask)]
        return sorted(found, key=_row)

    def rows(self) -> list[Element]:
        """User tasks and calls, in the order of the book's rows."""
        kinds = (model.UserTask, model.CallActivity)
        return sorted(
            (each for each in self.bundle.elements.values() if isinstance(each.node, kinds)), key=_row
        )

    def _net(self) -> Ways:
        return ways(self.bundle.process)


def progress(
    course: Course,
    state: str,
    ends: Sequence[str],
    standing: Iterable[str],
    calendar: Calendar,
    now: datetime,
    called: Called = MappingProxyType({}),
    whole: bool = True,
) -> Progress:
    """How far a case is. `ends`: the names of the ends that it has come to; `standing`: the elements that are live.

    `whole`: nobody has called it; what a called case comes to is not yet in the applicant's hands.
    """
    open_tasks = course.open_tasks()
    done = course.done()
    running = state == InstanceState.ACTIVE
    inner = [each for several in called.values() for each in several]
    ready = running and whole and not inner and is_ready(course, open_tasks)
    own_again = any(course.own(each) and each.id in done for each in open_tasks)
    returned = running and not ready and (own_again or any(each.returned for each in inner))
    ahead = course.ahead(standing) - {each.id for each in open_tasks} if running else set()
    ready_at = None if ready or returned or not running else _ready_at(course, ahead, calendar, now, inner)
    return Progress(
        stages=_stages(course, state, ends, open_tasks, ready, returned, inner),
        steps=_steps(course, open_tasks, done, ahead, called),
        ready=ready,
        returned=returned,
        ready_at=ready_at,
        late=ready_at is not None and ready_at < now,
    )


def is_ready(course: Course, open_tasks: Sequence[Element]) -> bool:
    """Whether nothing is left but to hand the result over: each open task is that, or the applicant's own part in it."""
    return bool(open_tasks) and all(_is_last(course, element) for element in open_tasks)


def _is_last(course: Course, element: Element) -> bool:
    after = [course.bundle.elements[each] for each in course.ahead([element.id]) - {element.id}]
    if not all(course.own(each) for each in after):
        return False
    if course.own(element):
        return course.fetches(element)
    return words.hands_over(element.name) and bool(after)


def _stages(
    course: Course,
    state: str,
    ends: Sequence[str],
    open_tasks: Sequence[Element],
    ready: bool,
    returned: bool,
    inner: Sequence[Progress],
) -> tuple[str, ...]:
    if state == InstanceState.COMPLETED:
        said = [end for end in ends if end != words.STATES[state]]
        fetched = any(course.fetches(each) for each in course.user_tasks()[-1:])
        return tuple(said) or ((words.FETCHED if fetched else words.STATES[state]),)
    if state != InstanceState.ACTIVE:
        return (words.STATES[state],)
    if ready:
        return (words.READY,)
    if returned:
        return (words.RETURNED,)
    found = [
        words.awaited_of_applicant(each.name)
        if course.own(each)
        else words.stage(each.name, course.role(each) or "petugas")
        for each in open_tasks
    ]
    found += [stage for each in inner for stage in each.stages]
    if len(found) > 1:
        found = [stage for stage in found if stage != words.UNDER_WAY]
    return tuple(dict.fromkeys(found)) or (words.UNDER_WAY,)


def _steps(
    course: Course,
    open_tasks: Sequence[Element],
    done: Mapping[str, datetime],
    ahead: set[str],
    called: Called,
) -> tuple[Step, ...]:
    """Those of a called case stand where it is called."""
    now = {each.id for each in open_tasks}

    def step(element: Element) -> Step | None:
        state = "now" if element.id in now else "ahead" if element.id in ahead else "done"
        if state == "done" and element.id not in done:
            return None
        at = done[element.id] if state == "done" else None
        return Step(element.name, course.role(element), state, course.own(element), at)

    def steps(element: Element) -> Iterable[Step]:
        if isinstance(element.node, model.CallActivity):
            return chain.from_iterable(each.steps for each in called.get(element.id, ()))
        return filter(None, [step(element)])

    return tuple(chain.from_iterable(map(steps, course.rows())))


def _ready_at(
    course: Course, ahead: set[str], calendar: Calendar, now: datetime, inner: Sequence[Progress]
) -> datetime | None:
    """The rows that are left, one after the other; a row that several people work on takes its time once, and what the
    applicant does takes none. What waits for a called case begins when that should be ready."""
    open_ = {task.element_id: task.created_at for task in course.tasks if task.state == TaskState.CREATED}
    left = [each for each in course.user_tasks() if each.id in open_ or each.id in ahead]
    officers = [open_[each.id] for each in left if each.id in open_ and not course.own(each)]
    moment = max((each.ready_at for each in inner if each.ready_at), default=min(officers, default=now))
    spans = [_time(list(row)) for _, row in groupby([e for e in left if not course.own(e)], key=_row)]
    if not any(spans):
        return moment if any(each.ready_at for each in inner) else None
    try:
        for span in filter(None, spans):
            moment = calendar.due(moment, span, course.bundle.bidang)
    except (DurationUnreadable, NeverOpen, YearUnknown):
        return None
    return moment


def _time(row: list[Element]) -> str | None:
    times = (each.node.mutu_baku.waktu for each in row if isinstance(each.node, model.Activity))
    return next((time for time in times if time), None)


def _row(element: Element) -> tuple[int, str]:
    """Tasks without a row of the book come last, each a row by itself."""
    number = element.node.mutu_baku.langkah if isinstance(element.node, model.Activity) else None
    return (int(number), "") if number and number.isascii() and number.isdigit() else (LAST, element.id)
