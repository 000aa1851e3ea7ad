"""From syntax tree to Python closures, once; evaluating is then calling the outermost one.

Which slot of the frame a name has is settled here. A function value keeps a copy of the frame that it was made in; so
what it saw stays, whatever the loop around it does next, and in whichever evaluation it is called.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from server.feel import loops, operators, syntax
from server.feel.environment import Run
from server.feel.errors import Fault, InvalidExpression
from server.feel.frames import (
    FIRST_SLOT,
    RUN,
    UNREAD,
    Code,
    Frame,
    constant,
    entry_of_item,
    free,
    local,
    muted,
    nothing,
)
from server.feel.functions import Candidate, apply, call, candidates, invoke
from server.feel.inference import PREDICATES, constant_of, mentions, type_of
from server.feel.properties import get_property
from server.feel.syntax import Node
from server.feel.types import ANY, instance_of
from server.feel.values import Function, kind_of

MAX_HEIGHT = 200
INPUT = "?"

ASK_FOR_NULL = frozenset({"is defined", "get or else"})
"""Functions that are called because their first argument may be null: it gives no warnings."""


@dataclass(frozen=True)
class Locals:
    """The local names at a place: each one's slot, on top of those around. `item` is the slot of a filter's element,
    whose entries are names too."""

    slots: Mapping[str, int]
    around: "Locals | None" = None
    item: int | None = None


class Compiler:
    """Compiles one expression; afterwards `names` are the free names that it reads, with their slots, and `required`
    those that cannot be entries of a filter's element instead."""

    def __init__(self, text: str, declared: frozenset[str], functions: Mapping[str, Function]) -> None:
        self.text = text
        self.declared = declared
        self.functions = functions
        self.names: dict[str, int] = {}
        self.called: set[str] = set()
        """The known functions that are called by their names."""
        self.required: set[str] = set()
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
        return constant(node.value)

    def _faulty(self, node: syntax.Faulty, scope: Locals | None) -> Code:
        return lambda frame: nothing(frame, node.message, node.at)

    def _name(self, node: syntax.Name, scope: Locals | None) -> Code:
        items: list[int] = []
        while scope is not None and node.name not in scope.slots:
            if scope.item is not None:
                items.append(scope.item)
            scope = scope.around
        if items and node.name == "item":
            return entry_of_item(node.name, items[0], constant(None))
        code = local(scope.slots[node.name]) if scope else self._free(node)
        if not (items or scope):
            self.required.add(node.name)
        for slot in reversed(items):
            code = entry_of_item(node.name, slot, code)
        return code

    def _free(self, node: syntax.Name) -> Code:
        if node.name not in self.names:
            self.names[node.name] = self.slot()
        return free(self.names[node.name], node.name, node.at, self.functions.get(node.name))

    def _function_named(self, node: Node, scope: Locals | None) -> Function | None:
        """The function that is known now to be called, when no name of the expression's own hides it."""
        if not isinstance(node, syntax.Name) or node.name in self.declared:
            return None
        while scope is not None:
            if node.name in scope.slots:
                return None
            scope = scope.around
        return self.functions.get(node.name)

    # ------------------------------------------------------------------------------------------------- operators

    def _negation(self, node: syntax.Negation, scope: Locals | None) -> Code:
        known = constant_of(node)
        return (
            operators.negation(self.code(node.operand, scope), node.at) if known is None else constant(known)
        )

    def _arithmetic(self, node: syntax.Arithmetic, scope: Locals | None) -> Code:
        left, right = self.code(node.left, scope), self.code(node.right, scope)
        return operators.calculation(node.operator, left, right, node.at)

    def _comparison(self, node: syntax.Comparison, scope: Locals | None) -> Code:
        left, right = self.code(node.left, scope), self.code(node.right, scope)
        return operators.comparison(node.operator, left, right, node.at)

    def _logic(self, node: syntax.Logic, scope: Locals | None) -> Code:
        operands = tuple((self.code(operand, scope), operand.at) for operand in node.operands)
        return operators.junction(node.operator, operands)

    def _between(self, node: syntax.Between, scope: Locals | None) -> Code:
        value, low, high = (self.code(part, scope) for part in (node.value, node.low, node.high))
        return operators.between(value, low, high, node.at)

    def _in(self, node: syntax.In, scope: Locals | None) -> Code:
        value, slot = self.code(node.value, scope), self.slot()
        test = self.tests(node.tests, scope, slot)

        def among(frame: Frame) -> object:
            frame[slot] = value(frame)
            return test(frame)

        return among

    def _instance_of(self, node: syntax.InstanceOf, scope: Locals | None) -> Code:
        code, type_, at = self.code(node.value, scope), node.type, node.at
        if type_ is None:
            return lambda frame: nothing(frame, "Tipe ini tidak dikenal atau tidak lengkap", at)
        return lambda frame: instance_of(code(frame), type_)

    # ----------------------------------------------------------------------------------------------- unary tests

    def tests(self, tests: tuple[Node, ...], scope: Locals | None, slot: int, cell: bool = False) -> Code:
        """The closure of unary tests on the value at a slot: true, false or None. `cell` tells a table's cell from what
        follows `in`."""
        return operators.any_of(tuple(self._test(test, scope, slot, cell) for test in tests))

    def _test(self, node: Node, scope: Locals | None, slot: int, cell: bool) -> Code:
        scope = Locals({INPUT: slot}, scope)
        if isinstance(node, syntax.OneSided):
            return operators.one_sided_test(node.operator, slot, self.code(node.end, scope), node.at)
        wanted = constant_of(node)
        if wanted is not None:
            return operators.test_of_constant(wanted, slot, node.at)
        code = self.code(node, scope)
        if mentions(node, INPUT):
            return operators.input_test(code, slot)
        if cell and not isinstance(node, syntax.Literal):
            return operators.cell_test(code, slot, node.at, of_null=isinstance(node, PREDICATES))
        return operators.test_of(code, slot, node.at)

    # ----------------------------------------------------------------------------------------- values with parts

    def _interval(self, node: syntax.Interval, scope: Locals | None) -> Code:
        known = constant_of(node)
        if known is not None:
            return constant(known)
        low, high = self.code(node.start, scope), self.code(node.end, scope)
        return operators.interval(low, high, node.start_included, node.end_included, node.at)

    def _one_sided(self, node: syntax.OneSided, scope: Locals | None) -> Code:
        end, make = self.code(node.end, scope), operators.ONE_SIDED[node.operator]
        return lambda frame: make(end(frame))

    def _list(self, node: syntax.ListLiteral, scope: Locals | None) -> Code:
        items = tuple(self.code(item, scope) for item in node.items)
        return lambda frame: [item(frame) for item in items]

    def _context(self, node: syntax.ContextLiteral, scope: Locals | None) -> Code:
        entries: list[tuple[str, int, Code]] = []
        slots: dict[str, int] = {}
        for key, value in node.entries:
            slot = self.slot()
            entries.append((key, slot, self._entry(key, value, slot, Locals(dict(slots), scope))))
            slots[key] = slot
        if len(slots) < len(entries):
            return lambda frame: nothing(frame, "Konteks mempunyai dua entri dengan nama yang sama", node.at)

        def make(frame: Frame) -> object:
            context: dict[str, object] = {}
            for key, slot, code in entries:
                context[key] = frame[slot] = code(frame)
            return context

        return make

    def _entry(self, key: str, value: Node, slot: int, scope: Locals) -> Code:
        """The value of a context's entry; a function may call itself by the entry's name."""
        if isinstance(value, syntax.FunctionLiteral):
            return self._function(value, Locals({key: slot}, scope), slot)
        return self.code(value, scope)

    def _path(self, node: syntax.Path, scope: Locals | None) -> Code:
        base, name, at = self.code(node.base, scope), node.name, node.at

        def select(frame: Frame) -> object:
            value = base(frame)
            kind = type(value)
            if kind is dict and name in value:  # type: ignore[operator]
                return value[name]  # type: ignore[index]
            if kind is list:
                frame[RUN].spend(len(value))  # type: ignore[arg-type]
            try:
                return get_property(value, name)
            except Fault as fault:
                return nothing(frame, fault, at)

        return select

    def _filter(self, node: syntax.Filter, scope: Locals | None) -> Code:
        base = self.code(node.base, scope)
        index = constant_of(node.condition)
        if isinstance(index, Decimal):
            return loops.element(base, constant(index), node.at)
        slot = self.slot()
        return loops.filtered(base, self.code(node.condition, Locals({}, scope, slot)), slot, node.at)

    # ---------------------------------------------------------------------------------------------- control flow

    def _if(self, node: syntax.If, scope: Locals | None) -> Code:
        condition, yes, no = (self.code(part, scope) for part in (node.condition, node.yes, node.no))
        at = node.condition.at

        def choose(frame: Frame) -> object:
            truth = condition(frame)
            if truth is True:
                return yes(frame)
            if truth is not False:
                nothing(frame, f"Syarat if harus boolean, bukan {kind_of(truth)}", at)
            return no(frame)

        return choose

    def _for(self, node: syntax.For, scope: Locals | None) -> Code:
        partial = self.slot()
        go, inner = self._rounds(node.iterators, Locals({"partial": partial}, scope))
        sees_partial = mentions(node.result, "partial")
        return loops.collected(go, self.code(node.result, inner), partial, sees_partial, node.at)

    def _quantified(self, node: syntax.Quantified, scope: Locals | None) -> Code:
        go, inner = self._rounds(node.iterators, scope)
        return loops.quantified(go, self.code(node.condition, inner), node.every, node.at)

    def _rounds(
        self, iterators: tuple[syntax.Iterator, ...], scope: Locals | None
    ) -> tuple[loops.Rounds, Locals]:
        """What goes through all combinations of the iterators' values, the last one fastest, and the scope inside."""
        first, rest = iterators[0], iterators[1:]
        end = None if first.end is None else self.code(first.end, scope)
        each = loops.elements(self.code(first.domain, scope), end)
        slot = self.slot()
        inner = Locals({first.name: slot}, scope)
        deeper = None
        if rest:
            deeper, inner = self._rounds(rest, inner)
        return loops.rounds(slot, each, deeper), inner

    # ------------------------------------------------------------------------------------------------- functions

    def _call(self, node: syntax.Call, scope: Locals | None) -> Code:
        arguments = tuple(self.code(argument, scope) for argument in node.arguments)
        function = self._function_named(node.function, scope)
        if function is None:
            return self._call_of_value(node, self._callee(node.function, scope), arguments)
        self.called.add(function.name)
        if function.name in ASK_FOR_NULL and arguments:
            arguments = (muted(arguments[0]), *arguments[1:])
        return self._call_of_known(node, function, arguments)

    def _callee(self, node: Node, scope: Locals | None) -> Code:
        code = self.code(node, scope)
        if not isinstance(node, syntax.Name):
            return code
        look_up, name = muted(code), node.name

        def known(frame: Frame) -> object:
            function = look_up(frame)
            if function is None:
                raise Fault(f"Fungsi {name} tidak dikenal")
            return function

        return known

    def _call_of_value(self, node: syntax.Call, callee: Code, arguments: tuple[Code, ...]) -> Code:
        names, at = node.names, node.at

        def call_value(frame: Frame) -> object:
            try:
                return invoke(frame[RUN], callee(frame), [argument(frame) for argument in arguments], names)
            except Fault as fault:
                return nothing(frame, fault, at)

        return call_value

    def _call_of_known(self, node: syntax.Call, function: Function, arguments: tuple[Code, ...]) -> Code:
        at = node.at
        try:
            found = candidates(function, len(arguments), node.names)
        except Fault as fault:
            message = str(fault)
            return lambda frame: nothing(frame, message, at)
        only, order = found[0]
        if len(found) > 1 or order != tuple(range(len(arguments))):
            return self._call_of_one_of(found, arguments, at)

        def call_one(frame: Frame) -> object:
            try:
                return apply(frame[RUN], only, [argument(frame) for argument in arguments])
            except Fault as fault:
                return nothing(frame, fault, at)

        return call_one

    def _call_of_one_of(self, found: list[Candidate], arguments: tuple[Code, ...], at: int) -> Code:
        def call_fitting(frame: Frame) -> object:
            try:
                return call(frame[RUN], found, [argument(frame) for argument in arguments])
            except Fault as fault:
                return nothing(frame, fault, at)

        return call_fitting

    def _function(self, node: syntax.FunctionLiteral, scope: Locals | None, own: int | None = None) -> Code:
        """`own` is the slot of the context entry that holds the function, so that it may call itself."""
        names = tuple(name for name, _ in node.parameters)
        types = tuple(type_ or ANY for _, type_ in node.parameters)
        if node.body is None:
            return lambda frame: nothing(frame, "Fungsi luar (external) tidak dijalankan", node.at)
        slots = tuple(self.slot() for _ in names)
        body = self.code(node.body, Locals(dict(zip(names, slots, strict=True)), scope))
        result = type_of(node.body, dict(zip(names, types, strict=True)))

        def make(frame: Frame) -> object:
            seen: Frame = []

            def run_body(run: Run, *arguments: object) -> object:
                inner = seen.copy()
                inner[RUN] = run
                for slot, argument in zip(slots, arguments, strict=True):
                    inner[slot] = argument
                return _deeper(run, body, inner)

            function = Function("tanpa nama", names, run_body, wants_run=True, types=types, result=result)
            seen.extend(frame)
            if own is not None:
                seen[own] = function
            return function

        return make


def _deeper(run: Run, body: Code, frame: Frame) -> object:
    """Evaluate a function's body, one call deeper. Raises Fault beyond the allowed depth."""
    if run.depth >= run.limits.depth:
        raise Fault(f"Pemanggilan fungsi bersarang lebih dari {run.limits.depth} tingkat")
    run.depth += 1
    try:
        return body(frame)
    finally:
        run.depth -= 1


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
