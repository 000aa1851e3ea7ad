"""Finds the rules of a large table that may match, through the columns where rules name values, instead of row by row."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeAlias

from server.dmn.conditions import KINDS, Condition

Key: TypeAlias = tuple[object, ...]
Columns: TypeAlias = tuple[int, ...]

MIN_RULES = 8
MAX_KEYS = 16
MAX_GROUPS = 32


class Index:
    """The rules by the values that they name. Rules that name values in the same columns share one dictionary."""

    def __init__(self, rules: Sequence[Sequence[tuple[int, Condition | None]]]) -> None:
        self._groups: dict[Columns, dict[Key, list[int]]] = {}
        self.columns: list[Columns] = []
        """For each rule, the columns that looking up answers for."""
        for number, cells in enumerate(rules):
            columns, keys = _keys(cells)
            self.columns.append(columns)
            group = self._groups.setdefault(columns, {})
            for key in keys:
                group.setdefault(key, []).append(number)

    @property
    def useful(self) -> bool:
        """Whether looking up is better than going through all rules."""
        return len(self._groups) <= MAX_GROUPS and any(columns for columns in self._groups)

    def candidates(self, values: Sequence[object]) -> list[int] | None:
        """The numbers of the rules that may match, in order; None where the values cannot be looked up."""
        keys = []
        for value in values:
            kind = type(value)
            if kind not in _PLAIN:
                return None
            keys.append(_TRUTHS[value] if kind is bool else value)
        found: list[int] = []
        for columns, group in self._groups.items():
            found += group.get(tuple(keys[column] for column in columns), ())
        if len(self._groups) > 1:
            found.sort()
        return found


def _keys(cells: Sequence[tuple[int, Condition | None]]) -> tuple[Columns, Iterator[Key]]:
    """The columns in which a rule names values, and each combination of these."""
    columns: list[int] = []
    choices: list[tuple[object, ...]] = []
    size = 1
    for column, condition in cells:
        keys = condition.keys if condition else None
        if keys is not None and size * len(keys) <= MAX_KEYS:
            size *= len(keys)
            columns.append(column)
            choices.append(tuple(dict.fromkeys(_key(key) for key in keys)))
    return tuple(columns), product(*choices)


def _key(value: object) -> object:
    """A key for a value; Python would take true for 1."""
    return _TRUTHS[value] if isinstance(value, bool) else value


_PLAIN = frozenset({*KINDS, type(None)})
_TRUTHS: dict[object, object] = {True: ("boolean", True), False: ("boolean", False)}
