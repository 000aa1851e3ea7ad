"""The pages over a house: what each shows to the right person, and hides from the wrong one."""

import pytest

from server import engine, identity
from server.cli import PUBLISHER
from server.engine import trial
from server.engine.search import INBOX, search
from tests.diagrams import diagram, end, path, start, user
from tests.web.conftest import FORM, WHY, XSS, Site, begin, open_task, post, send, token_of


def test_a_task_stands_in_the_inbox_of_its_people_only(leave: Site) -> None:
    task = begin(leave)
    assert f"/tugas/{task}" in leave.client("pns").get("/tugas").text
    page = leave.client("kasubag_umpeg").get("/tugas").text
    assert f"/tugas/{task}" not in page
    assert "Tidak ada tugas yang menunggu Anda" in page


def test_the_inbox_counts_its_shelves_and_offers_the_procedures_of_its_tasks(leave: Site) -> None:
    task = begin(leave)
    pns, offered = leave.client("pns"), '<option value="pengajuan_cuti">'
    page = pns.get("/tugas").text
    assert offered in page
    assert 'Saya pegang <span class="count">1</span>' in page
    assert 'Belum diambil <span class="count">0</span>' in page
    assert offered not in leave.client("kasubag_umpeg").get("/tugas").text
    assert f"/tugas/{task}" in pns.get("/tugas?prosedur=pengajuan_cuti").text
    assert f"/tugas/{task}" not in pns.get("/tugas?prosedur=lain").text


def test_a_case_goes_on_by_its_pages(leave: Site) -> None:
    task = begin(leave)
    answer = send(leave.client("pns"), f"/tugas/{task}/selesai", FORM)
    assert answer.status_code == 200, answer.text
    kasubag = leave.client("kasubag_umpeg")
    following = open_task(leave, "kasubag_umpeg")
    page = kasubag.get(f"/tugas/{following}").text
    assert "Kata tabel aturan" in page
    assert "Jenis cuti" in page
    assert post(kasubag, f"/tugas/{following}/ambil", page=f"/tugas/{following}").status_code == 303
    assert "Kembalikan ke kelompok" in kasubag.get(f"/tugas/{following}").text


def test_what_somebody_typed_is_shown_and_never_run(leave: Site) -> None:
    task = begin(leave)
    case = leave.ask("pns", search, INBOX).items[0]["process_instance_key"]
    assert send(leave.client("pns"), f"/tugas/{task}/selesai", FORM).status_code == 200
    following = open_task(leave, "kasubag_umpeg")
    for page in (
        leave.client("kasubag_umpeg").get(f"/tugas/{following}").text,
        leave.client("pns").get(f"/perkara/{case}").text,
        leave.client("pns").get("/tugas", query_string={"cari": XSS}).text,
        leave.client("pns").get("/mulai", query_string={"cari": XSS}).text,
        leave.client("pns").get("/perkara", query_string={"cari": XSS}).text,
    ):
        assert "<img src=x" not in page


def test_a_wrong_form_is_told_field_by_field(leave: Site) -> None:
    answer = send(leave.client("pns"), f"/tugas/{begin(leave)}/selesai", {"jenis_cuti": "tahunan"})
    assert answer.status_code == 400
    assert "alasan" in [each["where"] for each in answer.json["problems"]]


def test_a_draft_comes_back_to_its_task(leave: Site) -> None:
    task, client = begin(leave), leave.client("pns")
    assert send(client, f"/tugas/{task}/konsep", {"alasan": "Pernikahan adik"}).status_code == 204
    assert "Pernikahan adik" in client.get(f"/tugas/{task}").text


@pytest.mark.parametrize("deed", ["konsep", "selesai", "ambil", "lepas"])
def test_nobody_touches_a_task_that_is_not_theirs(leave: Site, deed: str) -> None:
    task = begin(leave)
    stranger = leave.client("staf_umpeg")
    assert stranger.get(f"/tugas/{task}").status_code == 404
    assert send(stranger, f"/tugas/{task}/{deed}", {}).status_code == 404


@pytest.mark.parametrize("deed", ["", "/batal", "/henti", "/lanjut"])
def test_nobody_touches_a_case_that_is_not_theirs(leave: Site, deed: str) -> None:
    begin(leave)
    case = leave.ask("pns", search, INBOX).items[0]["process_instance_key"]
    stranger = leave.client("staf_umpeg")
    answer = post(stranger, f"/perkara/{case}{deed}") if deed else stranger.get(f"/perkara/{case}")
    assert answer.status_code == 404


def test_who_is_refused_on_a_page_stands_in_the_audit_trail(leave: Site) -> None:
    case = leave.do("pns", engine.start, "pengajuan_cuti", {}).key
    assert leave.client("staf_umpeg").get(f"/perkara/{case}").status_code == 404
    kept = leave.office.gate.ask(lambda c: identity.trail(c, f"/perkara/{case}"))
    assert [(each.actor, each.verb) for each in kept] == [("staf_umpeg", "case")]


def test_a_case_is_stopped_resumed_and_cancelled_by_who_may(leave: Site) -> None:
    begin(leave)
    case = leave.ask("pns", search, INBOX).items[0]["process_instance_key"]
    chief = leave.client("kasubag_umpeg")
    assert post(chief, f"/perkara/{case}/henti", WHY).status_code == 303
    assert "Dihentikan sementara" in chief.get(f"/perkara/{case}").text
    assert "Dihentikan sementara" in leave.client("pns").get("/tugas").text
    assert post(chief, f"/perkara/{case}/lanjut", WHY).status_code == 303
    assert post(leave.client("pns"), f"/perkara/{case}/henti", WHY).status_code == 403
    assert post(leave.client("pns"), f"/perkara/{case}/batal", WHY).status_code == 303
    assert "Dibatalkan" in leave.client("pns").get(f"/perkara/{case}").text


def test_cases_and_tasks_are_found_by_what_was_filled_in(leave: Site) -> None:
    task = begin(leave)
    send(leave.client("pns"), f"/tugas/{task}/selesai", {**FORM, "alasan": "Menengok 100% nenek"})
    kasubag = leave.client("kasubag_umpeg")
    assert "CUTI-2026-0001" in kasubag.get("/tugas?cari=100%25 nenek").text
    assert "CUTI-2026-0001" not in kasubag.get("/tugas?cari=100_ nenek").text
    assert "CUTI-2026-0001" in kasubag.get("/perkara?cari=nenek").text
    assert "Tidak ada yang cocok" in kasubag.get("/tugas?cari=kakek").text


def test_the_ticked_tasks_are_taken_and_others_stay_with_whom_they_are(site: Site) -> None:
    at = site.office
    drawn = diagram(
        start(),
        user("periksa", groups="kasubag_umpeg"),
        end(),
        path("start periksa end"),
        id="izin",
        name="Izin",
    )
    at.gate.do(lambda c: engine.deploy(at.engine, c, PUBLISHER, {"izin.bpmn": drawn}, trial.examine))
    for _ in range(2):
        site.do("admin", engine.start, "izin", {})
    keys = [each["user_task_key"] for each in site.ask("kasubag_umpeg", search, INBOX).items]
    assert len(keys) == 2
    client = site.client("kasubag_umpeg")
    answer = post(client, "/tugas/ambil", {"tugas": [*keys, "0", "x"]}, page="/tugas")
    assert "sebagian" in answer.headers["Location"]
    assert client.get("/tugas?rak=saya").text.count("Anda pegang") == 2


@pytest.mark.parametrize("ticked", ["9" * 5000, "9" * 18, "-1", "٣", "1;2", ""])
def test_a_key_that_nobody_has_ticks_nothing(leave: Site, ticked: str) -> None:
    begin(leave)
    assert post(leave.client("pns"), "/tugas/ambil", {"tugas": ticked}, "/tugas").status_code == 303
    assert post(leave.client("pns"), "/tugas/paraf/selesai", {"tugas": ticked}, "/tugas").status_code == 200


def test_the_catalogue_says_who_may_start(leave: Site) -> None:
    assert "Boleh Anda mulai" in leave.client("pns").get("/mulai?cari=CUTI").text
    assert "Tidak ada yang cocok" in leave.client("pns").get("/mulai?cari=entah").text
    assert leave.client("pns").get("/mulai/tidak_ada").status_code == 404


def test_a_start_leads_to_the_first_task(leave: Site) -> None:
    answer = send(leave.client("pns"), "/mulai/pengajuan_cuti", {})
    assert answer.status_code == 201
    assert answer.json["next"].startswith("/tugas/")


def test_a_script_whose_session_is_over_is_told_so(leave: Site) -> None:
    task, client = begin(leave), leave.client("pns")
    token = token_of(client.get("/sandi").text)
    leave.time.advance(hours=3)
    headers = {"X-CSRF-Token": token, "Accept": "application/json"}
    answer = client.post(f"/tugas/{task}/konsep", data="{}", content_type="application/json", headers=headers)
    assert answer.status_code == 401
