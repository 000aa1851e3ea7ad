"""The report on how services kept their time (laporan ketepatan waktu layanan), as offices hand it in each quarter."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from server import pdf
from server.letters.letterhead import Letterhead
from server.letters.papers import Paper

REPORT: Final = Path(__file__).with_name("laporan-ketepatan.typ")


@dataclass(frozen=True)
class ReportedService:
    """One line: all in words, so that it says the same as the pages."""

    nama: str
    janji: str
    dasar: str
    selesai: str
    median: str
    p90: str
    tepat: str
    terlambat: str
    dibatalkan: str
    berjalan_terlambat: str


@dataclass(frozen=True)
class ReportedField:
    """A bidang with its services, and all of them together."""

    nama: str
    layanan: tuple[ReportedService, ...]
    jumlah: ReportedService


@dataclass(frozen=True)
class TimelinessReport:
    """`bulan`: name, finished, in time, median of each month. `pejabat`: who signs, with `nip` where it is known."""

    dari: date
    sampai: date
    bidang: tuple[ReportedField, ...]
    jumlah: ReportedService
    bulan: tuple[tuple[str, str, str, str], ...]
    terlambat: tuple[tuple[str, str, str, str, str], ...]
    """The cases most over their promise: number, service, worked, promised, ended."""
    jabatan: str
    pejabat: str | None
    nip: str | None


def timeliness_pdf(head: Letterhead, said: TimelinessReport, at: datetime) -> bytes:
    """The report as a PDF on F4."""
    data: dict[str, Any] = {
        **asdict(head),
        "logo": list(head.logo),
        **asdict(said),
        "dari": said.dari.isoformat(),
        "sampai": said.sampai.isoformat(),
        "tanggal": at.date().isoformat(),
        "kertas": Paper.F4.value,
        "zona": "",
    }
    return pdf.render(REPORT, data, at)
