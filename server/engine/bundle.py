"""A process version compiled for running, with the very versions of all that it names.

An instance keeps its bundle for life. Bundles never change, so a process reads each once and keeps it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, bindparam, select

from server import bpmn, dmn, errors, feel, forms
from server.bpmn import model
from server.db import dump_json
from server.engine import choices, spiff
from server.engine.handlers import Handler, Handlers
from server.engine.tables import Bundle as BundleRow
from server.engine.tables import Definition, Kind, Resource, member_of
from server.identity import Penerima, Roles

Functions = Mapping[str, feel.Function]
CHECKING = "pemeriksaan"
"""The property by which a task says that its case's own person may do it, too, if they have the role: `tidak`."""
CONFIDENTIAL = "rahasia"
"""The value of a process's property `sifat` that hides its cases from all but their own people."""


class UnknownBundle(errors.NotFound):
    """A case names a bundle that the database lacks."""


@dataclass(frozen=True)
class Text:
    """A diagram's text: FEEL, or itself."""

    text: str
    expression: feel.Expression | None


@dataclass(frozen=True)
class Mapped:
    """One input or output mapping; `target` is a path of names."""

    source: Text
    target: tuple[str, ...]


@dataclass(frozen=True)
class TaskForm:
    """A user task's form, and the key of its definition; without one it was `written` from the diagram, as JSON."""

    key: int | None
    form: forms.Form
    written: str | None = None
    latest: str | None = None
    """Its id, where each task is to have the newest version at the time."""


@dataclass(frozen=True)
class Table:
    """The decision behind a business rule task."""

    definition_key: int
    definitions: dmn.Definitions
    decision_id: str
    result: str
    latest: bool
    """The newest version at the time is meant, not the one that the case began with."""


@dataclass(frozen=True)
class Rounds:
    """A multi-instance body's loop."""

    collection: Text
    element: str | None
    output_collection: str | None
    output_element: Text | None
    completion: Text | None


@dataclass(frozen=True)
class Timer:
    """When a timer event comes: a date, a duration from now, or a cycle (ISO 8601, or FEEL that gives it)."""

    kind: model.TimerKind
    value: Text


@dataclass(frozen=True)
class Message:
    """Which message an event waits for: its name, and the key that says for which case it is."""

    name: Text
    correlation_key: Text | None


@dataclass(frozen=True)
class Signal:
    """Which signal an event waits for."""

    name: Text


@dataclass(frozen=True)
class Catch:
    """An event that an element waits for while it is live: its own, on its border, or behind an event-based gateway."""

    event_id: str
    event: Timer | Message | Signal
    interrupting: bool = True


@dataclass(frozen=True)
class ErrorCatch:
    """An error or escalation event on an activity's border. `code` None catches every one."""

    event_id: str
    code: Text | None
    escalation: bool


@dataclass(frozen=True)
class Throw:
    """What an event throws: an error or escalation by its code."""

    code: Text
    escalation: bool


@dataclass(frozen=True)
class CallTo:
    """The process behind a call activity. `bundle_key` is the version that this one is bound to; None: found when called."""

    process: Text
    bundle_key: int | None
    all_parent_variables: bool
    all_child_variables: bool
    version_tag: str | None = None


@dataclass(frozen=True)
class Assigned:
    """Who receives a user task: by a text of the diagram, or by its lane's role."""

    assignee: Text | None
    group: Text | None
    role: str | None
    users: Text | None = None
    """People, beside the group."""
    subject_first: bool = False
    """The case's own person receives it, the group only where there is none."""
    insider: bool = False
    """The group records in the name of people from outside, who may have no account."""
    checks: bool = False
    """It checks or signs what the case's own person asked for, who must not do it."""


@dataclass(frozen=True)
class Element:
    """One node of the diagram, ready to run."""

    node: model.Node
    type: str
    drawn: bool = True
    """False for what stands for something else that is drawn: no row and no page tells of it."""
    inputs: tuple[Mapped, ...] = ()
    outputs: tuple[Mapped, ...] = ()
    rounds: Rounds | None = None
    form: TaskForm | None = None
    table: Table | None = None
    script: tuple[Text, str] | None = None
    handler: Handler | None = None
    retries: Text | None = None
    assigned: Assigned | None = None
    catches: tuple[Catch, ...] = ()
    errors: tuple[ErrorCatch, ...] = ()
    throw: Throw | None = None
    signal: Text | None = None
    """The name of the signal that it broadcasts."""
    stop: str | None = None
    """The event on the border of all that its scope does, by which it terminates that."""
    call: CallTo | None = None
    due: Text | None = None
    follow_up: Text | None = None
    priority: Text | None = None

    @property
    def id(self) -> str:
        return self.node.id

    @property
    def name(self) -> str:
        return self.node.name or self.node.id

    @cached_property
    def decision(self) -> str | None:
        """The variable that takes what the task decides: `keputusan_<langkah>`, where its form asks for it."""
        name = choices.decision_of(self.node)
        return name if self.form is not None and name in self.form.form.variables else None

    @property
    def keeps_names(self) -> bool:
        """Whether it is a scope of variables by itself; each round of a multi-instance is one in any case."""
        return bool(self.inputs) or (self.drawn and isinstance(self.node, model.SubProcess))


@dataclass(frozen=True)
class Bundle:
    """All that a step of an instance needs to know of its process."""

    key: int
    definition_key: int
    process: model.Process
    normal: model.Process
    """As it is run."""
    bidang: str | None
    confidential: bool
    net: spiff.Net
    elements: Mapping[str, Element]
    conditions: Mapping[str, feel.Expression]
    flow_sources: Mapping[str, str]
    flows: Mapping[str, tuple[str, str]]
    """The flows that were drawn: from which element to which, as it is run."""
    triggers: Mapping[str, str]
    """Flows behind an event-based gateway, or to one of several start events, by the event that opens them."""
    start_event: str | None
    """The none start event; None where only timers and messages start it."""
    start_form: TaskForm | None
    starter: Assigned
    """Who may start it: the role of the lane in which it begins."""

    @property
    def foreign(self) -> bool:
        """Whether the diagram comes from outside: it has no start form, and no SOP row stands behind any of its tasks."""
        return self.start_form is None and not any(
            isinstance(node, model.Activity) and node.mutu_baku.langkah for node in self.process.every_node()
        )


# --- reading ---------------------------------------------------------------------------------------------------------


@dataclass
class Bundles:
    """The bundles that this process has read, by key. `roles`, `handlers` and FEEL's host `functions` are the house's."""

    roles: Roles
    handlers: Handlers
    functions: Functions
    _read: dict[int, Bundle] = field(default_factory=dict)
    _decisions: dict[int, dmn.Definitions] = field(default_factory=dict)
    _forms: dict[int, forms.Form] = field(default_factory=dict)

    def get(self, connection: Connection, key: int) -> Bundle:
        """The bundle of this key, compiled once."""
        bundle = self._read.get(key)
        if bundle is None:
            bundle = self._read[key] = self._load(connection, key)
        return bundle

    def decisions(self, connection: Connection, resource: int) -> dmn.Definitions:
        """The DMN file of a resource, read once; compiled when a decision of it is first evaluated."""
        found = self._decisions.get(resource)
        if found is None:
            body = connection.execute(_FILE, {"key": resource}).scalar_one()
            found = self._decisions[resource] = dmn.read(body)
        return found

    def form(self, connection: Connection, element: "Element", key: int | None) -> forms.Form | None:
        """The form with which a task of this element was opened: that of the bundle, or a newer one of this key, read once."""
        if element.form is None or key == element.form.key:
            return element.form.form if element.form else None
        found = self._forms.get(key or 0)
        if found is None:
            body = connection.execute(_MEMBER, {"key": key}).one().body
            found = self._forms[key or 0] = forms.read(body, self.functions)
        return found

    def _load(self, connection: Connection, key: int) -> Bundle:
        row = connection.execute(_BUNDLE, {"key": key}).one_or_none()
        if row is None:
            raise UnknownBundle(f"Paket definisi {key} tidak ada di basis data ini.")
        members = {member: _member(connection, member, key) for member, key in row.members.items()}
        diagram, _ = bpmn.examine(
            row.body
        )  # accepted when it was published, perhaps by less strict rules than today's
        process = diagram.process(row.id)
        decisions = {
            member: self.decisions(connection, row.resource_key)
            for member, row in members.items()
            if member.startswith(f"{Kind.DECISION}:")
        }
        compiler = _Compiler(process, members, decisions, self.roles, self.handlers, self.functions)
        return compiler.compile(key, row.definition_key)


_BUNDLE = (
    select(BundleRow.definition_key, BundleRow.members, Definition.id, Resource.body)
    .join(Definition, Definition.key == BundleRow.definition_key)
    .join(Resource, Resource.key == Definition.resource_key)
    .where(BundleRow.key == bindparam("key"))
)
_FILE = select(Resource.body).where(Resource.key == bindparam("key"))
_MEMBER = (
    select(Definition.key, Definition.id, Definition.resource_key, Resource.body)
    .join(Resource, Resource.key == Definition.resource_key)
    .where(Definition.key == bindparam("key"))
)


def _member(connection: Connection, member: str, key: int) -> Any:
    """The row of a form or decision; of a called process the key of its bundle will do."""
    return key if member.startswith(f"{Kind.PROCESS}:") else connection.execute(_MEMBER, {"key": key}).one()


@dataclass(frozen=True)
class _Compiler:
    process: model.Process
    members: Mapping[str, Any]
    decisions: Mapping[str, dmn.Definitions]
    """The files of the members that are decisions."""
    roles: Roles
    handlers: Handlers
    functions: Functions

    @cached_property
    def normal(self) -> model.Process:
        return bpmn.normalised(self.process)

    def compile(self, key: int, definition_key: int) -> Bundle:
        normal = self.normal
        elements = {node.id: self._element(node) for node in normal.every_node()}
        flows = [flow for scope in normal.scopes() for flow in scope.flows.values()]
        drawn = {flow_id for scope in self.process.scopes() for flow_id in scope.flows}
        start = self.process.start
        starts = (node for node in self.process.nodes.values() if isinstance(node, model.StartEvent))
        first = start or next(starts)
        return Bundle(
            key=key,
            definition_key=definition_key,
            process=self.process,
            normal=normal,
            bidang=self.process.properties.get("bidang") or None,
            confidential=self.process.properties.get("sifat") == CONFIDENTIAL,
            net=spiff.read_net(bpmn.plain(normal), normal.id, _bodies(normal)),
            elements=elements,
            conditions={flow.id: self._feel(flow.condition.text) for flow in flows if flow.condition},
            triggers=bpmn.triggers(normal),
            start_event=start.id if start else None,
            flow_sources={flow.id: flow.source for flow in flows},
            flows={flow.id: (flow.source, flow.target) for flow in flows if flow.id in drawn},
            start_form=self._form(start.form, start) if start and start.form else None,
            starter=self._assigned_by_lane(first.id),
        )

    def _element(self, node: model.Node) -> Element:
        drawn = self._drawn.get(node.id)
        element: dict[str, Any] = {
            "node": node,
            "type": element_type(drawn or node),
            "drawn": drawn is not None,
        }
        if isinstance(node, model.Activity | model.Event):
            element["inputs"] = tuple(map(self._mapped, node.inputs))
            element["outputs"] = tuple(map(self._mapped, node.outputs))
        if isinstance(node, model.Activity) and isinstance(node.loop, model.MultiInstance):
            element["rounds"] = self._rounds(node.loop)
        if isinstance(node, model.UserTask):
            element |= self._user_task(node)
        if isinstance(node, model.BusinessRuleTask) and node.decision:
            element["table"] = self._table(node, node.decision)
        if isinstance(node, model.ScriptTask) and node.script:
            element["script"] = (self._text(node.script.expression), node.script.result)
        job = getattr(node, "job", None)
        if job is not None:
            element["handler"] = self.handlers.get(job.type.text)
            element["retries"] = self._optional(job.retries)
        if isinstance(node, model.CallActivity) and node.called:
            element["call"] = self._call(node, node.called)
        return Element(**element, **self._events(node))

    @cached_property
    def _drawn(self) -> Mapping[str, model.Node]:
        """The nodes as they are drawn."""
        return {node.id: node for node in self.process.every_node()}

    def _events(self, node: model.Node) -> dict[str, Any]:
        """What a node waits for and throws."""
        scope = self.normal.scope_of(node.id)
        waits: list[tuple[model.Node, bool]] = []
        if isinstance(node, model.CatchEvent | model.ReceiveTask):
            waits.append((node, True))
        if isinstance(node, model.Gateway) and node.kind == model.GatewayKind.EVENT_BASED:
            waits += [(scope.nodes[flow.target], True) for flow in scope.outgoing(node.id)]
        borders = scope.boundary_events(node.id) if isinstance(node, model.Activity) else ()
        waits += [(event, event.interrupting) for event in borders if not _is_thrown(event)]
        thrown = node.definition if isinstance(node, model.EndEvent | model.ThrowEvent) else None
        return {
            "catches": tuple(
                Catch(each.id, self._awaited(each), interrupting) for each, interrupting in waits
            ),
            "errors": tuple(self._error(event) for event in borders if _is_error(event)),
            "throw": self._throw(thrown),
            "signal": self._text(thrown.name) if isinstance(thrown, model.Signal) else None,
            "stop": thrown.border if isinstance(thrown, model.Terminate) else None,
        }

    def _awaited(self, node: model.Node) -> Timer | Message | Signal:
        definition = (
            node.message if isinstance(node, model.ReceiveTask) else getattr(node, "definition", None)
        )
        if isinstance(definition, model.Timer):
            return Timer(definition.kind, self._text(definition.value))
        if isinstance(definition, model.Signal):
            return Signal(self._text(definition.name))
        assert isinstance(definition, model.Message), "the reader refuses every other event that waits"
        return Message(self._text(definition.name), self._optional(definition.correlation_key))

    def _error(self, event: model.BoundaryEvent) -> ErrorCatch:
        definition = event.definition
        assert isinstance(definition, model.Error | model.Escalation)
        return ErrorCatch(event.id, self._optional(definition.code), isinstance(definition, model.Escalation))

    def _throw(self, definition: model.EventDefinition | None) -> Throw | None:
        if not isinstance(definition, model.Error | model.Escalation) or definition.code is None:
            return None
        return Throw(self._text(definition.code), isinstance(definition, model.Escalation))

    def _call(self, node: model.CallActivity, called: model.Called) -> CallTo:
        member = self.members.get(member_of(Kind.PROCESS, called.process.text, called.tag))
        return CallTo(
            self._text(called.process),
            None if _wants_latest(called.binding, node) else member,
            called.all_parent_variables,
            called.all_child_variables,
            called.tag,
        )

    def _user_task(self, node: model.UserTask) -> dict[str, Any]:
        by_lane = self._assigned_by_lane(node.id)
        group, users = self._optional(node.candidate_groups), self._optional(node.candidate_users)
        assignee = self._optional(node.assignee)
        role = group.text.partition("@")[0] if group else None
        overridden = Assigned(
            assignee,
            group,
            None,
            users,
            checks=(group or users) is not None and self._checks(node, role),
        )
        return {
            "form": self._form(node.form, node) if node.form else self._generated_form(node),
            "assigned": overridden if assignee or group or users else by_lane,
            "due": self._optional(node.due_date),
            "follow_up": self._optional(node.follow_up_date),
            "priority": self._optional(node.priority),
        }

    def _assigned_by_lane(self, node_id: str) -> Assigned:
        """The lane's role; an outsider's task goes to the insider who records it, unless it is the case's own person's."""
        role = lane_role(self.process, node_id, self.roles)
        if role is None:
            return Assigned(None, None, None)
        bidang = self.process.properties.get("bidang")
        receiver = self.roles[role.wakil] if role.wakil else role
        group = self.roles.group(receiver.id, bidang)
        own = role.penerima is Penerima.SUBJEK
        return Assigned(
            None,
            Text(group, None),
            role.id,
            subject_first=own,
            insider=role.wakil is not None,
            checks=self._checks(self.process.node(node_id), role.id),
        )

    def _checks(self, node: model.Node, role: str | None) -> bool:
        """A task of anybody else than the case's own person does, unless its property `pemeriksaan` says `tidak`."""
        told = getattr(node, "properties", {}).get(CHECKING)
        own = self.roles.get(role) if role else None
        return told != "tidak" and (own is None or own.penerima is not Penerima.SUBJEK)

    def _form(self, form: model.Form, node: model.Node) -> TaskForm:
        assert form.id is not None, "the reader refuses a form without an id"
        member = self.members[member_of(Kind.FORM, form.id, form.tag)]
        latest = form.id if _wants_latest(form.binding, node) else None
        return TaskForm(member.key, forms.read(member.body, self.functions), latest=latest)

    def _generated_form(self, node: model.UserTask) -> TaskForm | None:
        """What the SOP's row says, as a form; None for a task that no row stands behind."""
        row = node.mutu_baku
        if row.langkah is None:
            return None
        name = node.name or node.id
        decision = choices.asked(self.process, node, self.functions)
        again = choices.is_sent_back_to(self.process, node)
        form = forms.generate(
            node.id, name, row.uraian or "", row.kelengkapan, row.output, decision, again=again
        )
        return TaskForm(None, forms.read(form, self.functions), dump_json(form))

    def _table(self, node: model.BusinessRuleTask, decision: model.Decision) -> Table:
        member = member_of(Kind.DECISION, decision.id.text, decision.tag)
        latest = _wants_latest(decision.binding, node)
        return Table(
            self.members[member].key, self.decisions[member], decision.id.text, decision.result, latest
        )

    def _mapped(self, parameter: model.Parameter) -> Mapped:
        return Mapped(self._text(parameter.source), tuple(parameter.target.split(".")))

    def _rounds(self, loop: model.MultiInstance) -> Rounds:
        assert loop.collection is not None, "the reader refuses a multi-instance without a collection"
        return Rounds(
            self._text(loop.collection),
            loop.element,
            loop.output_collection,
            self._optional(loop.output_element),
            self._optional(loop.completion),
        )

    def _optional(self, written: model.Expression | None) -> Text | None:
        return None if written is None else self._text(written)

    def _text(self, written: model.Expression) -> Text:
        return Text(written.text, self._feel(written.text) if written.feel else None)

    def _feel(self, text: str) -> feel.Expression:
        return feel.compile(text, functions=self.functions)


def _wants_latest(binding: model.Binding | None, node: model.Node) -> bool:
    """bindingType `latest` says it; a modeler that drops Camunda's default leaves the property `versi` = `terbaru`."""
    return binding is model.Binding.LATEST or (
        binding is not model.Binding.VERSION_TAG and node.properties.get("versi") == "terbaru"
    )


def _bodies(normal: model.Process) -> frozenset[str]:
    """The sub-processes that event sub-processes watch over."""
    return frozenset(
        node.id for node in normal.every_node() if isinstance(node, model.SubProcess) and node.synthetic
    )


def lane_role(process: model.Process, node_id: str, roles: Roles) -> Any:
    """The role that a node's innermost lane names, by id or by a name that is one role's alone; None without one."""
    for lane in process.lanes_of(node_id):
        if lane.role is not None and lane.role in roles:
            return roles[lane.role]
        found = roles.role_by_lane(lane.name) if lane.name and not lane.role else None
        if found is not None:
            return found
    return None


def _is_error(event: model.BoundaryEvent) -> bool:
    return isinstance(event.definition, model.Error | model.Escalation)


def _is_thrown(event: model.BoundaryEvent) -> bool:
    """Whether it comes from within what it stands on, and nothing waits for it."""
    return _is_error(event) or isinstance(event.definition, model.Terminate)


def element_type(node: model.Node) -> str:
    """The element's type in the words of Camunda's API: USER_TASK, EXCLUSIVE_GATEWAY, SUB_PROCESS …"""
    if isinstance(node, model.Gateway):
        name = node.kind.value
    elif isinstance(node, model.SubProcess):
        name = "subProcess" if node.kind == model.SubProcessKind.EMBEDDED else node.kind.value
    else:
        name = type(node).__name__
        name = {"CatchEvent": "intermediateCatchEvent", "ThrowEvent": "intermediateThrowEvent"}.get(
            name, name
        )
    return "".join(f"_{c}" if c.isupper() and i else c for i, c in enumerate(name)).upper()
