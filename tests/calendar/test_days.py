from datetime import date

import pytest

from server.calendar import Calendar, CountNegative, Holiday, WorkingDays, YearUnknown

CALENDAR = Calendar()


@pytest.mark.parametrize(("year", "days"), [(2023, 239), (2024, 238), (2025, 237), (2026, 240), (2027, 242)])
def test_a_year_has_the_working_days_of_its_decrees(year, days):
    assert len(CALENDAR.working_days(year)) == days
    assert CALENDAR.jumlah_hk(date(year, 1, 1), date(year, 12, 31)) == days


def test_leave_over_nyepi_and_idulfitri_counts_five_days():
    """Rulebook C-3: 16-27 March 2026."""
    first, last = date(2026, 3, 16), date(2026, 3, 27)

    working = [day for day in CALENDAR.working_days(2026) if first <= day <= last]

    assert [day.day for day in working] == [16, 17, 25, 26, 27]
    assert CALENDAR.jumlah_hk(first, last) == 5


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (date(2026, 11, 23), 7, date(2026, 12, 2)),  # missed date -> Panggilan II, art. 26(3)
        (date(2026, 11, 23), 14, date(2026, 12, 11)),  # decision set -> delivered, art. 37(3)
        (date(2026, 11, 23), 15, date(2026, 12, 14)),  # received -> in force, BKN 50(1)
        (date(2026, 7, 14), 15, date(2026, 8, 4)),
        (date(2026, 12, 23), 1, date(2026, 12, 28)),  # over cuti bersama, Christmas and a weekend
        (date(2026, 12, 31), 1, date(2027, 1, 4)),  # into the next year
        (date(2026, 11, 21), 1, date(2026, 11, 23)),  # from a Saturday
        (date(2026, 11, 21), 0, date(2026, 11, 21)),
        (date(2026, 1, 1), 480, date(2027, 12, 29)),
    ],
)
def test_deadline_after_a_day_does_not_count_that_day(start, days, expected):
    """PP 94/2021 and Peraturan BKN 6/2022, rulebook D-7."""
    assert CALENDAR.hk_setelah(start, days) == expected


@pytest.mark.parametrize(
    ("end", "days", "expected"),
    [
        (date(2026, 11, 30), 7, date(2026, 11, 19)),  # examination -> Panggilan I, art. 26(2)
        (date(2027, 1, 4), 1, date(2026, 12, 31)),
        (date(2026, 11, 22), 1, date(2026, 11, 20)),  # from a Sunday
        (date(2026, 11, 22), 0, date(2026, 11, 22)),
    ],
)
def test_deadline_before_a_day_does_not_count_that_day(end, days, expected):
    assert CALENDAR.hk_sebelum(end, days) == expected


@pytest.mark.parametrize("n", [1, 2, 17, 300, 900])
def test_counting_back_undoes_counting_on_from_a_working_day(n):
    start = date(2025, 6, 2)
    end = CALENDAR.hk_setelah(start, n)
    assert CALENDAR.hk_sebelum(end, n) == start
    assert CALENDAR.jumlah_hk(start, end) == n + 1


def test_a_span_that_ends_before_it_begins_has_no_days():
    assert CALENDAR.jumlah_hk(date(2026, 3, 27), date(2026, 3, 16)) == 0


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 11, 20), None),
        (date(2026, 11, 21), "Sabtu"),
        (date(2026, 11, 22), "Minggu"),
        (date(2026, 8, 17), "Hari Kemerdekaan Republik Indonesia"),
        (date(2026, 3, 18), "Cuti Bersama Hari Suci Nyepi"),
        (date(2027, 3, 10), "Hari Raya Idul Fitri (perkiraan)"),
    ],
)
def test_a_free_day_has_a_name(day, name):
    assert CALENDAR.name_of(day) == name
    assert CALENDAR.is_working_day(day) is (name is None)


def test_the_years_2026_eight_cuti_bersama_are_those_of_the_keppres():
    days = [h.tanggal for h in CALENDAR.holidays(2026).values() if h.jenis == "cuti bersama"]
    expected = [(2, 16), (3, 18), (3, 20), (3, 23), (3, 24), (5, 15), (5, 28), (12, 24)]
    assert sorted((d.month, d.day) for d in days) == expected


@pytest.mark.parametrize(("year", "tentative"), [(2026, False), (2027, True), (2029, True)])
def test_a_year_with_unsettled_dates_says_so(year, tentative):
    assert CALENDAR.is_tentative(year) is tentative


@pytest.mark.parametrize(
    "ask",
    [
        lambda: CALENDAR.is_working_day(date(2001, 5, 1)),
        lambda: CALENDAR.hk_setelah(date(2100, 12, 31), 1),
        lambda: CALENDAR.hk_setelah(date(2026, 1, 1), 10**9),
        lambda: CALENDAR.hk_sebelum(date(2002, 1, 3), 5),
        lambda: CALENDAR.jumlah_hk(date(1990, 1, 1), date(2026, 1, 1)),
    ],
)
def test_a_year_outside_the_seed_is_refused(ask):
    with pytest.raises(YearUnknown, match="tahun 2002 sampai 2100"):
        ask()


def test_a_negative_number_of_days_is_refused():
    with pytest.raises(CountNegative):
        CALENDAR.hk_setelah(date(2026, 1, 5), -1)
    with pytest.raises(CountNegative):
        CALENDAR.hk_sebelum(date(2026, 1, 5), -1)


def test_the_offices_own_table_takes_the_seeds_place():
    local = Holiday(date(2026, 11, 23), "Hari jadi kabupaten", "libur lokal")
    calendar = WorkingDays(lambda year: {local.tanggal: local} if year == 2026 else {})

    assert calendar.hk_setelah(date(2026, 11, 20), 1) == date(2026, 11, 24)
    assert calendar.name_of(local.tanggal) == "Hari jadi kabupaten"
    assert calendar.is_working_day(date(2026, 8, 17))


def test_a_year_is_counted_anew_when_its_free_days_are_others():
    free = {"days": {}}
    calendar = WorkingDays(lambda year: free["days"])
    assert calendar.hk_setelah(date(2026, 11, 23), 1) == date(2026, 11, 24)

    free["days"] = {date(2026, 11, 24): Holiday(date(2026, 11, 24), "Pilkada", "libur lokal")}

    assert calendar.hk_setelah(date(2026, 11, 23), 1) == date(2026, 11, 25)
