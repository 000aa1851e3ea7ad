"""Everything that the code writes into the audit trail has its words on the page that shows it."""

import ast
import re
from collections.abc import Iterator
from itertools import chain

from server import errors
from server.app import create_app
from server.calendar import keeping
from server.config import ROOT, Config
from server.web.audit_words import DEEDS, OUTCOMES, PLACES

FAMILIES = re.compile(
    r"(user|draft|publish|case|client|session|paper|mail|tracking|discipline|agenda|career|leave)\.(?!html|txt)[a-z_]+(\.[a-z_]+)*"
)
NOBODY_IS_REFUSED = {"/", "/aset", "/logo", "/masuk", "/keluar", "/health", "/oauth", "/v2/status"}
"""What anybody may have."""
FOR_EVERY_CALLER = {"/v2/license", "/v2/topology", "/v2/authentication", "/api/openapi.json"}


def written() -> Iterator[tuple[str, str]]:
    """The kinds of entries that stand in the code as texts, with their file; and what the calendar's verbs are called."""
    for path in (ROOT / "server").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Entry":
                third = node.args[2] if len(node.args) > 4 else None
                if isinstance(third, ast.Constant) and isinstance(third.value, str):
                    yield third.value, path.name
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and FAMILIES.fullmatch(node.value)
            ):
                yield node.value, path.name
    for name in vars(keeping):
        if re.match("(put|move|remove|settle|set)_(day|year|hours)$", name):
            yield f"calendar.{name}", "keeping.py"


def test_every_kind_of_entry_has_its_words() -> None:
    kinds = dict(written())
    assert len(kinds) > 25
    assert {kind: file for kind, file in kinds.items() if kind not in DEEDS} == {}
    assert set(DEEDS) - set(kinds) == {"login"}, "words that nothing needs"


def test_every_reason_of_a_refused_login_or_question_has_its_words() -> None:
    from server.identity import TooManyAttempts, WrongPassword, clients, openid
    from server.tracking import following

    told = {WrongPassword, TooManyAttempts, clients.WrongClient, following.NotRecognised}
    kept = set(openid.NotVouched.__subclasses__()) - {openid.Declined}
    assert {each.__name__ for each in told | kept} <= set(OUTCOMES)
    assert all(issubclass(each, errors.OfficeError) for each in told | kept)


def test_every_address_is_one_of_something() -> None:
    app = create_app(Config(database_url="sqlite://"))
    addresses = {re.sub("/<.*", "", rule.rule) or "/" for rule in app.url_map.iter_rules()}
    known = set(chain(PLACES, NOBODY_IS_REFUSED, FOR_EVERY_CALLER))
    unknown = {each for each in addresses if not any(f"{each}/".startswith(f"{one}/") for one in known)}
    assert unknown == set()
