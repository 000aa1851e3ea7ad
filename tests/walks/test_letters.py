"""A letter from its draft to the document that was signed: what a surat tugas goes through at the office's desks."""

import hashlib
from pathlib import Path

import pytest

from server import engine as verbs
from server import errors, letters
from server.cli import PUBLISHER
from server.db import read
from server.engine import trial
from server.files import piece
from server.letters import documents, sight
from server.letters.letterhead import Letterhead
from server.letters.models import Letter
from tests.walks.conftest import ROOT, Office

STATIONERY = letters.Stationery(
    Letterhead("Dinas Contoh", kota="Lumajang"), letters.templates(), "https://contoh.go.id"
)
TASK = {
    "dasar": "Surat #panic() 470/1",
    "yang_ditugasi": [{"nama": "Budi $x$ 🦄"}],
    "untuk": "Perekaman " + "x" * 300,
    "tempat": "אבג",
    "mulai": "2026-06-02",
    "selesai": "2026-06-03",
}
UP_TO_THE_SIGNATURE = (
    (
        "langkah_1",
        "kepala_dinas",
        {
            "disposisi": {"diteruskan_kepada": ["sekretaris"], "instruksi": ["siapkan"]},
            "paraf_disposisi": True,
        },
    ),
    ("langkah_2", "sekretaris", {}),
    ("langkah_3", "kasubag_umpeg", {"surat_tugas": TASK}),
    ("langkah_4", "staf_umpeg", {}),
    ("langkah_5", "kasubag_umpeg", {"keputusan_5": "setuju"}),
    ("langkah_6", "sekretaris", {}),
)


def test_a_letter_is_a_draft_until_it_is_signed_and_never_changes_afterwards(one_office: Office) -> None:
    office = one_office
    case = office.start("surat_tugas", "kepala_dinas")
    for element, who, values in UP_TO_THE_SIGNATURE:
        office.complete(case, element, who, values)
    house, kasubag = office.house, office.actor("kasubag_umpeg")
    known = house.gate.ask(lambda c: documents.of_case(house.engine, c, kasubag, case))
    assert (known.issued, known.drafts) == ((), ("surat-tugas",))
    shown = house.gate.ask(
        lambda c: documents.draft(house.engine, c, kasubag, STATIONERY, case, "surat-tugas")
    )
    assert shown.startswith(b"%PDF-")
    pns = office.actor("pns")
    with pytest.raises(documents.NoDraft):
        house.gate.ask(lambda c: documents.draft(house.engine, c, pns, STATIONERY, case, "surat-tugas"))

    office.complete(case, "langkah_7", "kepala_dinas", {})
    (row,) = office.rows(Letter, case_key=case)
    assert (row.surat, row.arah, row.hal[:22]) == ("surat-tugas", "keluar", "Surat tugas: Perekaman")
    assert row.document_id is not None, "kept when it is signed, whoever opens it"
    known = house.gate.ask(lambda c: documents.of_case(house.engine, c, kasubag, case))
    assert (known.issued[0].nomor, known.drafts) == (row.nomor, ())
    first, again = (
        house.gate.do(lambda c: documents.final(house.engine, c, kasubag, STATIONERY, row.key))
        for _ in range(2)
    )
    with read(house.gate.database) as connection:
        body = piece(connection, first, 0)
        told = documents.genuine(connection, row.periksa.lower())
        assert documents.genuine(connection, "BUKAN") is None
    assert (first, hashlib.sha256(body or b"").hexdigest()) == (again, first)
    assert told is not None
    assert (told["nomor"], told["sha256"], told["keadaan"]) == (row.nomor, first, "berlaku")
    with pytest.raises(errors.NotFound):
        house.gate.do(lambda c: documents.final(house.engine, c, office.actor("pns"), STATIONERY, row.key))

    sent = office.call("kasubag_umpeg", "GET", f"/api/letters/{row.key}/document")
    assert (sent.status_code, sent.data) == (200, body)
    office.complete(case, "langkah_8", "sekretaris", {})
    office.complete(case, "langkah_9", "kasubag_umpeg", {})
    sent = {
        "agenda_keluar": {
            "nomor": "palsu",
            "tanggal": "2026-06-01",
            "tujuan": "Budi",
            "hal": "Tugas",
            "bukti_kirim": "Diterima",
        }
    }
    office.complete(case, "langkah_10", "staf_umpeg", sent)
    (row,) = office.rows(Letter, case_key=case)
    assert (row.bukti_kirim, office.variables(case)["agenda_keluar"]["nomor"], office.state(case)) == (
        "Diterima",
        row.nomor,
        "COMPLETED",
    )
    assert row.sifat != sight.SECRET


def test_a_case_that_is_cancelled_leaves_its_number_cancelled(one_office: Office) -> None:
    case = one_office.start("pengagendaan_surat_keluar", "kepala_dinas")
    one_office.complete(case, "langkah_1", "kepala_dinas", {})
    one_office.cancel(case, "admin")
    (row,) = one_office.rows(Letter, case_key=case)
    assert row.keadaan == "batal"


def test_a_diagram_that_names_an_unknown_template_is_refused_by_name(one_office: Office) -> None:
    path = ROOT / "bpmn/umum-kepegawaian/surat-tugas.bpmn"
    body = path.read_bytes().replace(b'value="surat-tugas"', b'value="surat-tugsa"')
    house = one_office.house
    with pytest.raises(verbs.Unpublishable) as refused:
        house.gate.ask(lambda c: verbs.deploy(house.engine, c, PUBLISHER, {"a.bpmn": body}, trial.examine))
    assert "surat-tugsa" in str(refused.value.problems[0])


def test_an_offices_own_template_takes_the_place_of_one_of_the_same_name(tmp_path: Path) -> None:
    own = '// Surat tugas kantor\n#import "naskah.typ": *\n#show: tubuh => naskah("Surat", tubuh)\nHalo'
    (tmp_path / "surat-tugas.typ").write_text(own)
    assert letters.templates(tmp_path).titles["surat-tugas"] == "Surat tugas kantor"


@pytest.mark.parametrize(
    "body",
    ["#panic()", '#import "@preview/cetz:0.2.0"', '#read("/etc/passwd")', '#read("../models.py")', "#(1 +"],
)
def test_a_template_that_fails_or_reaches_out_stops_the_server_by_name(tmp_path: Path, body: str) -> None:
    (tmp_path / "surat-edaran.typ").write_text(body)
    with pytest.raises(ValueError, match=r"surat-edaran\.typ"):
        letters.templates(tmp_path)
