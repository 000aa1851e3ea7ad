"""Nothing that a user wrote is ever run as Python: SpiffWorkflow's own evaluators are never called."""

from pathlib import Path

import pytest
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment

from server import bpmn
from server.bpmn import model
from server.engine.spiff import Tokens, read_net
from tests.engine.test_differential import Blocks, Dice, Side, _book, _bundle, _roll


@pytest.fixture(autouse=True)
def forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError(f"SpiffWorkflow evaluates {args[1:]}")

    for class_ in (PythonScriptEngine, TaskDataEnvironment, BasePythonScriptEngineEnvironment):
        for method in ("evaluate", "execute", "call_service"):
            monkeypatch.setattr(class_, method, refuse, raising=False)


@pytest.mark.parametrize("seed", range(25))
def test_random_diagrams_run_without_python(seed: int) -> None:
    side = Side(_bundle(Blocks(seed).diagram()), Tokens)
    for number in range(30):
        if side.tokens.finished:
            break
        side.complete(side.waiting()[number % len(side.waiting())], {"a": number, "b": 9 - number % 10})


@pytest.mark.parametrize("path", _book(), ids=lambda path: path.stem)
def test_procedures_of_the_book_run_without_python(path: Path) -> None:
    process = bpmn.read(path.read_bytes()).executable[0]
    waits = {node.id for node in process.every_node() if isinstance(node, model.UserTask)}
    for seed in range(3):
        _roll(read_net(bpmn.plain(process), process.id), Tokens, Dice(waits, seed))


def test_the_fixture_catches_an_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    parser = BpmnParser()
    from tests.diagrams import diagram, end, exclusive, flow, path, start

    split = diagram(
        start(),
        exclusive("g"),
        end("e1"),
        end("e2"),
        path("start g"),
        flow("g", "e1", "True"),
        flow("g", "e2", "False"),
    )
    parser.add_bpmn_str(split)
    from SpiffWorkflow.bpmn import BpmnWorkflow

    with pytest.raises(AssertionError, match="evaluates"):
        BpmnWorkflow(parser.get_spec("proses")).do_engine_steps()
