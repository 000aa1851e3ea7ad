"""What a service task may do: handlers by the type that a diagram names (`zeebe:taskDefinition`).

The engine knows none of them. The rooms of the office declare theirs in a `handlers.py` of their own; `app.py` brings
them together. A handler takes the employee and the case from `Call.case`, never from a variable.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fnmatch import fnmatchcase
from typing import Literal

from sqlalchemy import Connection

from server.db import Effect

__all__ = ["BpmnError", "Call", "Case", "Effect", "Handler", "Handlers", "Outcome", "leaves_nothing"]


@dataclass(frozen=True)
class Case:
    """The instance's own row, as far as handlers may know it. `caller`: the case at the top, where this one was called."""

    key: int
    number: str | None
    process_id: str
    subject: str | None
    started_by: str
    started_at: datetime
    caller: int | None = None

    @property
    def root(self) -> int:
        """The key of the case that people know: the one at the top of all calls."""
        return self.caller or self.key


@dataclass(frozen=True)
class Call:
    """One execution of a service task.

    `variables` are the task's input variables as JSON; `connection` may only be read from; `key` is the same for every
    repetition of this execution, so that an effect outside the database can be made once; `actor` is whose step it is.
    `in_sight`: every variable that the task sees, whatever its input mappings have chosen. `earlier`: what the handlers before
    it in the same step will write, which `connection` does not show yet.
    """

    case: Case
    element_id: str
    headers: Mapping[str, str]
    variables: Mapping[str, object]
    now: datetime
    today: date
    connection: Connection
    key: int
    actor: str = "sistem"
    in_sight: Mapping[str, object] = field(default_factory=dict)
    earlier: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What a handler hands back: variables for the case, and rows for the step's transaction."""

    variables: Mapping[str, object] = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class Handler:
    """A service task's work.

    `inside`: computes and writes this database; its effects land with the step, and the next task is in the answer.
    `after`: works outside; runs as a job after the commit, is repeated on failure, and must be repeatable.
    `elsewhere`: a job too, which another program takes and does (`job_workers`).
    `undo` takes the work back when a case is cancelled or led back; None: it cannot be taken back.
    `recount` brings what was written in line with days that a changed calendar has moved; it is called with the variables as
    they are then, and only for work of a case under way. None: nothing that it wrote depends on them.
    `example` is FEEL that reads the case's variables and gives a context of those that the work might give; whoever tries a draft
    out, where no work is done, is offered it.
    """

    type: str
    title: str
    when: Literal["inside", "after", "elsewhere"]
    run: Callable[[Call], Outcome]
    undo: Callable[[Call], Outcome] | None = None
    recount: Callable[[Call], Outcome] | None = None
    example: str = ""


def leaves_nothing(call: Call) -> Outcome:
    """The `undo` of work that only computes: there is nothing to take back."""
    return Outcome()


def _done_elsewhere(call: Call) -> Outcome:
    raise AssertionError("another program does this work")


class BpmnError(Exception):
    """Raised by a handler: an error of the business, which an error event on the task's border catches by its code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Handlers(Mapping[str, Handler]):
    """All handlers of the house, by type; any other type that matches a pattern of `elsewhere` is another program's work."""

    def __init__(self, handlers: Iterable[Handler] = (), elsewhere: Iterable[str] = ()) -> None:
        self.elsewhere = tuple(elsewhere)
        self._by_type: dict[str, Handler] = {}
        for handler in handlers:
            if handler.type in self._by_type:
                raise ValueError(f"two handlers for {handler.type}")
            self._by_type[handler.type] = handler

    def __getitem__(self, type_: str) -> Handler:
        found = self._by_type.get(type_)
        if found is None and any(fnmatchcase(type_, pattern) for pattern in self.elsewhere):
            return Handler(type_, type_, "elsewhere", _done_elsewhere)
        return self._by_type[type_]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_type)

    def __len__(self) -> int:
        return len(self._by_type)
