"""A task that goes to a colleague, back to its group or back to who completed it; a case that is stopped: each with its reason."""

from datetime import date
from typing import Any

import pytest

from server import engine, identity
from server.cli import PUBLISHER
from server.engine import trial
from server.engine.search import INBOX, Query, Where, search
from server.identity import Holding, NewPerson
from tests.diagrams import diagram, end, path, start, user
from tests.web.conftest import FORM, NOW, PASSWORD, WHY, XSS, Site, begin, case_of, open_task, post, send

OPEN = Query((Where("state", "eq", "CREATED"),))


@pytest.fixture
def letter(site: Site) -> Site:
    """A task of the staff, of whom there are three, and one of their head after it."""
    at = site.office
    drawn = diagram(
        start(), user("ketik", groups="staf_umpeg"), user("periksa", groups="kasubag_umpeg"), end(),
        path("start ketik periksa end"), id="surat", name="Surat",
    )  # fmt: skip
    at.gate.do(lambda c: engine.deploy(at.engine, c, PUBLISHER, {"surat.bpmn": drawn}, trial.examine))

    def hire(connection: Any) -> None:
        for username, name in (("sari", "Sari Dewi"), ("joko", f"Joko {XSS}")):
            identity.add_person(connection, NewPerson(username, name), NOW)
            identity.set_password(connection, username, PASSWORD * 4, NOW)
            identity.hold(
                connection, at.engine.roles, Holding(username, "staf_umpeg", None, date(2026, 1, 1))
            )

    at.gate.change(hire)
    site.do("admin", engine.start, "surat", {})
    return site


def assignee(site: Site, task: int) -> str | None:
    found: str | None = site.ask("admin", engine.search.find, engine.search.USER_TASKS, task)["assignee"]
    return found


@pytest.fixture
def task(letter: Site) -> int:
    """The first task, held by staf_umpeg."""
    key = open_task(letter, "staf_umpeg")
    letter.do("staf_umpeg", engine.assign, key, "staf_umpeg", False)
    return key


def test_a_holder_hands_over_to_a_colleague_of_the_role_with_a_reason(letter: Site, task: int) -> None:
    client = letter.client("staf_umpeg")
    page = client.get(f"/tugas/{task}").text
    assert "Sari Dewi" in page
    assert "<img src=x" not in page
    found = client.get(f"/tugas/{task}/penerus?cari=sari").text
    assert ("Sari" in found, "Joko" in found) == (True, False)
    answer = post(client, f"/tugas/{task}/serahkan", {"kepada": "sari", "alasan": f"Cuti {XSS}"})
    assert answer.status_code == 303
    assert assignee(letter, task) == "sari"
    history = letter.client("admin").get(f"/perkara/{case_of(letter, 'sari')}").text
    assert "kepada Sari Dewi; alasan: Cuti &lt;/script&gt;" in history


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"kepada": "", **WHY}, "Pilih dahulu penerimanya"),
        ({"kepada": "pns", **WHY}, "tidak memegang peran"),
        ({"kepada": "sari", "alasan": "a" * 1001}, "paling panjang 1000 huruf"),
    ],
)
def test_nobody_gets_a_task_that_they_may_not_do(
    letter: Site, task: int, form: dict[str, str], sentence: str
) -> None:
    answer = post(letter.client("staf_umpeg"), f"/tugas/{task}/serahkan", form)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert form["alasan"] in answer.text
    assert assignee(letter, task) == "staf_umpeg"


def test_only_the_holder_and_who_assigns_hand_a_task_over(letter: Site, task: int) -> None:
    letter.do("staf_umpeg", engine.hand_over, task, "sari")
    refused = post(letter.client("staf_umpeg"), f"/tugas/{task}/serahkan", {"kepada": "joko", **WHY})
    assert refused.status_code == 422
    assert letter.ask("staf_umpeg", engine.successors, task) == {}
    assert set(letter.ask("admin", engine.successors, task)) == {"joko", "staf_umpeg"}
    assert post(letter.client("pns"), f"/tugas/{task}/serahkan", {"kepada": "pns", **WHY}).status_code == 404
    assert letter.client("pns").get(f"/tugas/{task}/penerus").status_code == 404
    assert assignee(letter, task) == "sari"


def test_a_task_goes_back_to_its_group_with_a_reason_only(letter: Site, task: int) -> None:
    client = letter.client("staf_umpeg")
    answer = post(client, f"/tugas/{task}/lepas")
    assert (answer.status_code, "Tulis alasannya" in answer.text) == (422, True)
    assert post(client, f"/tugas/{task}/lepas", {"alasan": "Salah alamat"}).status_code == 303
    assert assignee(letter, task) is None
    assert "alasan: Salah alamat" in client.get(f"/tugas/{task}").text


# --- tarik kembali


def complete(site: Site, task: int) -> int:
    """Completes staf_umpeg's task; the task of the head that follows."""
    site.time.advance(minutes=5)
    site.do("staf_umpeg", engine.complete, task, {})
    site.time.advance(minutes=5)
    return open_task(site, "kasubag_umpeg")


def test_a_completed_task_is_taken_back_while_nobody_has_gone_on(letter: Site, task: int) -> None:
    following = complete(letter, task)
    client = letter.client("staf_umpeg")
    assert "Tarik kembali" in client.get(f"/tugas/{task}").text
    assert post(client, f"/tugas/{task}/tarik").status_code == 422
    answer = post(client, f"/tugas/{task}/tarik", {"alasan": "Salah ketik"})
    again = open_task(letter, "staf_umpeg")
    assert answer.headers["Location"] == f"/tugas/{again}?kabar=ditarik"
    assert assignee(letter, again) == "staf_umpeg"
    assert letter.ask("kasubag_umpeg", search, INBOX, OPEN).items == []
    page = client.get(f"/tugas/{again}").text
    assert "menarik kembali" in page
    assert "alasan: Salah ketik" in page
    assert post(letter.client("kasubag_umpeg"), f"/tugas/{following}/ambil").status_code == 409


def test_what_somebody_has_claimed_is_not_pulled_from_under_them(letter: Site, task: int) -> None:
    following = complete(letter, task)
    letter.do("kasubag_umpeg", engine.assign, following, "kasubag_umpeg", False)
    client = letter.client("staf_umpeg")
    assert "Tarik kembali" not in client.get(f"/tugas/{task}").text
    assert post(client, f"/tugas/{task}/tarik", WHY).status_code == 409
    letter.do("kasubag_umpeg", engine.complete, following, {})
    assert post(client, f"/tugas/{task}/tarik", WHY).status_code == 403


def test_nobody_takes_back_what_another_has_done(letter: Site, task: int) -> None:
    complete(letter, task)
    for other, status in (("kasubag_umpeg", 404), ("pns", 404), ("admin", 403)):
        assert post(letter.client(other), f"/tugas/{task}/tarik", WHY).status_code == status
    forged = {**WHY, "_token": "0" * 64}
    for deed in ("tarik", "serahkan", "lepas"):
        assert letter.client("staf_umpeg").post(f"/tugas/{task}/{deed}", data=forged).status_code == 403


def test_an_application_that_is_taken_back_keeps_what_was_filled_in(leave: Site) -> None:
    task = begin(leave)
    leave.time.advance(minutes=5)
    pns = leave.client("pns")
    assert send(pns, f"/tugas/{task}/selesai", FORM).status_code == 200
    answer = post(pns, f"/tugas/{task}/tarik", WHY)
    assert answer.status_code == 303, answer.text
    again = open_task(leave, "pns")
    assert answer.headers["Location"] == f"/tugas/{again}?kabar=ditarik"
    assert '"alamat_selama_cuti"' in pns.get(f"/tugas/{again}").text
    assert leave.ask("kasubag_umpeg", search, INBOX, OPEN).items == []


def test_a_case_is_stopped_and_cancelled_with_a_reason_only(leave: Site) -> None:
    begin(leave)
    case, chief = case_of(leave), leave.client("kasubag_umpeg")
    for deed in ("henti", "batal"):
        answer = post(chief, f"/perkara/{case}/{deed}")
        assert answer.status_code == 422
        assert "Tulis alasannya" in answer.text
    assert post(chief, f"/perkara/{case}/batal", {"alasan": XSS}).status_code == 303
    page = chief.get(f"/perkara/{case}").text
    assert "alasan: &lt;/script&gt;" in page
    assert "<img src=x" not in page
