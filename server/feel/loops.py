"""What loops and filters go through."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from server.feel import logic
from server.feel.environment import Run
from server.feel.errors import Fault
from server.feel.frames import RUN, Code, Frame, nothing
from server.feel.numbers import integer
from server.feel.temporal import Date
from server.feel.values import Range, kind_of

Elements = Callable[[Frame], Iterator[object]]
Rounds = Callable[[Frame], Iterator[None]]


def elements(domain: Code, end: Code | None) -> Elements:
    """What `in domain`, or `in domain..end`, goes through. It raises Fault where there is nothing such."""
    if end is None:
        return lambda frame: elements_of(domain(frame))
    return lambda frame: stepped(domain(frame), end(frame))


def elements_of(value: object) -> Iterator[object]:
    """A list's elements, a range's numbers or days, or a single value. Raises Fault."""
    if isinstance(value, list):
        return iter(value)
    if isinstance(value, Range):
        return _within(value)
    if value is None:
        raise Fault("Yang diulang tidak boleh null")
    return iter([value])


def _within(interval: Range) -> Iterator[object]:
    if interval.operator or interval.start is None or interval.end is None:
        raise Fault("Rentang yang tidak berujung tidak dapat diulang")
    steps = stepped(interval.start, interval.end)
    return (element for element in steps if logic.in_range(element, interval) is True)


def stepped(start: object, end: object) -> Iterator[object]:
    """The whole numbers or the days from start to end, upwards or downwards. Raises Fault for anything else."""
    if isinstance(start, Decimal) and isinstance(end, Decimal):
        return (Decimal(number) for number in _from_to(integer(start, "Awal"), integer(end, "Akhir")))
    if isinstance(start, Date) and isinstance(end, Date):
        return (Date.from_days(days) for days in _from_to(start.days, end.days))
    raise Fault(f"Tidak ada urutan dari {kind_of(start)} sampai {kind_of(end)}; pakailah angka atau tanggal")


def _from_to(first: int, last: int) -> range:
    return range(first, last + 1) if first <= last else range(first, last - 1, -1)


def rounds(slot: int, each: Elements, deeper: Rounds | None) -> Rounds:
    """A round for each element, put at a slot, and within it the rounds of the iterators that follow."""

    def go(frame: Frame) -> Iterator[None]:
        run: Run = frame[RUN]
        for element in each(frame):
            run.spend(1)
            frame[slot] = element
            if deeper is None:
                yield
            else:
                yield from deeper(frame)

    return go


def collected(go: Rounds, result: Code, partial: int, sees_partial: bool, at: int) -> Code:
    """The list of what each round gives; the results so far are at the slot `partial`."""

    def loop(frame: Frame) -> object:
        run: Run = frame[RUN]
        results: list[object] = []
        frame[partial] = results
        try:
            for _ in go(frame):
                if sees_partial:
                    run.spend(len(results) >> 4)
                    frame[partial] = results.copy()
                results.append(result(frame))
                if len(results) > run.limits.items:
                    run.check_items(len(results))
        except Fault as fault:
            return nothing(frame, fault, at)
        return results

    return loop


def quantified(go: Rounds, condition: Code, every: bool, at: int) -> Code:
    """Whether some round, or every one, is true."""
    decided = not every

    def quantify(frame: Frame) -> object:
        value: bool | None = every
        try:
            for _ in go(frame):
                truth = condition(frame)
                if truth is decided:
                    return decided
                value = value if isinstance(truth, bool) else None
        except Fault as fault:
            return nothing(frame, fault, at)
        return value

    return quantify


def filtered(base: Code, condition: Code, slot: int, at: int) -> Code:
    """The elements for which the condition, with the element at a slot, is true; or one by its index, if the condition
    turns out to be a number."""

    def select(frame: Frame) -> object:
        values = base(frame)
        if values is None:
            return None
        items = values if type(values) is list else [values]
        kept = []
        run: Run = frame[RUN]
        for item in items:
            run.spend(1)
            frame[slot] = item
            truth = condition(frame)
            if truth is True:
                kept.append(item)
            elif type(truth) is Decimal:
                return _at_index(frame, items, truth, at)
            elif truth is not None and truth is not False:
                return nothing(frame, f"Saringan harus boolean atau angka, bukan {kind_of(truth)}", at)
        return kept

    return select


def element(base: Code, index: Code, at: int) -> Code:
    """The element at an index; a single value is a list of one."""

    def select(frame: Frame) -> object:
        values, place = base(frame), index(frame)
        items = values if type(values) is list else [values]
        return None if values is None else _at_index(frame, items, place, at)

    return select


def _at_index(frame: Frame, items: list[object], index: object, at: int) -> object:
    """1-based, and counted from the end when negative."""
    assert isinstance(index, Decimal)
    try:
        place = integer(index, "Indeks")
    except Fault as fault:
        return nothing(frame, fault, at)
    if 1 <= abs(place) <= len(items):
        return items[place - 1 if place > 0 else place]
    return nothing(frame, f"Indeks {place} di luar daftar yang berisi {len(items)} unsur", at)
