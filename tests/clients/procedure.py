"""What the clients work with: a diagram from outside that stops at everything they know, its table and its form."""

from server.db import dump_json
from tests.diagrams import (
    boundary,
    catch,
    diagram,
    end,
    error,
    exclusive,
    flow,
    message,
    path,
    rule,
    service,
    start,
    timer,
    user,
)

TAGIHAN = diagram(
    start(), rule("hitung", "potongan", "potongan"), user("periksa", form="periksa_tagihan", groups="pns"),
    catch("dibayar", "message", ref="bayar"), catch("tenggang", "timer", timer("timeDuration", "PT1H")),
    exclusive("putusan", default="putusan_selesai"), user("arsip", groups="pns"), end("selesai"), end(),
    path("start hitung periksa dibayar tenggang putusan selesai", "arsip end"),
    flow("putusan", "arsip", "=lunas"), id="tagihan", name="Tagihan",
    beside=message("bayar", key="=nomor"),
)  # fmt: skip
"""Its last choice cannot be made before somebody sets `lunas`: the timer before it becomes an incident."""

POTONGAN = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="potongan_tabel" name="Potongan" namespace="uji">
  <decision id="potongan" name="Potongan">
    <variable name="potongan"/>
    <decisionTable id="tabel" hitPolicy="FIRST">
      <input id="masuk" label="Jumlah"><inputExpression><text>jumlah</text></inputExpression></input>
      <output id="keluar" name="persen"/>
      <rule id="besar"><inputEntry><text>&gt;= 100</text></inputEntry><outputEntry><text>10</text></outputEntry></rule>
      <rule id="kecil"><inputEntry><text>-</text></inputEntry><outputEntry><text>0</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>"""

PERIKSA = dump_json(
    {
        "type": "default",
        "id": "periksa_tagihan",
        "schemaVersion": 19,
        "components": [
            {"type": "textfield", "key": "catatan", "id": "catatan", "validate": {"required": True}},
        ],
    }
).encode()

KIRIM = diagram(
    start(), service("kirim_surat", "uji.kirim", headers={"tujuan": "siak"}), boundary("tolak", "kirim_surat", "error", ref="e"),
    user("arsip", groups="pns"), user("ditolak", groups="pns"), end(), end("e2"),
    path("start kirim_surat arsip end", "tolak ditolak e2"), id="kirim", beside=error("e", "DITOLAK"),
)  # fmt: skip
"""Another program sends; what it refuses goes another way."""

FILES = {"kirim.bpmn": KIRIM, "tagihan.bpmn": TAGIHAN, "potongan.dmn": POTONGAN, "periksa.form": PERIKSA}
