"""A case moved to another version of its procedure, as Camunda 8 documents migration, and taken back."""

from typing import Any

import pytest

from server import engine as verbs
from server.db import Clash, write
from server.engine import migration, tables
from server.engine.migration import Fate, NotRevocable, Unmigratable
from server.engine.modification import Starved
from server.engine.spiff import Unplaceable
from server.errors import Forbidden, Invalid
from server.identity import Permission
from tests.diagrams import (
    boundary,
    call,
    diagram,
    end,
    event_based,
    lane,
    lanes,
    many,
    message,
    parallel,
    path,
    receive,
    start,
    sub,
    timer,
    user,
)
from tests.diagrams import catch as catching
from tests.engine.conftest import ANYBODY, Office, person

pytestmark = pytest.mark.both_databases


def newest(office: Office) -> int:
    return max(row.key for row in office.rows(tables.Definition, kind="process", id="proses"))


def migrate(office: Office, case: int, **to: str) -> None:
    office.do(lambda c: migration.migrate(office.engine, c, ANYBODY, case, newest(office), to))


def take_back(office: Office, case: int) -> None:
    office.do(lambda c: migration.take_back(office.engine, c, ANYBODY, case))


def plan(office: Office, **to: str) -> migration.Plan:
    keys = sorted(row.key for row in office.rows(tables.Definition, kind="process", id="proses"))
    with office.database.connect() as connection:
        return migration.plan(office.engine, connection, ANYBODY, keys[-2], keys[-1], to)


def line(*names: str, **said: Any) -> bytes:
    tasks = [user(name, **said.get(name, {})) for name in names]
    return diagram(start(), tasks, end(), path("start " + " ".join(names) + " end"))


def everything(office: Office, case: int) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a case that say where it is."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for table in (
        tables.ElementInstance,
        tables.UserTask,
        tables.Timer,
        tables.MessageSubscription,
        tables.Job,
        tables.Variable,
    ):
        rows = office.rows(table, process_instance_key=case)
        found[table.__tablename__] = sorted(tuple(map(str, row)) for row in rows)
    [row] = office.rows(tables.ProcessInstance, key=case)
    found["case"] = [(row.bundle_key, row.definition_key, bytes(row.tokens))]
    return found


def test_a_case_goes_on_in_the_new_version_and_its_task_keeps_draft_claim_and_due_time(
    office: Office,
) -> None:
    case = office.run(line("a", "b", a={"due": "2026-03-09T10:00:00+07:00"}), nilai=1)
    task = office.task(case, "a")
    office.do(lambda c: verbs.assign(office.engine, c, ANYBODY, task.key, "penguji"))
    office.do(lambda c: verbs.save_draft(office.engine, c, ANYBODY, task.key, {"isi": "setengah"}))
    office.publish(
        proses=line("a", "baru", "b", a={"name": "A yang baru", "due": "2026-04-01T10:00:00+07:00"})
    )
    migrate(office, case)
    moved = office.task(case, "a")
    assert (moved.key, moved.assignee, moved.due_at, moved.name) == (
        task.key,
        "penguji",
        task.due_at,
        "A yang baru",
    )
    assert moved.definition_key == newest(office)
    assert [row.values for row in office.rows(tables.Draft, user_task_key=task.key)] == [{"isi": "setengah"}]
    office.complete(case, "a")
    assert office.open(case) == ["baru"]
    assert office.variables(case) == {"nilai": 1}
    assert "MIGRATED" in office.events(case)


def test_an_element_with_another_id_is_mapped(office: Office) -> None:
    case = office.run(line("a", "b"))
    office.publish(proses=line("alpha", "b"))
    with pytest.raises(Unmigratable, match="tidak ada lagi"):
        migrate(office, case)
    migrate(office, case, a="alpha")
    assert office.open(case) == ["alpha"]
    assert office.elements(case, "ACTIVE") == ["alpha"]
    office.complete(case, "alpha")
    assert office.open(case) == ["b"]


@pytest.mark.parametrize(("claimed", "group"), [(False, "kasubag_umpeg"), (True, "kasubag_umpeg")])
def test_a_task_that_another_lane_draws_goes_to_that_lane_and_a_claim_stays(
    office: Office, claimed: bool, group: str
) -> None:
    def drawn(role: str) -> bytes:
        return diagram(
            lanes(lane("Lajur", role, "start a end")), start(), user("a"), end(), path("start a end")
        )

    case = office.run(drawn("sekretaris"))
    if claimed:
        task = office.task(case, "a")
        office.do(lambda c: verbs.assign(office.engine, c, ANYBODY, task.key, "penguji"))
    office.publish(proses=drawn("kasubag_umpeg"))
    migrate(office, case)
    moved = office.task(case, "a")
    assert (moved.candidate_group, moved.assignee) == (group, "penguji" if claimed else None)


def reminded(value: str, event: str = "lewat", interrupting: bool = False) -> bytes:
    return diagram(
        start(), user("a"), user("ingat"), end(), end("e2"), path("start a end", f"{event} ingat e2"),
        boundary(event, "a", "timer", timer("timeDuration", value), interrupting=interrupting),
    )  # fmt: skip


def test_timers_keep_their_due_time_and_what_is_new_begins_to_wait(office: Office) -> None:
    case = office.run(reminded("P2D"))
    [before] = office.rows(tables.Timer)
    office.later(days=1)
    office.publish(proses=reminded("P9D"))
    migrate(office, case)
    assert office.rows(tables.Timer) == [before]
    office.publish(proses=reminded("P9D", "telat"))
    migrate(office, case, lewat="telat")
    assert [(row.event_id, row.due_at) for row in office.rows(tables.Timer)] == [("telat", before.due_at)]
    office.publish(proses=reminded("P3D", "lain"))
    migrate(office, case)
    [fresh] = office.rows(tables.Timer)
    assert (fresh.event_id, (fresh.due_at - office.now).days) == ("lain", 3)
    office.later(days=4)
    office.work()
    assert sorted(office.open(case)) == ["a", "ingat"]
    office.publish(proses=reminded("P1D", "lain"))
    migrate(office, case)  # what has come does not come again
    assert office.rows(tables.Timer) == []


def test_a_case_that_waits_for_a_message_still_does(office: Office) -> None:
    def drawn(*more: str) -> bytes:
        return diagram(
            start(), event_based("pilih"), catching("jawab", "message", ref="balasan"), user("b"), user("c"), end(), end("e2"),
            catching("sehari", "timer", timer("timeDuration", "P1D")), more,
            path("start pilih jawab b end", "pilih sehari c e2"), beside=message("balasan", "=nomor"),
        )  # fmt: skip

    case = office.run(drawn(), nomor=7)
    timers = office.rows(tables.Timer)
    office.publish(proses=drawn().replace(b'name="b"', b'name="Baru"'))
    migrate(office, case)
    assert office.rows(tables.Timer) == timers
    office.do(lambda c: verbs.messages.publish(office.engine, c, ANYBODY, "balasan", "7", {}))
    assert office.open(case) == ["b"]


NESTED = (
    start(), parallel("bagi"), parallel("temu"), user("z"), end(),
    sub("luar", many("=[1, 2]", "butir"), start("s1"), end("e1"), user("b"), user("c"), path("s1 b c e1")),
)  # fmt: skip


def test_scopes_rounds_and_waiting_branches_are_kept(office: Office) -> None:
    def drawn(extra: str = "") -> bytes:
        ways = ("start bagi a temu z end", f"bagi luar {extra} temu")
        return diagram(NESTED, user("a"), user(extra) if extra else "", path(*ways))

    case = office.run(drawn())
    office.complete(case, "a")
    office.complete(case, "b")
    assert office.open(case) == ["b", "c"]
    office.publish(proses=drawn("lagi"))
    with pytest.raises(Unplaceable):  # the branch that waits came from `a`; none came from `luar` yet
        office.do(lambda c: migration.migrate(office.engine, c, ANYBODY, case, newest(office), {"a": "z"}))
    migrate(office, case)
    for element in ("b", "c", "c", "lagi"):
        office.complete(case, element)
    assert office.open(case) == ["z"]
    assert office.elements(case, "ACTIVE") == ["z"]


def test_a_join_that_would_wait_for_ever_in_the_new_version_is_refused(office: Office) -> None:
    def drawn(*ways: str) -> bytes:
        return diagram(start(), parallel("bagi"), user("a"), user("b"), parallel("temu"), end(), path(*ways))

    case = office.run(drawn("start bagi a temu end", "bagi b temu"))
    office.complete(case, "a")
    office.publish(
        proses=diagram(
            start(), parallel("bagi"), user("a"), user("b"), user("c"), parallel("temu"), end(),
            path("start bagi a temu end", "bagi b temu", "bagi c temu"),
        )
    )  # fmt: skip
    with pytest.raises(Starved):
        migrate(office, case)


def test_what_a_case_called_goes_on_and_comes_back(office: Office) -> None:
    office.publish(anak=diagram(start(), user("kerja"), end(), path("start kerja end"), id="anak"))

    def drawn(last: str) -> bytes:
        return diagram(start(), call("panggil", "anak"), user(last), end(), path(f"start panggil {last} end"))

    case = office.run(drawn("b"))
    [child] = office.rows(tables.ProcessInstance, process_id="anak")
    office.publish(proses=drawn("c"))
    migrate(office, case)
    office.complete(child.key, "kerja")
    assert office.open(case) == ["c"]


def test_a_suspended_case_stays_suspended(office: Office) -> None:
    case = office.run(line("a"))
    office.do(lambda c: verbs.suspend(office.engine, c, ANYBODY, case))
    office.publish(proses=line("a", "b"))
    migrate(office, case)
    assert office.state(case) == "SUSPENDED"


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (diagram(start(), receive("a", "m"), end(), path("start a end"), beside=message("m", "=1")), "sejenis"),
        (diagram(start(), user("a", many("=[1]")), end(), path("start a end")), "sejenis"),
        (
            diagram(start(), sub("s", start("s1"), user("a"), end("e1"), path("s1 a e1")), end(), path("start s end")),
            "subproses lain",
        ),
    ],
)  # fmt: skip
def test_an_element_of_another_kind_or_scope_is_no_place_for_a_case(
    office: Office, other: bytes, told: str
) -> None:
    case = office.run(line("a"))
    office.publish(proses=other)
    with pytest.raises(Unmigratable, match=told):
        migrate(office, case)
    assert office.open(case) == ["a"]


def test_a_case_moves_to_versions_of_its_own_procedure_only(office: Office) -> None:
    case = office.run(line("a"))
    lain = office.publish(lain=diagram(start(), user("a"), end(), path("start a end"), id="lain"))
    key = next(row.key for row in office.rows(tables.Definition, id="lain"))
    with pytest.raises(Invalid, match="prosedur lain"):
        office.do(lambda c: migration.migrate(office.engine, c, ANYBODY, case, key, {}))
    assert lain
    nobody = person("siapa", may=(Permission.SEE_ALL,))
    with pytest.raises(Forbidden):
        office.do(lambda c: migration.migrate(office.engine, c, nobody, case, newest(office), {}))


def test_a_claim_that_comes_between_is_not_lost(office: Office) -> None:
    def drawn(role: str) -> bytes:
        return diagram(
            lanes(lane("Lajur", role, "start a end")),
            start(),
            user("a", assignee=role),
            end(),
            path("start a end"),
        )

    case = office.run(drawn("sekretaris"))
    task = office.task(case, "a")
    office.publish(proses=drawn("kasubag_umpeg"))
    with office.database.connect() as connection:
        change = migration.migrate(office.engine, connection, ANYBODY, case, newest(office), {})
    office.do(lambda c: verbs.assign(office.engine, c, ANYBODY, task.key, "penguji"))
    with pytest.raises(Clash), write(office.database) as connection:
        change.apply(connection)
    migrate(office, case)
    assert office.task(case, "a").assignee == "penguji"


# --- taken back ------------------------------------------------------------------------------------------------------


def test_a_migration_taken_back_leaves_everything_as_it_was(office: Office) -> None:
    case = office.run(reminded("P2D"))
    task = office.task(case, "a")
    before = everything(office, case)
    office.publish(proses=reminded("P9D", "lain").replace(b'name="a"', b'name="Baru"'))
    migrate(office, case)
    assert everything(office, case) != before
    office.do(lambda c: verbs.save_draft(office.engine, c, ANYBODY, task.key, {"isi": 1}))
    take_back(office, case)
    assert everything(office, case) == before
    with pytest.raises(NotRevocable):
        take_back(office, case)
    office.complete(case, "a")
    assert office.state(case) == "COMPLETED"


def test_a_migration_is_not_taken_back_once_the_case_went_on(office: Office) -> None:
    case = office.run(line("a", "b"))
    office.publish(proses=line("a", "b", "c"))
    migrate(office, case)
    office.complete(case, "a")
    with pytest.raises(NotRevocable, match="sudah berjalan"):
        take_back(office, case)


# --- told beforehand -------------------------------------------------------------------------------------------------


def test_a_plan_tells_what_changed_and_what_becomes_of_each_live_element(office: Office) -> None:
    office.publish(proses=reminded("P2D"))
    one, two = office.start(), office.start()
    office.complete(two, "a")
    office.publish(
        proses=diagram(
            start(), user("a", name="A baru"), user("b"), user("ingat"), end(), end("e2"),
            boundary("telat", "a", "timer", timer("timeDuration", "P1D"), interrupting=False),
            path("start a b end", "telat ingat e2"),
        )
    )  # fmt: skip
    found = plan(office)
    told = {(each.kind, each.element_id): each.what for each in found.differences}
    assert told == {
        ("changed", "a"): ("nama", "alur"),
        ("removed", "lewat"): (),
        ("added", "b"): (),
        ("added", "telat"): (),
    }
    assert (found.cases, found.fates) == (
        1,
        (Fate("a", "a", "a", 1, None, (), ("lewat",), ("telat",)),),
    )
    assert plan(office, lewat="telat").fates[0].kept_events == ("telat",)
    assert one in running(office)


def running(office: Office) -> list[int]:
    with office.database.connect() as connection:
        versions = migration.versions(office.engine, connection, ANYBODY, "proses")
        assert [(each.version, each.cases) for each in versions] == [(2, 0), (1, 1)]
        return migration.running_cases(office.engine, connection, ANYBODY, versions[1].definition_key)


def test_a_plan_says_why_an_element_cannot_go(office: Office) -> None:
    office.run(line("a"))
    office.publish(proses=line("b"))
    [fate] = plan(office).fates
    assert fate.target_id is None
    assert "tidak ada lagi" in str(fate.problem)
