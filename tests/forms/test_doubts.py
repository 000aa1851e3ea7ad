"""Numbers of persons that are well formed and do not agree with what stands beside them: taken, but told (rulebook N-3)."""

import pytest

from server import forms
from tests.forms.filling import check, form_of

MAN, WOMAN = "3508012412900001", "3508016412900001"
"""Born on 24 December 1990."""
NIP, YOUNG, PPPK = "199012242015031001", "199012242008011001", "199012242021211001"


def doubts(nomor: str, number: str, **beside: object) -> list[str]:
    form = form_of(
        {
            "type": "textfield",
            "key": "nomor",
            "label": "Nomor",
            "properties": {"nomor": nomor, "lahir": "lahir", "kelamin": "sex"},
        },
        {"type": "datetime", "key": "lahir", "subtype": "date"},
        {"type": "textfield", "key": "sex"},
    )
    data = {"nomor": number, **beside}
    assert check(form, data)["nomor"] == number
    return [problem.message for problem in form.doubts(data, {})]


@pytest.mark.parametrize(("nomor", "number"), [("nik", MAN), ("nip", NIP), ("nip_pppk", PPPK)])
def test_a_date_of_birth_that_the_number_does_not_bear_is_in_doubt(nomor: str, number: str) -> None:
    assert doubts(nomor, number, lahir="1990-12-24") == []
    assert doubts(nomor, number, lahir="1990-12-25") == ["“Nomor” memuat tanggal lahir lain dari 25-12-1990."]


@pytest.mark.parametrize(("nomor", "man", "woman"), [("nik", MAN, WOMAN), ("nip", NIP, "199012242015032001")])
def test_a_sex_that_the_number_does_not_bear_is_in_doubt(nomor: str, man: str, woman: str) -> None:
    assert doubts(nomor, man, sex="laki_laki") == doubts(nomor, woman, sex="P") == []
    assert doubts(nomor, woman, sex="L") == ["“Nomor” milik perempuan."]
    assert doubts(nomor, man, sex="perempuan") == ["“Nomor” milik laki-laki."]


def test_who_was_appointed_before_eighteen_is_in_doubt() -> None:
    assert doubts("nip", YOUNG) == ["“Nomor” memuat pengangkatan sebelum umur 18 tahun."]
    assert doubts("nip", NIP) == []


@pytest.mark.parametrize("beside", [{}, {"lahir": None, "sex": None}, {"sex": "x"}])
def test_what_is_not_known_casts_no_doubt(beside: dict[str, object]) -> None:
    assert doubts("nik", WOMAN, **beside) == []


def test_a_family_card_bears_nobodys_birth() -> None:
    assert doubts("kk", "3508010101180001", lahir="1990-12-24", sex="P") == []


def test_a_number_in_a_row_is_held_against_its_row_or_else_the_case() -> None:
    number = {
        "type": "textfield",
        "key": "nik",
        "label": "NIK",
        "properties": {"nomor": "nik", "lahir": "lahir", "kelamin": "sex"},
    }
    born = {"type": "datetime", "key": "lahir", "subtype": "date"}
    form = form_of({"type": "dynamiclist", "path": "anak", "components": [number, born]})
    rows = {"anak": [{"nik": MAN, "lahir": "1990-12-24"}, {"nik": MAN, "lahir": "1991-01-01"}]}
    assert [problem.where for problem in form.doubts(rows, {})] == ["anak[1].nik"]
    assert [problem.where for problem in form.doubts(rows, {"sex": "P"})] == [
        "anak[0].nik",
        "anak[1].nik",
        "anak[1].nik",
    ]


def test_a_number_that_is_refused_is_not_doubted() -> None:
    form = form_of({"type": "textfield", "key": "nik", "properties": {"nomor": "nik", "lahir": "lahir"}})
    with pytest.raises(forms.Rejected):
        check(form, {"nik": "123"})
    assert form.doubts({"nik": "123"}, {"lahir": "1990-12-24"}) == ()
