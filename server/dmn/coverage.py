"""Which inputs no rule of a table covers, which rules overlap, and which can never count.

Columns are walked one after the other. In each, one sample stands for every stretch of values that the remaining rules
cannot tell apart; so few samples stand for all inputs. Cells whose meaning depends on more than the input may hold or not:
their rules neither leave a gap nor take part in an overlap.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

from server import feel
from server.dmn.conditions import Condition

MAX_STEPS = 2_000_000
MAX_GAPS = 10
MAX_OVERLAPS = 20

Example = tuple[tuple[int, object], ...]
"""An input, as far as it matters: column and value."""


@dataclass(frozen=True)
class Row:
    """A rule by its conditions, column by column; `certain` when all of its cells are among them."""

    conditions: Mapping[int, Condition]
    certain: bool = True


@dataclass(frozen=True)
class Coverage:
    """What was found. Rows are numbered from 0. `complete` is False when the table was too large to walk to the end."""

    gaps: tuple[Example, ...]
    overlaps: Mapping[tuple[int, int], Example]
    reached: frozenset[int]
    complete: bool


@dataclass(frozen=True)
class Sample:
    """A value that stands for a stretch of values; not `expected` when it is only known not to be any that is named."""

    value: object
    expected: bool = True


def cover(
    rows: Sequence[Row], domains: Sequence[Sequence[Condition]], precedence: Sequence[int] | None = None
) -> Coverage:
    """Walk a table. `domains` are the values that each column may have; with `precedence`, only the rule counts that
    comes first by it, of those that match."""
    walk = _Walk(rows, domains, precedence)
    everything = tuple(range(len(rows)))
    walk.go(walk.order, everything, (), True)
    return Coverage(tuple(walk.gaps), walk.overlaps, frozenset(walk.reached), walk.steps <= MAX_STEPS)


@dataclass
class _Walk:
    rows: Sequence[Row]
    domains: Sequence[Sequence[Condition]]
    precedence: Sequence[int] | None
    gaps: list[Example] = field(default_factory=list)
    overlaps: dict[tuple[int, int], Example] = field(default_factory=dict)
    reached: set[int] = field(default_factory=set)
    steps: int = 0
    _seen: set[tuple[int, tuple[int, ...], bool]] = field(default_factory=set)

    @property
    def order(self) -> tuple[int, ...]:
        """The columns that say anything, those with the fewest samples first."""
        columns = {column for row in self.rows for column in row.conditions}
        sizes = {column: len(_samples(self._conditions(column, range(len(self.rows))))) for column in columns}
        return tuple(sorted(columns, key=lambda column: sizes[column]))

    def go(self, columns: tuple[int, ...], rules: tuple[int, ...], example: Example, expected: bool) -> None:
        """Walk the columns that are left, with the rules that hold so far."""
        if not rules:
            if expected and len(self.gaps) < MAX_GAPS:
                self.gaps.append(example)
            return
        state = (len(columns), rules, expected)
        if state in self._seen or self.steps > MAX_STEPS:
            return
        self._seen.add(state)
        if columns:
            self._column(columns[0], columns[1:], rules, example, expected)
        else:
            self._leaf(rules, example)

    def _column(
        self, column: int, rest: tuple[int, ...], rules: tuple[int, ...], example: Example, expected: bool
    ) -> None:
        for sample in self._allowed(column, _samples(self._conditions(column, rules))):
            self.steps += len(rules)
            if self.steps > MAX_STEPS:
                return
            holding = tuple(rule for rule in rules if self._holds(rule, column, sample.value))
            shown = example if sample.value is None else (*example, (column, sample.value))
            self.go(rest, holding, shown, expected and sample.expected)

    def _conditions(self, column: int, rules: Iterable[int]) -> list[Condition]:
        """What the rules and the domain say of a column."""
        found = [condition for rule in rules if (condition := self.rows[rule].conditions.get(column))]
        return [*found, *self.domains[column]]

    def _allowed(self, column: int, samples: list[Sample]) -> list[Sample]:
        domain = self.domains[column]
        if not domain:
            return samples
        allowed = [sample for sample in samples if all(part.meets(sample.value) for part in domain)]
        return [Sample(sample.value) for sample in allowed]

    def _holds(self, rule: int, column: int, value: object) -> bool:
        condition = self.rows[rule].conditions.get(column)
        return condition is None or value is None or condition.meets(value)

    def _leaf(self, rules: tuple[int, ...], example: Example) -> None:
        certain = [rule for rule in rules if self.rows[rule].certain]
        self.reached.update(self._counting(rules))
        for place, low in enumerate(certain):
            for high in certain[place + 1 :]:
                if len(self.overlaps) < MAX_OVERLAPS:
                    self.overlaps.setdefault((low, high), example)

    def _counting(self, rules: tuple[int, ...]) -> Iterator[int]:
        """The rules that may count where these match: none behind one that matches for certain."""
        for rule in rules if self.precedence is None else sorted(rules, key=self.precedence.__getitem__):
            yield rule
            if self.precedence is not None and self.rows[rule].certain:
                return


def _samples(conditions: Sequence[Condition]) -> list[Sample]:
    """One value for each stretch that the conditions can tell apart."""
    if not conditions:
        return [Sample(None)]
    ends = {end for condition in conditions for span in condition.spans for end in (span.low, span.high)}
    kind = conditions[0].kind
    if kind is bool:
        return [Sample(True), Sample(False)]
    if kind is str:
        named = sorted(cast(set[str], ends - {None}))
        return [*map(Sample, named), Sample(_other_than(named), expected=False)]
    scale = _SCALES[kind]
    places = sorted(scale.place(end) for end in ends if end is not None)
    unit = scale.unit if all(place == int(place) for place in places) else None
    return [Sample(scale.value(place)) for place in _between(places, unit)]


def _between(places: list[Decimal], unit: Decimal | None) -> list[Decimal]:
    """Each place, one before all, one after all, and one between neighbours; with a unit, only whole multiples of it.

    A column whose ends are all whole numbers is taken to count something: nothing lies between 3 and 4.
    """
    step = unit or Decimal(1)
    found = [places[0] - step]
    for place, following in zip(places, [*places[1:], None], strict=True):
        found.append(place)
        if following is None:
            found.append(place + step)
        elif unit is None:
            found.append((place + following) / 2)
        elif following - place > unit:
            found.append(place + unit)
    return found


def _other_than(named: Sequence[str]) -> str:
    """A text that is none of some texts."""
    other = "lainnya"
    while other in named:
        other += "…"
    return other


@dataclass(frozen=True)
class _Scale:
    """A kind of ordered values as places on a line."""

    place: Callable[[object], Decimal]
    value: Callable[[Decimal], object]
    unit: Decimal = Decimal(1)


_SCALES: Mapping[type, _Scale] = {
    Decimal: _Scale(lambda number: cast(Decimal, number), lambda place: place),
    feel.Date: _Scale(
        lambda day: Decimal(cast(feel.Date, day).days), lambda place: feel.Date.from_days(int(place))
    ),
    feel.YearsMonths: _Scale(
        lambda duration: Decimal(cast(feel.YearsMonths, duration).total),
        lambda place: feel.YearsMonths(int(place)),
    ),
    feel.DaysTime: _Scale(
        lambda duration: Decimal(cast(feel.DaysTime, duration).total),
        lambda place: feel.DaysTime(int(place)),
        Decimal(1_000_000_000),
    ),
}
