"""People: who may act, as what, and how they prove who they are.

Verbs work on the connection they are given and never commit.
"""

from server.identity.actor import Actor, load_actor
from server.identity.attempts import TooManyAttempts
from server.identity.audit import Entry, record, trail
from server.identity.demo import DemoPerson, NotEmpty, demo_people, fill_demo, is_demo
from server.identity.grants import Grant, InvalidGrant, give_first_grants, grant, withdraw
from server.identity.login import Login, NotAuthenticated, WrongPassword, WrongToken
from server.identity.passwords import WeakPassword, demo_credentials_exist, is_demo_password, set_password
from server.identity.people import (
    Holding,
    InvalidPerson,
    Member,
    NewPerson,
    NipTaken,
    UnknownHolding,
    UnknownPerson,
    UsernameTaken,
    add_person,
    anybody,
    end_holding,
    hold,
    holders,
    members,
    set_active,
)
from server.identity.permissions import Permission
from server.identity.roles import (
    Bidang,
    InvalidRoles,
    Jenis,
    Lingkup,
    Penerima,
    Role,
    Roles,
    UnknownRole,
    WrongBidang,
    read_roles,
)
from server.identity.tokens import (
    InvalidToken,
    IssuedToken,
    Token,
    UnknownToken,
    issue_token,
    revoke_token,
    tokens_of,
)

__all__ = [
    "Actor",
    "Bidang",
    "DemoPerson",
    "Entry",
    "Grant",
    "Holding",
    "InvalidGrant",
    "InvalidPerson",
    "InvalidRoles",
    "InvalidToken",
    "IssuedToken",
    "Jenis",
    "Lingkup",
    "Login",
    "Member",
    "NewPerson",
    "NipTaken",
    "NotAuthenticated",
    "NotEmpty",
    "Penerima",
    "Permission",
    "Role",
    "Roles",
    "Token",
    "TooManyAttempts",
    "UnknownHolding",
    "UnknownPerson",
    "UnknownRole",
    "UnknownToken",
    "UsernameTaken",
    "WeakPassword",
    "WrongBidang",
    "WrongPassword",
    "WrongToken",
    "add_person",
    "anybody",
    "demo_credentials_exist",
    "demo_people",
    "end_holding",
    "fill_demo",
    "give_first_grants",
    "grant",
    "hold",
    "holders",
    "is_demo",
    "is_demo_password",
    "issue_token",
    "load_actor",
    "members",
    "read_roles",
    "record",
    "revoke_token",
    "set_active",
    "set_password",
    "tokens_of",
    "trail",
    "withdraw",
]
