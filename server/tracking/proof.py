"""The one fact of the applicant that must be said with a code: what a finder of the receipt does not know.

Which one it is follows from what the office has written down, and stands on the receipt.
"""

from dataclasses import dataclass
from datetime import date
from hmac import compare_digest
from typing import Final

SHORTEST: Final = 8
"""Digits below which a text is no NIK, NIP or telephone number."""
LAST: Final = 4
LONGEST: Final = 40
"""Characters of an answer that are looked at."""


@dataclass(frozen=True)
class Proof:
    """`asks`: the fact, in the words of the receipt; `digits`: the right answer."""

    asks: str
    digits: str


def proof_of(nik: str | None, nip: str | None, telepon: str | None, born: date | None) -> Proof | None:
    """What is asked of an applicant of whom this is known; None where nothing can be."""
    for number, name in ((nik, "NIK pemohon"), (nip, "NIP pemohon"), (telepon, "nomor telepon pemohon")):
        digits = _digits(number or "")
        if len(digits) >= SHORTEST:
            return Proof(f"empat angka terakhir {name}", digits[-LAST:])
    if born is not None:
        return Proof("tanggal lahir pemohon (tanggal-bulan-tahun)", f"{born:%d%m%Y}")
    return None


def is_right(proof: Proof | None, answer: str) -> bool:
    """Whether the answer is that of the proof; without one nothing is right. As quick for a wrong answer as for a right one."""
    expected = proof.digits if proof else ""
    return compare_digest(expected.encode(), _digits(answer[:LONGEST]).encode()) and bool(expected)


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isascii() and each.isdigit())
