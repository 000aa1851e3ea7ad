"""Sessions: a person's stay in the pages, from logging in to logging out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from server.db import read, write
from server.identity import (
    Entered,
    Login,
    NewPerson,
    PasswordMustChange,
    TooManyAttempts,
    UnknownSession,
    Visitor,
    WeakPassword,
    WrongPassword,
    WrongSession,
    add_person,
    end_session,
    end_sessions,
    sessions_of,
    set_active,
    set_password,
    trail,
)
from server.identity.attempts import LIMITS
from server.identity.models import LoginSession
from server.identity.sessions import IDLE, LONGEST
from tests.identity.statements import counted

pytestmark = pytest.mark.both_databases

PASSWORD = "kata sandi saya"
NEW = "kata sandi yang lain"
HERE = "192.0.2.7"


@dataclass
class Office:
    """Budi's browser, and a process that answers it."""

    engine: Engine
    now: datetime
    login: Login

    def enter(self, password: str = PASSWORD, username: str = "budi") -> Entered:
        with read(self.engine) as connection:
            return self.login.log_in(connection, username, password, HERE, "Firefox", self.now)

    def visit(self, text: str) -> Visitor:
        with read(self.engine) as connection:
            return self.login.authenticate_session(connection, text, self.now)

    def change_password(self, visitor: Visitor, old: str, new: str) -> None:
        with read(self.engine) as connection:
            self.login.change_password(connection, visitor, old, new, HERE, self.now)


@pytest.fixture
def office(engine: Engine, budi: str, now: datetime) -> Office:
    with write(engine) as connection:
        set_password(connection, budi, PASSWORD, now)
    return Office(engine, now, Login())


def test_the_cookies_text_tells_who_visits_and_is_kept_nowhere(office: Office) -> None:
    entered = office.enter()
    visitor = office.visit(entered.session.text)
    assert (visitor.actor, visitor.session) == (entered.actor, entered.session.id)
    assert (visitor.actor.username, visitor.must_change) == ("budi", False)
    with read(office.engine) as connection:
        row = connection.execute(select(LoginSession.__table__)).one()
    assert len(row.sha256) == 32
    assert entered.session.text not in map(str, row)


@pytest.mark.parametrize("text", ["", "x", "\ud800", "' OR 1=1 --"])
def test_any_other_text_is_no_session(office: Office, text: str) -> None:
    office.enter()
    with pytest.raises(WrongSession):
        office.visit(text)


def test_a_wrong_password_opens_nothing_and_counts(office: Office) -> None:
    for _ in range(LIMITS["user"]):
        with pytest.raises(WrongPassword):
            office.enter("salah")
    with pytest.raises(TooManyAttempts):
        office.enter()
    with read(office.engine) as connection:
        outcomes = [entry.outcome for entry in trail(connection, "person:budi", verb="login")]
        assert sessions_of(connection, "budi", office.now) == []
    assert outcomes == ["TooManyAttempts"] + ["WrongPassword"] * LIMITS["user"]


def test_who_logs_in_hears_of_attempts_that_failed_meanwhile(office: Office) -> None:
    assert (office.enter().refused, office.enter().previous) == (0, office.now)
    for _ in range(2):
        with pytest.raises(WrongPassword):
            office.enter("salah")
    assert office.enter().refused == 2
    assert office.enter().refused == 0


def test_a_name_that_nobody_has_is_not_kept(office: Office) -> None:
    with pytest.raises(WrongPassword):
        office.enter(username="hunter2-secret")
    with read(office.engine) as connection:
        assert trail(connection, "person:hunter2-secret") == []
        assert len(trail(connection, "person:?")) == 1


def test_a_session_costs_one_statement_for_a_minute(office: Office) -> None:
    text = office.enter().session.text
    office.visit(text)
    office.now += timedelta(seconds=59)
    with counted(office.engine) as statements:
        office.visit(text)
    assert len(statements) == 1


def test_a_session_ends_when_nobody_uses_it(office: Office) -> None:
    text = office.enter().session.text
    for _ in range(3):
        office.now += IDLE - timedelta(minutes=1)
        office.visit(text)
    office.now += IDLE
    with pytest.raises(WrongSession):
        office.visit(text)


def test_a_session_ends_with_the_working_day_however_much_it_is_used(office: Office) -> None:
    text = office.enter().session.text
    for _ in range(int(LONGEST / timedelta(hours=1)) - 1):
        office.now += timedelta(hours=1)
        office.visit(text)
    office.now += timedelta(hours=1)
    with pytest.raises(WrongSession):
        office.visit(text)


def test_a_session_that_was_ended_is_refused_at_once_in_every_process(office: Office) -> None:
    mine, other = office.enter().session, office.enter().session
    office.visit(mine.text)
    with write(office.engine) as connection:
        end_session(connection, "budi", mine.id)
    with pytest.raises(WrongSession):
        office.visit(mine.text)
    assert office.visit(other.text).session == other.id


def test_nobody_ends_the_session_of_another(office: Office) -> None:
    mine = office.enter().session
    with write(office.engine) as connection:
        add_person(connection, NewPerson("sri", "Sri Wahyuni"), office.now)
        with pytest.raises(UnknownSession):
            end_session(connection, "sri", mine.id)
    assert office.visit(mine.text).actor.username == "budi"


def test_a_person_sees_their_own_live_sessions(office: Office) -> None:
    office.enter()
    office.now += IDLE
    second = office.enter().session
    office.now += timedelta(minutes=10)
    office.visit(second.text)
    with read(office.engine) as connection:
        (seen,) = sessions_of(connection, "budi", office.now)
    assert (seen.id, seen.agent, seen.address, seen.seen_at) == (second.id, "Firefox", HERE, office.now)


def test_a_closed_account_has_no_session_even_when_it_is_opened_again(office: Office) -> None:
    text = office.enter().session.text
    for active in (False, True):
        with write(office.engine) as connection:
            set_active(connection, "budi", active)
        with pytest.raises(WrongSession):
            office.visit(text)


def test_a_new_password_ends_the_other_sessions_and_keeps_ones_own(office: Office) -> None:
    mine, other = office.enter().session, office.enter().session
    office.change_password(office.visit(mine.text), PASSWORD, NEW)
    assert office.visit(mine.text).actor.username == "budi"
    with pytest.raises(WrongSession):
        office.visit(other.text)
    assert office.enter(NEW)


def test_a_password_is_changed_only_by_who_knows_the_old_one(office: Office) -> None:
    visitor = office.visit(office.enter().session.text)
    with pytest.raises(WrongPassword):
        office.change_password(visitor, "salah", NEW)
    for weak in (PASSWORD, "pendek"):
        with pytest.raises(WeakPassword):
            office.change_password(visitor, PASSWORD, weak)
    assert office.enter()


def test_a_temporary_password_is_only_good_for_choosing_another(office: Office) -> None:
    with write(office.engine) as connection:
        set_password(connection, "budi", NEW, office.now, must_change=True)
    entered = office.enter(NEW)
    visitor = office.visit(entered.session.text)
    assert (entered.must_change, visitor.must_change) == (True, True)
    with read(office.engine) as connection, pytest.raises(PasswordMustChange):
        office.login.authenticate_basic(connection, "budi", NEW, HERE, office.now)
    office.change_password(visitor, NEW, PASSWORD)
    assert not office.visit(entered.session.text).must_change


def test_all_sessions_of_a_person_can_be_ended_but_the_one_at_hand(office: Office) -> None:
    mine, other = office.enter().session, office.enter().session
    with write(office.engine) as connection:
        end_sessions(connection, "budi", but=mine.id)
    assert office.visit(mine.text)
    with pytest.raises(WrongSession):
        office.visit(other.text)
