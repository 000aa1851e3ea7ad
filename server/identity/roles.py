"""The office's roles, its fields (bidang), and what each role may do at first, as bpmn/roles.yaml tells them."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
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
    """One role. `printed`: its spellings in the book; `atasan`: the next higher officer's role, None at the top.

    `atasan_di`: another one for some bidang.
    """

    id: str
    nama: str
    jenis: Jenis
    lingkup: Lingkup
    penerima: Penerima
    wakil: str | None
    printed: tuple[str, ...]
    atasan: str | None
    atasan_di: Mapping[str, str] = field(default_factory=dict)


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
    """All roles by id. `kantor` is the office's name, which the settings give."""

    roles: Mapping[str, Role]
    bidang: Mapping[str, Bidang]
    first_grants: tuple[FirstGrant, ...]
    kantor: str = ""

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

    def posts(self) -> Iterator[tuple[Role, str | None]]:
        """Every role of people of the office, once or in each bidang that has it: those that an officer of the whole office
        heads have no Kabid, Kasi and counter of their own."""
        headed = [each.id for each in self.bidang.values() if self[each.kepala].lingkup is Lingkup.BIDANG]
        for role in self.values():
            if role.jenis is Jenis.PEGAWAI:
                yield from (
                    (role, bidang) for bidang in ([None] if role.lingkup is Lingkup.DINAS else headed)
                )

    def next_higher(self, role: str, bidang: str | None = None) -> Iterator[Role]:
        """The officers above `role` in a process of `bidang`, the nearest first.

        Where the head of a bidang is an officer of the whole office, its roles have no Kasi and Kabid over them.
        """
        above = self.above(role, bidang)
        while above is not None:
            yield self[above]
            above = self.above(above, bidang)

    def groups_above(self, role: str, bidang: str | None) -> Iterator[str]:
        """The same as groups; those that nobody can hold in that bidang are passed over."""
        for officer in self.next_higher(role, bidang):
            if officer.lingkup is Lingkup.DINAS or bidang is not None:
                yield self.group(officer.id, bidang)

    def above(self, role: str, bidang: str | None) -> str | None:
        """The role of the next higher officer; None at the top."""
        above = self[role].atasan_di.get(bidang or "", self[role].atasan)
        field_ = self.bidang.get(bidang or "")
        if above is None or above not in self or field_ is None or self[above].lingkup is Lingkup.DINAS:
            return above
        kepala = self.get(field_.kepala)
        return kepala.id if kepala and kepala.lingkup is Lingkup.DINAS else above

    def title(self, group: str) -> str:
        """A group's name as people read it: “Kepala Bidang Pelayanan Pencatatan Sipil”."""
        role, _, bidang = group.partition("@")
        name = self[role].nama if role in self else role
        return f"{name} {self.bidang[bidang].nama}" if bidang in self.bidang else name

    def nearest_above(self, group: str, held: Container[str], bidang: str | None) -> str | None:
        """The nearest of the `held` groups that stands above `group` in a process of `bidang`."""
        role, _, own = group.partition("@")
        above = self.groups_above(role, own or bidang) if role in self else iter(())
        return next((each for each in above if each in held), None)

    def is_rung(self, group: str, other: str, bidang: str | None) -> bool:
        """Whether one of two groups stands above the other, and both are offices."""
        roles = [self.get(each.partition("@")[0]) for each in (group, other)]
        if any(role is None or role.penerima is Penerima.SUBJEK for role in roles):
            return False
        return other == self.nearest_above(group, {other}, bidang) or group == self.nearest_above(
            other, {group}, bidang
        )

    def check_holding(self, role: str, bidang: str | None) -> None:
        """Raises UnknownRole or WrongBidang where nobody can hold `role` for `bidang` (None: for the office)."""
        if self.group(role, bidang) == role and bidang is not None:
            raise WrongBidang(role, bidang)


@lru_cache(4)
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
        atasan_di=dict(facts.get("atasan_di", {})),
    )


def _first_grants(izin: Mapping[str, list[str]]) -> Iterator[FirstGrant]:
    for permission, groups in izin.items():
        for group in groups:
            role, _, bidang = group.partition("@")
            yield FirstGrant(Permission(permission), role, bidang or None)


def _problems(roles: Roles) -> Iterator[Problem]:
    for role in roles.values():
        named = [("wakil", role.wakil), ("atasan", role.atasan)]
        for key, other in (*named, *(("atasan_di", each) for each in role.atasan_di.values())):
            if other is not None and other not in roles:
                yield Problem(f"{key} menunjuk peran “{other}” yang tidak ada", role.id)
        if role.penerima is Penerima.WAKIL and role.wakil is None:
            yield Problem("penerima wakil, tetapi wakil tidak disebut", role.id)
        for bidang in role.atasan_di.keys() - roles.bidang.keys():
            yield Problem(f"atasan_di menyebut bidang “{bidang}” yang tidak ada", role.id)
        if any(_rises_in_a_circle(roles, role, bidang) for bidang in (None, *roles.bidang)):
            yield Problem("rantai atasan kembali ke peran ini", role.id)
    for field_ in roles.bidang.values():
        if field_.kepala not in roles:
            yield Problem(f"kepala menunjuk peran “{field_.kepala}” yang tidak ada", field_.id)
    for grant in roles.first_grants:
        if grant.role not in roles:
            yield Problem(f"izin diberikan kepada peran “{grant.role}” yang tidak ada", grant.permission)
        if grant.bidang is not None and grant.bidang not in roles.bidang:
            yield Problem(f"izin menyebut bidang “{grant.bidang}” yang tidak ada", grant.permission)


def _rises_in_a_circle(roles: Roles, role: Role, bidang: str | None) -> bool:
    """Looks only along roles that are there: the others are problems of their own."""
    seen = {role.id}
    above = roles.above(role.id, bidang)
    while above is not None and above in roles and above not in seen:
        seen.add(above)
        above = roles.above(above, bidang)
    return above == role.id


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
