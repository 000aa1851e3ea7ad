"""Data perkara: what people filled in, as the forms that asked for it call it."""

import json

from server.web.facts import Fact, _fact, labels_of

FORM = {
    "components": [
        {"type": "textfield", "key": "hal", "label": "Hal"},
        {
            "type": "group",
            "path": "spp_spm",
            "label": "SPP dan SPM",
            "components": [
                {"type": "datetime", "key": "tanggal", "dateLabel": "Tanggal SPP"},
                {
                    "type": "dynamiclist",
                    "path": "potongan",
                    "label": "Potongan pajak",
                    "components": [
                        {"type": "select", "key": "jenis", "values": [{"label": "PPN", "value": "ppn"}]},
                        {"type": "number", "key": "jumlah", "label": "Jumlah"},
                    ],
                },
            ],
        },
        {"type": "group", "label": "Tanpa jalan", "components": [{"type": "textfield", "key": "asal"}]},
    ]
}


def test_a_group_is_told_with_the_words_of_its_fields() -> None:
    known = labels_of(iter([json.dumps(FORM)]))
    assert list(known) == ["hal", "spp_spm", "asal"]
    value = {"tanggal": "2026-11-27", "potongan": [{"jenis": "ppn", "jumlah": 1_250_000}], "lain": True}
    rows = Fact("1", "", (Fact("Jenis", "PPN"), Fact("Jumlah", "1.250.000")))
    assert _fact("SPP dan SPM", value, known["spp_spm"]) == Fact(
        "SPP dan SPM",
        "",
        (
            Fact("Tanggal SPP", "27 November 2026"),
            Fact("Potongan pajak", "", (rows,)),
            Fact("Lain", "ya"),
        ),
    )


def test_an_option_that_an_expression_gives_is_said_without_its_code() -> None:
    field = {
        "type": "radio",
        "key": "sisa",
        "label": "Sisa?",
        "valuesExpression": '=[{label: "a", value: "b"}]',
    }
    assert _fact("Sisa?", "masih_ada", field).text == "masih ada"
    assert _fact("Nama berkas", "surat_tugas", {"type": "textfield"}).text == "surat_tugas"
