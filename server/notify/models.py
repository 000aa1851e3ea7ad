"""The tables of notifications and comments: what people are told and how they wish to be told, what goes out by mail, and what
they say to one another."""

from datetime import datetime, time
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, String, Text, Time, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Instant, Json, Key, append_only

LONGEST: Final = 2000
"""Characters of a comment."""


class Notification(Base):
    """A person is told once of an occasion. `subject` says of what: a task, a case, an incident, and until when it is due.

    What no case is about yet has none: `about` says in words what it is, and `told_as` the group that is told, as only its
    members may read it.

    `shown`: in the pages. `mail_due_at`: when it is to go out by mail, None: never; `mail_key`: the mail that it went into.
    """

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("username", "occasion", "subject"),
        Index("ix_notification_person", "username", "at"),
        Index(
            "ix_notification_unread",
            "username",
            "at",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
        Index(
            "ix_notification_to_mail",
            "mail_due_at",
            sqlite_where=text("mail_key IS NULL AND mail_due_at IS NOT NULL"),
            postgresql_where=text("mail_key IS NULL AND mail_due_at IS NOT NULL"),
        ),
        Index(
            "ix_notification_mail",
            "mail_key",
            sqlite_where=text("mail_key IS NOT NULL"),
            postgresql_where=text("mail_key IS NOT NULL"),
        ),
        Index("ix_notification_at", "at"),
    )

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    username: Mapped[str] = mapped_column(ForeignKey("person.username"))
    occasion: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(120))
    process_instance_key: Mapped[int | None] = mapped_column(Key)
    about: Mapped[str | None] = mapped_column(String(300))
    told_as: Mapped[str | None] = mapped_column(String(100))
    user_task_key: Mapped[int | None] = mapped_column(Key)
    incident_key: Mapped[int | None] = mapped_column(Key)
    comment_key: Mapped[int | None] = mapped_column(Key)
    at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    shown: Mapped[bool] = mapped_column()
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    mail_due_at: Mapped[datetime | None] = mapped_column(Instant)
    mail_key: Mapped[int | None] = mapped_column(Key)


class Mail(Base):
    """A mail to a person, with the notifications that name its key. `due_at`: the next attempt, or the end of a lease."""

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_due", "state", "due_at"),)

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    username: Mapped[str] = mapped_column(ForeignKey("person.username"))
    message_id: Mapped[str] = mapped_column(String(100), unique=True)
    state: Mapped[str] = mapped_column(String(12))
    attempts: Mapped[int] = mapped_column()
    due_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str | None] = mapped_column(Text)


class Reminder(Base):
    """When to look at an open task again: shortly before its due time, then at it."""

    __tablename__ = "reminder"

    user_task_key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    occasion: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    due_at: Mapped[datetime] = mapped_column(Instant)


class Wish(Base):
    """How somebody wishes to be told. `channels`: by occasion `{"page": …, "mail": …}`, the default where it is not named.

    `digest_at`: at what time of a working day all mail comes at once; None: each by itself.
    """

    __tablename__ = "notification_wish"

    username: Mapped[str] = mapped_column(ForeignKey("person.username"), primary_key=True)
    channels: Mapped[dict[str, Any]] = mapped_column(Json)
    digest_at: Mapped[time | None] = mapped_column(Time)


@append_only
class Comment(Base):
    """Somebody has said something about a case, at a task or at none. `digest`: the SHA-256 of the words."""

    __tablename__ = "comment"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    process_instance_key: Mapped[int] = mapped_column(Key, index=True)
    user_task_key: Mapped[int | None] = mapped_column(Key)
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64))


class CommentWords(Base):
    """The words of a comment. None once retention has blanked them. `announced_at`: when those concerned were told."""

    __tablename__ = "comment_words"
    __table_args__ = (
        Index(
            "ix_comment_words_unannounced",
            "comment_key",
            sqlite_where=text("announced_at IS NULL"),
            postgresql_where=text("announced_at IS NULL"),
        ),
    )

    comment_key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    process_instance_key: Mapped[int] = mapped_column(Key, index=True)
    words: Mapped[str | None] = mapped_column(Text)
    announced_at: Mapped[datetime | None] = mapped_column(Instant)
