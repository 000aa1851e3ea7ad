"""Trying out a draft of a form: what the server would take of what was filled in, and what it would say. Nothing is kept."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from server import errors, forms
from server.authoring.drafts import check_size, row_of
from server.engine import Engine, references
from server.engine.tables import Kind
from server.identity import Actor


class NoForm(errors.NotFound):
    def __init__(self) -> None:
        super().__init__("Rancangan ini bukan formulir.")


@dataclass(frozen=True)
class Filled:
    """`values` by variable, as a task would keep them; none where there are `problems`. `doubts`: what it would ask about."""

    values: Mapping[str, object]
    problems: tuple[errors.Problem, ...] = ()
    doubts: tuple[errors.Problem, ...] = ()


def fill(
    engine: Engine, connection: Connection, actor: Actor, key: int, body: bytes, values: Mapping[str, object]
) -> Filled:
    """What a form that a draft is about to become takes. Raises UnknownDraft, NoForm, TooLarge, forms.Malformed."""
    if row_of(connection, actor, key).kind != Kind.FORM:
        raise NoForm
    check_size(body)
    form = forms.read(body, engine.functions)
    documents = references.known_to(connection, actor, engine.clock.now())
    try:
        taken = form.check(values, {}, engine.environment, documents)
    except forms.Rejected as fault:
        return Filled({}, fault.problems)
    return Filled(taken, doubts=form.doubts(values, {}, engine.environment))
