"""Published files, as their owner sent them."""

from flask import Response

from server.api.blueprint import Blueprint
from server.api.office import ask
from server.api.schemas import Fixed, Key, Schema, Text, Whole, nothing, tenant
from server.engine import search

resources = Blueprint("resources", __name__, url_prefix="/v2/resources", description="Published files.")


# --- schema


class Resource(Schema):
    resource_key = Key(required=True, attribute="key")
    resource_id = Text(required=True, attribute="id")
    resource_name = Text(required=True, attribute="name")
    version = Whole(required=True)
    version_tag: Fixed = nothing()
    tenant_id = tenant()


# --- one


@resources.get("/<resource_key>")
@resources.response(200, Resource)
def get_resource(resource_key: int) -> search.File:
    """A file, by its own key or that of a definition in it."""
    return ask(search.find_file, resource_key)


@resources.get("/<resource_key>/content")
@resources.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
def get_resource_content(resource_key: int) -> Response:
    """The bytes of a file."""
    return _content(resource_key)


@resources.get("/<resource_key>/content/binary")
@resources.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
def get_resource_content_binary(resource_key: int) -> Response:
    """The bytes of a file."""
    return _content(resource_key)


def _content(key: int) -> Response:
    return Response(ask(search.find_file, key).body, content_type="application/octet-stream")
