"""The tables of the calendar: what the office has settled about its days and hours."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Day, Json, Key


class CalendarYear(Base):
    """A year whose free days the office keeps itself: all of them stand in `free_day`, and the seed is not asked any more."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class FreeDay(Base):
    """A free day of such a year. `dasar`: the decree that settles it; `perkiraan`: none has yet."""

    __tablename__ = "free_day"

    tanggal: Mapped[date] = mapped_column(Day, primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("calendar_year.year"), index=True)
    nama: Mapped[str] = mapped_column(String(200))
    jenis: Mapped[str] = mapped_column(String(20))
    dasar: Mapped[str | None] = mapped_column(String(200))
    perkiraan: Mapped[bool]


class WorkingHours(Base):
    """The hours of a week from a day to a day (both included; without `to_date`, until further notice).

    `unit`: the bidang whose own hours they are; None: the whole office. `week`: for each weekday (0 is Monday) the spans of
    work as pairs of `HH:MM`; a day without spans is not worked.
    """

    __tablename__ = "working_hours"
    __table_args__ = (Index("ix_working_hours_unit", "unit", "from_date"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit: Mapped[str | None] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(100))
    from_date: Mapped[date] = mapped_column(Day)
    to_date: Mapped[date | None] = mapped_column(Day)
    week: Mapped[list[Any]] = mapped_column(Json)
