import pytest

from server.config import from_environment


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("WIB", "Asia/Jakarta"),
        ("wita", "Asia/Makassar"),
        ("WIT", "Asia/Jayapura"),
        ("Asia/Jayapura", "Asia/Jayapura"),
    ],
)
def test_the_zone_is_written_as_the_country_calls_it(written: str, zone: str) -> None:
    assert from_environment({"ZONE": written}).zone == zone
