"""What an evaluated decision saw and hit, as Camunda shows it: every value as JSON text."""

from typing import Any

from server.api.schemas import Listed, Schema, Text, Whole, Within
from server.db import dump_json


class JsonText(Text):
    """A JSON value, sent as text."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str:
        return dump_json(value)


class Named(Text):
    """An id that a table's author may have left out."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str:
        return "" if value is None else str(value)


class SeenInput(Schema):
    input_id = Named(required=True, attribute="id")
    input_name = Text(required=True, attribute="name")
    input_value = JsonText(required=True, attribute="value")


class GivenOutput(Schema):
    output_id = Named(required=True, attribute="id")
    output_name = Text(required=True, attribute="name")
    output_value = JsonText(required=True, attribute="value")
    rule_id = Text(required=True, allow_none=True, dump_default=None)
    rule_index = Whole(required=True, allow_none=True, dump_default=None)


class MatchedRule(Schema):
    rule_id = Named(required=True, attribute="id")
    rule_index = Whole(required=True, attribute="number")
    evaluated_outputs = Listed(Within(GivenOutput), required=True, attribute="outputs")
