"""Passwords and their rules."""

from datetime import datetime

import pytest
from sqlalchemy import Engine, select

from server.db import write
from server.identity import UnknownPerson, WeakPassword, passwords, set_password
from server.identity.models import Credential, Person
from server.identity.passwords import check_rules, hash_password, verify

HASHER = passwords._HASHER
"""The one of the house, before it is replaced for the tests."""


@pytest.mark.parametrize("password", ["pendek-9c", "", "budi-12345", "rahasia-BUDI", "cukup aman " * 24])
def test_a_password_that_is_easily_guessed_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        check_rules("budi", password)


@pytest.mark.parametrize(
    "password", ["sepuluh-10", "kata sandi panjang sekali", "пароль-пароль", "kata lain" * 28 + "baik"]
)
def test_a_password_of_any_letters_is_accepted(password: str) -> None:
    check_rules("budi", password)


@pytest.mark.parametrize(
    "password",
    ["xxxxxxxxxx", "abababababab", "1234567890", "9876543210", "qwertyuiop", "abcdefghijkl", "Password123!"],
)
def test_what_others_would_try_first_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        check_rules("budi", password)


def test_a_password_does_not_hold_the_persons_nip(engine: Engine, now: datetime, budi: str) -> None:
    with write(engine) as connection, pytest.raises(WeakPassword, match="NIP"):
        set_password(connection, budi, "saya 197903152005011002", now)


def test_the_hash_is_argon2id_at_19_mib_and_two_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", HASHER)
    assert hash_password("kata sandi").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize(
    ("password", "right"),
    [
        ("kafe\u0301", True),
        ("kaf\u00e9", True),
        ("kafe", False),
        ("", False),
        ("\ud800", False),
        ("a\0b", False),
    ],
)
def test_only_the_right_password_fits_however_its_letters_are_encoded(password: str, right: bool) -> None:
    assert verify(hash_password("kaf\u00e9"), password) is right


@pytest.mark.parametrize("password", ["", "apa saja"])
def test_nobody_has_no_password(password: str) -> None:
    assert verify(None, password) is False


@pytest.mark.both_databases
def test_a_new_password_replaces_the_old_and_raises_the_version(
    engine: Engine, now: datetime, budi: str
) -> None:
    with write(engine) as connection:
        set_password(connection, budi, "kata sandi lama", now)
        set_password(connection, budi, "kata sandi baru", now, must_change=True)
        (row,) = connection.execute(select(Credential.argon2id, Credential.must_change, Credential.demo))
        version = connection.execute(select(Person.account_version)).scalar_one()
    assert verify(row.argon2id, "kata sandi baru")
    assert not verify(row.argon2id, "kata sandi lama")
    assert (row.must_change, row.demo, version) == (True, False, 3)


def test_nobody_cannot_be_given_a_password(engine: Engine, now: datetime) -> None:
    with write(engine) as connection, pytest.raises(UnknownPerson):
        set_password(connection, "nobody", "kata sandi baru", now)
