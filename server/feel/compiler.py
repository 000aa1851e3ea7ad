"""From syntax tree to Python closures, once; evaluating is then calling the outermost one.

A closure gets a frame: a list of the Run, the variables, the expression's text, and then the values of all names that
the expression reads or binds (parameters, loop variables, context entries, a filter's item), each at a slot that is
known beforehand. A function value keeps a copy of the frame that it was made in; so what it saw stays, whatever the
loop around it does next, and in whichever evaluation it is called.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, DecimalException
from typing import Any

from server.feel import arithmetic, logic, syntax
from server.feel.environment import UNREAD, Run
from server.feel.errors import Fault, InvalidExpression
from server.feel.functions import Candidate, apply, call, candidates, invoke
from server.feel.numbers import integer
from server.feel.properties import get_property
from server.feel.syntax import Node
from server.feel.temporal import Date
from server.feel.types import ANY, instance_of
from server.feel.values import Function, Range, from_json, kind_of, show

Frame = list[Any]
Code = Callable[[Frame], object]

RUN, VARIABLES, TEXT, FIRST_SLOT = range(4)

MAX_HEIGHT = 200
INPUT = "?"


@dataclass(frozen=True)
class Locals:
    """The local names at a place: each one's slot, on top of those around. `item` is the slot of a filter's element,
    whose entries are names too."""

    slots: Mapping[str, int]
    around: "Locals | None" = None
    item: int | None = None


class Compiler:
    """Compiles one expression; afterwards `names` are the free names that it reads, with their slots."""

    def __init__(self, text: str, declared: frozenset[str], functions: Mapping[str, Function]) -> None:
        self.text = text
        self.declared = declared
        self.functions = functions
        self.names: dict[str, int] = {}
        self._size = FIRST_SLOT
        self._height = 0

    def slot(self) -> int:
        self._size += 1
        return self._size - 1

    def frame(self) -> Frame:
        """What a frame is copied from at the beginning of an evaluation."""
        return [None, None, self.text] + [UNREAD] * (self._size - FIRST_SLOT)

    def code(self, node: Node, scope: Locals | None) -> Code:
        """The closure of a node. Raises InvalidExpression when the tree is too high."""
        self._height += 1
        if self._height > MAX_HEIGHT:
            raise InvalidExpression(
                "Ungkapan terlalu panjang tanpa tanda kurung; bagilah", self.text, node.at
            )
        made = COMPILERS[type(node)](self, node, scope)
        self._height -= 1
        return made

    # ----------------------------------------------------------------------------------------------------- names

    def _literal(self, node: syntax.Literal, scope: Locals | None) -> Code:
        value = node.value
        return lambda frame: value

    def _name(self, node: syntax.Name, scope: Locals | None) -> Code:
        items: list[int] = []
        while scope is not None and node.name not in scope.slots:
            if scope.item is not None:
                items.append(scope.item)
            scope = scope.around
        found = _local(scope.slots[node.name]) if scope else None
        for slot in reversed(items):
            found = _entry_of_item(node.name, slot, found or self._free(node))
        return found or self._free(node)

    def _free(self, node: syntax.Name) -> Code:
        name, at, fallback = node.name, node.at, self.functions.get(node.name)
        if name not in self.names:
            self.names[name] = self.slot()
        slot = self.names[name]

        def load(frame: Frame) -> object:
            value = frame[slot]
            if value is UNREAD:
                value = frame[slot] = _look_up(frame, name, at, fallback)
            return value

        return load

    def _function_named(self, node: Node, scope: Locals | None) -> Function | None:
        """The function that is known now to be called, when no name of the expression's own hides it."""
        if not isinstance(node, syntax.Name) or node.name in self.declared:
            return None
        while scope is not None:
            if node.name in scope.slots:
                return None
            scope = scope.around
        return self.functions.get(node.name)

    def _faulty(self, node: syntax.Faulty, scope: Locals | None) -> Code:
        return lambda frame: _null(frame, node.message, node.at)

    # ------------------------------------------------------------------------------------------------- operators

    def _negation(self, node: syntax.Negation, scope: Locals | None) -> Code:
        if isinstance(node.operand, syntax.Literal) and type(node.operand.value) is Decimal:
            negated = arithmetic.negative(node.operand.value)
            return lambda frame: negated
        operand, at = self.code(node.operand, scope), node.at

        def negate(frame: Frame) -> object:
            try:
                return arithmetic.negative(operand(frame))
            except Fault as fault:
                return _null(frame, fault, at)

        return negate

    def _arithmetic(self, node: syntax.Arithmetic, scope: Locals | None) -> Code:
        left, right, at, sign = (
            self.code(node.left, scope),
            self.code(node.right, scope),
            node.at,
            node.operator,
        )
        of_numbers, of_others = arithmetic.OF_NUMBERS[sign], arithmetic.OF_OTHERS[sign]

        def calculate(frame: Frame) -> object:
            a, b = left(frame), right(frame)
            try:
                if type(a) is Decimal and type(b) is Decimal:
                    return of_numbers(a, b)
                value = of_others(a, b)
            except Fault as fault:
                return _null(frame, fault, at)
            except DecimalException as error:
                return _null(frame, arithmetic.explain(error, sign), at)
            if type(value) is str:
                frame[RUN].check_text(len(value))
            return value

        return calculate

    def _comparison(self, node: syntax.Comparison, scope: Locals | None) -> Code:
        left, right = self.code(node.left, scope), self.code(node.right, scope)
        if node.operator in ("=", "!="):
            return _equality(left, right, node)
        compare = _comparer(node.operator)
        at = node.at

        def ordered(frame: Frame) -> object:
            return compare(frame, left(frame), right(frame), at)

        return ordered

    def _logic(self, node: syntax.Logic, scope: Locals | None) -> Code:
        operands = tuple((self.code(operand, scope), operand.at) for operand in node.operands)
        decided = node.operator == "or"
        sign = node.operator

        def join(frame: Frame) -> object:
            value: bool | None = not decided
            for operand, at in operands:
                truth = operand(frame)
                if truth is decided:
                    return decided
                if type(truth) is not bool:
                    value = None
                    if truth is not None:
                        _null(frame, f"Operand {sign} harus boolean, bukan {kind_of(truth)}", at)
            return value

        return join

    def _between(self, node: syntax.Between, scope: Locals | None) -> Code:
        value, low, high = (self.code(part, scope) for part in (node.value, node.low, node.high))
        not_less, not_greater, at = _comparer(">="), _comparer("<="), node.at

        def between(frame: Frame) -> object:
            middle = value(frame)
            return logic.both(
                not_less(frame, middle, low(frame), at), not_greater(frame, middle, high(frame), at)
            )

        return between

    def _in(self, node: syntax.In, scope: Locals | None) -> Code:
        value, slot = self.code(node.value, scope), self.slot()
        tests = self.tests(node.tests, scope, slot)

        def among(frame: Frame) -> object:
            frame[slot] = value(frame)
            return any_of(tests, frame)

        return among

    def tests(
        self, tests: tuple[Node, ...], scope: Locals | None, slot: int, cell: bool = False
    ) -> tuple[Code, ...]:
        """The closures of unary tests on the value at a slot: true, false or None. In a table's cell, other than after
        `in`, a computed boolean decides by itself where the input is none: `age > 18` in the column of a text."""
        return tuple(self._test(test, scope, slot, cell) for test in tests)

    def _test(self, node: Node, scope: Locals | None, slot: int, cell: bool) -> Code:
        if isinstance(node, syntax.OneSided):
            return self._one_sided_test(node, scope, slot)
        code = self.code(node, Locals({INPUT: slot}, scope))
        if mentions(node, INPUT):
            return lambda frame: _input_test(frame, code(frame), slot)
        at = node.at
        computed = cell and not isinstance(node, syntax.Literal)
        of_null = isinstance(node, PREDICATES)

        def test(frame: Frame) -> object:
            value, wanted = frame[slot], code(frame)
            if (
                computed
                and type(wanted) is bool
                and type(value) is not bool
                and (of_null or value is not None)
            ):
                return wanted
            truth = logic.satisfies(value, wanted)
            if truth is None:
                _null(frame, f"{_named(value)} tidak dapat dicocokkan dengan {_named(wanted)}", at)
            return truth

        return test

    def _one_sided_test(self, node: syntax.OneSided, scope: Locals | None, slot: int) -> Code:
        end, at = self.code(node.end, Locals({INPUT: slot}, scope)), node.at
        if node.operator in ("=", "!="):
            return _equality(_local(slot), end, node)
        compare = _comparer(node.operator)
        return lambda frame: compare(frame, frame[slot], end(frame), at)

    def _instance_of(self, node: syntax.InstanceOf, scope: Locals | None) -> Code:
        code, type_ = self.code(node.value, scope), node.type
        if type_ is None:
            return lambda frame: _null(
                frame, "Tipe sesudah instance of tidak dikenal atau tidak lengkap", node.at
            )
        return lambda frame: instance_of(code(frame), type_)

    # ----------------------------------------------------------------------------------------- values with parts

    def _interval(self, node: syntax.Interval, scope: Locals | None) -> Code:
        start, end, at = self.code(node.start, scope), self.code(node.end, scope), node.at
        start_included, end_included = node.start_included, node.end_included

        def make(frame: Frame) -> object:
            low, high = start(frame), end(frame)
            if low is not None and high is not None:
                order = logic.compare(low, high)
                if order is None or type(low) is not type(high):
                    return _null(frame, f"Rentang dari {kind_of(low)} sampai {kind_of(high)} tidak ada", at)
                if order > 0:
                    return _null(
                        frame, f"Awal rentang {show(low)} lebih besar daripada akhirnya {show(high)}", at
                    )
            return Range(low, high, start_included, end_included)

        return make

    def _one_sided(self, node: syntax.OneSided, scope: Locals | None) -> Code:
        end, make = self.code(node.end, scope), ONE_SIDED[node.operator]
        return lambda frame: make(end(frame))

    def _list(self, node: syntax.ListLiteral, scope: Locals | None) -> Code:
        items = tuple(self.code(item, scope) for item in node.items)
        return lambda frame: [item(frame) for item in items]

    def _context(self, node: syntax.ContextLiteral, scope: Locals | None) -> Code:
        entries: list[tuple[str, int, Code]] = []
        slots: dict[str, int] = {}
        for key, value in node.entries:
            slot = self.slot()
            if isinstance(value, syntax.FunctionLiteral):
                code = self._function(value, Locals({**slots, key: slot}, scope), slot)
            else:
                code = self.code(value, Locals(dict(slots), scope))
            entries.append((key, slot, code))
            slots[key] = slot
        if len(slots) < len(entries):
            return lambda frame: _null(frame, "Konteks mempunyai dua entri dengan nama yang sama", node.at)

        def make(frame: Frame) -> object:
            context: dict[str, object] = {}
            for key, slot, code in entries:
                context[key] = frame[slot] = code(frame)
            return context

        return make

    def _path(self, node: syntax.Path, scope: Locals | None) -> Code:
        base, name, at = self.code(node.base, scope), node.name, node.at

        def select(frame: Frame) -> object:
            value = base(frame)
            if type(value) is dict and name in value:
                return value[name]
            try:
                if type(value) is list:
                    frame[RUN].spend(len(value))
                return get_property(value, name)
            except Fault as fault:
                return _null(frame, fault, at)

        return select

    def _filter(self, node: syntax.Filter, scope: Locals | None) -> Code:
        base, slot, at = self.code(node.base, scope), self.slot(), node.at
        if _is_number(node.condition):
            index = self.code(node.condition, scope)
            return lambda frame: _element(frame, base(frame), index(frame), at)
        condition = self.code(node.condition, Locals({}, scope, slot))

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
                    return _element(frame, items, truth, at)
                elif truth is not None and truth is not False:
                    return _null(frame, f"Saringan harus boolean atau angka, bukan {kind_of(truth)}", at)
            return kept

        return select

    # ---------------------------------------------------------------------------------------------- control flow

    def _if(self, node: syntax.If, scope: Locals | None) -> Code:
        condition, yes, no = (self.code(part, scope) for part in (node.condition, node.yes, node.no))
        at = node.condition.at

        def choose(frame: Frame) -> object:
            truth = condition(frame)
            if truth is True:
                return yes(frame)
            if truth is not False:
                _null(frame, f"Syarat if harus boolean, bukan {kind_of(truth)}", at)
            return no(frame)

        return choose

    def _for(self, node: syntax.For, scope: Locals | None) -> Code:
        partial = self.slot()
        rounds, inner = self._rounds(node.iterators, Locals({"partial": partial}, scope))
        result = self.code(node.result, inner)
        sees_partial = mentions(node.result, "partial")

        def loop(frame: Frame) -> object:
            run: Run = frame[RUN]
            results: list[object] = []
            frame[partial] = results
            try:
                for _ in rounds(frame):
                    if sees_partial:
                        run.spend(len(results) >> 4)
                        frame[partial] = results.copy()
                    results.append(result(frame))
                    if len(results) > run.limits.items:
                        run.check_items(len(results))
            except Fault as fault:
                return _null(frame, fault, node.at)
            return results

        return loop

    def _quantified(self, node: syntax.Quantified, scope: Locals | None) -> Code:
        rounds, inner = self._rounds(node.iterators, scope)
        condition = self.code(node.condition, inner)
        decided = not node.every

        def quantify(frame: Frame) -> object:
            value: bool | None = not decided
            try:
                for _ in rounds(frame):
                    truth = condition(frame)
                    if truth is decided:
                        return decided
                    value = value if isinstance(truth, bool) else None
            except Fault as fault:
                return _null(frame, fault, node.at)
            return value

        return quantify

    def _rounds(
        self, iterators: tuple[syntax.Iterator, ...], scope: Locals | None
    ) -> tuple[Callable[[Frame], Iterator[None]], Locals]:
        """What goes through all combinations of the iterators' values, the last one fastest, and the scope inside."""
        first, rest = iterators[0], iterators[1:]
        slot = self.slot()
        elements = self._elements(first, scope)
        inner = Locals({first.name: slot}, scope)
        deeper: Callable[[Frame], Iterator[None]] | None = None
        if rest:
            deeper, inner = self._rounds(rest, inner)

        def rounds(frame: Frame) -> Iterator[None]:
            run: Run = frame[RUN]
            for element in elements(frame):
                run.spend(1)
                frame[slot] = element
                if deeper is None:
                    yield
                else:
                    yield from deeper(frame)

        return rounds, inner

    def _elements(
        self, iterator: syntax.Iterator, scope: Locals | None
    ) -> Callable[[Frame], Iterator[object]]:
        domain = self.code(iterator.domain, scope)
        if iterator.end is None:
            return lambda frame: elements_of(domain(frame))
        end = self.code(iterator.end, scope)
        return lambda frame: stepped(domain(frame), end(frame))

    # ------------------------------------------------------------------------------------------------- functions

    def _call(self, node: syntax.Call, scope: Locals | None) -> Code:
        arguments = tuple(self.code(argument, scope) for argument in node.arguments)
        function = self._function_named(node.function, scope)
        if function is not None and function.name in ASK_FOR_NULL and arguments:
            arguments = (_muted(arguments[0]), *arguments[1:])
        if function is not None:
            return self._known_call(node, function, arguments)
        callee, names, at = self._callee(node.function, scope), node.names, node.at

        def call_value(frame: Frame) -> object:
            called = callee(frame)
            try:
                values = [argument(frame) for argument in arguments]
                return None if called is None else invoke(frame[RUN], called, values, names)
            except Fault as fault:
                return _null(frame, fault, at)

        return call_value

    def _callee(self, node: Node, scope: Locals | None) -> Code:
        code = self.code(node, scope)
        if not isinstance(node, syntax.Name):
            return code
        name = node.name

        def look_up(frame: Frame) -> object:
            function = code(frame)
            if function is None:
                _null(frame, f"Fungsi {name} tidak dikenal", node.at)
            return function

        return look_up

    def _known_call(self, node: syntax.Call, function: Function, arguments: tuple[Code, ...]) -> Code:
        at = node.at
        try:
            found = candidates(function, len(arguments), node.names)
        except Fault as fault:
            message = str(fault)
            return lambda frame: _null(frame, message, at)
        only, order = found[0]
        if len(found) > 1 or order != tuple(range(len(arguments))):
            return self._overloaded_call(found, arguments, at)

        def call_one(frame: Frame) -> object:
            try:
                return apply(frame[RUN], only, [argument(frame) for argument in arguments])
            except Fault as fault:
                return _null(frame, fault, at)

        return call_one

    def _overloaded_call(self, found: list[Candidate], arguments: tuple[Code, ...], at: int) -> Code:
        def call_fitting(frame: Frame) -> object:
            try:
                return call(frame[RUN], found, [argument(frame) for argument in arguments])
            except Fault as fault:
                return _null(frame, fault, at)

        return call_fitting

    def _function(self, node: syntax.FunctionLiteral, scope: Locals | None, own: int | None = None) -> Code:
        """`own` is the slot of the context entry that holds the function, so that it may call itself."""
        names = tuple(name for name, _ in node.parameters)
        types = tuple(type_ or ANY for _, type_ in node.parameters)
        if node.body is None:
            return lambda frame: _null(frame, "Fungsi luar (external) tidak dijalankan", node.at)
        slots = tuple(self.slot() for _ in names)
        body = self.code(node.body, Locals(dict(zip(names, slots, strict=True)), scope))

        def make(frame: Frame) -> object:
            seen: Frame = []

            def run_body(run: Run, *arguments: object) -> object:
                inner = seen.copy()
                inner[RUN] = run
                for slot, argument in zip(slots, arguments, strict=True):
                    inner[slot] = argument
                return within(run, body, inner)

            function = Function("tanpa nama", names, run_body, wants_run=True, types=types)
            seen.extend(frame)
            if own is not None:
                seen[own] = function
            return function

        return make


# ---------------------------------------------------------------------------------------------------- parts of closures


def _null(frame: Frame, message: object, at: int) -> Any:
    """Null, with a warning that says why."""
    frame[RUN].warn(str(message), frame[TEXT], at)


def _nothing(frame: Frame) -> None:
    return None


def _named(value: object) -> str:
    return "null" if value is None else kind_of(value)


ASK_FOR_NULL = ("is defined", "get or else")
"""Functions that are called because their first argument may be null: it gives no warnings."""


def _muted(code: Code) -> Code:
    def quiet(frame: Frame) -> object:
        run: Run = frame[RUN]
        before, run.muted = run.muted, True
        value = code(frame)
        run.muted = before
        return value

    return quiet


def _local(slot: int) -> Code:
    return lambda frame: frame[slot]


def _look_up(frame: Frame, name: str, at: int, fallback: Function | None) -> object:
    variables: Mapping[str, object] = frame[VARIABLES]
    key = id(variables), name
    kept = frame[RUN].read.get(key)
    if kept is not None:
        return kept[1]
    value: object = fallback
    if name in variables:
        try:
            value = from_json(variables[name])
        except TypeError as error:
            _null(frame, f"Nilai {name} tidak dapat dipakai: {error}", at)
    elif fallback is None:
        _null(frame, f"Nama {name} tidak dikenal", at)
    frame[RUN].read[key] = variables, value
    return value


def _entry_of_item(name: str, slot: int, otherwise: Code) -> Code:
    def read(frame: Frame) -> object:
        item = frame[slot]
        if type(item) is dict and name in item:
            return item[name]
        return item if name == "item" else otherwise(frame)

    return read


def _equality(left: Code, right: Code, node: syntax.Comparison | syntax.OneSided) -> Code:
    at, wanted = node.at, node.operator == "="

    def equal(frame: Frame) -> object:
        a, b = left(frame), right(frame)
        truth = logic.equal(a, b)
        if truth is None:
            return _null(frame, f"{_named(a)} tidak dapat disamakan dengan {_named(b)}", at)
        return truth is wanted

    return equal


def _comparer(sign: str) -> Callable[[Frame, object, object, int], bool | None]:
    test = ORDERS[sign]

    def compare(frame: Frame, a: object, b: object, at: int) -> bool | None:
        if type(a) is Decimal and type(b) is Decimal:
            return test(a, b)
        order = logic.compare(a, b)
        if order is None:
            return _null(frame, f"{_named(a)} tidak dapat dibandingkan dengan {_named(b)}", at)
        return test(order, 0)

    return compare


ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

ONE_SIDED: dict[str, Callable[[object], Range]] = {
    "<": lambda end: Range(None, end, False, False, "<"),
    "<=": lambda end: Range(None, end, False, True, "<="),
    ">": lambda end: Range(end, None, False, False, ">"),
    ">=": lambda end: Range(end, None, True, False, ">="),
    "=": lambda end: Range(end, end, True, True, "="),
    "!=": lambda end: Range(end, end, False, False, "!="),
}


def any_of(tests: tuple[Code, ...], frame: Frame) -> bool | None:
    """FEEL's `or` over unary tests."""
    value: bool | None = False
    for test in tests:
        truth = test(frame)
        if truth is True:
            return True
        if truth is None:
            value = None
    return value


def _input_test(frame: Frame, value: object, slot: int) -> object:
    """A test that names the input value itself tells by its own truth; a value that it computes is compared."""
    return value if isinstance(value, bool) or value is None else logic.satisfies(frame[slot], value)


PREDICATES = (
    syntax.Comparison,
    syntax.Logic,
    syntax.Between,
    syntax.In,
    syntax.Quantified,
    syntax.InstanceOf,
)


def _element(frame: Frame, values: object, index: object, at: int) -> object:
    """The element at a 1-based index, counted from the end when negative."""
    if values is None:
        return None
    items = values if isinstance(values, list) else [values]
    if type(index) is not Decimal:
        return _null(frame, f"Indeks harus angka, bukan {kind_of(index)}", at)
    try:
        place = integer(index, "Indeks")
    except Fault as fault:
        return _null(frame, fault, at)
    if 1 <= abs(place) <= len(items):
        return items[place - 1 if place > 0 else place]
    return _null(frame, f"Indeks {place} di luar daftar yang berisi {len(items)} unsur", at)


def _is_number(node: Node) -> bool:
    if isinstance(node, syntax.Negation):
        node = node.operand
    return isinstance(node, syntax.Literal) and type(node.value) is Decimal


def elements_of(value: object) -> Iterator[object]:
    """What a loop goes through: a list's elements, a range's numbers or days, or a single value. Raises Fault."""
    if isinstance(value, list):
        return iter(value)
    if isinstance(value, Range):
        return _within_range(value)
    if value is None:
        raise Fault("Yang diulang tidak boleh null")
    return iter([value])


def _within_range(interval: Range) -> Iterator[object]:
    if interval.operator or interval.start is None or interval.end is None:
        raise Fault("Rentang yang tidak berujung tidak dapat diulang")
    for element in stepped(interval.start, interval.end):
        if logic.in_range(element, interval) is True:
            yield element


def stepped(start: object, end: object) -> Iterator[object]:
    """The whole numbers or the days from start to end, upwards or downwards. Raises Fault for anything else."""
    if isinstance(start, Decimal) and isinstance(end, Decimal):
        first, last = integer(start, "Awal"), integer(end, "Akhir")
        return (Decimal(number) for number in _from_to(first, last))
    if isinstance(start, Date) and isinstance(end, Date):
        return (Date.from_days(days) for days in _from_to(start.days, end.days))
    raise Fault(
        f"Pengulangan dari {_named(start)} sampai {_named(end)} tidak ada; pakailah angka atau tanggal"
    )


def _from_to(first: int, last: int) -> range:
    return range(first, last + 1) if first <= last else range(first, last - 1, -1)


def within(run: Run, body: Code, frame: Frame) -> object:
    """Evaluate a function's body, one call deeper. Raises Fault beyond the allowed depth."""
    if run.depth >= run.limits.depth:
        raise Fault(f"Pemanggilan fungsi bersarang lebih dari {run.limits.depth} tingkat")
    run.depth += 1
    try:
        return body(frame)
    finally:
        run.depth -= 1


def mentions(node: Node, name: str) -> bool:
    """Whether the name occurs anywhere in the tree."""
    if isinstance(node, syntax.Name) and node.name == name:
        return True
    return any(mentions(child, name) for child in children(node))


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below a node."""
    for field in fields(node):
        yield from _nodes_in(getattr(node, field.name))


def _nodes_in(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes_in(part)


COMPILERS: dict[type[Node], Callable[..., Code]] = {
    syntax.Literal: Compiler._literal,
    syntax.Name: Compiler._name,
    syntax.Faulty: Compiler._faulty,
    syntax.Path: Compiler._path,
    syntax.Filter: Compiler._filter,
    syntax.Call: Compiler._call,
    syntax.Negation: Compiler._negation,
    syntax.Arithmetic: Compiler._arithmetic,
    syntax.Comparison: Compiler._comparison,
    syntax.Logic: Compiler._logic,
    syntax.Between: Compiler._between,
    syntax.In: Compiler._in,
    syntax.OneSided: Compiler._one_sided,
    syntax.Interval: Compiler._interval,
    syntax.InstanceOf: Compiler._instance_of,
    syntax.If: Compiler._if,
    syntax.For: Compiler._for,
    syntax.Quantified: Compiler._quantified,
    syntax.FunctionLiteral: Compiler._function,
    syntax.ContextLiteral: Compiler._context,
    syntax.ListLiteral: Compiler._list,
}
