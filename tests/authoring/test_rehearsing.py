"""Rehearsing a draft: what the real engine would do with it, and nothing stays of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from server import authoring
from server.authoring import Rehearsal, UnknownDraft, rehearsal, rehearsing
from server.db import Base, dump_json, read
from server.engine import Call, Handler, Outcome
from server.identity import Permission
from tests.api.conftest import IZIN, form
from tests.authoring.conftest import NOBODY, Workshop, owner_of
from tests.diagrams import (
    boundary,
    call,
    catch,
    diagram,
    end,
    error,
    event,
    exclusive,
    flow,
    message,
    path,
    script,
    service,
    signal,
    start,
    timer,
    user,
)
from tests.engine.conftest import person

START = {"do": "start", "values": {"alasan": "sakit"}}


@pytest.fixture
def stage(workshop: Workshop) -> "Stage":
    return Stage(workshop)


class Stage:
    """A draft, and what is rehearsed with it; in this very process, so that a fault shows."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.key = workshop.open().key
        self.body: bytes | None = None

    def draw(self, *pieces: Any, **named: Any) -> None:
        self.body = diagram(*pieces, id="izin", **named)

    def play(self, *acts: dict[str, Any], ask: Any = rehearsal.answer, **more: Any) -> Rehearsal:
        given = {"body": self.body, "ask": ask, **more}
        found: Rehearsal = self.workshop.ask(authoring.rehearse, self.key, list(acts), **given)
        return found


def do(deed: str, element: str, **values: Any) -> dict[str, Any]:
    return {"do": deed, "element": element, "values": values}


def open_in(found: Rehearsal) -> list[str]:
    return [each["element"] for each in (*found.told["tasks"], *found.told["waits"])]


def variables(found: Rehearsal) -> dict[str, Any]:
    return {each["name"]: each["value"] for each in found.told["variables"] if each["scope"] is None}


def test_before_the_start_its_form_is_shown(stage: Stage) -> None:
    found = stage.play()
    assert (found.done, found.fault, found.problems) == (0, None, ())
    assert '"permohonan"' in found.told["start"]["form"]
    assert found.told["start"]["role"] == "Pegawai (PNS)"
    assert open_in(found) == []


def test_a_rehearsal_goes_the_way_of_a_real_case(stage: Stage) -> None:
    office = stage.workshop.office
    case = office.start("izin", person("budi", "pns", may=tuple(Permission)), alasan="sakit")
    office.complete(case, "periksa", person("kasubag", "kasubag_umpeg"), catatan="ulang")
    office.complete(case, "periksa", person("kasubag", "kasubag_umpeg"), catatan="baik")
    again, good = do("complete", "periksa", catatan="ulang"), do("complete", "periksa", catatan="baik")
    found = stage.play(START, again, good)
    assert [each["element"] for each in found.told["trace"] if "type" in each] == office.elements(case)
    assert open_in(found) == office.open(case) == ["setujui"]
    assert variables(found) == office.variables(case)
    (task,) = found.told["tasks"]
    assert (task["role"], datetime.fromisoformat(task["due"])) == (
        "Sekretaris",
        office.task(case, "setujui").due_at,
    )
    office.complete(case, "setujui", person("sekretaris", "sekretaris"))
    found = stage.play(START, again, good, do("complete", "setujui"))
    assert (found.told["state"], found.told["end"]) == (office.state(case), "end")


def test_why_it_went_there_is_told(stage: Stage) -> None:
    found = stage.play(START, do("complete", "periksa", catatan="ulang"))
    (condition,) = [each for each in found.told["trace"] if "condition" in each]
    assert (condition["condition"], condition["holds"], condition["read"]) == (
        'catatan = "ulang"',
        True,
        {"catatan": "ulang"},
    )
    assert "putusan_periksa" in found.told["flows"]
    assert found.told["live"] == ["periksa"]
    (decision,) = found.told["decisions"]
    assert [rule["number"] for part in decision["trace"] for rule in part["rules"]] == [1]


def test_a_wrong_answer_is_told_by_field_and_nothing_before_it_is_lost(stage: Stage) -> None:
    found = stage.play(START, do("complete", "periksa"), do("complete", "setujui"))
    assert found.done == 1
    assert found.fault is not None
    assert [each["where"] for each in found.fault["problems"]] == ["catatan"]
    assert open_in(found) == ["periksa"]


def test_a_changed_condition_counts_and_the_one_in_force_does_not(stage: Stage) -> None:
    stage.body = IZIN.replace(b'catatan = "ulang"', b"lama = 8").replace(
        b"catatan = &quot;ulang&quot;", b"lama = 8"
    )
    assert stage.body != IZIN
    assert stage.play(START, do("complete", "periksa", catatan="baik")).told["live"] == ["periksa"]


def test_other_drafts_count_where_they_are_to_be_published_together(stage: Stage) -> None:
    other = stage.workshop.open("form", "pemeriksaan")
    stage.workshop.do(authoring.save, other.key, 1, form("pemeriksaan", "pendapat"))
    assert '"catatan"' in stage.play(START).told["tasks"][0]["form"]
    found = stage.play(START, together=[other.key])
    assert '"pendapat"' in found.told["tasks"][0]["form"]


def test_who_tries_says_what_a_service_gives(stage: Stage) -> None:
    run: list[Call] = []

    def work(call: Call) -> Outcome:
        run.append(call)
        return Outcome()

    stage.workshop.office.handlers.append(Handler("uji.saldo", "Hitung saldo", "inside", work))
    stage.workshop.office.reopen()
    stage.draw(
        start(),
        service("saldo", "uji.saldo", outputs={"sisa": "=hasil + 1"}),
        boundary("kosong", "saldo", "error", ref="habis"),
        exclusive("cukup", default="cukup_tolak"),
        end("beri"),
        end("tolak"),
        end("tanpa"),
        path("start saldo cukup tolak"),
        flow("cukup", "beri", "=sisa > 3"),
        flow("kosong", "tanpa"),
        beside=error("habis"),
    )
    (wait,) = stage.play(do("start", "start")).told["waits"]
    assert (wait["do"], wait["title"], wait["errors"]) == ("job", "Hitung saldo", ["habis"])
    assert "hasil" in wait["wanted"]
    assert stage.play(do("start", "start"), do("job", "saldo", hasil=3)).told["end"] == "beri"
    assert stage.play(do("start", "start"), do("job", "saldo", hasil=2)).told["end"] == "tolak"
    failed = stage.play(do("start", "start"), {**do("error", "saldo"), "code": "habis"})
    assert failed.told["end"] == "tanpa"
    broken = stage.play(do("start", "start"), do("job", "saldo", hasil="x"))
    assert broken.fault is not None
    assert broken.fault["element"] == "saldo"
    assert run == []


def test_time_passes_to_the_timer_that_is_chosen_and_those_before_it_come_first(stage: Stage) -> None:
    stage.draw(
        start(),
        user("tunggu"),
        boundary("ingat", "tunggu", "timer", timer("timeDuration", "P1D"), interrupting=False),
        boundary("lewat", "tunggu", "timer", timer("timeDuration", "P3D")),
        user("ingatkan"),
        end("habis"),
        end(),
        path("start tunggu end"),
        flow("ingat", "ingatkan"),
        flow("ingatkan", "habis"),
        flow("lewat", "habis"),
    )
    began = stage.workshop.office.clock.now()
    waiting = stage.play(do("start", "start"))
    assert {
        each["element"]: datetime.fromisoformat(each["due"]) - began for each in waiting.told["waits"]
    } == {
        "ingat": timedelta(days=1),
        "lewat": timedelta(days=3),
    }
    found = stage.play(do("start", "start"), do("timer", "lewat"), began=began)
    assert open_in(found) == ["ingatkan"]
    assert datetime.fromisoformat(found.told["now"]) == began + timedelta(days=3)


def test_a_message_arrives_with_its_variables(stage: Stage) -> None:
    stage.draw(
        start(),
        script("nomor", '="A-1"', "nomor_surat"),
        catch("balasan", "message", ref="surat"),
        end(),
        path("start nomor balasan end"),
        beside=message("surat", "=nomor_surat", "surat balasan"),
    )
    (wait,) = stage.play(do("start", "start")).told["waits"]
    assert (wait["message"], wait["correlation"]) == ("surat balasan", "A-1")
    found = stage.play(do("start", "start"), do("message", "balasan", isi="ya"))
    assert (found.told["state"], variables(found)["isi"]) == ("COMPLETED", "ya")


def test_a_signal_arrives_also_where_it_begins_the_case(stage: Stage) -> None:
    stage.draw(
        event("startEvent", "start", "signal", ref="buka"),
        catch("tunggu", "signal", ref="lanjut"),
        end(),
        path("start tunggu end"),
        beside=[signal("buka"), signal("lanjut")],
    )
    assert stage.play().problems == ()
    assert (stage.play().told["start"], open_in(stage.play())) == (None, ["start"])
    found = stage.play(do("signal", "start", dari="luar"), do("signal", "tunggu", kata="ya"))
    assert (found.told["state"], variables(found)) == ("COMPLETED", {"dari": "luar", "kata": "ya"})


def test_a_file_that_is_picked_is_known_by_its_name(stage: Stage) -> None:
    fields = [{"type": "filepicker", "key": "surat", "id": "surat", "validate": {"required": True}}]
    body = dump_json({"type": "default", "id": "pemeriksaan", "schemaVersion": 19, "components": fields})
    key = stage.workshop.open("form", "pemeriksaan").key
    stage.workshop.do(authoring.save, key, 1, body.encode())
    told = {"fileName": "surat.pdf", "contentType": "application/pdf", "size": 12}
    picked = {"camunda.document.type": "camunda", "documentId": "percobaan-1", "metadata": told}
    found = stage.play(START, do("complete", "periksa", surat=[picked]), together=[key])
    assert found.fault is None
    assert variables(found)["surat"][0]["metadata"]["fileName"] == "surat.pdf"


def test_called_procedures_are_those_in_force(stage: Stage) -> None:
    stage.workshop.office.publish(
        anak=diagram(start(), user("dalam"), end(), path("start dalam end"), id="anak")
    )
    stage.draw(start(), call("panggil", "anak"), end(), path("start panggil end"))
    (task,) = stage.play(do("start", "start")).told["tasks"]
    assert (task["element"], task["process"], task["within"]) == ("dalam", "anak", "anak")
    done = stage.play(do("start", "start"), {**do("complete", "dalam"), "process": "anak"})
    assert done.told["state"] == "COMPLETED"


def test_a_tag_and_people_that_the_office_does_not_know_yet_may_be_rehearsed(stage: Stage) -> None:
    called = diagram(start(), user("dalam"), end(), path("start dalam end"), id="anak")
    stage.workshop.office.publish(anak=called)
    of_tag = call("panggil", "anak", binding="versionTag").replace(
        "bindingType", 'versionTag="2" bindingType'
    )
    stage.draw(start(), of_tag, user("u", users="dedi, ani"), end(), path("start panggil u end"))
    found = stage.play(do("start", "start"), {**do("complete", "dalam"), "process": "anak"})
    assert (found.problems, found.fault, open_in(found)) == ((), None, ["u"])
    assert found.told["tasks"][0]["candidates"] == ["ani", "dedi"]


def test_what_cannot_be_published_cannot_be_rehearsed_and_says_why(stage: Stage) -> None:
    stage.body = IZIN.replace(b'"pemeriksaan"', b'"entah"')
    assert ["entah" in each.message for each in stage.play().problems] == [True]
    stage.body = b"<kosong/>"
    assert stage.play().problems


def test_an_act_that_the_changed_draft_no_longer_knows_stops_there(stage: Stage) -> None:
    found = stage.play(START, do("complete", "lain"))
    assert (found.done, open_in(found)) == (1, ["periksa"])
    assert found.fault is not None
    assert "tidak sedang menunggu" in found.fault["message"]
    assert stage.play({"do": "hapus"}).fault is not None


def test_a_case_that_goes_round_for_ever_is_stopped_with_a_sentence(stage: Stage) -> None:
    stage.draw(
        start(),
        script("satu", "=1"),
        exclusive("lagi", default="lagi_end"),
        end(),
        path("start satu lagi end"),
        flow("lagi", "satu", "=true"),
    )
    fault = stage.play(do("start", "start")).fault
    assert fault is not None
    assert "berputar" in fault["message"] or "menunggu" in fault["message"]


@pytest.mark.slow
def test_a_bomb_harms_nobody(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsing, "SECONDS", 2.0)
    stage.draw(
        start(),
        script("bom", "=some a in 1..999, b in 1..50 satisfies a * b = -1"),
        exclusive("lagi", default="lagi_end"),
        end(),
        path("start bom lagi end"),
        flow("lagi", "bom", "=not(hasil)"),
    )
    with pytest.raises(authoring.Stopped, match="terlalu lama"):
        stage.play(do("start", "start"), ask=rehearsing.ask_apart)
    monkeypatch.undo()
    stage.body = None
    assert open_in(stage.play(START, ask=rehearsing.ask_apart)) == ["periksa"]


def test_nothing_is_written_to_the_office(stage: Stage) -> None:
    def count() -> dict[str, int]:
        with read(stage.workshop.office.database) as connection:
            tables = Base.metadata.sorted_tables
            return {
                each.name: connection.scalar(select(func.count()).select_from(each)) or 0 for each in tables
            }

    before = count()
    stage.play(START, do("complete", "periksa", catatan="baik"), do("complete", "setujui"))
    assert count() == before


def test_only_who_may_change_the_draft_may_rehearse_it(stage: Stage) -> None:
    for stranger in (NOBODY, owner_of("pencatatan-sipil")):
        with pytest.raises(UnknownDraft):
            stage.workshop.ask(authoring.rehearse, stage.key, [], by=stranger)
    with pytest.raises(authoring.NoProcedure):
        stage.workshop.ask(authoring.rehearse, stage.workshop.open("form", "pemeriksaan").key, [])
