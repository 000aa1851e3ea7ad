"""Running cases, moved to another version: Camunda's migration, and what this office adds: the plan, all at once, and back."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import ValidationError, validates_schema

from server import errors
from server.api.blueprint import Blueprint, done
from server.api.office import ask, do
from server.api.schemas import Key, Listed, Referenced, Schema, Text, Whole, Within, Word
from server.engine import migration, search
from server.engine.search import PROCESS_INSTANCES

migrations = Blueprint(
    "migrations", __name__, url_prefix="/", description="Cases moved to another version of their procedure."
)


# --- schema


class MappingInstruction(Schema):
    source_element_id = Text(required=True)
    target_element_id = Text(required=True)


class MigrationPlan(Schema):
    """Elements that are not mapped keep their id."""

    target_process_definition_key = Key(required=True)
    mapping_instructions = Listed(Within(MappingInstruction), load_default=())

    @validates_schema
    def check_mapped_once(self, values: Mapping[str, Any], **kwargs: Any) -> None:
        sources = [each["source_element_id"] for each in values.get("mapping_instructions", ())]
        if len(sources) != len(set(sources)):
            raise ValidationError("satu langkah hanya boleh dipetakan sekali", "mappingInstructions")


class Migration(MigrationPlan, Referenced):
    pass


class Difference(Schema):
    """`what`: in which respect a changed element changed, in words."""

    kind = Word(("changed", "removed", "added"), required=True)
    element_id = Text(required=True)
    name = Text(required=True)
    what = Listed(Text(), required=True)


class Fate(Schema):
    """What becomes of a live element; `problem` says why it cannot go on, and then there is no target."""

    element_id = Text(required=True)
    name = Text(required=True)
    target_id = Text(required=True, allow_none=True)
    cases = Whole(required=True)
    problem = Text(required=True, allow_none=True)
    kept_events = Listed(Text(), required=True)
    dropped_events = Listed(Text(), required=True)
    new_events = Listed(Text(), required=True)


class Plan(Schema):
    source_process_definition_key = Key(required=True, attribute="source_key")
    target_process_definition_key = Key(required=True, attribute="target_key")
    cases = Whole(required=True)
    differences = Listed(Within(Difference), required=True)
    fates = Listed(Within(Fate), required=True)


class Outcome(Schema):
    process_instance_key = Key(required=True)
    problem = Text(required=True, allow_none=True)


class Outcomes(Schema):
    """What came of each case; `problem` null: it was moved."""

    items = Listed(Within(Outcome), required=True)


# --- one


@migrations.post("/api/process-definitions/<process_definition_key>/migration-plan")
@migrations.arguments(MigrationPlan)
@migrations.response(200, Plan)
def plan_migration(body: dict[str, Any], process_definition_key: int) -> migration.Plan:
    """What changed between two versions, and what would become of each live element."""
    return ask(migration.plan, process_definition_key, body["target_process_definition_key"], _mapping(body))


# --- act


@migrations.post("/v2/process-instances/<process_instance_key>/migration")
@migrations.arguments(Migration)
@migrations.response(204)
def migrate_process_instance(body: dict[str, Any], process_instance_key: int) -> Response:
    """Move a case to another version of its procedure."""
    do(migration.migrate, process_instance_key, body["target_process_definition_key"], _mapping(body))
    return done()


@migrations.post("/api/process-instances/<process_instance_key>/migration-undo")
@migrations.response(204)
def undo_migration(process_instance_key: int) -> Response:
    """Take the last migration of a case back, where nothing has happened since."""
    ask(search.find, PROCESS_INSTANCES, process_instance_key)
    do(migration.take_back, process_instance_key)
    return done()


@migrations.post("/api/process-definitions/<process_definition_key>/migration")
@migrations.arguments(MigrationPlan)
@migrations.response(200, Outcomes)
def migrate_all(body: dict[str, Any], process_definition_key: int) -> dict[str, Any]:
    """Move all running cases of a version, each in a step of its own; who cannot be moved stays, with the reason."""
    target, to = body["target_process_definition_key"], _mapping(body)
    ask(migration.plan, process_definition_key, target, to)
    outcomes = []
    for key in ask(migration.running_cases, process_definition_key):
        try:
            do(migration.migrate, key, target, to)
            problem = None
        except (errors.Invalid, errors.Conflict, errors.Forbidden, errors.NotFound) as fault:
            problem = fault.message
        outcomes.append({"process_instance_key": key, "problem": problem})
    return {"items": outcomes}


def _mapping(body: Mapping[str, Any]) -> dict[str, str]:
    return {each["source_element_id"]: each["target_element_id"] for each in body["mapping_instructions"]}
