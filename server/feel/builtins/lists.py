"""Lists: positions are 1-based, counted from the end when negative; the statistics over lists of numbers."""

from collections.abc import Callable, Hashable, Iterable
from decimal import Decimal
from functools import cmp_to_key

from server.feel import logic
from server.feel.builtins.registry import builtin
from server.feel.environment import Run
from server.feel.errors import Fault
from server.feel.functions import invoke
from server.feel.numbers import CONTEXT, truncated
from server.feel.values import Function, kind_of

Items = list[object]


def _position(items: Items, position: Decimal) -> int:
    """The 0-based index of a position in the list. Raises Fault outside of it."""
    place = truncated(position, "Posisi")
    if not 1 <= abs(place) <= len(items):
        raise Fault(f"Posisi {place} di luar daftar yang berisi {len(items)} unsur")
    return place - 1 if place > 0 else len(items) + place


def _among(run: Run, items: Iterable[object], wanted: object) -> bool:
    run.spend(1)
    return any(logic.equal(item, wanted) is True for item in items)


class _Seen:
    """Elements that have occurred."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._keys: set[Hashable] = set()

    def add(self, item: object) -> bool:
        """Whether no equal element has occurred; the element then has."""
        before = len(self._keys)
        self._keys.add(logic.key_of(item, self._run.spend))
        return len(self._keys) > before


# ------------------------------------------------------------------------------------------------ looking at a list


@builtin("list contains(list: list, element: Any) -> boolean")
def list_contains(run: Run, items: Items, element: object) -> bool:
    """Whether an element of the list equals the value."""
    run.spend(len(items) >> 3)
    return _among(run, items, element)


@builtin("count(list: list) -> number")
def count(items: Items) -> Decimal:
    """How many elements the list has."""
    return Decimal(len(items))


@builtin("index of(list: list, match: Any) -> list<number>")
def index_of(run: Run, items: Items, match: object) -> Items:
    """The positions of all elements that equal the value."""
    run.spend(len(items) >> 3)
    return [Decimal(place) for place, item in enumerate(items, 1) if logic.equal(item, match) is True]


@builtin("is empty(list: list) -> boolean")
def is_empty(items: Items) -> bool:
    """Whether the list has no elements."""
    return not items


# ----------------------------------------------------------------------------------------------------- least, most


def _extreme(run: Run, items: Items, sign: int) -> object:
    run.spend(len(items) >> 3)
    best: object = None
    for index, item in enumerate(items):
        order = logic.compare(item, item if index == 0 else best)
        if order is None:
            raise Fault(f"Daftar berisi {kind_of(item)} yang tidak dapat dibandingkan")
        if index == 0 or order * sign > 0:
            best = item
    return best


@builtin("min(list: list) -> Any")
def min_(run: Run, items: Items) -> object:
    """The least element of numbers, texts, dates, times or durations; null for an empty list."""
    return _extreme(run, items, -1)


@builtin("min(values...: Any) -> Any")
def min_of(run: Run, *items: object) -> object:
    """The same for elements given one by one."""
    return _extreme(run, list(items), -1)


@builtin("max(list: list) -> Any")
def max_(run: Run, items: Items) -> object:
    """The greatest element of numbers, texts, dates, times or durations; null for an empty list."""
    return _extreme(run, items, 1)


@builtin("max(values...: Any) -> Any")
def max_of(run: Run, *items: object) -> object:
    """The same for elements given one by one."""
    return _extreme(run, list(items), 1)


# ------------------------------------------------------------------------------------------------------- statistics


def _numbers(run: Run, items: Iterable[object]) -> list[Decimal]:
    numbers: list[Decimal] = []
    for item in items:
        if not isinstance(item, Decimal):
            raise Fault(f"Daftar harus berisi angka, bukan {kind_of(item)}")
        numbers.append(item)
    run.spend(len(numbers) >> 2)
    return numbers


def _sum(numbers: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for number in numbers:
        total = CONTEXT.add(total, number)
    return total


def _statistic(name: str, result: str, of_numbers: Callable[[list[Decimal]], object], line: str) -> None:
    """Declare a function of a list of numbers, which may also be given one by one."""

    def of_list(run: Run, items: Items) -> object:
        return of_numbers(_numbers(run, items))

    def of_values(run: Run, *items: object) -> object:
        return of_numbers(_numbers(run, items))

    of_list.__doc__, of_values.__doc__ = line, "The same for numbers given one by one."
    builtin(f"{name}(list: list) -> {result}")(of_list)
    builtin(f"{name}(n...: Any) -> {result}")(of_values)


def sum_(numbers: list[Decimal]) -> Decimal | None:
    return _sum(numbers) if numbers else None


def mean(numbers: list[Decimal]) -> Decimal | None:
    return CONTEXT.divide(_sum(numbers), Decimal(len(numbers))) if numbers else None


def product(numbers: list[Decimal]) -> Decimal | None:
    if not numbers:
        return None
    result = Decimal(1)
    for number in numbers:
        result = CONTEXT.multiply(result, number)
    return result


def median(numbers: list[Decimal]) -> Decimal | None:
    if not numbers:
        return None
    ordered, middle = sorted(numbers), len(numbers) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return CONTEXT.divide(CONTEXT.add(ordered[middle - 1], ordered[middle]), Decimal(2))


def stddev(numbers: list[Decimal]) -> Decimal | None:
    if len(numbers) < 2:
        return None
    middle = mean(numbers)
    assert middle is not None
    squares = (CONTEXT.power(CONTEXT.subtract(number, middle), 2) for number in numbers)
    return CONTEXT.sqrt(CONTEXT.divide(_sum(squares), Decimal(len(numbers) - 1)))


def mode(numbers: list[Decimal]) -> Items:
    counts: dict[Decimal, int] = {}
    for number in numbers:
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, times in counts.items() if times == most)  # type: ignore[return-value]


_statistic("sum", "number", sum_, "The sum of a list of numbers; null for an empty list.")
_statistic("mean", "number", mean, "The arithmetic mean of a list of numbers; null for an empty list.")
_statistic("product", "number", product, "The product of a list of numbers; null for an empty list.")
_statistic(
    "median", "number", median, "The middle number, or the mean of both middle ones; null for an empty list."
)
_statistic("stddev", "number", stddev, "The standard deviation of a sample; null for fewer than two numbers.")
_statistic("mode", "list<number>", mode, "The most frequent numbers, in ascending order.")


# ---------------------------------------------------------------------------------------------------- making lists


@builtin("sublist(list: list, start position: number, length?: number) -> list")
def sublist(items: Items, start: Decimal, length: Decimal | None = None) -> Items:
    """The part of a list from a position, of some length or to the end."""
    begin = _position(items, start)
    if length is None:
        return items[begin:]
    count_ = truncated(length, "Panjang")
    if not 1 <= count_ <= len(items) - begin:
        raise Fault(f"Panjang {count_} tidak antara 1 dan {len(items) - begin}")
    return items[begin : begin + count_]


@builtin("append(list: list, item...?: Any) -> list")
def append(items: Items, *new: object) -> Items:
    """The list with elements added at its end."""
    return [*items, *new]


@builtin("concatenate(list...: list) -> list")
def concatenate(run: Run, *lists: Items) -> Items:
    """The elements of all lists in one."""
    run.check_items(sum(map(len, lists)))
    return [item for items in lists for item in items]


@builtin("insert before(list: list, position: number, newItem: Any) -> list")
def insert_before(items: Items, position: Decimal, new: object) -> Items:
    """The list with an element put in at a position."""
    place = _position(items, position)
    return [*items[:place], new, *items[place:]]


@builtin("remove(list: list, position: number) -> list")
def remove(items: Items, position: Decimal) -> Items:
    """The list without the element at a position."""
    place = _position(items, position)
    return [*items[:place], *items[place + 1 :]]


@builtin("list replace(list: list, position: number, newItem: Any) -> list")
def list_replace(items: Items, position: Decimal, new: object) -> Items:
    """The list with another element at a position."""
    place = _position(items, position)
    return [*items[:place], new, *items[place + 1 :]]


@builtin("list replace(list: list, match: function, newItem: Any) -> list")
def list_replace_matching(run: Run, items: Items, match: Function, new: object) -> Items:
    """The list with another element in place of each one for which `match(item, newItem)` is true."""
    return [new if _truth(invoke(run, match, [item, new]), "match") else item for item in items]


def _truth(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        raise Fault(f"Fungsi {name} harus memberi boolean, bukan {kind_of(value)}")
    return value


@builtin("reverse(list: list) -> list")
def reverse(items: Items) -> Items:
    """The list from its end to its beginning."""
    return items[::-1]


@builtin("union(list...: list) -> list")
def union(run: Run, *lists: Items) -> Items:
    """The elements of all lists in one, each once."""
    return distinct_values(run, concatenate(run, *lists))  # type: ignore[return-value]


@builtin("distinct values(list: list) -> list")
def distinct_values(run: Run, items: Items) -> Items:
    """The list's elements, each once."""
    seen = _Seen(run)
    return [item for item in items if seen.add(item)]


@builtin("duplicate values(list: list) -> list")
def duplicate_values(run: Run, items: Items) -> Items:
    """The elements that the list has more than once, each once."""
    seen, repeated = _Seen(run), _Seen(run)
    return [item for item in items if not seen.add(item) and repeated.add(item)]


@builtin("flatten(list: list) -> list")
def flatten(run: Run, items: Items) -> Items:
    """The elements of the list and of all lists within it, in one list."""
    flat: Items = []
    _flatten(run, items, flat)
    return flat


def _flatten(run: Run, items: Items, flat: Items) -> None:
    for item in items:
        run.spend(1)
        if isinstance(item, list):
            _flatten(run, item, flat)
        else:
            flat.append(item)


@builtin("sort(list: list, precedes: function) -> list")
def sort(run: Run, items: Items, precedes: Function) -> Items:
    """The list in the order in which `precedes(a, b)` is true; elements of which neither precedes keep theirs."""

    def compare(a: object, b: object) -> int:
        if _truth(invoke(run, precedes, [a, b]), "precedes"):
            return -1
        return 1 if _truth(invoke(run, precedes, [b, a]), "precedes") else 0

    return sorted(items, key=cmp_to_key(compare))


@builtin("partition(list: list, size: number) -> list<list>")
def partition(items: Items, size: Decimal) -> Items:
    """The list in pieces of that many elements; the last may be shorter."""
    length = truncated(size, "Ukuran")
    if length < 1:
        raise Fault(f"Ukuran {length} kurang dari 1")
    return [items[start : start + length] for start in range(0, len(items), length)]
