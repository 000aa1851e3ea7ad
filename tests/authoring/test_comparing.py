"""What differs between two states of a procedure, as an owner would say it."""

import pytest

from server import authoring, bpmn
from server.authoring import Detail, comparing
from server.config import ROOT
from tests.authoring.test_drafts import BOMB
from tests.diagrams import diagram, end, exclusive, extensions, flow, lane, lanes, path, props, start, user

LEAVE = (ROOT / "bpmn/umum-kepegawaian/pengajuan-cuti.bpmn").read_bytes()


def drawn(
    *steps: str, home: str = "periksa", waktu: str = "PT15M", syarat: str = "=sah", **names: str
) -> bytes:
    rows = [user(each, properties={"waktu": waktu}, name=names.get(each, each)) for each in steps]
    other = " ".join(each for each in steps if each != home)
    return diagram(
        lanes(
            lane("Kasi", "kepala_seksi", home), lane("Loket", "petugas_loket", f"start putusan end {other}")
        ),
        start(),
        *rows,
        exclusive("putusan", default="putusan_end"),
        end(),
        path(f"start {' '.join(steps)} putusan end"),
        flow("putusan", steps[0], syarat),
    )


def changes(before: bytes, after: bytes) -> dict[str, tuple[str, dict[str, tuple[str | None, str | None]]]]:
    found = authoring.compare(before, after).alterations
    return {
        each.element_id: (each.what, {one.label: (one.before, one.after) for one in each.details})
        for each in found
    }


def test_a_file_is_the_same_as_itself() -> None:
    assert authoring.compare(LEAVE, LEAVE).alterations == ()


def test_a_changed_step_tells_what_it_was_and_what_it_is() -> None:
    after = drawn("terima", "periksa", home="terima", waktu="P2D", periksa="Teliti")
    assert changes(drawn("terima", "periksa"), after)["periksa"] == (
        "changed",
        {"nama": ("periksa", "Teliti"), "lajur": ("Kasi", "Loket"), "waktu": ("PT15M", "P2D")},
    )


def test_steps_come_and_go_and_ways_lead_elsewhere() -> None:
    found = changes(drawn("terima", "periksa"), drawn("periksa", "paraf"))
    assert (found["terima"][0], found["paraf"][0]) == ("removed", "added")
    assert found["start"][1]["jalan menuju"] == ("terima", "periksa")


def test_a_condition_is_shown_as_it_was_written() -> None:
    found = changes(drawn("terima"), drawn("terima", syarat="=not(sah)"))
    assert found["putusan"] == ("changed", {"jalan ke “terima”, syarat": ("=sah", "=not(sah)")})


def test_what_a_letter_is_and_which_flows_differ_is_told() -> None:
    after = LEAVE.replace(b'key="surat" value="surat-pengantar"', b'key="surat" value="surat-tugas"')
    after = after.replace(b'keputusan_2 = "tidak_ada"', b"sisa = 0")
    compared = authoring.compare(LEAVE, after)
    told = {each.element_id: each.details for each in compared.alterations}
    assert [(each.label, each.after) for each in told["beri_nomor"]] == [("surat yang dibuat", "surat-tugas")]
    assert [each.after for each in told["putusan_2"]] == ["=sisa = 0"]
    assert list(compared.flows.values()) == ["changed"]


def test_a_reference_that_no_longer_asks_for_the_newest_is_doubtful() -> None:
    before = (ROOT / "bpmn/umum-kepegawaian/penanganan-disiplin.bpmn").read_bytes()
    after = before.replace(b' bindingType="latest"', b"")
    found = list(comparing.silenced(before, after))
    assert len(found) == before.count(b'bindingType="latest"')
    assert all("yang terbaru tidak lagi diminta" in each.message for each in found)
    told = [each.label for one in authoring.compare(before, after).alterations for each in one.details]
    assert set(told) == {"versi tabel"}
    assert list(comparing.silenced(before, before)) == []


def test_lanes_and_the_procedure_itself_are_compared() -> None:
    before = LEAVE
    after = before.replace(b'name="role" value="sekretaris"', b'name="role" value="kepala_dinas"')
    after = after.replace(b'name="Prosedur Pengajuan Cuti"', b'name="Cuti"')
    found = changes(before, after)
    assert found["pengajuan_cuti"][1]["nama"] == ("Prosedur Pengajuan Cuti", "Cuti")
    assert ("sekretaris", "kepala_dinas") in [value for _, each in found.values() for value in each.values()]


def test_what_only_stands_elsewhere_has_moved() -> None:
    moved = LEAVE.replace(b'<dc:Bounds x="', b'<dc:Bounds x="9', 40)
    kinds = {each.what for each in authoring.compare(LEAVE, moved).alterations}
    assert kinds == {"moved"}


@pytest.mark.parametrize("body", [b"", b"<a/>", BOMB], ids=["none", "a", "bomb"])
def test_what_is_no_diagram_is_refused(body: bytes) -> None:
    with pytest.raises(bpmn.Refused):
        authoring.compare(LEAVE, body)


def test_a_duration_is_marked_as_one() -> None:
    (found,) = authoring.compare(drawn("terima"), drawn("terima", waktu="PT2H")).alterations
    assert found.details == (Detail("waktu", "PT15M", "PT2H", "duration"),)


def test_a_property_of_a_procedure_that_came_is_told() -> None:
    after = diagram(extensions(props({"bidang": "piak"})), start(), end(), path("start end"))
    before = diagram(start(), end(), path("start end"))
    assert changes(before, after)["proses"] == ("changed", {"bidang": (None, "piak")})
