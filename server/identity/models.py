"""The tables of people: who they are, what they hold and may, how they prove it, and what was done."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Day, Instant, Json, Key, append_only


class Person(Base):
    """Somebody who can act. `account_version` rises with every change of password, state, holding or permission."""

    __tablename__ = "person"

    username: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    nip: Mapped[str | None] = mapped_column(String(18), unique=True)
    email: Mapped[str | None] = mapped_column(String(254))
    active: Mapped[bool] = mapped_column(default=True)
    account_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Credential(Base):
    """A person's password, as its argon2id hash. `demo`: a password that everybody knows."""

    __tablename__ = "credential"

    username: Mapped[str] = mapped_column(ForeignKey("person.username"), primary_key=True)
    argon2id: Mapped[str] = mapped_column(String(200))
    demo: Mapped[bool] = mapped_column(default=False)
    must_change: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class RoleHolding(Base):
    """A person holds a role from a day to a day, both included; without `to_date`, until further notice.

    `acting`: not the office itself is held, but its duties, as Plt. or Plh.; `acts_for`: whose, of a Plh.
    """

    __tablename__ = "role_holding"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    username: Mapped[str] = mapped_column(ForeignKey("person.username"), index=True)
    role: Mapped[str] = mapped_column(String(64), index=True)
    bidang: Mapped[str | None] = mapped_column(String(64))
    from_date: Mapped[date] = mapped_column(Day)
    to_date: Mapped[date | None] = mapped_column(Day)
    acting: Mapped[str | None] = mapped_column(String(3))
    acts_for: Mapped[str | None] = mapped_column(ForeignKey("person.username"))


class PermissionGrant(Base):
    """A permission of a role or of a person. `bidang`: for which field; None: where the role is held, else everywhere."""

    __tablename__ = "permission_grant"
    __table_args__ = (CheckConstraint("(role IS NULL) <> (username IS NULL)", name="one_receiver"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    permission: Mapped[str] = mapped_column(String(32))
    role: Mapped[str | None] = mapped_column(String(64), index=True)
    username: Mapped[str | None] = mapped_column(ForeignKey("person.username"), index=True)
    bidang: Mapped[str | None] = mapped_column(String(64))


class OAuthClient(Base):
    """A program that gets access tokens for its id and secret, as far as `scopes` reach. The secret itself is not kept."""

    __tablename__ = "oauth_client"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    username: Mapped[str] = mapped_column(ForeignKey("person.username"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    scopes: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    last_used: Mapped[datetime | None] = mapped_column(Instant)


class ApiToken(Base):
    """A program's key to act as a person, as far as `scopes` (permissions) reach. The token itself is not kept.

    `client`: which client it was issued to; None: it was made by hand.
    """

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    username: Mapped[str] = mapped_column(ForeignKey("person.username"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    client: Mapped[str | None] = mapped_column(ForeignKey("oauth_client.id"), index=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    scopes: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    last_used: Mapped[datetime | None] = mapped_column(Instant)


class LoginSession(Base):
    """A person's stay in the pages. The cookie's text itself is not kept. A session that ended has no row.

    `vouched`: a provider said who it is, and no password was asked for.
    """

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    username: Mapped[str] = mapped_column(ForeignKey("person.username"), index=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    agent: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    vouched: Mapped[bool] = mapped_column(default=False)


class FailedLogin(Base):
    """Failed attempts of one username or from one address since `since`; the row counts for a few minutes."""

    __tablename__ = "failed_login"

    subject: Mapped[str] = mapped_column(String(80), primary_key=True)
    since: Mapped[datetime] = mapped_column(Instant, index=True)
    failures: Mapped[int] = mapped_column()


@append_only
class AuditEntry(Base):
    """Who did what, and what came of it. Rows are only ever added."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    actor: Mapped[str | None] = mapped_column(String(64), index=True)
    verb: Mapped[str] = mapped_column(String(64))
    object: Mapped[str | None] = mapped_column(String(200), index=True)
    outcome: Mapped[str] = mapped_column(String(64))
    detail: Mapped[Any] = mapped_column(Json, nullable=True)
