"""`python -m tests.bench`: SQLite and PostgreSQL side by side. --json FILE keeps the figures."""

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests import live, postgres
from tests.bench import due, figures, growth, inbox, memory, moving, pages, parts, processes, rates
from tests.bench.procedure import BOOK, PEOPLE, Cases
from tests.bench.rates import COMPLETION, FLOOR, ROUTES, Rate, Volume

DATABASES = ("SQLite", "PostgreSQL")


def main() -> None:
    asked = _arguments()
    with ExitStack() as stack:
        offices = {name: stack.enter_context(_office(name)) for name in asked.databases}
        found = rates.measure(offices, Volume(asked.rounds, asked.requests))
        cases = {name: Cases(office) for name, office in offices.items()}
        shares = {name: parts.measure(each) for name, each in cases.items()}
        grown = {name: growth.measure(each) for name, each in cases.items()}
        moved = {name: moving.measure(each) for name, each in cases.items()}
        seen = {name: pages.measure(office) for name, office in offices.items()}
        timers = {name: due.measure(each) for name, each in cases.items()}
        speeds = processes.measure(cases["PostgreSQL"]) if "PostgreSQL" in cases else []
        summed = {name: figures.measure(office) for name, office in offices.items()}
        inboxes = {name: inbox.measure(office) for name, office in offices.items()}
    used = memory.measure()
    _print_rates(found)
    _print_parts(shares)
    _print_growth(grown)
    _print_moved(moved)
    _print_pages(seen)
    _print_crowded(timers, inboxes)
    _print_figures(summed)
    _print_processes(speeds)
    _print_memory(used)
    if asked.json:
        kept = {
            "rates": [asdict(rate) for rate in found],
            "parts_ms": shares,
            "growth": {name: asdict(each) for name, each in grown.items()},
            "migration": {name: asdict(each) for name, each in moved.items()},
            "pages": {name: [asdict(page) for page in each] for name, each in seen.items()},
            "due_timers_ms": {name: asdict(each) for name, each in timers.items()},
            "inbox_ms": {name: asdict(each) for name, each in inboxes.items()},
            "figures_ms": {name: [asdict(one) for one in each] for name, each in summed.items()},
            "processes": [asdict(each) for each in speeds],
            "memory": used,
        }
        asked.json.write_text(json.dumps(kept, indent=2) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=Volume.rounds)
    parser.add_argument("--requests", type=int, default=Volume.requests, help="completions a round")
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--json", type=Path, help="where to keep the figures")
    return parser.parse_args()


@contextmanager
def _office(database: str) -> Iterator[live.Office]:
    with _url(database) as url, live.office(url, BOOK, PEOPLE) as office:
        yield office


@contextmanager
def _url(database: str) -> Iterator[str]:
    if database == "SQLite":
        with tempfile.TemporaryDirectory(prefix="tatalaksana-bench-") as folder:
            yield f"sqlite:///{folder}/bench.db"
    else:
        with postgres.running() as server:
            yield server.url()


# --- what was found --------------------------------------------------------------------------------------------------


def _print_rates(found: list[Rate]) -> None:
    _print_row("requests/s, median of the rounds", *("", "slowest", "fastest", "p50 ms", "p99 ms"))
    for route in ROUTES:
        for rate in (rate for rate in found if rate.route == route):
            figures = (rate.per_second, rate.slowest, rate.fastest)
            shown = [f"{figure:.0f}" for figure in figures] + [f"{rate.p50:.2f}", f"{rate.p99:.2f}"]
            _print_row(f"{route}, {rate.database}", *shown)
    by_name = {(rate.route, rate.database): rate.per_second for rate in found}
    for name in dict.fromkeys(rate.database for rate in found):
        ratio = by_name[COMPLETION, name] / by_name[FLOOR, name]
        _print_row(f"completion / floor, {name}", f"{ratio:.2f}")


def _print_parts(shares: Mapping[str, Mapping[str, float]]) -> None:
    print()
    _print_row("a completion in process, ms", *(cell for name in shares for cell in (name, "")))
    totals = {name: sum(share.values()) for name, share in shares.items()}
    for part in parts.NAMES:
        cells = [(shares[name][part], totals[name]) for name in shares]
        shown = [text for ms, total in cells for text in (f"{ms:.3f}", f"{ms / total:.0%}")]
        _print_row(part, *shown)
    _print_row("together", *(text for total in totals.values() for text in (f"{total:.3f}", "")))


def _print_growth(grown: Mapping[str, growth.Growth]) -> None:
    print()
    _print_row(f"after {growth.LOOPS} loops", *grown)
    rows: Mapping[str, Any] = {
        "fresh completion in process, ms": lambda each: f"{each.fresh_ms:.2f}",
        "completion after the loops, ms": lambda each: f"{each.old_ms:.2f}",
        "ratio": lambda each: f"{each.ratio:.2f}",
        "completion in a case of a year's age, ms": lambda each: f"{each.year_ms:.2f}",
        "state, rework: fresh, bytes": lambda each: f"{each.loop_fresh_bytes}",
        "state, rework: after, bytes": lambda each: f"{each.loop_old_bytes}",
        "state, branches in a loop: fresh, bytes": lambda each: f"{each.branches_fresh_bytes}",
        "state, branches in a loop: after, bytes": lambda each: f"{each.branches_old_bytes}",
    }
    for label, cell in rows.items():
        _print_row(label, *(cell(each) for each in grown.values()))


def _print_moved(moved: Mapping[str, moving.Moving]) -> None:
    print()
    _print_row(f"{moving.COUNT} cases to another version, s", *moved)
    _print_row("the plan", *(f"{each.plan_s:.2f}" for each in moved.values()))
    _print_row("moved", *(f"{each.moved_s:.2f}" for each in moved.values()))


def _print_pages(seen: Mapping[str, list[pages.Page]]) -> None:
    print()
    _print_row("pages, ms (and as many times as the same data over REST)", *seen)
    for rows in zip(*seen.values(), strict=True):
        _print_row(rows[0].name, *(f"{each.page_ms:.1f} ({each.times:.1f})" for each in rows))


def _print_crowded(timers: Mapping[str, due.Due], inboxes: Mapping[str, inbox.Inbox]) -> None:
    print()
    _print_row("among many and among few, ms", *timers)
    for label, field in (
        ("10 timers due, among 1,000", "few_ms"),
        ("10 timers due, among 100,000", "many_ms"),
    ):
        _print_row(label, *(f"{getattr(each, field):.1f}" for each in timers.values()))
    names = {
        "inbox of 1,000 open tasks, first page": "first_few",
        "inbox of 100,000, first page": "first_many",
        "inbox of 1,000, last page": "twentieth_few",
        "inbox of 100,000, twentieth page": "twentieth_many",
    }
    for label, field in names.items():
        _print_row(label, *(f"{getattr(each, field):.1f}" for each in inboxes.values()))


def _print_figures(summed: Mapping[str, tuple[figures.Figures, figures.Figures]]) -> None:
    print()
    _print_row("figures of two years, ms", *summed)
    for label, field in (
        ("all procedures", "procedures"),
        ("steps of a tenth of the cases", "steps"),
        ("months", "months"),
        ("workload and flow", "workload"),
    ):
        for place, many in enumerate(("1,000", "100,000")):
            told = (f"{getattr(each[place], field):.1f}" for each in summed.values())
            _print_row(f"{label}, {many} finished cases", *told)


def _print_processes(speeds: Sequence[processes.Speed]) -> None:
    print()
    _print_row("PostgreSQL, requests/s with processes", *(str(each.processes) for each in speeds))
    _print_row("start", *(f"{each.starts:.0f}" for each in speeds))
    _print_row("completion", *(f"{each.completions:.0f}" for each in speeds))


def _print_memory(used: Mapping[str, float]) -> None:
    print()
    _print_row("memory of a process, MiB", f"{used['bare_mib']:.0f}")
    _print_row(f"with {used['procedures']:.0f} procedures loaded, MiB", f"{used['loaded_mib']:.0f}")


def _print_row(label: str, *cells: str) -> None:
    print(label.ljust(42) + "".join(cell.rjust(11) for cell in cells))


if __name__ == "__main__":
    main()
