"""The procedure of the storm: people, a loop, a job, a timer that waits, one on a border, a message, branches and a join."""

from server.db import dump_json
from tests.diagrams import (
    boundary,
    catch,
    diagram,
    end,
    exclusive,
    flow,
    lane,
    lanes,
    message,
    parallel,
    path,
    service,
    start,
    timer,
    user,
)

PEOPLE = {
    "andi": "kasubag_umpeg",
    "budi": "kasubag_umpeg",
    "citra": "kasubag_umpeg",
    "dewi": "kasubag_umpeg",
}
PROCESS, MESSAGE = "rendam", "kabar"
FIELDS = {"isi": "nomor", "kiri": "kiri", "tutup": "penutup", "ingat": "ingat"}
"""The text field of each task's form."""

_NODES = "mulai isi putusan kirim bagi kiri tunggu kabar_tiba gabung tutup selesai lewat ingat diingat"
STORM = diagram(
    lanes(lane("Kasubag", "kasubag_umpeg", _NODES)),
    start("mulai"),
    user("isi", form="isi"),
    boundary("lewat", "isi", "timer", timer("timeDuration", "PT2S"), interrupting=False),
    user("ingat", form="ingat"),
    end("diingat"),
    exclusive("putusan", default="putusan_kirim"),
    service("kirim", "uji.kirim"),
    parallel("bagi"),
    user("kiri", form="kiri"),
    catch("tunggu", "timer", timer("timeDuration", "PT1S")),
    catch("kabar_tiba", "message", ref=MESSAGE),
    parallel("gabung"),
    user("tutup", form="tutup"),
    end("selesai"),
    path(
        "mulai isi putusan kirim bagi kiri gabung tutup selesai",
        "bagi tunggu gabung",
        "bagi kabar_tiba gabung",
        "lewat ingat diingat",
    ),
    flow("putusan", "isi", "=ulang"),
    id=PROCESS,
    beside=message(MESSAGE, key="=nomor"),
)
NEXT = {
    "mulai": ["isi"],
    "kirim": ["bagi"],
    "bagi": ["kiri", "tunggu", "kabar_tiba"],
    "gabung": ["tutup"],
    "tutup": ["selesai"],
    "isi": ["putusan"],
    "ingat": ["diingat"],
}
"""Where each element leads, save the gateway that chooses and the border."""


def _form(id: str) -> bytes:
    fields = [{"type": "textfield", "key": FIELDS[id], "validate": {"required": True}}]
    fields += [{"type": "checkbox", "key": "ulang"}] if id == "isi" else []
    return dump_json({"type": "default", "id": id, "schemaVersion": 19, "components": fields}).encode()


BOOK = {"bpmn/rendam.bpmn": STORM, **{f"forms/{id}.form": _form(id) for id in FIELDS}}
