"""The tables of attachments: contents by their hash, in pieces, and the documents that have them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Instant, Json, Key


class Content(Base):
    """Some bytes, kept once however many documents have them. `kept_at`: when somebody last sent them."""

    __tablename__ = "content"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    kept_at: Mapped[datetime] = mapped_column(Instant)


class Piece(Base):
    """A part of a content, by its number from 0, so that a large one is sent without being held whole."""

    __tablename__ = "content_piece"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Document(Base):
    """What somebody has attached. `process_instance_key`: the case that it has become a part of; `user_task_key`: the task at
    which it was attached, where it was at one."""

    __tablename__ = "document"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(100))
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(Instant, index=True)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    process_id: Mapped[str | None] = mapped_column(String(255))
    process_instance_key: Mapped[int | None] = mapped_column(Key, index=True)
    user_task_key: Mapped[int | None] = mapped_column(Key)
    properties: Mapped[dict[str, Any]] = mapped_column(Json)
