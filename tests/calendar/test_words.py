"""Working time in words."""

import pytest

from server.calendar import words

HOUR, DAY = 3600, 27_000


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 menit"),
        (35 * 60, "35 menit"),
        (3 * HOUR + 1200, "3 jam 20 menit"),
        (DAY, "1 hari"),
        (DAY + 10, "1 hari 1 menit"),
        (DAY + 1200, "1 hari 20 menit"),
        (2 * DAY + 3 * HOUR + 600, "2 hari 3 jam"),
        (1234 * DAY + 600, "1.234 hari"),
    ],
)
def test_what_is_over_a_day_is_seen_to_be(seconds: int, said: str) -> None:
    assert words.spent(seconds) == said
