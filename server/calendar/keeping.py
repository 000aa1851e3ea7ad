"""Keeping the calendar: the verbs behind the pages, routes and commands that change the office's days and hours.

A year is the seed's until the office first changes something in it; then it is a copy of the office's own, and rules. Each
verb writes on a connection of a write transaction and gives the calendar a new version, by which every process knows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from itertools import pairwise
from secrets import token_hex
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from server import errors
from server.calendar import seed
from server.calendar.book import VERSION, Hours, holiday_of, read_hours
from server.calendar.days import JENIS, Holiday
from server.calendar.hours import Spans, Week
from server.calendar.models import CalendarYear, FreeDay, WorkingHours
from server.db import put_setting

WEEKDAYS: Final = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
LONGEST_NAME: Final = 200


class NoSuchFreeDay(errors.NotFound):
    def __init__(self, day: date) -> None:
        super().__init__(f"Tanggal {day} tidak tercatat sebagai hari libur. Lihat daftar tahun {day.year}.")


class NoSuchHours(errors.NotFound):
    def __init__(self, id_: int) -> None:
        super().__init__(f"Jam kerja nomor {id_} tidak ada.")


class InvalidFreeDay(errors.Invalid):
    """A free day without a name, or of a kind that there is not."""


class InvalidHours(errors.Invalid):
    """Hours that no week can have."""


# --- days


def list_year(connection: Connection, year: int) -> list[Holiday]:
    """The free days of a year, ascending. Raises YearUnknown."""
    if _is_kept(connection, year):
        rows = connection.execute(
            select(FreeDay.__table__).where(FreeDay.year == year).order_by(FreeDay.tanggal)
        )
        return [holiday_of(row) for row in rows]
    return sorted(seed.days_off(year).values(), key=lambda each: each.tanggal)


def put_day(connection: Connection, holiday: Holiday, now: datetime) -> None:
    """Makes a day free, or says anew what it is. Raises InvalidFreeDay, YearUnknown."""
    checked = check_day(holiday)
    _keep(connection, holiday.tanggal.year)
    _put(connection, checked)
    _turn(connection, now)


def check_day(holiday: Holiday) -> Holiday:
    """The same without blanks around its texts. Raises InvalidFreeDay."""
    nama, dasar = holiday.nama.strip(), (holiday.dasar or "").strip() or None
    if not nama or len(nama) > LONGEST_NAME or len(dasar or "") > LONGEST_NAME:
        raise InvalidFreeDay(
            f"Isi nama hari libur, dan dasarnya bila ada, paling banyak {LONGEST_NAME} huruf."
        )
    if holiday.jenis not in JENIS:
        raise InvalidFreeDay(f"Jenis hari libur “{holiday.jenis}” tidak dikenal; pilih {', '.join(JENIS)}.")
    return replace(holiday, nama=nama, dasar=dasar)


def remove_day(connection: Connection, day: date, now: datetime) -> None:
    """Makes a day one like others. Raises NoSuchFreeDay, YearUnknown."""
    _keep(connection, day.year)
    if not connection.execute(delete(FreeDay).where(FreeDay.tanggal == day)).rowcount:
        raise NoSuchFreeDay(day)
    _turn(connection, now)


def move_day(connection: Connection, day: date, to: date, now: datetime) -> None:
    """Puts a free day on another date, by which it is settled. Raises NoSuchFreeDay, YearUnknown."""
    found = next((each for each in list_year(connection, day.year) if each.tanggal == day), None)
    if found is None:
        raise NoSuchFreeDay(day)
    remove_day(connection, day, now)
    put_day(connection, replace(found, tanggal=to, perkiraan=False), now)


def settle_year(connection: Connection, year: int, dasar: str, now: datetime) -> None:
    """Says that a decree has settled all dates of a year that were estimates. Raises YearUnknown."""
    _keep(connection, year)
    rows = update(FreeDay).where(FreeDay.year == year, FreeDay.perkiraan)
    connection.execute(rows.values(perkiraan=False, dasar=dasar.strip()[:LONGEST_NAME] or None))
    _turn(connection, now)


def _is_kept(connection: Connection, year: int) -> bool:
    row = connection.execute(select(CalendarYear.year).where(CalendarYear.year == year)).first()
    return row is not None


def _keep(connection: Connection, year: int) -> None:
    """Copies the seed's days of a year, the first time. Raises YearUnknown."""
    days = seed.days_off(year)
    opened = connection.execute(
        upsert(CalendarYear)
        .values(year=year)
        .on_conflict_do_nothing()
        .execution_options(preserve_rowcount=True)
    )
    for holiday in days.values() if opened.rowcount else ():
        _put(connection, holiday)


def _put(connection: Connection, holiday: Holiday) -> None:
    row = upsert(FreeDay).values(**_columns(holiday), year=holiday.tanggal.year)
    named = ("nama", "jenis", "dasar", "perkiraan")
    connection.execute(
        row.on_conflict_do_update(
            index_elements=["tanggal"], set_={name: row.excluded[name] for name in named}
        )
    )


def _columns(holiday: Holiday) -> dict[str, Any]:
    return {name: getattr(holiday, name) for name in ("tanggal", "nama", "jenis", "perkiraan", "dasar")}


# --- hours


def list_hours(connection: Connection) -> list[Hours]:
    """All hours that the office has set; on a day and for a unit the first that fits holds, and without one the decree's."""
    return read_hours(connection)


def set_hours(connection: Connection, hours: Hours, now: datetime) -> None:
    """Sets the hours of a unit or the office, in the place of those that begin on the same day. Raises InvalidHours."""
    check_hours(hours)
    same = (WorkingHours.unit.is_not_distinct_from(hours.unit), WorkingHours.from_date == hours.from_date)
    connection.execute(delete(WorkingHours).where(*same))
    connection.execute(
        insert(WorkingHours).values(
            unit=hours.unit,
            name=hours.name.strip(),
            from_date=hours.from_date,
            to_date=hours.to_date,
            week=[[[f"{begin:%H:%M}", f"{end:%H:%M}"] for begin, end in day] for day in hours.week],
        )
    )
    _turn(connection, now)


def remove_hours(connection: Connection, id_: int, now: datetime) -> None:
    """Raises NoSuchHours."""
    if not connection.execute(delete(WorkingHours).where(WorkingHours.id == id_)).rowcount:
        raise NoSuchHours(id_)
    _turn(connection, now)


def check_hours(hours: Hours) -> None:
    """Raises InvalidHours with all that is wrong."""
    problems = []
    if not hours.name.strip() or len(hours.name) > 100:
        problems.append(errors.Problem("isi namanya, paling banyak 100 huruf", "nama"))
    if hours.to_date is not None and hours.to_date < hours.from_date:
        problems.append(errors.Problem("hari terakhirnya mendahului hari pertamanya", "sampai"))
    if not any(hours.week):
        problems.append(errors.Problem("tidak ada satu hari pun yang punya jam kerja", "jam"))
    for name, spans in zip(WEEKDAYS, hours.week, strict=True):
        moments = [moment for span in spans for moment in span]
        if any(earlier >= later for earlier, later in pairwise(moments)):
            problems.append(errors.Problem("jamnya harus maju dan tidak bertumpang tindih", name))
    if problems:
        raise InvalidHours("Jam kerja ini tidak dapat dipakai.", problems)


def read_spans(text: str) -> Spans:
    """`07:30-12:00, 13:00-16:00`; empty for a day that is not worked. Raises InvalidHours."""
    try:
        return tuple(
            (time.fromisoformat(begin.strip()), time.fromisoformat(end.strip()))
            for begin, _, end in (span.partition("-") for span in text.split(",") if span.strip())
        )
    except ValueError:
        raise InvalidHours(
            f"“{text[:60]}” bukan jam kerja; tulis seperti 07:30-12:00, 13:00-16:00."
        ) from None


def read_week(days: Mapping[str, str]) -> Week:
    """A week by the names of its days; those that are not named are not worked. Raises InvalidHours."""
    unknown = sorted(set(days) - set(WEEKDAYS))
    if unknown:
        raise InvalidHours(f"Hari “{unknown[0][:20]}” tidak dikenal; pakai {', '.join(WEEKDAYS)}.")
    return tuple(read_spans(days.get(name, "")) for name in WEEKDAYS)


def told_week(week: Sequence[Spans]) -> dict[str, str]:
    """A week as `read_week` reads it."""
    return {
        name: ", ".join(f"{begin:%H:%M}-{end:%H:%M}" for begin, end in spans)
        for name, spans in zip(WEEKDAYS, week, strict=True)
        if spans
    }


def _turn(connection: Connection, now: datetime) -> None:
    """A new version: when it was made, and a mark by which two of one instant differ."""
    put_setting(connection, VERSION, {"at": now.isoformat(), "mark": token_hex(8)})
