"""Where work piles up: by role, by person, by day."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event

from server import engine as verbs
from server import monitoring
from server.identity import Permission
from tests.engine.conftest import ANYBODY, Office, person
from tests.monitoring.conftest import CAPIL, HEAD, UMPEG, ask, at, done, steps


def busy(office: Office, cases: int = 3) -> list[int]:
    """Cases begun on Monday, Tuesday, … at eight; the first is done on Wednesday, the second is in the hands of `rini`."""
    office.hire(rini="staf_umpeg")
    office.publish(proses=steps("P1D"))
    begun = []
    for n in range(cases):
        at(office, 2 + n % 3, 8)
        begun.append(office.start())
    at(office, 4, 9)
    done(office, begun[0], "langkah_1")
    task = office.task(begun[1], "langkah_1")
    office.do(lambda c: verbs.assign(office.engine, c, ANYBODY, task.key, "rini"))
    office.work()
    return begun


@pytest.mark.both_databases
def test_open_tasks_are_counted_by_role_age_and_day(office: Office) -> None:
    busy(office)
    found = ask(office, monitoring.workload)
    (group,) = found.groups
    assert (group.group, group.bidang, group.came, group.went) == ("staf_umpeg", "umum-kepegawaian", 3, 1)
    pile = group.pile
    assert (pile.many, pile.fresh, pile.middle, pile.old, pile.overdue, pile.held) == (2, 1, 1, 0, 1, 1)
    assert found.all == pile
    assert [(each.day, each.came, each.went) for each in found.days[-3:]] == [
        (date(2026, 3, 2), 1, 0),
        (date(2026, 3, 3), 1, 0),
        (date(2026, 3, 4), 1, 1),
    ]
    assert (len(found.days), found.growth) == (30, 2)


def test_by_person_it_is_told_to_those_who_may_assign(office: Office) -> None:
    busy(office)
    (rini,) = ask(office, monitoring.workload).people
    assert (rini.username, rini.name, rini.pile.many) == ("rini", "Rini", 1)
    assert ask(office, monitoring.workload, UMPEG).people == ()
    here = replace(UMPEG, permissions=UMPEG.permissions | {Permission.ASSIGN})
    assert len(ask(office, monitoring.workload, here).people) == 1
    elsewhere = replace(here, limits={Permission.ASSIGN: frozenset({"piak"})})
    assert ask(office, monitoring.workload, elsewhere).people == ()


def test_an_officer_of_another_field_sees_no_pile(office: Office) -> None:
    busy(office)
    found = ask(office, monitoring.workload, CAPIL)
    assert (found.groups, found.all.many, found.growth) == ((), 0, 0)


@pytest.mark.parametrize(
    "question", ["by_procedure", "by_month", "workload", "setbacks", "outcomes", "under_way"]
)
def test_however_many_cases_there_are_the_statements_are_the_same(office: Office, question: str) -> None:
    def statements() -> int:
        seen: list[str] = []

        def note(*args: object) -> None:
            if "FROM setting" not in str(args[2]):  # whether the calendar has changed is asked once a second
                seen.append(str(args[2]))

        event.listen(office.database, "before_cursor_execute", note)
        ask(office, getattr(monitoring, question), HEAD)
        event.remove(office.database, "before_cursor_execute", note)
        return len(seen)

    first = busy(office, 3)
    few = statements()
    for _ in range(8):
        case = office.start()
        done(office, case, "langkah_1")
        office.cancel(office.start())
        office.start()
    office.work()
    assert first
    assert statements() <= few


def test_tasks_of_confidential_cases_are_in_no_pile_but_of_those_named(office: Office) -> None:
    office.publish(rahasia=steps("PT1H", id="rahasia", sifat="rahasia", pembaca="sekretaris"))
    office.start("rahasia", actor=person("pelapor", may=tuple(Permission)))
    assert ask(office, monitoring.workload).all.many == 0
    assert ask(office, monitoring.under_way).cases == ()
    named = replace(HEAD, username="sekretaris", groups=frozenset({"sekretaris"}))
    assert ask(office, monitoring.workload, named).all.many == 1
    (case,) = ask(office, monitoring.under_way, named).cases
    assert case.confidential
