"""The office's roles, its fields (bidang), and what each role may do at first, as bpmn/roles.yaml tells them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import yaml

from server.errors import Invalid, NotFound, Problem
from server.identity.permissions import Permission


class Jenis(StrEnum):
    """Where a role's holders come from: the office, the public, another agency."""

    PEGAWAI = "pegawai"
    WARGA = "warga"
    LUAR = "luar"


class Lingkup(StrEnum):
    """How far a role reaches: held once for the office, or once per bidang."""

    DINAS = "dinas"
    BIDANG = "bidang"


class Penerima(StrEnum):
    """Who receives a role's tasks: its holders, the case's own person, or the insider named by `wakil`."""

    PEMEGANG = "pemegang"
    SUBJEK = "subjek"
    WAKIL = "wakil"


class InvalidRoles(Invalid):
    """The file of roles cannot be used."""


class UnknownRole(NotFound):
    def __init__(self, role: str) -> None:
        super().__init__(f"Peran “{role}” tidak dikenal. Pakai salah satu peran dalam roles.yaml.")
        self.role = role


class WrongBidang(Invalid):
    """A role that is held per bidang was named without one, or the other way round."""

    def __init__(self, role: str, bidang: str | None) -> None:
        if bidang is None:
            message = f"Peran “{role}” dipegang per bidang. Sebutkan bidangnya."
        else:
            message = f"Peran “{role}” tidak dapat dipegang untuk bidang “{bidang}”. Kosongkan atau perbaiki bidangnya."
        super().__init__(message)
        self.role, self.bidang = role, bidang


@dataclass(frozen=True)
class Role:
    """One role. `printed`: its spellings in the book; `atasan`: the next higher officer's role, None at the top."""

    id: str
    nama: str
    jenis: Jenis
    lingkup: Lingkup
    penerima: Penerima
    wakil: str | None
    printed: tuple[str, ...]
    atasan: str | None


@dataclass(frozen=True)
class Bidang:
    """A field of the office. `kepala`: the role that heads it."""

    id: str
    nama: str
    kepala: str


@dataclass(frozen=True)
class FirstGrant:
    """A permission that a role has when a database is filled. `bidang`: for which field, where the role names none."""

    permission: Permission
    role: str
    bidang: str | None = None


@dataclass(frozen=True)
class Roles(Mapping[str, Role]):
    """All roles by id."""

    roles: Mapping[str, Role]
    bidang: Mapping[str, Bidang]
    first_grants: tuple[FirstGrant, ...]

    def __getitem__(self, role: str) -> Role:
        return self.roles[role]

    def __iter__(self) -> Iterator[str]:
        return iter(self.roles)

    def __len__(self) -> int:
        return len(self.roles)

    def role_by_lane(self, name: str) -> Role | None:
        """The only role of which `name` is the nama or a printed spelling, whatever its case and spacing."""
        found = [role for role in self.values() if _plain(name) in map(_plain, (role.nama, *role.printed))]
        return found[0] if len(found) == 1 else None

    def group(self, role: str, bidang: str | None) -> str:
        """The group that holds `role` in a process of `bidang`. Raises UnknownRole, WrongBidang."""
        if role not in self:
            raise UnknownRole(role)
        if self[role].lingkup is Lingkup.DINAS:
            return role
        if bidang not in self.bidang:
            raise WrongBidang(role, bidang)
        return f"{role}@{bidang}"

    def next_higher(self, role: str) -> Iterator[Role]:
        """The officers above `role`, the nearest first."""
        atasan = self[role].atasan
        while atasan is not None:
            yield self[atasan]
            atasan = self[atasan].atasan

    def check_holding(self, role: str, bidang: str | None) -> None:
        """Raises UnknownRole or WrongBidang where nobody can hold `role` for `bidang` (None: for the office)."""
        if self.group(role, bidang) == role and bidang is not None:
            raise WrongBidang(role, bidang)


def read_roles(data: bytes) -> Roles:
    """The roles of a YAML text in the shape of bpmn/roles.yaml. Raises InvalidRoles with every problem found."""
    try:
        content = yaml.safe_load(data)
        roles = Roles(
            roles={id_: _role(id_, facts) for id_, facts in content["roles"].items()},
            bidang={
                id_: Bidang(id_, facts["nama"], facts["kepala"]) for id_, facts in content["bidang"].items()
            },
            first_grants=tuple(_first_grants(content.get("izin", {}))),
        )
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidRoles(f"Berkas peran tidak dapat dibaca: {error}") from error
    if problems := tuple(_problems(roles)):
        raise InvalidRoles("Berkas peran berisi kesalahan.", problems)
    return roles


def _role(id_: str, facts: Mapping[str, Any]) -> Role:
    return Role(
        id=id_,
        nama=facts["nama"],
        jenis=Jenis(facts["jenis"]),
        lingkup=Lingkup(facts["lingkup"]),
        penerima=Penerima(facts["penerima"]),
        wakil=facts.get("wakil"),
        printed=tuple(facts["printed"]),
        atasan=facts.get("atasan"),
    )


def _first_grants(izin: Mapping[str, list[str]]) -> Iterator[FirstGrant]:
    for permission, groups in izin.items():
        for group in groups:
            role, _, bidang = group.partition("@")
            yield FirstGrant(Permission(permission), role, bidang or None)


def _problems(roles: Roles) -> Iterator[Problem]:
    for role in roles.values():
        for key, other in (("wakil", role.wakil), ("atasan", role.atasan)):
            if other is not None and other not in roles:
                yield Problem(f"{key} menunjuk peran “{other}” yang tidak ada", role.id)
        if role.penerima is Penerima.WAKIL and role.wakil is None:
            yield Problem("penerima wakil, tetapi wakil tidak disebut", role.id)
        if _rises_in_a_circle(roles, role):
            yield Problem("rantai atasan kembali ke peran ini", role.id)
    for bidang in roles.bidang.values():
        if bidang.kepala not in roles:
            yield Problem(f"kepala menunjuk peran “{bidang.kepala}” yang tidak ada", bidang.id)
    for grant in roles.first_grants:
        if grant.role not in roles:
            yield Problem(f"izin diberikan kepada peran “{grant.role}” yang tidak ada", grant.permission)
        if grant.bidang is not None and grant.bidang not in roles.bidang:
            yield Problem(f"izin menyebut bidang “{grant.bidang}” yang tidak ada", grant.permission)


def _rises_in_a_circle(roles: Roles, role: Role) -> bool:
    seen = {role.id}
    above = roles.get(role.atasan or "")
    while above is not None and above.id not in seen:
        seen.add(above.id)
        above = roles.get(above.atasan or "")
    return above is not None and above.id == role.id


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
