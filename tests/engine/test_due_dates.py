"""A changed calendar moves the due dates of open tasks, and their cases' histories say so."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from server import calendar, errors
from server import engine as verbs
from server.calendar import Holiday
from server.db import load_json
from server.engine import Handler, due_dates, tables
from server.engine.handlers import Call, Outcome
from server.identity import Permission
from tests.diagrams import boundary, diagram, end, path, rule, service, start, user
from tests.diagrams import timer as clock
from tests.engine.conftest import ANYBODY, Office, person

PILKADA = Holiday(date(2026, 3, 3), "Pilkada", "libur lokal")
SLOW = diagram(
    start(), user("periksa", properties={"langkah": "1", "waktu": "P1D"}), end(), path("start periksa end")
)


def declare(office: Office, holiday: Holiday = PILKADA) -> None:
    office.gate.change(
        lambda c: due_dates.change_calendar(
            office.engine, c, ANYBODY, "put_day", "uji", lambda c, now: calendar.put_day(c, holiday, now)
        )
    )


def foreseen(office: Office) -> due_dates.Outlook:
    """What declaring the holiday would move."""
    known = office.engine.calendar.days_off
    supposed = replace(
        office.engine.calendar, days_off=lambda year: {**known(year), PILKADA.tanggal: PILKADA}
    )
    return office.gate.ask(lambda c: due_dates.foresee(office.engine, c, supposed))


def due(office: Office, case: int) -> datetime | None:
    return office.rows(tables.UserTask, process_instance_key=case)[0].due_at


def moved(office: Office, case: int) -> list[dict[str, object]]:
    keys = [row.key for row in office.rows(tables.History, process_instance_key=case, event="DUE_DATE_MOVED")]
    return [load_json(office.rows(tables.HistoryValues, history_key=key)[0].values) for key in keys]


def test_a_new_holiday_moves_what_is_open_and_logs_it(office: Office) -> None:
    case = office.run(SLOW)
    assert due(office, case) == datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
    declare(office)
    assert due_dates.recount_open(office.engine, office.do) == 1
    assert due(office, case) == datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
    assert moved(office, case) == [
        {"from": "2026-03-03T09:00:00+07:00", "to": "2026-03-04T09:00:00+07:00", "because": "kalender"}
    ]


def test_counting_again_without_a_change_moves_nothing(office: Office) -> None:
    case = office.run(SLOW)
    declare(office)
    due_dates.recount_open(office.engine, office.do)
    assert due_dates.recount_open(office.engine, office.do) == 0
    assert len(moved(office, case)) == 1


def test_a_task_that_is_done_keeps_its_due_date(office: Office) -> None:
    case = office.run(SLOW)
    office.complete(case, "periksa")
    declare(office)
    assert due_dates.recount_open(office.engine, office.do) == 0


@pytest.mark.both_databases
def test_a_worker_catches_what_a_process_counted_by_the_calendar_it_remembered(office: Office) -> None:
    declare(office)
    office.engine.book._asked = float("inf")  # a process that has looked just now, before the change
    case = office.run(SLOW)
    assert due(office, case) == datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
    office.work()
    assert moved(office, case) == []  # too early to be sure that nobody counts by the old one any more
    office.later(minutes=1)
    office.work()
    assert due(office, case) == datetime(2026, 3, 4, 2, 0, tzinfo=UTC)


def test_a_large_office_is_gone_through_in_batches(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due_dates, "_CASES", due_dates._CASES.limit(2))
    monkeypatch.setattr(due_dates, "BATCH", 2)
    office.publish(proses=SLOW)
    cases = [office.start() for _ in range(5)]
    declare(office)
    office.later(minutes=1)
    office.work()
    assert {due(office, case) for case in cases} == {datetime(2026, 3, 4, 2, 0, tzinfo=UTC)}


def test_a_new_case_counts_by_the_changed_calendar(office: Office) -> None:
    declare(office)
    assert due(office, office.run(SLOW)) == datetime(2026, 3, 4, 2, 0, tzinfo=UTC)


def test_a_due_date_that_somebody_has_set_stays(office: Office) -> None:
    case = office.run(SLOW)
    settled = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
    task = office.task(case, "periksa").key
    office.do(lambda c: verbs.change(office.engine, c, ANYBODY, task, {"due_at": settled}))
    declare(office)
    assert due_dates.recount_open(office.engine, office.do) == 0
    assert due(office, case) == settled


# --- what a diagram computes

IN_TWO_DAYS = '=string(hk_setelah(today(), 2)) + "T16:00:00"'


def timer(office: Office, case: int) -> datetime | None:
    (row,) = office.rows(tables.Timer, process_instance_key=case)
    return row.due_at


def test_a_due_date_and_a_timer_may_count_from_now(office: Office) -> None:
    later = '=now() + duration("PT1H")'
    body = diagram(
        start(), user("periksa", due=later), end(), end("lewat"), path("start periksa end"),
        boundary("telat", "periksa", "timer", clock("timeDate", later), interrupting=False), path("telat lewat"),
    )  # fmt: skip
    case = office.run(body)
    assert due(office, case) == timer(office, case) == office.clock.now() + timedelta(hours=1)


def test_a_due_date_and_a_timer_that_call_the_calendar_move_by_the_day_on_which_they_began(
    office: Office,
) -> None:
    body = diagram(
        start(), user("periksa", due=IN_TWO_DAYS), end(), end("lewat"), path("start periksa end"),
        boundary("telat", "periksa", "timer", clock("timeDate", IN_TWO_DAYS), interrupting=False),
        path("telat lewat"),
    )  # fmt: skip
    case = office.run(body)
    assert due(office, case) == timer(office, case) == datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
    office.later(days=1)
    assert foreseen(office) == due_dates.Outlook(2, 0, True)
    declare(office)
    assert due_dates.recount_open(office.engine, office.do) == 2
    assert due(office, case) == timer(office, case) == datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
    dates = {"from": "2026-03-04T16:00:00+07:00", "to": "2026-03-05T16:00:00+07:00", "because": "kalender"}
    assert moved(office, case) == [dates, dates]
    assert due_dates.recount_open(office.engine, office.do) == 0


DEADLINE = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="t" name="T" namespace="uji">
  <inputData id="m" name="sejak"><variable name="sejak" typeRef="date"/></inputData>
  <decision id="tenggat" name="Tenggat"><variable name="tenggat" typeRef="Any"/>
    <informationRequirement><requiredInput href="#m"/></informationRequirement>
    <literalExpression><text>{batas: hk_setelah(sejak, 2), jam: "T16:00:00"}</text></literalExpression>
  </decision>
</definitions>"""


def decided(**mapped: object) -> bytes:
    when = "=string(tenggat.batas) + tenggat.jam"
    return diagram(
        start(), rule("hitung", "tenggat", result="tenggat", **mapped), user("periksa", due=when), end(), end("lewat"),
        boundary("telat", "periksa", "timer", clock("timeDate", when), interrupting=False),
        path("start hitung periksa end"), path("telat lewat"),
    )  # fmt: skip


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "mapped",
    [{}, {"inputs": {"sejak": "=today()"}, "outputs": {"tenggat": "=tenggat"}}],
    ids=["plain", "mapped"],
)
def test_what_a_decision_counted_moves_with_all_that_reads_it(
    office: Office, mapped: dict[str, object]
) -> None:
    office.publish(proses=decided(**mapped), tenggat__dmn=DEADLINE)
    case = office.start(**({} if mapped else {"sejak": "2026-03-02"}))
    assert due(office, case) == timer(office, case) == datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
    office.later(days=1)
    assert foreseen(office) == due_dates.Outlook(2, 0, True)
    declare(office)
    office.reopen()
    assert due_dates.recount_open(office.engine, office.do) == 2
    assert office.variables(case)["tenggat"] == {"batas": "2026-03-05", "jam": "T16:00:00"}
    assert due(office, case) == timer(office, case) == datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
    assert len(office.rows(tables.DecisionInstance, process_instance_key=case)) == 2
    assert due_dates.recount_open(office.engine, office.do) == 0
    office.gate.change(lambda c: calendar.remove_day(c, PILKADA.tanggal, office.clock.now()))
    assert due_dates.recount_open(office.engine, office.do) == 2
    assert due(office, case) == timer(office, case) == datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
    office.later(days=1, hours=8)
    office.work()
    assert "lewat" in office.elements(case)


def test_a_counted_value_that_somebody_has_changed_stays(office: Office) -> None:
    office.publish(proses=decided(), tenggat__dmn=DEADLINE)
    case = office.start(sejak="2026-03-02")
    given = {"tenggat": {"batas": "2026-03-20", "jam": "T16:00:00"}}
    office.do(lambda c: verbs.set_variables(office.engine, c, ANYBODY, case, given))
    declare(office)
    assert due_dates.recount_open(office.engine, office.do) == 0
    assert office.variables(case)["tenggat"] == given["tenggat"]


def test_a_decision_counts_again_from_what_it_saw_in_the_version_that_it_was(office: Office) -> None:
    office.publish(proses=decided(), tenggat__dmn=DEADLINE)
    case = office.start(sejak="2026-03-02")
    office.publish(tenggat__dmn=DEADLINE.replace(b"sejak, 2", b"sejak, 9"))
    office.do(lambda c: verbs.set_variables(office.engine, c, ANYBODY, case, {"sejak": "2026-03-16"}))
    declare(office)
    due_dates.recount_open(office.engine, office.do)
    assert due(office, case) == datetime(2026, 3, 5, 9, 0, tzinfo=UTC)


def test_what_the_office_keeps_of_a_counted_day_is_told(office: Office) -> None:
    kept: list[object] = []

    def keep(call: Call) -> Outcome:
        kept.append(call.variables["tenggat"]["batas"])  # type: ignore[index]
        return Outcome()

    office.handlers.append(Handler("uji.catat", "Catat", "inside", keep, recount=keep))
    office.reopen()
    body = diagram(
        start(), rule("hitung", "tenggat", result="tenggat"), service("catat", "uji.catat"), user("periksa"), end(),
        path("start hitung catat periksa end"),
    )  # fmt: skip
    office.publish(proses=body, tenggat__dmn=DEADLINE)
    office.start(sejak="2026-03-02")
    declare(office)
    due_dates.recount_open(office.engine, office.do)
    assert kept[0] == "2026-03-04"
    assert kept[-1] == "2026-03-05"


def test_only_who_administers_changes_the_calendar(office: Office) -> None:
    clerk = person("staf", may=(Permission.SEE_ALL,))
    with pytest.raises(errors.Forbidden):
        office.gate.change(
            lambda c: due_dates.change_calendar(
                office.engine, c, clerk, "put_day", "uji", lambda c, now: calendar.put_day(c, PILKADA, now)
            )
        )
    assert office.engine.calendar.is_working_day(PILKADA.tanggal)
