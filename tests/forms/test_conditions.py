"""What a field's own conditions, and the values around it, make of it."""

from decimal import Decimal

import pytest

from server import feel, forms
from tests.forms.filling import ENVIRONMENT, check, form_of, problems

JENIS = {"type": "select", "key": "jenis", "label": "Jenis", "values": ["tahunan", "sakit"]}
BUKTI = {
    "type": "textfield",
    "key": "bukti",
    "label": "Bukti",
    "conditional": {"hide": '=jenis != "sakit"'},
    "validate": {"required": True},
}


def test_a_field_is_required_only_where_it_is_visible():
    form = form_of(JENIS, BUKTI)
    assert check(form, {"jenis": "tahunan"}) == {"jenis": "tahunan"}
    assert problems(form, {"jenis": "sakit"}) == {"bukti": "“Bukti” wajib diisi."}
    assert check(form, {"jenis": "sakit", "bukti": "Surat dokter"}) == {
        "jenis": "sakit",
        "bukti": "Surat dokter",
    }


def test_a_hidden_field_takes_no_value():
    found = problems(form_of(JENIS, BUKTI), {"jenis": "tahunan", "bukti": "Surat dokter"})
    assert found == {"bukti": "“Bukti” sedang tidak tampil, jadi tidak boleh diisi."}


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_hidden_field_may_come_empty(nothing):
    assert check(form_of(JENIS, BUKTI), {"jenis": "tahunan", "bukti": nothing}) == {"jenis": "tahunan"}


def test_a_condition_sees_the_cases_variables():
    form = form_of({**BUKTI, "conditional": {"hide": "=bukti_lengkap"}})
    assert check(form, {}, {"bukti_lengkap": True}) == {}
    assert problems(form, {}, {"bukti_lengkap": False}) == {"bukti": "“Bukti” wajib diisi."}


@pytest.mark.parametrize("hide", ["=null", "=tidak_ada > 3", '="ya"', "=1"])
def test_only_true_hides(hide):
    assert problems(form_of({**BUKTI, "conditional": {"hide": hide}}), {}) == {
        "bukti": "“Bukti” wajib diisi."
    }


def test_a_hidden_group_hides_its_fields():
    form = form_of(
        JENIS,
        {
            "type": "group",
            "path": "surat",
            "conditional": BUKTI["conditional"],
            "components": [{**BUKTI, "conditional": {}}],
        },
    )
    assert check(form, {"jenis": "tahunan"}) == {"jenis": "tahunan"}
    assert problems(form, {"jenis": "sakit"}) == {"surat.bukti": "“Bukti” wajib diisi."}


def test_what_is_wrong_with_a_value_that_may_not_come_is_not_told():
    form = form_of(JENIS, {**BUKTI, "validate": {"maxLength": 3}})
    found = problems(form, {"jenis": "tahunan", "bukti": "terlalu panjang"})
    assert found == {"bukti": "“Bukti” sedang tidak tampil, jadi tidak boleh diisi."}


def test_an_omitted_field_counts_as_empty_for_conditions_too():
    form = form_of(JENIS, BUKTI)
    assert check(form, {}, {"jenis": "sakit"}) == {"jenis": None}


@pytest.mark.parametrize(
    "lock", [{"readonly": True}, {"disabled": True}, {"readonly": "=terkunci"}, {"disabled": "=terkunci"}]
)
@pytest.mark.parametrize("sent", [{"nama": "palsu"}, {"nama": 5}, {}])
def test_a_locked_field_keeps_what_the_variables_hold(lock, sent):
    form = form_of({"type": "textfield", "key": "nama", "validate": {"required": True}, **lock})
    assert check(form, sent, {"nama": "Siti", "terkunci": True}) == {}


def test_a_locked_field_without_a_variable_takes_its_default():
    form = form_of({"type": "textfield", "key": "asal", "readonly": True, "defaultValue": "loket"})
    assert check(form, {"asal": "palsu"}) == {"asal": "loket"}


def test_a_locked_entry_of_an_object_is_restored():
    form = form_of(
        {"type": "textfield", "key": "pegawai.nip", "readonly": True},
        {"type": "textfield", "key": "pegawai.telepon"},
    )
    kept = check(
        form, {"pegawai": {"nip": "palsu", "telepon": "0812"}}, {"pegawai": {"nip": "1980", "telepon": None}}
    )
    assert kept == {"pegawai": {"nip": "1980", "telepon": "0812"}}


def test_an_open_lock_lets_the_value_in():
    form = form_of({"type": "textfield", "key": "nama", "readonly": "=terkunci"})
    assert check(form, {"nama": "Sari"}, {"nama": "Siti", "terkunci": False}) == {"nama": "Sari"}


def test_a_locked_value_that_was_sent_moves_no_condition():
    form = form_of(
        {"type": "checkbox", "key": "lengkap", "readonly": True},
        {**BUKTI, "conditional": {"hide": "=lengkap"}},
    )
    assert problems(form, {"lengkap": True}, {"lengkap": False}) == {"bukti": "“Bukti” wajib diisi."}


def test_expressions_are_computed_here_whatever_was_sent():
    form = form_of(
        {"type": "expression", "key": "jumlah", "expression": "=harga * banyak"},
        {"type": "number", "key": "harga"},
        {"type": "number", "key": "banyak"},
    )
    kept = check(form, {"harga": Decimal("0.1"), "banyak": 3, "jumlah": 999})
    assert kept == {"harga": Decimal("0.1"), "banyak": 3, "jumlah": Decimal("0.3")}


def test_an_expression_may_read_a_later_one():
    form = form_of(
        {"type": "expression", "key": "c", "expression": "=b + 1"},
        {"type": "expression", "key": "b", "expression": "=a + 1"},
        {"type": "number", "key": "a"},
    )
    assert check(form, {"a": 1}) == {"a": 1, "b": 2, "c": 3}


def test_an_expression_gives_json():
    form = form_of(
        {"type": "expression", "key": "besok", "expression": '=date("2026-03-16") + duration("P1D")'}
    )
    assert check(form, {}) == {"besok": "2026-03-17"}


def test_an_expression_may_call_the_hosts_functions():
    double = feel.Function("lipat", ("n",), lambda n: n * 2)
    form = forms.read(
        {"type": "default", "components": [{"type": "expression", "key": "b", "expression": "=lipat(a)"}]},
        functions={"lipat": double},
    )
    assert form.check({}, {"a": 4}) == {"b": 8}


def test_a_limit_may_be_computed():
    form = form_of(
        {"type": "number", "key": "hari", "label": "Hari", "validate": {"min": 1, "max": "=saldo"}}
    )
    assert check(form, {"hari": 5}, {"saldo": 5}) == {"hari": 5}
    assert problems(form, {"hari": 6}, {"saldo": 5}) == {"hari": "“Hari” paling besar 5."}
    assert problems(form, {"hari": 0}, {"saldo": 5}) == {"hari": "“Hari” paling kecil 1."}


def test_a_computed_limit_that_has_no_number_stops_the_form():
    """An unknown balance must not grant leave."""
    form = form_of({"type": "number", "key": "hari", "validate": {"max": "=saldo"}})
    assert "batasnya tidak terhitung" in problems(form, {"hari": 6})["hari"]
    assert check(form, {"hari": None}) == {"hari": None}


def test_a_length_may_be_computed():
    form = form_of({"type": "textarea", "key": "alasan", "validate": {"maxLength": "=batas"}})
    assert check(form, {"alasan": "abc"}, {"batas": 3}) == {"alasan": "abc"}
    assert "paling banyak 3 huruf" in problems(form, {"alasan": "abcd"}, {"batas": 3})["alasan"]


OFFERED = [{"label": "Satu", "value": "a"}, "b", {"value": "c"}]


@pytest.mark.parametrize(
    ("source", "variables"),
    [
        ({"valuesKey": "daftar"}, {"daftar": OFFERED}),
        ({"valuesExpression": "=sumber.daftar"}, {"sumber": {"daftar": OFFERED}}),
    ],
)
@pytest.mark.parametrize("value", ["a", "b", "c"])
def test_options_may_come_from_variables(source, variables, value):
    form = form_of({"type": "select", "key": "pilih", **source})
    assert check(form, {"pilih": value}, variables) == {"pilih": value}
    assert "pilihan yang tersedia" in problems(form, {"pilih": "d"}, variables)["pilih"]
    assert "pilihan yang tersedia" in problems(form, {"pilih": value}, {})["pilih"]


def test_options_may_depend_on_another_field():
    form = form_of(
        {"type": "select", "key": "bidang", "values": ["a", "b"]},
        {
            "type": "checklist",
            "key": "seksi",
            "valuesExpression": '=if bidang = "a" then ["a1", "a2"] else ["b1"]',
        },
    )
    assert check(form, {"bidang": "a", "seksi": ["a2"]}) == {"bidang": "a", "seksi": ["a2"]}
    assert "seksi" in problems(form, {"bidang": "b", "seksi": ["a2"]})


@pytest.mark.parametrize(
    ("subtype", "past", "today"),
    [
        ("date", "2026-11-22", "2026-11-23"),
        ("datetime", "2026-11-22T23:59", "2026-11-23T00:00"),
        ("datetime", "2026-11-22T16:59Z", "2026-11-22T17:00Z"),
    ],
)
def test_past_days_can_be_refused_by_the_offices_clock(subtype, past, today):
    form = form_of({"type": "datetime", "key": "t", "subtype": subtype, "disallowPassedDates": True})
    assert check(form, {"t": today}) == {"t": today}
    assert "tidak boleh sebelum hari ini" in problems(form, {"t": past})["t"]


def test_required_may_depend_on_another_field():
    form = form_of(
        JENIS, {"type": "textfield", "key": "alasan", "validate": {"required": '=jenis = "sakit"'}}
    )
    assert check(form, {"jenis": "tahunan"}) == {"jenis": "tahunan", "alasan": None}
    assert "wajib diisi" in problems(form, {"jenis": "sakit"})["alasan"]


def test_a_runaway_pattern_ends_as_no_match():
    form = form_of({"type": "textfield", "key": "a", "validate": {"pattern": "(a+)+$"}})
    assert "tidak sesuai dengan pola" in problems(form, {"a": "a" * 60 + "!"})["a"]


@pytest.mark.parametrize(
    ("pattern", "fits", "fails"),
    [
        (r"^\d{16}$", "3508120101900001", "٣" * 16),
        (r"^[\d/]+$", "12/3", "12/٣"),
        (r"^\w+$", "abc_1", "é"),
        (r"^[A-Z]\/\D$", "A/x", "A/1"),
        (r"cuti|izin", "surat izin", "surat"),
    ],
)
def test_a_pattern_means_what_it_means_in_the_browser(pattern, fits, fails):
    form = form_of({"type": "textfield", "key": "a", "validate": {"pattern": pattern}})
    assert check(form, {"a": fits}) == {"a": fits}
    assert "tidak sesuai dengan pola" in problems(form, {"a": fails})["a"]


def test_a_required_choice_may_be_answered_with_false() -> None:
    answers = [{"label": "Ya", "value": True}, {"label": "Tidak", "value": False}]
    form = form_of({"type": "radio", "key": "wna", "values": answers, "validate": {"required": True}})
    assert check(form, {"wna": False}) == {"wna": False}
    assert "wna" in problems(form, {})


def test_a_form_that_nobody_touches_sends_what_it_shows():
    form = form_of(
        {
            "type": "radio",
            "key": "putusan",
            "label": "Putusan",
            "values": [{"value": "ya"}, {"value": "tidak"}],
        },
        {"type": "textarea", "key": "alasan", "label": "Alasan", "conditional": {"hide": '=putusan = "ya"'}},
        {"type": "textfield", "key": "nomor", "label": "Nomor", "defaultValue": "001"},
        {"type": "textfield", "key": "nama", "label": "Nama", "readonly": True},
        {"type": "textfield", "key": "alamat.jalan", "label": "Jalan"},
    )
    held = {"alasan": "lama", "nama": "Siti", "alamat": {"jalan": "Melati", "kota": "Pasuruan"}}
    assert form.untouched({"putusan": "ya"}, held, ENVIRONMENT) == {
        "putusan": "ya", "nomor": "001", "alamat": {"jalan": "Melati"},
    }  # fmt: skip
    assert form.untouched({}, held, ENVIRONMENT)["alasan"] == "lama"
