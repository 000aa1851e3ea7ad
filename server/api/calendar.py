"""The office's calendar: free days by year, hours by unit. Everybody may read it; administrators change it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from marshmallow import fields
from sqlalchemy import Connection

from server import calendar as office_calendar
from server import errors
from server.api.blueprint import Blueprint
from server.api.office import actor, office
from server.api.schemas import Flag, Listed, Object_, Own, Schema, Text, Unusable, Whole, Within, Word
from server.calendar import JENIS, RAMADAN_WEEK, Holiday, Hours
from server.engine import due_dates

calendar = Blueprint(
    "calendar", __name__, url_prefix="/api/calendar", description="Working days and office hours."
)


# --- schema


class Day(Own, fields.Date):
    default_error_messages = {"invalid": "harus berupa tanggal, misalnya 2026-12-24"}


class FreeDayBody(Schema):
    """`perkiraan`: no decree has settled the date yet; `dasar`: the decree that did."""

    nama = Text(required=True)
    jenis = Word(JENIS, required=True)
    dasar = Text(load_default=None, allow_none=True)
    perkiraan = Flag(load_default=False)


class FreeDay(FreeDayBody):
    tanggal = Day(required=True)


class Year(Schema):
    """`tentative`: dates of the year may still change. `workingDays`: how many hari kerja it has."""

    year = Whole(required=True)
    tentative = Flag(required=True)
    working_days = Whole(required=True)
    days = Listed(Within(FreeDay), required=True)


class Move(Schema):
    to = Day(required=True)


class Settlement(Schema):
    dasar = Text(required=True)


class HoursBody(Schema):
    """`unit`: a bidang with hours of its own, null for the whole office. `week`: by weekday, such as
    {"senin": "07:30-12:00, 13:00-16:00"}; left out: those of Ramadan."""

    unit = Text(load_default=None, allow_none=True)
    name = Text(required=True)
    from_date = Day(required=True)
    to_date = Day(load_default=None, allow_none=True)
    week = Object_(load_default=None, allow_none=True)


class OfficeHours(HoursBody):
    id = Whole(required=True)


class HoursList(Schema):
    """On a day, for a unit, the first that fits holds; where none does, the decree's own hours."""

    items = Listed(Within(OfficeHours), required=True)


class Changed(Schema):
    """How many open tasks have another due date now."""

    moved = Whole(required=True)


# --- list


@calendar.get("/years/<int:year>")
@calendar.response(200, Year)
def get_year(year: int) -> dict[str, Any]:
    """The free days of a year, and how many working days it has."""
    engine = office().engine

    def read(connection: Connection) -> dict[str, Any]:
        engine.book.refresh(connection, at_once=True)
        days = office_calendar.list_year(connection, year)
        working = engine.calendar.working_days(year)
        return {
            "year": year,
            "tentative": engine.calendar.is_tentative(year),
            "working_days": len(working),
            "days": days,
        }

    return office().gate.ask(read)


@calendar.get("/hours")
@calendar.response(200, HoursList)
def get_hours() -> dict[str, Any]:
    """The hours that the office has set."""
    return {"items": [_told(each) for each in office().gate.ask(office_calendar.list_hours)]}


def _told(hours: Hours) -> dict[str, Any]:
    return vars(hours) | {"week": office_calendar.told_week(hours.week)}


# --- act


@calendar.put("/days/<day>")
@calendar.arguments(FreeDayBody)
@calendar.response(200, Changed)
def put_day(body: Mapping[str, Any], day: str) -> dict[str, int]:
    """Make a day free, or say anew what it is."""
    holiday = Holiday(_day(day), **body)
    return _change(
        "put_day", f"{day} {holiday.nama}", lambda c, now: office_calendar.put_day(c, holiday, now)
    )


@calendar.delete("/days/<day>")
@calendar.response(200, Changed)
def delete_day(day: str) -> dict[str, int]:
    """Make a day one like others."""
    gone = _day(day)
    return _change("remove_day", day, lambda c, now: office_calendar.remove_day(c, gone, now))


@calendar.post("/days/<day>/move")
@calendar.arguments(Move)
@calendar.response(200, Changed)
def move_day(body: Mapping[str, Any], day: str) -> dict[str, int]:
    """Put a free day on another date."""
    moved, to = _day(day), body["to"]
    return _change("move_day", f"{day} ke {to}", lambda c, now: office_calendar.move_day(c, moved, to, now))


@calendar.post("/years/<int:year>/settlement")
@calendar.arguments(Settlement)
@calendar.response(200, Changed)
def settle_year(body: Mapping[str, Any], year: int) -> dict[str, int]:
    """Say that a decree has settled the year's estimated dates."""
    dasar = body["dasar"]
    return _change(
        "settle_year", f"{year} {dasar}", lambda c, now: office_calendar.settle_year(c, year, dasar, now)
    )


@calendar.post("/hours")
@calendar.arguments(HoursBody)
@calendar.response(200, Changed)
def set_hours(body: Mapping[str, Any]) -> dict[str, int]:
    """Set the hours of the office or of a unit, in the place of those that begin on the same day."""
    week = body["week"]
    unit = body["unit"]
    if unit is not None and unit not in office().engine.roles.bidang:
        raise Unusable((errors.Problem("bidang ini tidak ada", "unit"),))
    if week is not None and not all(isinstance(text, str) for text in week.values()):
        raise Unusable((errors.Problem("jam setiap hari harus berupa teks", "week"),))
    read = RAMADAN_WEEK if week is None else office_calendar.read_week(week)
    hours = Hours(body["name"], read, body["from_date"], body["to_date"], unit)
    return _change("set_hours", hours.name, lambda c, now: office_calendar.set_hours(c, hours, now))


@calendar.delete("/hours/<int:id>")
@calendar.response(200, Changed)
def delete_hours(id: int) -> dict[str, int]:
    """Take hours back."""
    return _change("remove_hours", str(id), lambda c, now: office_calendar.remove_hours(c, id, now))


def _change(verb: str, what: str, act: Callable[[Connection, datetime], None]) -> dict[str, int]:
    at, who = office(), actor()
    at.gate.change(lambda c: due_dates.change_calendar(at.engine, c, who, verb, what, act))
    return {"moved": due_dates.recount_open(at.engine, at.gate.do)}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unusable((errors.Problem("harus berupa tanggal, misalnya 2026-12-24", "tanggal"),)) from None
