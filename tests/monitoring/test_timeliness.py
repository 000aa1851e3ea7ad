"""Promised against real time, by figures counted by hand. Office hours: 07.30-12.00 and 13.00-16.00, on Friday to 16.30."""

from datetime import date

import pytest

from server import calendar, monitoring
from server import engine as verbs
from server.calendar import Holiday
from server.config import ROOT
from server.engine import due_dates, tables
from server.monitoring import NoOverview, Period, WrongPeriod
from server.monitoring.models import MeasuredCase, MeasuredTask
from tests.diagrams import diagram, end, extensions, flow, lane, lanes, parallel, path, props, start, user
from tests.engine.conftest import ANYBODY, Office, person
from tests.monitoring.conftest import CAPIL, HEAD, STAFF, UMPEG, ask, at, done, steps

HOUR = 3600


def finish(office: Office, *moments: tuple[int, int, int]) -> int:
    """A case of one step, from the first moment to the second; measured by a worker."""
    at(office, *moments[0])
    case = office.start()
    at(office, *moments[1])
    done(office, case, "langkah_1")
    office.work()
    return case


@pytest.mark.both_databases
def test_time_is_counted_by_the_offices_calendar(office: Office) -> None:
    """From Friday 13 March, 16.00, over the weekend to Monday, 09.30: half an hour, and two."""
    office.publish(proses=steps("PT2H"))
    case = finish(office, (13, 16, 0), (16, 9, 30))
    (row,) = office.rows(MeasuredCase, key=case)
    assert (row.worked, row.promised, row.late, row.day) == (2.5 * HOUR, 2 * HOUR, True, date(2026, 3, 16))
    (found,) = ask(office, monitoring.by_procedure)
    assert (found.name, found.done.many, found.done.median, found.done.p90) == ("Proses", 1, 9000, 9000)
    assert (found.done.share, found.promise.times) == (0, ("PT2H",))
    (late,) = ask(office, monitoring.late_cases)
    assert (late.key, late.worked, late.promised) == (case, 9000, 7200)


def test_free_days_are_not_counted(office: Office) -> None:
    """Tuesday 17 March, 15.00, to Wednesday 25, 08.00: Nyepi, Idulfitri and their cuti bersama lie between."""
    office.publish(proses=steps("P1D"))
    case = finish(office, (17, 15, 0), (25, 8, 0))
    (row,) = office.rows(MeasuredCase, key=case)
    assert (row.worked, row.promised, row.late) == (1.5 * HOUR, 7.5 * HOUR, False)


@pytest.mark.both_databases
def test_the_median_lies_between_the_middle_two_and_the_decile_is_the_nearest_rank(office: Office) -> None:
    office.publish(proses=steps("PT2H"))
    for hour in (8, 9, 10, 11):  # 30, 90, 150 and 210 minutes after half past seven
        finish(office, (2, 7, 30), (2, hour, 0))
    (found,) = ask(office, monitoring.by_procedure)
    assert (found.done.many, found.done.median, found.done.p90) == (4, 120 * 60, 210 * 60)
    assert (found.done.judged, found.done.late, found.done.share) == (4, 2, 0.5)
    assert ask(office, monitoring.in_all) == found.done


@pytest.mark.both_databases
def test_each_month_of_the_period_has_its_figures(office: Office) -> None:
    office.publish(proses=steps("PT2H"))
    finish(office, (2, 8, 0), (2, 9, 0))
    found = ask(office, monitoring.by_month, period=Period(date(2026, 2, 10), date(2026, 4, 2)))
    assert [(each.month, each.done.many) for each in found] == [
        (date(2026, 2, 1), 0),
        (date(2026, 3, 1), 1),
        (date(2026, 4, 1), 0),
    ]


@pytest.mark.both_databases
def test_an_empty_period_has_no_figures(office: Office) -> None:
    assert ask(office, monitoring.by_procedure) == []
    nothing = ask(office, monitoring.in_all)
    assert (nothing.many, nothing.median, nothing.share) == (0, None, None)


def test_the_promise_is_the_longest_way_through_the_sop(office: Office) -> None:
    """Two branches at once, of 30 minutes and 2 hours, between two steps of 15; what the applicant does takes none."""
    drawn = diagram(
        extensions(props({"bidang": "umum-kepegawaian"})),
        lanes(
            lane("Pegawai", "pns", "start ajukan"),
            lane("Staf", "staf_umpeg", "terima bagi satu dua kumpul tutup end"),
        ),
        start(),
        user("ajukan", properties={"langkah": "1", "waktu": "P3D"}),
        user("terima", properties={"langkah": "2", "waktu": "PT15M"}),
        parallel("bagi"),
        user("satu", properties={"langkah": "3", "waktu": "PT30M"}),
        user("dua", properties={"langkah": "4", "waktu": "PT2H"}),
        parallel("kumpul"),
        user("tutup", properties={"langkah": "5", "waktu": "PT15M"}),
        end(),
        path("start ajukan terima bagi satu kumpul tutup end"),
        flow("bagi", "dua"),
        flow("dua", "kumpul"),
    )
    office.hire(pns="pns")
    office.publish(proses=drawn)
    case = office.start(actor=office.actor("pns"), subject="pns")
    office.complete(case, "ajukan", office.actor("pns"))
    for element in ("terima", "satu", "dua", "tutup"):
        done(office, case, element)
    office.work()
    (found,) = ask(office, monitoring.by_procedure)
    assert found.promise.times == ("PT15M", "PT2H", "PT15M")
    assert not found.promise.by_table


def test_tasks_of_one_row_of_the_sop_take_its_time_once(office: Office) -> None:
    row = {"langkah": "1", "waktu": "PT1H"}
    drawn = diagram(
        lanes(lane("Staf", "staf_umpeg", "start paraf tanda end")),
        start(),
        user("paraf", properties=row),
        user("tanda", properties=row),
        end(),
        path("start paraf tanda end"),
    )
    case = office.run(drawn)
    done(office, case, "paraf")
    done(office, case, "tanda")
    office.work()
    assert office.rows(MeasuredCase)[0].promised == HOUR


def test_the_service_standard_goes_before_the_sop(office: Office) -> None:
    table = (ROOT / "dmn/layanan/waktu-layanan.dmn").read_bytes()
    office.publish(proses=steps("PT15M", id="kk_hilang"), layanan__dmn=table)
    at(office, 2, 9)
    case = office.start("kk_hilang")
    at(office, 3, 8, 59)
    done(office, case, "langkah_1")
    office.work()
    (found,) = ask(office, monitoring.by_procedure)
    assert (found.promise.times, found.promise.by_table, found.done.share) == (("P1D",), True, 1)


@pytest.mark.both_databases
def test_the_clock_stands_while_a_case_is_suspended_or_waits_for_its_applicant(office: Office) -> None:
    """Two hours with the applicant, one suspended, one with the office."""
    drawn = diagram(
        lanes(lane("Pegawai", "pns", "start ajukan"), lane("Staf", "staf_umpeg", "periksa end")),
        start(),
        user("ajukan", properties={"langkah": "1", "waktu": "PT10M"}),
        user("periksa", properties={"langkah": "2", "waktu": "PT1H"}),
        end(),
        path("start ajukan periksa end"),
    )
    office.hire(pns="pns")
    office.publish(proses=drawn)
    pns = office.actor("pns")
    at(office, 2, 8)
    case = office.start(actor=pns, subject="pns")
    at(office, 2, 10)
    office.complete(case, "ajukan", pns)
    at(office, 2, 10, 30)
    office.do(lambda c: verbs.suspend(office.engine, c, ANYBODY, case, "jaringan putus"))
    at(office, 2, 11, 30)
    office.do(lambda c: verbs.resume(office.engine, c, ANYBODY, case))
    at(office, 2, 12)
    done(office, case, "periksa")
    office.work()
    (row,) = office.rows(MeasuredCase)
    assert (row.worked, row.promised, row.late) == (HOUR, HOUR, False)


def test_a_cancelled_case_is_counted_apart(office: Office) -> None:
    case = office.run(steps("PT1H"))
    office.cancel(case)
    office.work()
    (found,) = ask(office, monitoring.by_procedure)
    assert (found.done.many, found.canceled) == (0, 1)


# --- measuring


def test_each_case_is_measured_once_whoever_comes_again(office: Office) -> None:
    office.publish(proses=steps("PT1H"))
    finish(office, (2, 8, 0), (2, 9, 0))
    before = office.rows(MeasuredCase), office.rows(MeasuredTask)
    again = office.gate.ask(lambda c: monitoring.measure(office.engine, c))
    assert (again.effects, again.answer.measured) == ((), 0)
    office.work()
    assert (office.rows(MeasuredCase), office.rows(MeasuredTask)) == before


@pytest.mark.both_databases
def test_two_workers_that_measure_the_same_case_leave_one_row(office: Office) -> None:
    case = office.run(steps("PT1H"))
    done(office, case, "langkah_1")
    both = [office.gate.ask(lambda c: monitoring.measure(office.engine, c)) for _ in range(2)]
    office.do(lambda c: both[0])
    office.do(
        lambda c, prepared=[both[1]]: prepared.pop() if prepared else monitoring.measure(office.engine, c)
    )
    assert len(office.rows(MeasuredCase)) == 1


@pytest.mark.both_databases
def test_a_changed_calendar_is_counted_again(office: Office) -> None:
    office.publish(proses=steps("P1D"))
    finish(office, (2, 9, 0), (4, 9, 0))
    assert office.rows(MeasuredCase)[0].worked == 15 * HOUR
    holiday = Holiday(date(2026, 3, 3), "Pilkada", "libur lokal")
    office.gate.change(
        lambda c: due_dates.change_calendar(
            office.engine, c, ANYBODY, "put_day", "uji", lambda c, now: calendar.put_day(c, holiday, now)
        )
    )
    office.later(minutes=1)
    office.work()
    (row,) = office.rows(MeasuredCase)
    assert (row.worked, row.late) == (7.5 * HOUR, False)
    assert [task.whole for task in office.rows(MeasuredTask)] == [7.5 * HOUR]
    assert office.gate.ask(lambda c: monitoring.count_again(office.engine, c)).effects == ()


# --- who may see what


def test_figures_are_for_who_oversees_a_field(office: Office) -> None:
    office.publish(proses=steps("PT1H"))
    finish(office, (2, 8, 0), (2, 9, 0))
    assert [each.process_id for each in ask(office, monitoring.by_procedure, UMPEG)] == ["proses"]
    assert ask(office, monitoring.by_procedure, CAPIL) == []
    assert ask(office, monitoring.in_all, CAPIL).many == 0
    with pytest.raises(NoOverview):
        ask(office, monitoring.by_procedure, STAFF)


def test_a_confidential_procedure_counts_for_those_named_for_it_alone(office: Office) -> None:
    office.publish(rahasia=steps("PT1H", id="rahasia", sifat="rahasia", pembaca="sekretaris"))
    case = office.start("rahasia")
    done(office, case, "langkah_1")
    office.work()
    named = person("sekretaris", "sekretaris", may=tuple(HEAD.permissions))
    assert ask(office, monitoring.by_procedure) == []
    assert [each.process_id for each in ask(office, monitoring.by_procedure, named)] == ["rahasia"]
    with pytest.raises(monitoring.UnknownProcedure):
        ask(office, monitoring.by_step, process_id="rahasia")
    assert ask(office, monitoring.by_step, named, process_id="rahasia").steps[0].many == 1
    assert ask(office, monitoring.outcomes) == []


def test_one_field_can_be_asked_for(office: Office) -> None:
    office.publish(proses=steps("PT1H"))
    finish(office, (2, 8, 0), (2, 9, 0))
    assert ask(office, monitoring.by_procedure, bidang="piak") == []
    assert len(ask(office, monitoring.by_procedure, bidang="umum-kepegawaian")) == 1


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(WrongPeriod):
        Period(date(2026, 3, 2), date(2026, 3, 1))


def test_a_version_that_was_never_drawn_with_times_promises_nothing(office: Office) -> None:
    case = office.run(
        diagram(
            lanes(lane("Staf", "staf_umpeg", "start kerja end")),
            start(),
            user("kerja"),
            end(),
            path("start kerja end"),
        )
    )
    done(office, case, "kerja")
    office.work()
    (found,) = ask(office, monitoring.by_procedure)
    assert (found.promise, found.done.judged, found.done.share) == (None, 0, None)
    assert office.rows(tables.ProcessInstance)[0].state == "COMPLETED"


def clocked(process: str = "proses") -> bytes:
    """Papers are checked, then the office works, then another office does."""
    return diagram(
        extensions(props({"bidang": "umum-kepegawaian"})),
        lanes(lane("Staf", "staf_umpeg", "start periksa kerjakan tunggu end")),
        start(),
        user("periksa", properties={"langkah": "1", "waktu": "PT1H", "jam": "mulai"}),
        user("kerjakan", properties={"langkah": "2", "waktu": "PT1H"}),
        user("tunggu", properties={"langkah": "3", "waktu": "PT1H", "jam": "instansi_lain"}),
        end(),
        path("start periksa kerjakan tunggu end"),
        id=process,
    )


def test_time_at_another_office_is_not_ours(office: Office) -> None:
    office.publish(proses=clocked())
    at(office, 2, 8)
    case = office.start()
    for hour, step in ((9, "periksa"), (10, "kerjakan")):
        at(office, 2, hour)
        done(office, case, step)
    at(office, 23, 9)
    (running,) = ask(office, monitoring.under_way).cases
    assert (running.standing, running.worked, running.promised) == ("elsewhere", 2 * HOUR, 2 * HOUR)
    done(office, case, "tunggu")
    office.work()
    (row,) = office.rows(MeasuredCase, key=case)
    assert (row.worked, row.promised, row.late) == (2 * HOUR, 2 * HOUR, False)


def test_a_service_standard_counts_from_when_the_papers_are_complete(office: Office) -> None:
    """The SOP's own times count the check too; the standard of one day begins after it."""
    table = (ROOT / "dmn" / "layanan" / "waktu-layanan.dmn").read_bytes()
    office.publish(proses=clocked("kk_penerbitan"), layanan__dmn=table)
    at(office, 2, 8)
    case = office.start("kk_penerbitan")
    at(office, 5, 8)
    (running,) = ask(office, monitoring.under_way).cases
    assert (running.standing, running.worked) == ("fine", 0)
    done(office, case, "periksa")
    at(office, 5, 10)
    done(office, case, "kerjakan")
    done(office, case, "tunggu")
    office.work()
    (row,) = office.rows(MeasuredCase, key=case)
    assert (row.worked, row.promised, row.late) == (2 * HOUR, 7.5 * HOUR, False)
