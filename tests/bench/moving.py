"""A thousand running cases moved to another version of their procedure, each in a step of its own."""

import time
from dataclasses import dataclass
from typing import Final

from server import engine as verbs
from server.engine import migration, trial
from server.identity import Actor, Permission
from tests.bench.procedure import LEAVE, Cases

COUNT: Final = 1_000
OWNER: Final = Actor("pemilik", "Pemilik", frozenset(), frozenset(Permission))
OLD: Final = LEAVE.replace(b'id="cuti"', b'id="pindah"')
NEW: Final = OLD.replace(b"memeriksa permohonan", b"memeriksa permohonan dan lampirannya")


@dataclass(frozen=True)
class Moving:
    """Seconds in which all cases were moved, and in which the plan was made."""

    plan_s: float
    moved_s: float


def measure(cases: Cases) -> Moving:
    gate, engine = cases.office.house.gate, cases.office.house.engine
    old = _publish(cases, OLD)
    for _ in range(COUNT):
        cases.start("pindah")
    new = _publish(cases, NEW)
    began = time.perf_counter()
    plan = gate.ask(lambda c: migration.plan(engine, c, OWNER, old, new, {}))
    planned = time.perf_counter()
    for case in gate.ask(lambda c: migration.running_cases(engine, c, OWNER, old)):
        gate.do(lambda c, case=case: migration.migrate(engine, c, OWNER, case, new, {}))  # type: ignore[misc]
    moved = time.perf_counter()
    left = gate.ask(lambda c: migration.running_cases(engine, c, OWNER, old))
    if plan.cases != COUNT or left:
        raise RuntimeError(f"{plan.cases} cases were to be moved, {len(left)} stayed")
    return Moving(planned - began, moved - planned)


def _publish(cases: Cases, body: bytes) -> int:
    """The key of the version."""
    house = cases.office.house
    deployed = house.gate.do(
        lambda c: verbs.deploy(house.engine, c, OWNER, {"bpmn/pindah.bpmn": body}, trial.examine)
    )
    return deployed.definitions[0].key
