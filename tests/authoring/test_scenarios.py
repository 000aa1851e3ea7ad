"""Scenarios: rehearsals that are kept, and what a change makes of them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from server import authoring, errors
from server.authoring import UnknownDraft, UnknownScenario, rehearsal, scenarios
from tests.api.conftest import IZIN, form
from tests.authoring.conftest import NOBODY, Workshop, owner_of
from tests.authoring.test_rehearsing import START, do

GOOD = [START, do("complete", "periksa", catatan="baik"), do("complete", "setujui")]
AGAIN = [START, do("complete", "periksa", catatan="ulang")]
CONDITION = b"catatan = &quot;ulang&quot;" if b"catatan = &quot;ulang&quot;" in IZIN else b'catatan = "ulang"'


class Shelf:
    """A draft and its scenarios; rehearsed in this very process, so that a fault shows."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.key = workshop.open().key

    def keep(self, name: str, acts: list[dict[str, Any]], **more: Any) -> int:
        given = {"ask": rehearsal.answer, **more}
        kept: int = self.workshop.do(scenarios.keep, more.pop("key", self.key), name, acts, **given)
        return kept

    def play(self, key: int | None = None, **more: Any) -> dict[str, scenarios.Played]:
        found = self.workshop.ask(scenarios.play, key or self.key, ask=rehearsal.answer, **more)
        return {each.scenario.name: each for each in found}

    def change(self, old: bytes, new: bytes) -> None:
        draft = self.workshop.ask(authoring.find, self.key)
        assert old in draft.body
        body = draft.body.replace(old, new)
        self.workshop.do(authoring.save, self.key, draft.revision, body)


@pytest.fixture
def shelf(workshop: Workshop) -> Shelf:
    return Shelf(workshop)


def test_an_unchanged_draft_goes_the_same_way(shelf: Shelf) -> None:
    shelf.keep("Disetujui", GOOD)
    shelf.keep("Diulang", AGAIN)
    assert {name: each.verdict for name, each in shelf.play().items()} == {
        "Disetujui": "same",
        "Diulang": "same",
    }
    kept = shelf.workshop.ask(scenarios.scenarios, shelf.key)
    assert [(each.name, len(each.acts), each.way.state) for each in kept] == [
        ("Disetujui", 3, "COMPLETED"),
        ("Diulang", 2, "ACTIVE"),
    ]


def test_a_changed_condition_shows_where_one_went_another_way(shelf: Shelf) -> None:
    shelf.keep("Diulang", AGAIN)
    shelf.change(CONDITION, b"false")
    told = shelf.play()["Diulang"]
    assert told.verdict == "other_way"
    assert "setujui" in [each.element for each in told.added]
    assert [each.element for each in told.missing] == ["periksa"]
    assert told.way is not None
    assert told.way.open != told.scenario.way.open


def test_an_act_that_is_no_longer_possible_says_which(shelf: Shelf) -> None:
    shelf.keep("Disetujui", GOOD)
    shelf.change(b"setujui", b"sahkan")
    told = shelf.play()["Disetujui"]
    assert (told.verdict, told.rehearsal.done if told.rehearsal else 0) == ("stopped", 2)
    assert told.why is not None
    assert "tidak sedang menunggu" in told.why


def test_a_draft_that_cannot_run_says_so(shelf: Shelf) -> None:
    shelf.keep("Disetujui", GOOD)
    shelf.change(b'"pemeriksaan"', b'"entah"')
    assert shelf.play()["Disetujui"].verdict == "unrunnable"


def test_the_new_way_may_be_the_right_one(shelf: Shelf) -> None:
    key = shelf.keep("Diulang", AGAIN)
    shelf.change(CONDITION, b"false")
    shelf.workshop.do(scenarios.accept, shelf.key, key, ask=rehearsal.answer)
    assert shelf.play(only=key)["Diulang"].verdict == "same"


def test_a_changed_form_is_tried_with_the_procedure_in_force(shelf: Shelf) -> None:
    shelf.keep("Diulang", AGAIN)
    workshop = shelf.workshop
    workshop.do(authoring.discard, shelf.key, 1)
    other = workshop.open("form", "pemeriksaan").key
    assert shelf.play(other, process="izin")["Diulang"].verdict == "same"
    workshop.do(authoring.save, other, 1, form("pemeriksaan", "pendapat"))
    assert shelf.play(other, process="izin")["Diulang"].verdict == "stopped"
    for process in (None, "lain"):
        with pytest.raises(authoring.NoProcedure):
            shelf.play(other, process=process)


@pytest.mark.both_databases
def test_other_values_at_the_end_are_told(shelf: Shelf) -> None:
    moment = datetime.fromisoformat("2026-03-02T08:00:00+07:00")
    shelf.keep("Sakit", AGAIN, began=moment)
    shelf.keep("Sakit", [START], began=moment, replace=True)
    kept = shelf.workshop.ask(scenarios.scenarios, shelf.key)
    assert [(each.name, each.began, len(each.acts)) for each in kept] == [("Sakit", moment, 1)]
    table = shelf.workshop.open("decision", "lama")
    changed = table.body.replace(b"<text>8</text>", b"<text>9</text>")
    assert changed != table.body
    shelf.workshop.do(authoring.save, table.key, 1, changed)
    told = shelf.play(together=[table.key])["Sakit"]
    assert told.verdict == "other_values"
    assert [(each.before, each.after) for each in told.values] == [(8, 9)]


def test_scenarios_outlive_the_publishing_of_a_draft(shelf: Shelf) -> None:
    shelf.keep("Diulang", AGAIN)
    shelf.change(b"Izin keluar kantor", b"Izin keluar")
    shelf.workshop.publish(authoring.Chosen(shelf.key, 2))
    assert shelf.play(shelf.workshop.open().key)["Diulang"].verdict == "same"


def test_what_did_not_go_through_is_not_kept(shelf: Shelf) -> None:
    shelf.keep("Ada", [START])
    for name, acts, kind in (
        ("Kosong", [], errors.Invalid),
        ("Gagal", [START, do("complete", "setujui")], errors.Invalid),
        (" ", [START], errors.Invalid),
        ("Ada", [START], authoring.NameTaken),
    ):
        with pytest.raises(kind):
            shelf.keep(name, acts)


def test_they_are_no_business_of_others(shelf: Shelf) -> None:
    key = shelf.keep("Diulang", AGAIN)
    workshop = shelf.workshop
    for stranger in (NOBODY, owner_of("pencatatan-sipil")):
        with pytest.raises(UnknownDraft):
            workshop.ask(scenarios.scenarios, shelf.key, by=stranger)
        with pytest.raises(UnknownDraft):
            workshop.do(scenarios.drop, shelf.key, key, by=stranger)
    workshop.do(scenarios.drop, shelf.key, key)
    with pytest.raises(UnknownScenario):
        workshop.do(scenarios.drop, shelf.key, key)


def test_time_passes_to_a_moment(shelf: Shelf) -> None:
    began = datetime.fromisoformat("2026-03-02T08:00:00+07:00")

    def play(*acts: dict[str, Any]) -> Any:
        return shelf.workshop.ask(
            authoring.rehearse, shelf.key, list(acts), began=began, ask=rehearsal.answer
        )

    later = began + timedelta(days=3)
    found = play(START, {"do": "wait", "until": "2026-03-05T08:00"})
    assert datetime.fromisoformat(found.told["now"]) == later
    for wrong in ("2026-03-01T08:00", "besok", "2099-01-01"):
        assert play(START, {"do": "wait", "until": wrong}).fault is not None


def test_drafts_that_come_to_the_same_procedure_belong_together(shelf: Shelf) -> None:
    workshop = shelf.workshop
    workshop.office.publish(
        lain=IZIN.replace(b'id="izin"', b'id="lain"').replace(b"pemeriksaan", b"permohonan")
    )
    used, other = workshop.open("form", "pemeriksaan").key, workshop.open("process", "lain").key
    assert workshop.ask(authoring.related, shelf.key) == {used}
    assert workshop.ask(authoring.related, used) == {shelf.key}
    assert workshop.ask(authoring.related, other) == set()
