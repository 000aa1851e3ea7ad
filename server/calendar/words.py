"""Days and moments as an Indonesian office writes them; moments as they are in the office's zone."""

from datetime import date, datetime, timedelta
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
WORKDAY: Final = timedelta(hours=7, minutes=30)
"""Perpres 21/2023: 37 h 30 min a week in five days."""


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


def span(work: timedelta) -> str:
    """Working time: 35 menit, 3 jam 20 menit, 2,5 hari (to half a day)."""
    if work >= WORKDAY:
        halves = round(work / WORKDAY * 2)
        return f"{halves // 2:,}".replace(",", ".") + (",5 hari" if halves % 2 else " hari")
    minutes = max(0, round(work.total_seconds() / 60))
    hours, left = divmod(minutes, 60)
    parts = [f"{hours} jam" if hours else "", f"{left} menit" if left or not hours else ""]
    return " ".join(part for part in parts if part)


def spent(seconds: int) -> str:
    """Seconds of working time, so that what is over a promise is seen to be: 1 hari 20 menit, 2 hari 3 jam, 12 hari."""
    days, rest = divmod(seconds, int(WORKDAY.total_seconds()))
    if not days:
        return span(timedelta(seconds=rest))
    hours, minutes = rest // 3600, max(rest // 60, 1) if rest else 0
    more = "" if days >= 10 or not rest else f" {hours} jam" if hours else f" {minutes} menit"
    return f"{days:,} hari".replace(",", ".") + more
