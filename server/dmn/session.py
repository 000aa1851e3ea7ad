"""One evaluation: what it was given, what it has found so far, and what it has to say about it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import thread_time
from typing import NamedTuple, TypeAlias

from server import feel
from server.dmn.model import Decision, Definitions, Literal, Ref, Table
from server.feel.errors import Exhausted

MAX_WARNINGS = 100
MAX_DEPTH = 40
MAX_HITS = 200

Scope: TypeAlias = Mapping[str, object]
"""The names that an expression sees, with their FEEL values."""

Code: TypeAlias = Callable[[Scope, "Session"], object]
"""A boxed expression made ready: its value in a scope."""


@dataclass(frozen=True)
class Notice:
    """Why something became null, and where: the element, and the cell of its table."""

    message: str
    where: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class InputSeen(NamedTuple):
    """What a table's input column evaluated to."""

    id: str | None
    name: str
    value: object


class OutputGiven(NamedTuple):
    """What a rule's output cell evaluated to."""

    id: str | None
    name: str
    value: object


class RuleHit(NamedTuple):
    """A rule that counted: its number from 1, its outputs, and the annotations by column."""

    id: str | None
    number: int
    outputs: tuple[OutputGiven, ...]
    annotations: Mapping[str, str]


@dataclass
class Trail:
    """What the tables within the decision at hand saw and hit."""

    inputs: list[InputSeen] = field(default_factory=list)
    hits: list[RuleHit] = field(default_factory=list)


class DecisionTrace(NamedTuple):
    """A decision that was evaluated. `kind` is Camunda's word for its logic."""

    id: str
    name: str
    kind: str
    value: object
    inputs: tuple[InputSeen, ...]
    rules: tuple[RuleHit, ...]


KINDS = {Table: "DECISION_TABLE", Literal: "LITERAL_EXPRESSION"}


class Missing:
    """The mark of an input that was not given."""


MISSING = Missing()


class Session:
    """The state of one evaluation; made for it and thrown away with it."""

    def __init__(
        self,
        environment: feel.Environment,
        inputs: Mapping[str, object],
        functions: Mapping[str, object],
        home: Definitions,
        show: Callable[[object], object],
    ) -> None:
        self.environment = environment
        self.inputs = inputs
        self.functions = functions
        self.home = home
        self.show = show
        """How values leave: as JSON, or as they are."""
        self.values: dict[Ref, object] = {}
        self.notices: list[Notice] = []
        self.missing: list[str] = []
        self.trail = Trail()
        self.traces: list[DecisionTrace] = []
        self._depth = 0
        self._deadline = 0.0

    def start(self) -> None:
        """Begin the time of the processor that the whole evaluation may take."""
        self._deadline = thread_time() + self.environment.limits.seconds

    def check_time(self) -> None:
        """Raises Exhausted when the time for the whole evaluation is used up."""
        if thread_time() > self._deadline:
            raise Exhausted(f"Perhitungan terlalu lama: lebih dari {self.environment.limits.seconds:g} detik")

    def given(self, namespace: str, name: str) -> object:
        """What an input was given, as a FEEL value or JSON; MISSING when nothing was.

        It is looked for under `{namespace}name`; for imported ones in a context by the import's name; and simply
        under its name.
        """
        inputs = self.inputs
        exact = f"{{{namespace}}}{name}"
        if exact in inputs:
            return inputs[exact]
        prefix = self.home.import_name(namespace)
        within = inputs.get(prefix) if prefix else None
        if isinstance(within, Mapping) and name in within:
            return within[name]
        return inputs.get(name, MISSING)

    def warn(self, message: str, where: str) -> None:
        """Say why something is null; each thing once."""
        notice = Notice(message, where)
        if len(self.notices) < MAX_WARNINGS and notice not in self.notices:
            self.notices.append(notice)

    def trace(self, decision: Decision, value: object, trail: Trail) -> None:
        """Keep how a decision was reached."""
        kind = KINDS.get(type(decision.logic), "BOXED_EXPRESSION")
        inputs, hits = tuple(trail.inputs), tuple(trail.hits)
        self.traces.append(DecisionTrace(decision.id, decision.name, kind, self.show(value), inputs, hits))

    @contextmanager
    def deeper(self) -> Iterator[bool]:
        """One knowledge model, service or decision further in; False when that is too deep."""
        self._depth += 1
        try:
            yield self._depth <= MAX_DEPTH
        finally:
            self._depth -= 1

    @contextmanager
    def afresh(self, values: Mapping[Ref, object]) -> Iterator[None]:
        """A decision service has no inputs but its own, and what is found inside is forgotten outside."""
        outer = self.values, self.inputs
        self.values, self.inputs = dict(values), {}
        try:
            yield
        finally:
            self.values, self.inputs = outer
