"""What was published: procedures, decisions, forms, and the files that brought them. The office's public book."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, String, and_, func, inspect, literal, or_, select, true
from sqlalchemy.orm import aliased

from server.engine.engine import Engine
from server.engine.search.listing import TENANT, TENANT_COLUMN, Listing, find, search
from server.engine.search.query import Query, Unseen, within
from server.engine.tables import Bundle, Definition, Kind, Resource
from server.identity import Actor


def _of_kind(kind: Kind) -> Callable[[Actor], ColumnElement[bool]]:
    """Definitions are the office's public book: whoever is known may read them."""
    return lambda actor: Definition.kind == kind


def _is_latest() -> ColumnElement[bool]:
    newer = Definition.__table__.alias()
    exists = select(newer.c.key).where(
        newer.c.kind == Definition.kind, newer.c.id == Definition.id, newer.c.version > Definition.version
    )
    return (~exists.correlate(Definition).exists()).label("latest")


_FILED: Final = Definition.__table__.join(Resource.__table__, Resource.key == Definition.resource_key)
REQUIREMENTS: Final = aliased(Definition)
_OF_FILE: Final = aliased(Definition)
IN_FILE: Final = and_(
    REQUIREMENTS.kind == Kind.REQUIREMENTS, REQUIREMENTS.resource_key == Definition.resource_key
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
        "version_tag": Definition.version_tag,
        "resource_name": Resource.name,
        "state": literal("ACTIVE", String),
        "has_start_form": Definition.start_form.is_not(None),
        "is_latest_version": _is_latest(),
        "tenant_id": TENANT_COLUMN,
    },
    visible=_of_kind(Kind.PROCESS),
)

DECISION_DEFINITIONS: Final = Listing(
    word="Tabel keputusan",
    key="decision_definition_key",
    source=Definition.__table__.join(inspect(REQUIREMENTS).selectable, IN_FILE),
    fields={
        "decision_definition_key": Definition.key,
        "decision_definition_id": Definition.id,
        "name": Definition.name,
        "version": Definition.version,
        "decision_requirements_key": REQUIREMENTS.key,
        "decision_requirements_id": REQUIREMENTS.id,
        "decision_requirements_name": REQUIREMENTS.name,
        "decision_requirements_version": REQUIREMENTS.version,
        "version_tag": Definition.version_tag,
        "is_latest_version": _is_latest(),
        "tenant_id": TENANT_COLUMN,
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
        "tenant_id": TENANT_COLUMN,
    },
    visible=_of_kind(Kind.REQUIREMENTS),
)

RESOURCES: Final = Listing(
    word="Berkas",
    key="resource_key",
    source=Resource.__table__.join(
        Definition.__table__,
        Definition.key
        == select(func.min(_OF_FILE.key)).where(_OF_FILE.resource_key == Resource.key).scalar_subquery(),
    ),
    fields={
        "resource_key": Resource.key,
        "resource_name": Resource.name,
        "resource_id": Definition.id,
        "version": Definition.version,
        "version_tag": Definition.version_tag,
        "deployment_key": Resource.deployment_key,
        "tenant_id": TENANT_COLUMN,
    },
    visible=lambda actor: true(),
)

FORMS: Final = Listing(
    word="Formulir",
    key="form_key",
    source=_FILED,
    fields={
        "form_key": Definition.key,
        "form_id": Definition.id,
        "version": Definition.version,
        "tenant_id": TENANT_COLUMN,
    },
    visible=_of_kind(Kind.FORM),
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
    return shown_form(connection, key)


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
    return shown_form(connection, form.key) if form and form.key else None


def shown_form(connection: Connection, key: int) -> ShownForm:
    file = File(*connection.execute(_FILE.where(Definition.key == key)).one())
    return ShownForm(key, file.id, file.version, file.body.decode())


_FILE = (
    select(Resource.key, Resource.name, Definition.id, Definition.version, Resource.body)
    .select_from(_FILED)
    .order_by(Definition.key)
    .limit(1)
)
