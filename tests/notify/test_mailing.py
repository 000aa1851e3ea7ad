"""Mails: what they say and to whom, when they go out, what becomes of those that do not come through."""

import threading
from collections.abc import Iterator
from datetime import time

import pytest
from sqlalchemy import insert, update

from server import engine as verbs
from server import identity, notify, worker
from server.db import write
from server.engine import tables
from server.identity.models import Person
from server.notify import mailing
from server.notify.models import Mail, Notification, Wish
from tests.diagrams import diagram, end, extensions, lane, lanes, path, props, start, user
from tests.engine.conftest import ANYBODY
from tests.notify.conftest import Told
from tests.notify.mailserver import MailServer, mail_server

pytestmark = pytest.mark.both_databases


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def office_with(office: Told, *names: str, digest_at: time | None = None) -> None:
    """These people as typists, with addresses; their mails come each by itself unless a time is told."""
    office.hire(**dict.fromkeys(names, "staf_umpeg"))
    with write(office.database) as connection:
        for name in names:
            connection.execute(
                update(Person).where(Person.username == name).values(email=f"{name}@contoh.go.id")
            )
            row = {"username": name, "channels": {}, "digest_at": digest_at}
            connection.execute(insert(Wish), row)


def drawn(name: str = "Ketik surat", confidential: bool = False, waktu: str = "PT1H") -> bytes:
    return diagram(
        extensions(props({"sifat": "rahasia"} if confidential else None)),
        lanes(lane("Staf", "staf_umpeg", "start ketik end")),
        start(),
        user("ketik", name=name, properties={"langkah": "1", "waktu": waktu}),
        end(),
        path("start ketik end"),
        name="Surat keluar",
    )


def work(office: Told, server: MailServer, **post: str) -> None:
    """A worker with a mail server, until nothing is due."""
    while worker.work_once(office.gate, office.engine, server.post(**post)):
        pass


def test_a_mail_says_what_is_to_be_done_in_which_case_until_when(office: Told, server: MailServer) -> None:
    office_with(office, "budi")
    office.run(drawn())
    work(office, server)
    assert server.received == []
    office.later(minutes=1)
    work(office, server)
    (mail,) = server.received
    (task,) = office.rows(Notification)
    number = office.rows(tables.ProcessInstance)[0].business_id
    assert mail["To"] == "budi@contoh.go.id"
    assert mail["Subject"] == f"[{number}] Tugas baru: Ketik surat"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert f"Surat keluar · {number}" in text
    assert "Tenggat 2 Mar 2026 pukul 10.00" in text
    assert f"https://contoh.go.id/pemberitahuan/{task.key}" in text
    assert 'href="https://contoh.go.id/pemberitahuan/' in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert [row.state for row in office.rows(Mail)] == ["SENT"]


def test_of_a_confidential_case_a_mail_says_only_that_there_is_a_task(
    office: Told, server: MailServer
) -> None:
    office_with(office, "budi")
    office.run(drawn(confidential=True))
    assert office.rows(tables.ProcessInstance)[0].confidential
    work(office, server)
    office.later(minutes=1)
    work(office, server)
    (mail,) = server.received
    assert mail["Subject"] == "Ada tugas rahasia untuk Anda"
    number = office.rows(tables.ProcessInstance)[0].business_id
    for word in ("Ketik", "Surat keluar", number or "–"):
        assert word not in mail.as_string()


def test_what_a_diagram_is_called_cannot_make_a_header_or_a_tag(office: Told, server: MailServer) -> None:
    office_with(office, "budi")
    office.run(drawn("Ketik\nBcc: semua@contoh.go.id <b>tebal</b>"))
    work(office, server)
    office.later(minutes=1)
    work(office, server)
    (mail,) = server.received
    assert mail["Bcc"] is None
    assert "Ketik Bcc" in mail["Subject"]
    assert "<b>tebal" not in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_mails_of_a_digest_come_at_once_at_its_time_of_a_working_day(
    office: Told, server: MailServer
) -> None:
    office_with(office, "budi", digest_at=time(16, 0))
    office.publish(proses=drawn())
    for _ in range(3):
        office.start()
    work(office, server)
    office.later(hours=6, minutes=59)  # 15:59
    work(office, server)
    assert server.received == []
    office.later(minutes=1)
    work(office, server)
    (mail,) = server.received
    assert str(mail["Subject"]).startswith("6 pemberitahuan: Tugas baru")  # three are new, and three are late
    office.now = office.now.replace(day=6, hour=10)  # Friday, 17:00 in Jakarta
    office.start()
    work(office, server)
    office.now = office.now.replace(day=8)
    work(office, server)
    assert len(server.received) == 1
    office.now = office.now.replace(day=9, hour=9)
    work(office, server)
    assert len(server.received) == 2


def test_what_a_colleague_has_done_or_taken_or_one_has_read_is_not_mailed(
    office: Told, server: MailServer
) -> None:
    office_with(office, "budi", "citra")
    office.publish(proses=drawn())
    done, taken, read = (office.start() for _ in range(3))
    work(office, server)
    budi = office.actor("budi")
    office.complete(done, "ketik", budi)
    office.do(lambda c: verbs.assign(office.engine, c, budi, office.task(taken, "ketik").key, "budi"))
    for who in ("budi", "citra"):
        task, actor = office.task(read, "ketik").key, office.actor(who)
        office.do(lambda c, actor=actor, task=task: notify.mark_task_read(office.engine, c, actor, task))
    office.later(minutes=1)
    work(office, server)
    assert [str(mail["To"]) for mail in server.received] == ["budi@contoh.go.id"]
    assert sorted(row.state for row in office.rows(Mail)) == ["DROPPED", "SENT"]


def test_whose_holding_has_ended_gets_no_more_mail(office: Told, server: MailServer) -> None:
    office_with(office, "budi", digest_at=time(16, 0))
    office.run(drawn())
    work(office, server)
    with write(office.database) as connection:
        for holding in identity.find_person(connection, "budi").holdings:
            identity.end_holding(connection, holding, office.clock.today())
    office.later(days=1, hours=8)
    work(office, server)
    assert server.received == []


def test_who_acts_no_more_gets_no_more_mail(office: Told, server: MailServer) -> None:
    office_with(office, "budi")
    office.run(drawn())
    work(office, server)
    with write(office.database) as connection:
        identity.set_active(connection, "budi", False)
    office.later(minutes=1)
    work(office, server)
    assert server.received == []


def test_without_a_mail_server_nothing_waits_to_be_mailed(office: Told, server: MailServer) -> None:
    office_with(office, "budi")
    office.run(drawn())
    office.work()
    office.later(days=1)
    work(office, server)
    assert server.received == []


def test_a_mail_that_does_not_come_through_is_tried_again_and_later_each_time(
    office: Told, server: MailServer
) -> None:
    office_with(office, "budi")
    office.run(drawn())
    work(office, server)
    server.errs["RCPT"] = "451 coba nanti"
    office.later(minutes=1)
    work(office, server)
    (row,) = office.rows(Mail)
    assert (row.state, row.attempts) == ("WAITING", 1)
    assert "451 coba nanti" in row.error
    work(office, server)
    assert office.rows(Mail)[0].attempts == 1
    server.errs.clear()
    office.later(minutes=1)
    work(office, server)
    assert (len(server.received), office.rows(Mail)[0].state) == (1, "SENT")


def test_a_mail_server_that_is_away_is_waited_for_about_a_day_then_the_mail_is_given_up(
    office: Told, server: MailServer
) -> None:
    office_with(office, "budi")
    office.run(drawn(waktu="P1Y"))
    work(office, server)
    office.later(minutes=1)
    hours = 0
    while office.gate.ask(mailing.queue).failed == 0:
        key = office.engine.keys.draw()[0]
        mail = office.gate.change(lambda c, key=key: mailing.take(office.engine, c, key))
        if mail is not None:
            office.do(lambda c, mail=mail: mailing.failed(office.engine, c, mail, "tidak menjawab", False))
        office.later(hours=1)
        hours += 1
    assert 20 < hours < 40
    assert office.gate.ask(mailing.given_up)[0].error == "tidak menjawab"
    assert office.gate.change(lambda c: mailing.try_again(office.engine, c, ANYBODY)) == 1
    assert office.gate.ask(mailing.queue) == mailing.Queue(1, mail.created_at, 0)


def test_a_mail_server_that_is_away_holds_up_nothing_but_mails(office: Told) -> None:
    with mail_server() as server:
        away = server
    office_with(office, "budi")
    office.run(drawn())
    work(office, away)
    office.later(minutes=1)
    work(office, away)
    assert "ConnectionRefused" in office.rows(Mail)[0].error
    assert office.told("budi") == [("baru", "ketik")]


def test_a_mail_that_can_never_come_through_is_given_up_at_once(office: Told, server: MailServer) -> None:
    office_with(office, "budi")
    office.run(drawn())
    work(office, server)
    server.errs["RCPT"] = "550 tidak ada orang ini"
    office.later(minutes=1)
    work(office, server)
    assert office.rows(Mail)[0].state == "FAILED"


@pytest.mark.parametrize("settings", [{"security": "starttls"}, {"security": "tls"}])
def test_without_what_the_settings_ask_for_no_mail_is_handed_over(
    office: Told, server: MailServer, settings: dict[str, str]
) -> None:
    office_with(office, "budi")
    office.run(drawn())
    work(office, server)
    office.later(minutes=1)
    work(office, server, **settings)
    assert server.received == []
    assert office.rows(Mail)[0].state == "WAITING"


def test_a_second_worker_sends_what_the_first_one_left_under_the_same_message_id(
    office: Told, server: MailServer
) -> None:
    office_with(office, "budi")
    office.run(drawn())
    work(office, server)
    office.later(minutes=1)
    key = office.engine.keys.draw()[0]
    taken = office.gate.change(lambda c: mailing.take(office.engine, c, key))
    assert taken is not None
    office.later(minutes=9)
    work(office, server)
    assert server.received == []
    office.later(minutes=1)
    work(office, server)
    assert [str(mail["Message-ID"]) for mail in server.received] == [f"<{taken.message_id}@contoh.go.id>"]
    assert office.do(lambda c: mailing.sent(office.engine, c, taken)) is False


def test_mails_that_ended_long_ago_are_forgotten(office: Told, server: MailServer) -> None:
    office_with(office, "budi")
    office.run(drawn(waktu="P1Y"))
    work(office, server)
    office.later(minutes=1)
    work(office, server)
    office.later(days=89)
    work(office, server)
    assert len(office.rows(Mail)) >= 1
    office.later(days=2)
    work(office, server)
    assert not any(
        row.state == "SENT" and row.ended_at < office.now - mailing.KEPT for row in office.rows(Mail)
    )


def test_another_choice_moves_what_waits_to_be_mailed(office: Told, server: MailServer) -> None:
    office_with(office, "budi", digest_at=time(16, 0))
    office.run(drawn())
    work(office, server)
    at_once = notify.Wishes(digest_at=None)
    office.do(lambda c: notify.keep_wishes(office.engine, c, office.actor("budi"), at_once))
    office.later(minutes=1)
    work(office, server)
    assert len(server.received) == 1
    never = {each: notify.Channels(page=True, mail=False) for each in notify.Occasion}
    office.start()
    work(office, server)
    silent = notify.Wishes(None, never, None)
    office.do(lambda c: notify.keep_wishes(office.engine, c, office.actor("budi"), silent))
    office.later(minutes=1)
    work(office, server)
    assert len(server.received) == 1


@pytest.mark.postgres
def test_many_workers_send_each_mail_once(office: Told, server: MailServer) -> None:
    names = [f"staf{number}" for number in range(40)]
    office_with(office, *names)
    office.run(drawn())
    work(office, server)
    office.later(minutes=1)
    workers = [worker.Worker(office.gate, office.engine, server.post()) for _ in range(4)]

    def send(one: worker.Worker) -> None:
        while one.do_a_mail():
            pass

    threads = [threading.Thread(target=send, args=(one,)) for one in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(str(mail["To"]) for mail in server.received) == sorted(
        f"{name}@contoh.go.id" for name in names
    )
    assert {row.state for row in office.rows(Mail)} == {"SENT"}
