"""The office's calendar, kept at the machine itself."""

import pytest
from click.testing import CliRunner

from server import migrations
from server.app import House
from server.calendar import InvalidHours
from server.cli import calendar, main
from server.db import Base


@pytest.fixture
def installed(bare_database_url: str, monkeypatch: pytest.MonkeyPatch, house: House) -> CliRunner:
    """A terminal at an installation whose database stands."""
    Base.metadata.drop_all(house.gate.database)
    migrations.upgrade(house.gate.database)
    monkeypatch.setenv("DATABASE_URL", bare_database_url)
    return CliRunner()


def test_the_calendar_is_kept_from_the_terminal(installed: CliRunner) -> None:
    for arguments, told in (
        ("add 2026-11-24 Pilkada --dasar SK-1", "Tidak ada tenggat yang bergeser"),
        ("move 2026-11-24 2026-11-25", "Dicatat"),
        ("set-hours Ramadan --from 2026-02-18 --to 2026-03-19 --ramadan", "Dicatat"),
        ("set-hours Loket --from 2026-01-01 --unit piak --day sabtu=08:00-12:00", "Dicatat"),
        ("settle 2027 SKB-2027", "Dicatat"),
        ("recount", "Dicatat"),
    ):
        result = installed.invoke(main, ["calendar", *arguments.split()])
        assert (result.exit_code, told in result.output) == (0, True), result.output
    year = installed.invoke(main, ["calendar", "list", "2026"]).output
    assert "2026-11-25  rabu    libur lokal     Pilkada (SK-1)" in year
    hours = installed.invoke(main, ["calendar", "hours"]).output
    assert hours.index("Loket · piak") < hours.index("Ramadan · seluruh kantor")
    assert installed.invoke(main, ["calendar", "remove", "2026-11-25"]).exit_code == 0
    assert installed.invoke(main, ["calendar", "remove-hours", "1"]).exit_code == 0
    assert "libur lokal" not in installed.invoke(main, ["calendar", "list", "2026"]).output


def test_an_expression_at_the_terminal_counts_by_the_offices_calendar(installed: CliRunner) -> None:
    asked = ["feel", 'hk_setelah(@"2026-11-23", 1)']
    assert installed.invoke(main, asked).output == "2026-11-24\n"
    installed.invoke(main, ["calendar", "add", "2026-11-24", "Pilkada"])
    assert installed.invoke(main, asked).output == "2026-11-25\n"


def test_what_is_no_free_day_is_told(installed: CliRunner) -> None:
    result = installed.invoke(main, ["calendar", "remove", "2026-11-24"])
    assert result.exit_code == 1
    assert "tidak tercatat sebagai hari libur" in result.output


def test_hours_without_any_day_are_refused() -> None:
    assert calendar.week_of(("senin=07:30-12:00",), ramadan=False)[0]
    with pytest.raises(InvalidHours):
        calendar.week_of(("senen=07:30-12:00",), ramadan=False)
