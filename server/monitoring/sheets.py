"""The figures as tables for spreadsheets. Texts go into cells as texts, never as formulas; times are hours of work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeAlias

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from server.engine import Engine
from server.identity import Roles
from server.monitoring.promise import Promise
from server.monitoring.scope import Period
from server.monitoring.setbacks import Outcome, Setback, Setbacks
from server.monitoring.steps import Steps
from server.monitoring.timeliness import OfMonth, OfProcedure, Timeliness
from server.monitoring.workload import Pile, Workload
from server.xlsx import HEAD, put, saved

Value: TypeAlias = str | int | float | date | datetime | None
SHARE: Final = "0.0%"
WIDEST: Final = 48


@dataclass(frozen=True)
class Sheet:
    """`shares`: the columns, by their number from 0, that are parts of one."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    shares: frozenset[int] = frozenset()


def workbook(engine: Engine, period: Period, sheets: Sequence[Sheet]) -> bytes:
    """The spreadsheet (.xlsx), each sheet headed by its period."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    for n, sheet in enumerate(sheets):
        _write(first if n == 0 else book.create_sheet(), engine, period, sheet)
    return saved(book)


def timeliness(roles: Roles, found: Iterable[OfProcedure]) -> Sheet:
    columns = ("Bidang", "Prosedur", "Janji (jam kerja)", "Dasar janji", *_DONE, "Dibatalkan")
    more = ("Berjalan", "Berjalan terlambat", "Akan terlambat")
    rows = tuple(
        (
            bidang_name(roles, each.bidang),
            each.name,
            hours(each.promise.about) if each.promise else None,
            basis(each.promise),
            *_told(each.done),
            each.canceled,
            each.running,
            each.running_late,
            each.running_risky,
        )
        for each in found
    )
    return Sheet("Ketepatan waktu", (*columns, *more), rows, frozenset({8}))


def months(found: Iterable[OfMonth]) -> Sheet:
    rows = tuple((each.month, *_told(each.done)) for each in found)
    return Sheet("Per bulan", ("Bulan", *_DONE), rows, frozenset({5}))


def steps(found: Steps) -> Sheet:
    columns = (
        *("Langkah", "Nama", "Pelaksana", "Waktu baku", "Dikerjakan (kali)", "Dikembalikan (kali)"),
        *(
            "Menunggu, median (jam)",
            "Menunggu, 90% (jam)",
            "Pengerjaan, median (jam)",
            "Pengerjaan, 90% (jam)",
        ),
        *(
            "Seluruhnya, median (jam)",
            "Seluruhnya, 90% (jam)",
            "Bagian terlambat",
            "Terbuka",
            "Lewat tenggat",
        ),
    )
    rows = tuple(
        (
            *(each.langkah, each.name, each.role, each.waktu, each.many, each.again),
            *(
                hours(part)
                for span in (each.waited, each.handled, each.whole)
                for part in (span.median, span.p90)
            ),
            *(each.late_share, each.open, each.overdue),
        )
        for each in found.steps
    )
    return Sheet("Per langkah", columns, rows, frozenset({12}))


def workload(engine: Engine, found: Workload) -> list[Sheet]:
    """By role, by person where there is anybody to be told of, by day."""
    roles = engine.roles
    groups = tuple(
        (
            roles.title(each.group) if each.group else "Tanpa peran",
            bidang_name(roles, each.bidang),
            *_pile(each.pile),
            each.came,
            each.went,
            each.growth,
        )
        for each in found.groups
    )
    flow = ("Masuk 30 hari", "Selesai 30 hari", "Selisih")
    sheets = [Sheet("Per peran", ("Peran", "Bidang", *_PILE, *flow), groups)]
    if found.people:
        people = tuple((each.name, *_pile(each.pile)) for each in found.people)
        sheets.append(Sheet("Dipegang", ("Petugas", *_PILE), people))
    days = tuple((each.day, each.came, each.went) for each in found.days)
    return [*sheets, Sheet("Per hari", ("Tanggal", "Masuk", "Selesai"), days)]


def setbacks(roles: Roles, found: Setbacks) -> list[Sheet]:
    columns = ("Perkara", "Prosedur", "Bidang", "Sejak", "Alasan", "Oleh")

    def rows(several: Iterable[Setback]) -> tuple[tuple[Value, ...], ...]:
        return tuple(
            (
                *(each.number or str(each.case_key), each.name, bidang_name(roles, each.bidang)),
                *(each.at, each.reason, each.by),
            )
            for each in several
        )

    return [
        Sheet("Gangguan", columns, rows(found.incidents)),
        Sheet("Dihentikan", columns, rows(found.suspended)),
        Sheet("Dibatalkan", columns, rows(found.canceled)),
    ]


def outcomes(found: Iterable[Outcome]) -> Sheet:
    rows = tuple((each.name, ending(each), each.many) for each in found)
    return Sheet("Hasil akhir", ("Prosedur", "Berakhir dengan", "Perkara"), rows)


def ending(outcome: Outcome) -> str:
    """How a case ended, in words."""
    if outcome.end_id is None:
        return "Dibatalkan atau tanpa akhir"
    nameless = outcome.end_name in (None, outcome.end_id)
    return "Selesai" if nameless else str(outcome.end_name)


def bidang_name(roles: Roles, bidang: str | None) -> str:
    return roles.bidang[bidang].nama if bidang and bidang in roles.bidang else bidang or "Umum"


def basis(promise: Promise | None) -> str:
    """Where a promise comes from, in words."""
    if promise is None:
        return "belum ada"
    return "standar pelayanan" if promise.by_table else "waktu baku SOP"


def hours(seconds: int | None) -> float | None:
    """Hours of work, to a hundredth."""
    return None if seconds is None else round(seconds / 3600, 2)


_DONE: Final = ("Selesai", "Median (jam kerja)", "90% (jam kerja)", "Terlambat", "Tepat waktu")
_PILE: Final = (
    "Terbuka",
    "≤ 1 hari kerja",
    "2–5 hari kerja",
    "> 5 hari kerja",
    "Lewat tenggat",
    "Dipegang",
    "Tertua sejak",
)


def _told(done: Timeliness) -> tuple[Value, ...]:
    return (done.many, hours(done.median), hours(done.p90), done.late, done.share)


def _pile(pile: Pile) -> tuple[Value, ...]:
    return (pile.many, pile.fresh, pile.middle, pile.old, pile.overdue, pile.held, pile.oldest)


def _write(sheet: Worksheet, engine: Engine, period: Period, told: Sheet) -> None:
    sheet.title = told.title
    put(sheet, 1, 1, told.title, bold=True)
    put(sheet, 2, 1, f"Periode {period.first.isoformat()} sampai {period.last.isoformat()}")
    for column, name in enumerate(told.columns, 1):
        cell = put(sheet, 4, column, name)
        cell.font, cell.fill = Font(bold=True), HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(told.rows, 5):
        for column, value in enumerate(row):
            _put(sheet, engine, number, column + 1, value, column in told.shares)
    for column, name in enumerate(told.columns, 1):
        widest = max([len(name) // 2, *(len(str(row[column - 1] or "")) for row in told.rows)])
        sheet.column_dimensions[get_column_letter(column)].width = min(max(widest + 2, 11), WIDEST)
    sheet.freeze_panes = "A5"


def _put(sheet: Worksheet, engine: Engine, row: int, column: int, value: Value, share: bool) -> None:
    if isinstance(value, datetime):
        value = value.astimezone(engine.clock.zone).replace(tzinfo=None)
    cell = put(sheet, row, column, value)
    if share and value is not None:
        cell.number_format = SHARE
