"""What a server counts as it works. All processes of one server count together, in files of a folder that they share."""

import os
from contextlib import suppress
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, values
from prometheus_client.multiprocess import MultiProcessCollector

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Meters:
    """The counters of this process; `folder` is None where it is the only one."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        if folder is not None:
            # The library chooses how it counts when it is imported, before anybody knows the folder.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
            values.ValueClass = values.MultiProcessValue()
        self._own = CollectorRegistry()
        self._requests = Counter(
            "tatalaksana_requests",
            "Requests, by method, route and status.",
            ["method", "route", "status"],
            registry=self._own,
        )
        self._seconds = Histogram(
            "tatalaksana_request_seconds",
            "How long answers took, by method and route.",
            ["method", "route"],
            buckets=BUCKETS,
            registry=self._own,
        )
        self._steps = Counter("tatalaksana_steps", "Steps that were written.", registry=self._own)
        self._clashes = Counter(
            "tatalaksana_clashes",
            "Steps that were prepared again, because somebody else was quicker.",
            registry=self._own,
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        with suppress(OSError):  # a full disk loses a figure, not an answer
            self._requests.labels(method, route, str(status)).inc()
            self._seconds.labels(method, route).observe(seconds)

    def step(self, clashes: int) -> None:
        self._steps.inc()
        if clashes:
            self._clashes.inc(clashes)

    def registry(self) -> CollectorRegistry:
        """What all processes have counted."""
        if self._folder is None:
            return self._own
        together = CollectorRegistry()
        MultiProcessCollector(together, str(self._folder))
        return together
