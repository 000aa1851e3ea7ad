"""The leave book: balances of annual leave, requests, and corrections. Who may read whose pages is decided below; a stranger hears 404."""

from typing import Any, Final

from marshmallow import fields

from server.api.blueprint import Blueprint
from server.api.office import ask, do, office
from server.api.schemas import Flag, Instant, Key, Listed, Own, Schema, Text, Whole, WholeText, Within, Word
from server.personnel import balances as book
from server.personnel import corrections
from server.personnel.corrections import Correction
from server.personnel.leave_book import Page
from server.personnel.models import LeaveStatus

leave = Blueprint("leave", __name__, url_prefix="/api/leave", description="The leave book.")

MOST: Final = 200


# --- schema


class Day(Own, fields.Date):
    default_error_messages = {"invalid": "harus berupa tanggal, misalnya 2026-12-24"}


class LeavePage(Schema):
    """A year's page, in hari kerja. `version`: names it in a correction; 0 where there is none yet."""

    terpakai = Whole(required=True)
    dari_bawaan = Whole(required=True)
    ditangguhkan = Whole(required=True)
    cuti_besar = Flag(required=True)
    cuti_bersama_tidak_diberi = Whole(required=True)
    version = Whole(required=True)


class LeaveBalance(Schema):
    """Annual leave of a year by the tables in force, in hari kerja. `hak`: of the year; `bawaan`: carried into it; `ditangguhkan`:
    of the year before, postponed by the official; `pagu`: all of it; `diajukan`: asked for, not decided; `sisa`: left. Where the
    tables cannot say, `fault` says why.
    """

    username = Text(required=True, attribute="who.username")
    nama = Text(required=True, attribute="who.nama")
    nip = Text(required=True, allow_none=True, attribute="who.nip")
    unit = Text(required=True, attribute="who.unit")
    tahun = Whole(required=True)
    hak = Whole(required=True, allow_none=True)
    sisa_1 = Whole(required=True, allow_none=True)
    sisa_2 = Whole(required=True, allow_none=True)
    bawaan = Whole(required=True, allow_none=True)
    ditangguhkan = Whole(required=True)
    pagu = Whole(required=True, allow_none=True)
    terpakai = Whole(required=True, attribute="page.terpakai")
    diajukan = Whole(required=True)
    sisa = Whole(required=True, allow_none=True)
    fault = Text(required=True, allow_none=True)


class LeaveBalances(Schema):
    items = Listed(Within(LeaveBalance), required=True)
    total_items = Whole(required=True, attribute="total")


class LeaveYearFile(LeaveBalance):
    page = Within(LeavePage, required=True)


class LeaveFile(Schema):
    """Somebody's balances over the years, the newest first."""

    items = Listed(Within(LeaveYearFile), required=True)


class LeaveRequestItem(Schema):
    """A request. `lama`: hari kerja for annual leave, calendar days for all other kinds."""

    process_instance_key = Key(required=True, attribute="case_key")
    number = Text(required=True, allow_none=True)
    username = Text(required=True)
    nama = Text(required=True)
    unit = Text(required=True)
    tahun = Whole(required=True)
    jenis = Text(required=True)
    mulai = Day(required=True)
    selesai = Day(required=True)
    lama = Whole(required=True)
    status = Word(LeaveStatus, required=True)
    diajukan_pada = Instant(required=True)
    diputus_pada = Instant(required=True, allow_none=True)


class LeaveRequests(Schema):
    items = Listed(Within(LeaveRequestItem), required=True)
    total_items = Whole(required=True, attribute="total")


class LeaveSearch(Schema):
    """All that is named must fit. `words`: in the name, NIP or username."""

    words = Text(load_default=None)
    unit = Text(load_default=None)
    limit = WholeText(least=1, most=MOST, load_default=50)
    offset = WholeText(least=0, load_default=0)


class BalanceSearch(LeaveSearch):
    """`year`: this one where it is left out."""

    year = WholeText(least=book.EARLIEST, most=book.LATEST, load_default=None)


class RequestSearch(BalanceSearch):
    status = Word(LeaveStatus, load_default=None)
    username = Text(load_default=None)


class YearsSearch(Schema):
    """`year`: the newest of `count` years; this one where it is left out."""

    year = WholeText(least=book.EARLIEST, most=book.LATEST, load_default=None)
    count = WholeText(least=1, most=10, load_default=3)


class LeaveCorrection(Schema):
    """`terpakai`, `dariBawaan`: days taken besides what granted requests have booked. `version`: of the page as it was read."""

    terpakai = Whole(required=True, least=0, most=corrections.MOST_DAYS)
    dari_bawaan = Whole(load_default=0, least=0, most=corrections.MOST_DAYS)
    ditangguhkan = Whole(load_default=0, least=0, most=corrections.MOST_POSTPONED)
    cuti_besar = Flag(load_default=False)
    cuti_bersama_tidak_diberi = Whole(load_default=0, least=0, most=corrections.MOST_WORKED)
    version = Whole(required=True, least=0)
    alasan = Text(required=True)


# --- list


@leave.get("/balances")
@leave.arguments(BalanceSearch, location="query")
@leave.response(200, LeaveBalances)
def get_leave_balances(asked: dict[str, Any]) -> book.Balances:
    """The balances of a year that you may see, by name."""
    sought = book.Sought(asked["words"], asked["unit"])
    return ask(book.balances, _year(asked), sought, asked["limit"], asked["offset"])


@leave.get("/requests")
@leave.arguments(RequestSearch, location="query")
@leave.response(200, LeaveRequests)
def get_leave_requests(asked: dict[str, Any]) -> book.Requests:
    """Requests for leave that you may see, the newest first."""
    sought = book.Sought(asked["words"], asked["unit"])
    which = (asked["status"], asked["year"], asked["username"])
    return ask(book.requests, sought, *which, asked["limit"], asked["offset"])


# --- one


@leave.get("/balances/<username>")
@leave.arguments(YearsSearch, location="query")
@leave.response(200, LeaveFile)
def get_leave_balance(asked: dict[str, Any], username: str) -> dict[str, Any]:
    """Somebody's balances over the years, with the pages behind them; your own, too."""
    newest = _year(asked)
    years = range(newest, max(newest - asked["count"], book.EARLIEST - 1), -1)
    return {"items": ask(book.history, username, list(years))}


# --- act


@leave.put("/balances/<username>/<int:year>")
@leave.arguments(LeaveCorrection)
@leave.response(200, LeavePage)
def correct_leave(body: dict[str, Any], username: str, year: int) -> Page:
    """Corrects a year's page by hand, with the reason; for who keeps the book. 409 where the page has changed since."""
    return do(corrections.correct, username, year, Correction(**body))


def _year(asked: dict[str, Any]) -> int:
    return asked["year"] or office().engine.clock.today().year
