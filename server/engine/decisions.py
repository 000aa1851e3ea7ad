"""Evaluating a published decision outside any case. Nothing of it is kept."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import aliased

from server import dmn, errors
from server.db import AnyRow
from server.engine.engine import Engine
from server.engine.tables import Definition, Kind
from server.identity import Actor, Permission


class UnknownDecision(errors.NotFound):
    def __init__(self, decision: str | int) -> None:
        super().__init__(f"Keputusan {decision} belum diterbitkan. Lihat daftar keputusan yang ada.")


def evaluate(
    engine: Engine, connection: Connection, actor: Actor, decision: str | int, values: Mapping[str, object]
) -> dict[str, Any]:
    """What a decision says, by id (its newest version) or by the key of a version, with every decision on the way.

    Where nothing can be said, `failure_message` says why. Raises UnknownDecision, errors.Forbidden.
    """
    if Permission.EVALUATE not in actor.permissions:
        raise errors.Forbidden("Menghitung tabel keputusan hanya untuk petugas yang berwenang.")
    statement = _BY_KEY if isinstance(decision, int) else _NEWEST
    asked = connection.execute(statement, {"decision": decision}).first()
    if asked is None:
        raise UnknownDecision(decision)
    engine.book.refresh(connection)
    definitions = engine.bundles.decisions(connection, asked.resource_key)
    found = dmn.evaluate(definitions, asked.id, values, engine.environment, engine.functions)
    key = engine.keys.draw()[0]
    failed = found.value is None and bool(found.warnings)
    beside = {row.id: row for row in connection.execute(_OF_FILE, {"file": asked.resource_key})}
    return {
        **_described(asked),
        "decision_evaluation_key": key,
        "decision_requirements_key": asked.requirements_key,
        "decision_requirements_id": asked.requirements_id,
        "output": found.value,
        "failed_decision_definition_id": asked.id if failed else None,
        "failure_message": "; ".join(map(str, found.warnings)) if failed else None,
        "evaluated_decisions": [
            _evaluated(f"{key}-{number}", trace, beside.get(trace.id, asked))
            for number, trace in enumerate(found.decisions, start=1)
        ],
    }


def newest(engine: Engine, connection: Connection, decision: str) -> dmn.Definitions:
    """The file of a decision's newest version, for rooms that ask it themselves. Raises UnknownDecision."""
    found = connection.execute(_NEWEST, {"decision": decision}).first()
    if found is None:
        raise UnknownDecision(decision)
    return engine.bundles.decisions(connection, found.resource_key)


def _evaluated(key: str, trace: dmn.DecisionTrace, definition: AnyRow) -> dict[str, Any]:
    return {
        **_described(definition),
        "decision_evaluation_instance_key": key,
        "decision_definition_type": trace.kind,
        "output": trace.value,
        "evaluated_inputs": trace.inputs,
        "matched_rules": trace.rules,
    }


def _described(definition: AnyRow) -> dict[str, Any]:
    return {
        "decision_definition_key": definition.key,
        "decision_definition_id": definition.id,
        "decision_definition_name": definition.name,
        "decision_definition_version": definition.version,
    }


_REQUIREMENTS = aliased(Definition)
_DECISIONS = (
    select(
        Definition.key,
        Definition.id,
        Definition.name,
        Definition.version,
        Definition.resource_key,
        _REQUIREMENTS.key.label("requirements_key"),
        _REQUIREMENTS.id.label("requirements_id"),
    )
    .join(
        _REQUIREMENTS,
        (_REQUIREMENTS.kind == Kind.REQUIREMENTS) & (_REQUIREMENTS.resource_key == Definition.resource_key),
    )
    .where(Definition.kind == Kind.DECISION)
)
_BY_KEY = _DECISIONS.where(Definition.key == bindparam("decision"))
_NEWEST = (
    _DECISIONS.where(Definition.id == bindparam("decision")).order_by(Definition.version.desc()).limit(1)
)
_OF_FILE = _DECISIONS.where(Definition.resource_key == bindparam("file"))
