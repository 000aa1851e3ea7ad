"""Permissions of roles and people, as the actor has them."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Engine, select

from server.db import write
from server.identity import (
    Actor,
    Grant,
    Holding,
    InvalidGrant,
    Permission,
    Roles,
    UnknownPerson,
    UnknownRole,
    give_first_grants,
    grant,
    hold,
    load_actor,
    withdraw,
)
from server.identity.models import Person

pytestmark = pytest.mark.both_databases

Acting = Callable[..., Actor]


@pytest.fixture
def acting(engine: Engine, roles: Roles, budi: str, today: date) -> Acting:
    """Budi with these holdings and grants."""

    def acting(*facts: Holding | Grant) -> Actor:
        with write(engine) as connection:
            for fact in facts:
                (hold if isinstance(fact, Holding) else grant)(connection, roles, fact)  # type: ignore[operator]
            return load_actor(connection, budi, today)

    return acting


def holding(role: str, bidang: str | None = None, to_date: date | None = None) -> Holding:
    return Holding("budi", role, bidang, date(2026, 1, 1), to_date)


def test_a_permission_comes_from_the_person_and_from_roles_held_today(acting: Acting) -> None:
    actor = acting(
        holding("pns"),
        holding("sekretaris", to_date=date(2026, 2, 1)),
        Grant(Permission.DEPLOY, username="budi"),
        Grant(Permission.START, role="pns"),
        Grant(Permission.CANCEL, role="sekretaris"),
    )
    assert actor.permissions == {Permission.DEPLOY, Permission.START}


@pytest.mark.parametrize(
    ("facts", "sees"),
    [
        ([holding("kepala_seksi", "piak"), Grant(Permission.SEE_BIDANG, role="kepala_seksi")], {"piak"}),
        ([holding("pns"), Grant(Permission.SEE_BIDANG, role="pns", bidang="keuangan")], {"keuangan"}),
        ([Grant(Permission.SEE_BIDANG, username="budi", bidang="keuangan")], {"keuangan"}),
        ([holding("pns"), Grant(Permission.SEE_ALL, role="pns")], set()),
        ([holding("kepala_seksi", "piak"), Grant(Permission.SEE_BIDANG, role="kepala_bidang")], set()),
        (
            [
                holding("kepala_seksi", "piak"),
                holding("kepala_bidang", "pencatatan-sipil"),
                Grant(Permission.SEE_BIDANG, role="kepala_seksi"),
                Grant(Permission.ASSIGN, role="kepala_bidang"),
            ],
            {"piak"},
        ),
    ],
)
def test_all_cases_are_seen_where_the_granted_role_is_held(
    acting: Acting, facts: list[Holding | Grant], sees: set[str]
) -> None:
    assert acting(*facts).sees == sees


def test_within_scopes_an_actor_has_no_more_than_both_allow(acting: Acting) -> None:
    actor = acting(
        holding("kepala_seksi", "piak"),
        Grant(Permission.SEE_BIDANG, role="kepala_seksi"),
        Grant(Permission.START, role="kepala_seksi"),
    )
    narrow = actor.within([Permission.START, Permission.DEPLOY])
    assert (narrow.permissions, narrow.sees, narrow.groups) == ({Permission.START}, frozenset(), actor.groups)
    assert actor.within(Permission) == actor


def test_a_withdrawn_permission_is_gone_even_if_it_was_given_twice(
    engine: Engine, acting: Acting, budi: str, today: date
) -> None:
    given = Grant(Permission.START, role="pns")
    acting(holding("pns"), given, given)
    with write(engine) as connection:
        withdraw(connection, given)
        assert load_actor(connection, budi, today).permissions == frozenset()


def test_a_role_s_permission_raises_the_version_of_all_who_hold_it(
    engine: Engine, acting: Acting, roles: Roles
) -> None:
    acting(holding("pns"))
    with write(engine) as connection:
        grant(connection, roles, Grant(Permission.START, role="pns"))
        grant(connection, roles, Grant(Permission.START, role="sekretaris"))
        withdraw(connection, Grant(Permission.START, role="pns"))
        assert connection.execute(select(Person.account_version)).scalar_one() == 4


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (Grant(Permission.START), InvalidGrant),
        (Grant(Permission.START, role="pns", username="budi"), InvalidGrant),
        (Grant(Permission.START, role="camat"), UnknownRole),
        (Grant(Permission.START, username="nobody"), UnknownPerson),
        (Grant(Permission.SEE_BIDANG, role="pns", bidang="arsip"), InvalidGrant),
    ],
)
def test_a_grant_to_nobody_is_refused(acting: Acting, given: Grant, error: type[Exception]) -> None:
    with pytest.raises(error):
        acting(given)


def test_with_the_first_grants_every_employee_completes_but_starts_only_what_their_lane_does(
    engine: Engine, acting: Acting, roles: Roles, budi: str, today: date
) -> None:
    acting(holding("pns"))
    with write(engine) as connection:
        give_first_grants(connection, roles)
        permissions = load_actor(connection, budi, today).permissions
    assert {Permission.EVALUATE, Permission.COMPLETE} <= permissions
    assert not permissions & {
        Permission.START,
        Permission.DEPLOY,
        Permission.ADMINISTER,
        Permission.SEE_ALL,
        Permission.CHANGE_VARIABLES,
    }
