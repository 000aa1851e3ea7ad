"""NIK, number of a family card, NIP: whether such a number is formed as its rule says. Whether it exists is
SIAK's to say.

A text field asks for the check by its own entry `nomor` (`properties` in form-js): "nik", "kk", "nip" or
"nip_pppk".
"""

import re
from collections.abc import Callable
from datetime import date

YOUNGEST_CPNS = 16
"""Years of age below which a NIP's date of appointment cannot be right."""

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
