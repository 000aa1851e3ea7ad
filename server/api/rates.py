"""How often one caller, and one address, may ask this server process something: a bucket for each, filled as time goes by.

The buckets lie in the process's memory, so that no request waits for the database because of them. A caller may therefore
ask as often as is said here times the number of processes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from math import ceil
from threading import Lock
from time import monotonic  # a stopwatch, not a reading of the day
from typing import Any, Final

from server.api.problems import Refusal

SPAN: Final = 60.0
"""Seconds in which an empty bucket is full again."""
SAME_ADDRESS: Final = 10
"""An office's people share an address: so many callers' worth of requests come from one."""
MOST_BUCKETS: Final = 20_000


class TooManyRequests(Refusal):
    """Asked too often; `seconds` says when there is room again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            HTTPStatus.TOO_MANY_REQUESTS,
            f"Terlalu banyak permintaan dalam waktu singkat. Coba lagi dalam {seconds} detik.",
        )
        self.seconds = seconds

    def get_headers(self, *args: Any, **kwargs: Any) -> list[tuple[str, str]]:
        return [*super().get_headers(*args, **kwargs), ("Retry-After", str(self.seconds))]


@dataclass
class Rates:
    """`limit`: requests a minute of one caller; 0: as many as they like."""

    limit: int = 0
    stopwatch: Callable[[], float] = monotonic
    _buckets: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    """What is left in each, and when that was so."""
    _lock: Lock = field(default_factory=Lock)

    def admit_address(self, address: str) -> None:
        """Counts a request from an address, whoever sends it. Raises TooManyRequests."""
        self._take("address", address, self.limit * SAME_ADDRESS)

    def admit_caller(self, username: str) -> None:
        """Counts a request of a caller. Raises TooManyRequests."""
        self._take("caller", username, self.limit)

    def _take(self, kind: str, who: str, limit: int) -> None:
        if not limit:
            return
        now = self.stopwatch()
        with self._lock:
            left, since = self._buckets.get((kind, who), (limit, now))
            left = min(limit, left + (now - since) * limit / SPAN)
            if left < 1:
                raise TooManyRequests(ceil((1 - left) * SPAN / limit))
            if len(self._buckets) >= MOST_BUCKETS:
                self._forget(now)
            self._buckets[kind, who] = left - 1, now

    def _forget(self, now: float) -> None:
        """Drops the buckets that are full again; all of them where none is."""
        self._buckets = {key: each for key, each in self._buckets.items() if now - each[1] < SPAN}
        if len(self._buckets) >= MOST_BUCKETS:
            self._buckets.clear()
