"""Paraf dan persetujuan: tasks that only ask for a yes, so that many are done at once.

Such a task has a form that is complete with its signs (checkboxes for a paraf or a signature) ticked and its one decision
answered by the option that approves, or is itself the step of a paraf or signature; nothing else is to be filled in. Each is
completed as if somebody had opened it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from server import errors, forms
from server.db import Change, load_json
from server.engine import references, search, tasks
from server.engine.bundle import Element
from server.engine.engine import Engine
from server.engine.search import INBOX, Item, Query
from server.identity import Actor

APPROVES: Final = frozenset({"setuju", "disetujui", "benar"})
"""Answers that approve; a decision without one of them is not one to be made for many at once."""
SIGNS: Final = ("paraf", "tanda_tangan")
SIGNING: Final = ("paraf", "memaraf", "memparaf", "tanda tangan", "menandatangani", "tandatangani")
MOST: Final = 1000


class NeedsMore(errors.Invalid):
    """A task that is not done by approving alone."""

    def __init__(self, task: Item, why: str) -> None:
        super().__init__(f"Tugas “{task['name']}” harus dibuka: {why}")


@dataclass(frozen=True)
class Approval:
    """What approving a task sends. `answers`: those that are given, by the key of their fields."""

    task: Item
    values: Mapping[str, object]
    answers: Mapping[str, object]


def approval_of(engine: Engine, connection: Connection, actor: Actor, key: int) -> Approval:
    """What approving a task would send. Raises search.Unseen, NeedsMore."""
    task = search.find(engine, connection, actor, INBOX, key)
    element = engine.bundles.get(connection, task["bundle_key"]).elements[task["element_id"]]
    form = engine.bundles.form(connection, element, task["form_key"])
    answers = _answers(element, form)
    if answers is None:
        raise NeedsMore(task, "bukan sekadar paraf atau persetujuan.")
    if any(
        each not in (None, "", [], False) for each in search.draft_of(engine, connection, actor, key).values()
    ):
        raise NeedsMore(task, "sudah ada konsep isiannya.")
    values: Mapping[str, object] = {}
    if form is not None:
        seen = search.task_variables(engine, connection, actor, key, Query(limit=MOST), innermost=True).items
        held = {each["name"]: load_json(each["value"]) for each in seen}
        documents = references.known_to(connection, actor, engine.clock.now())
        values = form.untouched(answers, held, engine.environment)
        try:
            form.check(values, held, engine.environment, documents)
        except forms.Rejected as rejected:
            raise NeedsMore(task, rejected.problems[0].message) from rejected
    return Approval(task, values, answers)


def approve(engine: Engine, connection: Connection, actor: Actor, key: int) -> Change[None]:
    """Completes a task by approving it. Raises as `approval_of` and `tasks.complete` do."""
    state = search.find(engine, connection, actor, search.USER_TASKS, key)["state"]
    values = approval_of(engine, connection, actor, key).values if state == "CREATED" else {}
    return tasks.complete(engine, connection, actor, key, values)


def _answers(element: Element, form: forms.Form | None) -> dict[str, object] | None:
    """The answers that approve, by the key of their fields; None where it is no approval."""
    name = element.name.casefold()
    members = form.fields if form is not None else ()
    fields = [each for each in members if isinstance(each, forms.Field)]
    decided = dict(_decided(fields))
    if None in decided.values():
        return None
    signed = {each.key: True for each in fields if isinstance(each, forms.Checkbox) and _signs(each)}
    if not decided and not signed and not name.startswith(SIGNING):
        return None
    return decided | signed


def _decided(fields: list[forms.Field]) -> Iterator[tuple[str, Any]]:
    """The approving option of each choice that must be made; None for one that has not just one."""
    for each in fields:
        if (
            isinstance(each, forms.Choice)
            and not isinstance(each, forms.Choices)
            and each.required is not False
        ):
            options = each.options.values or ()
            approving = [value for value in options if str(value).casefold() in APPROVES]
            yield each.key, approving[0] if len(approving) == 1 else None


def _signs(field: forms.Checkbox) -> bool:
    return field.path[-1].startswith(SIGNS)
