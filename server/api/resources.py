"""Published files, as their owner sent them."""

from flask import Response

from server.api import queries
from server.api.blueprint import Blueprint
from server.api.office import ask
from server.api.schemas import Key, Schema, Text, Whole, tenant
from server.engine import search
from server.engine.search import RESOURCES, Found, Item, Query

resources = Blueprint("resources", __name__, url_prefix="/v2/resources", description="Published files.")


# --- schema


class Resource(Schema):
    resource_key = Key(required=True)
    resource_id = Text(required=True)
    resource_name = Text(required=True)
    version = Whole(required=True)
    version_tag = Text(required=True, allow_none=True)
    tenant_id = tenant()


class ResourceFilter(queries.Filter):
    resource_key = queries.key()
    resource_name = queries.text()
    resource_id = queries.text()
    version = queries.number()
    version_tag = queries.text()
    deployment_key = queries.key()


ResourceSearch = queries.search_of(
    "Resource",
    ResourceFilter,
    "resource_key resource_name resource_id version version_tag deployment_key tenant_id",
)


# --- list


@resources.post("/search")
@resources.arguments(ResourceSearch, required=False)
@resources.response(200, queries.found(Resource))
def search_resources(query: Query) -> Found:
    """Search published files."""
    return ask(search.search, RESOURCES, query)


# --- one


@resources.get("/<resource_key>")
@resources.response(200, Resource)
def get_resource(resource_key: int) -> Item:
    """A file, by its own key or that of a definition in it."""
    return ask(search.find, RESOURCES, ask(search.find_file, resource_key).key)


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
