"""Notifications in the pages: the bell, the list, and that nobody reads or marks what another was told."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from server import engine, notify, worker
from server.cli import PUBLISHER
from server.engine import search, trial
from server.notify import NOTIFICATIONS
from server.web.office import EXTENSION
from tests.diagrams import diagram, end, path, start, user
from tests.notify.mailserver import MailServer, mail_server
from tests.web.conftest import Site, post

XSS = "<img src=x onerror=alert(1)>"


@pytest.fixture
def told(site: Site) -> Site:
    """A site whose Kasubag was told of a new task, with a name that an ill-meaning hand has drawn."""
    at = site.office
    drawn = diagram(
        start(),
        user("periksa", groups="kasubag_umpeg", name=f"Periksa {XSS}"),
        end(),
        path("start periksa end"),
        id="izin",
        name=f"Izin {XSS}",
    )
    at.gate.do(lambda c: engine.deploy(at.engine, c, PUBLISHER, {"izin.bpmn": drawn}, trial.examine))
    site.do("admin", engine.start, "izin", {})
    worker.work_once(at.gate, at.engine)
    return site


def keys(site: Site, username: str) -> list[int]:
    return [each["notification_key"] for each in site.ask(username, search.search, NOTIFICATIONS).items]


def test_the_bell_counts_on_every_page_what_one_has_not_read(told: Site) -> None:
    kasubag = told.client("kasubag_umpeg")
    for page in ("/tugas", "/perkara", "/mulai", "/pemberitahuan", "/pemberitahuan/jumlah"):
        assert "Pemberitahuan, 1 belum dibaca" in kasubag.get(page).text, page
    assert "belum dibaca" not in told.client("sekretaris").get("/tugas").text


def test_the_bell_of_a_session_that_is_over_changes_nothing(told: Site) -> None:
    answer = told.client().get("/pemberitahuan/jumlah", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers.get("HX-Redirect")) == (204, None)


def test_the_list_says_what_when_and_of_which_case(told: Site) -> None:
    told.time.advance(minutes=5)
    page = told.client("kasubag_umpeg").get("/pemberitahuan").text
    assert "Tugas baru: Periksa" in page
    assert "5 menit lalu · 27 Nov 2026 pukul 09.00" in page
    assert "Belum dibaca · hari ini" in page
    assert "<img src=x" not in page
    assert "Belum ada pemberitahuan" in told.client("sekretaris").get("/pemberitahuan").text


def test_opening_one_leads_to_its_task_and_marks_it_as_read(told: Site) -> None:
    kasubag, (key,) = told.client("kasubag_umpeg"), keys(told, "kasubag_umpeg")
    answer = kasubag.get(f"/pemberitahuan/{key}")
    assert re.fullmatch(r"/tugas/\d+", answer.headers["Location"])
    assert "Sudah dibaca · hari ini" in kasubag.get("/pemberitahuan").text


def test_who_opens_the_task_elsewhere_has_read_it_too(told: Site) -> None:
    kasubag = told.client("kasubag_umpeg")
    task = told.ask("kasubag_umpeg", search.search, search.INBOX).items[0]["user_task_key"]
    assert kasubag.get(f"/tugas/{task}").status_code == 200
    assert told.ask("kasubag_umpeg", notify.count_unread) == 0


def test_one_or_all_are_marked_as_read(told: Site) -> None:
    kasubag, (key,) = told.client("kasubag_umpeg"), keys(told, "kasubag_umpeg")
    assert post(kasubag, f"/pemberitahuan/{key}/dibaca").status_code == 303
    assert told.ask("kasubag_umpeg", notify.count_unread) == 0
    told.do("admin", engine.start, "izin", {})
    told.time.advance(seconds=1)
    shown = told.office.engine.clock.now().isoformat()
    told.time.advance(minutes=1)
    told.do("admin", engine.start, "izin", {})
    worker.work_once(told.office.gate, told.office.engine)
    answer = post(kasubag, "/pemberitahuan/dibaca", {"sampai": shown})
    assert answer.status_code == 303
    assert told.ask("kasubag_umpeg", notify.count_unread) == 1
    assert post(kasubag, "/pemberitahuan/dibaca", {"sampai": "kemarin"}).status_code == 400


def test_nobody_reads_or_marks_what_another_was_told(told: Site) -> None:
    (key,) = keys(told, "kasubag_umpeg")
    stranger = told.client("sekretaris")
    assert stranger.get(f"/pemberitahuan/{key}").status_code == 404
    assert post(stranger, f"/pemberitahuan/{key}/dibaca").status_code == 404
    assert told.ask("kasubag_umpeg", notify.count_unread) == 1
    assert told.client().get("/pemberitahuan").status_code == 303


@pytest.mark.parametrize("deed", ["dibaca", "{key}/dibaca"])
def test_a_form_that_is_not_ours_marks_nothing(told: Site, deed: str) -> None:
    kasubag, (key,) = told.client("kasubag_umpeg"), keys(told, "kasubag_umpeg")
    answer = kasubag.post(f"/pemberitahuan/{deed.format(key=key)}", data={"_token": "palsu"})
    assert answer.status_code == 403
    assert told.ask("kasubag_umpeg", notify.count_unread) == 1


def test_one_chooses_by_what_one_is_told_of_what(told: Site) -> None:
    kasubag = told.client("kasubag_umpeg")
    page = kasubag.get("/pemberitahuan/pilihan").text
    assert "belum mengirim surel" in page
    assert 'value="kasubag_umpeg@contoh.go.id"' in page
    chosen = {"lewat": ["terlambat:surel", "berakhir:halaman"], "kapan": "ringkasan", "jam": "15:30"}
    answer = post(kasubag, "/pemberitahuan/pilihan", {**chosen, "surel": "umpeg@contoh.go.id"})
    assert answer.status_code == 303
    wishes = told.ask("kasubag_umpeg", own_wishes)
    assert (wishes.email, str(wishes.digest_at)) == ("umpeg@contoh.go.id", "15:30:00")
    assert [each for each in notify.Occasion if wishes.of(each).page] == ["berakhir"]
    assert [each for each in notify.Occasion if wishes.of(each).mail] == ["terlambat"]
    told.do("admin", engine.start, "izin", {})
    worker.work_once(told.office.gate, told.office.engine)
    assert len(keys(told, "kasubag_umpeg")) == 1


@pytest.mark.parametrize(
    "address", ["tanpa-at", "a@b\nBcc: c@d", f"{XSS}@contoh.go.id", "a" * 250 + "@contoh.go.id"]
)
def test_an_address_that_cannot_be_one_is_told_and_nothing_is_kept(told: Site, address: str) -> None:
    kasubag = told.client("kasubag_umpeg")
    answer = post(kasubag, "/pemberitahuan/pilihan", {"surel": address, "kapan": "segera"})
    assert answer.status_code == 422
    assert "Alamat surel tidak benar" in answer.text
    assert "<img src=x" not in answer.text
    assert told.ask("kasubag_umpeg", own_wishes) == notify.Wishes("kasubag_umpeg@contoh.go.id")


def own_wishes(engine: Any, connection: Any, who: Any) -> notify.Wishes:
    return notify.wishes_of(connection, [who.username])[who.username]


# --- the office's mails


@pytest.fixture
def mailing(told: Site) -> Iterator[MailServer]:
    """A mail server that the office's settings name."""
    with mail_server() as server:
        named = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none"}
        config = replace(told.office.config, **named, mail_from="Tatalaksana <tatalaksana@contoh.go.id>")
        told.app.extensions[EXTENSION] = replace(told.office, config=config)
        yield server


def test_who_administers_tries_whether_mails_arrive(told: Site, mailing: MailServer) -> None:
    admin = told.client("admin")
    assert post(admin, "/pengelolaan/surel/coba").status_code == 409  # has no address yet
    assert post(admin, "/pemberitahuan/pilihan", {"surel": "admin@contoh.go.id"}).status_code == 303
    assert post(admin, "/pengelolaan/surel/coba").status_code == 303
    (mail,) = mailing.received
    assert (mail["To"], mail["Subject"]) == ("admin@contoh.go.id", "Percobaan surel Tatalaksana")
    mailing.errs["RCPT"] = "550 <img src=x> tidak ada"
    answer = post(admin, "/pengelolaan/surel/coba")
    assert answer.status_code == 422
    assert "550 &lt;img src=x&gt; tidak ada" in answer.text


def test_mails_that_were_given_up_say_why_and_are_tried_again(told: Site, mailing: MailServer) -> None:
    at = told.office
    mailing.errs["RCPT"] = "550 tidak ada orang ini"
    told.time.advance(days=1)
    told.do("admin", engine.start, "izin", {})
    hand = worker.Worker(at.gate, at.engine, notify.post_of(told.app.extensions[EXTENSION].config))
    hand.do_what_came_due()
    told.time.advance(days=5)
    hand.do_a_mail()
    admin = told.client("admin")
    assert "1 surel tidak terkirim" in admin.get("/pengelolaan").text
    assert "550 tidak ada orang ini" in admin.get("/pengelolaan/surel").text
    mailing.errs.clear()
    assert post(admin, "/pengelolaan/surel/ulang").status_code == 303
    hand.do_a_mail()
    assert [str(mail["To"]) for mail in mailing.received] == ["kasubag_umpeg@contoh.go.id"]
    assert "0" in admin.get("/pengelolaan/surel").text


@pytest.mark.parametrize("deed", ["", "/coba", "/ulang"])
def test_the_offices_mails_are_for_who_administers_alone(told: Site, deed: str) -> None:
    stranger = told.client("kasubag_umpeg")
    answer = post(stranger, f"/pengelolaan/surel{deed}") if deed else stranger.get("/pengelolaan/surel")
    assert answer.status_code == 403
