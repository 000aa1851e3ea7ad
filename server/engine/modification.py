"""A running case, led elsewhere by hand: elements are ended, others begin, with the variables of today.

As Camunda 8 modifies an instance, with three differences. Work that lies on the way back is taken back, or the way is refused
where it cannot be. A parallel join that is begun waits for the tokens that still come to it. A change after which tokens
would wait at a join for ever is refused.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from server import errors
from server.bpmn import model
from server.db import Change, Effect
from server.engine import instances, undoing
from server.engine.bundle import Bundle
from server.engine.engine import Engine
from server.engine.step import SELECT, UNDER_WAY, Running, Step
from server.identity import Actor, Permission

Values = Mapping[str, object]


@dataclass(frozen=True)
class Names:
    """Variables to write: into the case, or into the scope of the element `scope`, which begins or surrounds it."""

    values: Values
    scope: str | None = None


@dataclass(frozen=True)
class Activation:
    """An element to begin; within `ancestor`, an element instance or the case itself, where that is said."""

    element_id: str
    names: Sequence[Names] = ()
    ancestor: int | None = None


@dataclass(frozen=True)
class Target:
    """Element instances to end: all of an element, or one by its key."""

    element_id: str | None = None
    key: int | None = None


@dataclass(frozen=True)
class Move:
    """Ends element instances, and begins an element once for each of them.

    `beside`: within the very scope of what was ended. Otherwise within `ancestor`, or where the nearest scope is that surrounds
    both.
    """

    source: Target
    element_id: str
    names: Sequence[Names] = ()
    ancestor: int | None = None
    beside: bool = False


@dataclass(frozen=True)
class Modification:
    activations: Sequence[Activation] = ()
    endings: Sequence[Target] = ()
    moves: Sequence[Move] = ()
    reason: str | None = None


class Unmodifiable(errors.Invalid):
    """Instructions that cannot be followed; each problem names its element."""

    def __init__(self, problems: list[errors.Problem]) -> None:
        super().__init__("Kasus tidak dapat dipindahkan seperti itu: " + problems[0].message, problems)


class Starved(errors.Conflict):
    """After the change tokens would wait at a join for others that cannot come."""

    def __init__(self, joins: Iterable[str]) -> None:
        named = ", ".join(sorted(joins))
        super().__init__(
            f"Gerbang {named} akan menunggu selamanya, karena cabang yang ditunggunya Anda akhiri. "
            "Pindahkan cabang itu ke gerbang tersebut, bukan hanya mengakhirinya."
        )


def modify(
    engine: Engine, connection: Connection, actor: Actor, key: int, wanted: Modification
) -> Change[None]:
    """Ends and begins elements of a case in one step; branches that are not named stay. Nothing left ends the case.

    Raises UnknownInstance, InstanceIsOver, Unmodifiable, undoing.NotUndoable, Starved, and StepFault where the case cannot go on
    from there.
    """
    row = connection.execute(SELECT, {"key": key}).one_or_none()
    if row is None or not instances.sees(connection, actor, key):
        raise instances.UnknownInstance(key, hidden=row is not None)
    named = any(each.names for each in wanted.activations) or any(each.names for each in wanted.moves)
    allow(actor, row.bidang, named)
    if row.case_state not in UNDER_WAY:
        raise instances.InstanceIsOver(key)
    step = Step(engine, connection, actor.username)
    return Change(lead(step, step.load(row), wanted), None)


def lead(
    step: Step, running: Running, wanted: Modification, noted: tuple[str, str | None] = ("MODIFIED", None)
) -> tuple[Effect, ...]:
    """Carries out what is wanted of a running case, whoever may want it; `noted`: the event and the element of the history."""
    plan = _Resolver(running).resolve(wanted)
    undo: list[Effect] = []
    for target, ended in plan.ways.items():
        undo += undoing.of_way_back(step, running, ended, target)
    _carry_out(step, running, plan)
    event, element = noted
    running.execution.record.history(event, element, running.key, plan.told(wanted.reason))
    return (*step.effects(), *undo)


def start_at(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    process: str | int,
    elements: Sequence[str],
    values: Values,
    subject: str | None = None,
    reason: str | None = None,
) -> Change[instances.Started]:
    """Begins a case in the midst of its diagram, as of one that is under way on paper. What lies before is not done.

    `values` are the case's variables, such as the forms that are skipped would have brought. Raises as `instances.start` and
    `modify` do.
    """
    found = instances.newest_bundle(connection, process)
    bundle = engine.bundles.get(connection, found.bundle_key)
    allow(actor, bundle.bidang, bool(values))
    instances.allow_start(actor, bundle, found)
    subject = instances.subject_of(connection, actor, bundle, subject)
    activations = [Activation(element_id) for element_id in elements]
    problems = [problem for each in activations for problem in problems_of(bundle, each)]
    if problems:
        raise Unmodifiable(problems)
    step = Step(engine, connection, actor.username)
    running = instances.numbered_case(step, found, bundle, values, subject)
    told = {"reason": reason, "startedAt": list(elements), "variables": dict(values)}
    running.execution.record.history("STARTED", None, running.key, told)
    running.tokens.begin_nowhere()
    set_tokens(running, activations)
    running.tokens.tidy()
    if starved := running.tokens.starved():
        raise Starved(starved)
    running.tokens.advance()
    step.settle()
    return Change(step.effects(), instances.started(running, found))


def allow(actor: Actor, bidang: str | None, with_variables: bool) -> None:
    """Leading a case by hand passes by what its diagram asks for, so it is for few."""
    if not actor.may(Permission.MODIFY, bidang):
        raise errors.Forbidden("Memindahkan langkah sebuah kasus hanya untuk pejabat yang berwenang.")
    if with_variables and not actor.may(Permission.CHANGE_VARIABLES, bidang):
        raise errors.Forbidden("Mengubah data kasus hanya untuk pejabat yang berwenang.")


def set_tokens(running: Running, activations: Iterable[Activation]) -> None:
    """Sets tokens on elements; variables are written before anything runs."""
    execution = running.execution
    for activation in activations:
        for names in activation.names:
            if names.scope is None:
                for name, value in names.values.items():
                    execution.scopes.set_local(running.key, name, value)
            elif names.scope == activation.element_id:
                execution.given[names.scope] = names.values
        around = running.tokens.activate(
            activation.element_id, around_of(running.bundle, activation.element_id), activation.ancestor
        )
        for names in activation.names:
            if names.scope is not None and names.scope in around:
                for name, value in names.values.items():
                    execution.scopes.set_local(around[names.scope], name, value)


def around_of(bundle: Bundle, element_id: str) -> list[str]:
    """The sub-processes around an element as it is run, outermost first."""
    scope = bundle.normal.scope_of(element_id)
    found: list[str] = []
    while isinstance(scope, model.SubProcess):
        found.insert(0, scope.id)
        scope = bundle.normal.scope_of(scope.id)
    return found


def drawn_around(bundle: Bundle, element_id: str) -> list[str]:
    """Those of them that are drawn."""
    return [each for each in around_of(bundle, element_id) if bundle.elements[each].drawn]


def problems_of(bundle: Bundle, activation: Activation) -> Iterator[errors.Problem]:
    """What stands against beginning an element by hand."""
    where = activation.element_id
    if where not in bundle.elements or not bundle.elements[where].drawn:
        yield errors.Problem(f"Langkah {where} tidak ada dalam diagram kasus ini.", where)
        return
    node = bundle.process.node(where)
    if isinstance(node, model.StartEvent | model.BoundaryEvent):
        yield errors.Problem(
            f"“{node.name or where}” adalah peristiwa mulai atau peristiwa tepi, yang tidak dapat dimulai dengan tangan; "
            "pilih langkah sesudahnya.",
            where,
        )
    if isinstance(node, model.SubProcess) and node.kind == model.SubProcessKind.EVENT:
        yield errors.Problem(
            f"“{node.name or where}” dimulai oleh peristiwanya; pilih langkah di dalamnya.", where
        )
    scopes = {None, where, *drawn_around(bundle, where)}
    for names in activation.names:
        if names.scope not in scopes:
            yield errors.Problem(f"{names.scope} tidak melingkupi {where}; kosongkan scopeId.", names.scope)
        elif names.scope == where and not bundle.elements[where].keeps_names:
            yield errors.Problem(
                f"“{node.name or where}” tidak mempunyai data sendiri; kosongkan scopeId, agar tertulis pada kasus.",
                where,
            )


@dataclass
class _Plan:
    """What is to be done, by keys. `ways`: by each element that begins, those that are ended."""

    ended: list[int] = field(default_factory=list)
    begun: list[Activation] = field(default_factory=list)
    ways: dict[str, list[str]] = field(default_factory=dict)
    told_ended: list[str] = field(default_factory=list)

    def told(self, reason: str | None) -> dict[str, object]:
        """What the history says of it."""
        return {
            "reason": reason,
            "ended": self.told_ended,
            "activated": [each.element_id for each in self.begun],
            "variables": [
                {"scope": names.scope, "values": dict(names.values)}
                for each in self.begun
                for names in each.names
            ],
        }


class _Resolver:
    """Finds what instructions mean in a running case."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.live = {key: (element, scope) for key, element, scope in running.tokens.live()}
        self.problems: list[errors.Problem] = []
        self.plan = _Plan()

    def resolve(self, wanted: Modification) -> _Plan:
        """The plan. Raises Unmodifiable with every problem."""
        for ending in wanted.endings:
            self.plan.ended += self._found(ending)
        freely = [*self.plan.ended]
        for activation in wanted.activations:
            self._begin(activation, [self.live[key][0] for key in freely])
        for move in wanted.moves:
            for key in self._found(move.source):
                self._move(move, key)
        if not (self.plan.ended or self.plan.begun or self.problems):
            self.problems.append(errors.Problem("tidak ada langkah yang diakhiri atau dimulai."))
        if self.problems:
            raise Unmodifiable(self.problems)
        self.plan.told_ended = [self.live[key][0] for key in self.plan.ended]
        return self.plan

    def _found(self, target: Target) -> list[int]:
        """The live element instances that are meant; a body stands for its rounds."""
        if target.key is not None:
            found = [target.key] if target.key in self.live else []
        else:
            found = [key for key, (element, _) in self.live.items() if element == target.element_id]
            found = [key for key in found if self.live[key][1] not in found]
        if not found:
            named = target.element_id or str(target.key)
            self.problems.append(errors.Problem(f"Langkah {named} sedang tidak berjalan.", named))
        return found

    def _move(self, move: Move, key: int) -> None:
        self.plan.ended.append(key)
        ancestor = self.live[key][1] if move.beside else move.ancestor
        if ancestor is None and move.element_id in self.running.bundle.elements:
            ancestor = self._shared(key, around_of(self.running.bundle, move.element_id))
        self._begin(Activation(move.element_id, move.names, ancestor), [self.live[key][0]])

    def _shared(self, key: int, scopes: list[str]) -> int | None:
        """The element instance around `key` that is the innermost of these sub-processes, where it is one at all."""
        scope = self.live[key][1]
        while scope in self.live:
            if scopes and self.live[scope][0] == scopes[-1]:
                return scope
            scope = self.live[scope][1]
        return None

    def _begin(self, activation: Activation, ended: list[str]) -> None:
        problems = list(problems_of(self.running.bundle, activation))
        self.problems += problems
        if not problems:
            self.plan.begun.append(activation)
            self.plan.ways.setdefault(activation.element_id, []).extend(ended)


def _carry_out(step: Step, running: Running, plan: _Plan) -> None:
    tokens = running.tokens
    starved_before = tokens.starved()
    tokens.end(plan.ended)
    set_tokens(running, plan.begun)
    tokens.tidy()
    if starved := tokens.starved() - starved_before:
        raise Starved(starved)
    if not tokens.idle:
        tokens.advance()
    elif running.parent_key is not None:
        raise errors.Conflict(f"Kasus ini dipanggil oleh kasus {running.parent_key}; batalkan kasus itu.")
    else:
        step.terminate(running)
    step.settle()
