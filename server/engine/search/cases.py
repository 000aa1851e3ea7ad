"""What cases are and leave behind: instances, their passages, variables, decisions, incidents, history."""

from typing import Any, Final

from sqlalchemy import Boolean, ColumnElement, Connection, FromClause, String, case, func, literal, select

from server.engine.access import visible_cases
from server.engine.engine import Engine
from server.engine.search.catalogue import IN_FILE, REQUIREMENTS
from server.engine.search.listing import NOTHING, TENANT_COLUMN, Listing, find
from server.engine.search.query import Item, Unseen
from server.engine.tables import (
    DecisionInstance,
    Definition,
    ElementInstance,
    History,
    HistoryValues,
    Incident,
    IncidentState,
    InstanceState,
    Kind,
    ProcessInstance,
    Variable,
)
from server.identity import Actor

SHOWN_OF_VALUE: Final = 8191
"""Characters of a variable's JSON text that a search shows unless it is asked for all."""

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
        "process_definition_version_tag": NOTHING,
        "start_date": ProcessInstance.started_at,
        "end_date": ProcessInstance.ended_at,
        "suspended_date": case(
            (ProcessInstance.state == InstanceState.SUSPENDED, ProcessInstance.suspended_at)
        ),
        "state": ProcessInstance.state,
        "has_incident": _open_incidents(Incident.process_instance_key == ProcessInstance.key),
        "business_id": ProcessInstance.business_id,
    },
    visible=visible_cases,
    variables={"variables": Variable.process_instance_key == ProcessInstance.key},
)

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
        "error_type": Incident.type,
        "error_message": Incident.message,
        "state": Incident.state,
        "creation_time": Incident.created_at,
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
