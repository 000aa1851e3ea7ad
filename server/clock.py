"""The only reader of time: now as an aware instant, today as the office's day."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def system_now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


class Clock:
    """Time as the office sees it. Tests give `now` a function of their own."""

    def __init__(self, zone: str = "Asia/Jakarta", now: Callable[[], datetime] = system_now) -> None:
        self.zone = ZoneInfo(zone)
        self._now = now

    def now(self) -> datetime:
        """The present instant, aware, in the office's zone."""
        return self._now().astimezone(self.zone)

    def today(self) -> date:
        """The office's present day."""
        return self.now().date()
