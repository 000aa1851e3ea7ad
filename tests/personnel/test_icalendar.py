"""Deadlines for other calendars: what RFC 5545 asks of a file, and that it names nobody."""

from datetime import UTC, date, datetime

from server.personnel.icalendar import calendar_of, escaped, folded
from server.personnel.register import Deadline, Law

NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
LAW = Law("Panggilan II paling lambat; sesudah hari itu", "PP 94/2021 ps. 26, ayat (3)", date(2026, 12, 2))
TASK = Deadline(
    7,
    "DISIPLIN-2026-0001",
    "Sri Wahyuni",
    "sp_1",
    "Panggil, lalu periksa",
    datetime(2026, 12, 2, 9, tzinfo=UTC),
    False,
    11,
    LAW,
)
WATCH = Deadline(8, None, "Budi", "lisan", "Pantau", datetime(2026, 12, 3, tzinfo=UTC), True, 12)


def lines(body: bytes) -> list[str]:
    return body.decode().replace("\r\n ", "").split("\r\n")


def test_a_deadline_is_an_event_at_its_instant_or_on_its_last_day() -> None:
    said = lines(calendar_of([TASK, WATCH], "contoh.go.id", NOW))
    assert "DTSTART:20261202T090000Z" in said
    assert "DTSTART;VALUE=DATE:20261202" in said
    assert said.count("BEGIN:VEVENT") == said.count("END:VEVENT") == said.count("BEGIN:VALARM") == 2
    assert (said[0], said[-2], said[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")


def test_it_says_the_number_and_the_article_and_never_the_name() -> None:
    body = calendar_of([TASK, WATCH], "contoh.go.id", NOW).decode()
    assert "SUMMARY:Panggil\\, lalu periksa (DISIPLIN-2026-0001)" in body
    assert "ps. 26\\, ayat (3)" in body.replace("\r\n ", "")
    assert "Sri" not in body
    assert "Budi" not in body


def test_what_has_a_meaning_in_the_format_is_escaped() -> None:
    assert escaped("a;b,c\\d\ne\r\x07") == "a\\;b\\,c\\\\d\\ne"


def test_lines_are_folded_at_75_octets_between_letters() -> None:
    text = "DESCRIPTION:" + "é–" * 60
    parts = folded(text).split("\r\n")
    assert all(len(part.encode()) <= 75 for part in parts)
    assert all(part.startswith(" ") for part in parts[1:])
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == text
