"""The shape of the house: what must be true of all code in server/, whatever it does."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp
import pytest

from tests.conftest import FILES_WITH_TABLES

ROOT = Path(__file__).parents[2]
FILES = [
    path.relative_to(ROOT) for path in sorted(ROOT.glob("server/**/*.py")) if "migrations" not in path.parts
]
LONGEST_FUNCTION = 60


def test_each_floor_imports_only_from_below() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([linter, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_imports_have_no_cycle() -> None:
    graph = grimp.build_graph("server", cache_dir=None)
    TopologicalSorter(
        {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    ).prepare()


def test_one_file_knows_spiffworkflow() -> None:
    graph = grimp.build_graph("server", include_external_packages=True, cache_dir=None)
    assert graph.find_modules_that_directly_import("SpiffWorkflow") == {"server.engine.spiff"}


# SQLAlchemy loads the driver by the name in the database's URL.
LOADED_BY_NAME = {"psycopg"}


def test_every_package_that_is_imported_is_named_and_no_other() -> None:
    graph = grimp.build_graph("server", include_external_packages=True, cache_dir=None)
    outside = graph.modules - {"server"} - graph.find_descendants("server") - sys.stdlib_module_names
    providers = packages_distributions()
    imported = {name.lower().replace("_", "-") for module in outside for name in providers[module]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = {re.split(r"[^\w-]", dependency)[0].lower() for dependency in project["dependencies"]}
    assert named - LOADED_BY_NAME == imported


def test_tables_stand_in_the_files_that_test_databases_are_made_from() -> None:
    defining = [file for file in FILES if "__tablename__ = " in (ROOT / file).read_text()]
    assert [file for file in defining if file.name not in FILES_WITH_TABLES] == []


@pytest.mark.parametrize("file", FILES, ids=str)
def test_functions_are_short(file: Path) -> None:
    nodes = ast.walk(ast.parse((ROOT / file).read_text()))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert {node.name for node in functions if _lines(node) > LONGEST_FUNCTION} == set()


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@dataclass(frozen=True)
class Rule:
    """Calls that match `call`, as they are written, stand only in the files of `only_in`."""

    truth: str
    call: str
    only_in: frozenset[str] = frozenset()


RULES = [
    Rule(
        "transactions are opened in one place",
        r"(.+\.)?(begin|begin_nested|commit)",
        frozenset({"server/db/connections.py"}),
    ),
    Rule(
        "the clock is read in one place",
        r"(.+\.)?(date|datetime)\.(now|today|utcnow)",
        frozenset({"server/clock.py"}),
    ),
    Rule("the clock is read in no other way", r"time\.(time|time_ns|localtime|gmtime)"),
    Rule("no text is run as Python", r"(builtins\.)?(eval|exec|__import__)"),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.truth)
def test_what_may_be_called_where(rule: Rule) -> None:
    files = [file for file in FILES if str(file) not in rule.only_in]
    assert [
        f"{file}:{line} {call}"
        for file in files
        for line, call in _calls(file)
        if re.fullmatch(rule.call, call)
    ] == []


def _calls(file: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse((ROOT / file).read_text())):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)
