"""Drafts: opened, saved, discarded, found. A draft is shared; who saves says which revision they had before them."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from server import bpmn, errors
from server.authoring.models import DraftFile
from server.authoring.standing import ENDINGS, Book, NotInForce, Standing, allow, body_of, book, may_publish
from server.clock import Clock
from server.db import AnyRow, Change, Effect
from server.engine import Engine
from server.engine.tables import Definition, Kind
from server.engine.trial import FILE_LIMIT
from server.identity import Actor, Entry, Permission, recording

ID: Final = re.compile(r"[A-Za-z_][\w.-]{0,99}", re.ASCII)
DECLARED: Final = re.compile(rb"""(<\?xml[^>]*encoding=["'])([\w.-]+)""")
LONGEST_TITLE: Final = 200


class UnknownDraft(errors.NotFound):
    def __init__(self, key: int, hidden: bool = False) -> None:
        super().__init__(f"Rancangan {key} tidak ada; mungkin sudah diterbitkan atau dibuang.", hidden)


class Changed(errors.Conflict):
    """Somebody has saved the draft since: `revision` is theirs, `by` and `at` say who and when."""

    def __init__(self, row: AnyRow, clock: Clock) -> None:
        self.revision: int = row.revision
        self.by: str = row.changed_by
        self.at: datetime = row.changed_at
        when = f"{self.at.astimezone(clock.zone):%d-%m-%Y %H.%M}"
        super().__init__(
            f"Rancangan ini sudah disimpan {self.by} pada {when}. "
            "Lihat dahulu rancangannya; pekerjaan Anda tidak hilang."
        )


class TooLarge(errors.Invalid):
    def __init__(self) -> None:
        super().__init__(f"Rancangan lebih besar dari {FILE_LIMIT // 2**20} MiB.")


class WrongStart(errors.Invalid):
    """A new draft without what it needs."""


class AlreadyDrafted(errors.Conflict):
    """There is a draft of this already; `key` is its."""

    def __init__(self, key: int, title: str) -> None:
        super().__init__(f"Sudah ada rancangan untuk “{title}”. Buka atau buang dahulu rancangan itu.")
        self.key = key


@dataclass(frozen=True)
class Opened:
    """A draft. `in_force`: what it would replace, None: nothing. `outdated`: whether that is newer than what it was made of."""

    key: int
    kind: Kind
    id: str
    name: str
    title: str
    bidang: tuple[str | None, ...]
    base_key: int | None
    body: bytes
    revision: int
    changed_by: str
    changed_at: datetime
    in_force: Standing | None

    @property
    def text(self) -> str:
        return text_of(self.body)

    @property
    def drawn(self) -> str:
        """As an editor shows it: a diagram that nobody has drawn is laid out."""
        if self.kind != Kind.PROCESS or b"BPMNShape" in self.body:
            return self.text
        try:
            return bpmn.write(bpmn.lay_out(bpmn.read(self.body))).decode()
        except bpmn.Refused:
            return self.text

    @property
    def outdated(self) -> bool:
        return (self.in_force.resource_key if self.in_force else None) != self.base_key


@dataclass(frozen=True)
class Found:
    """A draft in a list, without what is in it."""

    key: int
    kind: Kind
    id: str
    title: str
    bidang: tuple[str | None, ...]
    revision: int
    opened_by: str
    changed_by: str
    changed_at: datetime
    version: int | None
    """The number of the version in force."""
    outdated: bool


@dataclass(frozen=True)
class Saved:
    """What a draft has become by being saved."""

    key: int
    revision: int
    changed_at: datetime


# --- asking ----------------------------------------------------------------------------------------------------------


def find(engine: Engine, connection: Connection, actor: Actor, key: int) -> Opened:
    """A draft that one may publish. Raises UnknownDraft."""
    return _opened(book(connection), row_of(connection, actor, key))


def search(
    engine: Engine, connection: Connection, actor: Actor, words: str = "", mine: bool = False
) -> list[Found]:
    """The drafts that one may publish (`mine`: those that one has opened or changed), the latest first."""
    known = book(connection)
    rows = connection.execute(_EVERY)
    found = [_found(known, row) for row in rows if may_publish(actor, fields_of(known, row))]
    return [
        one
        for one in found
        if matches(words, one.title, one.id)
        and (not mine or actor.username in (one.opened_by, one.changed_by))
    ]


def editable(
    engine: Engine, connection: Connection, actor: Actor, words: str = "", kind: Kind | None = None
) -> list[Standing]:
    """What is in force and may be published anew by the actor: by name."""
    allow(actor)
    return sorted(
        (
            one
            for one in book(connection).every()
            if kind in (None, one.kind)
            and may_publish(actor, one.bidang)
            and matches(words, one.title, one.id, *one.used_by)
        ),
        key=lambda one: (one.title.casefold(), one.id),
    )


def may_change(engine: Engine, connection: Connection, actor: Actor, process_id: str) -> bool:
    """Whether a procedure that is in force may be published anew by the actor."""
    if Permission.DEPLOY not in actor.permissions:
        return False
    standing = book(connection).in_force(Kind.PROCESS, process_id)
    return standing is not None and may_publish(actor, standing.bidang)


def row_of(connection: Connection, actor: Actor, key: int) -> AnyRow:
    """The row of a draft that one may publish. Raises UnknownDraft."""
    row = connection.execute(_ONE, {"key": key}).one_or_none()
    if row is None or not may_publish(actor, fields_of(book(connection), row)):
        raise UnknownDraft(key, hidden=row is not None)
    return row


def fields_of(known: Book, row: AnyRow) -> set[str | None]:
    """The fields that publishing a draft would touch."""
    touched = {one.bidang for one in known.touched(row.kind, row.id)}
    return touched | (
        {row.bidang} if row.kind == Kind.PROCESS and known.in_force(row.kind, row.id) is None else set()
    )


def files_of(rows: Iterable[AnyRow]) -> dict[str, AnyRow]:
    """The drafts by the names that their files have when they are published together."""
    found: dict[str, AnyRow] = {}
    for row in rows:
        found[row.name if row.name not in found else f"{row.key}/{row.name}"] = row
    return found


def text_of(body: bytes) -> str:
    """A file as text; one of another encoding than UTF-8 is read as its XML declaration says, and says UTF-8 from then on."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        said = DECLARED.search(body[:200])
        name = said[2].decode() if said else "latin-1"
    with suppress(LookupError, UnicodeDecodeError):
        return DECLARED.sub(rb"\1UTF-8", body, count=1).decode(name)
    return body.decode("utf-8", "replace")


def matches(words: str, *texts: str) -> bool:
    text = " ".join(texts).casefold()
    return all(word in text for word in words.casefold().split())


# --- doing -----------------------------------------------------------------------------------------------------------


def open_draft(engine: Engine, connection: Connection, actor: Actor, kind: str, id_: str) -> Change[int]:
    """The key of the draft of what is in force: the one that is there, or one made of it. Raises NotInForce, NotAnOwner."""
    allow(actor)
    known = book(connection)
    standing = known.in_force(kind, id_)
    there = connection.execute(
        _OF, {"kind": standing.kind if standing else kind, "id": standing.id if standing else id_}
    )
    if row := there.one_or_none():
        return Change((), row_of(connection, actor, row.key).key)
    if standing is None or not may_publish(actor, standing.bidang):
        raise NotInForce(f"Tidak ada “{id_}” yang berlaku dan boleh Anda ubah.", hidden=standing is not None)
    body = body_of(connection, standing.resource_key)
    new = {"kind": standing.kind, "id": standing.id, "name": standing.name, "title": standing.title}
    return _new(engine, actor, {**new, "bidang": None, "base_key": standing.resource_key, "body": body})


def begin(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    kind: str,
    id_: str,
    title: str,
    body: bytes,
    bidang: str | None = None,
) -> Change[int]:
    """The key of a new draft of a file that is brought along. Of what is in force already, it may become the next version.

    Raises WrongStart, AlreadyDrafted, TooLarge, NotInForce.
    """
    allow(actor)
    if kind not in ENDINGS or not ID.fullmatch(id_):
        raise WrongStart("Id dimulai dengan huruf, lalu huruf, angka, garis bawah, titik atau tanda hubung.")
    if not title.strip() or len(title) > LONGEST_TITLE or not title.isprintable():
        raise WrongStart(f"Beri nama, paling panjang {LONGEST_TITLE} huruf.")
    if bidang is not None and bidang not in engine.roles.bidang:
        raise WrongStart("Pilih bidang yang menjalankannya.")
    check_size(body)
    known = book(connection)
    standing = known.in_force(kind, id_)
    if not may_publish(actor, standing.bidang if standing else [bidang] if kind == Kind.PROCESS else []):
        raise WrongStart(
            "Bidang itu di luar wewenang Anda; pilih bidang yang prosedurnya boleh Anda terbitkan."
        )
    if row := connection.execute(_OF, {"kind": kind, "id": id_}).one_or_none():
        raise AlreadyDrafted(row.key, title)
    name = standing.name if standing else f"{id_.replace('_', '-')}{ENDINGS[Kind(kind)]}"
    base = standing.resource_key if standing else None
    new = {"kind": kind, "id": id_, "name": name, "title": title.strip(), "bidang": bidang}
    return _new(engine, actor, {**new, "base_key": base, "body": body})


def reopen(engine: Engine, connection: Connection, actor: Actor, definition_key: int) -> Change[int]:
    """The key of a new draft of what an earlier version was. Raises NotInForce, AlreadyDrafted, NotAnOwner."""
    allow(actor)
    row = connection.execute(_VERSION, {"key": definition_key}).one_or_none()
    standing = book(connection).in_force(row.kind, row.id) if row else None
    if row is None or standing is None or not may_publish(actor, standing.bidang):
        raise NotInForce("Tidak ada versi itu yang boleh Anda ubah.", hidden=row is not None)
    if there := connection.execute(_OF, {"kind": standing.kind, "id": standing.id}).one_or_none():
        raise AlreadyDrafted(there.key, standing.title)
    body = body_of(connection, row.resource_key)
    new = {"kind": standing.kind, "id": standing.id, "name": standing.name, "title": standing.title}
    return _new(engine, actor, {**new, "bidang": None, "base_key": standing.resource_key, "body": body})


def save(
    engine: Engine, connection: Connection, actor: Actor, key: int, revision: int, body: bytes
) -> Change[Saved]:
    """Keeps what a draft has become since `revision`. Raises UnknownDraft, Changed, TooLarge."""
    check_size(body)
    row = row_of(connection, actor, key)
    if row.revision != revision:
        raise Changed(row, engine.clock)
    if bytes(row.body) == body:
        return Change((), Saved(key, revision, row.changed_at))
    now = engine.clock.now()
    saved = {"_key": key, "_revision": revision, "revision": revision + 1, "body": body}
    saved |= {"changed_by": actor.username, "changed_at": now}
    return Change((Effect(_SAVE, saved, expect=1),), Saved(key, revision + 1, now))


def discard(engine: Engine, connection: Connection, actor: Actor, key: int, revision: int) -> Change[None]:
    """Throws a draft away. Raises UnknownDraft, Changed."""
    row = row_of(connection, actor, key)
    if row.revision != revision:
        raise Changed(row, engine.clock)
    about = f"{row.kind}:{row.id}"[:200]
    entry = Entry(
        engine.clock.now(),
        actor.username,
        "draft.discard",
        about,
        "done",
        {"title": row.title, "revision": revision},
    )
    return Change((removal(key, revision), recording(entry)), None)


def removal(key: int, revision: int) -> Effect:
    """Takes a draft away, if nobody has saved it since."""
    return Effect(_REMOVE, {"_key": key, "_revision": revision}, expect=1)


def check_size(body: bytes) -> None:
    """Raises TooLarge."""
    if len(body) > FILE_LIMIT:
        raise TooLarge


def _new(engine: Engine, actor: Actor, values: dict[str, Any]) -> Change[int]:
    now, key = engine.clock.now(), engine.keys.draw()[0]
    by = {"opened_by": actor.username, "opened_at": now, "changed_by": actor.username, "changed_at": now}
    return Change((Effect(_INSERT, {"key": key, "revision": 1, **values, **by}),), key)


def _opened(known: Book, row: AnyRow) -> Opened:
    return Opened(
        row.key,
        Kind(row.kind),
        row.id,
        row.name,
        row.title,
        tuple(sorted(fields_of(known, row), key=lambda one: one or "")),
        row.base_key,
        bytes(row.body),
        row.revision,
        row.changed_by,
        row.changed_at,
        known.in_force(row.kind, row.id),
    )


def _found(known: Book, row: AnyRow) -> Found:
    standing = known.in_force(row.kind, row.id)
    return Found(
        row.key,
        Kind(row.kind),
        row.id,
        row.title,
        tuple(sorted(fields_of(known, row), key=lambda one: one or "")),
        row.revision,
        row.opened_by,
        row.changed_by,
        row.changed_at,
        standing.version if standing else None,
        (standing.resource_key if standing else None) != row.base_key,
    )


_WITHOUT_BODY: Final = [column for column in DraftFile.__table__.columns if column.name != "body"]
_ONE: Final = select(DraftFile.__table__).where(DraftFile.key == bindparam("key"))
_OF: Final = select(DraftFile.key).where(DraftFile.kind == bindparam("kind"), DraftFile.id == bindparam("id"))
_EVERY: Final = select(*_WITHOUT_BODY).order_by(DraftFile.changed_at.desc(), DraftFile.key.desc())
_VERSION: Final = select(Definition.kind, Definition.id, Definition.resource_key).where(
    Definition.key == bindparam("key")
)
_INSERT: Final = insert(DraftFile)
_SAVE: Final = (
    update(DraftFile)
    .where(DraftFile.key == bindparam("_key"), DraftFile.revision == bindparam("_revision"))
    .values({name: bindparam(name) for name in ("revision", "body", "changed_by", "changed_at")})
)
_REMOVE: Final = delete(DraftFile).where(
    DraftFile.key == bindparam("_key"), DraftFile.revision == bindparam("_revision")
)
