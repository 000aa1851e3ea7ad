"""How each step goes, and the cases under way."""

import pytest

from server import engine as verbs
from server import monitoring
from server.monitoring import Standing, sheets
from tests.engine.conftest import ANYBODY, Office, form
from tests.monitoring.conftest import REWORKED, UMPEG, ask, at, claim, done, steps

FORM = form("periksa", {"type": "checkbox", "key": "setuju", "label": "Setuju"})
MINUTE = 60


@pytest.mark.both_databases
def test_waiting_and_work_are_told_apart_and_rework_is_counted(office: Office) -> None:
    office.publish(proses=REWORKED, periksa__form=FORM)
    at(office, 2, 8)
    case = office.start()
    at(office, 2, 8, 30)
    claim(office, case, "tulis")
    at(office, 2, 9, 30)
    done(office, case, "tulis")
    done(office, case, "periksa", setuju=False)
    at(office, 2, 9, 40)
    done(office, case, "tulis")
    done(office, case, "periksa", setuju=True)
    office.work()
    write, check = ask(office, monitoring.by_step, process_id="proses").steps
    assert (write.element_id, write.many, write.again, write.langkah) == ("tulis", 2, 1, 1)
    assert write.waited == monitoring.Span(20 * MINUTE, 30 * MINUTE)  # half an hour and ten minutes
    assert write.handled == monitoring.Span(60 * MINUTE, 60 * MINUTE)  # the second time nobody took it first
    assert write.whole == monitoring.Span(50 * MINUTE, 90 * MINUTE)
    assert (write.waktu, write.judged, write.late, write.late_share) == ("PT1H", 2, 1, 0.5)
    assert (check.many, check.again, check.late) == (2, 1, 0)


@pytest.mark.both_databases
def test_open_tasks_stand_beside_the_finished(office: Office) -> None:
    at(office, 2, 8)
    office.run(steps("PT1H", "PT1H"))
    at(office, 2, 10)
    first, second = ask(office, monitoring.by_step, process_id="proses").steps
    assert (first.open, first.overdue, second.open, first.many, first.whole.median) == (1, 1, 0, 0, None)


def test_steps_of_older_versions_stay_in_the_figures(office: Office) -> None:
    case = office.run(steps("PT1H"))
    done(office, case, "langkah_1")
    office.work()
    office.publish(proses=REWORKED, periksa__form=FORM)
    found = ask(office, monitoring.by_step, process_id="proses").steps
    assert [(each.element_id, each.in_force) for each in found] == [
        ("tulis", True),
        ("periksa", True),
        ("langkah_1", False),
    ]


def test_a_step_is_late_by_its_due_time(office: Office) -> None:
    office.publish(proses=steps("PT1H"))
    for hour in (8, 10):
        at(office, 2, 7, 30)
        case = office.start()
        at(office, 2, hour)
        done(office, case, "langkah_1")
    office.work()
    (found,) = ask(office, monitoring.by_step, UMPEG, process_id="proses").steps
    assert (found.judged, found.late) == (2, 1)


@pytest.mark.both_databases
def test_cases_under_way_are_late_or_will_be(office: Office) -> None:
    """Promised are four hours, of which each step takes two."""
    office.publish(proses=steps("PT2H", "PT2H"))
    at(office, 2, 7, 30)
    late = office.start()
    at(office, 2, 10)
    risky = office.start()
    at(office, 2, 13, 30)  # two and a half hours after it began, 15 minutes of them on the second step
    done(office, risky, "langkah_1")
    at(office, 2, 13, 45)
    fine = office.start()
    found = ask(office, monitoring.under_way)
    assert [(each.key, each.standing) for each in found.cases] == [
        (late, Standing.LATE),
        (risky, Standing.RISKY),
        (fine, Standing.FINE),
    ]
    assert found.whole
    assert found.by_procedure() == {"proses": (3, 1, 1)}
    second = found.cases[1]
    assert (second.worked, second.left, second.promised) == (165 * 60, 105 * 60, 240 * 60)
    assert second.at == "langkah_2"


@pytest.mark.both_databases
def test_what_befell_cases_is_listed_with_its_reason(office: Office) -> None:
    office.publish(proses=steps("PT1H"))
    canceled, suspended, over = office.start(), office.start(), office.start()
    office.do(lambda c: verbs.cancel(office.engine, c, ANYBODY, canceled, "=salah masuk"))
    office.do(lambda c: verbs.suspend(office.engine, c, ANYBODY, suspended, "menunggu blangko"))
    done(office, over, "langkah_1")
    office.work()
    found = ask(office, monitoring.setbacks)
    assert [(each.case_key, each.reason, each.by) for each in found.canceled] == [
        (canceled, "=salah masuk", "penguji")
    ]
    assert [(each.case_key, each.reason) for each in found.suspended] == [(suspended, "menunggu blangko")]
    assert (found.open_incidents, found.now_suspended, found.all_canceled) == (0, 1, 1)
    ends = ask(office, monitoring.outcomes)
    assert [(each.end_id, each.end_name, each.many) for each in ends] == [
        (None, None, 1),
        ("end", "Selesai dengan baik", 1),
    ]


@pytest.mark.parametrize(
    ("end_id", "end_name", "told"),
    [
        ("end", "Selesai dengan baik", "Selesai dengan baik"),
        ("end", "end", "Selesai"),
        ("end", None, "Selesai"),
        (None, None, "Dibatalkan atau tanpa akhir"),
    ],
)
def test_an_end_is_told_in_words_and_never_by_its_id(
    end_id: str | None, end_name: str | None, told: str
) -> None:
    assert sheets.ending(monitoring.Outcome("uji", "Uji", end_id, end_name, 1)) == told
