"""NIK, number of a family card, NIP: whether such a number is formed as its rule says. Whether it exists is
SIAK's to say.

A text field asks for the check by its own entry `nomor` (`properties` in form-js): "nik", "kk", "nip" or
"nip_pppk". Its entries `lahir` and `kelamin` name the fields beside it, or variables, that hold the date of birth and the sex
which the number should agree with. A number that does not is in doubt, and taken all the same: a NIK is never changed
(PP 40/2019 ps. 30 ayat (2)), and neither is a NIP.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date

YOUNGEST_CPNS = 16
"""Years of age below which a NIP's date of appointment cannot be right."""

USUAL_CPNS = 18
"""Years of age below which a NIP's date of appointment is in doubt."""

_NIK_OR_KK = re.compile(r"\d{6}(\d\d)(\d\d)(\d\d)(\d{4})", re.ASCII)
_NIP = re.compile(r"(\d{4})(\d\d)(\d\d)(\d{4})(\d\d)([12])(\d{3})", re.ASCII)
_NIP_PPPK = re.compile(r"(\d{4})(\d\d)(\d\d)\d{10}", re.ASCII)


def is_nik(text: str) -> bool:
    """16 digits: area, day (of a woman plus 40), month and year of birth, serial (Adminduk)."""
    return _is_dated(text, woman_adds=40)


def is_kk(text: str) -> bool:
    """16 digits: area, day, month and year of recording, serial."""
    return _is_dated(text, woman_adds=0)


def is_nip(text: str) -> bool:
    """18 digits: date of birth, month of appointment as CPNS, sex, serial (Perka BKN 22/2007)."""
    match = _NIP.fullmatch(text)
    if match is None:
        return False
    year, month, day, appointed, appointed_in = (int(part) for part in match.groups()[:5])
    if not _is_day(year, month, day) or not 1 <= appointed_in <= 12:
        return False
    return (appointed, appointed_in) >= (year + YOUNGEST_CPNS, month)


def is_nip_pppk(text: str) -> bool:
    """18 digits that begin with the date of birth; the rest follows no fixed rule."""
    match = _NIP_PPPK.fullmatch(text)
    return match is not None and _is_day(*(int(part) for part in match.groups()))


def doubts(kind: str, text: str, born: object, sex: object) -> Iterator[str]:
    """What is doubtful about a well-formed number beside a date of birth (ISO text) and a sex, as far as these are known."""
    birthday = None
    with suppress(ValueError):
        birthday = date.fromisoformat(str(born)[:10])
    if birthday is not None and _birth(kind, text) not in (None, _birth_of(kind, birthday)):
        yield f"memuat tanggal lahir lain dari {birthday:%d-%m-%Y}"
    told = str(sex or "")[:1].casefold()
    if told in ("l", "p") and _is_woman(kind, text) not in (None, told == "p"):
        yield f"milik {'laki-laki' if told == 'p' else 'perempuan'}"
    match = _NIP.fullmatch(text) if kind == "nip" else None
    if match is not None:
        year, month, _, appointed, appointed_in = (int(part) for part in match.groups()[:5])
        if (appointed, appointed_in) < (year + USUAL_CPNS, month):
            yield f"memuat pengangkatan sebelum umur {USUAL_CPNS} tahun"


def _birth(kind: str, text: str) -> tuple[int, int, int] | None:
    """Day, month and year of birth that a number bears; the year of a NIK without its century."""
    if kind == "nik":
        day, month, year = int(text[6:8]), int(text[8:10]), int(text[10:12])
        return day - 40 * (day > 40), month, year
    return (int(text[6:8]), int(text[4:6]), int(text[:4])) if kind in ("nip", "nip_pppk") else None


def _birth_of(kind: str, birthday: date) -> tuple[int, int, int]:
    return birthday.day, birthday.month, birthday.year % 100 if kind == "nik" else birthday.year


def _is_woman(kind: str, text: str) -> bool | None:
    if kind == "nik":
        return int(text[6:8]) > 40
    return text[14] == "2" if kind == "nip" else None


KINDS: dict[str, tuple[Callable[[str], bool], str]] = {
    "nik": (is_nik, "NIK (16 angka)"),
    "kk": (is_kk, "nomor KK (16 angka)"),
    "nip": (is_nip, "NIP (18 angka)"),
    "nip_pppk": (is_nip_pppk, "nomor induk PPPK (18 angka)"),
}
"""Each kind's check, and what people call it."""


def _is_dated(text: str, woman_adds: int) -> bool:
    match = _NIK_OR_KK.fullmatch(text)
    if match is None:
        return False
    day, month, year, serial = (int(part) for part in match.groups())
    day -= woman_adds if day > woman_adds else 0
    # The century is not told; only a 29 February of 1900 depends on it.
    return serial > 0 and _is_day(2000 + year, month, day)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
