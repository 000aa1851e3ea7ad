"""A step of a case in the plain words of somebody who waits for it: `Sedang diperiksa Kepala Seksi`, `Siap diambil`.

The book names a task by what is to be done (`Periksa berkas …`); a verb that is not known here is `dikerjakan`.
"""

import re
from collections.abc import Mapping
from typing import Final

READY: Final = "Siap diambil"
RETURNED: Final = "Dikembalikan, menunggu Anda lengkapi"
UNDER_WAY: Final = "Sedang diproses"
STATES: Final[Mapping[str, str]] = {
    "SUSPENDED": "Dihentikan sementara. Tanyakan di loket.",
    "TERMINATED": "Dibatalkan",
    "COMPLETED": "Selesai",
}
FETCHED: Final = "Selesai, hasilnya sudah diterima"
FETCHING: Final = frozenset({"ambil", "hadiri", "terima"})
"""What a citizen does at the end."""
HANDING_OVER: Final = "serahkan"
AWAITED: Final[Mapping[str, str]] = {
    "disposisi": "Menunggu disposisi",
    "paraf": "Menunggu paraf",
    "perintahkan": "Menunggu perintah",
    "setujui": "Menunggu persetujuan",
    "tanda": "Menunggu tanda tangan",
}
PASSIVE: Final = re.compile(
    "agendakan|analisis|antar|arsipkan|bawa|bahas|bayar|bentuk|buat|cairkan|cari|catat|cek|cetak|cocokkan|entri"
    "|evaluasi|gandakan|himpun|hitung|kembalikan|ketik|kirim|kumpulkan|legalisir|nilai|pantau|pelajari|perbaiki|perbarui"
    "|periksa|proses|putuskan|register|rekam|rekap|siapkan|simpan|susun|telaah|teliti|teruskan|tetapkan|tinjau|tulis"
    "|verifikasi"
)
"""Verbs of the book that say to an outsider what becomes of the file."""


def stage(name: str, role: str) -> str:
    """What happens in a task of an officer."""
    verb = first_verb(name)
    if verb in AWAITED:
        return f"{AWAITED[verb]} {role}"
    return f"Sedang {f'di{verb}' if PASSIVE.fullmatch(verb) else 'dikerjakan'} {role}"


def awaited_of_applicant(name: str) -> str:
    """What the applicant is to do."""
    return f"Menunggu Anda: {name[:1].lower()}{name[1:]}"


def first_verb(name: str) -> str:
    words = name.replace(",", " ").split()
    return words[0].lower() if words else ""


def hands_over(name: str) -> bool:
    """Whether a task is to give somebody something."""
    return HANDING_OVER in name.lower().replace(",", " ").split()


def service_name(name: str) -> str:
    """A procedure as an applicant calls it: the book's titles begin with what they are."""
    for prefix in ("Standar Operasional Prosedur (SOP) ", "SOP ", "Prosedur "):
        if name.startswith(prefix):
            return name[len(prefix) :]
    return name
