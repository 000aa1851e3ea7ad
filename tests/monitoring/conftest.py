"""An office whose cases are done by the clock, so that every figure can be counted by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from server import engine as verbs
from server.identity import Actor, Permission
from server.monitoring import Asked, Period
from tests.diagrams import diagram, end, exclusive, extensions, flow, lane, lanes, path, props, start, user
from tests.engine.conftest import ANYBODY, Office, office, person  # noqa: F401

WIB = ZoneInfo("Asia/Jakarta")
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
HEAD = person("kadis", may=(Permission.SEE_ALL, Permission.ASSIGN))
UMPEG = replace(person("kasubag", may=(Permission.SEE_BIDANG,)), sees=frozenset({"umum-kepegawaian"}))
CAPIL = replace(person("kabid", may=(Permission.SEE_BIDANG,)), sees=frozenset({"pencatatan-sipil"}))
STAFF = person("staf")
DESK = person(ANYBODY.username, "staf_umpeg", may=tuple(Permission))
"""Who does the tasks."""


def steps(*times: str, id: str = "proses", **properties: str) -> bytes:
    """A procedure of steps one after the other, each with its standard time; the first of them is `langkah_1`."""
    names = [f"langkah_{n}" for n in range(1, len(times) + 1)]
    told = {"bidang": "umum-kepegawaian", **properties}
    return diagram(
        extensions(props(told)),
        lanes(lane("Staf", "staf_umpeg", " ".join(("start", *names, "end")))),
        start(),
        *(
            user(name, properties={"langkah": str(n), "waktu": time})
            for n, (name, time) in enumerate(zip(names, times, strict=True), 1)
        ),
        end(name="Selesai dengan baik"),
        path(" ".join(("start", *names, "end"))),
        id=id,
        name=id.title(),
    )


REWORKED = diagram(
    extensions(props({"bidang": "umum-kepegawaian"})),
    lanes(lane("Staf", "staf_umpeg", "start tulis periksa putusan end")),
    start(),
    user("tulis", properties={"langkah": "1", "waktu": "PT1H"}),
    user("periksa", form="periksa", properties={"langkah": "2", "waktu": "PT30M"}),
    exclusive("putusan", default="putusan_end"),
    end(),
    path("start tulis periksa putusan"),
    flow("putusan", "tulis", "=not(setuju)"),
    flow("putusan", "end"),
)


def at(office: Office, day: int, hour: int, minute: int = 0, month: int = 3) -> None:  # noqa: F811
    """Sets the clock, in the office's zone."""
    office.now = datetime(2026, month, day, hour, minute, tzinfo=WIB).astimezone(UTC)


def claim(office: Office, case: int, element: str) -> None:  # noqa: F811
    task = office.task(case, element)
    office.do(lambda c: verbs.assign(office.engine, c, DESK, task.key, DESK.username))


def done(office: Office, case: int, element: str, **values: object) -> None:  # noqa: F811
    office.complete(case, element, DESK, **values)


def ask(office: Office, question: Callable[..., Any], actor: Actor = HEAD, **asked: Any) -> Any:  # noqa: F811
    about = Asked(**{"period": MARCH, **asked})
    return office.gate.ask(lambda c: question(office.engine, c, actor, about))
