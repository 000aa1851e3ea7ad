"""From text to syntax tree: a Pratt parser that tells the lexer which names are in scope (DMN 1.5 §10.3.1)."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal

from server.feel import syntax, types
from server.feel.errors import InvalidExpression
from server.feel.lexer import NAME as PLAIN_NAME
from server.feel.lexer import NUMBER, STRING, Lexer, Names, Scope, Token, unescape
from server.feel.numbers import parse_number
from server.feel.syntax import Node
from server.feel.temporal import parse_temporal

MAX_NESTING = 100
MAX_LENGTH = 100_000

OR, AND, COMPARISON, SUM, PRODUCT, POWER, SIGN, INSTANCE, POSTFIX = range(10, 100, 10)

BINDING = {
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">=", "between", "in"), COMPARISON),
    **dict.fromkeys(("+", "-"), SUM),
    **dict.fromkeys(("*", "/"), PRODUCT),
    **dict.fromkeys(("(", "[", "."), POSTFIX),
    "or": OR,
    "and": AND,
    "**": POWER,
    "instance": INSTANCE,
}
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
CONSTANTS = {"true": True, "false": False, "null": None}
PROPERTIES = Scope(names=("time offset", "start included", "end included"))

# What cannot begin an expression: `[` before one of these ends an interval, `[1..10[`, and is no filter.
AFTER_AN_END = frozenset(
    {"end", ")", "]", "}", ",", ".", "..", ":", "*", "/", "+", "**", "->"}
    | COMPARISONS
    | {"and", "or", "then", "else", "return", "satisfies", "in", "between", "instance"}
)


def parse(
    text: str,
    names: Names = (),
    around: Scope | None = None,
    own: Mapping[str, types.Type] | None = None,
) -> Node:
    """The tree of an expression; `around` knows the functions. Raises InvalidExpression."""
    parser = Parser(text, names, around, own or {})
    return parser.finish(parser.expression())


def parse_unary_tests(
    text: str,
    names: Names = (),
    around: Scope | None = None,
    own: Mapping[str, types.Type] | None = None,
) -> syntax.Tests:
    """The tree of a cell's unary tests; `around` knows the functions. Raises InvalidExpression."""
    return Parser(text, names, around, own or {}).unary_tests()


def plain_literal(text: str, names: Collection[str] = ()) -> str | Decimal | None:
    """What an expression is that is nothing but a text in quotes or a number, told at a glance; None for every other."""
    if len(text) > MAX_LENGTH:
        return None
    if quoted := STRING.fullmatch(text):
        return unescape(quoted[1])
    return parse_number(text) if NUMBER.fullmatch(text) and text not in names else None


class Parser:
    """Reads one text from left to right; `position` is the end of what has been taken."""

    def __init__(self, text: str, names: Names, around: Scope | None, own: Mapping[str, types.Type]) -> None:
        if len(text) > MAX_LENGTH:
            raise InvalidExpression(f"Ungkapan lebih panjang dari {MAX_LENGTH} huruf", text[:100], 0)
        self.text = text
        self.own = own
        self.lexer = Lexer(text)
        self.position = 0
        self.scope = Scope(around, names)
        self.members = Scope(PROPERTIES)
        self._learn_members(names, set())
        self._token: Token | None = None
        self._nesting = 0
        self._ends_interval = False

    def _learn_members(self, names: Names, seen: set[int]) -> None:
        if isinstance(names, Mapping) and id(names) not in seen:
            seen.add(id(names))
            for inner in names.values():
                for name in inner or ():
                    self.members.add(name)
                self._learn_members(inner or (), seen)

    # ---------------------------------------------------------------------------------------------------- tokens

    def peek(self) -> Token:
        if self._token is None:
            self._token = self.lexer.token(self.position, self.scope)
        return self._token

    def sign(self) -> str:
        """The next token's sign or keyword; its kind for everything else."""
        token = self.peek()
        return token.value if token.kind == "keyword" else token.kind

    def take(self) -> Token:
        token = self.peek()
        self.move(token.end)
        return token

    def move(self, position: int) -> None:
        self.position = position
        self._token = None

    def take_if(self, sign: str) -> bool:
        if self.sign() != sign:
            return False
        self.take()
        return True

    def expect(self, sign: str) -> Token:
        if self.sign() != sign:
            raise self.unexpected(f"Di sini harus ada {sign!r}")
        return self.take()

    def unexpected(self, message: str) -> InvalidExpression:
        token = self.peek()
        found = "teks berakhir" if token.kind == "end" else f"yang ada {self.text[token.start : token.end]!r}"
        return self.lexer.error(f"{message}, {found}", token.start)

    @contextmanager
    def within(self, scope: Scope) -> Iterator[Scope]:
        """What is read inside knows the scope's names too."""
        outer, ends = self.scope, self._ends_interval
        self.scope, self._ends_interval, self._token = scope, False, None
        yield scope
        self.scope, self._ends_interval, self._token = outer, ends, None

    def finish(self, node: Node) -> Node:
        if self.sign() != "end":
            raise self.unexpected("Ungkapan seharusnya selesai di sini")
        return node

    # ----------------------------------------------------------------------------------------------- expressions

    def expression(self, binding: int = 0) -> Node:
        """An expression whose operators bind tighter than `binding`."""
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise self.lexer.error(f"Ungkapan bersarang lebih dari {MAX_NESTING} tingkat", self.position)
        node = self._continued(self._prefix(), binding)
        self._nesting -= 1
        return node

    def _continued(self, left: Node, binding: int) -> Node:
        """What the operators that follow, and bind tighter than `binding`, make of a left operand."""
        while (operator := self.sign()) in BINDING and BINDING[operator] > binding:
            if operator == "[" and self._ends_interval and self._closes_interval():
                break
            left = self._infix(operator, left)
        return left

    def _prefix(self) -> Node:
        token = self.peek()
        reader = PREFIXES.get(self.sign())
        if reader is None:
            raise self.unexpected("Di sini harus ada nilai, nama, atau ungkapan")
        return reader(self, token)

    def _number(self, token: Token) -> Node:
        self.take()
        number = parse_number(token.value)
        if number is None:
            raise self.lexer.error(f"Angka {token.value[:40]} terlalu besar", token.start)
        return syntax.Literal(token.start, number)

    def _string(self, token: Token) -> Node:
        self.take()
        return syntax.Literal(token.start, token.value)

    def _constant(self, token: Token) -> Node:
        self.take()
        return syntax.Literal(token.start, CONSTANTS[token.value])

    def _at(self, token: Token) -> Node:
        self.take()
        text = self.expect("string").value
        value = parse_temporal(text)
        if value is None:
            return syntax.Faulty(token.start, f"{text[:60]!r} bukan tanggal, jam atau durasi")
        return syntax.Literal(token.start, value)

    def _name(self, token: Token) -> Node:
        self.take()
        return syntax.Name(token.start, token.value)

    def _negation(self, token: Token) -> Node:
        self.take()
        return syntax.Negation(token.start, self.expression(SIGN))

    def _parenthesis(self, token: Token) -> Node:
        """`(expression)`, `(a..b)` or `(< a)`."""
        self.take()
        if self.sign() in COMPARISONS:
            with self.within(self.scope):
                node: Node = self._one_sided()
            self.expect(")")
            return node
        with self.within(self.scope):
            node = self.expression()
            interval = self.sign() == ".."
        if interval:
            return self._interval(token.start, node, start_included=False)
        self.expect(")")
        return node

    def _bracket(self, token: Token) -> Node:
        """`[a, b]` or `[a..b]`."""
        self.take()
        items: list[Node] = []
        with self.within(self.scope):
            if self.sign() != "]":
                items.append(self.expression())
            interval = self.sign() == ".."
            while not interval and items and self.take_if(","):
                items.append(self.expression())
        if interval:
            return self._interval(token.start, items[0], start_included=True)
        self.expect("]")
        return syntax.ListLiteral(token.start, tuple(items))

    def _reversed_bracket(self, token: Token) -> Node:
        """`]a..b]`"""
        self.take()
        with self.within(self.scope):
            start = self.expression()
        return self._interval(token.start, start, start_included=False)

    def _interval(self, at: int, start: Node, start_included: bool) -> Node:
        self.expect("..")
        with self.within(self.scope):
            self._ends_interval = True
            end = self.expression()
            closing = self.sign()
            if closing not in (")", "]", "["):
                raise self.unexpected("Rentang harus ditutup dengan ']', ')' atau '['")
            self.take()
        return syntax.Interval(at, start, end, start_included, closing == "]")

    def _closes_interval(self) -> bool:
        """Whether the `[` that comes next ends the interval being read, and is no filter of its last endpoint."""
        here, token = self.position, self.peek()
        self.move(token.end)
        closes = self.sign() in AFTER_AN_END
        self.position, self._token = here, token
        return closes

    def _one_sided(self) -> syntax.OneSided:
        token = self.take()
        return syntax.OneSided(token.start, token.kind, self.expression(COMPARISON))

    def _context(self, token: Token) -> Node:
        self.take()
        entries: list[tuple[str, Node]] = []
        with self.within(Scope(self.scope)) as scope:
            while self.sign() != "}":
                if entries:
                    self.expect(",")
                key = self._key()
                scope.add(key)
                self.members.add(key)
                self._token = None
                entries.append((key, self.expression()))
        self.expect("}")
        return syntax.ContextLiteral(token.start, tuple(entries))

    def _key(self) -> str:
        token = self.lexer.declared(self.position, ":")
        if token is None:
            token = self.peek()
            if token.kind != "string":
                raise self.unexpected("Di sini harus ada nama entri konteks")
        self.move(token.end)
        self.expect(":")
        return token.value

    def _if(self, token: Token) -> Node:
        self.take()
        condition = self.expression()
        self.expect("then")
        yes = self.expression()
        self.expect("else")
        return syntax.If(token.start, condition, yes, self.expression())

    def _for(self, token: Token) -> Node:
        self.take()
        with self.within(Scope(self.scope)) as scope:
            iterators = self._iterators(scope)
            self.expect("return")
            scope.add("partial")
            return syntax.For(token.start, iterators, self.expression())

    def _quantified(self, token: Token) -> Node:
        self.take()
        with self.within(Scope(self.scope)) as scope:
            iterators = self._iterators(scope)
            self.expect("satisfies")
            return syntax.Quantified(token.start, token.value == "every", iterators, self.expression())

    def _iterators(self, scope: Scope) -> tuple[syntax.Iterator, ...]:
        iterators: list[syntax.Iterator] = []
        while not iterators or self.take_if(","):
            name = self.lexer.declared(self.position, "in")
            if name is None:
                raise self.unexpected("Di sini harus ada nama, lalu 'in'")
            self.move(name.end)
            self.expect("in")
            domain = self.expression()
            end = self.expression() if self.take_if("..") else None
            iterators.append(syntax.Iterator(name.start, name.value, domain, end))
            scope.add(name.value)
            self._token = None
        return tuple(iterators)

    def _function(self, token: Token) -> Node:
        self.take()
        self.expect("(")
        parameters: list[tuple[str, types.Type | None]] = []
        while self.sign() != ")":
            if parameters:
                self.expect(",")
            parameters.append(self._parameter())
        self.expect(")")
        with self.within(Scope(self.scope, [name for name, _ in parameters])):
            external = self.peek().value == "external"
            if external:
                self.take()
            body = self.expression()
        return syntax.FunctionLiteral(token.start, tuple(parameters), None if external else body)

    def _parameter(self) -> tuple[str, types.Type | None]:
        name = self.lexer.declared(self.position, ":,)")
        if name is None:
            raise self.unexpected("Di sini harus ada nama parameter")
        self.move(name.end)
        return name.value, self._type() if self.take_if(":") else None

    def _type(self) -> types.Type:
        start = self.lexer.skip(self.position)
        type_ = self._written_type()
        if (name := types.unknown_in(type_)) is not None:
            raise self.lexer.error(f"Tipe {name} tidak dikenal", start)
        return type_

    def _written_type(self) -> types.Type:
        try:
            type_, end = types.scan(self.text, self.position, self.own)
        except types.UnknownType as unknown:
            raise self.lexer.error(unknown.message, unknown.position) from None
        self.move(end)
        return type_

    # ------------------------------------------------------------------------------------- after a left operand

    def _infix(self, operator: str, left: Node) -> Node:
        special = INFIXES.get(operator)
        if special is not None:
            return special(self, left)
        token = self.take()
        right = self.expression(BINDING[operator])
        if operator in COMPARISONS:
            return syntax.Comparison(token.start, operator, left, right)
        return syntax.Arithmetic(token.start, operator, left, right)

    def _logic(self, left: Node) -> Node:
        token = self.take()
        right = self.expression(BINDING[token.value])
        if isinstance(left, syntax.Logic) and left.operator == token.value:
            return syntax.Logic(left.at, token.value, (*left.operands, right))
        return syntax.Logic(token.start, token.value, (left, right))

    def _between(self, left: Node) -> Node:
        token = self.take()
        low = self.expression(COMPARISON)
        self.expect("and")
        return syntax.Between(token.start, left, low, self.expression(COMPARISON))

    def _in(self, left: Node) -> Node:
        token = self.take()
        if self.sign() != "(":
            return syntax.In(token.start, left, (self.test(COMPARISON),))
        opening = self.take()
        with self.within(self.scope):
            tests = [self.test()]
            while self.take_if(","):
                tests.append(self.test())
            interval = len(tests) == 1 and self.sign() == ".."
        if interval:
            tests = [self._interval(opening.start, tests[0], start_included=False)]
        else:
            self.expect(")")
        if len(tests) == 1:
            tests = [self._continued(tests[0], COMPARISON)]
        return syntax.In(token.start, left, tuple(tests))

    def _instance_of(self, left: Node) -> Node:
        token = self.take()
        if self.sign() != "of":
            raise self.unexpected("Sesudah 'instance' harus ada 'of'")
        self.take()
        type_ = self._written_type()
        usable = type_ not in types.BARE and types.unknown_in(type_) is None
        return syntax.InstanceOf(token.start, left, type_ if usable else None)

    def _path(self, left: Node) -> Node:
        token = self.take()
        start = self.lexer.skip(self.position)
        plain = PLAIN_NAME.match(self.text, start)
        known = self.members.match(self.text, start, plain.end() if plain else start)
        if known is None and plain is None:
            raise self.unexpected("Sesudah titik harus ada nama")
        name, end = known or (plain[0], plain.end())  # type: ignore[index, union-attr]
        self.move(end)
        return syntax.Path(token.start, left, name)

    def _filter(self, left: Node) -> Node:
        token = self.take()
        with self.within(Scope(self._with_members(), ["item"])):
            condition = self.expression()
        self.expect("]")
        return syntax.Filter(token.start, left, condition)

    def _with_members(self) -> Scope:
        """The scope of a filter: the keys of contexts that are known, before the names around it."""
        inner = Scope(self.scope)
        inner._by_first = self.members._by_first
        return inner

    def _call(self, left: Node) -> Node:
        token = self.take()
        names: list[str] = []
        arguments: list[Node] = []
        with self.within(self.scope):
            while self.sign() != ")":
                if arguments:
                    self.expect(",")
                name = self.lexer.declared(self.position, ":")
                if name is not None:
                    names.append(name.value)
                    self.move(name.end)
                    self.expect(":")
                arguments.append(self.expression())
        self.expect(")")
        if names and len(names) != len(arguments):
            raise self.lexer.error("Argumen bernama dan berurutan tidak boleh bercampur", token.start)
        at = left.at if isinstance(left, syntax.Name) else token.start
        return syntax.Call(at, left, tuple(arguments), tuple(names) if names else None)

    # ------------------------------------------------------------------------------------------------ unary tests

    def unary_tests(self) -> syntax.Tests:
        """A whole cell: `-`, `not(…)`, or tests separated by commas; nothing at all is as good as `-`."""
        if self.take_if("end") or (self.take_if("-") and self.sign() == "end"):
            return syntax.Tests(0, (), negated=False)
        self.move(0)
        return self._negated_tests() or syntax.Tests(0, self._tests(), negated=False)

    def _negated_tests(self) -> syntax.Tests | None:
        if self.peek().value != "not" or self.peek().kind != "name":
            return None
        self.take()
        if self.take_if("("):
            with self.within(self.scope):
                tests = [self.test()]
                while self.take_if(","):
                    tests.append(self.test())
            if self.take_if(")") and self.sign() == "end":
                return syntax.Tests(0, tuple(tests), negated=True)
        self.move(0)
        return None

    def _tests(self) -> tuple[Node, ...]:
        tests = [self.test()]
        while self.take_if(","):
            tests.append(self.test())
        self.finish(tests[0])
        return tuple(tests)

    def test(self, binding: int = 0) -> Node:
        """One positive unary test: `< 5`, an interval, or an expression."""
        return self._one_sided() if self.sign() in COMPARISONS else self.expression(binding)


PREFIXES: dict[str, Callable[[Parser, Token], Node]] = {
    "number": Parser._number,
    "string": Parser._string,
    "name": Parser._name,
    "?": Parser._name,
    "@": Parser._at,
    "-": Parser._negation,
    "(": Parser._parenthesis,
    "[": Parser._bracket,
    "]": Parser._reversed_bracket,
    "{": Parser._context,
    "if": Parser._if,
    "for": Parser._for,
    "some": Parser._quantified,
    "every": Parser._quantified,
    "function": Parser._function,
    **dict.fromkeys(CONSTANTS, Parser._constant),
}

INFIXES: dict[str, Callable[[Parser, Node], Node]] = {
    "and": Parser._logic,
    "or": Parser._logic,
    "between": Parser._between,
    "in": Parser._in,
    "instance": Parser._instance_of,
    ".": Parser._path,
    "[": Parser._filter,
    "(": Parser._call,
}
