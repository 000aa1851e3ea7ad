"""What each type of field takes, and what it gives."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server import forms
from tests.forms.filling import DOCUMENTS, check, form_of, problems

OPTIONS = {"values": [{"label": "Tahunan", "value": "tahunan"}, {"label": "Besar", "value": "besar"}]}
NUMBERS = {"values": [{"label": "Satu", "value": 1}, {"label": "Ya", "value": True}, 2]}


def reference(id: str, **more: object) -> dict:
    return {"camunda.document.type": "camunda", "documentId": id, **more}


def one(kind: str, **more: object) -> forms.Form:
    return form_of({"type": kind, "key": "isian", "label": "Isian", **more})


@pytest.mark.parametrize(
    ("form", "value", "kept"),
    [
        (one("textfield"), "Siti", "Siti"),
        (one("textfield"), "", ""),
        (one("textfield"), None, None),
        (one("textarea", validate={"minLength": 2, "maxLength": 4}), " abcd ", " abcd "),
        (one("textarea", validate={"minLength": 2}), "", ""),
        (one("textfield", validate={"pattern": "[0-9]{4}"}), "no. 1234/x", "no. 1234/x"),
        (one("textfield", validate={"pattern": "^[0-9]{4}$"}), "1234", "1234"),
        (one("textfield", validate={"validationType": "email"}), "a.b@dukcapil.go.id", "a.b@dukcapil.go.id"),
        (one("textfield", validate={"validationType": "phone"}), "+6281234567890", "+6281234567890"),
        (one("number"), 5, 5),
        (one("number"), 0, 0),
        (one("number"), Decimal("2.50"), Decimal("2.50")),
        (one("number"), "", None),
        (one("number", decimalDigits=0), Decimal("3.0"), 3),
        (one("number", decimalDigits=1), Decimal("3.10"), Decimal("3.10")),
        (one("number", increment="0.25"), Decimal("1.75"), Decimal("1.75")),
        (one("number", validate={"min": "1", "max": 12}), 12, 12),
        (one("number", serializeToString=True), "12345678901234567890.12", "12345678901234567890.12"),
        (one("number", serializeToString=True), 7, "7"),
        (one("datetime", subtype="date"), "2028-02-29", "2028-02-29"),
        (one("datetime"), "2026-03-16", "2026-03-16"),
        (one("datetime", subtype="date"), "", None),
        (one("datetime", subtype="time"), "07:30", "07:30"),
        (one("datetime", subtype="time"), "07:30+07:00", "07:30+07:00"),
        (one("datetime", subtype="time"), "00:30Z", "00:30Z"),
        (one("datetime", subtype="datetime"), "2026-03-16T07:30", "2026-03-16T07:30"),
        (
            one("datetime", subtype="datetime"),
            "2026-03-16T07:30:00.000+07:00",
            "2026-03-16T07:30:00.000+07:00",
        ),
        (one("checkbox"), False, False),
        (one("checkbox"), None, False),
        (one("radio", **OPTIONS), "besar", "besar"),
        (one("select", **OPTIONS), None, None),
        (one("select", **NUMBERS), 2, 2),
        (one("select", **NUMBERS), True, True),
        (one("checklist", **OPTIONS), ["besar", "tahunan"], ["besar", "tahunan"]),
        (one("taglist", **OPTIONS), [], []),
        (one("checklist", **OPTIONS), None, []),
        (one("filepicker"), None, []),
    ],
)
def test_a_fitting_value_is_kept(form, value, kept):
    found = check(form, {"isian": value})["isian"]
    assert (found, type(found)) == (kept, type(kept))


@pytest.mark.parametrize(
    ("form", "value", "sentence"),
    [
        (one("textfield"), 5, "harus berupa teks"),
        (one("textfield"), ["a"], "harus berupa teks"),
        (one("textfield"), "a\x00b", "tidak dapat disimpan"),
        (one("textfield"), "a\ud800b", "tidak dapat disimpan"),
        (one("textfield", validate={"minLength": 3}), " ab ", "paling sedikit 3 huruf"),
        (one("textfield", validate={"maxLength": "3"}), "abcd", "paling banyak 3 huruf"),
        (one("textfield", validate={"pattern": "^[0-9]{4}$"}), "12345", "tidak sesuai dengan pola"),
        (one("textfield", validate={"pattern": "^[0-9]{4}$"}), "1234\n", "tidak sesuai dengan pola"),
        (
            one("textfield", validate={"pattern": "^x", "patternErrorMessage": "Harus diawali x."}),
            "a",
            "diawali x.",
        ),
        (one("textfield", validate={"validationType": "email"}), "bukan surel", "alamat surel"),
        (one("textfield", validate={"validationType": "email"}), "a@b", "alamat surel"),
        (one("textfield", validate={"validationType": "phone"}), "telepon", "nomor telepon"),
        (one("number"), "5", "harus berupa angka"),
        (one("number"), True, "harus berupa angka"),
        (one("number"), Decimal("NaN"), "paling banyak 34 angka"),
        (one("number"), Decimal("1e999999"), "paling banyak 34 angka"),
        (one("number"), Decimal("1e-999999"), "paling banyak 34 angka"),
        pytest.param(one("number"), 10**5000, "paling banyak 34 angka", id="huge"),
        (one("number", decimalDigits=0), Decimal("1.5"), "harus bilangan bulat"),
        (one("number", decimalDigits=2), Decimal("1.505"), "paling banyak 2 angka di belakang koma"),
        (one("number", increment=Decimal("0.25")), Decimal("1.8"), "kelipatan 0,25"),
        (one("number", validate={"min": Decimal("1.5")}), 1, "paling kecil 1,5"),
        (one("number", validate={"max": 12}), 13, "paling besar 12"),
        (one("number", serializeToString=True), "1e5", "harus berupa angka"),
        (one("number", serializeToString=True, validate={"max": 9}), "10", "paling besar 9"),
        (one("datetime", subtype="date"), "2026-02-29", "harus berupa tanggal"),
        (one("datetime", subtype="date"), "2026-03-16T07:30", "harus berupa tanggal"),
        (one("datetime", subtype="date"), "20260316", "harus berupa tanggal"),
        (one("datetime", subtype="time"), "25:00", "harus berupa jam"),
        (one("datetime", subtype="datetime"), "2026-03-16", "harus berupa tanggal dan jam"),
        (one("datetime", subtype="datetime"), 20260316, "harus berupa tanggal dan jam"),
        (one("checkbox"), "true", "harus dicentang atau tidak"),
        (one("checkbox"), 1, "harus dicentang atau tidak"),
        (one("radio", **OPTIONS), "sakit", "pilihan yang tersedia"),
        (one("radio", **OPTIONS), ["besar"], "pilihan yang tersedia"),
        (one("radio", **OPTIONS), {"a": 1}, "pilihan yang tersedia"),
        (one("select", **NUMBERS), False, "pilihan yang tersedia"),
        (one("checklist", **OPTIONS), "besar", "daftar pilihan"),
        (one("checklist", **OPTIONS), ["besar", "sakit"], "pilihan yang tersedia"),
        (one("checklist", **OPTIONS), ["besar", "besar"], "sama dua kali"),
        (one("checklist", **OPTIONS), ["besar"] * 100_000, "sama dua kali"),
        (one("filepicker"), "/etc/passwd", "rujukan berkas"),
        (one("filepicker"), "files::k3j4h5", "rujukan berkas"),
        (one("filepicker"), [{"documentId": "a"}], "rujukan berkas"),
        (one("filepicker"), [{"camunda.document.type": "camunda", "documentId": "../x\0"}], "rujukan berkas"),
        (one("filepicker"), [reference("a")], "sudah tidak ada"),
        (one("filepicker"), [reference("ktp"), reference("ktp")], "hanya untuk satu"),
        (one("filepicker", accept=".jpg,image/*"), [reference("ktp")], "tidak menerima “ktp.pdf”"),
        (one("filepicker", multiple=True), [reference("ktp")] * 51, "lebih dari 50"),
        (one("filepicker", validate={"required": True}), [], "wajib diisi"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_its_label(form, value, sentence):
    found = problems(form, {"isian": value})
    assert list(found) == ["isian"]
    assert (
        found["isian"].startswith("“Isian” ") or "patternErrorMessage" in str(form) or "diawali x" in sentence
    )
    assert sentence in found["isian"]


@pytest.mark.parametrize(
    ("form", "empty"),
    [
        (one("textfield", validate={"required": True}), None),
        (one("textfield", validate={"required": True}), "   "),
        (one("number", validate={"required": True}), ""),
        (one("datetime", validate={"required": True}), None),
        (one("checkbox", validate={"required": True}), False),
        (one("radio", **OPTIONS, validate={"required": True}), None),
        (one("checklist", **OPTIONS, validate={"required": True}), []),
        (one("filepicker", validate={"required": True}), None),
    ],
)
def test_a_required_field_must_be_filled_in(form, empty):
    assert problems(form, {"isian": empty}) == {"isian": "“Isian” wajib diisi."}
    assert problems(form, {}) == {"isian": "“Isian” wajib diisi."}


def test_zero_is_a_filled_in_number():
    assert check(one("number", validate={"required": True}), {"isian": 0}) == {"isian": 0}


def test_a_field_that_was_not_sent_is_left_empty():
    form = form_of(
        {"type": "textfield", "key": "a"},
        {"type": "checkbox", "key": "b"},
        {"type": "checklist", "key": "c", **OPTIONS},
    )
    assert check(form, {}, {"a": "dulu", "b": True}) == {"a": None, "b": False, "c": []}


def test_unknown_keys_are_refused_by_name():
    form = form_of({"type": "textfield", "key": "alamat.jalan", "label": "Jalan"})
    found = problems(form, {"alamat": {"jalan": "Mawar", "rt": 1}, "admin": True})
    assert found == {
        "alamat.rt": "Formulir ini tidak memuat isian “rt”.",
        "admin": "Formulir ini tidak memuat isian “admin”.",
    }


def test_all_problems_come_at_once():
    form = form_of(
        {"type": "textfield", "key": "nama", "validate": {"required": True}},
        {"type": "number", "key": "hari", "validate": {"min": 1}},
        {"type": "datetime", "key": "mulai", "label": "Mulai"},
    )
    assert set(problems(form, {"hari": 0, "mulai": "besok", "lain": 1})) == {"nama", "hari", "mulai", "lain"}


@pytest.mark.parametrize("data", [None, [], "teks", 5])
def test_data_that_is_no_object_is_refused(data):
    assert problems(one("textfield"), data) == {None: "Isinya harus berupa objek JSON."}


def test_fields_of_a_group_lie_under_its_path():
    form = form_of(
        {
            "type": "group",
            "path": "pemohon",
            "components": [
                {"type": "textfield", "key": "nama"},
                {
                    "type": "group",
                    "components": [{"type": "textfield", "key": "alamat.kota", "label": "Kota"}],
                },
            ],
        }
    )
    filled = {"pemohon": {"nama": "Siti", "alamat": {"kota": "Lumajang"}}}
    assert check(form, filled) == filled
    assert problems(form, {"pemohon": {"alamat": {"kota": 7}}}) == {
        "pemohon.alamat.kota": "“Kota” harus berupa teks."
    }
    assert problems(form, {"pemohon": []})["pemohon"] == "Isinya harus berupa objek JSON."


def test_entries_that_the_form_does_not_show_stay_in_a_variables_object():
    form = form_of({"type": "textfield", "key": "pemohon.nama"})
    variables = {"pemohon": {"nama": "Siti", "nik": "3508", "alamat": {"kota": "Lumajang"}}}

    kept = check(form, {"pemohon": {"nama": "Sari"}}, variables)

    assert kept == {"pemohon": {"nama": "Sari", "nik": "3508", "alamat": {"kota": "Lumajang"}}}
    assert variables["pemohon"]["nama"] == "Siti"


@pytest.mark.parametrize("key", ["load", "fields", "Meta", "context", "dump", "v0", "__class__", "items"])
def test_a_key_may_be_called_as_anything(key):
    form = form_of({"type": "textfield", "key": key})
    assert check(form, {key: "x"}) == {key: "x"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcx"), inner, max_size=4),
    max_leaves=12,
)
ANY_FORM = form_of(
    {"type": "textfield", "key": "a", "readonly": "=b > 1"},
    {"type": "number", "key": "b", "validate": {"min": "=c.x"}, "decimalDigits": 2, "increment": "0.1"},
    {"type": "checklist", "key": "c.x", "valuesExpression": "=a"},
    {
        "type": "dynamiclist",
        "path": "x",
        "components": [
            {"type": "datetime", "key": "a", "conditional": {"hide": "=this.b = 1"}},
            {"type": "number", "key": "b", "readonly": True},
            {"type": "expression", "key": "c", "expression": "=this.b + parent.b + i[1]"},
        ],
    },
)


@given(data=JSON, variables=st.dictionaries(st.sampled_from("abcx"), JSON, max_size=4))
def test_whatever_is_sent_is_kept_or_refused(data, variables):
    with suppress(forms.Rejected):
        assert set(ANY_FORM.check(data, variables)) <= {"a", "b", "c", "x"}


@pytest.mark.parametrize("more", [{}, {"accept": ".pdf, image/*"}, {"accept": "application/pdf"}])
def test_a_document_is_kept_as_the_house_knows_it(more):
    form = one("filepicker", **more)
    kept = check(form, {"isian": [reference("ktp", metadata={"fileName": "<b>lain</b>.exe"})]})
    assert kept == {"isian": [DOCUMENTS["ktp"]]}
