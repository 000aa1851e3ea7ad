"""Running cases, led elsewhere by hand: Camunda's modification."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import ValidationError, post_load

from server.api.blueprint import Blueprint, done
from server.api.office import do
from server.api.schemas import Key, Listed, Object_, Referenced, Schema, Text, Within, Word
from server.engine import modification
from server.engine.modification import Activation, Move, Names, Target

modifications = Blueprint(
    "modifications", __name__, url_prefix="/v2/process-instances", description="Cases led by hand."
)


# --- schema


class AncestorKey(Key):
    """A key; "-1" says that none is meant, and loads as None."""

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return None if value == "-1" else super().deserialize(value, *args, **kwargs)


class NamesInstruction(Schema):
    """Variables for the case, or with `scopeId` for that element's scope alone."""

    variables = Object_(required=True)
    scope_id = Text(load_default="")

    @post_load
    def make(self, values: Mapping[str, Any], **kwargs: Any) -> Names:
        return Names(values["variables"], values["scope_id"] or None)


class ActivateInstruction(Schema):
    """`ancestorElementInstanceKey`: the element instance around it, or the case, within which all scopes begin anew."""

    element_id = Text(required=True)
    variable_instructions = Listed(Within(NamesInstruction), load_default=())
    ancestor_element_instance_key = AncestorKey(load_default=None)

    @post_load
    def make(self, values: Mapping[str, Any], **kwargs: Any) -> Activation:
        return Activation(
            values["element_id"], values["variable_instructions"], values["ancestor_element_instance_key"]
        )


class TerminateInstruction(Schema):
    """All instances of an element, or one by its key."""

    element_id = Text()
    element_instance_key = Key()

    @post_load
    def make(self, values: Mapping[str, Any], **kwargs: Any) -> Target:
        return _target(values.get("element_id"), values.get("element_instance_key"))


class SourceInstruction(Schema):
    source_type = Word(("byId", "byKey"))
    source_element_id = Text()
    source_element_instance_key = Key()

    @post_load
    def make(self, values: Mapping[str, Any], **kwargs: Any) -> Target:
        return _target(values.get("source_element_id"), values.get("source_element_instance_key"))


class AncestorInstruction(Schema):
    ancestor_scope_type = Word(("direct", "inferred", "sourceParent"), required=True)
    ancestor_element_instance_key = AncestorKey(load_default=None)


class MoveInstruction(Schema):
    source_element_instruction = Within(SourceInstruction, required=True)
    target_element_id = Text(required=True)
    ancestor_scope_instruction = Within(AncestorInstruction, load_default=dict)
    variable_instructions = Listed(Within(NamesInstruction), load_default=())

    @post_load
    def make(self, values: Mapping[str, Any], **kwargs: Any) -> Move:
        scope = values["ancestor_scope_instruction"]
        return Move(
            values["source_element_instruction"],
            values["target_element_id"],
            values["variable_instructions"],
            scope.get("ancestor_element_instance_key"),
            scope.get("ancestor_scope_type") == "sourceParent",
        )


class Modification(Referenced):
    """As Camunda's; `reason` (this server's own) is kept in the history. Loads as the engine's Modification."""

    activate_instructions = Listed(Within(ActivateInstruction), load_default=())
    terminate_instructions = Listed(Within(TerminateInstruction), load_default=())
    move_instructions = Listed(Within(MoveInstruction), load_default=())
    reason = Text(allow_none=True, load_default=None)

    @post_load
    def make(self, values: Mapping[str, Any], **kwargs: Any) -> modification.Modification:
        return modification.Modification(
            values["activate_instructions"],
            values["terminate_instructions"],
            values["move_instructions"],
            values["reason"],
        )


def _target(element_id: str | None, key: int | None) -> Target:
    if (element_id is None) == (key is None):
        raise ValidationError("sebutkan id langkah atau kuncinya, salah satu")
    return Target(element_id, key)


# --- act


@modifications.post("/<process_instance_key>/modification")
@modifications.arguments(Modification)
@modifications.response(204)
def modify_process_instance(wanted: modification.Modification, process_instance_key: int) -> Response:
    """Lead a case elsewhere by hand: end elements, begin others, with the variables of today."""
    do(modification.modify, process_instance_key, wanted)
    return done()
