"""What people are told of, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Occasion(StrEnum):
    NEW = "baru"
    ASSIGNED = "diserahkan"
    RETURNED = "dikembalikan"
    SOON = "segera"
    LATE = "terlambat"
    COMMENT = "komentar"
    ENDED = "berakhir"
    INCIDENT = "gangguan"
    CAREER = "penjagaan"
    STOCK = "persediaan"


@dataclass(frozen=True)
class Words:
    """`title`: before what it is about; `label`: beside the choice; `hint`: when it comes."""

    title: str
    label: str
    hint: str


WORDS: Final[Mapping[Occasion, Words]] = {
    Occasion.NEW: Words(
        "Tugas baru", "Tugas baru untuk peran saya", "Ada tugas yang dapat Anda atau rekan seperan ambil."
    ),
    Occasion.ASSIGNED: Words(
        "Tugas untuk Anda", "Tugas yang diserahkan kepada saya", "Sebuah tugas menunggu Anda sendiri."
    ),
    Occasion.RETURNED: Words(
        "Tugas kembali", "Tugas yang kembali kepada saya", "Yang sudah Anda kerjakan perlu diperbaiki."
    ),
    Occasion.SOON: Words("Segera jatuh tempo", "Segera jatuh tempo", "Seperempat waktunya masih tersisa."),
    Occasion.LATE: Words("Terlambat", "Lewat tenggat", "Tenggat tugas sudah lewat."),
    Occasion.COMMENT: Words(
        "Komentar",
        "Komentar pada perkara saya",
        "Rekan menulis tentang perkara yang Anda mulai atau kerjakan.",
    ),
    Occasion.ENDED: Words(
        "Perkara berakhir",
        "Perkara saya berakhir",
        "Yang Anda mulai, atau yang tentang Anda, selesai atau dibatalkan.",
    ),
    Occasion.INCIDENT: Words(
        "Gangguan", "Gangguan yang dapat saya perbaiki", "Sebuah perkara berhenti dan perlu diperbaiki."
    ),
    Occasion.CAREER: Words(
        "Buku penjagaan",
        "Pegawai yang sudah waktunya",
        "Kenaikan gaji, kenaikan pangkat atau pensiun seorang pegawai perlu diurus.",
    ),
    Occasion.STOCK: Words(
        "Persediaan menipis",
        "Blangko di bawah titik pesan",
        "Stok blangko KTP-el di Dinas perlu diisi lagi.",
    ),
}
OF_TASKS: Final = frozenset(
    (Occasion.NEW, Occasion.ASSIGNED, Occasion.RETURNED, Occasion.SOON, Occasion.LATE)
)
"""Those that no longer matter once somebody else has the task, or it is over."""
