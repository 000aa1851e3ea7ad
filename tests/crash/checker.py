"""Reads a database after the storm: what was acknowledged is there once, and no case is half a step further than another table says."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from server.db import load_json, read
from server.engine import tables
from server.engine.step import INSTANCE_COLUMNS, Step
from tests.crash.clients import Completion
from tests.live import Office


@dataclass
class Findings:
    """All rows of a database, by case."""

    instances: dict[int, Any]
    tasks: dict[int, list[Row[Any]]]
    jobs: dict[int, list[Row[Any]]]
    elements: dict[int, list[Row[Any]]]
    variables: dict[int, dict[str, Any]]
    history: dict[int, list[Row[Any]]]
    """In the order in which it happened; the keys of several processes do not tell it."""
    values: dict[int, Any]
    """What was sent, by the key of its history row."""
    live: dict[int, set[int]] = field(default_factory=dict)
    """The element instances under way, as the case's tokens say."""


def find(office: Office) -> Findings:
    with read(office.house.gate.database) as connection:
        rows = connection.execute(select(*INSTANCE_COLUMNS)).all()
        found = Findings(
            instances={row.process_instance_key: row for row in rows},
            tasks=_by_case(connection, tables.UserTask),
            jobs=_by_case(connection, tables.Job),
            elements=_by_case(connection, tables.ElementInstance),
            variables={
                case: {row.name: load_json(row.value) for row in rows}
                for case, rows in _by_case(connection, tables.Variable).items()
            },
            history=_by_case(connection, tables.History, "at", "key"),
            values={
                row.history_key: load_json(row.values)
                for rows in _by_case(connection, tables.HistoryValues).values()
                for row in rows
            },
        )
        for case, row in found.instances.items():
            running = Step(office.house.engine, connection, "pemeriksa").load(row)
            found.live[case] = {key for key, _, _ in running.tokens.live()}
    return found


def _by_case(connection: Connection, table: Any, *order: str) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(
        select(table.__table__).order_by(*(getattr(table, name) for name in order))
    ):
        found[row.process_instance_key].append(row)
    return found


def check(found: Findings, completions: Iterable[Completion], started: Iterable[int]) -> None:
    """Raises AssertionError where something is lost, done twice, or half done."""
    _check_acknowledged(found, completions)
    assert set(started) <= set(found.instances)
    for case in found.instances:
        _check_tasks_agree_with_history(found, case)
        _check_tokens_agree_with_rows(found, case)
        _check_each_step_led_to_one_next(found.elements[case])
        _check_variables_are_the_last_answers(found, case)
        _check_version_counts_the_steps(found, case)


def _check_acknowledged(found: Findings, completions: Iterable[Completion]) -> None:
    tasks = {task.key: task for tasks in found.tasks.values() for task in tasks}
    sent = {
        row.subject_key: found.values[row.key]
        for rows in found.history.values()
        for row in rows
        if row.digest
    }
    for each in completions:
        task = tasks[each.task]
        assert (task.state, task.ended_by) == ("COMPLETED", each.username)
        assert sent[each.task] == each.answer


def _check_tasks_agree_with_history(found: Findings, case: int) -> None:
    done = [task.key for task in found.tasks[case] if task.state == "COMPLETED"]
    told = [row.subject_key for row in found.history[case] if row.event == "TASK_COMPLETED"]
    assert sorted(told) == sorted(done)
    ended = {row.key for row in found.elements[case] if row.state == "COMPLETED"}
    assert {task.element_instance_key for task in found.tasks[case] if task.state == "COMPLETED"} <= ended


def _check_tokens_agree_with_rows(found: Findings, case: int) -> None:
    active = {row.key for row in found.elements[case] if row.state == "ACTIVE"}
    open_tasks = [row.element_instance_key for row in found.tasks[case] if row.state == "CREATED"]
    open_jobs = [row.element_instance_key for row in found.jobs[case] if row.state == "CREATED"]
    assert found.live[case] == active
    assert sorted(open_tasks + open_jobs) == sorted(active)
    assert (found.instances[case].case_state == "COMPLETED") == (not active)


NEXT = {
    "mulai": ["isi"],
    "kirim": ["bagi"],
    "bagi": ["kiri", "kanan"],
    "gabung": ["tutup"],
    "tutup": ["selesai"],
    "isi": ["putusan"],
}
"""Where each element of `badai` leads, save the gateway that chooses."""


def _check_each_step_led_to_one_next(elements: list[Row[Any]]) -> None:
    if not any(row.element_id == "isi" for row in elements):
        return
    ended = Counter(row.element_id for row in elements if row.state == "COMPLETED")
    came = Counter((row.source_id, row.element_id) for row in elements)
    for element, following in NEXT.items():
        assert [came[element, one] for one in following] == [ended[element]] * len(following)
    assert came["putusan", "isi"] + came["putusan", "kirim"] == ended["putusan"]
    assert ended["gabung"] == (ended["kiri"] and ended["kanan"])


def _check_variables_are_the_last_answers(found: Findings, case: int) -> None:
    expected: dict[str, Any] = {}
    for row in found.history[case]:
        expected |= found.values.get(row.key) or {}
    kept = {name: value for name, value in found.variables.get(case, {}).items() if name != "terkirim"}
    assert kept == expected


def _check_version_counts_the_steps(found: Findings, case: int) -> None:
    told = Counter(row.event for row in found.history[case])
    assert found.instances[case].version == sum(
        told[event] for event in ("STARTED", "TASK_COMPLETED", "JOB_COMPLETED")
    )


def states(found: Findings) -> Counter[str]:
    return Counter(str(row.case_state) for row in found.instances.values())
