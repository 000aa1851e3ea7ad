"""Case states as releases left them: the diagrams as they were published, and the tokens of a case under way in each."""

import gzip
import json
import sys
from itertools import count
from pathlib import Path

from server import bpmn
from server.bpmn import model
from server.engine.spiff import Net, Tokens, read_net
from tests import diagrams as d
from tests.engine.test_differential import ROOT_KEY, Dice, _book

FOLDER = Path(__file__).parent / "states"
ELEMENTS = {
    "tepi": d.diagram(
        d.start(), d.user("a"), d.user("b"), d.user("c"), d.end(), d.end("e2"), d.path("start a b end", "lewat c e2"),
        d.boundary("lewat", "b", "timer", d.timer("timeDuration", "P1D"), interrupting=False),
    ),
    "putaran": d.diagram(
        d.start(), d.user("a", d.many("=[1, 2]", "x")), d.end(),
        d.sub("s", d.many("=[1, 2]", "x", sequential=True), d.start("s1"), d.user("b"), d.user("c"), d.end("e1"), d.path("s1 b c e1")),
        d.path("start a s end"),
    ),
    "gabung": d.diagram(
        d.start(), d.inclusive("i"), d.parallel("p"), d.user("a"), d.user("b"), d.user("c"), d.user("e"), d.parallel("q"),
        d.inclusive("j"), d.end(), d.path("start i", "p a q j end", "p b q", "c e j"), d.flow("i", "p", "=true"), d.flow("i", "c", "=true"),
    ),
    "pilih": d.diagram(
        d.start(), d.event_based("g"), d.catch("m", "message", ref="pesan"), d.catch("t", "timer", d.timer("timeDuration", "P1D")),
        d.user("a"), d.user("b"), d.end(), d.end("e2"), d.path("start g m a end", "g t b e2"), beside=d.message("pesan", "=1"),
    ),
}  # fmt: skip


def net_of(diagram: bytes) -> tuple[Net, set[str]]:
    """The net of a diagram, and the elements at which a case waits."""
    process = bpmn.read(diagram).executable[0]
    waits = {
        node.id
        for node in process.every_node()
        if isinstance(node, model.UserTask | model.CatchEvent)
        or (isinstance(node, model.Gateway) and node.kind is model.GatewayKind.EVENT_BASED)
    }
    return read_net(bpmn.plain(bpmn.normalised(process)), process.id), waits


def go_on(dice: Dice, tokens: Tokens) -> None:
    """Does one thing that the case waits for."""
    bodies = {scope for _, _, scope in tokens.live()}
    waiting = [key for key, element, _ in tokens.live() if element in dice.waits and key not in bodies]
    tokens.complete(dice.chance.choice(sorted(waiting)))


def saved(diagram: bytes, seed: int) -> dict[str, str]:
    """A case of a diagram, some steps after its start."""
    net, waits = net_of(diagram)
    dice = Dice(waits, seed)
    tokens = Tokens.start(net, dice, ROOT_KEY)  # type: ignore[arg-type]
    tokens.advance()
    state = tokens.dump()
    for _ in range(1 + seed % 4):
        go_on(dice, tokens)
        if tokens.finished:
            break
        state = tokens.dump()
    return {"diagram": diagram.decode(), "tokens": state.decode()}


def resumed(case: dict[str, str], seed: int) -> tuple[Net, Dice, Tokens]:
    """A saved case, read by the program of today."""
    net, waits = net_of(case["diagram"].encode())
    dice = Dice(waits, seed)
    tokens = Tokens.load(net, dice, ROOT_KEY, case["tokens"].encode())  # type: ignore[arg-type]
    for key, element, _ in tokens.live():
        dice.names[key] = element
    dice.keys = count(1 + max(dice.names))
    return net, dice, tokens


def main(release: str) -> None:
    diagrams = {path.stem: path.read_bytes() for path in _book()} | ELEMENTS
    cases = {name: saved(diagram, seed) for seed, (name, diagram) in enumerate(diagrams.items())}
    text = json.dumps(cases, ensure_ascii=False, indent=0).encode()
    with (FOLDER / f"{release}.json.gz").open("xb") as file:
        file.write(gzip.compress(text, mtime=0))


if __name__ == "__main__":
    main(sys.argv[1])
