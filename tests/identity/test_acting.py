"""Acting officers: as Plt. while nobody holds an office, as Plh. while its holder is away."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from server.db import write
from server.errors import OfficeError
from server.identity import (
    Acting,
    Appointment,
    Grant,
    Holding,
    InvalidPerson,
    NewPerson,
    OfficeIsActed,
    OfficeIsHeld,
    OfficeIsVacant,
    Permission,
    Roles,
    UnknownPerson,
    WrongBidang,
    acting_officers,
    add_person,
    appoint,
    end_holding,
    grant,
    hold,
    load_actor,
)

pytestmark = pytest.mark.both_databases

TODAY = date(2026, 11, 19)
KABID = ("kepala_bidang", "piak")


def plh(username: str, days: int = 3, **other: object) -> Appointment:
    facts = {"role": KABID[0], "bidang": KABID[1], "acting": Acting.PLH, "from_date": TODAY}
    facts |= {"to_date": TODAY + timedelta(days=days)}
    return Appointment(username, **facts | other)  # type: ignore[arg-type]


@pytest.fixture
def office(engine: Engine, budi: str, now: object) -> Engine:
    """Budi is Kabid PIAK; Sri and Tono are there."""
    from server.identity import read_roles
    from tests.identity.conftest import ROLES

    with write(engine) as connection:
        for username in ("sri", "tono"):
            add_person(connection, NewPerson(username, username.title()), now)  # type: ignore[arg-type]
        hold(connection, read_roles(ROLES.read_bytes()), Holding(budi, *KABID, date(2026, 1, 1)))
    return engine


def test_an_acting_officer_has_the_office_for_the_span_with_all_that_it_may(
    office: Engine, roles: Roles
) -> None:
    with write(office) as connection:
        grant(connection, roles, Grant(Permission.ASSIGN, role="kepala_bidang"))
        appoint(connection, roles, plh("sri", days=2))
        for day, held in ((-1, False), (0, True), (2, True), (3, False)):
            actor = load_actor(connection, "sri", TODAY + timedelta(days=day), roles)
            assert ("kepala_bidang@piak" in actor.groups) is held
            assert actor.may(Permission.ASSIGN, "piak") is held
            assert not actor.may(Permission.ASSIGN, "pencatatan-sipil")
        assert actor.lost == {"kepala_bidang@piak"}
        during = load_actor(connection, "sri", TODAY, roles)
        assert during.acting == {"kepala_bidang@piak": Acting.PLH}
        assert load_actor(connection, "budi", TODAY, roles).acting == {}


def test_a_plh_stands_in_for_the_one_who_holds_the_office(office: Engine, roles: Roles) -> None:
    with write(office) as connection:
        key = appoint(connection, roles, plh("sri"))
        assert acting_officers(connection, TODAY)[key].acts_for == "budi"
        assert acting_officers(connection, TODAY + timedelta(days=4)) == {}


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (plh("sri", acting=Acting.PLT), OfficeIsHeld),
        (plh("sri", bidang="pencatatan-sipil"), OfficeIsVacant),
        (plh("budi"), InvalidPerson),
        (plh("sri", acts_for="tono"), InvalidPerson),
        (plh("sri", days=-1), InvalidPerson),
        (plh("sri", role="pns", bidang=None), InvalidPerson),
        (plh("sri", role="pemohon", bidang=None), InvalidPerson),
        (plh("sri", bidang=None), WrongBidang),
        (plh("nobody"), UnknownPerson),
    ],
)
def test_what_is_no_acting_is_refused(
    office: Engine, roles: Roles, wanted: Appointment, error: type[OfficeError]
) -> None:
    with write(office) as connection, pytest.raises(error):
        appoint(connection, roles, wanted)


def test_an_office_has_one_acting_officer_at_a_time(office: Engine, roles: Roles) -> None:
    with write(office) as connection:
        first = appoint(connection, roles, plh("sri"))
        with pytest.raises(OfficeIsActed, match="sri"):
            appoint(connection, roles, plh("tono", from_date=TODAY + timedelta(days=3), days=9))
        end_holding(connection, first, TODAY)
        appoint(connection, roles, plh("tono", from_date=TODAY + timedelta(days=1), days=9))


def test_a_vacant_office_gets_a_plt(office: Engine, roles: Roles) -> None:
    with write(office) as connection:
        appoint(connection, roles, plh("sri", bidang="pencatatan-sipil", acting=Acting.PLT))
        actor = load_actor(connection, "sri", TODAY, roles)
    assert actor.acting == {"kepala_bidang@pencatatan-sipil": Acting.PLT}
    assert Acting.PLT.prefix == "Plt."
