"""Passwords: argon2id as OWASP's Password Storage Cheat Sheet asks (19 MiB, two rounds, one lane), and the office's rules."""

import secrets
import unicodedata
from datetime import datetime
from functools import cache
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import Connection, delete, exists, insert, select

from server.errors import Invalid
from server.identity.models import Credential, Person
from server.identity.sessions import end_sessions

SHORTEST: Final = 10
LONGEST: Final = 256

FEWEST: Final = 4
"""Different characters."""

_ROWS: Final = (
    "01234567890123456789",
    "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
)
_OFTEN: Final = """
password passw0rd katasandi rahasia rahasianegara indonesia merdeka administrator admin qwerty qwertyuiop bismillah
alhamdulillah sayang sayangku dukcapil disdukcapil dispendukcapil dispenduk kependudukan pencatatansipil tatalaksana pegawai
kepegawaian
"""
"""Words that others try first, here."""
_KNOWN: Final = frozenset(_OFTEN.split())

_CLEAR: Final = "abcdefghjkmnpqrstuvwxyz23456789"

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)


class WeakPassword(Invalid):
    """A password that the rules do not allow."""


class SamePassword(WeakPassword):
    def __init__(self) -> None:
        super().__init__("Kata sandi baru harus lain dari yang lama.")


def set_password(
    connection: Connection,
    username: str,
    password: str,
    now: datetime,
    *,
    must_change: bool = False,
    keep: int | None = None,
) -> None:
    """Replaces the person's password and makes the old one useless at once; sessions end, save `keep`.

    `must_change`: it is only good for choosing another one. Raises WeakPassword, UnknownPerson.
    """
    check_rules(username, password, nip=_nip_of(connection, username))
    end_sessions(connection, username, keep)
    connection.execute(delete(Credential).where(Credential.username == username))
    connection.execute(
        insert(Credential),
        {
            "username": username,
            "argon2id": hash_password(password),
            "demo": False,
            "must_change": must_change,
            "changed_at": now,
        },
    )


def check_rules(username: str, password: str, nip: str | None = None) -> None:
    """Raises WeakPassword where the password is short, endless, all of a piece, well known, or holds username or NIP.

    As NIST SP 800-63B §3.1.1 has it: length counts, and what others would try first is refused; no mixture is asked for.
    """
    plain = password.casefold()
    if len(password) < SHORTEST:
        raise WeakPassword(f"Kata sandi terlalu pendek. Pakai paling sedikit {SHORTEST} karakter.")
    if len(password) > LONGEST:
        raise WeakPassword(f"Kata sandi terlalu panjang. Pakai paling banyak {LONGEST} karakter.")
    if username.casefold() in plain:
        raise WeakPassword("Kata sandi tidak boleh memuat nama pengguna.")
    if nip is not None and nip in password:
        raise WeakPassword("Kata sandi tidak boleh memuat NIP.")
    if len(set(plain)) < FEWEST or any(plain in row for row in _ROWS):
        raise WeakPassword("Kata sandi terlalu mudah ditebak. Pakai beberapa kata yang tidak berurutan.")
    if _letters(plain) in _KNOWN:
        raise WeakPassword("Kata sandi itu dikenal banyak orang. Pakai beberapa kata yang lain.")


def one_time_password() -> str:
    """A password to be told to somebody once, for choosing another one: letters and digits that nobody confuses."""
    return "-".join("".join(secrets.choice(_CLEAR) for _ in range(4)) for _ in range(4))


def _nip_of(connection: Connection, username: str) -> str | None:
    return connection.execute(select(Person.nip).where(Person.username == username)).scalar()


def _letters(password: str) -> str:
    """The word of which a password is made, without the digits and signs around it."""
    return password.replace(" ", "").strip("0123456789!@#$%&*?._-")


def hash_password(password: str) -> str:
    """The argon2id hash in PHC format. Some 20 ms of work."""
    return _HASHER.hash(_prepared(password))


def verify(argon2id: str | None, password: str) -> bool:
    """Whether the password belongs to the hash. Takes as long where there is no hash, so that time tells no names."""
    try:
        return _HASHER.verify(argon2id or _nobody(), _prepared(password)) and argon2id is not None
    except VerifyMismatchError:
        return False


def demo_credentials_exist(connection: Connection) -> bool:
    """Whether somebody still has the password that everybody knows."""
    return bool(connection.execute(select(exists().where(Credential.demo))).scalar())


def is_demo_password(connection: Connection, password: str) -> bool:
    """Whether this is what the demo people got when the database was filled, and still have."""
    argon2id = connection.execute(select(Credential.argon2id).where(Credential.demo).limit(1)).scalar()
    return verify(argon2id, password)


def _prepared(password: str) -> bytes:
    """One spelling for letters that keyboards send in several (RFC 8265 §4.2)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


@cache
def _nobody() -> str:
    return _HASHER.hash("")
