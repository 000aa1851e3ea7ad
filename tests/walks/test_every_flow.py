"""Procedures are walked until each of their flows was taken, every task by whom its lane names, each form filled with what it
demands.

Those where it matters what is filled in have a walk file beside `test_walks`, which says it.
"""

from typing import Any

import pytest

from server import bpmn, errors
from server.bpmn import model
from tests.walks.conftest import ROOT, Office
from tests.walks.filling import filled
from tests.walks.test_walks import WALKS, own

PROCESSES = {
    process.id: process
    for path in sorted(ROOT.glob("bpmn/**/*.bpmn"))
    for process in bpmn.read(path.read_bytes()).executable
}
GENERATED = sorted(set(PROCESSES) - {process for procedure in WALKS for process in own(procedure)})
MOST_WALKS, MOST_STEPS = 20, 100


class Walker:
    """Goes through cases of one procedure; at a decision it takes the shortest way to a flow that was not taken yet."""

    def __init__(self, office: Office, process: model.Process) -> None:
        self.office, self.process = office, process
        self.taken: set[str] = set()

    def flows_left(self) -> set[str]:
        return set(self.process.flows) - self.taken

    def walk(self) -> None:
        """One case from its start to its end."""
        start = self.process.start
        assert start is not None
        case = self.office.start(self.process.id, self.holder(start))
        self.take_on(start)
        for _ in range(MOST_STEPS):
            open_tasks = self.office.open_tasks(case)
            if not open_tasks:
                break
            self.do(case, open_tasks[0])
        assert self.office.state(case) == "COMPLETED"
        targets = {self.process.flows[flow].target for flow in self.taken}
        assert set(self.office.passed(case)) - {start.id} <= targets

    def do(self, case: int, task: Any) -> None:
        """Completes a task as the person whom its lane names."""
        node = self.process.nodes[task.element_id]
        username = task.assignee or self.holder(node)
        gateway = self.decision_after(node)
        if gateway:
            self.decide(case, task, username, gateway)
        else:
            self.office.answer(task, username, self.filled(case, task))
        self.take_on(node)

    def decide(self, case: int, task: Any, username: str, gateway: model.Gateway) -> None:
        """Completes a task that decides; its form demands an answer."""
        with pytest.raises(errors.Invalid):
            self.office.answer(task, username, {})
        flow = min(self.process.outgoing(gateway.id), key=self.distance)
        self.office.answer(task, username, self.filled(case, task, dict([answer(flow)])))
        assert {gateway.id, flow.target} <= set(self.office.passed(case))
        self.take(flow)

    def filled(self, case: int, task: Any, chosen: dict[str, Any] | None = None) -> dict[str, Any]:
        """What the task's form demands."""
        form, environment = self.office.form(case, task.element_id), self.office.house.engine.environment
        return filled(form, self.office.variables(case), environment, chosen or {}) if form else chosen or {}

    def take_on(self, node: model.Node) -> None:
        """What a token does behind a node until a person or a decision stops it."""
        for flow in self.process.outgoing(node.id):
            self.take(flow)

    def take(self, flow: model.Flow) -> None:
        self.taken.add(flow.id)
        target = self.process.nodes[flow.target]
        if not isinstance(target, model.UserTask) and not self.is_decision(target):
            self.take_on(target)

    def distance(self, flow: model.Flow) -> int:
        """How many flows on, this one counted as none, the next one lies that was not taken, or else the end."""
        wanted = self.flows_left() or {
            one.id for one in self.process.flows.values() if not self.process.outgoing(one.target)
        }
        seen, reached = {flow.id}, [flow]
        for steps in range(len(self.process.flows)):
            if wanted & seen:
                return steps
            reached = [on for one in reached for on in self.process.outgoing(one.target) if on.id not in seen]
            seen |= {one.id for one in reached}
        return len(self.process.flows)

    def decision_after(self, node: model.Node) -> model.Gateway | None:
        (flow,) = self.process.outgoing(node.id)
        target = self.process.nodes[flow.target]
        return target if isinstance(target, model.Gateway) and self.is_decision(target) else None

    def is_decision(self, node: model.Node) -> bool:
        return isinstance(node, model.Gateway) and node.kind is model.GatewayKind.EXCLUSIVE

    def holder(self, node: model.Node) -> str:
        """The demo person who gets the node's lane: who holds its role, or the insider who records for an outsider."""
        roles = self.office.house.engine.roles
        role = roles[self.process.lanes_of(node.id)[0].role or ""]
        receiver = roles[role.wakil] if role.wakil else role
        group = roles.group(receiver.id, self.process.properties["bidang"])
        return group.replace("@", "_").replace("-", "_")


def answer(flow: model.Flow) -> tuple[str, str]:
    """The variable and the text that a flow's condition compares."""
    assert flow.condition is not None
    name, _, text = flow.condition.text.partition(" = ")
    return name, text.strip('"')


@pytest.mark.parametrize("process", [PROCESSES[name] for name in GENERATED], ids=GENERATED)
def test_every_flow_is_taken_by_the_people_of_its_lanes(one_office: Office, process: model.Process) -> None:
    walker = Walker(one_office, process)
    for _ in range(MOST_WALKS):
        walker.walk()
        if not walker.flows_left():
            break
    assert walker.flows_left() == set()
