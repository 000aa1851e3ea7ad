"""What a decision asks of whoever tries it out."""

from server import dmn
from server.config import ROOT

LEAVE = dmn.read((ROOT / "dmn/cuti/penelitian-cuti.dmn").read_bytes())


def asked(decision: str) -> dict[str, dmn.Question]:
    return {each.name: each for each in dmn.questions(LEAVE, decision)}


def test_a_decision_asks_for_the_inputs_that_it_needs_however_far_and_no_others() -> None:
    assert set(asked("rezim_cuti")) == {"mulai"}
    assert {"jenis_cuti", "mulai", "catatan_cuti"} <= set(asked("penelitian_cuti"))


def test_the_column_that_tests_an_input_gives_its_label_and_its_answers() -> None:
    kind = asked("hak_cuti")["jenis_cuti"]

    assert (kind.label, kind.kind) == ("Jenis cuti", "string")
    assert kind.answers[:2] == ("tahunan", "besar")


def test_an_input_has_its_own_type_and_description() -> None:
    day = asked("rezim_cuti")["mulai"]

    assert (day.kind, day.description) == ("date", "Hari pertama cuti.")


def test_of_an_input_without_a_type_the_entries_are_asked_that_the_file_reads() -> None:
    (days,) = [each for each in asked("hak_cuti")["catatan_cuti"].parts if each.name == "lama_hari"]

    assert (days.label, days.kind) == ("Lama (hari kalender)", "number")


def test_a_file_without_input_data_asks_for_its_free_names() -> None:
    old = dmn.read((ROOT / "tests/dmn/lama.dmn").read_bytes())

    assert [each.name for each in dmn.questions(old, old.decisions[-1].id)] == ["Jabatan"]
