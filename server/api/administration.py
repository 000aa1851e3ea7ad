"""Administration of people, for programs and pages: who there is, what they hold, who acts for whom, tokens and clients.

Everything here needs the permission `administer`, save one's own tokens and clients.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from flask import Response
from marshmallow import post_load
from sqlalchemy import Connection

from server import identity
from server.api.blueprint import Blueprint, done
from server.api.calendar import Day
from server.api.office import actor, change, office
from server.api.schemas import Flag, Instant, Listed, Schema, Text, Whole, WholeText, Within, Word
from server.db import dump_json
from server.engine import administration, officers
from server.identity import Acting, Appointment, Holding, NewPerson, Permission, Sought, Wanted

staff = Blueprint("people", __name__, url_prefix="/api/people", description="Administration of people.")
offices = Blueprint("offices", __name__, url_prefix="/api", description="Offices, and what was done.")

Answer = TypeVar("Answer")
MOST: Final = 200


# --- schema


class HoldingBody(Schema):
    role = Text(required=True)
    bidang = Text(load_default=None, allow_none=True)
    from_date = Day(required=True)
    to_date = Day(load_default=None, allow_none=True)


class HeldBody(HoldingBody):
    """`acting`: plt or plh where the office itself is somebody else's; `actsFor`: whose, of a Plh."""

    id = Whole(required=True)
    username = Text(required=True)
    acting = Text(required=True, allow_none=True)
    acts_for = Text(required=True, allow_none=True)


class Person(Schema):
    """`holdings`: of the day; of one person, all that there were and will be."""

    username = Text(required=True)
    name = Text(required=True)
    nip = Text(required=True, allow_none=True)
    email = Text(required=True, allow_none=True)
    active = Flag(required=True)
    holdings = Listed(Within(HeldBody), required=True)


class PersonInFull(Person):
    """`lockedUntil`: too many logins failed. `mustChangePassword`: it was set by somebody else."""

    permissions = Listed(Text(), required=True)
    has_password = Flag(required=True)
    must_change_password = Flag(required=True)
    locked_until = Instant(required=True, allow_none=True)


class PeoplePage(Schema):
    """`endCursor`: the last username; null where nobody follows."""

    items = Listed(Within(Person), required=True)
    end_cursor = Text(required=True, allow_none=True)


class PeopleQuery(Schema):
    """`text`: in the username, the name or the NIP."""

    text = Text(load_default=None)
    role = Text(load_default=None)
    bidang = Text(load_default=None)
    active = Word(("true", "false"), load_default=None)
    after = Text(load_default=None)
    limit = WholeText(least=1, most=MOST, load_default=50)

    @post_load
    def read(self, values: Mapping[str, Any], **kwargs: Any) -> dict[str, Any]:
        active = None if values["active"] is None else values["active"] == "true"
        sought = Sought(values["text"], values["role"], values["bidang"], active)
        return {"sought": sought, "after": values["after"], "limit": values["limit"]}


class NewPersonBody(Schema):
    """`password`: good for choosing another one; without one, the person comes by tokens alone."""

    username = Text(required=True)
    name = Text(required=True)
    nip = Text(load_default=None, allow_none=True)
    email = Text(load_default=None, allow_none=True)
    password = Text(load_default=None, allow_none=True)


class PersonChange(Schema):
    """What is left out stays."""

    name = Text()
    nip = Text(allow_none=True)
    email = Text(allow_none=True)
    active = Flag()


class PasswordBody(Schema):
    password = Text(required=True)


class LastDay(Schema):
    to_date = Day(required=True)


class AppointmentBody(Schema):
    username = Text(required=True)
    role = Text(required=True)
    bidang = Text(load_default=None, allow_none=True)
    acting = Word(Acting, required=True)
    from_date = Day(required=True)
    to_date = Day(required=True)
    acts_for = Text(load_default=None, allow_none=True)


class Created(Schema):
    id = Whole(required=True)


class PermissionBody(Schema):
    permission = Word(Permission, required=True)
    bidang = Text(load_default=None, allow_none=True)


class ProgramBody(Schema):
    """`scopes`: permissions; left out, all of the person's. `days`: how long it counts."""

    name = Text(required=True)
    scopes = Listed(Word(Permission), load_default=lambda: list(Permission))
    days = Whole(least=1, most=3650, load_default=365)


class Program(Schema):
    name = Text(required=True)
    scopes = Listed(Text(), required=True)
    created_at = Instant(required=True)
    expires_at = Instant(required=True)
    revoked_at = Instant(required=True, allow_none=True)
    last_used = Instant(required=True, allow_none=True)


class Token(Program):
    id = Whole(required=True)


class Client(Program):
    id = Text(required=True)


class Tokens(Schema):
    items = Listed(Within(Token), required=True)


class Clients(Schema):
    items = Listed(Within(Client), required=True)


class NewToken(Schema):
    """`token` is shown this once."""

    id = Whole(required=True)
    token = Text(required=True, attribute="text")


class NewClient(Schema):
    """`clientSecret` is shown this once."""

    client_id = Text(required=True, attribute="id")
    client_secret = Text(required=True, attribute="secret")


class ActingOfficers(Schema):
    items = Listed(Within(HeldBody), required=True)


class VacancyItem(Schema):
    """`receiver`: the group that gets its tasks meanwhile. `processDefinitionIds`: the procedures that need it."""

    role = Text(required=True)
    bidang = Text(required=True, allow_none=True)
    group = Text(required=True)
    name = Text(required=True)
    receiver = Text(required=True, allow_none=True)
    process_definition_ids = Listed(Text(), required=True)


class Vacancies(Schema):
    items = Listed(Within(VacancyItem), required=True)


class AuditQuery(Schema):
    """`verb` and `object` may end in `*`; `case`: a key; `before`: the id of the last entry of the page before."""

    actor = Text(load_default=None)
    verb = Text(load_default=None)
    object = Text(load_default=None)
    outcome = Text(load_default=None)
    refused = Word(("true", "false"), load_default=None)
    case = WholeText(least=1, load_default=None)
    since = Instant(load_default=None)
    until = Instant(load_default=None)
    before = WholeText(least=1, load_default=None)
    limit = WholeText(least=1, most=1000, load_default=100)


class AuditEntry(Schema):
    id = Whole(required=True)
    at = Instant(required=True)
    actor = Text(required=True, allow_none=True)
    verb = Text(required=True)
    object = Text(required=True, allow_none=True)
    outcome = Text(required=True)
    detail = Text(required=True, allow_none=True)


class AuditPage(Schema):
    items = Listed(Within(AuditEntry), required=True)


# --- list


@staff.get("")
@staff.arguments(PeopleQuery, location="query")
@staff.response(200, PeoplePage)
def list_people(query: Mapping[str, Any]) -> dict[str, Any]:
    """Search people, by the alphabet of their usernames."""
    today, limit = office().engine.clock.today(), query["limit"]
    found = _ask(lambda c: identity.find_people(c, query["sought"], today, query["after"], limit))
    items = [_person(each) for each in found]
    return {"items": items, "end_cursor": found[-1].username if len(found) == limit else None}


@staff.get("/<username>/tokens")
@staff.response(200, Tokens)
def list_tokens(username: str) -> dict[str, Any]:
    """A person's tokens, revoked ones too."""
    return {"items": _own(username, lambda c: identity.tokens_of(c, username))}


@staff.get("/<username>/clients")
@staff.response(200, Clients)
def list_clients(username: str) -> dict[str, Any]:
    """A person's OAuth clients, revoked ones too."""
    return {"items": _own(username, lambda c: identity.clients_of(c, username))}


@offices.get("/acting-officers")
@offices.response(200, ActingOfficers)
def list_acting() -> dict[str, Any]:
    """Who acts as Plt. or Plh. today, and who will."""
    today = office().engine.clock.today()
    return {"items": _held(_ask(lambda c: identity.acting_officers(c, today)))}


@offices.get("/vacancies")
@offices.response(200, Vacancies)
def list_vacancies() -> dict[str, Any]:
    """Roles that nobody holds, those that a procedure needs first."""
    rooms = office().engine
    found = _ask(lambda c: officers.missing(rooms, c))
    told = (vars(each.vacancy) | {"process_definition_ids": each.process_ids} for each in found)
    return {"items": [each | {"name": rooms.roles.title(each["group"])} for each in told]}


@offices.get("/audit")
@offices.arguments(AuditQuery, location="query")
@offices.response(200, AuditPage)
def list_audit(query: Mapping[str, Any]) -> dict[str, Any]:
    """What was done, refused and read in confidence, the newest first."""
    refused = None if query["refused"] is None else query["refused"] == "true"
    wanted = Wanted(**{name: query[name] for name in vars(Wanted())} | {"refused": refused})
    found = _ask(lambda c: identity.look_up(c, wanted, query["before"], query["limit"]))
    return {"items": [_entry(each) for each in found]}


# --- one


@staff.get("/<username>")
@staff.response(200, PersonInFull)
def get_person(username: str) -> dict[str, Any]:
    """A person, with all that they hold, held and will hold."""
    now = office().engine.clock.now()
    account = _ask(lambda c: identity.account_of(c, username, now))
    return _person(account.member) | {
        "permissions": sorted(account.permissions),
        "has_password": account.has_password,
        "must_change_password": account.must_change,
        "locked_until": account.locked_until,
    }


# --- act


@staff.post("")
@staff.arguments(NewPersonBody)
@staff.response(201, Person)
def create_person(body: Mapping[str, Any]) -> dict[str, Any]:
    """Add somebody."""
    facts = dict(body)
    password = facts.pop("password")
    person = NewPerson(**facts)
    change(administration.add_person, person, password)
    return vars(person) | {"active": True, "holdings": []}


@staff.patch("/<username>")
@staff.arguments(PersonChange)
@staff.response(204)
def update_person(body: Mapping[str, Any], username: str) -> Response:
    """Change what is known of somebody; `active` false closes the account, and their claimed tasks return."""
    facts = dict(body)
    active = facts.pop("active", None)
    change(administration.change_person, username, facts, active)
    _give_back(username)
    return done()


@staff.put("/<username>/password")
@staff.arguments(PasswordBody)
@staff.response(204)
def set_password(body: Mapping[str, Any], username: str) -> Response:
    """Give somebody a password that is only good for choosing another one."""
    change(administration.set_password, username, body["password"])
    return done()


@staff.post("/<username>/unlock")
@staff.response(204)
def unlock(username: str) -> Response:
    """Let somebody log in again before the time is over."""
    change(administration.unlock, username)
    return done()


@staff.post("/<username>/holdings")
@staff.arguments(HoldingBody)
@staff.response(201, Created)
def create_holding(body: Mapping[str, Any], username: str) -> dict[str, int]:
    """Give somebody a role, from a day on."""
    return {"id": change(administration.hold, Holding(username, **body))}


@staff.put("/<username>/holdings/<int:id>/to-date")
@staff.arguments(LastDay)
@staff.response(204)
def end_holding(body: Mapping[str, Any], username: str, id: int) -> Response:
    """Say the last day of a holding or of an acting officer's span."""
    change(administration.end_holding, username, id, body["to_date"])
    _give_back(username)
    return done()


@offices.post("/acting-officers")
@offices.arguments(AppointmentBody)
@offices.response(201, Created)
def appoint(body: Mapping[str, Any]) -> dict[str, int]:
    """Appoint a Plt. or Plh.; what the absent officer had claimed returns to the office."""
    wanted = Appointment(**dict(body) | {"acting": Acting(body["acting"])})
    key = change(administration.appoint, wanted)
    if wanted.from_date <= office().engine.clock.today():
        _give_back(None, since=wanted.from_date)
    return {"id": key}


@staff.put("/<username>/permissions")
@staff.arguments(PermissionBody)
@staff.response(204)
def grant_permission(body: Mapping[str, Any], username: str) -> Response:
    """Give somebody a permission, in one field or everywhere."""
    change(administration.grant, username, Permission(body["permission"]), body["bidang"])
    return done()


@staff.delete("/<username>/permissions/<permission>")
@staff.response(204)
def withdraw_permission(username: str, permission: str) -> Response:
    """Take a permission back, in every field."""
    change(administration.withdraw, username, permission)
    return done()


@staff.post("/<username>/tokens")
@staff.arguments(ProgramBody)
@staff.response(201, NewToken)
def create_token(body: Mapping[str, Any], username: str) -> Any:
    """Issue a token that acts as the person."""
    return change(administration.issue_token, username, _program(body))


@staff.post("/<username>/clients")
@staff.arguments(ProgramBody)
@staff.response(201, NewClient)
def create_client(body: Mapping[str, Any], username: str) -> Any:
    """Register an OAuth client that acts as the person."""
    return change(administration.register_client, username, _program(body))


@staff.delete("/<username>/tokens/<int:id>")
@staff.response(204)
def revoke_token(username: str, id: int) -> Response:
    """Let a token count no more."""
    change(administration.revoke_token, username, id)
    return done()


@staff.delete("/<username>/clients/<id>")
@staff.response(204)
def revoke_client(username: str, id: str) -> Response:
    """Let a client and its tokens count no more."""
    change(administration.revoke_client, username, id)
    return done()


@offices.put("/process-instances/<process_instance_key>/readers/<username>")
@offices.response(204)
def name_reader(process_instance_key: int, username: str) -> Response:
    """Let somebody read one case, also a confidential one."""
    change(administration.name_reader, process_instance_key, username)
    return done()


@offices.delete("/process-instances/<process_instance_key>/readers/<username>")
@offices.response(204)
def withdraw_reader(process_instance_key: int, username: str) -> Response:
    """End that."""
    change(administration.withdraw_reader, process_instance_key, username)
    return done()


def _ask(question: Callable[[Connection], Answer]) -> Answer:
    administration.allow(actor())
    return office().gate.ask(question)


def _own(username: str, question: Callable[[Connection], Answer]) -> Answer:
    if username != actor().username:
        administration.allow(actor())
    return office().gate.ask(question)


def _program(body: Mapping[str, Any]) -> administration.Program:
    ends = office().engine.clock.now() + timedelta(days=body["days"])
    return administration.Program(body["name"], tuple(map(Permission, body["scopes"])), ends)


def _give_back(username: str | None, since: date | None = None) -> None:
    at = office()
    administration.give_back(at.engine, at.gate.do, username, since)


def _person(member: identity.Member) -> dict[str, Any]:
    return vars(member) | {"holdings": _held(member.holdings)}


def _held(holdings: Mapping[int, Holding]) -> list[dict[str, Any]]:
    return [{"id": key, **vars(holding)} for key, holding in holdings.items()]


def _entry(found: identity.Found) -> dict[str, Any]:
    detail = found.entry.detail
    shown = detail if detail is None or isinstance(detail, str) else dump_json(detail)
    return {"id": found.id, **vars(found.entry), "detail": shown}
