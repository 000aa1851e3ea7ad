"""Dynamic lists."""

from decimal import Decimal

import pytest

from server import forms
from tests.forms.filling import check, form_of, problems

NAMA = {"type": "textfield", "key": "nama", "label": "Nama", "validate": {"required": True}}
NIP = {"type": "textfield", "key": "nip", "label": "NIP", "readonly": True}
HADIR = {"type": "checkbox", "key": "hadir", "label": "Hadir"}


def rows(*components: dict, **more: object) -> forms.Form:
    return form_of(
        {"type": "dynamiclist", "path": "baris", "label": "Baris", "components": list(components), **more}
    )


def test_each_row_is_checked_and_named():
    form = rows(NAMA, {"type": "number", "key": "umur", "label": "Umur"})
    filled = {"baris": [{"nama": "Siti", "umur": 5}, {"nama": "Sari", "umur": None}]}
    assert check(form, filled) == filled
    assert problems(form, {"baris": [{"nama": ""}, {"nama": "Siti", "umur": "x", "gelar": 1}, "baris"]}) == {
        "baris[0].nama": "“Nama” wajib diisi.",
        "baris[1].umur": "“Umur” harus berupa angka.",
        "baris[1].gelar": "Formulir ini tidak memuat isian “gelar”.",
        "baris[2]": "Isinya harus berupa objek JSON.",
        "baris[2].nama": "“Nama” wajib diisi.",
    }


@pytest.mark.parametrize("data", [{}, {"baris": None}, {"baris": []}])
def test_a_list_without_rows_is_empty(data):
    assert check(rows(NAMA), data, {"baris": [{"nama": "dulu"}]}) == {"baris": []}


def test_what_is_no_list_is_refused():
    assert problems(rows(NAMA), {"baris": {"nama": "x"}}) == {"baris": "“Baris” harus berupa daftar baris."}


def test_too_many_rows_are_refused():
    assert "lebih dari 1000 baris" in problems(rows(HADIR), {"baris": [{}] * 1001})["baris"]


def test_lists_lie_within_lists():
    form = rows(NAMA, {"type": "dynamiclist", "path": "anak", "components": [NAMA]})
    filled = {"baris": [{"nama": "Siti", "anak": [{"nama": "Budi"}, {"nama": "Ani"}]}]}
    assert check(form, filled) == filled
    found = problems(form, {"baris": [{"nama": "Siti", "anak": [{"nama": "Budi"}, {}]}]})
    assert found == {"baris[0].anak[1].nama": "“Nama” wajib diisi."}


def test_a_condition_sees_its_own_row():
    form = rows(HADIR, {**NAMA, "conditional": {"hide": "=this.hadir"}})
    assert check(form, {"baris": [{"hadir": True}]}) == {"baris": [{"hadir": True}]}
    assert problems(form, {"baris": [{"hadir": True}, {"hadir": False}]}) == {
        "baris[1].nama": "“Nama” wajib diisi."
    }


def test_conditions_and_expressions_know_this_parent_and_i():
    form = form_of(
        {"type": "number", "key": "faktor"},
        {
            "type": "dynamiclist",
            "path": "luar",
            "components": [
                {"type": "number", "key": "n"},
                {
                    "type": "dynamiclist",
                    "path": "dalam",
                    "components": [
                        {"type": "number", "key": "n"},
                        {
                            "type": "expression",
                            "key": "hasil",
                            "expression": "=faktor * 1000 + parent.n * 100 + this.n * 10 + i[1] + i[2]",
                        },
                    ],
                },
            ],
        },
    )
    kept = check(form, {"faktor": 1, "luar": [{"n": 2, "dalam": [{"n": 3}, {"n": 4}]}]})
    assert [row["hasil"] for row in kept["luar"][0]["dalam"]] == [1232, 1243]


def test_a_sum_over_rows_sees_what_the_rows_compute():
    form = form_of(
        {"type": "expression", "key": "total", "expression": "=sum(baris.jumlah)"},
        {
            "type": "dynamiclist",
            "path": "baris",
            "components": [
                {"type": "number", "key": "harga"},
                {"type": "number", "key": "banyak"},
                {"type": "expression", "key": "jumlah", "expression": "=this.harga * this.banyak"},
            ],
        },
    )
    kept = check(
        form, {"baris": [{"harga": Decimal("1.5"), "banyak": 2}, {"harga": 4, "banyak": 1, "jumlah": 99}]}
    )
    assert kept["total"] == 7
    assert [row["jumlah"] for row in kept["baris"]] == [3, 4]


def test_a_hidden_list_takes_no_rows():
    form = rows(NAMA, conditional={"hide": "=tutup"})
    assert check(form, {}, {"tutup": True}) == {}
    assert problems(form, {"baris": [{"nama": 5}]}, {"tutup": True}) == {
        "baris": "“Baris” sedang tidak tampil, jadi tidak boleh diisi."
    }


PEOPLE = {"baris": [{"nip": "1", "rahasia": "a"}, {"nip": "2", "rahasia": "b"}]}


def test_a_row_keeps_its_locked_values_when_another_is_removed():
    kept = check(rows(NIP, HADIR), {"baris": [{"nip": "2", "hadir": True}]}, PEOPLE)
    assert kept == {"baris": [{"nip": "2", "rahasia": "b", "hadir": True}]}


def test_a_new_row_brings_no_locked_value():
    kept = check(
        rows(NIP, HADIR), {"baris": [{"nip": "9", "hadir": True}, {"nip": "1"}, {"nip": "1"}]}, PEOPLE
    )
    assert kept == {
        "baris": [{"hadir": True}, {"nip": "1", "rahasia": "a", "hadir": False}, {"hadir": False}]
    }


def test_rows_of_a_fixed_list_stay_what_they_are():
    form = rows(NIP, HADIR, allowAddRemove=False)
    kept = check(form, {"baris": [{"nip": "palsu", "hadir": True}]}, PEOPLE)
    assert kept == {
        "baris": [{"nip": "1", "rahasia": "a", "hadir": True}, {"nip": "2", "rahasia": "b", "hadir": False}]
    }
    assert problems(form, {"baris": [{}] * 3}, PEOPLE) == {"baris": "“Baris” harus tetap 2 baris."}


def test_a_fixed_list_begins_with_its_repetitions():
    form = rows(NAMA, allowAddRemove=False, defaultRepetitions=2)
    assert set(problems(form, {})) == {"baris[0].nama", "baris[1].nama"}


def test_a_row_that_comes_as_null_is_an_empty_row():
    """The browser leaves a hole where all of a row's fields are hidden."""
    assert check(rows(HADIR), {"baris": [None, {"hadir": True}]}) == {
        "baris": [{"hadir": False}, {"hadir": True}]
    }


def test_a_list_may_lie_in_a_group_and_hold_groups():
    form = form_of(
        {
            "type": "group",
            "path": "berkas",
            "components": [
                {
                    "type": "dynamiclist",
                    "path": "baris",
                    "components": [{"type": "group", "path": "surat", "components": [NAMA]}],
                }
            ],
        }
    )
    filled = {"berkas": {"baris": [{"surat": {"nama": "KK"}}]}}
    assert check(form, filled, {"berkas": {"nomor": 7}}) == {"berkas": {"nomor": 7, **filled["berkas"]}}
    assert problems(form, {"berkas": {"baris": [{}]}}) == {
        "berkas.baris[0].surat.nama": "“Nama” wajib diisi."
    }
