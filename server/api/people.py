"""Users, roles and groups, to be read. The office keeps them elsewhere: in roles.yaml and in its administration."""

from server.api import queries
from server.api.blueprint import Blueprint
from server.api.office import ask
from server.api.schemas import Schema, Text
from server.engine import search
from server.engine.search import Found, Item, Query

users = Blueprint("users", __name__, url_prefix="/v2/users", description="Who acts.")
roles = Blueprint("roles", __name__, url_prefix="/v2/roles", description="What people are in the office.")
groups = Blueprint(
    "groups",
    __name__,
    url_prefix="/v2/groups",
    description="Whom tasks are offered to: a role, or role@bidang.",
)


# --- schema


class User(Schema):
    """`email` is null where it is not the caller's to know."""

    username = Text(required=True)
    name = Text(required=True, allow_none=True)
    email = Text(required=True, allow_none=True)


class Role(Schema):
    role_id = Text(required=True)
    name = Text(required=True)
    description = Text(required=True, allow_none=True)


class Group(Schema):
    group_id = Text(required=True)
    name = Text(required=True)
    description = Text(required=True, allow_none=True)


class Member(Schema):
    username = Text(required=True)


class HeldIn(Schema):
    group_id = Text(required=True)


class UserFields(queries.Conditions):
    username = queries.text()
    name = queries.text()
    email = queries.text()


class UserFilter(UserFields):
    any_of = queries.any_of(UserFields)


class RoleFields(queries.Conditions):
    role_id = queries.text()
    name = queries.text()


class RoleFilter(RoleFields):
    any_of = queries.any_of(RoleFields)


class GroupFields(queries.Conditions):
    group_id = queries.text()
    name = queries.text()


class GroupFilter(GroupFields):
    any_of = queries.any_of(GroupFields)


class Everyone(queries.Conditions):
    """Nothing to choose by."""


UserSearch = queries.search_of("User", UserFilter, "username name email")
RoleSearch = queries.search_of("Role", RoleFilter, "role_id name")
GroupSearch = queries.search_of("Group", GroupFilter, "group_id name")
MemberSearch = queries.search_of("Member", Everyone, "username")
HeldInSearch = queries.search_of("HeldIn", Everyone, "group_id")


# --- list


@users.post("/search")
@users.arguments(UserSearch, required=False)
@users.response(200, queries.found(User))
def search_users(query: Query) -> Found:
    """Search people."""
    return ask(search.search_users, query)


@roles.post("/search")
@roles.arguments(RoleSearch, required=False)
@roles.response(200, queries.found(Role))
def search_roles(query: Query) -> Found:
    """Search roles."""
    return ask(search.search_roles, query)


@roles.post("/<role_id>/users/search")
@roles.arguments(MemberSearch, required=False)
@roles.response(200, queries.found(Member))
def search_users_for_role(query: Query, role_id: str) -> Found:
    """Search who holds a role today."""
    return ask(search.search_role_users, role_id, query)


@roles.post("/<role_id>/groups/search")
@roles.arguments(HeldInSearch, required=False)
@roles.response(200, queries.found(HeldIn))
def search_groups_for_role(query: Query, role_id: str) -> Found:
    """Search the groups in which a role is held."""
    return ask(search.search_role_groups, role_id, query)


@groups.post("/search")
@groups.arguments(GroupSearch, required=False)
@groups.response(200, queries.found(Group))
def search_groups(query: Query) -> Found:
    """Search groups."""
    return ask(search.search_groups, query)


@groups.post("/<group_id>/users/search")
@groups.arguments(MemberSearch, required=False)
@groups.response(200, queries.found(Member))
def search_users_for_group(query: Query, group_id: str) -> Found:
    """Search who is in a group today."""
    return ask(search.search_group_users, group_id, query)


# --- one


@users.get("/<username>")
@users.response(200, User)
def get_user(username: str) -> Item:
    """One person."""
    return ask(search.find_user, username)


@roles.get("/<role_id>")
@roles.response(200, Role)
def get_role(role_id: str) -> Item:
    """One role."""
    return ask(search.find_role, role_id)


@groups.get("/<group_id>")
@groups.response(200, Group)
def get_group(group_id: str) -> Item:
    """One group."""
    return ask(search.find_group, group_id)
