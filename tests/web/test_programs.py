"""Token dan program: made and revoked by their person, or by an administrator; shown once."""

import re
from typing import Any

from flask.testing import FlaskClient

from tests.web.conftest import Site, post, token_of

XSS = '"><img src=x onerror=alert(1)>'
TOKEN = {"nama": "Skrip laporan", "jenis": "token", "izin": ["complete", "administer"], "hari": "30"}


def login_of(site: Site, token: str) -> Any:
    gate, now = site.office.gate, site.office.engine.clock.now()
    return gate.ask(lambda c: gate.login.authenticate_token(c, token, now))


def made(client: FlaskClient, form: dict[str, Any], of: str = "pns") -> list[str]:
    answer = post(client, f"/program/{of}", form)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store"), answer.text
    return re.findall(r"<code>([^<]+)</code>", answer.text)


def test_everybody_makes_and_revokes_tokens_of_their_own(site: Site) -> None:
    pns = site.client("pns")
    assert "Belum ada" in pns.get("/program").text
    (text,) = made(pns, TOKEN)
    assert login_of(site, text).permissions == {"complete"}, "never more than the person may"
    page = pns.get("/program").text
    assert text not in page
    assert "Skrip laporan" in page
    assert "berlaku sampai 27 Des 2026" in page
    (key,) = re.findall(r"/token/(\d+)/cabut", page)
    assert post(pns, f"/program/pns/token/{key}/cabut").headers["Location"] == "/program?kabar=dicabut"
    assert "Dicabut" in pns.get("/program").text
    for wrong, told in (
        ({"izin": []}, "satu izin"),
        ({"nama": " "}, "Beri nama"),
        ({"hari": "x"}, "masa berlaku"),
    ):
        answer = post(pns, "/program/pns", {**TOKEN, **wrong})
        assert (answer.status_code, told in answer.text) == (400, True)
    assert (
        "<img src=x" not in post(pns, "/program/pns", {**TOKEN, "nama": XSS}).text + pns.get("/program").text
    )


def test_a_client_is_shown_as_camundas_programs_ask_for_it(site: Site) -> None:
    pns = site.client("pns")
    client, secret, address = made(pns, {**TOKEN, "jenis": "klien"})
    assert client.startswith("klien_")
    assert address.endswith("/oauth/token")
    assert secret not in pns.get("/program").text
    assert post(pns, f"/program/pns/klien/{client}/cabut").status_code == 303
    assert "Dicabut" in pns.get("/program").text


def test_those_of_others_are_for_administrators(site: Site) -> None:
    pns, head, admin = site.client("pns"), site.client("kepala_dinas"), site.client("admin")
    made(pns, TOKEN)
    (client, *_) = made(pns, {**TOKEN, "jenis": "klien"})
    (key,) = re.findall(r"/token/(\d+)/cabut", pns.get("/program").text)
    assert head.get("/program").status_code == 200
    for page in ("/program/pns", "/pengelolaan/program"):
        assert head.get(page).status_code == 403
        assert admin.get(page).status_code == 200
    deeds = ("/program/pns", f"/program/pns/token/{key}/cabut", f"/program/pns/klien/{client}/cabut")
    stolen = {**TOKEN, "_token": token_of(head.get("/sandi").text)}
    for deed in deeds:
        assert post(head, deed, TOKEN).status_code == 403
        assert admin.post(deed, data=stolen).status_code == 403
    for theirs in (f"/program/kepala_dinas/token/{key}/cabut", f"/program/kepala_dinas/klien/{client}/cabut"):
        assert post(head, theirs).status_code == 404, "under one's own name there is no such thing"
    assert "atas nama" in admin.get("/pengelolaan/program").text
    for deed in deeds[1:]:
        assert post(admin, deed).headers["Location"] == "/program/pns?kabar=dicabut"
    assert "Belum ada" in admin.get("/pengelolaan/program").text
    (text,) = made(admin, TOKEN)
    assert login_of(site, text).username == "pns"
