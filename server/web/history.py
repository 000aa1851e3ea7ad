"""What happened in a case, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from server.engine import Engine, search
from server.engine.bundle import Bundle
from server.engine.search import HISTORY, Query, within
from server.identity import Actor, names_of

WORDS: Final[Mapping[str, str]] = {
    "STARTED": "memulai perkara",
    "TASK_COMPLETED": "menyelesaikan",
    "TASK_ASSIGNED": "menjadi atau menunjuk pemegang",
    "TASK_UNASSIGNED": "mengembalikan ke kelompok",
    "TASK_UPDATED": "mengubah tenggat atau penerima",
    "DUE_DATE_MOVED": "tenggat dihitung ulang",
    "DOCUMENT_ATTACHED": "melampirkan berkas",
    "DOCUMENT_REMOVED": "menghapus lampiran",
    "CANCELED": "membatalkan perkara",
    "SUSPENDED_BY_PERSON": "menghentikan sementara",
    "ACTIVE_BY_PERSON": "melanjutkan perkara",
    "VARIABLES_SET": "mengubah data perkara",
    "MODIFIED": "memindahkan perkara ke langkah lain",
    "MIGRATED": "memindahkan perkara ke versi lain",
    "COMPLETED": "perkara selesai",
    "TIMER_TRIGGERED": "waktu tunggu habis",
    "MESSAGE_CORRELATED": "pesan diterima",
    "JOB_COMPLETED": "langkah otomatis selesai",
    "JOB_FAILED": "langkah otomatis gagal dan dicoba lagi",
    "JOB_ERROR": "langkah otomatis berakhir dengan galat",
    "INCIDENT_OPENED": "gangguan, menunggu perbaikan",
    "INCIDENT_RESOLVED": "gangguan diselesaikan",
}
OTHERWISE: Final = "perubahan oleh petugas"
MOST: Final = 200


@dataclass(frozen=True)
class Line:
    """Who did what, when, with which step."""

    at: datetime
    actor: str
    words: str
    step: str | None


def history_of(engine: Engine, connection: Connection, who: Actor, case: int, bundle: Bundle) -> list[Line]:
    """The newest first; empty for a case that one may not see as a whole."""
    asked = within(Query(sort=(("at", True),), limit=MOST), process_instance_key=case)
    lines = search.search(engine, connection, who, HISTORY, asked).items
    names = names_of(connection, {each["actor"] for each in lines})
    return [
        Line(
            each["at"],
            _said_by(each["actor"], names),
            WORDS.get(each["event"], OTHERWISE),
            bundle.elements[each["element_id"]].name if each["element_id"] in bundle.elements else None,
        )
        for each in lines
    ]


def _said_by(actor: str | None, names: Mapping[str, str]) -> str:
    return names.get(actor or "", actor or "Sistem") if actor != "sistem" else "Sistem"
