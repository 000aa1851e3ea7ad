from decimal import Decimal

import pytest

from server import feel
from server.calendar import Calendar, feel_functions

FUNCTIONS = feel_functions(Calendar())


def evaluate(text: str, **variables: object) -> feel.Result:
    return feel.compile(text, functions=FUNCTIONS).evaluate(variables)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('jumlah_hk(@"2026-03-16", @"2026-03-27")', 5),
        ("jumlah_hk(mulai, selesai)", 5),  # ISO text, as a case's variables hold it
        ("jumlah_hk(selesai: selesai, mulai: mulai)", 5),
        ("jumlah_hk(selesai, mulai)", 0),
        ('hk_setelah(@"2026-11-23", 14)', "2026-12-11"),
        ('hk_setelah(@"2026-11-23T10:00:00+07:00", 7)', "2026-12-02"),
        ('hk_setelah("2026-11-23T10:00", 7)', "2026-12-02"),
        ('hk_sebelum(@"2026-11-30", 7)', "2026-11-19"),
        ('hk_setelah(@"2026-11-23", 15) - duration("P1D")', "2026-12-13"),
    ],
)
def test_feel_counts_working_days(text, expected):
    result = evaluate(text, mulai="2026-03-16", selesai="2026-03-27")
    assert (feel.to_json(result.value), result.warnings) == (expected, ())


def test_counted_days_are_numbers_and_counted_dates_dates():
    assert type(evaluate('jumlah_hk("2026-01-01", "2026-01-02")').value) is Decimal
    assert type(evaluate('hk_setelah("2026-01-01", 1)').value) is feel.Date


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("jumlah_hk(null, null)", "dari tanggal, bukan null"),
        ('jumlah_hk("besok", "2026-01-02")', "dari tanggal, bukan besok"),
        ('jumlah_hk(@"12:00:00", "2026-01-02")', "dari tanggal"),
        ('hk_setelah("2026-01-01", 1.5)', "harus bilangan bulat, bukan 1.5"),
        ('hk_setelah("2026-01-01", "1")', "harus bilangan bulat"),
        ('hk_setelah("2026-01-01", -1)', "tidak boleh kurang dari nol"),
        ('hk_setelah("1999-01-01", 1)', "tahun 2002 sampai 2100"),
        ('hk_sebelum("2026-01-01", 10 ** 30)', "harus bilangan bulat"),
    ],
)
def test_what_cannot_be_counted_is_null_with_a_reason(text, why):
    result = evaluate(text)
    assert result.value is None
    assert why in " ".join(warning.message for warning in result.warnings)
