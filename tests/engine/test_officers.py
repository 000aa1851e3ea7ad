"""The right person: who may do a task when its role is vacant, when it is about its holder, and when offices change hands."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from server import engine as verbs
from server.db import Change, read, write
from server.engine import officers, tables
from server.engine.access import offered_tasks
from server.engine.search import USER_TASKS, search
from server.engine.tasks import NoLongerHeld, NotForSubject, TaskIsHeld, UnknownTask
from server.identity import (
    Acting,
    Appointment,
    Holding,
    Permission,
    appoint,
    end_holding,
    hold,
    members,
    set_active,
)
from server.identity.models import RoleHolding
from tests.diagrams import diagram, end, extensions, lane, lanes, path, props, start, user
from tests.engine.conftest import ROLES, Office, person

pytestmark = pytest.mark.both_databases

IZIN = diagram(
    extensions(props({"bidang": "umum-kepegawaian"})),
    lanes(
        lane("Pegawai", "pns", "start ajukan terima end"),
        lane("Kasubag", "kasubag_umpeg", "paraf"),
        lane("Sekretaris", "sekretaris", "setujui"),
        lane("Kepala", "kepala_dinas", "tandatangani"),
    ),
    start(),
    user("ajukan"),
    user("paraf"),
    user("setujui"),
    user("tandatangani"),
    user("terima"),
    end(),
    path("start ajukan paraf setujui tandatangani terima end"),
)
OFFICERS = {"kasubag": "kasubag_umpeg", "sekdin": "sekretaris", "kadin": "kepala_dinas"}


@pytest.fixture
def full(office: Office) -> Office:
    """The procedure, and everybody that it needs."""
    office.publish(proses=IZIN)
    office.hire("budi", **OFFICERS)
    for username in ("budi", *OFFICERS):
        change(office, hold, ROLES, Holding(username, "pns", None, office.clock.today()))
    return office


def change(office: Office, verb: Callable[..., object], *arguments: object) -> object:
    with write(office.database) as connection:
        return verb(connection, *arguments)


def at_paraf(office: Office, who: str = "budi") -> int:
    """A case of somebody's that waits for `paraf`."""
    case = office.start(actor=office.actor(who))
    office.complete(case, "ajukan", actor=office.actor(who))
    return case


def inbox(office: Office, who: str) -> set[str]:
    actor = office.actor(who)
    with write(office.database) as connection:
        found = search(office.engine, connection, actor, USER_TASKS)
    return {item["element_id"] for item in found.items if item["state"] == "CREATED"}


def holding_of(office: Office, who: str, role: str) -> int:
    with write(office.database) as connection:
        held = next(
            each.holdings for each in members(connection, office.clock.today()) if each.username == who
        )
    return next(key for key, holding in held.items() if holding.role == role)


def leave_office(office: Office, who: str, role: str) -> None:
    """The holding ended yesterday; it had begun before that."""
    key = holding_of(office, who, role)
    with write(office.database) as connection:
        begun = office.clock.today() - timedelta(days=9)
        connection.execute(update(RoleHolding).where(RoleHolding.id == key).values(from_date=begun))
        end_holding(connection, key, office.clock.today() - timedelta(days=1))


def claim(office: Office, case: int, element: str, who: str) -> int:
    task = office.task(case, element)
    office.do(lambda c: verbs.assign(office.engine, c, office.actor(who), task.key, who))
    return int(task.key)


def capacity(office: Office, case: int, element: str) -> dict[str, object] | None:
    (row,) = office.rows(tables.UserTask, process_instance_key=case, element_id=element)
    (line,) = office.rows(
        tables.History, process_instance_key=case, event="TASK_COMPLETED", element_id=element
    )
    assert line.capacity == row.capacity
    return row.capacity


# --- a role that nobody holds


def test_the_tasks_of_a_vacant_role_come_to_the_next_higher_officer(full: Office) -> None:
    case = at_paraf(full)
    assert inbox(full, "sekdin") == set()
    leave_office(full, "kasubag", "kasubag_umpeg")
    assert inbox(full, "sekdin") == {"paraf"}
    assert inbox(full, "kadin") == set()
    full.complete(case, "paraf", actor=full.actor("sekdin"))
    assert capacity(full, case, "paraf") == {
        "title": "Sekretaris untuk Kasubag Umum dan Kepegawaian",
        "standsFor": "kasubag_umpeg",
        "group": "sekretaris",
    }


def test_they_go_up_as_far_as_they_must_and_come_back_to_a_new_holder(full: Office) -> None:
    case = at_paraf(full)
    leave_office(full, "kasubag", "kasubag_umpeg")
    change(full, set_active, "sekdin", False)
    assert inbox(full, "kadin") == {"paraf"}
    full.hire(baru="kasubag_umpeg")
    assert (inbox(full, "kadin"), inbox(full, "baru")) == (set(), {"paraf"})
    with pytest.raises(UnknownTask):
        full.complete(case, "paraf", actor=full.actor("kadin"))


def test_vacant_roles_are_told_with_the_procedures_that_need_them(full: Office) -> None:
    leave_office(full, "kasubag", "kasubag_umpeg")
    missing = full.gate.ask(lambda c: officers.missing(full.engine, c))
    first = missing[0]
    assert (first.vacancy.group, first.vacancy.receiver, first.process_ids) == (
        "kasubag_umpeg",
        "sekretaris",
        ("proses",),
    )
    assert all(not each.process_ids for each in missing[1:])
    assert [each.vacancy.group for each in full.publish(proses=IZIN).vacant] == ["kasubag_umpeg"]


# --- the subject of a case


def test_the_subject_neither_sees_as_theirs_nor_does_what_checks_them(full: Office) -> None:
    case = at_paraf(full, "kasubag")
    task = full.task(case, "paraf")
    with pytest.raises(NotForSubject):
        full.complete(case, "paraf", actor=full.actor("kasubag"))
    with pytest.raises(NotForSubject):
        claim(full, case, "paraf", "kasubag")
    boss = full.actor("sekdin").__class__("bos", "Bos", frozenset(), frozenset(Permission))
    with pytest.raises(NotForSubject):
        full.do(lambda c: verbs.assign(full.engine, c, boss, task.key, "kasubag"))


def test_it_goes_to_the_next_higher_officer_where_the_subject_is_the_only_holder(full: Office) -> None:
    case = at_paraf(full, "kasubag")
    assert inbox(full, "sekdin") == {"paraf"}
    full.complete(case, "paraf", actor=full.actor("sekdin"))
    assert capacity(full, case, "paraf")["standsFor"] == "kasubag_umpeg"  # type: ignore[index]


def test_it_stays_with_a_colleague_who_holds_the_same_role(full: Office) -> None:
    full.hire(rekan="kasubag_umpeg")
    case = at_paraf(full, "kasubag")
    assert (inbox(full, "sekdin"), inbox(full, "rekan")) == (set(), {"paraf"})
    full.complete(case, "paraf", actor=full.actor("rekan"))
    assert capacity(full, case, "paraf") is None


def test_a_vacant_roles_task_passes_over_an_officer_whom_it_is_about(full: Office) -> None:
    leave_office(full, "kasubag", "kasubag_umpeg")
    case = at_paraf(full, "sekdin")
    with pytest.raises(NotForSubject):
        full.complete(case, "paraf", actor=full.actor("sekdin"))
    assert inbox(full, "kadin") == {"paraf"}
    full.complete(case, "paraf", actor=full.actor("kadin"))


def test_the_subject_does_their_own_steps(full: Office) -> None:
    case = at_paraf(full, "kasubag")
    for element, who in (("paraf", "sekdin"), ("setujui", "sekdin"), ("tandatangani", "kadin")):
        full.complete(case, element, actor=full.actor(who))
    full.complete(case, "terima", actor=full.actor("kasubag"))
    assert full.state(case) == "COMPLETED"


def test_a_task_may_say_that_it_checks_nothing(full: Office) -> None:
    full.publish(
        arsip=diagram(
            lanes(lane("Pegawai", "pns", "start"), lane("Kasubag", "kasubag_umpeg", "arsipkan end")),
            start(),
            user("arsipkan", extensions(props({"pemeriksaan": "tidak"}))),
            end(),
            path("start arsipkan end"),
            id="arsip",
        )
    )
    case = full.start("arsip", actor=full.actor("kasubag"))
    full.complete(case, "arsipkan", actor=full.actor("kasubag"))
    assert full.state(case) == "COMPLETED"


# --- acting officers


def plh(
    office: Office, who: str, role: str, days: int = 3, acting: Acting = Acting.PLH, later: int = 0
) -> int:
    first = office.clock.today() + timedelta(days=later)
    wanted = Appointment(who, role, None, acting, first, first + timedelta(days=days))
    return change(office, appoint, ROLES, wanted)  # type: ignore[return-value]


def test_an_acting_officers_deed_is_marked_in_task_and_history(full: Office) -> None:
    case = at_paraf(full)
    plh(full, "budi", "kasubag_umpeg")
    full.hire("rina")
    leave_office(full, "sekdin", "sekretaris")
    plh(full, "kasubag", "sekretaris", acting=Acting.PLT)
    full.complete(case, "paraf", actor=full.actor("kasubag"))
    full.complete(case, "setujui", actor=full.actor("kasubag"))
    assert capacity(full, case, "paraf") is None
    assert capacity(full, case, "setujui") == {
        "title": "Plt. Sekretaris",
        "acting": "plt",
        "group": "sekretaris",
        "alsoAs": ["Kasubag Umum dan Kepegawaian"],
    }


def test_two_rungs_by_one_person_are_allowed_and_marked(full: Office) -> None:
    case = at_paraf(full)
    change(full, hold, ROLES, Holding("sekdin", "kasubag_umpeg", None, full.clock.today()))
    full.complete(case, "paraf", actor=full.actor("sekdin"))
    full.complete(case, "setujui", actor=full.actor("sekdin"))
    assert capacity(full, case, "setujui") == {"alsoAs": ["Kasubag Umum dan Kepegawaian"]}
    full.complete(case, "tandatangani", actor=full.actor("kadin"))
    assert capacity(full, case, "tandatangani") is None


def test_what_the_absent_officer_had_claimed_follows_to_the_plh(full: Office) -> None:
    case = at_paraf(full)
    full.work()
    claim(full, case, "paraf", "kasubag")
    plh(full, "budi", "kasubag_umpeg", later=1)
    full.later(days=1)
    assert full.task(case, "paraf").assignee == "kasubag"
    full.work()
    assert full.task(case, "paraf").assignee is None


def test_the_plhs_claims_return_when_the_span_is_over(full: Office) -> None:
    case = at_paraf(full, "kadin")
    plh(full, "budi", "kasubag_umpeg", days=1)
    full.work()
    claim(full, case, "paraf", "budi")
    full.later(days=2)
    with pytest.raises(NoLongerHeld):
        full.complete(case, "paraf", actor=full.actor("budi"))
    with pytest.raises(TaskIsHeld):
        full.complete(case, "paraf", actor=full.actor("kasubag"))
    full.work()
    assert full.task(case, "paraf").assignee is None
    assert "TASK_UNASSIGNED" in full.events(case)
    full.complete(case, "paraf", actor=full.actor("kasubag"))


# --- a holding that ends


def test_what_somebody_claimed_returns_when_their_holding_ends(full: Office) -> None:
    full.hire(rekan="kasubag_umpeg")
    case = at_paraf(full)
    claim(full, case, "paraf", "kasubag")
    leave_office(full, "kasubag", "kasubag_umpeg")
    assert offered(full, "kasubag") == set()
    full.do(lambda c: officers.give_back_of(full.engine, c, "kasubag"))
    assert full.task(case, "paraf").assignee is None
    full.complete(case, "paraf", actor=full.actor("rekan"))


def offered(office: Office, who: str) -> set[str]:
    """What somebody could complete now."""
    statement = select(tables.UserTask.element_id).where(
        offered_tasks(office.actor(who)), tables.UserTask.state == "CREATED"
    )
    with write(office.database) as connection:
        return set(connection.execute(statement).scalars())


def test_what_an_officer_gave_to_an_outsider_of_the_group_stays_theirs(full: Office) -> None:
    case = at_paraf(full)
    task = full.task(case, "paraf")
    boss = person("bos", may=tuple(Permission))
    full.hire("rina")
    full.do(lambda c: verbs.assign(full.engine, c, boss, task.key, "rina"))
    full.later(days=1)
    full.work()
    assert full.task(case, "paraf").assignee == "rina"


def test_a_closed_accounts_claims_return(full: Office) -> None:
    case = at_paraf(full)
    claim(full, case, "paraf", "kasubag")
    change(full, set_active, "kasubag", False)
    full.do(lambda c: officers.give_back_of(full.engine, c, "kasubag"))
    assert full.task(case, "paraf").assignee is None
    assert inbox(full, "sekdin") == {"paraf"}


def test_the_round_is_made_once_a_day(full: Office) -> None:
    assert isinstance(full.gate.ask(lambda c: officers.give_back(full.engine, c)), Change)
    full.work()
    assert full.gate.ask(lambda c: officers.give_back(full.engine, c)).effects == ()
    full.later(days=1)
    assert full.gate.ask(lambda c: officers.give_back(full.engine, c)).effects != ()


def test_who_held_a_task_still_reads_its_case(full: Office) -> None:
    case = at_paraf(full)
    claim(full, case, "paraf", "kasubag")
    task = full.task(case, "paraf")
    full.do(lambda c: verbs.unassign(full.engine, c, full.actor("kasubag"), task.key))
    with write(full.database) as connection:
        assert verbs.instances.sees(connection, full.actor("kasubag"), case)


SECRET = diagram(
    extensions(props({"sifat": "rahasia", "pembaca": "kasubag_umpeg, sekretaris"})),
    lanes(lane("Staf", "staf_umpeg", "start ketik end")), start(), user("ketik"), end(), path("start ketik end"),
    id="rahasia",
)  # fmt: skip


def sees(office: Office, username: str, case: int) -> bool:
    with read(office.database) as connection:
        return bool(verbs.instances.sees(connection, office.actor(username), case))


def test_a_confidential_case_is_read_by_the_roles_that_its_process_names_but_not_by_its_subject(
    full: Office,
) -> None:
    full.publish(rahasia=SECRET)
    case = full.start("rahasia", subject="kasubag")
    assert [sees(full, who, case) for who in ("sekdin", "kasubag")] == [True, False]
    assert sees(full, "kasubag", full.start("rahasia", subject="sekdin"))
    full.publish(rahasia=SECRET.replace(b"kasubag_umpeg, sekretaris", b"kasubag_umpeg"))
    assert not sees(full, "sekdin", case)  # the newest version says who reads


def test_a_reader_whom_nobody_knows_is_refused(full: Office) -> None:
    with pytest.raises(verbs.Unpublishable, match="1 hal") as refusal:
        full.publish(rahasia=SECRET.replace(b"sekretaris", b"sekertaris"))
    assert "peran “sekertaris”" in refusal.value.problems[0].message
