"""The two papers that an applicant gets: the receipt of what they handed in, and the letter that lists what is missing.

What stands on them is told by whoever asks for one; here it is laid out. All texts reach the template as data.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import segno

from server import pdf
from server.letters.letterhead import Letterhead

RECEIPT: Final = Path(__file__).with_name("tanda-terima.typ")
SHORTAGE: Final = Path(__file__).with_name("kekurangan-berkas.typ")
ZONES: Final = {7: "WIB", 8: "WITA", 9: "WIT"}


class Paper(StrEnum):
    """The papers of an office: F4 (folio, 215 × 330 mm), A4, and A5 for the counter."""

    F4 = "F4"
    A4 = "A4"
    A5 = "A5"


@dataclass(frozen=True)
class Wanted:
    """A document that was asked for. `ada`: whether it was handed in; None: nobody has looked yet."""

    dokumen: str
    bentuk: str
    jumlah: str | None
    alternatif: tuple[str, ...]
    sumber: str
    ada: bool | None


@dataclass(frozen=True)
class Office:
    """Where to come, and when it is open: lines such as `Senin–Kamis` with `07.30–12.00 dan 13.00–16.00`."""

    jam: tuple[tuple[str, str], ...]
    tutup: tuple[tuple[date, str], ...] = ()
    """Days of the near future on which it is closed, and why."""


@dataclass(frozen=True)
class Receipt:
    """What a receipt says. `kode`, `alamat_lacak` and `fakta`: how the applicant follows the case, where they can.

    `kode_pengambilan`: what the counter compares when the result is fetched. `petugas`: who took it in, None for the applicant
    themselves.
    """

    nomor: str
    prosedur: str
    pemohon: str
    diterima: datetime
    siap: datetime | None
    dokumen: tuple[Wanted, ...]
    lampiran: tuple[str, ...]
    petugas: str | None
    kode_pengambilan: str | None
    kode: str | None
    alamat_lacak: str | None
    tautan: str | None
    """The address with the code in it, for the QR."""
    fakta: str | None


@dataclass(frozen=True)
class Shortage:
    """What the letter about missing documents says."""

    nomor: str
    prosedur: str
    pemohon: str
    tanggal: datetime
    diterima: datetime
    kurang: tuple[Wanted, ...]
    catatan: str | None
    dasar: str | None
    petugas: str
    nip: str | None
    jabatan: str
    alamat_lacak: str | None


def receipt_pdf(head: Letterhead, office: Office, said: Receipt, paper: Paper, at: datetime) -> bytes:
    """The receipt as a PDF on one of the papers."""
    data = _data(head, office, said, paper, at)
    data["qr"] = _qr(said.tautan) if said.tautan else None
    return pdf.render(RECEIPT, data, at)


def shortage_pdf(head: Letterhead, office: Office, said: Shortage, paper: Paper, at: datetime) -> bytes:
    """The letter as a PDF."""
    return pdf.render(SHORTAGE, _data(head, office, said, paper, at), at)


def _data(
    head: Letterhead, office: Office, said: Receipt | Shortage, paper: Paper, at: datetime
) -> dict[str, Any]:
    offset = at.utcoffset()
    zone = ZONES.get(round(offset.total_seconds() / 3600), "") if offset is not None else ""
    told = {
        **asdict(head),
        "logo": list(head.logo),
        "kantor_buka": asdict(office),
        **asdict(said),
        "kertas": paper.value,
        "dicetak": at,
        "zona": zone,
    }
    return {name: _plain(value, at) for name, value in told.items()}


def _plain(value: Any, at: datetime) -> Any:
    """As JSON has it; an instant as the office's clock shows it: 2026-11-27T09:15."""
    if isinstance(value, datetime):
        return value.astimezone(at.tzinfo).isoformat(timespec="minutes")[:16]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(each, at) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, at) for each in value]
    return value


def _qr(text: str) -> str:
    """A QR code as SVG, readable from a worn sheet (level Q)."""
    drawn = BytesIO()
    segno.make_qr(text, error="q").save(drawn, kind="svg", border=4, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()
