"""A changed calendar moves the due dates of open tasks, and their cases' histories say so."""

from datetime import UTC, date, datetime

import pytest

from server import calendar, errors
from server.calendar import Holiday
from server.db import load_json
from server.engine import due_dates, tables
from server.identity import Permission
from tests.diagrams import diagram, end, path, start, user
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
    monkeypatch.setattr(due_dates, "_OPEN", due_dates._OPEN.limit(2))
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


def test_only_who_administers_changes_the_calendar(office: Office) -> None:
    clerk = person("staf", may=(Permission.SEE_ALL,))
    with pytest.raises(errors.Forbidden):
        office.gate.change(
            lambda c: due_dates.change_calendar(
                office.engine, c, clerk, "put_day", "uji", lambda c, now: calendar.put_day(c, PILKADA, now)
            )
        )
    assert office.engine.calendar.is_working_day(PILKADA.tanggal)
