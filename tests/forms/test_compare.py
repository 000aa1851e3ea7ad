"""What differs between two versions of a form, in words."""

import json
from copy import deepcopy
from typing import Any

from server import forms
from server.config import ROOT

BODY = (ROOT / "forms/umum-kepegawaian/pengajuan-cuti-permohonan.form").read_bytes()
SCHEMA = json.loads(BODY)


def told(schema: Any) -> list[tuple[str, str, tuple[str, ...]]]:
    found = forms.compare(BODY, json.dumps(schema).encode())
    return [(each.kind, each.name, each.said) for each in found]


def changed() -> Any:
    return deepcopy(SCHEMA)


def test_a_form_does_not_differ_from_itself() -> None:
    assert told(SCHEMA) == []


def test_a_new_field_is_told_with_what_it_is() -> None:
    schema = changed()
    schema["components"].append(
        {"type": "number", "key": "umur", "label": "Umur", "id": "a", "validate": {"required": True}}
    )

    assert told(schema) == [("added", "Umur", ("isian angka; wajib diisi; nama data umur",))]


def test_a_field_that_is_gone_comes_last() -> None:
    schema = changed()
    gone = schema["components"].pop()
    schema["components"][1]["label"] = "Jenis"

    found = told(schema)
    assert found[0] == ("changed", "Jenis", ("Judul: “Jenis cuti” menjadi “Jenis”.",))
    assert found[-1][:2] == ("removed", gone["label"])


def test_options_that_came_or_went_are_told_by_their_labels() -> None:
    schema = changed()
    schema["components"][1]["values"].pop()

    assert told(schema) == [("changed", "Jenis cuti", ("Pilihan “Cuti di luar tanggungan negara” dihapus.",))]


def test_another_order_is_told_once() -> None:
    schema = changed()
    schema["components"].reverse()

    assert told(schema) == [("changed", "Formulir", ("Urutan isiannya diubah.",))]


def test_a_form_calls_itself_by_its_first_heading() -> None:
    assert forms.title(BODY) == "Permohonan cuti"
    assert forms.title(b'{"type": "default", "components": []}') is None
