"""API tokens."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from server.db import write
from server.identity import (
    InvalidToken,
    Permission,
    UnknownPerson,
    UnknownToken,
    issue_token,
    revoke_token,
    tokens_of,
)
from server.identity.models import ApiToken
from server.identity.tokens import find_token

pytestmark = pytest.mark.both_databases

DAY = timedelta(days=1)


def test_a_token_holds_256_random_bits_and_only_its_sha256_is_kept(
    engine: Engine, now: datetime, budi: str
) -> None:
    with write(engine) as connection:
        first, second = (issue_token(connection, budi, "skrip", [], now, now + DAY) for _ in range(2))
        kept = connection.execute(select(ApiToken.__table__).where(ApiToken.id == first.id)).one()
    assert first.text.startswith("ttl_")
    assert first.text != second.text
    assert len(first.text) == len("ttl_") + 43
    assert len(kept.sha256) == 32
    assert first.text not in map(str, kept)


def test_a_token_is_found_until_it_expires(engine: Engine, now: datetime, budi: str) -> None:
    with write(engine) as connection:
        issued = issue_token(connection, budi, "skrip", [Permission.START], now, now + DAY)
        found = find_token(connection, issued.text, now + DAY - timedelta(microseconds=1))
        assert found is not None
        assert (found[0].id, found[0].username, found[0].scopes) == (issued.id, budi, {Permission.START})
        assert find_token(connection, issued.text, now + DAY) is None


@pytest.mark.parametrize(
    "change", [lambda text: text + "x", lambda text: text[:-1], lambda text: "", lambda text: "\ud800"]
)
def test_any_other_text_is_no_token(
    engine: Engine, now: datetime, budi: str, change: Callable[[str], str]
) -> None:
    with write(engine) as connection:
        issued = issue_token(connection, budi, "skrip", [], now, now + DAY)
        assert find_token(connection, change(issued.text), now) is None


def test_a_revoked_token_is_listed_but_no_longer_found(engine: Engine, now: datetime, budi: str) -> None:
    with write(engine) as connection:
        issued = issue_token(connection, budi, "skrip", [], now, now + DAY)
        revoke_token(connection, budi, issued.id, now)
        assert find_token(connection, issued.text, now) is None
        assert [(one.id, one.revoked_at) for one in tokens_of(connection, budi)] == [(issued.id, now)]


@pytest.mark.parametrize("username", ["budi", "sri"])
def test_a_token_that_is_not_one_s_own_cannot_be_revoked(
    engine: Engine, now: datetime, budi: str, username: str
) -> None:
    with write(engine) as connection:
        issued = issue_token(connection, budi, "skrip", [], now, now + DAY)
        with pytest.raises(UnknownToken):
            revoke_token(connection, username, issued.id + (username == budi), now)
        assert find_token(connection, issued.text, now)


def test_a_token_needs_a_person_a_name_and_a_future(engine: Engine, now: datetime, budi: str) -> None:
    with write(engine) as connection:
        with pytest.raises(InvalidToken):
            issue_token(connection, budi, " ", [], now, now + DAY)
        with pytest.raises(InvalidToken):
            issue_token(connection, budi, "skrip", [], now, now)
        with pytest.raises(UnknownPerson):
            issue_token(connection, "nobody", "skrip", [], now, now + DAY)
