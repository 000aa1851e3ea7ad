"""The one fact of the applicant that must be said with a code: what a finder of the receipt does not know.

Which one it is follows from what the office has written down, and stands on the receipt. The last digits of a NIK or NIP
would be none: they are a serial number, and that is 0001 more often than not. Both hold the birth date, which people know by
heart; who has another one on paper says the whole number.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hmac import compare_digest
from typing import Any, Final

from server.calendar import words

NIK: Final = re.compile(r"\d{6}(?P<day>\d\d)(?P<month>\d\d)(?P<year>\d\d)\d{4}", re.ASCII)
"""Of women the day is written with forty added."""
NIP: Final = re.compile(r"\d\d(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d)\d{10}", re.ASCII)
SHORTEST: Final = 8
"""Digits below which a text is no number of a person."""
LAST: Final = 4
SHORTEST_LETTER: Final = 4
"""Letters and digits below which a letter's number proves nothing; behind it is a kecamatan's request, and nobody's person."""
LONGEST: Final = 60
"""Characters of an answer that are looked at."""
MONTHS: Final = tuple(month[:3].lower() for month in words.MONTHS)


@dataclass(frozen=True)
class Proof:
    """`asks`: the fact, in the words of the receipt; `answers`: each of which is right, as digits."""

    asks: str
    answers: tuple[str, ...]


def letter_of(report: Mapping[str, Any] | None) -> str | None:
    """The number of a kecamatan's letter, out of the report that came with it."""
    number = (report or {}).get("nomor_surat")
    return number if isinstance(number, str) else None


def proof_of(
    nik: str | None, nip: str | None, telepon: str | None, born: date | None, letter: str | None = None
) -> Proof | None:
    """What is asked of an applicant of whom this is known; None where nothing can be. `letter`: the number of theirs."""
    for number, name, form in ((nik, "NIK", NIK), (nip, "NIP", NIP)):
        digits = _digits(number or "")
        if len(digits) >= SHORTEST:
            return _proof_by_number(digits, name, form)
    digits = _digits(telepon or "")
    if len(digits) >= SHORTEST:
        return Proof("empat angka terakhir nomor telepon pemohon", (digits[-LAST:],))
    said = (_plain(letter or ""), _digits(letter or ""))
    if len(said[0]) >= SHORTEST_LETTER:
        enough = tuple(each for each in said if len(each) >= SHORTEST_LETTER)
        return Proof("nomor surat permintaan pemohon", enough)
    return Proof("tanggal lahir pemohon", (f"{born:%d%m%y}",)) if born is not None else None


def is_right(proof: Proof | None, answer: str) -> bool:
    """Whether the answer is one of the proof's. As quick for a wrong answer as for a right one."""
    said = answer[:LONGEST]
    tried = (_digits(said), _day(said), _plain(said))
    expected = proof.answers if proof else ("",)
    found = [compare_digest(one.encode(), each.encode()) and bool(each) for one in expected for each in tried]
    return any(found)


def _proof_by_number(digits: str, name: str, form: re.Pattern[str]) -> Proof:
    read = form.fullmatch(digits)
    day, month = (int(read["day"]) % 40, int(read["month"])) if read else (0, 0)
    if read is None or not (1 <= day <= 31 and 1 <= month <= 12):
        return Proof(f"{name} pemohon", (digits,))
    return Proof(f"tanggal lahir pemohon, atau {name}-nya", (f"{day:02}{month:02}{read['year']}", digits))


def _day(text: str) -> str:
    """A day however it is written (17-08-1990, 17 Agustus 1990, 17081990) as 170890; nothing where it is none."""
    parts = list(_parts(text.lower()))
    if len(parts) == 1 and len(parts[0]) in (6, 8):
        parts = [parts[0][:2], parts[0][2:4], parts[0][4:]]
    if len(parts) != 3 or not (len(parts[0]) <= 2 and len(parts[1]) <= 2 and len(parts[2]) in (2, 4)):
        return ""
    return f"{parts[0]:0>2}{parts[1]:0>2}{parts[2][-2:]}"


def _parts(text: str) -> Iterator[str]:
    """The numbers of a text, the names of months as numbers among them."""
    for word in re.findall(r"[0-9]+|[a-z]+", text):
        if word.isdigit():
            yield word
        elif word[:3] in MONTHS:
            yield str(MONTHS.index(word[:3]) + 1)


def _plain(text: str) -> str:
    """The letters and digits of a letter's number, however it is punctuated: 470/12/2026 as 470122026."""
    return "".join(each for each in text.casefold() if each.isalnum())


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isascii() and each.isdigit())
