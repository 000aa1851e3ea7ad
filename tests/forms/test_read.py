"""What a form's JSON may be."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
import simplejson
from hypothesis import given
from hypothesis import strategies as st

from server import forms
from tests.forms.filling import form_of

FORMS = Path(__file__).parents[2] / "forms"
SHOWN = ["text", "html", "image", "table", "documentPreview", "separator", "spacer", "iframe", "button"]


def complaints(document: object) -> list[str]:
    with pytest.raises(forms.Malformed) as malformed:
        forms.read(document if isinstance(document, bytes) else json.dumps(document).encode())
    return [str(problem) for problem in malformed.value.problems]


def complaint(*components: dict) -> str:
    found = complaints({"type": "default", "components": list(components)})
    assert len(found) == 1
    return found[0]


def test_a_form_knows_its_fields_in_order():
    form = form_of(
        {"type": "text", "text": "# Cuti"},
        {"type": "textfield", "key": "nama", "label": "Nama", "properties": {"nomor": "nik"}},
        {
            "type": "group",
            "path": "cuti",
            "components": [{"type": "datetime", "key": "mulai", "dateLabel": "Mulai", "subtype": "date"}],
        },
        {"type": "dynamiclist", "path": "bukti", "components": [{"type": "filepicker", "key": "berkas"}]},
        id="cuti_1",
    )
    assert form.id == "cuti_1"
    assert [(field.key, field.label) for field in form.fields] == [
        ("nama", "Nama"),
        ("cuti.mulai", "Mulai"),
        ("bukti", "bukti"),
    ]
    assert form.fields[0].properties == {"nomor": "nik"}
    assert form.variables == {"nama", "cuti", "bukti"}


@pytest.mark.parametrize("kind", SHOWN)
def test_what_only_shows_something_has_no_value(kind):
    assert form_of({"type": kind, "id": "x", "key": "x"}).fields == ()


def test_a_computed_label_is_replaced_by_the_key():
    form = form_of(
        {"type": "textfield", "key": "a", "label": "Nama {{b}}"},
        {"type": "textfield", "key": "c", "label": '="x"'},
    )
    assert [field.label for field in form.fields] == ["a", "c"]


@pytest.mark.parametrize("version", [None, 1, 16, 19])
def test_schema_versions_up_to_19_are_read(version):
    assert (
        forms.read({"type": "default", "schemaVersion": version, "components": []}).schema_version == version
    )


@pytest.mark.parametrize("version", [0, 20, "19", True])
def test_other_schema_versions_are_refused(version):
    found = complaints({"type": "default", "schemaVersion": version, "components": []})
    assert found == ["form: schemaVersion harus bilangan bulat 1 sampai 19."]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "bukan JSON"),
        (b'{"type": "default",\n "components": [}', "baris 2: Berkas ini bukan JSON"),
        (b"\xff\xfe", "bukan JSON"),
        (b"[]", "bukan objek JSON"),
        (b'{"type": "default", "components": [], "x": NaN}', "bukan JSON"),
        (b"[" * 10_000, "bukan JSON"),
        (b" " * (2**20 + 1), "lebih besar dari 1024 KiB"),
        (b'{"components": []}', "harus “default”"),
        (b'{"type": "default", "components": {}}', "harus berupa daftar objek"),
        (b'{"type": "default", "components": ["x"]}', "harus berupa daftar objek"),
    ],
)
def test_a_file_that_is_no_form_is_refused(data, sentence):
    assert sentence in " ".join(complaints(data))


@pytest.mark.parametrize(
    ("component", "sentence"),
    [
        ({"type": "rating", "key": "a"}, "a: Jenis komponen “rating” tidak dikenal."),
        ({"type": ["textfield"], "key": "a"}, "tidak dikenal"),
        ({"type": "textfield", "id": "f1"}, "f1: key harus terdiri atas"),
        ({"type": "textfield", "key": "a..b"}, "key harus terdiri atas"),
        ({"type": "textfield", "key": "a b"}, "key harus terdiri atas"),
        ({"type": "textfield", "key": 7}, "key harus terdiri atas"),
        ({"type": "textfield", "key": "a", "id": 7}, "id harus berupa teks"),
        ({"type": "group", "path": "a-b", "components": []}, "path harus terdiri atas"),
        ({"type": "dynamiclist", "components": []}, "path harus terdiri atas"),
        ({"type": "dynamiclist", "path": "a", "defaultRepetitions": -1}, "defaultRepetitions harus"),
        ({"type": "textfield", "key": "a", "validate": [] * 0 or "x"}, "validate harus berupa objek"),
        (
            {"type": "textfield", "key": "a", "validate": {"maxLength": "banyak"}},
            "maxLength harus berupa angka",
        ),
        ({"type": "number", "key": "a", "validate": {"min": True}}, "min harus berupa angka"),
        ({"type": "number", "key": "a", "increment": "x"}, "increment harus berupa angka"),
        ({"type": "number", "key": "a", "decimalDigits": -1}, "decimalDigits harus"),
        ({"type": "textfield", "key": "a", "validate": {"validationType": "nik"}}, "validationType “nik”"),
        ({"type": "datetime", "key": "a", "subtype": "year"}, "subtype “year”"),
        ({"type": "select", "key": "a"}, "Pilihannya belum ditentukan"),
        ({"type": "select", "key": "a", "valuesExpression": "daftar"}, "diawali “=”"),
        ({"type": "expression", "key": "a"}, "expression harus berupa ungkapan FEEL"),
        ({"type": "expression", "key": "a", "expression": "=1 +"}, "expression: "),
        (
            {"type": "textfield", "key": "a", "conditional": {"hide": "b = 1"}},
            "conditional.hide harus berupa",
        ),
        ({"type": "textfield", "key": "a", "conditional": {"hide": "=b ="}}, "conditional.hide: "),
        ({"type": "textfield", "key": "a", "readonly": "=("}, "readonly: "),
        ({"type": "number", "key": "a", "validate": {"max": "=)"}}, "max: "),
        ({"type": "textfield", "key": "a", "validate": {"pattern": "["}}, "pattern: "),
        (
            {"type": "number", "key": "a", "defaultValue": "lima"},
            "defaultValue tidak cocok: “a” harus berupa angka.",
        ),
        ({"type": "radio", "key": "a", "values": ["x"], "defaultValue": "y"}, "defaultValue tidak cocok"),
    ],
)
def test_a_field_that_cannot_be_used_is_refused_by_name(component, sentence):
    assert sentence in complaint(component)


@pytest.mark.parametrize(
    ("components", "sentence"),
    [
        (
            [{"type": "textfield", "key": "a"}, {"type": "number", "key": "a"}],
            "a: Kunci “a” dipakai lebih dari satu",
        ),
        (
            [{"type": "textfield", "key": "a.b"}, {"type": "number", "key": "a"}],
            "a.b: Kunci “a.b” berada di dalam",
        ),
        (
            [{"type": "dynamiclist", "path": "a", "components": []}, {"type": "number", "key": "a.b"}],
            "berada di dalam kunci isian lain",
        ),
        (
            [{"type": "textfield", "id": "x", "key": "a"}, {"type": "textfield", "id": "x", "key": "b"}],
            "b: id “x” dipakai lebih dari satu komponen",
        ),
        (
            [
                {"type": "expression", "key": "a", "expression": "=b + 1"},
                {"type": "expression", "key": "b", "expression": "=a + 1"},
            ],
            "saling bergantung",
        ),
    ],
)
def test_fields_that_are_in_each_others_way_are_refused(components, sentence):
    assert sentence in complaint(*components)


def test_all_problems_of_a_form_come_at_once():
    components = [{"type": "rating"}, {"type": "textfield"}, {"type": "select", "key": "c"}]
    assert len(complaints({"type": "x", "schemaVersion": 99, "components": components})) == 5


def test_deep_and_wide_forms_are_refused():
    nested: dict = {"type": "textfield", "key": "a"}
    for _ in range(30):
        nested = {"type": "group", "components": [nested]}
    assert "bersarang lebih dari 20 tingkat" in complaint(nested)
    assert "lebih dari 2000 komponen" in complaint(*({"type": "separator"} for _ in range(2500)))


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(max_size=8)
        | st.sampled_from(["=a", "textfield", "select"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["type", "key", "validate", "components", "values", "path", "id", "conditional", "hide"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=15,
    )
)
def test_whatever_a_component_holds_it_is_read_or_refused(component):
    document = {"type": "default", "components": [{"type": "textfield", "key": "k"}, component]}
    with suppress(forms.Malformed):
        forms.read(simplejson.dumps(document).encode())


@pytest.mark.parametrize("path", sorted(FORMS.rglob("*.form")), ids=lambda path: path.stem)
def test_every_form_of_the_book_can_be_read(path):
    assert forms.read(path.read_bytes()).fields
