"""Which procedures use a table or a form, what of a new version their running cases would see, and what they would miss."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from server import dmn, errors, feel, forms
from server.authoring.standing import book
from server.bpmn import model
from server.db import AnyRow
from server.engine import Engine
from server.engine.bundle import Bundle, Element, TaskForm
from server.engine.instances import newest_bundle
from server.engine.tables import InstanceState, Kind, ProcessInstance
from server.forms import Computed, Field, Rows, Scope


@dataclass(frozen=True)
class Use:
    """A procedure that uses a file. `steps`: by which steps; `latest`: its running cases take a new version at once; `running`: how
    many there are, each with the version that it began with unless `latest`."""

    process_id: str
    name: str
    steps: tuple[str, ...]
    latest: bool
    running: int


def uses(engine: Engine, connection: Connection, kind: Kind, id_: str) -> tuple[Use, ...]:
    """The procedures that use a file of tables or a form, by name."""
    known = book(connection)
    standing = known.in_force(kind, id_)
    if standing is None or kind == Kind.PROCESS:
        return ()
    members = {member for member, row in known.newest.items() if row.resource_key == standing.resource_key}
    touched = known.touched(kind, id_)
    running = _running(connection, [row.id for row in touched])
    found = []
    for row in touched:
        bundle = _bundle(engine, connection, row)
        using = [one for one in bundle.process.every_node() if _names(one) in members]
        steps = tuple(dict.fromkeys(one.name or one.id for one in using))
        latest = any(
            element.table.latest
            for one in using
            if (element := bundle.elements.get(one.id)) and element.table
        )
        found.append(Use(row.id, row.name, steps, latest, running.get(row.id, 0)))
    return tuple(sorted(found, key=lambda one: one.name.casefold()))


def missed(
    engine: Engine, connection: Connection, id_: str, before: bytes, after: bytes
) -> Iterator[errors.Problem]:
    """What procedures read of a form that its new version no longer asks for, and that nothing else there gives.

    Raises forms.Malformed.
    """
    old, new = forms.read(before, engine.functions), forms.read(after, engine.functions)
    gone = {one.path[0]: one.label for one in old.fields if one.path[0] in old.variables - new.variables}
    if not gone:
        return
    for row in book(connection).touched(Kind.FORM, id_):
        bundle = _bundle(engine, connection, row)
        left = gone.keys() - set(_given(bundle, id_))
        for name, reader in readers(bundle, id_):
            if name in left:
                message = f"Isian “{gone[name]}” ({name}) dihapus, tetapi {reader} dalam prosedur “{row.name}” masih memakainya."
                yield errors.Problem(message, name)


def _running(connection: Connection, processes: list[str]) -> Mapping[str, int]:
    statement = (
        select(ProcessInstance.process_id, func.count().label("cases"))
        .where(
            ProcessInstance.process_id.in_(processes),
            ProcessInstance.state.in_([InstanceState.ACTIVE, InstanceState.SUSPENDED]),
        )
        .group_by(ProcessInstance.process_id)
    )
    return {row.process_id: row.cases for row in connection.execute(statement)}


def _bundle(engine: Engine, connection: Connection, row: AnyRow) -> Bundle:
    return engine.bundles.get(connection, newest_bundle(connection, row.id).bundle_key)


def _names(node: model.Node) -> str | None:
    """What a node names, as `kind:id`."""
    if isinstance(node, model.UserTask | model.StartEvent) and node.form:
        return f"{Kind.FORM}:{node.form.id}"
    if isinstance(node, model.BusinessRuleTask) and node.decision:
        return f"{Kind.DECISION}:{node.decision.id.text}"
    return None


# --- what gives a variable, and what reads one


def _given(bundle: Bundle, id_: str) -> Iterator[str]:
    """The variables that something else than this form writes in a procedure."""
    for form in _other_forms(bundle, id_):
        yield from (one.path[0] for one in form.form.fields if isinstance(one, Rows) or not one.lockable)
    for element in bundle.elements.values():
        yield from (mapped.target[0] for mapped in element.outputs)
        if element.table:
            yield element.table.result
        if element.script:
            yield element.script[1]


def readers(bundle: Bundle, id_: str) -> Iterator[tuple[str, str]]:
    """Each name that a procedure reads, with what does."""
    for flow, condition in bundle.conditions.items():
        yield from ((name, f"syarat alur {_flow(bundle, flow)}") for name in condition.required)
    for element in bundle.elements.values():
        told = f"langkah “{element.name}”"
        for mapped in (*element.inputs, *element.outputs):
            yield from ((name, f"pemetaan data {told}") for name in _read_by(mapped.source.expression))
        if element.script:
            yield from ((name, f"hitungan {told}") for name in _read_by(element.script[0].expression))
        yield from ((name, f"tabel keputusan pada {told}") for name in _asked(element))
        if element.form is not None and not _is(element, id_):
            yield from ((name, f"formulir {told}") for name in _shown(element.form.form.scope))


def _flow(bundle: Bundle, flow: str) -> str:
    for scope in bundle.process.scopes():
        if flow in scope.flows:
            source = bundle.process.node(scope.flows[flow].source)
            named = scope.flows[flow].name
            return (
                f"“{named}” sesudah “{source.name or source.id}”"
                if named
                else f"sesudah “{source.name or source.id}”"
            )
    return f"“{flow}”"


def _read_by(expression: feel.Expression | None) -> frozenset[str]:
    return expression.required if expression else frozenset()


def _asked(element: Element) -> Iterator[str]:
    """What a step's table asks of the case itself."""
    if element.table is None:
        return
    mapped = {one.target[0] for one in element.inputs}
    for question in dmn.questions(element.table.definitions, element.table.decision_id):
        if question.name not in mapped:
            yield question.name


def _shown(scope: Scope) -> Iterator[str]:
    """The variables that a form shows without asking for them, or that its conditions read."""
    for one in scope.fields:
        for hide in one.hides:
            yield from hide.required
        if isinstance(one, Rows):
            yield from _shown(one.row)
            continue
        if one.lockable:
            yield one.path[0]
        if isinstance(one, Computed):
            yield from one.expression.required
        yield from _switched(one)


def _switched(one: Field) -> Iterator[str]:
    for switch in (one.readonly, one.disabled, one.required):
        if isinstance(switch, feel.Expression):
            yield from switch.required


def _other_forms(bundle: Bundle, id_: str) -> Iterator[TaskForm]:
    if bundle.start_form is not None and bundle.start_form.form.id != id_:
        yield bundle.start_form
    for element in bundle.elements.values():
        if element.form is not None and not _is(element, id_):
            yield element.form


def _is(element: Element, id_: str) -> bool:
    return element.form is not None and element.form.form.id == id_
