"""Telling people: each occasion becomes a row for each person who wishes to hear of it, once and for ever."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert as upsert

from server import identity
from server.db import AnyRow, Effect
from server.engine import Engine
from server.notify.models import Notification
from server.notify.occasions import Occasion
from server.notify.wishes import wishes_of


@dataclass(frozen=True)
class Telling:
    """What these people are to be told. `subject`: what it is about; nobody is told twice of one occasion of one subject.

    What is about no case yet says so in words, `about`, to the members of a group, `told_as`.
    """

    occasion: Occasion
    subject: str
    usernames: frozenset[str]
    case: int | None
    at: datetime
    task: int | None = None
    incident: int | None = None
    comment: int | None = None
    due_at: datetime | None = None
    about: str | None = None
    told_as: str | None = None


def tell(engine: Engine, connection: Connection, tellings: Iterable[Telling], by_mail: bool) -> list[Effect]:
    """The rows, for whoever acts and wishes it. `by_mail`: whether the office sends any mail at all."""
    tellings = list(tellings)
    wishes = wishes_of(connection, (name for each in tellings for name in each.usernames))
    now = engine.clock.now()

    def rows() -> Iterator[dict[str, Any]]:
        for each in tellings:
            for username in each.usernames & wishes.keys():
                wish = wishes[username]
                shown = wish.of(each.occasion).page
                mail_due = wish.mail_due(each.occasion, now, engine.calendar) if by_mail else None
                if shown or mail_due:
                    yield _row(each) | {"username": username, "shown": shown, "mail_due_at": mail_due}

    # In one order, so that two workers that tell the same wait for each other only once.
    found = sorted(rows(), key=lambda row: (row["username"], row["occasion"], row["subject"]))
    keys = engine.keys.draw(len(found)) if found else ()
    keyed = [{"key": key, **row} for key, row in zip(keys, found, strict=True)]
    return [Effect(_INSERT, keyed)] if keyed else []


class Receivers:
    """Who can do an open task; asked once for all tasks of a round that are alike."""

    def __init__(self, engine: Engine, connection: Connection) -> None:
        self._connection = connection
        self._roles, self._today = engine.roles, engine.clock.today()
        self._known: dict[tuple[str, str | None, str | None], frozenset[str]] = {}

    def of(self, task: AnyRow) -> frozenset[str]:
        """Who holds it, or all to whom it is offered."""
        return frozenset({task.assignee}) if task.assignee is not None else self.offered(task)

    def offered(self, task: AnyRow) -> frozenset[str]:
        """All to whom its group's tasks come, and those whom it names."""
        return self._of_group(task) | (frozenset(task.candidate_users) - {task.barred})

    def _of_group(self, task: AnyRow) -> frozenset[str]:
        if task.candidate_group is None:
            return frozenset()
        alike = (task.candidate_group, task.bidang, task.barred)
        if alike not in self._known:
            found = identity.receivers(self._connection, self._roles, *alike, self._today)
            self._known[alike] = frozenset(found)
        return self._known[alike]


def _row(telling: Telling) -> dict[str, Any]:
    return {
        "occasion": telling.occasion.value,
        "subject": telling.subject,
        "process_instance_key": telling.case,
        "about": telling.about,
        "told_as": telling.told_as,
        "user_task_key": telling.task,
        "incident_key": telling.incident,
        "comment_key": telling.comment,
        "at": telling.at,
        "due_at": telling.due_at,
    }


_INSERT = upsert(Notification).on_conflict_do_nothing(index_elements=["username", "occasion", "subject"])
