"""Trying drafts of tables out: what they ask, what they answer, their examples, what they change."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine as Database

from server import authoring, dmn, errors
from server import engine as verbs
from server.authoring import tables
from server.config import ROOT
from server.engine import trial
from server.engine.tables import Kind
from tests.authoring.conftest import NOBODY, SARI, Workshop
from tests.engine.conftest import ANYBODY, Office

NAME = "dmn/cuti/penelitian-cuti.dmn"
LEAVE = (ROOT / NAME).read_bytes()
FILE = "definisi_penelitian_cuti"


def publish(office: Office, files: dict[str, bytes]) -> None:
    office.do(lambda c: verbs.deploy(office.engine, c, ANYBODY, files, trial.examine))


@pytest.fixture
def draft(engine: Database) -> tuple[Workshop, int]:
    """The draft of the leave tables, as they lie in the book."""
    office = Office(engine)
    workshop = Workshop(office)
    publish(office, {NAME: LEAVE})
    return workshop, workshop.open(Kind.REQUIREMENTS, FILE).key


def changed(workshop: Workshop, key: int, body: bytes) -> None:
    workshop.do(authoring.save, key, 1, body)


def worked(workshop: Workshop, key: int) -> Any:
    def question(engine: Any, connection: Any, actor: Any) -> list[tables.Worked]:
        of = tables.sheet(engine, connection, actor, key)
        return tables.run(engine, connection, of, tables.examples(connection, of, ROOT))

    return workshop.ask(question)


def answer(workshop: Workshop, key: int, decision: str, values: Any) -> dmn.Evaluation:
    def question(engine: Any, connection: Any, actor: Any) -> dmn.Evaluation:
        of = tables.sheet(engine, connection, actor, key)
        return tables.evaluate(engine, connection, of, decision, values)

    return workshop.ask(question)


def test_the_draft_answers_and_not_what_is_in_force(draft: tuple[Workshop, int]) -> None:
    workshop, key = draft
    changed(workshop, key, LEAVE.replace(b"<text>12</text>", b"<text>15</text>", 1))

    found = answer(workshop, key, "ketentuan_cuti", {"mulai": "2026-06-01"})

    assert found.value["hak_tahunan"] == 15
    assert found.decisions[-1].rules[0].annotations["Dasar"].startswith("Hak setahun")


def test_the_examples_of_the_book_are_run_on_the_draft(draft: tuple[Workshop, int]) -> None:
    workshop, key = draft
    before = worked(workshop, key)
    changed(workshop, key, LEAVE.replace(b'date("2017-04-07")', b'date("2018-04-07")'))

    after = worked(workshop, key)

    assert len(before) > 40
    assert all(each.passed for each in before)
    assert 0 < sum(not each.passed for each in after) < len(after)


def test_a_kept_example_is_run_by_everybody_and_survives_the_draft(draft: tuple[Workshop, int]) -> None:
    workshop, key = draft
    workshop.do(tables.keep, key, "rezim_cuti", "Hari ini", {"mulai": "2026-11-27"})
    workshop.do(authoring.discard, key, 1)
    again = workshop.open(Kind.REQUIREMENTS, FILE, by=SARI).key

    kept = worked(workshop, again)[-1]

    assert (kept.example.name, kept.example.expected, kept.passed) == ("Hari ini", "BKN_7_2021", True)


def test_kept_examples_are_written_as_the_book_has_them(draft: tuple[Workshop, int]) -> None:
    workshop, key = draft
    inputs = {"mulai": "2026-11-27", "catatan": {"ada": True, "kata": "ya: 1", "berapa": Decimal("0.50")}}
    workshop.do(tables.keep, key, "rezim_cuti", "=1+1 \u201cya\u201d", inputs)

    text = workshop.ask(lambda e, c, a: tables.written(c, tables.sheet(e, c, a, key)))

    (read,) = dmn.read_examples(text.encode())
    assert (read.name, read.inputs, read.expected) == ("=1+1 \u201cya\u201d", inputs, "BKN_7_2021")


def test_an_example_is_dropped_only_through_its_own_table(draft: tuple[Workshop, int]) -> None:
    workshop, key = draft
    workshop.do(tables.keep, key, "rezim_cuti", "Hari ini", {"mulai": "2026-11-27"})
    (kept,) = [each for each in worked(workshop, key) if each.key]

    with pytest.raises(tables.UnknownExample):
        workshop.do(tables.drop, key, kept.key + 1)
    workshop.do(tables.drop, key, kept.key)

    assert all(each.key is None for each in worked(workshop, key))


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\x00b"])
def test_an_example_needs_a_name(draft: tuple[Workshop, int], name: str) -> None:
    workshop, key = draft
    with pytest.raises(tables.UnkeptExample):
        workshop.do(tables.keep, key, "rezim_cuti", name, {})


def test_who_may_not_publish_tries_nothing_out(draft: tuple[Workshop, int]) -> None:
    workshop, key = draft
    with pytest.raises(authoring.UnknownDraft):
        workshop.ask(tables.sheet, key, by=NOBODY)


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><definitions>&c;</definitions>'
)
DEEP = LEAVE.replace(
    b"<text>mulai.year</text>", b"<text>" + b"(" * 10_000 + b"1" + b")" * 10_000 + b"</text>"
)


@pytest.mark.parametrize("body", [BOMB, b"<definitions/>", b"\x00\xff"], ids=["laughs", "other", "bytes"])
def test_a_hostile_draft_is_refused_in_words(draft: tuple[Workshop, int], body: bytes) -> None:
    workshop, key = draft
    changed(workshop, key, body)

    with pytest.raises(errors.Invalid):
        workshop.ask(tables.sheet, key)
    assert any(each.refused for each in workshop.examine(key))


def test_ten_thousand_parentheses_are_a_finding_at_their_column(draft: tuple[Workshop, int]) -> None:
    workshop, key = draft
    changed(workshop, key, DEEP)

    found = workshop.examine(key)

    assert [each.where for each in found if each.refused] == [
        "Keputusan “Ketentuan dan pilihan kantor”, kolom masukan 1 “Tahun cuti”"
    ]
    assert answer(workshop, key, "ketentuan_cuti", {"mulai": "2026-06-01"}).warnings


def test_a_file_of_more_than_five_megabytes_is_no_draft(draft: tuple[Workshop, int]) -> None:
    workshop, key = draft
    with pytest.raises(authoring.TooLarge):
        changed(workshop, key, LEAVE + b" " * (5 * 2**20))


# --- what was typed


def questions(workshop: Workshop, key: int, decision: str) -> Any:
    def question(engine: Any, connection: Any, actor: Any) -> Any:
        of = tables.sheet(engine, connection, actor, key)
        found = [each for each, _, _ in tables.examples(connection, of, ROOT)]
        return tables.asked(engine, of, decision, found), found

    return workshop.ask(question)


def test_examples_say_what_an_input_without_a_type_is(draft: tuple[Workshop, int]) -> None:
    workshop, key = draft
    asked, _ = questions(workshop, key, "penelitian_cuti")

    kinds = {part.name: part.kind for one in asked if one.name == "catatan_cuti" for part in one.parts}
    assert (kinds["mulai_kerja"], kinds["tercatat_1"], kinds["pakai_n"]) == ("date", "boolean", "number")


def test_the_inputs_of_every_example_of_the_book_can_be_typed(draft: tuple[Workshop, int]) -> None:
    workshop, key = draft

    def question(engine: Any, connection: Any, actor: Any) -> None:
        of = tables.sheet(engine, connection, actor, key)
        found = tables.examples(connection, of, ROOT)
        for each in tables.run(engine, connection, of, found):
            decision = each.example.decision
            asked = tables.asked(engine, of, decision, [example for example, _, _ in found])
            values, problems = tables.values_of(asked, tables.flat(each.example.inputs, asked))
            assert not problems
            assert tables.evaluate(engine, connection, of, decision, values).value == each.answer.value

    workshop.ask(question)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"mulai": "kemarin"}, "mulai"),
        ({"anak_ke": "dua"}, "anak_ke"),
        ({"catatan_cuti.lama_hari": "1e999999"}, "catatan_cuti.lama_hari"),
    ],
)
def test_what_is_no_such_value_is_told_at_its_field(
    draft: tuple[Workshop, int], typed: dict[str, str], wrong: str
) -> None:
    workshop, key = draft
    asked, _ = questions(workshop, key, "hak_cuti")

    _, problems = tables.values_of(asked, typed)

    assert [each.where for each in problems] == [wrong]
