"""What is there to see: searches and look-ups, read only.

A listing is a table of fields. One machine filters, sorts and pages them all, in SQL and only over rows that the asker may
see; a key that one may not see is not found. Fields bear the names of Camunda 8's API.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, TypeAlias, cast

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    FromClause,
    SQLColumnExpression,
    String,
    and_,
    false,
    func,
    inspect,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased
from sqlalchemy.types import TypeEngine

from server import errors
from server.db import Instant, dump_json, load_json
from server.engine.access import offered_tasks, visible_cases, visible_tasks
from server.engine.engine import Engine
from server.engine.tables import (
    Bundle,
    DecisionInstance,
    Definition,
    Draft,
    ElementInstance,
    History,
    HistoryValues,
    Incident,
    IncidentState,
    Kind,
    ProcessInstance,
    Resource,
    UserTask,
    Variable,
)
from server.identity import Actor

MOST_COUNTED: Final = 10_000
TENANT: Final = "<default>"
SHOWN_OF_VALUE: Final = 8191
"""Characters of a variable's JSON text that a search shows unless it is asked for all."""

Column: TypeAlias = SQLColumnExpression[Any]
Item: TypeAlias = Mapping[str, Any]


class Unseen(errors.NotFound):
    """No row of this key, or none that the asker may see."""


class BadCursor(errors.Invalid):
    def __init__(self) -> None:
        super().__init__(
            "Penanda halaman tidak dikenal, atau dari pencarian dengan urutan lain. Mulai lagi dari halaman pertama."
        )


# --- questions and answers -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Where:
    """A field compared with a value; `operator` is a key of OPERATORS."""

    field: str
    operator: str
    value: object


@dataclass(frozen=True)
class Holds:
    """There is a variable of this name whose JSON text passes every test; `field` says where (Listing.variables)."""

    field: str
    name: str
    tests: tuple[Where, ...]


@dataclass(frozen=True)
class AnyOf:
    """One of the alternatives is true as a whole."""

    alternatives: tuple[tuple["Condition", ...], ...]


Condition: TypeAlias = Where | Holds | AnyOf


@dataclass(frozen=True)
class Query:
    """Conditions that are all true; `sort` as field and whether descending; a page by offset, or next to a cursor."""

    conditions: tuple[Condition, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()
    limit: int = 100
    offset: int = 0
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True)
class Page:
    """`total_items` counts to 10,000 and no further; the cursors stand at the first and the last item."""

    total_items: int
    has_more_total_items: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True)
class Found:
    items: Sequence[Item]
    page: Page


@dataclass(frozen=True)
class Listing:
    """Something that can be searched.

    `fields`: the columns by name; `key`: the name of the unique one, which also settles ties. `visible`: which rows an actor
    may see. `variables`: how a Variable belongs to a row, for filters by variables. `finish` adds to an item what no
    column says by itself.
    """

    word: str
    key: str
    source: FromClause
    fields: Mapping[str, Column]
    visible: Callable[[Actor], ColumnElement[bool]]
    variables: Mapping[str, ColumnElement[bool]] = field(default_factory=dict)
    finish: Callable[[Item], Item] = lambda item: item


def search(
    engine: Engine, connection: Connection, actor: Actor, listing: Listing, query: Query = Query()
) -> Found:
    """The page of the rows that the actor may see. Raises BadCursor."""
    order = _order(listing, query.sort)
    conditions = [listing.visible(actor), *(_sql(listing, each) for each in query.conditions)]
    found = connection.execute(_page_of(listing, order, conditions, query))
    rows = [dict(zip(listing.fields, row, strict=True)) for row in found]
    if query.before is not None:
        rows = rows[::-1]
    total = len(rows)
    if total == query.limit or query.offset or query.after or query.before:
        total = _count(connection, listing, conditions)
    page = Page(
        total_items=min(total, MOST_COUNTED),
        has_more_total_items=total > MOST_COUNTED,
        start_cursor=_cursor(rows[0], order) if rows else None,
        end_cursor=_cursor(rows[-1], order) if rows else None,
    )
    return Found([listing.finish(row) for row in rows], page)


def find(engine: Engine, connection: Connection, actor: Actor, listing: Listing, key: int) -> Item:
    """The one row of this key. Raises Unseen."""
    chosen = select(*_labelled(listing)).select_from(listing.source)
    statement = chosen.where(listing.fields[listing.key] == key, listing.visible(actor))
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise Unseen(f"{listing.word} {key} tidak ada, atau bukan untuk Anda.")
    return listing.finish(row._asdict())


def within(query: Query, **fixed: object) -> Query:
    """The query, kept to rows of these values (a list: any of them)."""
    also = (Where(name, "in" if isinstance(value, list) else "eq", value) for name, value in fixed.items())
    return replace(query, conditions=(*query.conditions, *also))


# --- conditions ------------------------------------------------------------------------------------------------------

OPERATORS: Final[Mapping[str, Callable[[Column, Any], ColumnElement[bool]]]] = {
    "eq": lambda column, value: column == value,
    "neq": lambda column, value: column.is_distinct_from(value),
    "in": lambda column, values: column.in_(values),
    "notIn": lambda column, values: or_(column.not_in(values), column.is_(None)),
    "exists": lambda column, wanted: column.is_not(None) if wanted else column.is_(None),
    "like": lambda column, pattern: column.ilike(_like(pattern), escape="\\"),
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
}


def _sql(listing: Listing, condition: Condition) -> ColumnElement[bool]:
    match condition:
        case Where(name, operator, value):
            return OPERATORS[operator](listing.fields[name], value)
        case Holds(place, name, tests):
            passed = (OPERATORS[test.operator](Variable.value, test.value) for test in tests)
            named = select(Variable.key).where(listing.variables[place], Variable.name == name, *passed)
            return named.correlate_except(Variable).exists()
        case AnyOf(alternatives):
            return or_(
                false(), *(and_(true(), *(_sql(listing, one) for one in all_)) for all_ in alternatives)
            )


def _like(pattern: str) -> str:
    """SQL's pattern for one with `*` and `?`, in which a backslash takes the next character as it is."""
    made, characters = [], iter(pattern)
    for character in characters:
        if character == "\\":
            character = next(characters, "\\")
            made.append(f"\\{character}" if character in "%_\\" else character)
        elif character in "%_":
            made.append(f"\\{character}")
        else:
            made.append({"*": "%", "?": "_"}.get(character, character))
    return "".join(made)


# --- order and pages -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _By:
    """One field of the order. What has no value comes last, whichever way the field is sorted."""

    name: str
    column: Column
    descending: bool

    @property
    def type(self) -> type:
        """Of its values in Python."""
        return datetime if isinstance(self._kind, Instant) else self._kind.python_type

    @property
    def _kind(self) -> TypeEngine[Any]:
        return cast(ColumnElement[Any], self.column).type

    def clause(self, backward: bool) -> Column:
        falling = self.descending != backward
        sorted_ = self.column.desc() if falling else self.column.asc()
        return sorted_.nulls_first() if backward else sorted_.nulls_last()

    def same(self, value: object) -> ColumnElement[bool]:
        return self.column.is_(None) if value is None else self.column == value

    def beyond(self, value: object, backward: bool) -> ColumnElement[bool]:
        """The rows on the far side of `value`."""
        if value is None:
            return self.column.is_not(None) if backward else false()
        bound = literal(value, self._kind)
        further = self.column < bound if self.descending != backward else self.column > bound
        return further if backward else or_(further, self.column.is_(None))


def _order(listing: Listing, sort: Iterable[tuple[str, bool]]) -> list[_By]:
    chosen = dict([*sort, (listing.key, False)][::-1])
    names = list(dict.fromkeys([*(name for name, _ in sort), listing.key]))
    return [_By(name, listing.fields[name], chosen[name]) for name in names]


def _page_of(listing: Listing, order: list[_By], conditions: list[ColumnElement[bool]], query: Query) -> Any:
    backward = query.before is not None
    cursor = query.before if backward else query.after
    statement = select(*_labelled(listing)).select_from(listing.source).where(*conditions)
    if cursor is not None:
        statement = statement.where(_past(order, _values(cursor, order), backward))
    return statement.order_by(*(by.clause(backward) for by in order)).limit(query.limit).offset(query.offset)


def _past(order: list[_By], values: list[object], backward: bool) -> ColumnElement[bool]:
    """The rows after (or before) the one with these values, in an order of several fields."""
    steps = []
    for place, (by, value) in enumerate(zip(order, values, strict=True)):
        equal = (each.same(known) for each, known in zip(order[:place], values, strict=False))
        steps.append(and_(*equal, by.beyond(value, backward)))
    return or_(*steps)


def _count(connection: Connection, listing: Listing, conditions: list[ColumnElement[bool]]) -> int:
    """How many rows there are, counted to one more than is told."""
    few = select(literal(1)).select_from(listing.source).where(*conditions).limit(MOST_COUNTED + 1)
    return connection.execute(select(func.count()).select_from(few.subquery())).scalar_one()


def _labelled(listing: Listing) -> list[Column]:
    return [column.label(name) for name, column in listing.fields.items()]


def _cursor(row: Item, order: list[_By]) -> str:
    values = [row[by.name] for by in order]
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return b64encode(dump_json(plain).encode()).decode()


def _values(cursor: str, order: list[_By]) -> list[object]:
    try:
        values = load_json(b64decode(cursor, validate=True))
    except (ValueError, RecursionError):
        raise BadCursor from None
    if not isinstance(values, list) or len(values) != len(order):
        raise BadCursor
    return [_typed(value, by.type) for value, by in zip(values, order, strict=True)]


def _typed(value: Any, expected: type) -> object:
    """A cursor comes from outside, so each of its values is looked at."""
    if value is not None and expected is datetime:
        try:
            value = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise BadCursor from None
    if value is None or (type(value) is expected and not _too_big(value)):
        return value
    raise BadCursor


def _too_big(value: object) -> bool:
    return (isinstance(value, int) and abs(value) >= 2**63) or (
        isinstance(value, datetime) and value.tzinfo is None
    )


# --- what can be searched --------------------------------------------------------------------------------------------

_NOTHING = literal(None, String)
_TENANT = literal(TENANT, String)

_CASE = {
    "process_instance_key": ProcessInstance.key,
    "process_definition_key": ProcessInstance.definition_key,
    "process_definition_id": ProcessInstance.process_id,
    "tenant_id": _TENANT,
}
_WITH_CASE: Final = ProcessInstance.__table__


def _everybody(actor: Actor) -> ColumnElement[bool]:
    return true()


def _of_kind(kind: Kind) -> Callable[[Actor], ColumnElement[bool]]:
    """Definitions are the office's public book: whoever is known may read them."""
    return lambda actor: Definition.kind == kind


def _joined(table: Any, on: ColumnElement[bool]) -> FromClause:
    return table.__table__.join(_WITH_CASE, on)


def _is_latest() -> ColumnElement[bool]:
    newer = Definition.__table__.alias()
    exists = select(newer.c.key).where(
        newer.c.kind == Definition.kind, newer.c.id == Definition.id, newer.c.version > Definition.version
    )
    return (~exists.correlate(Definition).exists()).label("latest")


def _open_incidents(*about: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(Incident.key).where(Incident.state == IncidentState.ACTIVE, *about).exists()


def _with_trace(item: Item) -> Item:
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


_FILED: Final = Definition.__table__.join(Resource.__table__, Resource.key == Definition.resource_key)
_REQUIREMENTS: Final = aliased(Definition)
_IN_FILE: Final = and_(
    _REQUIREMENTS.kind == Kind.REQUIREMENTS, _REQUIREMENTS.resource_key == Definition.resource_key
)

PROCESS_DEFINITIONS: Final = Listing(
    word="Prosedur",
    key="process_definition_key",
    source=_FILED,
    fields={
        "process_definition_key": Definition.key,
        "process_definition_id": Definition.id,
        "name": Definition.name,
        "version": Definition.version,
        "version_tag": _NOTHING,
        "resource_name": Resource.name,
        "state": literal("ACTIVE", String),
        "has_start_form": Definition.start_form.is_not(None),
        "is_latest_version": _is_latest(),
        "tenant_id": _TENANT,
    },
    visible=_of_kind(Kind.PROCESS),
)

DECISION_DEFINITIONS: Final = Listing(
    word="Tabel keputusan",
    key="decision_definition_key",
    source=Definition.__table__.join(inspect(_REQUIREMENTS).selectable, _IN_FILE),
    fields={
        "decision_definition_key": Definition.key,
        "decision_definition_id": Definition.id,
        "name": Definition.name,
        "version": Definition.version,
        "decision_requirements_key": _REQUIREMENTS.key,
        "decision_requirements_id": _REQUIREMENTS.id,
        "decision_requirements_name": _REQUIREMENTS.name,
        "decision_requirements_version": _REQUIREMENTS.version,
        "is_latest_version": _is_latest(),
        "tenant_id": _TENANT,
    },
    visible=_of_kind(Kind.DECISION),
)

DECISION_REQUIREMENTS: Final = Listing(
    word="Berkas keputusan",
    key="decision_requirements_key",
    source=_FILED,
    fields={
        "decision_requirements_key": Definition.key,
        "decision_requirements_id": Definition.id,
        "decision_requirements_name": Definition.name,
        "version": Definition.version,
        "resource_name": Resource.name,
        "tenant_id": _TENANT,
    },
    visible=_of_kind(Kind.REQUIREMENTS),
)

FORMS: Final = Listing(
    word="Formulir",
    key="form_key",
    source=_FILED,
    fields={
        "form_key": Definition.key,
        "form_id": Definition.id,
        "version": Definition.version,
        "tenant_id": _TENANT,
    },
    visible=_of_kind(Kind.FORM),
)

PROCESS_INSTANCES: Final = Listing(
    word="Kasus",
    key="process_instance_key",
    source=_joined(Definition, Definition.key == ProcessInstance.definition_key),
    fields={
        **_CASE,
        "parent_process_instance_key": ProcessInstance.parent_key,
        "parent_element_instance_key": ProcessInstance.parent_element_key,
        "process_definition_name": Definition.name,
        "process_definition_version": Definition.version,
        "process_definition_version_tag": _NOTHING,
        "start_date": ProcessInstance.started_at,
        "end_date": ProcessInstance.ended_at,
        "state": ProcessInstance.state,
        "has_incident": _open_incidents(Incident.process_instance_key == ProcessInstance.key),
        "business_id": ProcessInstance.business_id,
    },
    visible=visible_cases,
    variables={"variables": Variable.process_instance_key == ProcessInstance.key},
)

USER_TASKS: Final = Listing(
    word="Tugas",
    key="user_task_key",
    source=_joined(UserTask, ProcessInstance.key == UserTask.process_instance_key).join(
        Definition.__table__, Definition.key == UserTask.definition_key
    ),
    fields={
        "user_task_key": UserTask.key,
        "element_instance_key": UserTask.element_instance_key,
        "element_id": UserTask.element_id,
        "name": UserTask.name,
        "state": UserTask.state,
        "assignee": UserTask.assignee,
        "candidate_group": UserTask.candidate_group,
        "candidate_user": _NOTHING,
        "process_instance_key": UserTask.process_instance_key,
        "process_definition_key": UserTask.definition_key,
        "process_definition_id": UserTask.process_id,
        "process_definition_version": Definition.version,
        "process_name": Definition.name,
        "creation_date": UserTask.created_at,
        "completion_date": UserTask.ended_at,
        "follow_up_date": UserTask.follow_up_at,
        "due_date": UserTask.due_at,
        "priority": UserTask.priority,
        "form_key": UserTask.form_key,
        "custom_headers": UserTask.headers,
        "business_id": ProcessInstance.business_id,
        "bundle_key": ProcessInstance.bundle_key,
        "tenant_id": _TENANT,
    },
    visible=visible_tasks,
    variables={
        "process_instance_variables": Variable.scope_key == UserTask.process_instance_key,
        "local_variables": Variable.scope_key == UserTask.element_instance_key,
    },
)

VARIABLES: Final = Listing(
    word="Variabel",
    key="variable_key",
    source=_joined(Variable, ProcessInstance.key == Variable.process_instance_key),
    fields={
        "variable_key": Variable.key,
        "scope_key": Variable.scope_key,
        "process_instance_key": Variable.process_instance_key,
        "name": Variable.name,
        "value": Variable.value,
        "is_truncated": (func.length(Variable.value) > SHOWN_OF_VALUE).cast(Boolean),
        "tenant_id": _TENANT,
    },
    visible=visible_cases,
)

VARIABLES_OF_TASK: Final = replace(VARIABLES, visible=_everybody)
"""For scopes of a task that the actor was found to see; whose case they may not see beyond it."""

ELEMENT_INSTANCES: Final = Listing(
    word="Langkah",
    key="element_instance_key",
    source=_joined(ElementInstance, ProcessInstance.key == ElementInstance.process_instance_key),
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
    source=_joined(DecisionInstance, ProcessInstance.key == DecisionInstance.process_instance_key).join(
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
        "decision_requirements_key": select(_REQUIREMENTS.key).where(_IN_FILE).scalar_subquery(),
        "element_instance_key": DecisionInstance.element_instance_key,
        "evaluation_date": DecisionInstance.at,
        "evaluation_failure": _NOTHING,
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
    source=_joined(Incident, ProcessInstance.key == Incident.process_instance_key),
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
    source=_joined(History, ProcessInstance.key == History.process_instance_key).outerjoin(
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


# --- files and forms -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class File:
    """A file as it was published. `key` is its own, `id` and `version` those of its first definition."""

    key: int
    name: str
    id: str
    version: int
    body: bytes


@dataclass(frozen=True)
class ShownForm:
    """A form as JSON text. One that was generated for a task bears the key of the task's process definition."""

    form_key: int
    form_id: str
    version: int
    schema: str
    tenant_id: str = TENANT


def find_file(engine: Engine, connection: Connection, actor: Actor, key: int) -> File:
    """The file of this key, or the one that brought the definition of this key. Raises Unseen."""
    row = connection.execute(_FILE.where(or_(Definition.key == key, Resource.key == key))).first()
    if row is None:
        raise Unseen(f"Berkas {key} tidak ada.")
    return File(*row)


def find_form(engine: Engine, connection: Connection, actor: Actor, key: int) -> ShownForm:
    """A published form. Raises Unseen."""
    find(engine, connection, actor, FORMS, key)
    return _shown(connection, key)


def version_key(engine: Engine, connection: Connection, actor: Actor, process_id: str, version: int) -> int:
    """The key of a process's version. Raises Unseen."""
    wanted = within(Query(limit=1), process_definition_id=process_id, version=version)
    found = search(engine, connection, actor, PROCESS_DEFINITIONS, wanted).items
    if not found:
        raise Unseen(f"Prosedur {process_id} versi {version} belum diterbitkan.")
    return int(found[0]["process_definition_key"])


def start_form(engine: Engine, connection: Connection, actor: Actor, key: int) -> ShownForm | None:
    """The form that starts a process of this definition key; None where it starts without one. Raises Unseen."""
    find(engine, connection, actor, PROCESS_DEFINITIONS, key)
    newest = select(func.max(Bundle.key)).where(Bundle.definition_key == key)
    form = engine.bundles.get(connection, connection.execute(newest).scalar_one()).start_form
    return _shown(connection, form.key) if form and form.key else None


def task_form(engine: Engine, connection: Connection, actor: Actor, key: int) -> ShownForm | None:
    """The form of a user task; None for a task without one. Raises Unseen."""
    task = find(engine, connection, actor, USER_TASKS, key)
    if task["form_key"] is not None:
        return _shown(connection, task["form_key"])
    element = engine.bundles.get(connection, task["bundle_key"]).elements[task["element_id"]]
    if element.form is None or element.form.written is None:
        return None
    version = task["process_definition_version"]
    return ShownForm(task["process_definition_key"], element.id, version, element.form.written)


def _shown(connection: Connection, key: int) -> ShownForm:
    file = File(*connection.execute(_FILE.where(Definition.key == key)).one())
    return ShownForm(key, file.id, file.version, file.body.decode())


_FILE = (
    select(Resource.key, Resource.name, Definition.id, Definition.version, Resource.body)
    .select_from(_FILED)
    .order_by(Definition.key)
    .limit(1)
)


# --- a task's variables and draft ------------------------------------------------------------------------------------


def task_variables(
    engine: Engine, connection: Connection, actor: Actor, key: int, query: Query, innermost: bool = False
) -> Found:
    """The variables that a task sees, of all its scopes. `innermost`: of each name only the one that hides the others."""
    scopes = _scopes_of(connection, find(engine, connection, actor, USER_TASKS, key))
    kept = within(query, scope_key=scopes)
    if innermost:
        kept = within(kept, variable_key=_innermost(connection, scopes))
    return search(engine, connection, actor, VARIABLES_OF_TASK, kept)


def draft_of(engine: Engine, connection: Connection, actor: Actor, key: int) -> Mapping[str, object]:
    """What was saved of a task's form by those who may work on it; empty where nothing was. Raises Unseen."""
    find(engine, connection, actor, USER_TASKS, key)
    own = select(Draft.values).join(UserTask, UserTask.key == Draft.user_task_key)
    return connection.execute(own.where(UserTask.key == key, offered_tasks(actor))).scalar() or {}


def _scopes_of(connection: Connection, task: Item) -> list[int]:
    """The element instance of a task and all around it, from the inside out; the process instance last."""
    scopes = [task["element_instance_key"]]
    while scopes[-1] != task["process_instance_key"]:
        outer = select(ElementInstance.scope_key).where(ElementInstance.key == scopes[-1])
        scopes.append(connection.execute(outer).scalar_one())
    return scopes


def _innermost(connection: Connection, scopes: list[int]) -> list[int]:
    rows = connection.execute(
        select(Variable.key, Variable.name, Variable.scope_key).where(Variable.scope_key.in_(scopes))
    )
    outwards = sorted(rows, key=lambda row: scopes.index(row.scope_key), reverse=True)
    return list({row.name: row.key for row in outwards}.values())


# --- decisions -------------------------------------------------------------------------------------------------------


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
