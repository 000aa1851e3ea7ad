"""Procedures are walked through the REST API until each of their flows was taken, every task by whom its lane names, each form
filled with what it demands.

Those where it matters what is filled in have a walk file beside `test_walks`, which says it. Where SOP_BOOK names the folder
of the office's book, each task is compared with its row there; else with the diagram.
"""

import os
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from server import bpmn, errors, forms
from server.bpmn import model
from server.db import load_json
from tests.walks.conftest import ROOT, Office
from tests.walks.filling import filled
from tests.walks.test_walks import WALKS, own

PROCESSES = {
    process.id: process
    for path in sorted(ROOT.glob("bpmn/**/*.bpmn"))
    for process in bpmn.read(path.read_bytes()).executable
}
GENERATED = sorted(set(PROCESSES) - {process for procedure in WALKS for process in own(procedure)})
BOOK_FILES = {
    path.stem.replace("-", "_"): path for path in Path(os.environ.get("SOP_BOOK", "/-")).glob("*/*.yaml")
}
REPORTED_MEANWHILE = {"alur_usulan_berubah"}
"""Flows on which a case goes for what other cases have done: test_population has these."""
MOST_WALKS, MOST_STEPS = 20, 100
STRANGERS = ("petugas_kebersihan", "staf_keuangan")


class Walker:
    """Goes through cases of one procedure; at a decision it takes the shortest way to a flow that was not taken yet."""

    def __init__(self, office: Office, process: model.Process) -> None:
        self.office, self.process = office, process
        self.taken: set[str] = set()
        """In the cases that are over, as the API tells."""
        self.path: set[str] = set()
        """In the case that is under way, as the diagram tells."""

    def flows_left(self) -> set[str]:
        return set(self.process.flows) - self.taken - self.path - REPORTED_MEANWHILE

    def walk(self) -> None:
        """One case from its start to its end."""
        start = self.process.start
        assert start is not None
        starter = self.holder(start)
        case = self.office.start(self.process.id, starter)
        self.path = set()
        self.take_on(start)
        for _ in range(MOST_STEPS):
            open_tasks = self.office.open_tasks(case)
            if not open_tasks:
                break
            self.do(case, open_tasks[0])
        assert self.office.ask(starter, "GET", f"process-instances/{case}")["state"] == "COMPLETED"
        flows = self.office.ask(starter, "GET", f"process-instances/{case}/sequence-flows")["items"]
        taken = {flow["elementId"] for flow in flows}
        assert taken == self.path
        self.taken |= taken

    def do(self, case: int, task: Any) -> None:
        """Completes a task as the person whom its lane names; nobody else may."""
        node = self.process.nodes[task.element_id]
        assert isinstance(node, model.UserTask)
        username = task.assignee or self.holder(node)
        (seen,) = self.office.found(
            username, "user-tasks", userTaskKey=str(task.key), state="CREATED", processInstanceKey=str(case)
        )
        self.compare(node, seen)
        stranger = next(one for one in STRANGERS if one != username)
        assert self.office.call(stranger, "POST", f"user-tasks/{task.key}/completion").status_code in (
            403,
            404,
        )
        gateway = self.decision_after(node)
        if gateway:
            self.decide(case, task, username, gateway)
        else:
            self.office.answer(task, username, self.filled(task, username))
        self.take_on(node)

    def compare(self, node: model.UserTask, seen: dict[str, Any]) -> None:
        """Whether the task is what its row says: the book's, where the book is at hand, else the diagram's."""
        row, role = said(self.process, node)
        if row["nama"]:
            assert seen["name"] == row["nama"]
        assert role in row["roles"]
        created = datetime.fromisoformat(seen["creationDate"])
        calendar, bidang = self.office.house.engine.calendar, self.process.properties["bidang"]
        due = calendar.due(created, row["waktu"], bidang) if row["waktu"] else None
        assert (seen["dueDate"] is None) == (due is None)
        assert due is None or abs(datetime.fromisoformat(seen["dueDate"]) - due) < timedelta(seconds=2)

    def decide(self, case: int, task: Any, username: str, gateway: model.Gateway) -> None:
        """Completes a task that decides; its form demands an answer."""
        with pytest.raises(errors.Invalid):
            self.office.answer(task, username, {})
        flow = min(self.process.outgoing(gateway.id), key=self.distance)
        self.office.answer(task, username, self.filled(task, username, dict([answer(flow)])))
        assert {gateway.id, flow.target} <= set(self.office.passed(case))
        self.take(flow)

    def filled(self, task: Any, username: str, chosen: dict[str, Any] | None = None) -> dict[str, Any]:
        """What the task's form demands, as the API gives both the form and what the task sees."""
        shown = self.office.ask(username, "GET", f"user-tasks/{task.key}/form")
        if shown is None:
            return chosen or {}
        environment = self.office.house.engine.environment
        form = forms.read(load_json(shown["schema"]), self.office.house.engine.functions)
        seen = self.office.ask(
            username,
            "POST",
            f"user-tasks/{task.key}/effective-variables/search?truncateValues=false",
            {"page": {"limit": 500}},
        )
        variables = {each["name"]: load_json(each["value"]) for each in seen["items"]}
        return filled(form, variables, environment, chosen or {})

    def take_on(self, node: model.Node) -> None:
        """What a token does behind a node until a person or a decision stops it."""
        for flow in self.process.outgoing(node.id):
            self.take(flow)

    def take(self, flow: model.Flow) -> None:
        self.path.add(flow.id)
        target = self.process.nodes[flow.target]
        if isinstance(target, model.Gateway) and self.is_reckoned(target):
            self.take(next(one for one in self.process.outgoing(target.id) if one.condition is None))
        elif not isinstance(target, model.UserTask) and not self.is_decision(target):
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

    def is_reckoned(self, node: model.Gateway) -> bool:
        """Whether it asks a table, and no person right before it; then the case goes on as if nothing had changed."""
        before = [self.process.nodes[one.source] for one in self.process.incoming(node.id)]
        return self.is_decision(node) and not any(isinstance(one, model.UserTask) for one in before)

    def holder(self, node: model.Node) -> str:
        """The demo person who gets the node's lane: who holds its role, or the insider who records for an outsider."""
        roles = self.office.house.engine.roles
        role = roles[self.process.lanes_of(node.id)[0].role or ""]
        receiver = roles[role.wakil] if role.wakil else role
        group = roles.group(receiver.id, self.process.properties["bidang"])
        return group.replace("@", "_").replace("-", "_")


def said(process: model.Process, node: model.UserTask) -> tuple[dict[str, Any], str | None]:
    """The name, roles and standard time of a task's row, and the role of its lane."""
    role = process.lanes_of(node.id)[0].role
    number, path = node.mutu_baku.langkah, BOOK_FILES.get(process.id)
    if path is None or number is None:
        return {"nama": node.name, "roles": {role}, "waktu": node.mutu_baku.waktu}, role
    (step,) = (one for one in book(path)["steps"] if str(one["nomor"]) == number)
    own = node.id == f"langkah_{number}"
    roles = {step["role"]} if own else {step["role"], *step.get("dengan", ())}
    return {"nama": step["nama"] if own else None, "roles": roles, "waktu": step["waktu"]["iso"]}, role


@cache
def book(path: Path) -> dict[str, Any]:
    procedure: dict[str, Any] = yaml.safe_load(path.read_text())
    return procedure


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
