"""What a NIP says by itself, and whether the rest of a file agrees. Formal checks: they warn, the truth is in SIASN."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date

PATTERN = re.compile(r"(\d{8})(\d{6})([12])(\d{3})")
"""Birthday, month of the appointment as CPNS, sex (1 man, 2 woman), serial number (Perka BKN 22/2007)."""
YOUNGEST, UNUSUAL = 16, 18


def doubts(nip: str | None, status: str | None, born: date | None, since: date | None) -> tuple[str, ...]:
    """What is doubtful about a NIP, in sentences; `since`: TMT CPNS. The number of a PPPK has no month to be checked."""
    if nip is None:
        return ("NIP belum dicatat.",)
    return tuple(_doubts(nip, status, born, since))


def birthday(nip: str | None) -> date | None:
    """The day of birth that a NIP names."""
    found = PATTERN.fullmatch(nip or "")
    return _day(found[1]) if found else None


def _doubts(nip: str, status: str | None, born: date | None, since: date | None) -> Iterator[str]:
    if len(nip) != 18 or not (nip.isascii() and nip.isdigit()):
        yield "NIP harus delapan belas angka."
        return
    day = _day(nip[:8])
    if day is None:
        yield f"Delapan angka pertama NIP, {nip[:8]}, bukan tanggal lahir."
    elif born is not None and day != born:
        yield "Tanggal lahir dalam NIP lain dari yang dicatat."
    if status == "PPPK":
        return
    if PATTERN.fullmatch(nip) is None:
        yield "Angka kelima belas NIP, jenis kelamin, harus 1 atau 2."
    month = _day(f"{nip[8:14]}01")
    if month is None:
        yield f"Angka kesembilan sampai keempat belas NIP, {nip[8:14]}, bukan bulan TMT CPNS."
        return
    if since is not None and (month.year, month.month) != (since.year, since.month):
        yield "Bulan TMT CPNS dalam NIP lain dari mulai kerja yang dicatat."
    if day is not None:
        age = month.year - day.year - ((month.month, 1) < (day.month, day.day))
        if age < YOUNGEST:
            yield f"Menurut NIP ia menjadi CPNS pada umur {age} tahun."
        elif age < UNUSUAL:
            yield f"Menurut NIP ia menjadi CPNS pada umur {age} tahun; pastikan."


def _day(digits: str) -> date | None:
    with suppress(ValueError):
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    return None
