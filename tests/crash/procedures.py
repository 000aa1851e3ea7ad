"""The procedures that are run while processes die: a loop, a job, branches; and many branches at once."""

from server.db import dump_json
from tests.diagrams import diagram, end, exclusive, flow, lane, lanes, parallel, path, service, start, user

PEOPLE = {"andi": "kasubag_umpeg", "budi": "kasubag_umpeg", "citra": "sekretaris"}
BRANCHES = 20

STORM = diagram(
    lanes(lane("Kasubag", "kasubag_umpeg", "mulai isi putusan kirim bagi kiri kanan gabung tutup selesai")),
    start("mulai"),
    user("isi", form="isian"),
    exclusive("putusan", default="putusan_kirim"),
    service("kirim", "uji.kirim"),
    parallel("bagi"),
    user("kiri", form="catatan_kiri"),
    user("kanan", form="catatan_kanan"),
    parallel("gabung"),
    user("tutup", form="penutup"),
    end("selesai"),
    path("mulai isi putusan kirim bagi kiri gabung tutup selesai", "bagi kanan gabung"),
    flow("putusan", "isi", "=ulang"),
    id="badai",
)
_MANY = [f"cabang_{number}" for number in range(BRANCHES)]
FAN = diagram(
    lanes(lane("Kasubag", "kasubag_umpeg", " ".join(["mulai bagi gabung selesai", *_MANY]))),
    start("mulai"),
    parallel("bagi"),
    (user(id) for id in _MANY),
    parallel("gabung"),
    end("selesai"),
    path("mulai bagi", "gabung selesai", *(f"bagi {id} gabung" for id in _MANY)),
    id="kipas",
)
SLOW = diagram(
    lanes(lane("Kasubag", "kasubag_umpeg", "mulai kirim tutup selesai")),
    start("mulai"),
    service("kirim", "uji.kirim", headers={"lama": "3"}),
    user("tutup"),
    end("selesai"),
    path("mulai kirim tutup selesai"),
    id="lambat",
)
FIELDS = {"isi": "nomor", "kiri": "kiri", "kanan": "kanan", "tutup": "penutup"}
"""The text field of each task's form of `badai`."""


def _form(id: str, key: str, *more: dict[str, object]) -> bytes:
    text = {"type": "textfield", "key": key, "validate": {"required": True}}
    return dump_json({"type": "default", "id": id, "schemaVersion": 19, "components": [text, *more]}).encode()


BOOK = {
    "bpmn/badai.bpmn": STORM,
    "bpmn/kipas.bpmn": FAN,
    "bpmn/lambat.bpmn": SLOW,
    "forms/isian.form": _form("isian", "nomor", {"type": "checkbox", "key": "ulang"}),
    "forms/catatan_kiri.form": _form("catatan_kiri", "kiri"),
    "forms/catatan_kanan.form": _form("catatan_kanan", "kanan"),
    "forms/penutup.form": _form("penutup", "penutup"),
}
