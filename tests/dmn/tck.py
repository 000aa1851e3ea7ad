"""Runs folders of the DMN TCK's shape: `python -m tests.dmn.tck FOLDER [-v] [--csv FILE] [--only TEXT]`.

A folder holds `compliance-level-N/<name>/<name>-test-*.xml` beside the DMN files that they test. Values compare as the kit's
own runner compares them: numbers numerically, structures deeply, an expected error as null.
"""

import argparse
import csv
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from lxml import etree

from server import dmn, feel
from server.errors import NotFound, OfficeError

TEST = "{http://www.omg.org/spec/DMN/20160719/testcase}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"

# The kit's own runner takes numbers for equal that differ by less.
PRECISION = Decimal("0.00000001")

EQUAL = feel.compile("left = right")
TEMPORAL = {
    name: feel.compile(f"{function}(text)")
    for name, function in {
        "date": "date",
        "time": "time",
        "dateTime": "date and time",
        "duration": "duration",
    }.items()
}


@dataclass(frozen=True)
class Expected:
    """What one result node of a test case should be."""

    name: str
    value: object
    namespace: str | None = None


@dataclass(frozen=True)
class Case:
    """One test case of the kit."""

    folder: Path
    file: Path
    id: str
    model: str
    inputs: Mapping[str, object]
    results: tuple[Expected, ...]
    invocable: str | None = None

    @property
    def level(self) -> str:
        """`level-2` or `level-3`."""
        return self.folder.parent.name.removeprefix("compliance-")


@dataclass(frozen=True)
class Outcome:
    """What became of a case: why it failed, and how many of its non-null results are right."""

    case: Case
    failures: tuple[str, ...]
    wanted: int
    right: int

    @property
    def passed(self) -> bool:
        """Whether every result is as expected."""
        return not self.failures


@dataclass
class Score:
    """The sums of one level."""

    cases: int = 0
    passed: int = 0
    wanted: int = 0
    right: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one more case."""
        self.cases += 1
        self.passed += outcome.passed
        self.wanted += outcome.wanted
        self.right += outcome.right

    def __str__(self) -> str:
        return f"{self.passed}/{self.cases} cases, {self.right}/{self.wanted} non-null results"


@dataclass
class Models:
    """The DMN files of one folder, read once each."""

    folder: Path
    _read: dict[str, dmn.Definitions] = field(default_factory=dict)
    _bytes: dict[str, bytes] = field(default_factory=dict)

    def open(self, name: str) -> dmn.Definitions:
        """The file of that name, with its imports."""
        if name not in self._read:
            self._read[name] = dmn.read((self.folder / name).read_bytes(), self._import)
        return self._read[name]

    def _import(self, namespace: str) -> bytes:
        if not self._bytes:
            files = [path.read_bytes() for path in self.folder.glob("*.dmn")]
            self._bytes.update({etree.fromstring(data).get("namespace", ""): data for data in files})
        if namespace not in self._bytes:
            raise NotFound(f"tidak ada berkas untuk {namespace}")
        return self._bytes[namespace]


def cases(root: Path, only: str = "") -> Iterator[Case]:
    """All cases under a folder of the kit's shape, in the order of their names."""
    for file in sorted(root.glob("compliance-level-*/*/*-test-*.xml")):
        if only in str(file):
            tree = etree.parse(str(file)).getroot()
            model = tree.findtext(f"{TEST}modelName") or ""
            yield from (_case(node, file, model) for node in tree.iterfind(f"{TEST}testCase"))


def run(root: Path, only: str = "") -> Iterator[Outcome]:
    """The outcome of each case."""
    folder: Path | None = None
    for case in cases(root, only):
        if case.folder != folder:
            folder, models = case.folder, Models(case.folder)
        yield _outcome(case, models)


def same(expected: object, actual: object) -> bool:
    """Whether an actual value is what the kit expects."""
    if isinstance(expected, bool) or isinstance(actual, bool) or expected is None or actual is None:
        return expected is actual
    if isinstance(expected, Decimal) and isinstance(actual, Decimal | int):
        return abs(expected - actual) < PRECISION
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(same, expected, actual))
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        return expected.keys() == actual.keys() and all(same(expected[key], actual[key]) for key in expected)
    return EQUAL.evaluate({"left": expected, "right": actual}).value is True


def _case(node: etree._Element, file: Path, model: str) -> Case:
    inputs = {}
    for given in node.iterfind(f"{TEST}inputNode"):
        namespace = given.get("namespace")
        inputs[f"{{{namespace}}}{given.get('name')}" if namespace else given.get("name", "")] = _value(given)
    return Case(
        folder=file.parent,
        file=file,
        id=node.get("id", ""),
        model=model,
        inputs=inputs,
        results=tuple(_expected(result) for result in node.iterfind(f"{TEST}resultNode")),
        invocable=node.get("invocableName") if node.get("type", "decision") != "decision" else None,
    )


def _expected(node: etree._Element) -> Expected:
    expected = node.find(f"{TEST}expected")
    wrong = node.get("errorResult") == "true"
    value = None if wrong or expected is None else _value(expected)
    return Expected(node.get("name", ""), value, node.get("namespace"))


def _value(node: etree._Element) -> object:
    """The FEEL value that an element of the kit's valueType holds."""
    if node.get(f"{XSI}nil") == "true":
        return None
    components = node.findall(f"{TEST}component")
    if components:
        return {part.get("name"): _value(part) for part in components}
    collection = node.find(f"{TEST}list")
    if collection is not None:
        nil = collection.get(f"{XSI}nil") == "true"
        return None if nil else [_value(item) for item in collection.iterfind(f"{TEST}item")]
    value = node.find(f"{TEST}value")
    return None if value is None or value.get(f"{XSI}nil") == "true" else _simple(value)


def _simple(node: etree._Element) -> object:
    text = node.text or ""
    kind = node.get(f"{XSI}type", "xsd:string").rpartition(":")[2]
    if kind == "string":
        return text
    text = text.strip()
    if kind == "boolean":
        return text in ("true", "1")
    if kind in TEMPORAL:
        return TEMPORAL[kind].evaluate({"text": text}).value
    return Decimal(text) if text else None


def _outcome(case: Case, models: Models) -> Outcome:
    failures = []
    right = 0
    for expected in case.results:
        problem = _judge(case, expected, models)
        if problem:
            failures.append(f"{expected.name}: {problem}")
        elif expected.value is not None:
            right += 1
    wanted = sum(expected.value is not None for expected in case.results)
    return Outcome(case, tuple(failures), wanted, right)


def _judge(case: Case, expected: Expected, models: Models) -> str | None:
    try:
        decided = dmn.decide(models.open(case.model), case.invocable or expected.name, case.inputs)
    except OfficeError as error:
        return None if expected.value is None and not isinstance(error, NotFound) else error.message
    actual = decided.value if case.invocable is None else decided.values.get(expected.name, decided.value)
    if same(expected.value, actual):
        return None
    said = "; ".join(str(warning) for warning in decided.warnings[:3])
    return f"expected {expected.value!r}, got {actual!r} ({said})"


def write_csv(outcomes: list[Outcome], path: Path) -> None:
    """The kit's own results file: folder, test file, case, SUCCESS or ERROR, detail."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for outcome in outcomes:
            case = outcome.case
            place = f"{case.folder.parent.name}/{case.folder.name}"
            verdict = "SUCCESS" if outcome.passed else "ERROR"
            writer.writerow([place, case.file.stem, case.id, verdict, "; ".join(outcome.failures)])


def scores(outcomes: list[Outcome]) -> dict[str, Score]:
    """The sums by level."""
    found: dict[str, Score] = {}
    for outcome in outcomes:
        found.setdefault(outcome.case.level, Score()).add(outcome)
    return dict(sorted(found.items()))


def main(arguments: list[str] | None = None) -> int:
    """Run a folder and print its score, which is a measurement and no verdict: gives 1 only where there is no case."""
    parser = argparse.ArgumentParser(
        prog="tests.dmn.tck", description="Runs a folder of the DMN TCK's shape."
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("-v", "--verbose", action="store_true", help="print each failing case")
    parser.add_argument("--csv", type=Path, help="write the kit's results file")
    parser.add_argument("--only", default="", help="only the test files whose path holds this text")
    options = parser.parse_args(arguments)
    outcomes = list(run(options.folder, options.only))
    for outcome in outcomes if options.verbose else ():
        for failure in outcome.failures:
            print(f"{outcome.case.folder.name} {outcome.case.id} {failure}")
    if options.csv:
        write_csv(outcomes, options.csv)
    for level, score in scores(outcomes).items():
        print(f"{level}: {score}")
    return 0 if outcomes else 1


if __name__ == "__main__":
    sys.exit(main())
