"""How each person wishes to be told: on which occasions in the pages and by mail, and whether mail comes once a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from server import identity
from server.calendar import Calendar, YearUnknown
from server.db import Change, Effect
from server.engine import Engine
from server.identity import Actor, Entry
from server.identity.models import Person
from server.notify.models import Notification, Wish
from server.notify.occasions import Occasion

DIGEST: Final = time(7, 30)
BY_ITSELF: Final = timedelta(minutes=1)
"""How long a mail of its own waits: what a colleague takes at once troubles nobody."""


@dataclass(frozen=True)
class Channels:
    """By which ways somebody is told."""

    page: bool = True
    mail: bool = True


@dataclass(frozen=True)
class Wishes:
    """How a person wishes to be told. `digest_at`: when all mail of the day comes at once; None: each by itself."""

    email: str | None = None
    channels: Mapping[Occasion, Channels] = field(default_factory=dict)
    digest_at: time | None = DIGEST

    def of(self, occasion: Occasion) -> Channels:
        return self.channels.get(occasion, Channels())

    def mail_due(self, occasion: Occasion, now: datetime, calendar: Calendar) -> datetime | None:
        """When a mail of the occasion goes out; None where none does."""
        if not self.email or not self.of(occasion).mail:
            return None
        return now + BY_ITSELF if self.digest_at is None else _next(self.digest_at, now, calendar)


def wishes_of(connection: Connection, usernames: Iterable[str]) -> dict[str, Wishes]:
    """The wishes of those who act, by username; what nobody has chosen is as it is for all."""
    wanted = sorted(set(usernames))
    if not wanted:
        return {}
    return {
        row.username: Wishes(row.email)
        if row.channels is None
        else _read(row.email, row.channels, row.digest_at)
        for row in connection.execute(_WISHES, {"usernames": wanted})
    }


def keep_wishes(engine: Engine, connection: Connection, actor: Actor, wishes: Wishes) -> Change[None]:
    """One's own wishes, for all that comes, and for what waits to be mailed. The address stays as it is."""
    known = wishes_of(connection, [actor.username]).get(actor.username)
    wishes = replace(wishes, email=known.email if known else None)
    channels = {occasion.value: vars(each) for occasion, each in wishes.channels.items()}
    kept = {"username": actor.username, "channels": channels, "digest_at": wishes.digest_at}
    now = engine.clock.now()
    waiting = [
        {
            "_username": actor.username,
            "_occasion": each.value,
            "due": wishes.mail_due(each, now, engine.calendar),
        }
        for each in Occasion
    ]
    return Change((Effect(_KEEP, kept), Effect(_RESCHEDULE, waiting)), None)


def change_own_email(engine: Engine, connection: Connection, actor: Actor, email: str | None) -> None:
    """One's own address for mails; written in the transaction of `connection`. Raises identity.InvalidPerson."""
    known = identity.find_person(connection, actor.username).email
    if known == email:
        return
    identity.change_person(connection, actor.username, email=email)
    now, about = engine.clock.now(), f"person:{actor.username}"
    entry = Entry(now, actor.username, "user.email", about, "done", {"email": [known, email]})
    identity.record(connection, entry)


def _read(email: str | None, channels: Mapping[str, Mapping[str, bool]], digest_at: time | None) -> Wishes:
    known = {Occasion(name): Channels(**each) for name, each in channels.items() if name in set(Occasion)}
    return Wishes(email, known, digest_at)


def _next(at: time, now: datetime, calendar: Calendar) -> datetime:
    """That time of the next working day, or of today where it is still ahead."""
    today = datetime.combine(now.date(), at, now.tzinfo)
    try:
        if today > now and calendar.is_working_day(now.date()):
            return today
        return datetime.combine(calendar.hk_setelah(now.date(), 1), at, now.tzinfo)
    except YearUnknown:
        return today if today > now else today + timedelta(days=1)


_WISHES = (
    select(Person.username, Person.email, Wish.channels, Wish.digest_at)
    .outerjoin(Wish, Wish.username == Person.username)
    .where(Person.active, Person.username.in_(bindparam("usernames", expanding=True)))
)
_INSERT = upsert(Wish)
_KEEP = _INSERT.on_conflict_do_update(
    index_elements=["username"],
    set_={name: _INSERT.excluded[name] for name in ("channels", "digest_at")},
)
_RESCHEDULE = (
    update(Notification)
    .where(
        Notification.username == bindparam("_username"),
        Notification.occasion == bindparam("_occasion"),
        Notification.mail_key.is_(None),
        Notification.mail_due_at.is_not(None),
    )
    .values(mail_due_at=bindparam("due"))
)
