"""What happened in a case, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from server.db import load_json
from server.engine import Engine, search
from server.engine.bundle import Bundle
from server.engine.search import HISTORY, Item, Query, within
from server.identity import Actor, names_of

WORDS: Final[Mapping[str, str]] = {
    "STARTED": "memulai perkara",
    "TASK_COMPLETED": "menyelesaikan",
    "TASK_ASSIGNED": "mengambil",
    "TASK_UNASSIGNED": "mengembalikan ke kelompok",
    "TASK_TAKEN_BACK": "menarik kembali",
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
TELLING: Final = frozenset(
    {
        "TASK_ASSIGNED",
        "TASK_UNASSIGNED",
        "TASK_TAKEN_BACK",
        "DOCUMENT_ATTACHED",
        "DOCUMENT_REMOVED",
        "CANCELED",
        "SUSPENDED_BY_PERSON",
        "ACTIVE_BY_PERSON",
        "MODIFIED",
    }
)
"""Events whose values say something of the deed."""
HANDED: Final = "menyerahkan"
OTHERWISE: Final = "perubahan oleh petugas"
MOST: Final = 200


@dataclass(frozen=True)
class Line:
    """Who did what, when, with which step; `more`: to whom, of what, and why."""

    at: datetime
    actor: str
    words: str
    step: str | None
    more: str = ""


def history_of(engine: Engine, connection: Connection, who: Actor, case: int, bundle: Bundle) -> list[Line]:
    """The newest first; empty for a case that one may not see as a whole."""
    asked = within(Query(sort=(("at", True),), limit=MOST), process_instance_key=case)
    lines = search.search(engine, connection, who, HISTORY, asked).items
    told = {each["history_key"]: _told(each) for each in lines}
    names = names_of(
        connection,
        {each["actor"] for each in lines} | {str(each.get("assignee")) for each in told.values()},
    )
    return [
        Line(
            each["at"],
            _said_by(each["actor"], names),
            HANDED if "assignee" in told[each["history_key"]] else WORDS.get(each["event"], OTHERWISE),
            bundle.elements[each["element_id"]].name if each["element_id"] in bundle.elements else None,
            _more(told[each["history_key"]], names),
        )
        for each in lines
    ]


def _told(line: Item) -> Mapping[str, Any]:
    """What was said of a deed itself; the values of forms stand elsewhere. Retention may have blanked it."""
    found = load_json(line["values"]) if line["event"] in TELLING and line["values"] else None
    return found if isinstance(found, dict) else {}


def _more(told: Mapping[str, Any], names: Mapping[str, str]) -> str:
    to, file = told.get("assignee"), told.get("name")
    why = told.get("alasan") or told.get("reason")
    parts = [f"kepada {names.get(str(to), str(to))}" if to else "", f"“{file}”" if file else ""]
    return "; ".join(part for part in (*parts, f"alasan: {why}" if why else "") if part)


def _said_by(actor: str | None, names: Mapping[str, str]) -> str:
    return names.get(actor or "", actor or "Sistem") if actor != "sistem" else "Sistem"
