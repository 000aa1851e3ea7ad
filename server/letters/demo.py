"""The demo office's agenda: some letters of this year, one of them cancelled, one handed on."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert

from server.db import put_setting
from server.letters import registers
from server.letters.agenda import ADD, CODE_OF_OFFICE, row_of
from server.letters.models import Disposition, LetterState, Recipient

OFFICE_CODE: Final = "427.43"
LETTERS: Final = (
    (
        12,
        "surat_masuk",
        "Camat Kota",
        "Permintaan blangko KTP-el",
        {"nomor_asal": "470/118/2026", "sifat": "segera"},
    ),
    (11, "surat_keluar", "Camat Kota", "Jawaban permintaan blangko KTP-el", {"kode": "400.12"}),
    (
        9,
        "surat_masuk",
        "Badan Kepegawaian Daerah",
        "Pemutakhiran data pegawai",
        {"nomor_asal": "800/77/2026"},
    ),
    (8, "surat_keluar", "Kepala Badan Kepegawaian Daerah", "Data pegawai", {"kode": "800"}),
    (6, "surat_tugas", "Dua orang staf", "Surat tugas: jemput bola perekaman KTP-el", {"kode": "800"}),
    (3, "surat_keluar", "Inspektorat", "Tindak lanjut hasil pemeriksaan", {"kode": "700"}),
    (2, "surat_masuk", "Sekretariat Daerah", "Undangan rapat koordinasi", {"nomor_asal": "000/341/2026"}),
    (1, "surat_masuk", "Warga", "Pengaduan pelayanan", {"nomor_asal": "tanpa nomor", "sifat": "rahasia"}),
)
"""Days ago, register, the other party, hal, and what else is known."""
CANCELLED, HANDED_ON = 5, 6


def fill_demo(connection: Connection, now: datetime) -> None:
    """Fills the books of the year; keys below those that are drawn. The people exist already."""
    put_setting(connection, CODE_OF_OFFICE, OFFICE_CODE)
    first = now.replace(month=1, day=1, hour=9)
    known = registers.registers(connection)
    for key, (days, name, pihak, hal, more) in enumerate(LETTERS):
        at = max(first, now - timedelta(days=days))
        register = known[name]
        kode = more.get("kode", register.kode)
        number = registers.next_number(connection, register, kode, at.date(), OFFICE_CODE)
        said: dict[str, Any] = {
            "tanggal": at.date(),
            "pihak": pihak,
            "hal": hal,
            **more,
            "kode": kode or None,
        }
        if register.id != "surat_masuk":
            said |= {"penanda_tangan": "Kepala Dinas", "pengolah": "Subbagian Umum dan Kepegawaian"}
        row = row_of(key + 1, number, register.arah, said, "staf_umpeg", at)
        if key == CANCELLED:
            row |= {
                "keadaan": LetterState.BATAL.value,
                "alasan_batal": "Diganti surat dengan lampiran lengkap.",
            }
        connection.execute(ADD, row)
    _hand_on(connection, HANDED_ON + 1, now)


def _hand_on(connection: Connection, letter: int, now: datetime) -> None:
    written = {"key": 1, "letter_key": letter, "oleh": "kepala_dinas", "jabatan": "Kepala Dinas", "pada": now}
    said = {
        "instruksi": ["hadiri"],
        "catatan": "Wakili saya, laporkan hasilnya.",
        "tenggat": now.date() + timedelta(days=3),
    }
    connection.execute(insert(Disposition), {**written, **said})
    connection.execute(insert(Recipient), {"disposition_key": 1, "role": "sekretaris", "letter_key": letter})
