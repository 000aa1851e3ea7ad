"""Publishing: diagrams, tables and forms come in as files, all of a deployment or none.

The bytes are kept as they came. A file whose bytes are those of the newest version changes nothing. Each process is bound
to the versions of all that it names (its bundle), and bound anew when one of them gets a newer version.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, insert, select

from server import bpmn, errors, forms, identity
from server.bpmn import model
from server.db import AnyRow, Change, Effect, Keys
from server.engine import choices, numbering, officers, starting, trial
from server.engine.engine import Engine
from server.engine.tables import Bundle, Definition, Deployment, Kind, Resource, member_of, untagged
from server.engine.trial import Head
from server.identity import Actor, Entry, Permission, WrongBidang, recording

ABOUT: Final = 200
"""Letters of what an entry of the audit trail is about."""


class Unpublishable(errors.Invalid):
    """Files were refused; `problems` says which, and where in each."""

    def __init__(self, problems: Iterable[errors.Problem]) -> None:
        found = tuple(problems)
        super().__init__(f"Tidak ada yang diterbitkan: {len(found)} hal perlu diperbaiki.", found)


@dataclass(frozen=True)
class Published:
    """One definition of a deployment: new, or as it already was."""

    kind: Kind
    id: str
    name: str
    version: int
    key: int
    resource_key: int
    resource_name: str
    new: bool


class OtherField(errors.Forbidden):
    """Something that is to be published touches a process of a field that the publisher has no say in."""

    def __init__(self, process: str, bidang: str | None) -> None:
        where = f"bidang {bidang}" if bidang else "semua bidang"
        super().__init__(
            f"Prosedur “{process}” milik {where}, di luar wewenang Anda. Mintalah pemilik prosesnya menerbitkannya."
        )


@dataclass(frozen=True)
class Deployed:
    """The answer to a deployment. `vacant`: roles that its processes need and that nobody holds today."""

    key: int
    definitions: tuple[Published, ...]
    vacant: tuple[officers.Missing, ...] = ()


def deploy(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    files: Mapping[str, bytes],
    examine: trial.Examine = trial.examine_apart,
    note: str | None = None,
) -> Change[Deployed]:
    """Publishes files by name (.bpmn, .dmn, .form); `note` says what has changed, and why.

    Raises Unpublishable with all problems of all files.
    """
    publication, problems = _look(engine, connection, actor, files, examine)
    if problems:
        raise Unpublishable(problems)
    return publication.change(note)


def refusals(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    files: Mapping[str, bytes],
    examine: trial.Examine = trial.examine_apart,
) -> list[errors.Problem]:
    """All for which `deploy` would refuse these files; raises what it would raise of who may not publish them."""
    return _look(engine, connection, actor, files, examine)[1]


def _look(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    files: Mapping[str, bytes],
    examine: trial.Examine,
) -> tuple["_Publication", list[errors.Problem]]:
    if Permission.DEPLOY not in actor.permissions:
        raise errors.Forbidden("Menerbitkan prosedur hanya untuk pemilik proses yang berwenang.")
    if not files:
        raise errors.Invalid("Kirim sedikitnya satu berkas .bpmn, .dmn atau .form.")
    heads, problems = examine(files)
    publication = _Publication(engine, connection, actor, files, heads)
    publication.allow()
    return publication, [*problems, *(publication.problems() if not problems else ())]


def newest(connection: Connection) -> dict[str, AnyRow]:
    """The newest version of every definition, by `kind:id`."""
    return {member_of(row.kind, row.id): row for row in connection.execute(_NEWEST)}


def tagged(connection: Connection) -> dict[str, AnyRow]:
    """The newest version of every tag, by `kind:id#tag`."""
    return {member_of(row.kind, row.id, row.version_tag): row for row in connection.execute(_TAGGED)}


def touched(coming: AbstractSet[str], newest: Mapping[str, AnyRow]) -> list[AnyRow]:
    """The newest processes to which new versions of these definitions (`kind:id`) come."""
    return [
        row
        for member, row in newest.items()
        if row.kind == Kind.PROCESS and coming & {member, *row.references}
    ]


def published_digests(connection: Connection) -> set[str]:
    """The SHA-256 of every file that some newest version came in."""
    return {row.sha256 for row in connection.execute(_NEWEST)}


@dataclass
class _Publication:
    engine: Engine
    connection: Connection
    actor: Actor
    files: Mapping[str, bytes]
    heads: list[Head]

    def allow(self) -> None:
        """Who may publish for some fields alone touches no process of another: neither its diagram nor what it names.

        Raises OtherField.
        """
        processes = [(head.name, head.bidang) for head in self.heads if head.kind == Kind.PROCESS]
        processes += [(row.name, row.bidang) for row in touched(self._coming.keys(), self._newest)]
        for name, bidang in processes:
            if not self.actor.may(Permission.DEPLOY, bidang):
                raise OtherField(name, bidang)

    def problems(self) -> Iterator[errors.Problem]:
        """What no file alone shows: the same id twice, names that nothing answers to."""
        seen: dict[tuple[Kind, str], str] = {}
        for head in self.heads:
            first = seen.setdefault((head.kind, head.id), head.file)
            if first != head.file:
                yield errors.Problem(f"{head.id} ada juga dalam {first}; beri id lain.", where=head.file)
        unanswered = [problem for head in self.heads for problem in self._unanswered(head)]
        yield from unanswered or self._unclear()

    def _unanswered(self, head: Head) -> Iterator[errors.Problem]:
        for member, element in head.references:
            if member not in self._coming and member not in self._newest and member not in self._tagged:
                kind, _, named = member.partition(":")
                id_, _, tag = named.partition("#")
                word = {"form": "formulir", "decision": "tabel keputusan", "process": "proses"}[kind]
                yield errors.Problem(
                    f"{element} memakai {word} “{id_}” versi bertanda “{tag}” yang belum ada; "
                    f"terbitkan versi {word} itu dengan versionTag “{tag}”, atau ganti tandanya."
                    if tag
                    else f"{element} memakai {word} “{named}” yang belum ada; terbitkan bersama diagram ini.",
                    where=_place(head, element),
                )
        for type_, element in head.handlers:
            if type_ not in self.engine.handlers:
                known = ", ".join(sorted(self.engine.handlers)) or "belum ada"
                yield errors.Problem(
                    f"{element} memakai pekerjaan “{type_}” yang tidak dikenal. Yang ada: {known}."
                    " Bila program lain yang mengerjakannya, minta petugas TI menambahkannya pada JOB_TYPES.",
                    where=_place(head, element),
                )
        yield from self._unknown_people(head)
        yield from self._unknown_letters(head)
        for role, lane in head.lanes:
            if role is not None and role not in self.engine.roles:
                yield errors.Problem(
                    f"Lajur “{lane}” memakai peran “{role}” yang tidak ada dalam roles.yaml.", where=head.file
                )
                return
        if head.number is not None and (wrong := numbering.wrong_pattern(head.number)):
            yield errors.Problem(f"Properti {numbering.PATTERN} “{head.number}” {wrong}.", where=head.file)
        for role in head.readers:
            if role not in self.engine.roles:
                yield errors.Problem(
                    f"Properti pembaca menyebut peran “{role}” yang tidak ada dalam roles.yaml.",
                    where=head.file,
                )
                return
        try:
            list(officers.named_groups(self.engine.roles, head))
        except WrongBidang as fault:
            yield errors.Problem(f"{fault.message} Isi properti bidang prosedur ini.", where=head.file)

    def _unknown_people(self, head: Head) -> Iterator[errors.Problem]:
        """People whom tasks name and who do not act."""
        if self.engine.rehearsing:
            return
        known = identity.active_of(self.connection, (username for username, _ in head.users))
        for username, element in head.users:
            if username not in known:
                yield errors.Problem(
                    f"{element} menyebut orang calon “{username}” (candidateUsers), yang bukan pengguna aktif;"
                    " tulis nama pengguna yang terdaftar di halaman Pengguna.",
                    where=_place(head, element),
                )

    def _unknown_letters(self, head: Head) -> Iterator[errors.Problem]:
        """Templates of letters that the house does not have."""
        for surat, element in head.letters:
            if self.engine.letters is not None and surat not in self.engine.letters:
                known = ", ".join(sorted(self.engine.letters))
                yield errors.Problem(
                    f"{element} memakai templat surat “{surat}” yang tidak ada. Yang ada: {known}.",
                    where=_place(head, element),
                )

    def _unclear(self) -> Iterator[errors.Problem]:
        """Options of tasks that no flow takes, or two: in processes that come, and in those that take a coming form."""
        coming = self._coming

        @cache
        def form(member: str) -> forms.Form:
            return forms.read(self._body(member), self.engine.functions)

        for member, file in _deciding(coming, self._newest).items():
            for process in bpmn.read(self._body(member)).executable:
                if f"{Kind.PROCESS}:{process.id}" == member:
                    tasks = (one for one in process.every_node() if isinstance(one, model.UserTask))
                    named = {task.form.id: task.form.tag for task in tasks if task.form and task.form.id}
                    own_forms = {id_: form(self._at_hand(Kind.FORM, id_, tag)) for id_, tag in named.items()}
                    for each in choices.unclear(process, own_forms, self.engine.functions):
                        if coming.get(member) == file:
                            yield replace(each, where=f"{file}: {each.where}")
                        else:  # the line is one of the diagram's, which did not come
                            yield replace(each, where=f"{file}: {process.id}: {each.where}", line=None)

    def _body(self, member: str) -> bytes:
        """The file that a definition comes in, else the one that its newest version came in, or the newest of its tag."""
        if member in self._coming:
            return self.files[self._coming[member]]
        row = self._newest.get(member) or self._tagged[member]
        return bytes(self.connection.execute(_FILE, {"key": row.resource_key}).scalar_one())

    def change(self, note: str | None = None) -> Change[Deployed]:
        deployment = self.engine.keys.draw()[0]
        newest = self._newest
        rows: dict[type, list[dict[str, Any]]] = {Resource: [], Definition: [], Bundle: []}
        published = [each for name in self.files for each in self._file(name, deployment, newest, rows)]
        self._bind(published, newest, rows)
        if not any(rows.values()):
            return Change((), Deployed(deployment, tuple(published), self._vacant()))
        act = {"key": deployment, "at": self.engine.clock.now(), "by": self.actor.username, "note": note}
        effects = [Effect(insert(Deployment), act)]
        effects += [Effect(insert(table), values) for table, values in rows.items() if values]
        effects.append(self._recorded(published, deployment, note))
        for each in published:
            if each.new and each.kind == Kind.PROCESS:
                effects += starting.effects(self.engine, each.id, each.key, self.files[each.resource_name])
                effects += officers.name_groups(self.engine.roles, self._head(each))
        return Change(tuple(effects), Deployed(deployment, tuple(published), self._vacant()))

    def _recorded(self, published: list[Published], deployment: int, note: str | None) -> Effect:
        """The entry of the audit trail: who has published what, and why."""
        about = ", ".join(
            f"{each.kind}:{each.id}" for each in published if each.new and each.kind != Kind.DECISION
        )
        told = {"deployment": str(deployment), "note": note}
        now, by = self.engine.clock.now(), self.actor.username
        return recording(Entry(now, by, "publish.files", about[:ABOUT], "done", told))

    def _head(self, published: Published) -> Head:
        return next(head for head in self.heads if (head.kind, head.id) == (published.kind, published.id))

    def _vacant(self) -> tuple[officers.Missing, ...]:
        return officers.missing_of(self.engine, self.connection, self.heads)

    def _file(
        self, name: str, deployment: int, newest: Mapping[str, Any], rows: dict[type, list[dict[str, Any]]]
    ) -> Iterator[Published]:
        """The definitions of one file: those that are there already where its bytes are, else new versions."""
        body = self.files[name]
        digest = hashlib.sha256(body).hexdigest()
        heads = [head for head in self.heads if head.file == name]
        known = [newest.get(f"{head.kind}:{head.id}") for head in heads]
        if all(row is not None and row.sha256 == digest for row in known):
            for head, row in zip(heads, known, strict=True):
                assert row is not None
                yield Published(
                    head.kind, head.id, row.name, row.version, row.key, row.resource_key, row.resource, False
                )
            return
        resource = self.engine.keys.draw()[0]
        rows[Resource].append(
            {"key": resource, "deployment_key": deployment, "name": name, "sha256": digest, "body": body}
        )
        for head, row in zip(heads, known, strict=True):
            new = self._definition(head, row.version + 1 if row else 1, resource)
            rows[Definition].append(new)
            yield Published(head.kind, head.id, head.name, new["version"], new["key"], resource, name, True)

    def _definition(self, head: Head, version: int, resource: int) -> dict[str, Any]:
        return {
            "key": self.engine.keys.draw()[0],
            "kind": head.kind,
            "id": head.id,
            "version": version,
            "name": head.name,
            "resource_key": resource,
            "bidang": head.bidang,
            "confidential": head.confidential,
            "references": [member for member, _ in head.references],
            "version_tag": head.version_tag,
            "start_form": head.start_form,
        }

    def _bind(
        self,
        published: list[Published],
        newest: Mapping[str, Any],
        rows: dict[type, list[dict[str, Any]]],
    ) -> None:
        """A bundle for every process that is new, or of which something that it names, however far, has a new version."""
        keys = {member: row.key for member, row in {**newest, **self._tagged}.items()}
        for each in published:
            keys |= dict.fromkeys(_members_of(self._head(each)), each.key)
        named = {row.key: row.references for row in newest.values() if row.kind == Kind.PROCESS}
        named |= {row["key"]: row["references"] for row in rows[Definition] if row["kind"] == Kind.PROCESS}
        bound = {row.definition_key: row for row in self.connection.execute(_BUNDLES)}
        if self.engine.rehearsing:
            keys = {member: keys[untagged(member)] for each in named.values() for member in each} | keys
        bundles = _Binding(keys, named, bound).bundles(self.engine.keys)
        rows[Bundle] = [row for row in bundles if row["key"] not in {old.key for old in bound.values()}]

    @cached_property
    def _newest(self) -> dict[str, AnyRow]:
        return newest(self.connection)

    @cached_property
    def _tagged(self) -> dict[str, AnyRow]:
        if not self.engine.rehearsing:
            return tagged(self.connection)
        named = (member for head in self.heads for member, _ in head.references if "#" in member)
        return {
            member: self._newest[untagged(member)] for member in named if untagged(member) in self._newest
        }

    @cached_property
    def _coming(self) -> dict[str, str]:
        """The members that the files bring, each with its file."""
        coming = {member: head.file for head in self.heads for member in _members_of(head)}
        if self.engine.rehearsing:
            named = (member for head in self.heads for member, _ in head.references)
            coming |= {member: coming[plain] for member in named if (plain := untagged(member)) in coming}
        return coming

    def _at_hand(self, kind: Kind, id_: str, tag: str | None) -> str:
        return member_of(kind, id_, None if self.engine.rehearsing else tag)


def _members_of(head: Head) -> Iterator[str]:
    """As what the definition of a head is meant by those that name it."""
    yield member_of(head.kind, head.id)
    if head.version_tag is not None:
        yield member_of(head.kind, head.id, head.version_tag)


def _place(head: Head, element: str) -> str:
    """The file and the element that a sentence's beginning names last, in brackets."""
    return f"{head.file}: {element.rpartition('(')[2].removesuffix(')')}"


def _deciding(coming: Mapping[str, str], newest: Mapping[str, Any]) -> dict[str, str]:
    """The processes whose tasks' options may lead elsewhere than before, each with the file that has changed."""
    is_process = f"{Kind.PROCESS}:"
    found = {member: file for member, file in coming.items() if member.startswith(is_process)}
    for member, row in newest.items():
        fresh = [
            coming[each] for each in row.references if each in coming and each.startswith(f"{Kind.FORM}:")
        ]
        if row.kind == Kind.PROCESS and fresh:
            found.setdefault(member, fresh[0])
    return found


@dataclass(frozen=True)
class _Binding:
    """Which bundle each newest process needs: the one that it has, or a new one.

    keys: the newest definition of each `kind:id`, and of each `kind:id#tag`; named: what each process's definition names;
    bound: its present bundle.
    """

    keys: Mapping[str, int]
    named: Mapping[int, list[str]]
    bound: Mapping[int, Any]

    def bundles(self, keys: Keys) -> list[dict[str, Any]]:
        processes = {
            member: key
            for member, key in self.keys.items()
            if member.startswith(f"{Kind.PROCESS}:") and member == untagged(member)
        }
        fresh = {member for member, key in processes.items() if self._is_outdated(key)}
        while calling := {
            member
            for member, key in processes.items()
            if member not in fresh and fresh & {self._meant(each) for each in self.named[key]}
        }:
            fresh |= calling
        chosen = {
            member: keys.draw()[0] if member in fresh else self.bound[key].key
            for member, key in processes.items()
        }
        return [
            {"key": chosen[member], "definition_key": key, "members": self._members(key, chosen)}
            for member, key in processes.items()
        ]

    def _is_outdated(self, definition: int) -> bool:
        """Whether a process is new, or names a form, decision or process of which there is a newer version."""
        old = self.bound.get(definition)
        if old is None:
            return True
        present = {member: old.members.get(member) for member in self.named[definition]}
        called = {member: row.key for member in present if (row := self._bundle_of(member))}
        return present != {**{member: self.keys.get(member) for member in present}, **called}

    def _bundle_of(self, member: str) -> Any:
        return self.bound.get(self.keys.get(member, 0)) if member.startswith(f"{Kind.PROCESS}:") else None

    def _meant(self, member: str) -> str:
        """A tag that the newest version bears means that one."""
        plain = untagged(member)
        return plain if self.keys.get(plain) == self.keys.get(member) else member

    def _members(self, definition: int, chosen: Mapping[str, int]) -> dict[str, int]:
        return {member: self._key_of(member, chosen) for member in self.named[definition]}

    def _key_of(self, member: str, chosen: Mapping[str, int]) -> int:
        """The definition, or of a process its bundle: the one it gets now, or that of the older version which a tag means."""
        if key := chosen.get(self._meant(member)):
            return key
        older = self._bundle_of(member)
        return int(older.key) if older else self.keys[member]


_LAST = (
    select(Definition.kind, Definition.id, func.max(Definition.version).label("version"))
    .group_by(Definition.kind, Definition.id)
    .subquery()
)
_LAST_TAGGED = (
    select(
        Definition.kind, Definition.id, Definition.version_tag, func.max(Definition.version).label("version")
    )
    .where(Definition.version_tag.is_not(None))
    .group_by(Definition.kind, Definition.id, Definition.version_tag)
    .subquery()
)
_TAGGED = (
    select(Definition.key, Definition.kind, Definition.id, Definition.version_tag, Definition.resource_key)
    .join(
        _LAST_TAGGED,
        (Definition.kind == _LAST_TAGGED.c.kind)
        & (Definition.id == _LAST_TAGGED.c.id)
        & (Definition.version == _LAST_TAGGED.c.version),
    )
    .where(Definition.version_tag == _LAST_TAGGED.c.version_tag)
)
_NEWEST = (
    select(
        Definition.key,
        Definition.kind,
        Definition.id,
        Definition.version,
        Definition.name,
        Definition.bidang,
        Definition.references,
        Definition.resource_key,
        Resource.name.label("resource"),
        Resource.sha256,
    )
    .join(
        _LAST,
        (Definition.kind == _LAST.c.kind)
        & (Definition.id == _LAST.c.id)
        & (Definition.version == _LAST.c.version),
    )
    .join(Resource, Resource.key == Definition.resource_key)
)
_FILE = select(Resource.body).where(Resource.key == bindparam("key"))
_BUNDLES = select(Bundle.key, Bundle.definition_key, Bundle.members).order_by(Bundle.key)
