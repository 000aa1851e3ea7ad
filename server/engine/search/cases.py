"""What cases are and leave behind: instances, their passages, variables, decisions, incidents, history."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    String,
    and_,
    case,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from server.engine.access import visible_cases
from server.engine.engine import Engine
from server.engine.search.catalogue import IN_FILE, REQUIREMENTS
from server.engine.search.listing import NOTHING, TENANT_COLUMN, Listing, Related, chosen, find, search
from server.engine.search.query import Condition, Found, Item, Query, Unseen, Where, within
from server.engine.tables import (
    DecisionInstance,
    Definition,
    ElementInstance,
    History,
    HistoryValues,
    Incident,
    IncidentState,
    InstanceState,
    Job,
    JobState,
    Kind,
    MessageCorrelation,
    MessageSubscription,
    ProcessInstance,
    TaskState,
    UserTask,
    Variable,
)
from server.identity import Actor
from server.identity.models import Person

SHOWN_OF_VALUE: Final = 8191
"""Characters of a variable's JSON text that a search shows unless it is asked for all."""

APPLICANT: Final = select(Person.name).where(Person.username == ProcessInstance.subject).scalar_subquery()
"""The name of the case's own person."""

_ROOT: Final = aliased(ProcessInstance)
NUMBER: Final = func.coalesce(
    ProcessInstance.business_id,
    select(_ROOT.business_id).where(_ROOT.key == ProcessInstance.root_key).scalar_subquery(),
    type_=String,
)
"""The number by which people know a case: its own, or that of the one that called it."""

_CASE = {
    "process_instance_key": ProcessInstance.key,
    "root_process_instance_key": ProcessInstance.root_key,
    "process_definition_key": ProcessInstance.definition_key,
    "process_definition_id": ProcessInstance.process_id,
    "tenant_id": TENANT_COLUMN,
}
_WITH_CASE: Final = ProcessInstance.__table__


def joined(table: Any, on: ColumnElement[bool]) -> FromClause:
    return table.__table__.join(_WITH_CASE, on)


def _open_incidents(*about: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(Incident.key).where(Incident.state == IncidentState.ACTIVE, *about).exists()


def _with_trace(engine: Engine, connection: Connection, item: Item) -> Item:
    """What the trace says of the evaluation's last decision: the one that was asked for."""
    return {**item, **decision_of_trace(item, len(item["trace"]))}


def decision_of_trace(item: Item, index: int) -> Item:
    """One decision of an evaluation, by its number from 1."""
    trace = item["trace"][index - 1]
    return {
        "decision_evaluation_instance_key": f"{item['decision_evaluation_key']}-{index}",
        "decision_definition_id": trace["id"],
        "decision_definition_name": trace["name"],
        "decision_definition_type": trace["kind"],
        "result": trace["value"],
        "evaluated_inputs": trace["inputs"],
        "matched_rules": trace["rules"],
    }


_PASSAGE: Final = aliased(ElementInstance)
_STOP: Final = aliased(Incident)
_FAILED: Final = aliased(Job)
_OPEN: Final = aliased(UserTask)
_CALLED: Final = aliased(ProcessInstance)

PROCESS_INSTANCES: Final = Listing(
    word="Kasus",
    key="process_instance_key",
    source=joined(Definition, Definition.key == ProcessInstance.definition_key),
    fields={
        **_CASE,
        "parent_process_instance_key": ProcessInstance.parent_key,
        "parent_element_instance_key": ProcessInstance.parent_element_key,
        "process_definition_name": Definition.name,
        "process_definition_version": Definition.version,
        "process_definition_version_tag": Definition.version_tag,
        "start_date": ProcessInstance.started_at,
        "end_date": ProcessInstance.ended_at,
        "suspended_date": case(
            (ProcessInstance.state == InstanceState.SUSPENDED, ProcessInstance.suspended_at)
        ),
        "state": ProcessInstance.state,
        "has_incident": _open_incidents(Incident.process_instance_key == ProcessInstance.key),
        "business_id": ProcessInstance.business_id,
        "batch_operation_id": NOTHING,
        "batch_operation_key": NOTHING,
    },
    visible=visible_cases,
    variables={"variables": Variable.process_instance_key == ProcessInstance.key},
    related=(
        Related(
            _PASSAGE.process_instance_key == ProcessInstance.key,
            {
                "element_id": _PASSAGE.element_id,
                "element_instance_state": _PASSAGE.state,
                "has_element_instance_incident": _open_incidents(
                    Incident.element_instance_key == _PASSAGE.key
                ),
            },
        ),
        Related(
            and_(_STOP.process_instance_key == ProcessInstance.key, _STOP.state == IncidentState.ACTIVE),
            {"error_message": _STOP.message},
        ),
        Related(
            and_(_FAILED.process_instance_key == ProcessInstance.key, _FAILED.error.is_not(None)),
            {"has_retries_left": and_(_FAILED.state == JobState.CREATED, _FAILED.retries > 0)},
        ),
    ),
)

CASES: Final = replace(
    PROCESS_INSTANCES,
    fields={
        **PROCESS_INSTANCES.fields,
        "bundle_key": ProcessInstance.bundle_key,
        "started_by": ProcessInstance.started_by,
        "subject": ProcessInstance.subject,
        "applicant": APPLICANT,
        "number": NUMBER,
    },
    related=(
        *PROCESS_INSTANCES.related,
        Related(
            and_(
                _OPEN.state == TaskState.CREATED,
                or_(
                    _OPEN.process_instance_key == ProcessInstance.key,
                    _OPEN.process_instance_key.in_(
                        select(_CALLED.key)
                        .where(_CALLED.parent_key == ProcessInstance.key)
                        .correlate(ProcessInstance)
                    ),
                ),
            ),
            {"open_task_due": _OPEN.due_at},
        ),
    ),
)
"""With what people want to know besides Camunda's words. `applicant`: the name of the case's own person; `open_task_due`: of a
task that is open in it, or in one that it has called."""

VARIABLES: Final = Listing(
    word="Variabel",
    key="variable_key",
    source=joined(Variable, ProcessInstance.key == Variable.process_instance_key),
    fields={
        "variable_key": Variable.key,
        "scope_key": Variable.scope_key,
        "process_instance_key": Variable.process_instance_key,
        "root_process_instance_key": ProcessInstance.root_key,
        "name": Variable.name,
        "value": Variable.value,
        "is_truncated": (func.length(Variable.value) > SHOWN_OF_VALUE).cast(Boolean),
        "tenant_id": TENANT_COLUMN,
    },
    visible=visible_cases,
)

ELEMENT_INSTANCES: Final = Listing(
    word="Langkah",
    key="element_instance_key",
    source=joined(ElementInstance, ProcessInstance.key == ElementInstance.process_instance_key),
    fields={
        **_CASE,
        "element_instance_key": ElementInstance.key,
        "element_instance_scope_key": ElementInstance.scope_key,
        "element_id": ElementInstance.element_id,
        "element_name": func.coalesce(ElementInstance.name, ElementInstance.element_id, type_=String),
        "type": ElementInstance.type,
        "state": ElementInstance.state,
        "start_date": ElementInstance.started_at,
        "end_date": ElementInstance.ended_at,
        "has_incident": _open_incidents(Incident.element_instance_key == ElementInstance.key),
        "incident_key": select(func.min(Incident.key))
        .where(Incident.element_instance_key == ElementInstance.key, Incident.state == IncidentState.ACTIVE)
        .scalar_subquery(),
    },
    visible=visible_cases,
)

DECISION_INSTANCES: Final = Listing(
    word="Evaluasi keputusan",
    key="decision_evaluation_key",
    source=joined(DecisionInstance, ProcessInstance.key == DecisionInstance.process_instance_key).join(
        Definition.__table__, Definition.key == DecisionInstance.definition_key
    ),
    fields={
        **_CASE,
        "decision_evaluation_key": DecisionInstance.key,
        "decision_definition_key": DecisionInstance.definition_key,
        "root_decision_definition_key": DecisionInstance.definition_key,
        "decision_definition_id": DecisionInstance.decision_id,
        "decision_definition_name": Definition.name,
        "decision_definition_version": Definition.version,
        "decision_requirements_key": select(REQUIREMENTS.key).where(IN_FILE).scalar_subquery(),
        "element_instance_key": DecisionInstance.element_instance_key,
        "evaluation_date": DecisionInstance.at,
        "evaluation_failure": NOTHING,
        "state": literal("EVALUATED", String),
        "business_id": ProcessInstance.business_id,
        "trace": DecisionInstance.trace,
    },
    visible=visible_cases,
    finish=_with_trace,
)

INCIDENTS: Final = Listing(
    word="Insiden",
    key="incident_key",
    source=joined(Incident, ProcessInstance.key == Incident.process_instance_key),
    fields={
        **_CASE,
        "incident_key": Incident.key,
        "element_instance_key": Incident.element_instance_key,
        "element_id": Incident.element_id,
        "job_key": Incident.job_key,
        # Camunda's clients know no word for a timer that failed; the message says what it was.
        "error_type": case((Incident.type == "TIMER_FAILED", "UNKNOWN"), else_=Incident.type),
        "error_message": Incident.message,
        "state": Incident.state,
        "creation_time": Incident.created_at,
    },
    visible=visible_cases,
)


def _with_headers(engine: Engine, connection: Connection, item: Item) -> Item:
    """A job with what its diagram says to who does it."""
    element = engine.bundles.get(connection, item["bundle_key"]).elements[item["element_id"]]
    return {**item, "custom_headers": getattr(element.node, "headers", {})}


JOBS: Final = Listing(
    word="Pekerjaan",
    key="job_key",
    source=joined(Job, ProcessInstance.key == Job.process_instance_key),
    fields={
        **_CASE,
        "job_key": Job.key,
        "type": Job.type,
        "state": Job.state,
        "retries": Job.retries,
        "worker": func.coalesce(Job.worker, "", type_=String),
        "kind": literal("BPMN_ELEMENT", String),
        "listener_event_type": literal("UNSPECIFIED", String),
        "priority": literal(0, Integer),
        "is_denied": literal(None, Boolean),
        "denied_reason": NOTHING,
        "has_failed_with_retries_left": and_(
            Job.state == JobState.CREATED, Job.attempts > 0, Job.error.is_not(None)
        ),
        "error_code": NOTHING,
        "error_message": Job.error,
        "element_id": Job.element_id,
        "element_instance_key": Job.element_instance_key,
        "deadline": case(
            (and_(Job.state == JobState.CREATED, Job.worker.is_not(None)), Job.due_at), else_=None
        ),
        "creation_time": Job.created_at,
        "end_time": Job.ended_at,
        "last_update_time": func.coalesce(Job.ended_at, Job.created_at, type_=Job.created_at.type),
        "business_id": ProcessInstance.business_id,
        "bundle_key": ProcessInstance.bundle_key,
    },
    visible=visible_cases,
    finish=_with_headers,
)

MESSAGE_SUBSCRIPTIONS: Final = Listing(
    word="Langganan pesan",
    key="message_subscription_key",
    source=MessageSubscription.__table__.outerjoin(
        _WITH_CASE, ProcessInstance.key == MessageSubscription.process_instance_key
    ).join(
        Definition.__table__,
        Definition.key == func.coalesce(ProcessInstance.definition_key, MessageSubscription.definition_key),
    ),
    fields={
        "message_subscription_key": MessageSubscription.key,
        "message_subscription_type": case(
            (MessageSubscription.definition_key.is_not(None), "START_EVENT"), else_="PROCESS_EVENT"
        ),
        "message_subscription_state": literal("CREATED", String),
        "last_updated_date": MessageSubscription.created_at,
        "message_name": MessageSubscription.message_name,
        "correlation_key": MessageSubscription.correlation_key,
        "process_definition_key": Definition.key,
        "process_definition_id": MessageSubscription.process_id,
        "process_definition_name": Definition.name,
        "process_definition_version": Definition.version,
        "process_instance_key": MessageSubscription.process_instance_key,
        "root_process_instance_key": ProcessInstance.root_key,
        "element_id": MessageSubscription.event_id,
        "element_instance_key": MessageSubscription.element_instance_key,
        "business_id": ProcessInstance.business_id,
        "tool_name": NOTHING,
        "inbound_connector_type": NOTHING,
        "tenant_id": TENANT_COLUMN,
    },
    visible=lambda actor: or_(MessageSubscription.definition_key.is_not(None), visible_cases(actor)),
)

CORRELATED_MESSAGE_SUBSCRIPTIONS: Final = Listing(
    word="Pesan terkait",
    key="subscription_key",
    source=joined(MessageCorrelation, ProcessInstance.key == MessageCorrelation.process_instance_key),
    fields={
        **_CASE,
        "subscription_key": MessageCorrelation.subscription_key,
        "message_key": MessageCorrelation.message_key,
        "message_name": MessageCorrelation.message_name,
        "correlation_key": MessageCorrelation.correlation_key,
        "correlation_time": MessageCorrelation.at,
        "element_id": MessageCorrelation.event_id,
        "element_instance_key": MessageCorrelation.element_instance_key,
        "business_id": ProcessInstance.business_id,
        "partition_id": literal(1, Integer),
    },
    visible=visible_cases,
)

HISTORY: Final = Listing(
    word="Riwayat",
    key="history_key",
    source=joined(History, ProcessInstance.key == History.process_instance_key).outerjoin(
        HistoryValues.__table__, HistoryValues.history_key == History.key
    ),
    fields={
        "history_key": History.key,
        "process_instance_key": History.process_instance_key,
        "at": History.at,
        "actor": History.actor,
        "event": History.event,
        "element_id": History.element_id,
        "subject_key": History.subject_key,
        "digest": History.digest,
        "capacity": History.capacity,
        "values": HistoryValues.values,
    },
    visible=visible_cases,
)


def find_evaluated(engine: Engine, connection: Connection, actor: Actor, key: int, index: int) -> Item:
    """The decision with this number, from 1, of the evaluation of this key. Raises Unseen."""
    whole = find(engine, connection, actor, DECISION_INSTANCES, key)
    if not 0 < index <= len(whole["trace"]):
        raise Unseen(f"Evaluasi keputusan {key}-{index} tidak ada, atau bukan untuk Anda.")
    one = decision_of_trace(whole, index)
    asked, beside = Definition.__table__.alias(), Definition.__table__
    same_file = select(beside.c.key, beside.c.version).where(
        beside.c.kind == Kind.DECISION,
        beside.c.id == one["decision_definition_id"],
        beside.c.resource_key == asked.c.resource_key,
        asked.c.key == whole["decision_definition_key"],
    )
    of = connection.execute(same_file).one()
    return {**whole, **one, "decision_definition_key": of.key, "decision_definition_version": of.version}


# --- what a case has passed through ----------------------------------------------------------------------------------


def element_statistics(
    engine: Engine, connection: Connection, actor: Actor, conditions: Iterable[Condition]
) -> list[Item]:
    """How often each element of the cases that pass the conditions is or was entered, by what became of it."""
    cases = chosen(actor, PROCESS_INSTANCES, conditions)
    stopped = _open_incidents(Incident.element_instance_key == ElementInstance.key)
    active = ElementInstance.state == InstanceState.ACTIVE
    counted = {
        "active": and_(active, ~stopped),
        "incidents": and_(active, stopped),
        "completed": ElementInstance.state == InstanceState.COMPLETED,
        "canceled": ElementInstance.state == InstanceState.TERMINATED,
    }
    sums = [func.sum(case((condition, 1), else_=0)).label(name) for name, condition in counted.items()]
    statement = (
        select(ElementInstance.element_id, *sums)
        .where(ElementInstance.process_instance_key.in_(cases))
        .group_by(ElementInstance.element_id)
        .order_by(ElementInstance.element_id)
    )
    return [row._asdict() for row in connection.execute(statement)]


def statistics_of_case(engine: Engine, connection: Connection, actor: Actor, key: int) -> list[Item]:
    """The same of one case. Raises Unseen."""
    find(engine, connection, actor, PROCESS_INSTANCES, key)
    return element_statistics(engine, connection, actor, [Where("process_instance_key", "eq", key)])


def sequence_flows(engine: Engine, connection: Connection, actor: Actor, key: int) -> list[Item]:
    """The sequence flows that a case has taken, each once. Raises Unseen.

    A passage names the element it came from. A joining gateway was reached from every element before it that has ended.
    """
    item = find(engine, connection, actor, PROCESS_INSTANCES, key)
    bundle = engine.bundles.get(
        connection,
        connection.execute(select(ProcessInstance.bundle_key).where(ProcessInstance.key == key)).scalar_one(),
    )
    passages = connection.execute(
        select(ElementInstance.element_id, ElementInstance.source_id, ElementInstance.state).where(
            ElementInstance.process_instance_key == key
        )
    ).all()
    came = {(passage.source_id, passage.element_id) for passage in passages}
    ended = {passage.element_id for passage in passages if passage.state == InstanceState.COMPLETED}
    taken = [
        flow_id
        for flow_id, (source, target) in bundle.flows.items()
        if (source, target) in came
        or (bundle.elements[target].type in _JOINING and {source, target} <= ended)
    ]
    return [{**item, "sequence_flow_id": f"{key}_{flow_id}", "element_id": flow_id} for flow_id in taken]


_JOINING: Final = ("PARALLEL_GATEWAY",)


def call_hierarchy(engine: Engine, connection: Connection, actor: Actor, key: int) -> list[Item]:
    """The cases from the one that nobody called down to this one. Raises Unseen."""
    items = [find(engine, connection, actor, PROCESS_INSTANCES, key)]
    while items[0]["parent_process_instance_key"] is not None:
        items.insert(
            0, find(engine, connection, actor, PROCESS_INSTANCES, items[0]["parent_process_instance_key"])
        )
    return items


def search_incidents_of_case(
    engine: Engine, connection: Connection, actor: Actor, key: int, query: Query
) -> Found:
    """The incidents of a case and of all that it has called, however deep. Raises Unseen."""
    find(engine, connection, actor, PROCESS_INSTANCES, key)
    family = select(ProcessInstance.key).where(ProcessInstance.key == key).cte("family", recursive=True)
    called = aliased(ProcessInstance)
    family = family.union_all(select(called.key).join(family, called.parent_key == family.c.key))
    keys = list(connection.execute(select(family.c.key)).scalars())
    return search(engine, connection, actor, INCIDENTS, within(query, process_instance_key=keys))
