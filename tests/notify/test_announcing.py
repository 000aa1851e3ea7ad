"""Who is told of what has come up: of tasks, of cases that ended, of incidents; and that nobody is told twice."""

import threading

import pytest
from sqlalchemy import select

from server import engine as verbs
from server import identity, notify
from server.db import read, write
from server.engine import Call, Handler, Outcome, tables
from server.engine.access import sees_case, visible_cases
from server.identity import Grant, Permission
from server.notify.models import Notification
from tests.diagrams import (
    diagram,
    end,
    exclusive,
    extensions,
    flow,
    lane,
    lanes,
    many,
    path,
    props,
    service,
    start,
    user,
)
from tests.engine.conftest import ANYBODY, ROLES, form
from tests.notify.conftest import Told

pytestmark = pytest.mark.both_databases

LETTER = diagram(
    lanes(
        lane("Staf", "staf_umpeg", "start ketik"),
        lane("Kasubag", "kasubag_umpeg", "periksa putusan"),
        lane("Sekretaris", "sekretaris", "paraf end"),
    ),
    start(),
    user("ketik", properties={"langkah": "1", "waktu": "PT30M"}),
    user("periksa", form="periksa", properties={"langkah": "2", "waktu": "P1D"}),
    exclusive("putusan", default="putusan_paraf"),
    user("paraf"),
    end(),
    path("start ketik periksa putusan paraf end"),
    flow("putusan", "ketik", '=hasil = "ulang"'),
)
CHECK = form("periksa", {"type": "textfield", "key": "hasil", "label": "Hasil"})


@pytest.fixture
def letter(office: Told) -> Told:
    """An office of two typists, a checker and a signer."""
    office.hire(budi="staf_umpeg", citra="staf_umpeg", dewi="kasubag_umpeg", eko="sekretaris")
    office.publish(proses=LETTER, periksa__form=CHECK)
    return office


def begun(letter: Told, starter: str = "eko") -> int:
    with write(letter.database) as connection:
        identity.grant(connection, ROLES, Grant(Permission.START, username=starter))
    case = letter.start(actor=letter.actor(starter))
    letter.work()
    return case


def test_a_new_task_is_told_to_all_to_whom_it_is_offered_and_to_nobody_else(letter: Told) -> None:
    begun(letter)
    assert letter.told("budi") == letter.told("citra") == [("baru", "ketik")]
    assert letter.told("dewi") == letter.told("eko") == []


def test_nobody_is_told_of_a_task_that_their_own_step_has_brought_them(letter: Told) -> None:
    begun(letter, "budi")
    assert (letter.told("budi"), letter.told("citra")) == ([], [("baru", "ketik")])


def test_what_was_told_is_not_told_again_whoever_looks(letter: Told) -> None:
    case = begun(letter)
    with write(letter.database) as connection:
        connection.execute(tables.UserTask.__table__.update().values(announced_at=None))
    letter.work()
    assert letter.told("budi") == [("baru", "ketik")]
    assert letter.task(case, "ketik").announced_at is not None


def test_a_task_that_is_done_before_anybody_was_told_is_told_to_nobody(letter: Told) -> None:
    case = letter.start()
    letter.complete(case, "ketik", letter.actor("budi"))
    letter.work()
    assert letter.told("citra") == []


def test_a_task_that_comes_back_is_told_to_who_had_done_it(letter: Told) -> None:
    case = begun(letter)
    letter.complete(case, "ketik", letter.actor("budi"))
    letter.work()
    letter.later(minutes=1)
    letter.complete(case, "periksa", letter.actor("dewi"), hasil="ulang")
    letter.work()
    assert letter.told("budi") == [("baru", "ketik"), ("dikembalikan", "ketik")]
    assert letter.told("citra") == [("baru", "ketik"), ("baru", "ketik")]


def test_a_task_that_a_superior_hands_over_is_told_to_its_new_holder_alone(letter: Told) -> None:
    case = begun(letter)
    task = letter.task(case, "ketik").key
    letter.later(minutes=1)
    letter.do(lambda c: verbs.assign(letter.engine, c, ANYBODY, task, "citra"))
    letter.work()
    assert letter.told("citra") == [("baru", "ketik"), ("diserahkan", "ketik")]
    assert letter.told("budi") == [("baru", "ketik")]


def test_who_takes_a_task_is_not_told_of_it(letter: Told) -> None:
    case = letter.start()
    letter.later(seconds=1)
    task, budi = letter.task(case, "ketik").key, letter.actor("budi")
    letter.do(lambda c: verbs.assign(letter.engine, c, budi, task, "budi"))
    letter.work()
    assert letter.told("budi") == letter.told("citra") == []
    letter.later(seconds=1)
    letter.do(lambda c: verbs.unassign(letter.engine, c, budi, task))
    letter.work()
    assert (letter.told("budi"), letter.told("citra")) == ([], [("baru", "ketik")])


def test_rounds_of_a_multi_instance_do_not_come_back(office: Told) -> None:
    office.hire(budi="staf_umpeg")
    rounds = user("tanya", many("=[1, 2]", sequential=True), groups="staf_umpeg")
    case = office.run(diagram(start(), rounds, end(), path("start tanya end")))
    office.work()
    office.later(minutes=1)
    office.complete(case, "tanya", office.actor("budi"))
    office.work()
    assert office.told("budi") == [("baru", "tanya")]


def test_the_end_of_a_case_is_told_to_who_began_it_and_whom_it_is_about(letter: Told) -> None:
    letter.hire("joko")
    case = letter.start(actor=ANYBODY, subject="joko")
    for element, who in (("ketik", "budi"), ("periksa", "dewi"), ("paraf", "eko")):
        letter.later(minutes=1)
        letter.complete(case, element, letter.actor(who))
    letter.work()
    assert letter.told("joko") == [("berakhir", None)]
    assert letter.told("eko") == []


def test_a_comment_is_told_to_all_who_take_a_part_in_the_case_and_not_to_who_wrote_it(letter: Told) -> None:
    case = begun(letter)
    letter.later(minutes=1)
    letter.complete(case, "ketik", letter.actor("budi"))
    letter.work()
    task, dewi = letter.task(case, "periksa").key, letter.actor("dewi")
    for words in ("Lampirannya mana?", "Sudah ketemu."):
        letter.later(minutes=1)
        letter.do(lambda c, words=words: notify.comment_on_task(letter.engine, c, dewi, task, words))
    letter.work()
    for username in ("eko", "budi"):  # began it; has done a step
        assert letter.told(username)[-2:] == [("komentar", None)] * 2
    assert ("komentar", None) not in letter.told("dewi") + letter.told("citra")
    assert [each["comment"] for each in listed(letter, "eko")] == ["Lampirannya mana?", "Sudah ketemu."]


def test_an_incident_is_told_to_who_may_mend_it_and_sees_the_case(office: Told) -> None:
    def fail(call: Call) -> Outcome:
        raise RuntimeError("pencetak terbakar")

    office.handlers = [Handler("uji.gagal", "Gagal", "after", fail)]
    office.reopen()
    office.hire("joko", "sari", budi="staf_umpeg")
    with write(office.database) as connection:
        for permission, username in (("resolve", "joko"), ("see_all", "joko"), ("resolve", "sari")):
            identity.grant(connection, ROLES, Grant(Permission(permission), username=username))
    drawn = diagram(start(), service("cetak", "uji.gagal", retries=1), end(), path("start cetak end"))
    office.run(drawn)
    office.work()
    assert office.told("joko") == [("gangguan", None)]
    assert office.told("sari") == office.told("budi") == []


def test_the_page_tells_only_of_what_one_may_still_see(letter: Told) -> None:
    begun(letter)
    assert unread(letter, "budi") == 1
    with write(letter.database) as connection:
        for holding in identity.find_person(connection, "budi").holdings:
            identity.end_holding(connection, holding, letter.clock.today())
    letter.later(days=1)
    assert unread(letter, "budi") == 0
    assert unread(letter, "citra") == 1


def test_what_a_colleague_has_taken_or_done_is_not_new_any_more(letter: Told) -> None:
    case = begun(letter)
    task, budi = letter.task(case, "ketik").key, letter.actor("budi")
    letter.do(lambda c: verbs.assign(letter.engine, c, budi, task, "budi"))
    assert (unread(letter, "budi"), unread(letter, "citra")) == (1, 0)
    assert [each["state"] for each in listed(letter, "citra")] == ["HELD"]
    letter.complete(case, "ketik", budi)
    assert [each["state"] for each in listed(letter, "citra")] == ["DONE"]


def test_one_reads_ones_own_and_nobody_elses(letter: Told) -> None:
    begun(letter)
    (row,) = letter.rows(Notification, username="budi")
    with pytest.raises(notify.UnknownNotification):
        letter.do(lambda c: notify.mark_read(letter.engine, c, letter.actor("citra"), row.key))
    letter.do(lambda c: notify.mark_read(letter.engine, c, letter.actor("budi"), row.key))
    assert (unread(letter, "budi"), unread(letter, "citra")) == (0, 1)
    letter.do(lambda c: notify.mark_all_read(letter.engine, c, letter.actor("citra")))
    assert unread(letter, "citra") == 0


def test_what_was_read_long_ago_is_dropped_once_its_task_is_over(letter: Told) -> None:
    case = begun(letter)
    letter.do(lambda c: notify.mark_all_read(letter.engine, c, letter.actor("budi")))
    letter.later(days=61)
    letter.work()
    assert letter.told("budi") == [("baru", "ketik"), ("terlambat", "ketik")]
    letter.complete(case, "ketik", letter.actor("budi"))
    letter.later(hours=2)
    letter.work()
    assert ("baru", "ketik") not in letter.told("budi")


def test_a_case_seen_by_itself_is_seen_as_in_a_search(letter: Told) -> None:
    letter.hire("joko")
    cases = [begun(letter), letter.start(subject="joko")]
    case = tables.ProcessInstance.key
    for username in ("budi", "dewi", "eko", "joko"):
        who = letter.actor(username)
        with read(letter.database) as connection:
            found = set(connection.execute(select(case).where(visible_cases(who))).scalars())
            assert {
                each for each in cases if connection.execute(select(sees_case(who, each))).scalar()
            } == found


@pytest.mark.parametrize("barred", [None, "dewi"])
def test_tasks_are_told_to_just_those_who_receive_them(letter: Told, barred: str | None) -> None:
    people = ("budi", "citra", "dewi", "eko")
    groups = ("staf_umpeg", "kasubag_umpeg", "kepala_dinas", "kepala_seksi@pencatatan-sipil", "pns", "entah")
    for group in groups:
        for bidang in (None, "umum-kepegawaian", "pencatatan-sipil", "luar"):
            with read(letter.database) as connection:
                asked = (group, bidang, barred, letter.clock.today())
                told = identity.receivers(connection, ROLES, *asked)
            receiving = [each for each in people if letter.actor(each).receives(group, bidang, barred)]
            assert sorted(told) == receiving, (group, bidang)


def listed(office: Told, username: str) -> list[verbs.search.Item]:
    who = office.actor(username)
    found = office.gate.ask(lambda c: verbs.search.search(office.engine, c, who, notify.NOTIFICATIONS))
    return list(found.items)


def unread(office: Told, username: str) -> int:
    who = office.actor(username)
    return office.gate.ask(lambda c: notify.count_unread(office.engine, c, who))


@pytest.mark.postgres
def test_two_workers_that_tell_the_same_tell_it_once(letter: Told) -> None:
    with write(letter.database) as connection:
        identity.grant(connection, ROLES, Grant(Permission.START, username="eko"))
    for _ in range(60):
        letter.start(actor=letter.actor("eko"))
    together = threading.Barrier(2)

    def tell() -> None:
        together.wait()
        while letter.do(lambda c: notify.announce(letter.engine, c, by_mail=True)):
            pass

    threads = [threading.Thread(target=tell) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert letter.told("budi") == letter.told("citra") == [("baru", "ketik")] * 60


def test_of_a_confidential_case_only_its_people_are_told(office: Told) -> None:
    office.hire("joko", eko="sekretaris", budi="staf_umpeg")
    secret = diagram(
        extensions(props({"sifat": "rahasia"})),
        lanes(lane("Sekretaris", "sekretaris", "start"), lane("Staf", "staf_umpeg", "catat end")),
        start(),
        user("catat"),
        end(),
        path("start catat end"),
    )
    office.publish(proses=secret)
    case = office.start(subject="joko")
    office.work()
    office.later(minutes=1)
    office.complete(case, "catat", office.actor("budi"))
    office.work()
    assert office.told("budi") == [("baru", "catat")]
    assert office.told("joko") == office.told("eko") == []
