"""Days and moments as an Indonesian office writes them; moments as they are in the office's zone."""

from datetime import date, datetime
from typing import Final

MONTHS: Final = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
DAYS: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


def day(value: date) -> str:
    """27 November 2026."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """27 Nov 2026."""
    return f"{value.day} {MONTHS[value.month - 1][:3]} {value.year}"


def weekday(value: date) -> str:
    """Jumat, 27 November 2026."""
    return f"{DAYS[value.weekday()]}, {day(value)}"


def moment(value: datetime) -> str:
    """27 Nov 2026 pukul 09.15."""
    return f"{short_day(value)} pukul {value:%H.%M}"
