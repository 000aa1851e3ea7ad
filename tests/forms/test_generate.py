"""Forms for tasks that name none."""

import pytest
import simplejson

from server import feel, forms
from server.forms import Decision, generate
from tests.forms.filling import check, problems

DECISION = Decision(
    "Sisa cuti tahunan masih ada?", "keputusan_2", {"masih_ada": "masih ada", "tidak_ada": "tidak ada"}
)


def made(**more: object) -> forms.Form:
    values: dict = {
        "id": "cuti_2",
        "title": "Teliti sisa cuti tahunan",
        "uraian": "Kasubag melihat buku penjagaan cuti.",
        "kelengkapan": ["Buku penjagaan cuti", "Blanko cuti"],
        "output": ["Konsep surat pengantar"],
        "decision": DECISION,
    }
    return forms.read(simplejson.dumps(generate(**{**values, **more})).encode())


def test_a_generated_form_asks_for_the_requirements_the_decision_and_a_note():
    form = made()
    assert form.id == "cuti_2"
    assert [(field.type, field.key, field.label) for field in form.fields] == [
        ("checklist", "kelengkapan_cuti_2", "Kelengkapan"),
        ("radio", "keputusan_2", "Sisa cuti tahunan masih ada?"),
        ("textarea", "catatan_cuti_2", "Catatan"),
    ]


def test_the_decision_must_be_taken_and_is_worded_as_the_flows_are():
    assert problems(made(), {}) == {"keputusan_2": "“Sisa cuti tahunan masih ada?” wajib diisi."}
    kept = check(made(), {"keputusan_2": "masih_ada", "kelengkapan_cuti_2": ["Blanko cuti"]})
    assert kept == {"keputusan_2": "masih_ada", "kelengkapan_cuti_2": ["Blanko cuti"], "catatan_cuti_2": None}
    assert "keputusan_2" in problems(made(), {"keputusan_2": "masih ada"})


def test_a_step_without_requirements_or_decision_takes_a_note():
    form = made(kelengkapan=[], output=[], decision=None)
    assert [field.key for field in form.fields] == ["catatan_cuti_2"]


def test_who_sends_the_work_back_says_what_must_be_mended():
    form = made(decision=DECISION._replace(back=["tidak_ada"]))
    assert problems(form, {"keputusan_2": "tidak_ada"}) == {
        "catatan_perbaikan": "“Yang harus diperbaiki” wajib diisi."
    }
    assert "catatan_perbaikan" not in check(form, {"keputusan_2": "masih_ada"})


def test_a_step_to_which_work_is_sent_back_shows_what_must_be_mended():
    shown = [one.get("text") for one in generate("x", "x", "x", [], [], again=True)["components"]]  # type: ignore[attr-defined]
    assert "**Dikembalikan:** {{catatan_perbaikan}}" in shown


@pytest.mark.parametrize("text", ["{{1}}", "=1", " = 1 ", "{{{1}}}", "a{{b}}"])
def test_no_text_of_the_book_comes_to_life(text):
    document = generate("x", text, text, [text], [text], Decision(text, "keputusan_1", {text: text}))
    shown = [
        component[name]
        for component in document["components"]  # type: ignore[attr-defined]
        for name in ("text", "label", "description")
        if name in component
    ]
    assert not [one for one in shown if "{{" in one or one.startswith("=")]


def test_markdown_in_a_text_stays_text():
    document = generate("x", "a_b_c", "*tebal* [x](y) <b>", [], [])
    shown = document["components"][0]["text"]  # type: ignore[index]
    assert shown == r"### a\_b\_c" + "\n\n" + r"\*tebal\* \[x\](y) \<b\>"


def test_a_requirement_named_twice_is_asked_once():
    form = made(kelengkapan=["KTP", "KTP"])
    assert form.fields[0].options.values == ("KTP",)  # type: ignore[union-attr]


def test_a_generated_form_is_cheap_to_compile_nothing_in_it_is_feel():
    assert not any(
        isinstance(part, feel.Expression)
        for field in made().fields
        for part in (field.required, *field.hides)
    )
