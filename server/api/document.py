"""The one OpenAPI document, of Camunda's routes and this office's own."""

from copy import deepcopy
from typing import Any, Final

import flask_smorest
from flask import Flask
from marshmallow import fields

from server.api.queries import Compared
from server.api.schemas import KEY_PATTERN, Key, Schema, Text, Whole, Within

SETTINGS: Final = {
    "API_TITLE": "Tatalaksana",
    "API_VERSION": "1",
    "OPENAPI_VERSION": "3.0.3",
    "OPENAPI_URL_PREFIX": "/api",
    "API_SPEC_OPTIONS": {
        "servers": [{"url": "/"}],
        "security": [{"basic": []}, {"bearer": []}],
        "info": {
            "description": "Camunda 8's orchestration cluster API under /v2, this office's additions under /api."
        },
    },
}


class ProblemItem(Schema):
    message = Text(required=True)
    where = Text(required=True, allow_none=True)
    line = Whole(required=True, allow_none=True)


class Problem(Schema):
    """An error, as RFC 9457 has it. `problems`: where in the request or in a file, if in more than one place."""

    type = Text(required=True)
    title = Text(required=True)
    status = Whole(required=True)
    detail = Text(required=True)
    instance = Text(required=True)
    request_id = Text()
    problems = fields.List(Within(ProblemItem))


class Api(flask_smorest.Api):
    """Collects the document from the blueprints. Errors are answered by `problems`, and only described here."""

    ERROR_SCHEMA = Problem

    def __init__(self, app: Flask) -> None:
        app.config.update(SETTINGS)
        super().__init__(app)
        self.register_field(Key, "string", None)
        self.ma_plugin.converter.add_attribute_function(_compared)
        for scheme in ("basic", "bearer"):
            self.spec.components.security_scheme(scheme, {"type": "http", "scheme": scheme})

    def _register_error_handlers(self) -> None:
        """None: flask-smorest's own would stand before ours."""

    def to_dict(self) -> dict[str, Any]:
        """The whole document."""
        document: dict[str, Any] = deepcopy(self.spec.to_dict())
        for response in document["components"]["responses"].values():
            response["content"] = {"application/problem+json": response["content"]["application/json"]}
        for path in document["paths"].values():
            for parameter in path.get("parameters", ()):
                if parameter["name"].endswith("_key"):
                    parameter["schema"] = {"type": "string", "pattern": KEY_PATTERN}
        return document

    def _openapi_json(self) -> dict[str, Any]:
        return self.to_dict()


def _compared(converter: Any, field: Any, **kwargs: Any) -> dict[str, Any]:
    """A filter's field: a plain value, or an object of operators."""
    if not isinstance(field, Compared):
        return {}
    operators = {name: converter.field2property(operand) for name, operand in field.operands.items()}
    by_operator = {"type": "object", "properties": operators, "additionalProperties": False}
    return {"oneOf": [converter.field2property(field.value), by_operator]}
