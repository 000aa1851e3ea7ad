"""The procedure that is measured, in the shape of the leave procedure: checked, signed, or sent back and checked again."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import bindparam, select

from server import engine as verbs
from server.db import dump_json, read
from server.engine.tables import UserTask
from tests.diagrams import (
    catch,
    diagram,
    end,
    exclusive,
    flow,
    lane,
    lanes,
    parallel,
    path,
    start,
    timer,
    user,
)
from tests.live import Office

CHECKER, SIGNER = "pemeriksa", "penanda_tangan"
PEOPLE = {CHECKER: "kasubag_umpeg", SIGNER: "sekretaris"}
APPROVED = {
    "jenis": "tahunan",
    "tanggal_mulai": "2026-03-02",
    "hari": 5,
    "disetujui": True,
    "catatan": "Sisa cuti masih cukup; pekerjaan diserahkan kepada rekan seruangan.",
}
SENT_BACK = APPROVED | {"disetujui": False}


def _row(number: int, task: str, output: str) -> dict[str, str]:
    """A step's mutu baku."""
    return {
        "langkah": str(number),
        "uraian": f"Pejabat {task} permohonan.",
        "kelengkapan": "Blanko cuti",
        "waktu": "PT45M",
        "output": output,
    }


LEAVE = diagram(
    lanes(
        lane("Kasubag", "kasubag_umpeg", "mulai periksa putusan perbaiki"),
        lane("Sekretaris", "sekretaris", "tanda_tangan selesai"),
    ),
    start("mulai"),
    user("periksa", form="periksa", properties=_row(1, "memeriksa", "Permohonan yang diperiksa")),
    exclusive("putusan", default="putusan_perbaiki"),
    user("perbaiki"),
    user("tanda_tangan", properties=_row(2, "menandatangani", "Surat cuti")),
    end("selesai"),
    path("mulai periksa putusan perbaiki periksa", "tanda_tangan selesai"),
    flow("putusan", "tanda_tangan", "=disetujui and hari <= 12"),
    id="cuti",
)
BRANCHES = diagram(
    lanes(lane("Kasubag", "kasubag_umpeg", "mulai bagi satu dua gabung putusan ulangi selesai")),
    start("mulai"),
    parallel("bagi"),
    user("satu", form="periksa"),
    user("dua"),
    parallel("gabung"),
    exclusive("putusan", default="putusan_ulangi"),
    exclusive("ulangi"),
    end("selesai"),
    path("mulai ulangi bagi satu gabung putusan ulangi", "bagi dua gabung"),
    flow("putusan", "selesai", "=disetujui"),
    id="bercabang",
)
WAITING = diagram(
    lanes(lane("Kasubag", "kasubag_umpeg", "mulai tunggu ingat selesai")),
    start("mulai"),
    catch("tunggu", "timer", timer("timeDuration", "P1D")),
    user("ingat"),
    end("selesai"),
    path("mulai tunggu ingat selesai"),
    id="menunggu",
)
FORM = {
    "type": "default",
    "id": "periksa",
    "schemaVersion": 19,
    "components": [
        {
            "type": "select",
            "key": "jenis",
            "label": "Jenis cuti",
            "values": [{"value": kind, "label": kind.title()} for kind in ("tahunan", "sakit", "besar")],
            "validate": {"required": True},
        },
        {"type": "datetime", "key": "tanggal_mulai", "subtype": "date", "validate": {"required": True}},
        {"type": "number", "key": "hari", "validate": {"required": True, "min": 1, "max": 90}},
        {"type": "checkbox", "key": "disetujui", "label": "Disetujui"},
        {"type": "textarea", "key": "catatan", "validate": {"maxLength": 500}},
    ],
}
BOOK = {
    "bpmn/cuti.bpmn": LEAVE,
    "bpmn/bercabang.bpmn": BRANCHES,
    "bpmn/menunggu.bpmn": WAITING,
    "forms/periksa.form": dump_json(FORM).encode(),
}

_OPEN = select(UserTask.key).where(
    UserTask.process_instance_key == bindparam("case"),
    UserTask.element_id == bindparam("element"),
    UserTask.state == "CREATED",
)


class Cases:
    """Cases of an office, moved by the engine's verbs in this process."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.actor = office.actor(CHECKER)

    def start(self, process: str = "cuti") -> int:
        return self._do(verbs.start, process, {}).key

    def ready(self, count: int) -> list[int]:
        """The keys of as many fresh tasks, each the first of its case."""
        return [self.task(self.start(), "periksa") for _ in range(count)]

    def task(self, case: int, element: str) -> int:
        """The key of the case's open task."""
        with read(self.office.house.gate.database) as connection:
            return int(connection.execute(_OPEN, {"case": case, "element": element}).scalar_one())

    def complete(self, task: int, values: Mapping[str, object]) -> None:
        self._do(verbs.complete, task, values)

    def pass_(self, case: int, element: str, **values: object) -> None:
        """Completes the case's open task."""
        self.complete(self.task(case, element), values)

    def _do(self, verb: Callable[..., Any], *args: object) -> Any:
        house = self.office.house
        return house.gate.do(lambda connection: verb(house.engine, connection, self.actor, *args))
