"""Who is calling, as the server knows them."""

from server.api.blueprint import Blueprint
from server.api.office import actor
from server.api.schemas import Fixed, Listed, Schema, Text, nothing
from server.engine.search import TENANT
from server.identity import Actor

authentication = Blueprint(
    "authentication", __name__, url_prefix="/v2/authentication", description="Who is calling."
)


# --- schema


class Caller(Schema):
    """`groups`: the roles that the caller holds today, as `role` or `role@bidang`; `roles`: the same without the bidang."""

    username = Text(required=True)
    display_name = Text(required=True, allow_none=True, attribute="name")
    email = nothing()
    groups = Listed(Text(), required=True)
    roles = Listed(Text(), required=True)
    authorized_components = Fixed((), type="array", items={"type": "string"})
    tenants = Fixed(
        ({"tenantId": TENANT, "name": "Default", "description": None},),
        type="array",
        items={"type": "object"},
    )
    sales_plan_type = nothing()
    c8_links = Fixed({}, type="object", additionalProperties={"type": "string"})
    can_logout = Fixed(False, type="boolean")


# --- one


@authentication.get("/me")
@authentication.response(200, Caller)
def get_caller() -> dict[str, object]:
    """The caller."""
    who: Actor = actor()
    roles = {group.partition("@")[0] for group in who.groups}
    return {
        "username": who.username,
        "name": who.name,
        "groups": sorted(who.groups),
        "roles": sorted(roles),
    }
