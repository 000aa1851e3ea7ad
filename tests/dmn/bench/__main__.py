"""`python -m tests.dmn.bench`: decisions a second, ours beside other engines'. --json FILE keeps the figures.

Every engine is asked the same questions of the same tables, and must answer them alike. A round goes through all of them,
because the machine is seldom alone: what disturbs one disturbs the others too.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from time import perf_counter

from tests.dmn.bench.contenders import CONTENDERS, Ready
from tests.dmn.bench.tables import Scenario, scenarios

OURS = "ours"


@dataclass(frozen=True)
class Figure:
    """An engine in a scenario: microseconds a decision, median of the rounds, and seconds until it was ready."""

    scenario: str
    engine: str
    us: float
    ready: float

    @property
    def per_second(self) -> float:
        return 1e6 / self.us


class DifferentAnswers(Exception):
    """Engines that answer differently cannot be compared."""


def main() -> None:
    asked = _arguments()
    found = measure(asked.rounds, asked.seconds)
    _print_rates(found)
    _print_growth(found)
    _print_ready(found)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(figure) for figure in found], indent=2) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.dmn.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.1, help="of an engine in a round")
    parser.add_argument("--json", type=Path, help="where to keep the figures")
    return parser.parse_args()


@dataclass
class Race:
    """An engine in a scenario: how many questions make a round, and how long each of one took, round by round."""

    scenario: Scenario
    engine: str
    ready: Ready
    waited: float
    count: int
    times: list[float] = field(default_factory=list)

    def run(self) -> None:
        self.times.append(_time(self.ready, self.scenario, self.count) / self.count)


def measure(rounds: int, seconds: float) -> list[Figure]:
    """The figures of all engines in all scenarios. Raises DifferentAnswers."""
    races = [race for scenario in scenarios() for race in _races(scenario, seconds)]
    for _ in range(rounds):
        for race in races:
            race.run()
    return [Figure(race.scenario.name, race.engine, 1e6 * median(race.times), race.waited) for race in races]


def _races(scenario: Scenario, seconds: float) -> Iterator[Race]:
    ready: dict[str, Ready] = {}
    waited: dict[str, float] = {}
    for name, prepare in CONTENDERS.items():
        start = perf_counter()
        ready[name] = prepare(scenario)
        waited[name] = perf_counter() - start
    _compare(scenario, ready)
    for name, each in ready.items():
        yield Race(scenario, name, each, waited[name], _count(each, scenario, seconds))


def _compare(scenario: Scenario, ready: Mapping[str, Ready]) -> None:
    for inputs in scenario.asked:
        said = {name: each.said(each.answer(inputs)) for name, each in ready.items()}
        if any(answer != said[OURS] for answer in said.values()):
            raise DifferentAnswers(f"{scenario.name}, {inputs}: {said}")


def _count(ready: Ready, scenario: Scenario, seconds: float) -> int:
    """How many questions fill a round, in whole turns through them."""
    turn = len(scenario.asked)
    best = min(_time(ready, scenario, turn) for _ in range(3))
    return turn * max(1, round(seconds / best))


def _time(ready: Ready, scenario: Scenario, count: int) -> float:
    questions = list(islice(cycle(scenario.asked), count))
    answer = ready.answer
    start = perf_counter()
    for inputs in questions:
        answer(inputs)
    return perf_counter() - start


# --- what was found --------------------------------------------------------------------------------------------------


def _others() -> Iterator[str]:
    return (name for name in CONTENDERS if name != OURS)


def _print_rates(found: list[Figure]) -> None:
    _print_row("decisions/s, median; ours / others", *CONTENDERS, *(f"/ {name}" for name in _others()))
    for scenario in dict.fromkeys(figure.scenario for figure in found):
        by_name = {figure.engine: figure.per_second for figure in found if figure.scenario == scenario}
        rates = (f"{by_name[name]:,.{0 if by_name[name] >= 10 else 1}f}" for name in CONTENDERS)
        ratios = (f"{by_name[OURS] / by_name[name]:,.2f}" for name in _others())
        _print_row(scenario, *rates, *ratios)


def _print_growth(found: list[Figure]) -> None:
    """What a hundred times as many rules cost."""
    us = {(figure.scenario, figure.engine): figure.us for figure in found}
    print()
    _print_row("time of 10,000 rules / of 100", *CONTENDERS)
    for which in ("first", "last", "miss"):
        pair = (f"10,000 rules, {which}", f"100 rules, {which}")
        _print_row(which, *(f"{us[pair[0], name] / us[pair[1], name]:.2f}" for name in CONTENDERS))


def _print_ready(found: list[Figure]) -> None:
    print()
    _print_row("ready after reading it, s", *CONTENDERS)
    for scenario in ("discipline, D-2", "10,000 rules, first"):
        waited = {figure.engine: figure.ready for figure in found if figure.scenario == scenario}
        _print_row(scenario, *(f"{waited[name]:.3f}" for name in CONTENDERS))


def _print_row(label: str, *cells: str) -> None:
    print(label.ljust(36) + "".join(cell.rjust(16) for cell in cells))


if __name__ == "__main__":
    main()
