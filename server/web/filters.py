"""Dates, times, numbers and spans of work as an Indonesian office writes them; filters of the templates."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from flask import Flask

from server.calendar import Calendar, YearUnknown, words
from server.web.devices import device
from server.web.office import office

MONTHS: Final = words.MONTHS
DAYS: Final = words.DAYS
ZONES: Final = {7: "WIB", 8: "WITA", 9: "WIT"}
DURATION: Final = re.compile(
    r"P(?:(?P<Y>\d+)Y)?(?:(?P<M>\d+)M)?(?:(?P<W>\d+)W)?(?:(?P<D>\d+)D)?"
    r"(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)S)?)?"
)
UNITS: Final = {
    "Y": "tahun",
    "M": "bulan",
    "W": "minggu kerja",
    "D": "hari kerja",
    "h": "jam",
    "m": "menit",
    "s": "detik",
}
SOON: Final = timedelta(hours=1)
FAR: Final = timedelta(days=400)


@dataclass(frozen=True)
class Due:
    """How a task stands to its due time: in words, and as one of `ok`, `soon`, `late`."""

    words: str
    level: str


def free_days() -> dict[int, list[str]]:
    """The days off of the years that a form may count in: last year to four years on."""
    found, this = {}, office().engine.clock.today().year
    for year in range(this - 1, this + 5):
        with suppress(YearUnknown):
            found[year] = sorted(each.isoformat() for each in office().engine.calendar.holidays(year))
    return found


def day(value: date) -> str:
    """27 November 2026."""
    return words.day(_local(value))


def short_day(value: date) -> str:
    """27 Nov 2026."""
    return words.short_day(_local(value))


def weekday(value: date) -> str:
    """Jumat, 27 November 2026."""
    return words.weekday(_local(value))


def moment(value: datetime) -> str:
    """27 Nov 2026 pukul 09.15."""
    return f"{short_day(value)} pukul {clock_time(value)}"


def clock_time(value: datetime) -> str:
    """09.15."""
    return f"{_local(value):%H.%M}"


def ago(value: datetime, now: datetime) -> str:
    """How long ago, in words: baru saja, 5 menit lalu, 3 jam lalu, 2 hari lalu; after a week the day."""
    minutes = int((now - value).total_seconds() // 60)
    if minutes < 1:
        return "baru saja"
    if minutes < 60:
        return f"{minutes} menit lalu"
    if minutes < 24 * 60:
        return f"{minutes // 60} jam lalu"
    return f"{minutes // (24 * 60)} hari lalu" if minutes < 7 * 24 * 60 else short_day(value)


def zone(value: datetime) -> str:
    """WIB, WITA or WIT."""
    offset = value.astimezone(office().engine.clock.zone).utcoffset() or timedelta()
    return ZONES.get(round(offset.total_seconds() / 3600), "")


def number(value: Decimal | int | float) -> str:
    """1.234.567,5."""
    text = f"{value:,}"
    return text.translate(str.maketrans(",.", ".,"))


def size(count: int) -> str:
    """Of a file: 340 KB, 1,2 MB."""
    if count < 2**20:
        return f"{max(1, round(count / 1024))} KB"
    return f"{number(round(Decimal(count) / 2**20, 1))} MB"


def span(work: timedelta) -> str:
    """Working time: 35 menit kerja, 3 jam 20 menit kerja, 2 hari kerja."""
    return f"{words.span(work)} kerja"


def worked(seconds: int | None) -> str:
    """Seconds of working time: 35 menit, 1 hari 20 menit, 12 hari; a dash for none."""
    return "–" if seconds is None else words.spent(seconds)


def share(part: float | None) -> str:
    """A part of one: 83%; a dash for none."""
    return "–" if part is None else f"{round(100 * part)}%"


def month(value: date) -> str:
    """Nov 2026."""
    return short_day(value).split(" ", 1)[1]


def duration(iso: str | None) -> str | None:
    """A mutu baku's time (PT45M, P2D) in words; None for none, or for one that cannot be read."""
    if not iso:
        return None
    found = DURATION.fullmatch(iso)
    if found is None:
        return None
    parts = [f"{int(found[unit])} {word}" for unit, word in UNITS.items() if found[unit]]
    return " ".join(parts) or None


def for_script(json_text: str) -> str:
    """JSON that may stand in a script of a page: no tag can begin in it."""
    return json_text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def due(value: datetime | None, now: datetime, calendar: Calendar) -> Due | None:
    """What is left until a task is due, or how long it has been overdue, in working time."""
    if value is None:
        return None
    late = value < now
    if abs(value - now) > FAR:
        return Due(f"lewat sejak {short_day(value)}" if late else f"sampai {short_day(value)}", _level(late))
    try:
        work = calendar.worked(value, now) if late else calendar.worked(now, value)
    except YearUnknown:
        return Due(f"sampai {short_day(value)}", _level(late))
    if late:
        return Due(f"terlambat {span(work)}" if work else "baru saja lewat", "late")
    return Due(f"sisa {span(work)}", "soon" if work <= SOON else "ok")


def _level(late: bool) -> str:
    return "late" if late else "ok"


def _local(value: date) -> date:
    """In the office's zone."""
    return value.astimezone(office().engine.clock.zone) if isinstance(value, datetime) else value


def _ago(value: datetime) -> str:
    return ago(value, office().engine.clock.now())


def _due(value: datetime | None) -> Due | None:
    engine = office().engine
    return due(value, engine.clock.now(), engine.calendar)


def group(name: str | None) -> str:
    """A group as people know it: the role's name, with the bidang it is held for."""
    roles = office().engine.roles
    role, _, bidang = (name or "").partition("@")
    told = roles[role].nama if role in roles else role
    return f"{told}, {roles.bidang[bidang].nama}" if bidang in roles.bidang else told


def bidang_name(bidang: str | None) -> str:
    """A bidang as people know it."""
    known = office().engine.roles.bidang
    return known[bidang].nama if bidang and bidang in known else (bidang or "Umum")


def elapsed(span: timedelta) -> str:
    """Time by the clock, in its greatest unit: 40 detik, 12 menit, 3 jam, 2 hari."""
    seconds = max(0, int(span.total_seconds()))
    for unit, size in (("hari", 86400), ("jam", 3600), ("menit", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} detik"


def room(count: int) -> str:
    """Bytes, in their greatest unit: 1,5 GB."""
    for unit, size in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6)):
        if count >= size:
            return f"{number(round(Decimal(count) / size, 1))} {unit}"
    return f"{number(round(Decimal(count) / 1000))} kB"


FILTERS: Final[Mapping[str, Callable[..., object]]] = {
    "day": day,
    "short_day": short_day,
    "weekday": weekday,
    "moment": moment,
    "clock_time": clock_time,
    "zone": zone,
    "number": number,
    "size": size,
    "span": span,
    "worked": worked,
    "share": share,
    "month": month,
    "elapsed": elapsed,
    "room": room,
    "ago": _ago,
    "due": _due,
    "duration": duration,
    "for_script": for_script,
    "device": device,
    "group": group,
    "bidang": bidang_name,
}


def register(app: Flask, more: Mapping[str, Callable[..., object]]) -> None:
    """Makes them known to the templates."""
    app.jinja_env.filters.update({**FILTERS, **more})
