"""`/metrics`, as Prometheus reads it: what the server's processes counted, and what stands in the database just now.

No figure names a person, a case or a procedure. Only this machine may read them, or who has the token.
"""

import hmac
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from typing import Final

from flask import Flask, Response, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from server import errors
from server.engine import Engine, backlog, workers
from server.gate import Gate
from server.health.meters import Meters
from server.notify import mailing

FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")
"""What a proxy adds: then the address on this machine is the proxy's, unless the proxy is trusted."""


class NotForYou(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__("Angka pemantauan hanya untuk mesin ini, atau untuk yang membawa METRICS_TOKEN.")


def add_route(app: Flask, gate: Gate, engine: Engine, meters: Meters, token: str) -> None:
    """`token` is empty where only this machine may read."""

    @app.get("/metrics")
    def metrics() -> Response:
        """The figures."""
        if not (_is_local() or _has_token(token)):
            raise NotForYou
        found = CollectorRegistry()
        found.register(_Standing(gate, engine))
        text = generate_latest(meters.registry()) + generate_latest(found)
        return Response(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _is_local() -> bool:
    trusted = "werkzeug.proxy_fix.orig" in request.environ
    if not trusted and any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _has_token(token: str) -> bool:
    header = request.authorization
    given = header.token if header is not None and header.type == "bearer" else None
    return bool(token) and hmac.compare_digest((given or "").encode(), token.encode())


class _Standing(Collector):
    """What the database says, asked anew at each reading: the same answer whichever process gives it."""

    def __init__(self, gate: Gate, engine: Engine) -> None:
        self._gate = gate
        self._engine = engine

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        try:
            waiting = self._gate.ask(lambda connection: backlog.count(self._engine, connection))
            known = self._gate.ask(lambda connection: workers.seen(self._engine, connection))
            mails = self._gate.ask(mailing.queue)
        except errors.Unavailable:
            yield _gauge("database_up", "Whether the database answers.", 0)
            return
        yield _gauge("database_up", "Whether the database answers.", 1)
        yield from self._waiting(waiting)
        yield from self._mails(mails)
        yield from self._workers(known)

    def _waiting(self, waiting: backlog.Backlog) -> Iterator[Metric]:
        now = self._engine.clock.now()
        yield _gauge("open_tasks", "User tasks that wait for a person.", waiting.open_tasks)
        yield _gauge("open_incidents", "Incidents that wait for a person.", waiting.open_incidents)
        for word, queue in (("job", waiting.jobs), ("timer", waiting.timers)):
            age = 0.0 if queue.oldest is None else (now - queue.oldest).total_seconds()
            yield _gauge(f"due_{word}s", f"{word.title()}s that are due and wait for a worker.", queue.due)
            yield _gauge(f"oldest_due_{word}_seconds", f"How long the oldest due {word} has waited.", age)

    def _mails(self, mails: mailing.Queue) -> Iterator[Metric]:
        age = 0.0 if mails.oldest is None else (self._engine.clock.now() - mails.oldest).total_seconds()
        yield _gauge("waiting_mails", "Mails that are to be sent.", mails.waiting)
        yield _gauge("oldest_waiting_mail_seconds", "How long the oldest mail has waited.", age)
        yield _gauge("failed_mails", "Mails that were given up.", mails.failed)

    def _workers(self, known: Iterable[workers.Seen]) -> Iterator[Metric]:
        now = self._engine.clock.now()
        seen = GaugeMetricFamily(
            "tatalaksana_worker_last_seen_seconds", "How long ago a worker was last seen.", labels=["worker"]
        )
        work = CounterMetricFamily(
            "tatalaksana_work", "What a worker has done since it began.", labels=["worker", "what"]
        )
        for each in known:
            seen.add_metric([each.name], (now - each.seen_at).total_seconds())
            for what, count in each.counts.items():
                work.add_metric([each.name, what], count)
        yield seen
        yield work


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(f"tatalaksana_{name}", told, value)
