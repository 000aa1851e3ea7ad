"""What is being worked on and not yet in force."""

from datetime import datetime

from sqlalchemy import Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Instant, Key


class DraftFile(Base):
    """A file that may become the next version of a procedure, a file of tables or a form. There is one for each; all share it.

    kind, id: the definition whose file it is. name: what the file is called when it is published; title: what people call it.
    bidang: of a procedure that is not in force yet. base_key: the file that it was made of, None: of none.
    revision rises with every saving.
    """

    __tablename__ = "draft_file"
    __table_args__ = (UniqueConstraint("kind", "id"),)

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    id: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(255))
    bidang: Mapped[str | None] = mapped_column(String(50))
    base_key: Mapped[int | None] = mapped_column(Key)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    revision: Mapped[int] = mapped_column(Integer)
    opened_by: Mapped[str] = mapped_column(String(100))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    changed_by: Mapped[str] = mapped_column(String(100))
    changed_at: Mapped[datetime] = mapped_column(Instant)


class DecisionExample(Base):
    """A worked example that somebody has kept of a file of decisions (`file_id`), in force or not; values are JSON."""

    __tablename__ = "decision_example"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    file_id: Mapped[str] = mapped_column(String(255), index=True)
    decision: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(200))
    inputs: Mapped[str] = mapped_column(Text)
    expected: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(Instant)


class RehearsalScenario(Base):
    """A rehearsal of a procedure (`process_id`) that somebody has kept, of a draft or in force: what is done from `began` on, and where
    the case went then (`way`); both are JSON."""

    __tablename__ = "rehearsal_scenario"
    __table_args__ = (UniqueConstraint("process_id", "name"),)

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    process_id: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(200))
    began: Mapped[datetime] = mapped_column(Instant)
    acts: Mapped[str] = mapped_column(Text)
    way: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(Instant)
