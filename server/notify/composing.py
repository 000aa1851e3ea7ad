"""A mail in words, plain and as simple HTML: what its reader is told, as things stand when it is sent.

What no longer matters, was read in the pages, or is not for its reader any more, is left out. Of a confidential case a mail says
only that there is something: mails are read on screens in passing, and kept by others.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, select_autoescape
from sqlalchemy import Connection, Select, select

from server.calendar import words
from server.db import AnyRow
from server.engine import Engine
from server.engine.tables import ProcessInstance
from server.identity import UnknownPerson, load_actor
from server.notify.models import Notification
from server.notify.notices import NOTIFICATIONS, STATE, may_know
from server.notify.occasions import OF_TASKS, WORDS, Occasion
from server.notify.post import Post
from server.notify.wishes import wishes_of

MAILS: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=select_autoescape(["html"]),
    trim_blocks=True,
    lstrip_blocks=True,
)
CONFIDENTIAL_TASK: Final = "Ada tugas rahasia untuk Anda"
CONFIDENTIAL: Final = "Ada pemberitahuan rahasia untuk Anda"


@dataclass(frozen=True)
class Item:
    """One notification in a mail. `number`: of the case; `about`: procedure and number; `link`: empty where none is known."""

    title: str
    number: str | None
    about: str
    due: str
    link: str


@dataclass(frozen=True)
class Envelope:
    """To whom a mail goes, and as which of all mails."""

    name: str
    email: str
    message_id: str
    at: datetime


def compose(engine: Engine, connection: Connection, post: Post, mail: AnyRow) -> EmailMessage | None:
    """The mail; None where there is nothing in it to say, or nobody to say it to."""
    try:
        reader = load_actor(connection, mail.username, engine.clock.today(), engine.roles)
    except UnknownPerson:
        return None
    wishes = wishes_of(connection, [mail.username])[mail.username]
    rows = connection.execute(_of_mail().where(Notification.mail_key == mail.key, may_know(reader)))
    items = [_item(engine, post, row) for row in rows if wishes.of(Occasion(row.occasion)).mail]
    if not items or not wishes.email:
        return None
    at = mail.created_at.astimezone(engine.clock.zone)
    return _message(post, Envelope(reader.name, wishes.email, mail.message_id, at), _subject(items), items)


def trial(engine: Engine, post: Post, name: str, email: str) -> EmailMessage:
    """A mail by which whoever sets the server up sees that mails arrive."""
    envelope = Envelope(name, email, secrets.token_hex(16), engine.clock.now())
    title = "Percobaan surel Tatalaksana"
    return _message(
        post, envelope, title, [Item(title, None, "Surel dari kantor ini sampai.", "", post.site)]
    )


def _message(post: Post, envelope: Envelope, subject: str, items: Sequence[Item]) -> EmailMessage:
    message = EmailMessage()
    message["From"] = post.sender
    message["To"] = envelope.email
    message["Subject"] = subject
    message["Date"] = format_datetime(envelope.at)
    message["Message-ID"] = f"<{envelope.message_id}@{post.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    shown = {"items": items, "name": envelope.name, "office": post.office, "site": post.site}
    message.set_content(MAILS.get_template("mail.txt").render(shown))
    message.add_alternative(MAILS.get_template("mail.html").render(shown), subtype="html")
    message["Content-Language"] = "id"
    message.set_boundary(f"={envelope.message_id}=")  # a second time it is the same, byte for byte
    return message


def _item(engine: Engine, post: Post, row: AnyRow) -> Item:
    link = f"{post.site}/pemberitahuan/{row.notification_key}" if post.site else ""
    occasion = Occasion(row.occasion)
    if row.confidential:
        return Item(CONFIDENTIAL_TASK if occasion in OF_TASKS else CONFIDENTIAL, None, "", "", link)
    if row.about:
        return Item(_line(f"{WORDS[occasion].title}: {row.about}"), None, "", "", link)
    number = str(row.business_id or row.process_instance_key)
    title = WORDS[occasion].title + (f": {row.task_name}" if row.task_name else "")
    due = words.moment(row.due_date.astimezone(engine.clock.zone)) if row.due_date else ""
    return Item(_line(title), number, _line(f"{row.process_name} · {number}"), due, link)


def _subject(items: Sequence[Item]) -> str:
    first = items[0]
    if len(items) > 1:
        return f"{len(items)} pemberitahuan: {first.title}, dan lainnya"
    return first.title if first.number is None else f"[{first.number}] {first.title}"


def _line(text: str) -> str:
    """A diagram's words on one line, as a header of a mail must be."""
    return " ".join(text.split())[:200]


def _of_mail() -> Select[Any]:
    """What a mail may tell: of what still matters, and was not read elsewhere."""
    listed: list[Any] = [column.label(name) for name, column in NOTIFICATIONS.fields.items()]
    every = select(*listed, ProcessInstance.confidential).select_from(NOTIFICATIONS.source)
    return every.where(Notification.read_at.is_(None), STATE == "OPEN").order_by(Notification.at)
