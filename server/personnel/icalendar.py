"""Deadlines as a calendar that other programs read (RFC 5545). It says the number of a case and the task, never whom it is about."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from server.personnel.register import Deadline

LINE: Final = 75
"""Octets of a line (RFC 5545 §3.1)."""


def calendar_of(deadlines: Iterable[Deadline], host: str, now: datetime) -> bytes:
    """The file (.ics); `host` makes the events' ids unique in the world."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Tatalaksana//Kepegawaian//ID",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped('Tenggat disiplin')}",
        *(line for each in deadlines for line in _event(each, host, now)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded(line)}\r\n" for line in lines).encode()


def escaped(text: str) -> str:
    """A value of type TEXT (RFC 5545 §3.3.11)."""
    plain = "".join(letter for letter in text if letter.isprintable() or letter == "\n")
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, f"\\{sign}")
    return plain.replace("\n", "\\n")


def folded(line: str) -> str:
    """A line parted into such of no more than 75 octets; no letter is broken."""
    parts, size = [""], 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > LINE:
            parts.append(" ")
            size = 1
        parts[-1] += letter
        size += octets
    return "\r\n".join(parts)


def _event(each: Deadline, host: str, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:disiplin-{each.task}-{int(each.pada.timestamp())}@{escaped(host)}"
    yield f"DTSTAMP:{_instant(now)}"
    if each.sehari:
        last = each.pada.date() - timedelta(days=1)
        yield f"DTSTART;VALUE=DATE:{last:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{each.pada:%Y%m%d}"
    else:
        yield f"DTSTART:{_instant(each.pada)}"
    yield f"SUMMARY:{escaped(f'{each.apa} ({each.number or each.case_key})')}"
    if each.hukum is not None:
        yield f"DESCRIPTION:{escaped(f'{each.hukum.apa}: {each.hukum.dasar}')}"
    yield "CLASS:CONFIDENTIAL"
    yield "TRANSP:TRANSPARENT"
    yield from (
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:Tenggat disiplin",
        "TRIGGER:-P1D",
        "END:VALARM",
    )
    yield "END:VEVENT"


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
