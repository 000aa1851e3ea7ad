"""What is measured of cases that have ended: one row a case, one a task, in working seconds by the office's calendar.

Workers fill them from the engine's rows, once a case has ended; figures are then sums over narrow rows, and completing a task
writes nothing for them. Nothing personal stands here.
"""

from datetime import date, datetime

from sqlalchemy import Boolean, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Day, Instant, Key


class MeasuredCase(Base):
    """A case that has ended on `day`, the office's. `worked`: how long the office had it; `promised`: how long it may take.

    `end_id`, `end_name`: the end event that it came to last. None where the calendar, or the diagram, cannot tell.
    """

    __tablename__ = "measured_case"
    __table_args__ = (Index("ix_measured_case_day", "day", "process_id"),)

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    process_id: Mapped[str] = mapped_column(String(255))
    definition_key: Mapped[int] = mapped_column(Key)
    bidang: Mapped[str | None] = mapped_column(String(50))
    confidential: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[str] = mapped_column(String(12))
    started_at: Mapped[datetime] = mapped_column(Instant)
    day: Mapped[date] = mapped_column(Day)
    worked: Mapped[int | None] = mapped_column(Integer)
    promised: Mapped[int | None] = mapped_column(Integer)
    late: Mapped[bool | None] = mapped_column(Boolean)
    end_id: Mapped[str | None] = mapped_column(String(255))
    end_name: Mapped[str | None] = mapped_column(String(255))


class MeasuredTask(Base):
    """A user task of such a case. `day`: the case's. `waited`: until somebody took it; `handled`: from then on; `whole`: both.

    `handled` is None where it was done without having been taken first. `again`: the case had come to this step before.
    """

    __tablename__ = "measured_task"
    __table_args__ = (
        Index("ix_measured_task_process", "process_id", "day"),
        Index("ix_measured_task_day", "day"),
        Index("ix_measured_task_case_key", "case_key"),
    )

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    case_key: Mapped[int] = mapped_column(Key)
    process_id: Mapped[str] = mapped_column(String(255))
    element_id: Mapped[str] = mapped_column(String(255))
    candidate_group: Mapped[str | None] = mapped_column(String(100))
    bidang: Mapped[str | None] = mapped_column(String(50))
    confidential: Mapped[bool] = mapped_column(Boolean)
    done: Mapped[bool] = mapped_column(Boolean)
    day: Mapped[date] = mapped_column(Day)
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime] = mapped_column(Instant)
    waited: Mapped[int | None] = mapped_column(Integer)
    handled: Mapped[int | None] = mapped_column(Integer)
    whole: Mapped[int | None] = mapped_column(Integer)
    late: Mapped[bool | None] = mapped_column(Boolean)
    again: Mapped[bool] = mapped_column(Boolean)
