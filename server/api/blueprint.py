"""flask-smorest's blueprint, with bodies read by this house, and its Api, with this house's errors."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final

import apispec
import flask_smorest
import marshmallow
from flask import Response, request

from server.api.bodies import read_json
from server.api.schemas import Schema, Text, Whole, Within, load

View = Callable[..., Any]

READERS: Final[Mapping[str, Callable[[], Any]]] = {
    "json": lambda: _or_empty(read_json()),
    "query": lambda: request.args.to_dict(),
}


def _or_empty(value: Any) -> Any:
    """No body, and `null`, mean an object that says nothing."""
    return {} if value is None else value


class _Arguments:
    """Stands where flask-smorest expects a webargs parser, at a third of the cost a request."""

    DEFAULT_VALIDATION_STATUS = 400

    def use_args(
        self, schema: type[marshmallow.Schema] | marshmallow.Schema, location: str = "json"
    ) -> Callable[[View], View]:
        loaded = schema() if isinstance(schema, type) else schema
        read = READERS[location]

        def decorate(view: View) -> View:
            @wraps(view)
            def with_arguments(*args: Any, **keys: Any) -> Any:
                return view(*args, load(loaded, read()), **keys)

            return with_arguments

        return decorate


class Blueprint(flask_smorest.Blueprint):
    ARGUMENTS_PARSER = _Arguments()

    def post(self, rule: str) -> Callable[[View], View]:
        return self._on(rule, "POST")

    def get(self, rule: str) -> Callable[[View], View]:
        return self._on(rule, "GET")

    def put(self, rule: str) -> Callable[[View], View]:
        return self._on(rule, "PUT")

    def delete(self, rule: str) -> Callable[[View], View]:
        return self._on(rule, "DELETE")

    def patch(self, rule: str) -> Callable[[View], View]:
        return self._on(rule, "PATCH")

    def _on(self, rule: str, method: str) -> Callable[[View], View]:
        """One view, one method; the rule's keys are strings of digits."""
        route: Callable[[View], View] = self.route(rule, methods=[method])
        return route


def done() -> Response:
    """The answer where there is nothing to say."""
    return Response(status=204)


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
    problems = marshmallow.fields.List(Within(ProblemItem))


class Api(flask_smorest.Api):
    """One OpenAPI document of all blueprints. Errors are the business of `problems`."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        pass

    def document_errors(self) -> None:
        """Says in the document that errors travel as problem+json."""
        for response in self.spec.components.responses.values():
            content = response.get("content", {})
            if "application/json" in content:
                content["application/problem+json"] = content.pop("application/json")


def describe_security(spec: apispec.APISpec) -> None:
    spec.components.security_scheme("basic", {"type": "http", "scheme": "basic"})
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
