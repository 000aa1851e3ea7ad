"""Tasks that name people (candidateUsers): who sees and takes them, and names that are nobody's."""

import pytest

from server import engine as verbs
from server.db import read
from server.engine import StepFault, migration, officers, search, tables
from server.engine.definitions import Unpublishable
from server.engine.search import Query, Where
from server.engine.tasks import NotForSubject, NotForYou, NotTheirs, TaskIsHeld, UnknownPeople, UnknownTask
from server.identity import Actor, Permission, set_active
from tests.diagrams import diagram, end, path, start, user
from tests.engine.conftest import ANYBODY, Office, person

ANI, BUDI, CITRA = (person(name) for name in ("ani", "budi", "citra"))
KASUBAG = person("kasubag", "kasubag_umpeg")


def offered(users: str, group: str | None = None) -> bytes:
    return diagram(start(), user("a", users=users, groups=group), user("b"), end(), path("start a b end"))


@pytest.fixture
def staffed(office: Office) -> Office:
    office.hire("ani", "budi", "citra", "a_b", kasubag="kasubag_umpeg")
    return office


def inbox(office: Office, actor: Actor, *conditions: Where) -> list[str]:
    with read(office.database) as connection:
        found = search.search(office.engine, connection, actor, search.INBOX, Query(conditions=conditions))
        return [task["element_id"] for task in found.items]


def take(office: Office, case: int, actor: Actor) -> None:
    key = office.task(case, "a").key
    office.do(lambda c: verbs.assign(office.engine, c, actor, key, actor.username))


@pytest.mark.parametrize("users", ["budi, ani", '=["ani", "budi"]', "=calon"])
def test_those_whom_a_task_names_see_and_take_it_and_nobody_else_does(staffed: Office, users: str) -> None:
    case = staffed.run(offered(users), calon=["budi", "ani"])
    assert staffed.task(case, "a").candidate_users == ("ani", "budi")
    assert [inbox(staffed, each) for each in (ANI, BUDI, CITRA, KASUBAG)] == [["a"], ["a"], [], []]
    with pytest.raises(UnknownTask):
        take(staffed, case, CITRA)
    take(staffed, case, BUDI)
    with pytest.raises(TaskIsHeld):
        take(staffed, case, ANI)
    staffed.reopen()
    with pytest.raises(NotForYou):
        staffed.complete(case, "a", person("kepala", may=(Permission.COMPLETE, Permission.SEE_ALL)))
    staffed.complete(case, "a", BUDI)
    assert staffed.open(case) == ["b"]


def test_a_task_may_name_a_group_and_people_beside_it(staffed: Office) -> None:
    case = staffed.run(offered("ani", "kasubag_umpeg"))
    assert [inbox(staffed, each) for each in (ANI, BUDI, KASUBAG)] == [["a"], [], ["a"]]
    take(staffed, case, ANI)
    key = staffed.task(case, "a").key
    staffed.do(lambda c: verbs.hand_over(staffed.engine, c, ANI, key, "kasubag"))
    with pytest.raises(NotTheirs):
        staffed.do(lambda c: verbs.hand_over(staffed.engine, c, staffed.actor("kasubag"), key, "budi"))
    staffed.do(lambda c: verbs.hand_over(staffed.engine, c, staffed.actor("kasubag"), key, "ani"))
    staffed.do(lambda c: verbs.unassign(staffed.engine, c, ANI, key))
    assert staffed.task(case, "a").assignee is None


def test_the_cases_own_person_does_not_check_what_they_asked_for(staffed: Office) -> None:
    case = staffed.run(offered("ani, budi"), subject="ani")
    assert [inbox(staffed, each) for each in (ANI, BUDI)] == [[], ["a"]]
    with pytest.raises(NotForSubject):
        take(staffed, case, ANI)


def test_static_names_that_are_nobodys_are_refused_when_they_are_published(staffed: Office) -> None:
    with pytest.raises(Unpublishable) as refused:
        staffed.publish(proses=offered("ani, dedi"))
    assert [problem.message for problem in refused.value.problems] == [
        "“a” (a) menyebut orang calon “dedi” (candidateUsers), yang bukan pengguna aktif;"
        " tulis nama pengguna yang terdaftar di halaman Pengguna."
    ]


def test_computed_names_that_are_nobodys_stop_the_step_in_words(staffed: Office) -> None:
    staffed.publish(proses=offered("=calon"))
    unfit = ((["ani", "dedi"], "menyebut dedi"), (7, "bukan daftar"), (None, "bukan daftar"))
    for calon, told in unfit:
        with pytest.raises(StepFault, match=told):
            staffed.start(calon=calon)
    assert staffed.rows(tables.ProcessInstance) == []


def test_a_claim_of_somebody_who_left_goes_back_to_the_others(staffed: Office) -> None:
    case = staffed.run(offered("ani,budi", "kasubag_umpeg"))
    take(staffed, case, ANI)
    staffed.do(lambda c: officers.give_back_of(staffed.engine, c, None, staffed.clock.today()))
    assert staffed.task(case, "a").assignee == "ani"  # never held the group, and need not
    staffed.gate.change(lambda c: set_active(c, "ani", False))
    staffed.do(lambda c: officers.give_back_of(staffed.engine, c, "ani"))
    assert staffed.task(case, "a").assignee is None
    assert inbox(staffed, BUDI) == ["a"]


@pytest.mark.both_databases
def test_whom_a_task_names_is_changed_by_who_assigns_and_migrated_with_its_case(staffed: Office) -> None:
    case = staffed.run(offered("ani"))
    key = staffed.task(case, "a").key
    change = verbs.change
    with pytest.raises(UnknownPeople, match="“dedi”"):
        staffed.do(lambda c: change(staffed.engine, c, ANYBODY, key, {"candidate_users": ["dedi"]}))
    staffed.do(lambda c: change(staffed.engine, c, ANYBODY, key, {"candidate_users": ["citra"]}))
    assert [inbox(staffed, each) for each in (ANI, CITRA)] == [[], ["a"]]
    newer = staffed.publish(proses=offered("budi")).definitions[0].key
    staffed.do(lambda c: migration.migrate(staffed.engine, c, ANYBODY, case, newer, {}))
    assert [inbox(staffed, each) for each in (BUDI, CITRA)] == [["a"], []]
    staffed.do(lambda c: migration.take_back(staffed.engine, c, ANYBODY, case))
    assert [inbox(staffed, each) for each in (BUDI, CITRA)] == [[], ["a"]]


SOUGHT: list[tuple[str, object, list[str]]] = [
    ("eq", "ani", ["a"]),
    ("neq", "ani", ["b"]),
    ("in", ["citra", "a_b"], ["a"]),
    ("notIn", ["ani"], ["b"]),
    ("exists", True, ["a"]),
    ("exists", False, ["b"]),
    ("like", "a?b", ["a"]),
    ("like", "an*b", []),
    ("eq", "a%b", []),
]


@pytest.mark.both_databases
def test_tasks_are_searched_by_whom_they_name(staffed: Office) -> None:
    other = diagram(start(), user("b"), end(), path("start b end"), id="lain")
    staffed.publish(proses=offered("a_b,ani"), lain=other)
    staffed.start()
    staffed.start("lain")
    with read(staffed.database) as connection:
        for operator, value, expected in SOUGHT:
            asked = Query(conditions=(Where("candidate_user", operator, value),))
            found = search.search(staffed.engine, connection, ANYBODY, search.USER_TASKS, asked).items
            assert ([task["element_id"] for task in found], operator) == (expected, operator)
