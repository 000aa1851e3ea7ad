"""The engines that are measured: each makes itself ready for a scenario, answers, and tells what its answer says."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace
from typing import Any
from xml.sax.saxutils import escape

import zen
from lxml import etree
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.dmn.parser.BpmnDmnParser import BpmnDmnParser

from server import dmn
from tests.dmn.bench.tables import Cell, Column, Inputs, Scenario, Span, Table

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
ANY_TEXT = "-"


@dataclass(frozen=True)
class Ready:
    """An engine that waits for questions. `said` reads an answer: a context, a list of them, or None without a hit."""

    answer: Callable[[Inputs], Any]
    said: Callable[[Any], object]


# --- ours ------------------------------------------------------------------------------------------------------------


def ours(scenario: Scenario) -> Ready:
    asked = scenario.tables[-1]
    definitions = dmn.read(_file(scenario.tables, _feel))
    dmn.evaluate(definitions, asked.id, scenario.asked[0])  # the first one compiles it
    names = list(asked.outputs)

    def said(answer: dmn.Evaluation) -> object:
        value = answer.value
        if isinstance(value, list):
            return [_named(names, each) for each in value]
        return None if value is None else _named(names, value)

    return Ready(lambda inputs: dmn.evaluate(definitions, asked.id, inputs), said)


def _named(names: list[str], value: object) -> object:
    """A table of one output gives it bare."""
    return {names[0]: value} if len(names) == 1 else value


def _feel(cell: Cell) -> str:
    match cell:
        case Span(None, high):
            return f"<= {high}"
        case Span(low, None):
            return f">= {low}"
        case Span(low, high):
            return f"[{low}..{high}]"
        case str():
            return f'"{cell}"'
    return ANY_TEXT


# --- SpiffWorkflow ---------------------------------------------------------------------------------------------------


def spiff(scenario: Scenario) -> Ready:
    """Its parser takes one table a file, so a graph is its tables one after the other, as business rule tasks would run
    them. Its cells are Python."""
    engines = [_spiff_engine(table) for table in scenario.tables]
    script = PythonScriptEngine()

    def answer(inputs: Inputs) -> Any:
        task = SimpleNamespace(data=dict(inputs), workflow=SimpleNamespace(script_engine=script))
        for engine in engines:
            result = engine.result(task)
            task.data.update(result)
        return result

    return Ready(answer, _said_by_spiff)


def _spiff_engine(table: Table) -> Any:
    flat = Table(
        table.id,
        tuple(Column(column.name, column.type) for column in table.columns),
        table.outputs,
        table.rules,
        table.policy,
    )
    parser = BpmnDmnParser()
    parser.add_dmn_xml(etree.fromstring(_file((flat,), _python, inputs=False)))
    return parser.get_engine(table.id, None)


def _said_by_spiff(answer: Mapping[str, object]) -> object:
    lists = [value for value in answer.values() if isinstance(value, list)]
    if lists:
        return [dict(zip(answer, row, strict=True)) for row in zip(*lists, strict=True)]
    return answer or None


def _python(cell: Cell) -> str:
    match cell:
        case Span(None, high):
            return f"<= {high}"
        case Span(low, None):
            return f">= {low}"
        case Span(low, high):
            return f"{low} <= ? <= {high}"
        case str():
            return f'"{cell}"'
    return ANY_TEXT


# --- zen-engine ------------------------------------------------------------------------------------------------------


def rust(scenario: Scenario) -> Ready:
    content = zen.ZenDecisionContent(json.dumps(_zen_graph(scenario.tables)))
    decision = zen.ZenEngine().create_decision(content)
    return Ready(decision.evaluate, lambda answer: answer["result"] or None)


def _zen_graph(tables: tuple[Table, ...]) -> Mapping[str, object]:
    *before, last = tables
    steps = [*(_zen_table(table, passing=True) for table in before), _zen_table(last, passing=False)]
    nodes = [_zen_node("in", "inputNode"), *steps, _zen_node("out", "outputNode")]
    ids = ["in", *(table.id for table in tables), "out"]
    edges = [
        {"id": f"{source}-{target}", "sourceId": source, "targetId": target}
        for source, target in pairwise(ids)
    ]
    return {"nodes": nodes, "edges": edges}


def _zen_table(table: Table, passing: bool) -> dict[str, object]:
    """A table's node; `passing` on what was given, beside its outputs."""
    names = [column.name for column in table.columns]
    rules = [
        {"_id": str(number)}
        | dict(zip(names, map(_zen, rule.cells), strict=True))
        | {f"out_{name}": json.dumps(value) for name, value in zip(table.outputs, rule.outputs, strict=True)}
        for number, rule in enumerate(table.rules)
    ]
    content = {
        "hitPolicy": "collect" if table.policy == "COLLECT" else "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in names],
        "outputs": [{"id": f"out_{name}", "name": name, "field": name} for name in table.outputs],
        "rules": rules,
        "passThrough": passing,
    }
    return _zen_node(table.id, "decisionTableNode") | {"content": content}


def _zen_node(name: str, kind: str) -> dict[str, object]:
    return {"id": name, "type": kind, "name": name, "position": {"x": 0, "y": 0}}


def _zen(cell: Cell) -> str:
    return "" if cell is None else _feel(cell)


# --- Python ----------------------------------------------------------------------------------------------------------


def plain(scenario: Scenario) -> Ready:
    return Ready(scenario.plain, lambda answer: answer)


CONTENDERS: Mapping[str, Callable[[Scenario], Ready]] = {
    "ours": ours,
    "SpiffWorkflow": spiff,
    "zen-engine": rust,
    "Python ifs": plain,
}


# --- DMN -------------------------------------------------------------------------------------------------------------


def _file(tables: tuple[Table, ...], cell: Callable[[Cell], str], inputs: bool = True) -> bytes:
    """A DMN file; SpiffWorkflow takes none with input data."""
    given = dict.fromkeys(column.name for table in tables for column in table.columns if column.of is None)
    types = {column.name: column.type for table in tables for column in table.columns}
    data = "".join(
        f'<inputData id="in_{name}" name="{name}"><variable name="{name}" typeRef="{types[name]}"/></inputData>'
        for name in given
        if inputs
    )
    decisions = "".join(_decision(table, cell, inputs) for table in tables)
    return (
        f'<definitions xmlns="{NAMESPACE}" id="bench" name="bench" namespace="urn:bench">{data}{decisions}</definitions>'
    ).encode()


def _decision(table: Table, cell: Callable[[Cell], str], required: bool) -> str:
    needs = "".join(map(_requirement, table.columns)) if required else ""
    heads = "".join(
        f'<input id="{table.id}_{column.name}"><inputExpression id="{table.id}_{column.name}_e" typeRef="{column.type}">'
        f"<text>{_seen(column)}</text></inputExpression></input>"
        for column in table.columns
    )
    outputs = "".join(
        f'<output id="{table.id}_{name}" name="{name}" typeRef="{type_}"/>'
        for name, type_ in table.outputs.items()
    )
    rules = "".join(
        f'<rule id="{table.id}_r{number}">'
        + _entries("inputEntry", f"{table.id}_{number}_i", [cell(each) for each in rule.cells])
        + _entries("outputEntry", f"{table.id}_{number}_o", [json.dumps(each) for each in rule.outputs])
        + "</rule>"
        for number, rule in enumerate(table.rules, 1)
    )
    return (
        f'<decision id="{table.id}" name="{table.id}">{needs}'
        f'<decisionTable id="{table.id}_t" hitPolicy="{table.policy}">{heads}{outputs}{rules}</decisionTable></decision>'
    )


def _requirement(column: Column) -> str:
    if column.of:
        return f'<informationRequirement><requiredDecision href="#{column.of}"/></informationRequirement>'
    return f'<informationRequirement><requiredInput href="#in_{column.name}"/></informationRequirement>'


def _seen(column: Column) -> str:
    return f"{column.of}.{column.name}" if column.of else column.name


def _entries(tag: str, id_: str, texts: list[str]) -> str:
    return "".join(
        f'<{tag} id="{id_}{place}"><text>{escape(text)}</text></{tag}>' for place, text in enumerate(texts)
    )
