"""Login: by password and by token, remembered for a minute and never longer than the account stands."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import Engine, select, update

from server.db import read, write
from server.identity import (
    Actor,
    Grant,
    Holding,
    Login,
    NewPerson,
    Permission,
    Roles,
    TooManyAttempts,
    WrongPassword,
    WrongToken,
    add_person,
    end_holding,
    grant,
    hold,
    issue_token,
    revoke_token,
    set_active,
    set_password,
    tokens_of,
)
from server.identity import login as login_module
from server.identity.attempts import LIMITS
from server.identity.models import ApiToken
from tests.identity.statements import counted

pytestmark = pytest.mark.both_databases

PASSWORD = "kata sandi saya"
HERE = "192.0.2.7"


@dataclass
class Office:
    """Budi, Sekretaris, with a password and a token; and a process that answers requests."""

    engine: Engine
    now: datetime
    login: Login
    holding: int
    token_id: int
    token: str

    def enter(self, username: str = "budi", password: str = PASSWORD, address: str = HERE) -> Actor:
        with read(self.engine) as connection:
            return self.login.authenticate_basic(connection, username, password, address, self.now)

    def enter_by_token(self, token: str | None = None) -> Actor:
        with read(self.engine) as connection:
            return self.login.authenticate_token(connection, token or self.token, self.now)

    def change(self, verb: Callable[..., object], *arguments: object) -> None:
        with write(self.engine) as connection:
            verb(connection, *arguments)


@pytest.fixture
def office(engine: Engine, roles: Roles, budi: str, now: datetime) -> Office:
    with write(engine) as connection:
        set_password(connection, budi, PASSWORD, now)
        holding = hold(connection, roles, Holding(budi, "sekretaris", None, date(2026, 1, 1)))
        for permission in (Permission.START, Permission.CANCEL):
            grant(connection, roles, Grant(permission, role="sekretaris"))
        token = issue_token(connection, budi, "skrip", [Permission.START], now, now + timedelta(days=90))
    return Office(engine, now, Login(), holding, token.id, token.text)


def test_password_and_token_tell_who_is_calling(office: Office) -> None:
    assert office.enter() == Actor(
        "budi", "Budi Santoso", frozenset({"sekretaris"}), frozenset({Permission.START, Permission.CANCEL})
    )
    assert office.enter_by_token() == office.enter().within([Permission.START])
    assert office.enter_by_token().permissions == {Permission.START}


def test_a_username_may_be_typed_as_a_phone_writes_it(office: Office) -> None:
    assert office.enter(" Budi ").username == "budi"


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("budi", ""),
        ("budi", "salah"),
        ("budi", PASSWORD + "x"),
        ("budi", "\ud800"),
        ("budi", "x" * 100_000),
        ("nobody", PASSWORD),
        ("", ""),
        ("bu\0di", PASSWORD),
        ("b" * 1000, PASSWORD),
        ("budi'--", PASSWORD),
    ],
)
def test_any_other_credential_is_refused_in_the_same_words(
    office: Office, username: str, password: str
) -> None:
    with pytest.raises(WrongPassword, match="Nama pengguna atau kata sandi salah"):
        office.enter(username, password)


def test_a_person_without_a_password_does_not_enter(office: Office) -> None:
    office.change(add_person, NewPerson("sri", "Sri Wahyuni"), office.now)
    with pytest.raises(WrongPassword):
        office.enter("sri", "")


@pytest.mark.parametrize("username", ["budi", "nobody"])
def test_a_wrong_password_costs_one_hash_whether_or_not_the_person_exists(
    office: Office, username: str
) -> None:
    with patch.object(login_module, "verify", wraps=login_module.verify) as verify:
        with pytest.raises(WrongPassword):
            office.enter(username, "salah")
        assert verify.call_count == 1


@pytest.mark.parametrize("way", [Office.enter, Office.enter_by_token])
def test_what_was_right_costs_one_statement_for_a_minute(
    office: Office, way: Callable[[Office], Actor]
) -> None:
    first = way(office)
    office.now += timedelta(seconds=59)
    with counted(office.engine) as statements, patch.object(login_module, "verify") as verify:
        again = way(office)
    assert again == first
    assert [one for one in statements if not one.startswith("BEGIN")] == statements
    assert (len(statements), verify.call_count) == (1, 0)


@pytest.mark.parametrize("way", [Office.enter, Office.enter_by_token])
def test_after_a_minute_the_credential_is_looked_at_again(
    office: Office, way: Callable[[Office], Actor]
) -> None:
    way(office)
    office.now += timedelta(seconds=60)
    with counted(office.engine) as statements:
        way(office)
    assert len(statements) > 1


def test_a_new_password_ends_the_old_one_at_once_and_in_every_process(office: Office) -> None:
    office.enter()
    office.change(set_password, "budi", "kata sandi baru", office.now)
    with pytest.raises(WrongPassword):
        office.enter()
    assert office.enter(password="kata sandi baru").username == "budi"


def test_a_revoked_token_is_refused_at_once(office: Office) -> None:
    office.enter_by_token()
    office.change(revoke_token, "budi", office.token_id, office.now)
    with pytest.raises(WrongToken):
        office.enter_by_token()


def test_an_expired_token_is_refused_though_it_was_remembered(office: Office) -> None:
    office.now += timedelta(days=90, seconds=-5)
    office.enter_by_token()
    office.now += timedelta(seconds=5)
    with pytest.raises(WrongToken):
        office.enter_by_token()


@pytest.mark.parametrize("token", ["ttl_unknown", "", "\ud800"])
def test_an_unknown_token_is_refused(office: Office, token: str) -> None:
    with pytest.raises(WrongToken):
        office.enter_by_token(token or "-")


def test_a_password_is_no_token_and_a_token_no_password(office: Office) -> None:
    office.enter()
    office.enter_by_token()
    with pytest.raises(WrongToken):
        office.enter_by_token(f"budi:{PASSWORD}")
    with pytest.raises(WrongPassword):
        office.enter("budi", office.token)


@pytest.mark.parametrize(
    ("way", "error"), [(Office.enter, WrongPassword), (Office.enter_by_token, WrongToken)]
)
def test_a_closed_account_is_refused_at_once(
    office: Office, way: Callable[[Office], Actor], error: type[Exception]
) -> None:
    way(office)
    office.change(set_active, "budi", False)
    with pytest.raises(error):
        way(office)


@pytest.mark.parametrize("way", [Office.enter, Office.enter_by_token])
def test_an_ended_role_counts_from_the_next_request(office: Office, way: Callable[[Office], Actor]) -> None:
    way(office)
    office.change(end_holding, office.holding, office.now.date() - timedelta(days=1))
    assert (way(office).groups, way(office).permissions) == (frozenset(), frozenset())


def test_a_role_ends_at_midnight_though_the_actor_was_remembered(office: Office) -> None:
    office.change(end_holding, office.holding, office.now.date())
    office.now = office.now.replace(hour=23, minute=59, second=50)
    assert office.enter().groups == {"sekretaris"}
    office.now += timedelta(seconds=20)
    assert office.enter().groups == frozenset()


def test_a_password_changed_while_the_old_one_is_checked_is_not_remembered(office: Office) -> None:
    real = login_module.verify

    def change_meanwhile(argon2id: str, password: str) -> bool:
        office.change(set_password, "budi", "kata sandi baru", office.now)
        return real(argon2id, password)

    with patch.object(login_module, "verify", change_meanwhile):
        office.enter()
    with pytest.raises(WrongPassword):
        office.enter()


def test_attempts_are_refused_before_hashing_once_the_limit_is_reached(office: Office) -> None:
    for _ in range(LIMITS["user"]):
        with pytest.raises(WrongPassword):
            office.enter(password="salah")
    with patch.object(login_module, "verify") as verify, pytest.raises(TooManyAttempts):
        Office.enter(office)
    assert verify.call_count == 0


def test_who_is_remembered_is_not_locked_out_by_a_guesser(office: Office) -> None:
    office.enter()
    for _ in range(LIMITS["user"]):
        with pytest.raises(WrongPassword):
            office.enter(password="salah", address="198.51.100.1")
    assert office.enter().username == "budi"


def test_attempts_of_several_processes_count_together(office: Office) -> None:
    for _ in range(LIMITS["user"]):
        office.login = Login()
        with pytest.raises(WrongPassword):
            office.enter(password="salah")
    office.login = Login()
    with pytest.raises(TooManyAttempts):
        office.enter()


def test_a_success_starts_the_count_anew(office: Office) -> None:
    for _ in range(3):
        for _ in range(LIMITS["user"] - 1):
            with pytest.raises(WrongPassword):
                office.enter(password="salah", address="198.51.100.1")
        office.login = Login()
        office.enter()


def test_a_burst_of_one_credential_is_hashed_once(office: Office) -> None:
    with (
        patch.object(login_module, "verify", wraps=login_module.verify) as verify,
        ThreadPoolExecutor(5) as pool,
    ):
        actors = set(pool.map(lambda _: office.enter(), range(20)))
    assert (len(actors), verify.call_count) == (1, 1)


def test_a_token_s_last_use_is_noted_once_an_hour(office: Office) -> None:
    noted = []
    for minutes in (0, 30, 31):
        office.now += timedelta(minutes=minutes)
        office.enter_by_token()
        with read(office.engine) as connection:
            noted.append(tokens_of(connection, "budi")[0].last_used)
    assert noted == [office.now - timedelta(minutes=61), office.now - timedelta(minutes=61), office.now]


def test_a_token_whose_scopes_are_narrowed_in_the_database_keeps_no_more(office: Office) -> None:
    office.enter_by_token()
    with write(office.engine) as connection:
        connection.execute(update(ApiToken).values(scopes=[]))
        assert connection.execute(select(ApiToken.scopes)).scalar_one() == []
    office.login = Login()
    assert office.enter_by_token().permissions == frozenset()


def test_no_more_than_the_most_is_remembered(office: Office) -> None:
    with patch.object(login_module, "MOST_REMEMBERED", 1):
        office.enter()
        office.enter_by_token()
        with counted(office.engine) as statements:
            office.enter_by_token()
        assert len(statements) > 1
        office.now += timedelta(seconds=60)
        office.enter_by_token()
        with counted(office.engine) as statements:
            office.enter_by_token()
        assert len(statements) == 1
