"""What a letter says: who signs it and as what, what is taken from its case; kept as it stood when it was numbered."""

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from server.engine import Call
from server.identity import Actor, Roles, UnknownPerson, holders, load_actor
from server.identity.models import Person
from server.letters.registers import Number

ALPHABET: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH: Final = 16
NOBODY: Final = {"awalan": "", "jabatan": "", "sebagai": "", "nama": "", "nip": "", "sebutan": ""}


def new_code() -> str:
    """By which anybody may ask whether a letter is genuine: 79 random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def signer_of(roles: Roles, call: Call, role: str | None) -> dict[str, str]:
    """Who has signed in this step, and as what: by right, as Plt. or Plh., or for (a.n.) the holder of `role`."""
    try:
        signer = load_actor(call.connection, call.actor, call.today, roles)
    except UnknownPerson:  # a timer went on by itself
        return expected_signer(roles, call.connection, role, call.today)
    return _as_signer(roles, call.connection, signer, role)


def expected_signer(roles: Roles, connection: Connection, role: str | None, today: date) -> dict[str, str]:
    """Who is to sign, for a draft: the holder of `role`, which is a role or a group."""
    name, _, bidang = (role or "").partition("@")
    if role is None or name not in roles:
        return dict(NOBODY)
    found = holders(connection, name, bidang or None, today)
    if not found:
        return {**NOBODY, "jabatan": roles.title(role), "sebutan": roles.title(role)}
    return _as_signer(roles, connection, load_actor(connection, found[0], today, roles), role)


def frozen(
    roles: Roles, call: Call, surat: str, number: Number, signer: Mapping[str, str], told: Mapping[str, Any]
) -> dict[str, Any]:
    """Columns of a letter that is laid out by the template `surat`: what it says from now on, and the code it bears."""
    code = new_code()
    written = content(call.connection, call.in_sight, call.case.subject, call.case.number)
    fixed = {
        "nomor": number.nomor,
        "tanggal": told["tanggal"].isoformat(),
        "sifat": told.get("sifat") or call.headers.get("sifat") or "biasa",
        "tujuan": told["pihak"],
        "hal": told["hal"],
        "lampiran": told["lampiran"],
        "tanda": dict(signer),
    }
    return {"surat": surat, "isi": {**written, **fixed}, "periksa": code}


def content(
    connection: Connection, variables: Mapping[str, object], subject: str | None, number: str | None
) -> dict[str, Any]:
    """What a template takes from a case: all its data, and whom it is about."""
    person = connection.execute(_PERSON, {"username": subject}).first() if subject else None
    about = {"nama": person.name, "nip": person.nip} if person else None
    return {"perkara": dict(variables), "pegawai": about, "nomor_perkara": number}


def _as_signer(roles: Roles, connection: Connection, signer: Actor, role: str | None) -> dict[str, str]:
    own = sorted(signer.groups)
    held = next((group for group in own if role in (group, group.partition("@")[0])), None)
    name, _, bidang = (role or "").partition("@")
    awalan, sebagai = "", ""
    if role is None or name not in roles:
        held = held or next(iter(own), None)
        jabatan = roles.title(held) if held else ""
    elif held is None:
        awalan, jabatan = "a.n.", roles.title(role)
        nearest = roles.nearest_above(role, signer.groups, bidang or None) or next(iter(own), None)
        sebagai = roles.title(nearest) if nearest else ""
    else:
        jabatan = roles.title(held)
    if held is not None and held in signer.acting:
        awalan = signer.acting[held].prefix
    title = " ".join(filter(None, (awalan, jabatan)))
    person = connection.execute(_PERSON, {"username": signer.username}).first()
    return {
        "awalan": awalan,
        "jabatan": jabatan,
        "sebagai": sebagai,
        "nama": signer.name,
        "nip": (person.nip if person else None) or "",
        "sebutan": f"{signer.name}, {title}" if title else signer.name,
    }


_PERSON: Final = select(Person.name, Person.nip).where(Person.username == bindparam("username"))
