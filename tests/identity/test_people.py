"""People, and the roles that they hold from a day to a day."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, select

from server.db import write
from server.identity import (
    Holding,
    InvalidPerson,
    NewPerson,
    NipTaken,
    Roles,
    UnknownHolding,
    UnknownPerson,
    UnknownRole,
    UsernameTaken,
    WrongBidang,
    add_person,
    anybody,
    end_holding,
    hold,
    holders,
    load_actor,
    members,
    set_active,
)
from server.identity.models import Person

pytestmark = pytest.mark.both_databases

NEW_YEAR = date(2026, 1, 1)


def version(connection: Connection, username: str) -> int:
    return connection.execute(select(Person.account_version).where(Person.username == username)).scalar_one()


@pytest.mark.parametrize(
    "person",
    [
        NewPerson("Budi", "Budi"),
        NewPerson("bu di", "Budi"),
        NewPerson("", "Budi"),
        NewPerson("-budi", "Budi"),
        NewPerson("b" * 65, "Budi"),
        NewPerson("budi\n", "Budi"),
        NewPerson("budi", "  "),
        NewPerson("budi", "Budi", nip="19790315200501100"),
        NewPerson("budi", "Budi", nip="19790315 200501 1 002"),
    ],
)
def test_a_person_whose_data_cannot_be_right_is_refused(
    engine: Engine, now: datetime, person: NewPerson
) -> None:
    with write(engine) as connection, pytest.raises(InvalidPerson):
        add_person(connection, person, now)


@pytest.mark.parametrize(
    ("person", "error"),
    [
        (NewPerson("budi", "Budi Kedua"), UsernameTaken),
        (NewPerson("budi2", "Budi Kedua", "197903152005011002"), NipTaken),
    ],
)
def test_username_and_nip_belong_to_one_person(
    engine: Engine, now: datetime, budi: str, person: NewPerson, error: type[Exception]
) -> None:
    with write(engine) as connection, pytest.raises(error):
        add_person(connection, person, now)


@pytest.mark.parametrize(
    ("from_date", "to_date", "held"),
    [
        (date(2026, 11, 19), None, True),
        (date(2026, 11, 20), None, False),
        (NEW_YEAR, date(2026, 11, 19), True),
        (NEW_YEAR, date(2026, 11, 18), False),
    ],
)
def test_a_role_is_held_from_its_first_day_to_its_last(
    engine: Engine, roles: Roles, budi: str, today: date, from_date: date, to_date: date | None, held: bool
) -> None:
    with write(engine) as connection:
        hold(connection, roles, Holding(budi, "sekretaris", None, from_date, to_date))
        assert ("sekretaris" in load_actor(connection, budi, today).groups) is held
        assert (holders(connection, "sekretaris", None, today) == [budi]) is held


def test_a_role_per_bidang_is_held_in_its_bidang_only(
    engine: Engine, roles: Roles, budi: str, today: date
) -> None:
    with write(engine) as connection:
        hold(connection, roles, Holding(budi, "kepala_seksi", "piak", NEW_YEAR))
        assert load_actor(connection, budi, today).groups == {"kepala_seksi@piak"}
        assert holders(connection, "kepala_seksi", "piak", today) == [budi]
        assert holders(connection, "kepala_seksi", "pencatatan-sipil", today) == []


@pytest.mark.parametrize(
    ("holding", "error"),
    [
        (Holding("nobody", "sekretaris", None, NEW_YEAR), UnknownPerson),
        (Holding("budi", "camat", None, NEW_YEAR), UnknownRole),
        (Holding("budi", "kepala_seksi", None, NEW_YEAR), WrongBidang),
        (Holding("budi", "kepala_seksi", "arsip", NEW_YEAR), WrongBidang),
        (Holding("budi", "sekretaris", "piak", NEW_YEAR), WrongBidang),
        (Holding("budi", "sekretaris", None, NEW_YEAR, NEW_YEAR - timedelta(days=1)), InvalidPerson),
    ],
)
def test_a_holding_that_cannot_be_is_refused(
    engine: Engine, roles: Roles, budi: str, holding: Holding, error: type[Exception]
) -> None:
    with write(engine) as connection, pytest.raises(error):
        hold(connection, roles, holding)


def test_a_holding_ends_on_its_last_day(engine: Engine, roles: Roles, budi: str, today: date) -> None:
    with write(engine) as connection:
        holding = hold(connection, roles, Holding(budi, "sekretaris", None, NEW_YEAR))
        end_holding(connection, holding, today)
        assert load_actor(connection, budi, today).groups == {"sekretaris"}
        assert load_actor(connection, budi, today + timedelta(days=1)).groups == frozenset()


def test_a_holding_ends_neither_before_it_began_nor_when_it_is_not_there(
    engine: Engine, roles: Roles, budi: str
) -> None:
    with write(engine) as connection:
        holding = hold(connection, roles, Holding(budi, "sekretaris", None, NEW_YEAR))
        with pytest.raises(InvalidPerson):
            end_holding(connection, holding, NEW_YEAR - timedelta(days=1))
        with pytest.raises(UnknownHolding):
            end_holding(connection, holding + 1, NEW_YEAR)


def test_an_inactive_person_cannot_act_and_holds_nothing(
    engine: Engine, roles: Roles, budi: str, today: date
) -> None:
    with write(engine) as connection:
        hold(connection, roles, Holding(budi, "sekretaris", None, NEW_YEAR))
        set_active(connection, budi, False)
        assert holders(connection, "sekretaris", None, today) == []
        with pytest.raises(UnknownPerson):
            load_actor(connection, budi, today)


def test_every_change_of_an_account_raises_its_version(engine: Engine, roles: Roles, budi: str) -> None:
    with write(engine) as connection:
        versions = [version(connection, budi)]
        holding = hold(connection, roles, Holding(budi, "sekretaris", None, NEW_YEAR))
        versions.append(version(connection, budi))
        end_holding(connection, holding, NEW_YEAR)
        versions.append(version(connection, budi))
        set_active(connection, budi, False)
        versions.append(version(connection, budi))
    assert versions == [1, 2, 3, 4]


def test_an_empty_database_has_nobody(engine: Engine, now: datetime) -> None:
    with write(engine) as connection:
        assert not anybody(connection)
        add_person(connection, NewPerson("budi", "Budi"), now)
        assert anybody(connection)


def test_members_are_everybody_with_what_they_hold_today(
    engine: Engine, budi: str, roles: Roles, now: datetime, today: date
) -> None:
    yesterday = today - timedelta(days=1)
    with write(engine) as connection:
        add_person(connection, NewPerson("ani", "Ani"), now)
        set_active(connection, "ani", False)
        hold(connection, roles, Holding(budi, "sekretaris", None, yesterday, yesterday))
        held = hold(connection, roles, Holding(budi, "kasubag_umpeg", None, yesterday))
        ani, found = members(connection, today)
    assert (ani.username, ani.active, ani.holdings) == ("ani", False, {})
    assert (found.name, found.active) == ("Budi Santoso", True)
    assert found.holdings == {held: Holding(budi, "kasubag_umpeg", None, yesterday)}
