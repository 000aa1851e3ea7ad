"""What is in force, and who may change it: the same question for a draft as for a deployment of its file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from server import errors
from server.db import AnyRow
from server.engine import definitions
from server.engine.tables import Deployment, Kind, Resource
from server.identity import Actor, Permission

ENDINGS = {Kind.PROCESS: ".bpmn", Kind.REQUIREMENTS: ".dmn", Kind.FORM: ".form"}
"""The kinds of file that can be changed, each named by the definition that it is the file of."""


class NotAnOwner(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__("Mengubah prosedur hanya untuk pemilik proses yang berwenang menerbitkannya.")


class NotInForce(errors.NotFound):
    """There is no such procedure, table or form, or it is none of the caller's."""


@dataclass(frozen=True)
class Standing:
    """A file in force: the newest version of its definition. `bidang`: the fields that it touches, in order."""

    kind: Kind
    id: str
    title: str
    version: int
    definition_key: int
    resource_key: int
    name: str
    bidang: tuple[str | None, ...]
    used_by: tuple[str, ...]
    """The names of the procedures that name it."""


@dataclass(frozen=True)
class Book:
    """Every definition's newest version, as `definitions.newest` has it."""

    newest: Mapping[str, AnyRow]
    _files: dict[int, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for member, row in self.newest.items():
            self._files.setdefault(row.resource_key, []).append(member)

    def in_force(self, kind: str, id_: str) -> Standing | None:
        """The file whose newest version a definition is; a decision stands in its file of decisions."""
        row = self.newest.get(f"{kind}:{id_}")
        if row is not None and row.kind == Kind.DECISION:
            beside = (self.newest[member] for member in self._files[row.resource_key])
            row = next((one for one in beside if one.kind == Kind.REQUIREMENTS), None)
        return None if row is None else self._standing(row)

    def every(self) -> Iterable[Standing]:
        return (self._standing(row) for row in self.newest.values() if row.kind in ENDINGS)

    def touched(self, kind: str, id_: str) -> list[AnyRow]:
        """The procedures to which a new version of this file comes."""
        row = self.newest.get(f"{kind}:{id_}")
        members = [] if row is None else self._files[row.resource_key]
        return definitions.touched({f"{kind}:{id_}", *members}, self.newest)

    def _standing(self, row: AnyRow) -> Standing:
        touched = self.touched(row.kind, row.id)
        users = [one.name for one in touched if one.key != row.key]
        fields = dict.fromkeys(one.bidang for one in touched)
        return Standing(
            Kind(row.kind),
            row.id,
            row.name,
            row.version,
            row.key,
            row.resource_key,
            row.resource,
            tuple(sorted(fields, key=lambda one: one or "")),
            tuple(sorted(users)),
        )


def book(connection: Connection) -> Book:
    return Book(definitions.newest(connection))


def may_publish(actor: Actor, fields: Iterable[str | None]) -> bool:
    """Whether a deployment of a file that touches these fields would be theirs to make."""
    return Permission.DEPLOY in actor.permissions and all(
        actor.may(Permission.DEPLOY, bidang) for bidang in fields
    )


def allow(actor: Actor) -> None:
    """Raises NotAnOwner for who publishes nothing at all."""
    if Permission.DEPLOY not in actor.permissions:
        raise NotAnOwner


def published(connection: Connection, resource_keys: Iterable[int]) -> dict[int, AnyRow]:
    """By whom, when and with which words files were published, by their keys."""
    statement = (
        select(Resource.key, Deployment.by, Deployment.at, Deployment.note)
        .join(Deployment, Deployment.key == Resource.deployment_key)
        .where(Resource.key.in_(list(resource_keys)))
    )
    return {row.key: row for row in connection.execute(statement)}


def body_of(connection: Connection, resource_key: int) -> bytes:
    """A published file."""
    return bytes(connection.execute(select(Resource.body).where(Resource.key == resource_key)).scalar_one())
