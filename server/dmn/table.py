"""Decision tables made ready to run: which rules match, and what the hit policy makes of them (DMN 1.5 §8, §10.3.2.10)."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from server import feel
from server.dmn.conditions import Condition, NotConstant
from server.dmn.index import MIN_RULES, Index
from server.dmn.model import Aggregation, HitPolicy, Input, Literal, Output, Rule, Table
from server.dmn.session import MAX_HITS, Code, InputSeen, OutputGiven, RuleHit, Scope, Session
from server.dmn.texts import Site, compile_literal, nothing

EQUAL = feel.compile("left = right")
IN = feel.compile("value in test")
AGGREGATES = {
    Aggregation.SUM: feel.compile("sum(outputs)"),
    Aggregation.COUNT: feel.compile("count(outputs)"),
    Aggregation.MIN: feel.compile("min(outputs)"),
    Aggregation.MAX: feel.compile("max(outputs)"),
}

IRRELEVANT = ("", "-")


@dataclass(frozen=True)
class Cell:
    """One condition: the column it tests, and the tests; None when its text is no FEEL, which no value meets."""

    column: int
    tests: feel.UnaryTests | None
    condition: Condition | None
    where: str

    def meets(self, value: object, scope: Scope, session: Session) -> bool:
        """Whether an input's value meets it."""
        condition = self.condition
        if condition is not None and type(value) is condition.kind:
            return condition.meets(value)
        if self.tests is None:
            session.warn("Isi sel bukan FEEL, jadi tidak pernah cocok", self.where)
            return False
        session.check_time()
        result = self.tests.test(value, scope, session.environment)
        if result.value is None and value is not None:
            for warning in result.warnings:
                session.warn(str(warning), self.where)
        return result.value is True


@dataclass(frozen=True)
class OutputCell:
    """One result: its code, or its value where that is `known` beforehand."""

    code: Code | None
    value: object = None

    @property
    def known(self) -> bool:
        return self.code is None


@dataclass(frozen=True)
class Column:
    """An input column: its expression, and the values that it may have."""

    id: str | None
    name: str
    code: Code
    values: Cell | None
    where: str


@dataclass(frozen=True)
class Line:
    """A rule: its conditions (those that say anything), its outputs, and what is told when it is hit."""

    number: int
    cells: tuple[Cell, ...]
    outputs: tuple[OutputCell, ...]
    rule: Rule

    def values(self, scope: Scope, session: Session) -> tuple[object, ...]:
        """The values of its outputs."""
        return tuple([cell.code(scope, session) if cell.code else cell.value for cell in self.outputs])


class Outcome(NamedTuple):
    """A rule that matched, with the values of its outputs."""

    line: Line
    values: tuple[object, ...]


def compile_table(table: Table, site: Site) -> Code:
    """The code of a decision table. It tells the session's trail what the inputs were and which rules were hit."""
    compiled = CompiledTable(table, site)
    site.findings.tables.append(compiled)
    return compiled.run


def outputs_in_order(output: Output, table: Table, site: Site) -> str | None:
    """The text that lists an output's values in order: its own, or else those that its type allows."""
    if output.values is not None:
        return output.values.text
    type_ = site.types.find(output.type_ref or (table.type_ref if len(table.outputs) == 1 else None))
    if output.type_ref is None and len(table.outputs) > 1:
        type_ = site.types.find(table.type_ref).entries.get(output.name or "", type_)
    return type_.tests[-1].text if type_.tests else None


def name_of(output: Output, number: int) -> str:
    """What an output column is called."""
    return output.name or output.label or f"hasil {number}"


class CompiledTable:
    """A table made ready; `run` is its code."""

    def __init__(self, table: Table, site: Site) -> None:
        self.table = table
        self.where = site.where
        self.columns = [_column(column, site, number) for number, column in enumerate(table.inputs, 1)]
        self.codes = [column.code for column in self.columns]
        self.restricted = any(column.values for column in self.columns)
        self.names = [name_of(output, number) for number, output in enumerate(table.outputs, 1)]
        self.lines = [_line(rule, site, number) for number, rule in enumerate(table.rules, 1)]
        self.whole = [(line, line.cells) for line in self.lines]
        self.index = _index(self.lines)
        self.rest = _beside(self.index, self.lines) if self.index else []
        self.defaults = [_default(output, site) for output in table.outputs]
        self.has_default = any(output.default is not None for output in table.outputs)
        self.output_values = [
            site.at(f"nilai hasil “{name}”").tests(output.values)[0] if output.values else None
            for name, output in zip(self.names, table.outputs, strict=True)
        ]
        self.priorities = (
            [_priorities(output, table, site) for output in table.outputs] if _ordered(table) else []
        )
        self.policy = _POLICIES[table.policy]

    def output_type(self, number: int) -> str | None:
        """The typeRef of an output column: its own, or the table's when that is of one output."""
        own = self.table.outputs[number].type_ref
        return own or (self.table.type_ref if len(self.names) == 1 and self.policy is not _collect else None)

    def run(self, scope: Scope, session: Session) -> object:
        """The table's value in a scope."""
        values = [code(scope, session) for code in self.codes]
        seen, show = session.trail.inputs, session.show
        if len(seen) < MAX_HITS:
            seen += [
                InputSeen(column.id, column.name, show(value))
                for column, value in zip(self.columns, values, strict=True)
            ]
        if self.restricted and not self._values_allowed(values, scope, session):
            return None
        matches = self._matches(values, scope, session)
        if not matches:
            return self._default(scope, session)
        outcomes = [Outcome(line, line.values(scope, session)) for line in matches]
        return self.policy(self, outcomes, session)

    def _values_allowed(self, values: Sequence[object], scope: Scope, session: Session) -> bool:
        for column, value in zip(self.columns, values, strict=True):
            if column.values and not column.values.meets(value, scope, session):
                session.warn("Nilai masukan di luar nilai yang disebut kolom ini, jadi null", column.where)
                return False
        return True

    def _matches(self, values: Sequence[object], scope: Scope, session: Session) -> list[Line]:
        matches = []
        for line, cells in self._candidates(values):
            for cell in cells:
                if not cell.meets(values[cell.column], scope, session):
                    break
            else:
                matches.append(line)
                if self.table.policy is HitPolicy.FIRST:
                    break
        return matches

    def _candidates(self, values: Sequence[object]) -> Sequence[tuple[Line, tuple[Cell, ...]]]:
        """The rules that may match, each with the cells that must still be tested."""
        numbers = self.index.candidates(values) if self.index else None
        return self.whole if numbers is None else [self.rest[number] for number in numbers]

    def _default(self, scope: Scope, session: Session) -> object:
        if not self.has_default:
            return None
        return self.value([code(scope, session) for code in self.defaults])

    def value(self, outputs: Sequence[object]) -> object:
        """What a rule gives: its one output, or a context of them by name."""
        return outputs[0] if len(self.names) == 1 else dict(zip(self.names, outputs, strict=True))

    def hit(self, outcomes: Sequence[Outcome], session: Session) -> list[object]:
        """The values of rules that count, which the trail is told of."""
        hits, show = session.trail.hits, session.show
        for line, values in outcomes[: MAX_HITS - len(hits)]:
            outputs = [
                OutputGiven(output.id, name, show(value))
                for output, name, value in zip(self.table.outputs, self.names, values, strict=True)
            ]
            hits.append(RuleHit(line.rule.id, line.number, tuple(outputs), line.rule.annotations))
        return [self.value(values) for _, values in outcomes]

    def by_priority(self, outcomes: Sequence[Outcome], session: Session) -> list[Outcome]:
        """The outcomes by the order of their output values, columns to the left first."""
        return sorted(outcomes, key=lambda outcome: self.rank(outcome.values, session.environment))

    def rank(self, values: Sequence[object], environment: feel.Environment = feel.DEFAULT) -> list[int]:
        """How far down the lists of output values a rule's outputs stand; outputs without a list do not count."""
        pairs = zip(self.priorities, values, strict=True)
        return [_rank(value, order, environment) for order, value in pairs if order is not None]

    def precedence(self) -> list[int] | None:
        """Each rule's place in the order in which rules win over others; None where all count, or it cannot be told."""
        if self.table.policy is HitPolicy.FIRST:
            return list(range(len(self.lines)))
        if self.table.policy is not HitPolicy.PRIORITY or not all(
            cell.known for line in self.lines for cell in line.outputs
        ):
            return None
        ranks = [self.rank([cell.value for cell in line.outputs]) for line in self.lines]
        order = sorted(range(len(ranks)), key=lambda place: ranks[place])
        return [order.index(place) for place in range(len(ranks))]


def _column(column: Input, site: Site, number: int) -> Column:
    name = column.label or column.expression.text or str(number)
    inner = site.at(f"kolom masukan {number} “{name}”")
    values = _cell(number - 1, column.values, inner) if column.values else None
    if not column.expression.text:
        inner.problem("Kolom ini belum menyebut apa yang diuji.", column.expression.line)
    return Column(column.id, name, compile_literal(column.expression, inner), values, inner.where)


def _line(rule: Rule, site: Site, number: int) -> Line:
    site = site.at(f"aturan {number}")
    cells = tuple(
        _cell(column, test, site.at(f"masukan {column + 1}"))
        for column, test in enumerate(rule.tests)
        if test.text not in IRRELEVANT
    )
    outputs = tuple(_output(cell, site.at(f"hasil {place}")) for place, cell in enumerate(rule.outputs, 1))
    return Line(number, cells, outputs, rule)


def _cell(column: int, test: Literal, site: Site) -> Cell:
    tests, condition = site.tests(test)
    return Cell(column, tests, condition, site.where)


def _index(lines: Sequence[Line]) -> Index | None:
    if len(lines) < MIN_RULES:
        return None
    index = Index([[(cell.column, cell.condition) for cell in line.cells] for line in lines])
    return index if index.useful else None


def _beside(index: Index, lines: Sequence[Line]) -> list[tuple[Line, tuple[Cell, ...]]]:
    """Each rule with the cells that the index does not answer for."""
    pairs = zip(lines, index.columns, strict=True)
    return [(line, tuple(cell for cell in line.cells if cell.column not in known)) for line, known in pairs]


def _default(output: Output, site: Site) -> Code:
    return nothing if output.default is None else compile_literal(output.default, site.at("hasil bawaan"))


def _output(cell: Literal, site: Site) -> OutputCell:
    if cell.text in IRRELEVANT:
        return OutputCell(None)
    if not cell.language:
        with suppress(NotConstant, feel.InvalidExpression):
            return OutputCell(None, site.constant(cell))
    return OutputCell(compile_literal(cell, site))


def _ordered(table: Table) -> bool:
    return table.policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)


def _priorities(output: Output, table: Table, site: Site) -> list[object] | None:
    """An output's values, the first of them the most important."""
    text = outputs_in_order(output, table, site)
    if text is None:
        return None
    try:
        values = feel.compile(f"[{text}]", site.names).evaluate({}).value
    except feel.InvalidExpression as error:
        site.at(f"nilai hasil “{output.name}”").problem(error.message, table.line)
        return None
    return values if isinstance(values, list) else None


def _rank(value: object, order: Sequence[object], environment: feel.Environment) -> int:
    tests = (IN.evaluate({"value": value, "test": test}, environment).value for test in order)
    return next((place for place, met in enumerate(tests) if met is True), len(order))


def _unique(table: CompiledTable, outcomes: Sequence[Outcome], session: Session) -> object:
    values = table.hit(outcomes, session)
    if len(outcomes) > 1:
        session.warn(f"Tabel unik, tetapi {_numbers(outcomes)} cocok sekaligus, jadi null", table.where)
        return None
    return values[0]


def _any(table: CompiledTable, outcomes: Sequence[Outcome], session: Session) -> object:
    values = table.hit(outcomes, session)
    for value in values[1:]:
        if EQUAL.evaluate({"left": values[0], "right": value}, session.environment).value is not True:
            session.warn(f"{_numbers(outcomes)} cocok, tetapi hasilnya berbeda, jadi null", table.where)
            return None
    return values[0]


def _first(table: CompiledTable, outcomes: Sequence[Outcome], session: Session) -> object:
    return table.hit(outcomes[:1], session)[0]


def _priority(table: CompiledTable, outcomes: Sequence[Outcome], session: Session) -> object:
    return table.hit(table.by_priority(outcomes, session)[:1], session)[0]


def _rule_order(table: CompiledTable, outcomes: Sequence[Outcome], session: Session) -> object:
    return table.hit(outcomes, session)


def _output_order(table: CompiledTable, outcomes: Sequence[Outcome], session: Session) -> object:
    return table.hit(table.by_priority(outcomes, session), session)


def _collect(table: CompiledTable, outcomes: Sequence[Outcome], session: Session) -> object:
    values = table.hit(outcomes, session)
    if table.table.aggregation is None:
        return values
    result = AGGREGATES[table.table.aggregation].evaluate({"outputs": values}, session.environment)
    for warning in result.warnings:
        session.warn(warning.message, table.where)
    return result.value


def _numbers(outcomes: Sequence[Outcome]) -> str:
    numbers = [str(outcome.line.number) for outcome in outcomes]
    return f"aturan {', '.join(numbers[:-1])} dan {numbers[-1]}"


_POLICIES: Mapping[HitPolicy, Callable[[CompiledTable, Sequence[Outcome], Session], object]] = {
    HitPolicy.UNIQUE: _unique,
    HitPolicy.ANY: _any,
    HitPolicy.PRIORITY: _priority,
    HitPolicy.FIRST: _first,
    HitPolicy.RULE_ORDER: _rule_order,
    HitPolicy.OUTPUT_ORDER: _output_order,
    HitPolicy.COLLECT: _collect,
}
