"""Coming and going, and what stands before every page."""

import pytest

from tests.web.conftest import PASSWORD, Site, post, token_of


def test_a_stranger_is_led_to_the_login_and_back(site: Site) -> None:
    client = site.client()
    answer = client.get("/sandi")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/masuk?lanjut=/sandi"
    told = {"username": "pns", "password": PASSWORD, "lanjut": "/sandi"}
    assert post(client, "/masuk", told, page="/masuk").headers["Location"] == "/sandi"
    assert client.get("/sandi").status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://jahat.example", "//jahat.example", "/\\jahat.example", "sandi"]
)
def test_a_login_leads_to_no_other_server(site: Site, elsewhere: str) -> None:
    told = {"username": "pns", "password": PASSWORD, "lanjut": elsewhere}
    answer = post(site.client(), "/masuk", told, page="/masuk")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/")
    assert "jahat" not in answer.headers["Location"]


def test_a_wrong_password_keeps_the_name_and_opens_nothing(site: Site) -> None:
    client = site.client()
    answer = post(client, "/masuk", {"username": "pns", "password": "salah"}, page="/masuk")
    assert answer.status_code == 422
    assert "Nama pengguna atau kata sandi salah" in answer.text
    assert 'value="pns"' in answer.text
    assert client.get("/sandi").status_code == 303


def test_who_guesses_too_often_is_told_to_wait(site: Site) -> None:
    client = site.client()
    for _ in range(10):
        post(client, "/masuk", {"username": "pns", "password": "salah"}, page="/masuk")
    answer = post(client, "/masuk", {"username": "pns", "password": PASSWORD}, page="/masuk")
    assert answer.status_code == 429
    assert "Coba lagi dalam" in answer.text


def test_failed_logins_of_others_are_told(site: Site) -> None:
    site.client("pns")
    post(site.client(), "/masuk", {"username": "pns", "password": "tebakan"}, page="/masuk")
    answer = post(site.client(), "/masuk", {"username": "pns", "password": PASSWORD}, page="/masuk")
    assert "/masuk/percobaan?jumlah=1" in answer.headers["Location"]


def test_a_logout_ends_the_session_on_the_server(site: Site) -> None:
    client = site.client("pns")
    cookie = client.get_cookie("sesi")
    assert cookie
    assert post(client, "/keluar").status_code == 303
    other = site.app.test_client()
    other.set_cookie("sesi", cookie.value)
    assert other.get("/sandi").status_code == 303


def test_a_session_that_nobody_used_for_hours_is_over(site: Site) -> None:
    client = site.client("pns")
    site.time.advance(hours=3)
    assert client.get("/sandi").status_code == 303


def test_the_session_cookie_is_out_of_scripts_reach_and_stays_on_tls(site: Site) -> None:
    client = site.client()
    told = {"username": "pns", "password": PASSWORD, "_token": token_of(client.get("/masuk").text)}
    plain = client.post("/masuk", data=told).headers.getlist("Set-Cookie")[0]
    assert plain.startswith("sesi=")
    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    over_tls = {"base_url": "https://localhost"}
    told["_token"] = token_of(client.get("/masuk", **over_tls).text)
    answer = client.post("/masuk", data=told, **over_tls)
    assert answer.headers.getlist("Set-Cookie")[0].startswith("__Host-sesi=")
    assert "Secure" in answer.headers.getlist("Set-Cookie")[0]
    assert "max-age" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_a_forged_form_is_refused(site: Site, token: str) -> None:
    client = site.client("pns")
    assert client.post("/keluar", data={"_token": token}).status_code == 403
    assert client.get("/sandi").status_code == 200


def test_a_token_of_another_session_is_refused(site: Site) -> None:
    stolen = token_of(site.client("sekretaris").get("/sandi").text)
    assert site.client("pns").post("/keluar", data={"_token": stolen}).status_code == 403


def test_a_form_sent_from_another_site_is_refused_with_a_right_token(site: Site) -> None:
    client = site.client("pns")
    token = token_of(client.get("/sandi").text)
    answer = client.post("/keluar", data={"_token": token}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_a_person_changes_their_password(site: Site) -> None:
    client = site.client("pns")
    new = "kuda lumping besi"
    wrong = post(client, "/sandi", {"old": PASSWORD, "new": new, "again": "lain sekali ini"})
    assert (wrong.status_code, "berbeda" in wrong.text) == (422, True)
    assert post(client, "/sandi", {"old": "salah", "new": new, "again": new}).status_code == 422
    assert post(client, "/sandi", {"old": PASSWORD, "new": new, "again": new}).status_code == 303
    again = post(site.client(), "/masuk", {"username": "pns", "password": new}, page="/masuk")
    assert again.status_code == 303


def test_demo_logins_stand_on_the_login_page_of_a_demo_only(site: Site) -> None:
    assert 'value="kepala_dinas"' in site.client().get("/masuk").text
    site.office.config.__dict__["demo"] = False
    assert 'value="kepala_dinas"' not in site.client().get("/masuk").text


# --- every page ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/masuk", "/tidak/ada", "/sandi"])
def test_browsers_are_told_what_a_page_must_not_do(site: Site, path: str) -> None:
    headers = site.client().get(path).headers
    assert "'unsafe-eval'" not in headers["Content-Security-Policy"]
    assert "script" not in headers["Content-Security-Policy"], "scripts fall under default-src 'self'"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_what_is_not_there_is_told_on_a_page(site: Site) -> None:
    answer = site.client("pns").get("/tidak/ada")
    assert answer.status_code == 404
    assert "Halaman ini tidak ada" in answer.text


def test_an_unexpected_error_is_told_with_a_number_and_nothing_else(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> str:
        raise RuntimeError("rahasia dapur")

    client = site.client("pns")
    monkeypatch.setitem(site.app.view_functions, "web.password", fail)
    answer = client.get("/sandi")
    assert answer.status_code == 500
    assert "Sebutkan nomor <code>" in answer.text
    assert "rahasia dapur" not in answer.text


def test_what_was_typed_is_never_markup(site: Site) -> None:
    typed = '"><script>alert(1)</script>'
    answer = post(
        site.client(), "/masuk", {"username": typed, "password": "x", "lanjut": typed}, page="/masuk"
    )
    assert "<script>alert" not in answer.text


# --- the bundle ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("accepted", "sent"), [("gzip, br", "br"), ("gzip", "gzip"), ("", None)])
def test_the_bundle_is_sent_compressed_and_kept_for_ever(site: Site, accepted: str, sent: str | None) -> None:
    answer = site.client().get("/aset/app-H.js", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == sent
    assert "immutable" in answer.headers["Cache-Control"]


def test_no_other_file_is_sent(site: Site) -> None:
    for path in ("/aset/manifest.json", "/aset/..%2f..%2fpyproject.toml", "/aset/app-H.js.gz"):
        assert site.client().get(path).status_code == 404


def test_a_bundle_that_is_missing_is_told(site: Site) -> None:
    site.office.assets.__dict__["names"] = {}
    answer = site.client().get("/masuk")
    assert answer.status_code == 503
    assert "make assets" in answer.text
