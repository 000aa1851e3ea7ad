"""People who are added, given roles and tokens at the machine itself."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from server import identity, migrations
from server.app import House
from server.cli import main, people
from server.db import read
from server.identity import Acting, Actor, NewPerson, Permission, load_actor

BUDI = NewPerson("budi", "Budi Santoso")
PASSWORD = "kuda-lumping-77"


def actor(house: House, username: str) -> Actor:
    with read(house.gate.database) as connection:
        return load_actor(connection, username, house.engine.clock.today())


def log_in(house: House, username: str, password: str) -> Actor:
    now = house.engine.clock.now()
    return house.gate.ask(lambda c: house.gate.login.authenticate_basic(c, username, password, "::1", now))


def test_the_first_person_may_do_everything_and_log_in(house: House) -> None:
    people.add(house, BUDI, PASSWORD, permissions=Permission)
    assert log_in(house, "budi", PASSWORD).permissions == set(Permission)


def test_a_person_with_roles_holds_them_from_today(house: House) -> None:
    people.add(house, BUDI, None, ["kasubag_umpeg", "kepala_seksi@pencatatan-sipil"])
    assert actor(house, "budi").groups == {"kasubag_umpeg", "kepala_seksi@pencatatan-sipil"}


def test_a_person_with_a_wrong_role_is_not_added_at_all(house: House) -> None:
    with pytest.raises(identity.UnknownRole):
        people.add(house, BUDI, PASSWORD, ["raja"])
    assert not house.gate.ask(identity.anybody)


def test_a_weak_password_is_refused(house: House) -> None:
    with pytest.raises(identity.WeakPassword):
        people.add(house, BUDI, "pendek")


def test_a_new_password_replaces_the_old_one(house: House) -> None:
    people.add(house, BUDI, PASSWORD)
    people.change_password(house, "budi", "gatot-kaca-1001")
    assert log_in(house, "budi", "gatot-kaca-1001").username == "budi"
    with pytest.raises(identity.WrongPassword):
        log_in(house, "budi", PASSWORD)


def test_a_role_that_ends_yesterday_is_held_no_more(house: House) -> None:
    today = house.engine.clock.today()
    people.add(house, BUDI, None)
    people.give_role(house, "budi", "sekretaris", first=today - timedelta(days=9))
    people.end_role(house, "budi", "sekretaris", today - timedelta(days=1))
    assert actor(house, "budi").groups == set()


def test_a_role_that_is_not_held_cannot_end(house: House) -> None:
    people.add(house, BUDI, None)
    with pytest.raises(people.NotHeld):
        people.end_role(house, "budi", "sekretaris", house.engine.clock.today())


def test_a_token_acts_as_its_person_within_its_permissions(house: House) -> None:
    people.add(house, BUDI, None, permissions=Permission)
    token = people.issue(house, "budi", "rapor", 30, [Permission.DEPLOY])
    now = house.engine.clock.now()
    found = house.gate.ask(lambda c: house.gate.login.authenticate_token(c, token, now))
    assert (found.username, found.permissions) == ("budi", {Permission.DEPLOY})


def test_the_list_shows_everybody_with_their_roles(house: House) -> None:
    people.add(house, NewPerson("citra", "Citra Dewi"), None)
    people.add(house, BUDI, None, ["kepala_seksi@pencatatan-sipil"])
    assert list(people.listed(house)) == [
        "budi   Budi Santoso  kepala_seksi@pencatatan-sipil",
        "citra  Citra Dewi",
    ]


def test_what_is_done_at_the_machine_stands_in_the_audit_trail(house: House) -> None:
    people.add(house, BUDI, PASSWORD)
    people.give_role(house, "budi", "sekretaris")
    with read(house.gate.database) as connection:
        entries = identity.trail(connection, "person:budi")
    assert [(entry.actor, entry.verb, entry.detail) for entry in entries] == [
        ("sistem", "user.role", {"role": "sekretaris", "from": house.engine.clock.today().isoformat()}),
        ("sistem", "user.add", None),
    ]


def test_no_command_takes_a_password_as_an_argument() -> None:
    options = {option for command in people.user_group.commands.values() for option in command.params}
    assert "password" not in {option.name for option in options}


def test_the_commands_do_it_from_the_terminal(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setattr(migrations, "check", lambda database: None)  # the tables are there without a version
    call = CliRunner().invoke
    added = call(
        main, ["user", "add", "budi", "--name", "Budi", "--role", "sekretaris"], input=f"{PASSWORD}\n"
    )
    assert (added.exit_code, added.output) == (0, "budi ditambahkan.\n")
    assert call(main, ["user", "password", "budi"], input="gatot-kaca-1001\n").exit_code == 0
    assert call(main, ["user", "role", "budi", "pns", "--from", "2026-01-01"]).exit_code == 0
    token = call(main, ["user", "token", "budi", "--name", "rapor", "--permission", "see_all"])
    assert token.output.startswith("ttl_")
    assert call(main, ["user", "list"]).output == "budi  Budi  sekretaris, pns\n"
    again = call(main, ["user", "add", "budi", "--name", "Budi", "--no-password"])
    assert (again.exit_code, again.output) == (1, "Nama pengguna “budi” sudah dipakai. Pilih nama lain.\n")


def test_an_acting_officer_is_appointed_by_command(house: House) -> None:
    people.add(house, BUDI, None)
    people.add(house, NewPerson("sri", "Sri"), None, ["sekretaris"])
    last = house.engine.clock.today() + timedelta(days=3)
    people.appoint(house, "budi", "sekretaris", Acting.PLH, None, last)
    assert actor(house, "budi").acting == {"sekretaris": Acting.PLH}
    with pytest.raises(identity.OfficeIsHeld):
        people.appoint(
            house, "budi", "sekretaris", Acting.PLT, last + timedelta(days=1), last + timedelta(days=2)
        )


def test_vacancies_are_told_with_who_gets_their_tasks(house: House) -> None:
    people.add(house, BUDI, None, ["sekretaris"])
    lines = list(people.told_vacancies(house))
    assert any("kasubag_umpeg" in line and "tugasnya ke Sekretaris" in line for line in lines)
    assert not any(line.startswith("Sekretaris ") for line in lines)


def test_a_client_and_a_token_are_listed_until_they_are_revoked(house: House) -> None:
    people.add(house, BUDI, None)
    client = people.register(house, "budi", "gerbang", 3, list(Permission))
    people.issue(house, "budi", "skrip", 3, list(Permission))
    token, listed = people.told_programs(house, "budi")
    assert client.id in listed
    people.revoke_program(house, "budi", client.id)
    people.revoke_program(house, "budi", token.split()[0])
    assert list(people.told_programs(house, "budi")) == []


def test_a_closed_account_is_no_longer_let_in_and_the_trail_says_by_whom(house: House) -> None:
    people.add(house, BUDI, PASSWORD)
    people.set_active(house, "budi", False)
    with pytest.raises(identity.WrongPassword):
        log_in(house, "budi", PASSWORD)
    lines = list(people.told_audit(house, identity.Wanted(verb="user.close"), 10))
    assert len(lines) == 1
    assert "sistem  user.close  person:budi  done" in lines[0]
