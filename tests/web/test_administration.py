"""Pengelolaan over a house: people, what they hold, and who stands in for whom."""

import re

import pytest
from flask.testing import FlaskClient

from server import engine, identity
from server.cli import PUBLISHER
from server.engine import trial
from server.engine.search import INBOX, USER_TASKS, search
from tests.diagrams import diagram, end, path, start, user
from tests.web.conftest import PASSWORD, Site, post, token_of

XSS = '"><img src=x onerror=alert(1)>'
PAGES = [
    "/pengelolaan/pengguna",
    "/pengelolaan/pengguna-baru",
    "/pengelolaan/pengguna/pns",
    "/pengelolaan/peran",
    "/pengelolaan/plt",
]
DEEDS = [
    "/pengelolaan/pengguna-baru",
    "/pengelolaan/pengguna/pns",
    "/pengelolaan/pengguna/pns/tutup",
    "/pengelolaan/pengguna/pns/buka",
    "/pengelolaan/pengguna/pns/sandi",
    "/pengelolaan/pengguna/pns/kunci",
    "/pengelolaan/pengguna/pns/peran",
    "/pengelolaan/pengguna/pns/peran/1/akhir",
    "/pengelolaan/pengguna/pns/izin",
    "/pengelolaan/pengguna/pns/izin/administer/cabut",
    "/pengelolaan/plt",
    "/pengelolaan/plt/pns/1/akhir",
]
RINA = {"pengguna": "Rina", "nama": "Rina Wati", "nip": "199003152015012002", "email": "", "sandi": "1"}
VALID = {
    "jabatan": "sekretaris",
    "mulai": "2026-11-27",
    "sampai": "2026-12-04",
    "jenis": "plh",
    "siapa": "pns",
    "akhir": "2026-12-01",
    "izin": "deploy",
    **RINA,
}
"""Every field of every form, so that nothing but permission can refuse it."""


@pytest.fixture
def admin(site: Site) -> FlaskClient:
    return site.client("admin")


def account(site: Site, username: str) -> identity.Account:
    gate, now = site.office.gate, site.office.engine.clock.now()
    return gate.ask(lambda c: identity.account_of(c, username, now))


def verbs(site: Site, about: str) -> list[str]:
    return [each.verb for each in site.office.gate.ask(lambda c: identity.trail(c, about))]


# --- the wrong person


def test_the_pages_are_for_administrators_and_nobody_else_sees_their_door(site: Site) -> None:
    head, admin = site.client("kepala_dinas"), site.client("admin")
    for page in ("/pengelolaan", *PAGES):
        answer = head.get(page)
        assert answer.status_code == 403, page
        assert "Pengelolaan</span>" not in answer.text
        assert admin.get(page).status_code == 200, page


def test_no_deed_is_done_for_anybody_else_and_each_refusal_is_kept(site: Site) -> None:
    head = site.client("kepala_dinas")
    for deed in DEEDS:
        assert post(head, deed, VALID).status_code == 403, deed
        kept = site.office.gate.ask(lambda c, deed=deed: identity.trail(c, deed))
        assert [(each.actor, each.outcome) for each in kept] == [("kepala_dinas", "NotAnAdministrator")], deed
    assert account(site, "pns").member.active


def test_a_forged_form_does_nothing(site: Site, admin: FlaskClient) -> None:
    stolen = token_of(site.client("kepala_dinas").get("/sandi").text)
    for deed in DEEDS:
        assert admin.post(deed, data={**VALID, "_token": stolen}).status_code == 403, deed
        assert admin.post(deed, data=VALID).status_code == 403, deed


def test_who_is_not_there_is_not_found(admin: FlaskClient) -> None:
    assert admin.get("/pengelolaan/pengguna/tidak.ada").status_code == 404
    assert post(admin, "/pengelolaan/pengguna/tidak.ada/sandi").status_code == 404
    assert post(admin, "/pengelolaan/pengguna/pns/peran/999/akhir", VALID).status_code == 404


# --- people


def test_people_are_found_and_paged(admin: FlaskClient) -> None:
    first = admin.get("/pengelolaan/pengguna").text
    following = re.search(r'href="([^"]*sesudah=[^"]*)"', first)
    assert following
    second = admin.get(following[1].replace("&amp;", "&")).text
    assert set(re.findall(r'data-key="(\w+)"', first)).isdisjoint(re.findall(r'data-key="(\w+)"', second))
    assert re.findall(r'data-key="(\w+)"', admin.get("/pengelolaan/pengguna?cari=kasubag_umpeg").text) == [
        "kasubag_umpeg"
    ]
    assert "Tidak ada yang cocok" in admin.get("/pengelolaan/pengguna?cari=entah").text


def test_somebody_is_added_with_a_password_that_is_told_once(site: Site, admin: FlaskClient) -> None:
    answer = post(admin, "/pengelolaan/pengguna-baru", RINA)
    password = re.search(r"<code>([^<]+)</code>", answer.text)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert password
    assert password[1] not in admin.get("/pengelolaan/pengguna/rina").text
    rina = site.client()
    entered = post(rina, "/masuk", {"username": "rina", "password": password[1]}, page="/masuk")
    assert entered.headers["Location"] == "/sandi"
    assert rina.get("/tugas").headers["Location"] == "/sandi", "nothing else before the password is changed"
    new = "kuda lumping besi"
    assert post(rina, "/sandi", {"old": password[1], "new": new, "again": new}).status_code == 303
    assert rina.get("/tugas").status_code == 200


def test_what_cannot_be_kept_is_told_and_nothing_typed_is_lost(admin: FlaskClient) -> None:
    for field, typed, told in (
        ("pengguna", "pns", "sudah dipakai"),
        ("pengguna", "nama dengan spasi", "huruf kecil"),
        ("nip", "123", "18 angka"),
        ("nama", " ", "Isi nama"),
    ):
        form = {**RINA, "email": "r@contoh.go.id", field: typed}
        answer = post(admin, "/pengelolaan/pengguna-baru", form)
        assert answer.status_code in (400, 409)
        assert told in answer.text
        assert 'value="r@contoh.go.id"' in answer.text


def test_an_account_is_closed_with_what_was_claimed_given_back_and_opened_again(
    site: Site, admin: FlaskClient
) -> None:
    drawn = diagram(
        start(),
        user("periksa", groups="kasubag_umpeg"),
        end(),
        path("start periksa end"),
        id="izin",
        name="Izin",
    )
    at = site.office
    at.gate.do(lambda c: engine.deploy(at.engine, c, PUBLISHER, {"izin.bpmn": drawn}, trial.examine))
    site.do("admin", engine.start, "izin", {})
    task = site.ask("kasubag_umpeg", search, INBOX).items[0]["user_task_key"]
    site.do("kasubag_umpeg", engine.assign, task, "kasubag_umpeg", False)
    chief = site.client("kasubag_umpeg")
    assert post(admin, "/pengelolaan/pengguna/kasubag_umpeg/tutup").status_code == 303
    assert chief.get("/tugas").status_code == 303, "the session is over"
    assert site.ask("admin", search, USER_TASKS).items[0]["assignee"] is None
    assert "Akun ditutup" in admin.get("/pengelolaan/pengguna/kasubag_umpeg").text
    assert post(admin, "/pengelolaan/pengguna/kasubag_umpeg/buka").status_code == 303
    assert account(site, "kasubag_umpeg").member.active


def test_administrators_do_not_shut_themselves_out(site: Site, admin: FlaskClient) -> None:
    assert post(admin, "/pengelolaan/pengguna/admin/tutup").status_code == 409
    told = post(admin, "/pengelolaan/pengguna/admin/izin/administer/cabut")
    assert (told.status_code, "administrator lain" in told.text) == (409, True)
    assert admin.get("/pengelolaan/pengguna").status_code == 200


def test_a_locked_name_is_marked_and_unlocked(site: Site, admin: FlaskClient) -> None:
    for _ in range(10):
        post(site.client(), "/masuk", {"username": "pns", "password": "salah"}, page="/masuk")
    assert "Terkunci sampai 09.05" in admin.get("/pengelolaan/pengguna/pns").text
    assert post(admin, "/pengelolaan/pengguna/pns/kunci").status_code == 303
    assert (
        post(site.client(), "/masuk", {"username": "pns", "password": PASSWORD}, page="/masuk").status_code
        == 303
    )


def test_a_role_is_given_and_ended(site: Site, admin: FlaskClient) -> None:
    path = "/pengelolaan/pengguna/pns/peran"
    wrong = post(admin, path, {"jabatan": "kepala_seksi@piak", "mulai": "2026-12-01", "sampai": "2026-11-01"})
    assert wrong.status_code == 400
    assert '<option value="kepala_seksi@piak" selected>' in wrong.text
    assert post(admin, path, {"jabatan": "kepala_seksi@piak", "mulai": "2026-12-01"}).status_code == 303
    page = admin.get("/pengelolaan/pengguna/pns").text
    assert "Akan datang" in page
    (key,) = [id_ for id_, each in account(site, "pns").member.holdings.items() if each.bidang == "piak"]
    assert post(admin, f"{path}/{key}/akhir", {"sampai": "2026-12-31"}).status_code == 303
    assert "1 Des 2026 – 31 Des 2026" in admin.get("/pengelolaan/pengguna/pns").text
    assert (
        post(
            admin, f"/pengelolaan/pengguna/sekretaris/peran/{key}/akhir", {"sampai": "2026-12-31"}
        ).status_code
        == 404
    )
    assert verbs(site, "person:pns")[:2] == ["user.role.end", "user.role"]


def test_a_permission_is_given_by_name_and_withdrawn(site: Site, admin: FlaskClient) -> None:
    path = "/pengelolaan/pengguna/pns/izin"
    assert post(admin, path, {"izin": "see_bidang", "bidang": "piak"}).status_code == 303
    assert "diberikan atas nama: " in admin.get("/pengelolaan/pengguna/pns").text
    assert post(admin, f"{path}/see_bidang/cabut").status_code == 303
    assert "diberikan atas nama" not in admin.get("/pengelolaan/pengguna/pns").text
    assert post(admin, path, {"izin": "terbang"}).status_code == 400


def test_what_is_typed_about_a_person_is_never_markup(admin: FlaskClient) -> None:
    typed = {"nama": XSS, "email": XSS}
    assert post(admin, "/pengelolaan/pengguna/pns", {**typed, "nip": XSS}).status_code == 400
    assert post(admin, "/pengelolaan/pengguna/pns", typed).status_code == 400  # no address looks like that
    kept = {"nama": XSS, "email": "pns@contoh.go.id"}
    assert post(admin, "/pengelolaan/pengguna/pns", kept).status_code == 303
    for page in (
        post(admin, "/pengelolaan/pengguna/pns", {**typed, "nip": XSS}).text,
        post(admin, "/pengelolaan/pengguna-baru", dict.fromkeys(RINA, XSS)).text,
        *(admin.get(each).text for each in (*PAGES, "/tugas")),
        admin.get("/pengelolaan/pengguna", query_string={"cari": XSS, "peran": XSS, "keadaan": XSS}).text,
        admin.get("/pengelolaan/plt", query_string={"jabatan": XSS}).text,
        post(admin, "/pengelolaan/plt", {**VALID, "siapa": XSS, "mulai": XSS}).text,
    ):
        assert "<img src=x" not in page


# --- posts and acting officers


def test_an_empty_office_says_where_its_tasks_go(site: Site, admin: FlaskClient) -> None:
    assert "Kosong" not in admin.get("/pengelolaan/peran").text
    (key,) = [
        id_ for id_, each in account(site, "kasubag_umpeg").member.holdings.items() if each.role != "pns"
    ]
    last = {"sampai": "2026-11-26"}
    assert post(admin, f"/pengelolaan/pengguna/kasubag_umpeg/peran/{key}/akhir", last).status_code == 303
    page = admin.get("/pengelolaan/peran").text
    assert "Tugasnya sekarang ke <b>Sekretaris</b>" in page
    assert "/pengelolaan/plt?jabatan=kasubag_umpeg" in page


def test_somebody_is_appointed_by_username_nip_or_name(site: Site, admin: FlaskClient) -> None:
    pns = account(site, "pns").member
    today = site.office.engine.clock.today()
    for typed, post_ in (("PNS", "sekretaris"), (pns.nip, "kepala_dinas"), (pns.name, "kasubag_umpeg")):
        answer = post(admin, "/pengelolaan/plt", {**VALID, "siapa": typed, "jabatan": post_})
        assert answer.status_code == 303, answer.text
        page = admin.get("/pengelolaan/plt").text
        assert f"Plh. {site.office.engine.roles[post_].nama}" in page
        assert "menggantikan" in page
        key = max(site.office.gate.ask(lambda c: identity.acting_officers(c, today)))
        ended = post(admin, f"/pengelolaan/plt/pns/{key}/akhir", {"akhir": "2026-11-27"})
        assert ended.status_code == 303
        assert "27 Nov 2026 – 27 Nov 2026" in admin.get("/pengelolaan/plt").text


def test_an_appointment_that_cannot_be_is_told_and_nothing_typed_is_lost(admin: FlaskClient) -> None:
    for change, status, told in (
        ({"jenis": "plt"}, 409, "Tunjuk Plh."),
        ({"siapa": "entah"}, 400, "tidak ditemukan"),
        ({"siapa": "kepala_seksi"}, 400, "Isi nama penggunanya"),
        ({"siapa": "sekretaris"}, 400, "jabatannya sendiri"),
        ({"sampai": ""}, 400, "Isi hari terakhir"),
        ({"mulai": "besok"}, 400, "bukan tanggal"),
        ({"jabatan": ""}, 400, "Pilih peran"),
        ({"jenis": "lain"}, 400, "Pilih Plt. atau Plh."),
    ):
        answer = post(admin, "/pengelolaan/plt", {**VALID, **change})
        assert (answer.status_code, told in answer.text) == (status, True), answer.text
        assert f'name="siapa" value="{change.get("siapa", "pns")}"' in answer.text
