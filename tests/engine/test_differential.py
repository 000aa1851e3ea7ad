"""Our state, pruned and read anew after every step, behaves as SpiffWorkflow with its whole tree and its own serializer.

Both sides have our reader, FEEL and variables. One keeps everything for ever; the other forgets, and is written and read
between any two steps. The same random choices must give the same trace, variables and open tasks.

Stock joins count the tokens of a loop's earlier rounds again, and stock inclusive ones forget sub-processes; so stock
gateways stand on the other side only where there is no loop and no inclusive gateway.
"""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import DEFAULT_CONFIG, BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway, ParallelGateway

from server import bpmn, feel
from server.bpmn import model
from server.calendar import Calendar
from server.db import dump_json
from server.engine import spiff
from server.engine.bundle import Bundle, _Compiler
from server.engine.execution import Execution, Moment
from server.engine.handlers import Case, Handlers
from server.engine.spiff import Net, Tokens, read_net
from server.engine.variables import Scopes
from tests import diagrams as d
from tests.engine.conftest import ROLES, ROOT

ROOT_KEY = 1
STEPS = 40
CONFIG = {
    **DEFAULT_CONFIG,
    spiff._ParallelGateway: DEFAULT_CONFIG[ParallelGateway],
    spiff._InclusiveGateway: DEFAULT_CONFIG[InclusiveGateway],
    spiff._Workflow: DEFAULT_CONFIG[BpmnWorkflow],
}
SERIALIZER = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(CONFIG))


class WholeTree(Tokens):
    """The stock side: nothing is forgotten, and the state is SpiffWorkflow's own."""

    def dump(self) -> bytes:
        return dump_json(SERIALIZER.to_dict(self._top)).encode()

    @classmethod
    def load(cls, net: Net, host: Any, root: int, state: bytes) -> "WholeTree":
        tokens = cls(net, host, root)
        tokens._top = SERIALIZER.from_dict(json.loads(state))
        tokens._top.script_engine = spiff._Answers(tokens)
        tokens._live = {task.internal_data["key"]: task for task in tokens._tasks() if spiff._is_live(task)}
        return tokens

    def _forget_past(self) -> None:
        pass


class Moved(Tokens):
    """Tokens that are moved into the same diagram, as a migration does, whenever they are read."""

    @classmethod
    def load(cls, net: Net, host: Any, root: int, state: bytes) -> "Moved":
        moved = cls.moved(Tokens.load(net, host, root, state), net, host, {})
        moved.tidy()
        return moved


class _Numbers:
    def __init__(self) -> None:
        self._next = count(ROOT_KEY + 1)

    def draw(self, n: int = 1) -> list[int]:
        return [next(self._next) for _ in range(n)]


class Traced(Execution):
    """An execution that notes what the tokens did, by element ids."""

    trace: list[tuple[str, str]]

    def enter(self, element_id: str, *rest: Any) -> int:
        self.trace.append(("enter", element_id))
        return super().enter(element_id, *rest)

    def leave(self, key: int, results: list[Any] | None) -> object:
        self.trace.append(("leave", self._live[key].element.id))
        return super().leave(key, results)

    def passed(self, element_id: str, *rest: Any) -> None:
        self.trace.append(("passed", element_id))
        super().passed(element_id, *rest)

    def ended(self, key: int) -> None:
        self.trace.append(("ended", self._live[key].element.id))
        super().ended(key)


class Side:
    """One way of keeping a case; it is saved and read again after each step."""

    def __init__(self, bundle: Bundle, kind: type[Tokens]) -> None:
        self.bundle, self.kind, self.numbers = bundle, kind, _Numbers()
        self.trace: list[tuple[str, str]] = []
        self.variables: dict[tuple[int, str], str] = {}
        self.live: list[tuple[int, str, int]] = []
        self.execution = self._execution()
        self.tokens = kind.start(bundle.net, self.execution, ROOT_KEY)
        self.tokens.advance()
        self._save()

    def waiting(self) -> list[tuple[str, int]]:
        """Open user tasks as element and how many of the same came before: keys differ between the sides."""
        seen: dict[str, int] = {}
        found = []
        for key, element_id, _ in sorted(self.live):
            if self._waits(key, element_id):
                found.append((element_id, seen.setdefault(element_id, 0)))
                seen[element_id] += 1
        return found

    def complete(self, which: tuple[str, int], values: dict[str, object]) -> None:
        element, number = which
        key = [k for k, e, _ in sorted(self.live) if e == element and self._waits(k, e)][number]
        self.execution = self._execution()
        self.tokens = self.kind.load(self.bundle.net, self.execution, ROOT_KEY, self.state)
        for each in self.tokens.live():
            self.execution.resume(*each)
        for (scope, name), text in self.variables.items():
            self.execution.scopes.put(scope, name, 1, text)
        self.execution.deliver(key, values)
        self.tokens.complete(key)
        self._save()

    def own_variables(self) -> dict[str, str]:
        return {name: text for (scope, name), text in self.variables.items() if scope == ROOT_KEY}

    def _waits(self, key: int, element_id: str) -> bool:
        rounds = self.bundle.elements[element_id].rounds
        is_body = rounds is not None and any(s == key and e == element_id for _, e, s in self.live)
        return isinstance(self.bundle.elements[element_id].node, model.UserTask) and not is_body

    def _execution(self) -> Traced:
        case = Case(ROOT_KEY, None, "proses", None, "penguji", datetime(2026, 3, 2, tzinfo=UTC))
        moment = Moment(case.started_at, "penguji", feel.DEFAULT, {}, Calendar(), None, self.numbers)  # type: ignore[arg-type]
        execution = Traced(case, self.bundle, Scopes(ROOT_KEY), moment)
        execution.trace = self.trace
        return execution

    def _save(self) -> None:
        self.state = self.tokens.dump()
        self.live = list(self.tokens.live())
        for scope, name, _, text in self.execution.scopes.changes():
            self.variables[scope, name] = text


def _bundle(diagram: bytes, parser: type[BpmnParser] | None = None) -> Bundle:
    process = bpmn.read(diagram).executable[0]
    bundle = _Compiler(process, {}, {}, ROLES, Handlers(), {}).compile(1, 1)
    if parser is not None:
        net = read_net(bpmn.plain(bpmn.normalised(process)), process.id, parser_class=parser)
        bundle = Bundle(**{**vars(bundle), "net": net})
    return bundle


def _walk_both(diagram: bytes, seed: int, parser: type[BpmnParser] | None = None) -> int:
    """Takes both sides along the same random way; how many steps it had."""
    return _walk_sides(Side(_bundle(diagram), Tokens), Side(_bundle(diagram, parser), WholeTree), seed)


def _walk_sides(ours: Side, stock: Side, seed: int) -> int:
    chance = random.Random(seed)
    steps = 0
    while True:
        assert ours.trace == stock.trace
        assert ours.own_variables() == stock.own_variables()
        assert ours.waiting() == stock.waiting()
        assert ours.tokens.finished == stock.tokens.finished
        if ours.tokens.finished or steps == STEPS:
            return steps
        which = chance.choice(ours.waiting())
        values = {chance.choice("abc"): chance.randint(0, 9)}
        ours.complete(which, values)
        stock.complete(which, values)
        steps += 1


# --- random diagrams -------------------------------------------------------------------------------------------------


class Blocks:
    """Grows a random block-structured process; a block is its pieces and the ids of its first and last node."""

    def __init__(self, seed: int, stock: bool = False) -> None:
        self.chance = random.Random(seed)
        self.number = count()
        self.stock = stock

    def diagram(self) -> bytes:
        pieces, first, last = self.block(3)
        values = "".join(d.script(f"isi_{n}", "=0", n) for n in "abc")
        return d.diagram(
            d.start(),
            values,
            pieces,
            d.end(),
            d.path("start isi_a isi_b isi_c"),
            d.flow("isi_c", first),
            d.flow(last, "end"),
        )

    def block(self, depth: int) -> tuple[str, str, str]:
        if depth == 0:
            return self.task(0)
        kinds = [
            self.task,
            self.sequence,
            self.sequence,
            self.choice,
            self.fork,
            self.inner,
            self.rounds,
        ]
        kinds += [] if self.stock else [self.loop, self.some]
        return self.chance.choice(kinds)(depth - 1)

    def task(self, depth: int) -> tuple[str, str, str]:
        id_ = self.id("t")
        if self.chance.random() < 0.2:
            return d.script(id_, f"={self.name()} + 1", self.name()), id_, id_
        mappings: dict[str, Any] = {}
        if self.chance.random() < 0.3:
            mappings = {
                "inputs": {self.name(): f"={self.name()}"},
                "outputs": {self.name(): f"={self.name()}"},
            }
        return d.user(id_, **mappings), id_, id_

    def sequence(self, depth: int) -> tuple[str, str, str]:
        one, first, middle = self.block(depth)
        two, next_, last = self.block(depth)
        return one + two + d.flow(middle, next_), first, last

    def choice(self, depth: int) -> tuple[str, str, str]:
        split, join = self.id("x"), self.id("y")
        (one, a, b), (two, c, e) = self.block(depth), self.block(depth)
        flows = d.flow(split, a, self.condition()) + d.flow(split, c) + d.flow(b, join) + d.flow(e, join)
        return d.exclusive(split, default=f"{split}_{c}") + d.exclusive(join) + one + two + flows, split, join

    def loop(self, depth: int) -> tuple[str, str, str]:
        entry, test = self.id("m"), self.id("u")
        body, first, last = self.block(depth)
        again, repeated, _ = self.task(0)
        if again.startswith("<bpmn:scriptTask"):
            again = d.user(repeated)
        out = self.id("v")
        flows = d.flow(entry, first) + d.flow(last, test) + d.flow(test, repeated, self.condition())
        flows += d.flow(repeated, entry) + d.flow(test, out)
        nodes = d.exclusive(entry) + d.exclusive(test, default=f"{test}_{out}") + d.manual(out)
        return nodes + body + again + flows, entry, out

    def fork(self, depth: int) -> tuple[str, str, str]:
        return self._parallel(depth, d.parallel, lambda: None)

    def some(self, depth: int) -> tuple[str, str, str]:
        return self._parallel(depth, d.inclusive, self.condition)

    def _parallel(
        self, depth: int, gateway: Callable[..., str], condition: Callable[[], str | None]
    ) -> tuple[str, str, str]:
        split, join = self.id("p"), self.id("q")
        pieces, flows, default = "", "", None
        for number in range(self.chance.randint(2, 3)):
            inside, first, last = self.block(depth)
            wanted = condition() if number else None
            default = default or (f"{split}_{first}" if condition() else None)
            pieces += inside
            flows += d.flow(split, first, wanted) + d.flow(last, join)
        return gateway(split, default=default) + gateway(join) + pieces + flows, split, join

    def inner(self, depth: int) -> tuple[str, str, str]:
        return self._sub(depth, "")

    def rounds(self, depth: int) -> tuple[str, str, str]:
        items = "=[" + ", ".join(map(str, range(self.chance.randint(0, 3)))) + "]"
        until = self.condition() if self.chance.random() < 0.3 else None
        loop = (
            d.many(
                items,
                self.name(),
                sequential=self.chance.random() < 0.5,
                output=self.name(),
                each="=loopCounter",
                until=until,
            )
            if self.chance.random() < 2
            else ""
        )
        # The collected list must not replace a number that conditions compare.
        loop = loop.replace('outputCollection="a"', 'outputCollection="la"').replace(
            'outputCollection="b"', 'outputCollection="lb"'
        )
        loop = loop.replace('outputCollection="c"', 'outputCollection="lc"')
        if self.chance.random() < 0.5:
            id_ = self.id("r")
            return d.user(id_, loop), id_, id_
        return self._sub(depth, loop)

    def _sub(self, depth: int, loop: str) -> tuple[str, str, str]:
        id_, start, end = self.id("s"), self.id("ss"), self.id("se")
        inside, first, last = self.block(depth)
        flows = d.flow(start, first) + d.flow(last, end)
        inputs = {self.name(): f"={self.name()}"} if self.chance.random() < 0.4 else None
        return d.sub(id_, loop, d.start(start), d.end(end), inside, flows, inputs=inputs), id_, id_

    def condition(self) -> str:
        return f"={self.name()} {self.chance.choice(['<', '>', '>='])} {self.chance.randint(1, 8)}"

    def name(self) -> str:
        return self.chance.choice("abc")

    def id(self, letter: str) -> str:
        return f"{letter}{next(self.number)}"


FEW = range(40)
MANY = pytest.param(range(40, 160), marks=pytest.mark.very_slow)


@pytest.mark.parametrize("seeds", [FEW, MANY], ids=["few", "many"])
def test_random_diagrams_run_as_with_the_whole_tree(seeds: range) -> None:
    for seed in seeds:
        for way in range(3):
            _walk_both(Blocks(seed).diagram(), way)


@pytest.mark.parametrize("seeds", [FEW, MANY], ids=["few", "many"])
def test_random_diagrams_run_as_with_stock_gateways(seeds: range) -> None:
    for seed in seeds:
        for way in range(3):
            _walk_both(Blocks(seed, stock=True).diagram(), way, BpmnParser)


@pytest.mark.parametrize("seeds", [range(30), MANY], ids=["few", "many"])
def test_random_cases_that_are_moved_all_the_time_go_on_as_if_nothing_had_happened(seeds: range) -> None:
    for seed in seeds:
        diagram = Blocks(seed).diagram()
        for way in range(2):
            _walk_sides(Side(_bundle(diagram), Moved), Side(_bundle(diagram), Tokens), way)


# --- the book --------------------------------------------------------------------------------------------------------


class Dice:
    """A host that decides by dice, the same ones for both sides, and notes what happened."""

    def __init__(self, waits: set[str], seed: int) -> None:
        self.waits, self.chance = waits, random.Random(seed)
        self.keys, self.names = count(2), {}
        self.trace: list[tuple[str, str]] = []

    def condition(self, flow_id: str, scope: int) -> bool:
        """The second of two conditions asked in a row holds, so that one way is always open."""
        second = bool(self.trace) and self.trace[-1][0] == "condition"
        self.trace.append(("condition", flow_id))
        return second or self.chance.random() < 0.5

    def enter(self, element_id: str, *_: Any) -> int:
        self.trace.append(("enter", element_id))
        key = next(self.keys)
        self.names[key] = element_id
        return key

    def perform(self, key: int) -> bool:
        return self.names[key] not in self.waits

    def leave(self, key: int, _: Any) -> None:
        self.trace.append(("leave", self.names[key]))

    def passed(self, element_id: str, *_: Any) -> None:
        self.trace.append(("passed", element_id))

    def ended(self, key: int) -> None:
        self.trace.append(("ended", self.names[key]))

    def rounds(self, key: int) -> list[Any]:
        return [1, 2]

    def enough(self, *_: Any) -> bool:
        return False


def _book() -> list[Path]:
    return sorted((ROOT / "bpmn").rglob("*.bpmn"))


@pytest.mark.parametrize("path", _book(), ids=lambda path: path.stem)
def test_procedures_of_the_book_run_alike(path: Path) -> None:
    process = bpmn.read(path.read_bytes()).executable[0]
    waits = {node.id for node in process.every_node() if isinstance(node, model.UserTask)}
    plain = bpmn.plain(bpmn.normalised(process))
    for seed in range(3):
        traces = [
            _roll(read_net(plain, process.id, parser_class=parser), kind, Dice(waits, seed))
            for parser, kind in ((BpmnParser, WholeTree), (spiff._Parser, Tokens))
        ]
        assert traces[0] == traces[1]


def _roll(net: Net, kind: type[Tokens], dice: Dice) -> list[tuple[str, str]]:
    tokens = kind.start(net, dice, ROOT_KEY)  # type: ignore[arg-type]
    tokens.advance()
    for _ in range(STEPS):
        if tokens.finished:
            break
        tokens = kind.load(net, dice, ROOT_KEY, tokens.dump())  # type: ignore[arg-type]
        waiting = [key for key, element, _ in tokens.live() if element in dice.waits]
        tokens.complete(dice.chance.choice(sorted(waiting)))
    return dice.trace


# --- led by hand -----------------------------------------------------------------------------------------------------


def _branching(path: Path) -> bool:
    nodes = bpmn.read(path.read_bytes()).executable[0].every_node()
    return any(isinstance(node, model.Gateway) for node in nodes)


@pytest.mark.parametrize("path", list(filter(_branching, _book())), ids=lambda path: path.stem)
def test_a_case_led_to_any_step_of_a_branching_procedure_comes_to_its_end(path: Path) -> None:
    process = bpmn.read(path.read_bytes()).executable[0]
    net = read_net(bpmn.plain(bpmn.normalised(process)), process.id)
    waits = {node.id for node in process.every_node() if isinstance(node, model.UserTask)}
    for seed, target in enumerate(process.nodes.values()):
        if not isinstance(target, model.StartEvent | model.BoundaryEvent):
            dice = Dice(waits, seed)
            tokens = _led(net, dice, target.id, steps=seed % len(waits))
            if tokens is not None:
                _to_the_end(net, dice, tokens)


def _led(net: Net, dice: Dice, target: str, steps: int) -> Tokens | None:
    """A case some steps on, all its branches ended and the target begun; None where a join would starve."""
    tokens = Tokens.start(net, dice, ROOT_KEY)
    tokens.advance()
    for _ in range(steps):
        before = tokens.dump()
        _do_one(dice, tokens)
        if tokens.finished:
            tokens = Tokens.load(net, dice, ROOT_KEY, before)
            break
    live = sorted(key for key, _, _ in tokens.live())
    tokens = Tokens.load(net, dice, ROOT_KEY, tokens.dump())
    tokens.end(live)
    tokens.activate(target, [])
    tokens.tidy()
    if tokens.starved():
        return None
    tokens.advance()
    return tokens


def _to_the_end(net: Net, dice: Dice, tokens: Tokens) -> None:
    for _ in range(10 * STEPS):
        if tokens.finished:
            return
        tokens = Tokens.load(net, dice, ROOT_KEY, tokens.dump())
        _do_one(dice, tokens)
    pytest.fail(f"{net.process_id} does not end: {list(tokens.live())}")


def _do_one(dice: Dice, tokens: Tokens) -> None:
    waiting = [key for key, element, _ in tokens.live() if element in dice.waits]
    if waiting:
        tokens.complete(dice.chance.choice(sorted(waiting)))
