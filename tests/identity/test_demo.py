"""The demo office."""

import re
from collections import Counter
from datetime import date, datetime

import pytest
from sqlalchemy import Engine, select

from server.db import read, write
from server.identity import (
    Login,
    NotEmpty,
    PasswordMustChange,
    Permission,
    Roles,
    demo_credentials_exist,
    demo_people,
    fill_demo,
    is_demo,
    load_actor,
    set_password,
)
from server.identity.models import Person


@pytest.fixture
def demo(engine: Engine, roles: Roles, now: datetime) -> Engine:
    with write(engine) as connection:
        fill_demo(connection, roles, "demo", now)
    return engine


@pytest.mark.parametrize(
    ("username", "groups"),
    [
        ("pns", {"pns"}),
        ("kasubag_umpeg", {"kasubag_umpeg", "pns"}),
        ("staf_umpeg", {"staf_umpeg", "pns"}),
        ("sekretaris", {"sekretaris", "pns"}),
        ("kepala_dinas", {"kepala_dinas", "pns"}),
        ("kepala_seksi_pencatatan_sipil", {"kepala_seksi@pencatatan-sipil", "pns"}),
        ("admin", set()),
    ],
)
def test_people_are_named_after_the_role_that_they_hold(
    demo: Engine, now: datetime, username: str, groups: set[str]
) -> None:
    with read(demo) as connection:
        actor = Login(demo=True).authenticate_basic(connection, username, "demo", "127.0.0.1", now)
    assert actor.groups == groups


def test_a_demo_password_is_only_good_for_choosing_another_outside_a_demo(
    demo: Engine, now: datetime
) -> None:
    login = Login()
    with read(demo) as connection:
        with pytest.raises(PasswordMustChange):
            login.authenticate_basic(connection, "pns", "demo", "127.0.0.1", now)
        entered = login.log_in(connection, "pns", "demo", "127.0.0.1", "Peramban", now)
        visitor = login.authenticate_session(connection, entered.session.text, now)
        assert (entered.must_change, visitor.must_change) == (True, True)
        login.change_password(connection, visitor, "demo", "kuda lumping besi", "127.0.0.1", now)
        assert not login.authenticate_session(connection, entered.session.text, now).must_change


def test_every_role_of_the_office_is_held_wherever_it_can_be(demo: Engine, roles: Roles, today: date) -> None:
    with read(demo) as connection:
        usernames = connection.execute(select(Person.username)).scalars().all()
        held = {group for username in usernames for group in load_actor(connection, username, today).groups}
    assert {group.partition("@")[0] for group in held} == {
        role.id for role in roles.values() if role.jenis == "pegawai"
    }
    assert sum(group.startswith("kepala_bidang@") for group in held) == 4


def test_admin_may_do_everything(demo: Engine, today: date) -> None:
    with read(demo) as connection:
        assert load_actor(connection, "admin", today).permissions == frozenset(Permission)


def test_the_head_of_a_field_sees_its_cases(demo: Engine, today: date) -> None:
    with read(demo) as connection:
        assert load_actor(connection, "kepala_bidang_piak", today).sees == {"piak"}
        assert load_actor(connection, "kasubag_umpeg", today).sees == {"umum-kepegawaian"}


def test_names_differ_and_a_nip_tells_birthday_appointment_and_sex(roles: Roles) -> None:
    people = [one.person for one in demo_people(roles)]
    pattern = re.compile(
        r"(19[79]\d|198\d)(0[1-9]|1[0-2])(0[1-9]|1\d|2[0-8])(199\d|20[0-2]\d)(0[1-9]|1[0-2])[12]\d{3}"
    )
    assert all(pattern.fullmatch(person.nip or "") for person in people)
    assert Counter(person.name for person in people).most_common(1)[0][1] == 1


@pytest.mark.both_databases
def test_a_demo_database_is_marked_and_its_passwords_are_known_as_such(
    engine: Engine, roles: Roles, now: datetime
) -> None:
    with write(engine) as connection:
        assert (is_demo(connection), demo_credentials_exist(connection)) == (False, False)
        fill_demo(connection, roles, "demo", now)
        assert (is_demo(connection), demo_credentials_exist(connection)) == (True, True)


def test_a_password_of_one_s_own_is_no_demo_credential(engine: Engine, now: datetime, budi: str) -> None:
    with write(engine) as connection:
        set_password(connection, budi, "kata sandi sendiri", now)
        assert demo_credentials_exist(connection) is False


def test_a_database_with_people_is_not_filled(engine: Engine, roles: Roles, now: datetime, budi: str) -> None:
    with write(engine) as connection, pytest.raises(NotEmpty):
        fill_demo(connection, roles, "demo", now)
