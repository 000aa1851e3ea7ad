"""The syntax tree of an expression: frozen nodes that know where in the text they start."""

from dataclasses import dataclass

from server.feel.types import Type


@dataclass(frozen=True, slots=True)
class Node:
    """Any part of an expression; `at` is its 0-based position in the text."""

    at: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, text, boolean, null, or `@"…"`."""

    value: object


@dataclass(frozen=True, slots=True)
class Faulty(Node):
    """What is well written but has no value: null, with this message as a warning."""

    message: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name, to be looked up in the scopes around it."""

    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`base.name`"""

    base: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`base[condition]`"""

    base: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`function(a, b)` or `function(x: a, y: b)`: `names` is None or as long as `arguments`."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """`-operand`"""

    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`left operator right` with one of `+ - * / **`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`left operator right` with one of `= != < <= > >=`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """All operands joined by the same `and` or `or`."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`value between low and high`"""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """`value in tests`: any of them."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class OneSided(Node):
    """`< end`, as a unary test, or in parentheses as a range."""

    operator: str
    end: Node


@dataclass(frozen=True, slots=True)
class Interval(Node):
    """`[start..end]` and its open forms."""

    start: Node
    end: Node
    start_included: bool
    end_included: bool


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """`value instance of type`; None for a type that nobody knows, or that lacks its parameters."""

    value: Node
    type: Type | None


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if condition then yes else no`"""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Iterator(Node):
    """`name in domain`, or `name in domain..end`."""

    name: str
    domain: Node
    end: Node | None


@dataclass(frozen=True, slots=True)
class For(Node):
    """`for iterators return result`"""

    iterators: tuple[Iterator, ...]
    result: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`some iterators satisfies condition`, or `every …`."""

    every: bool
    iterators: tuple[Iterator, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class FunctionLiteral(Node):
    """`function(a: type, b) body`; the body of an external one is None."""

    parameters: tuple[tuple[str, Type | None], ...]
    body: Node | None


@dataclass(frozen=True, slots=True)
class ContextLiteral(Node):
    """`{key: value, …}`"""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """`[a, b]`"""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Tests(Node):
    """A cell's unary tests: any of `tests`, or none of them when `negated`. No tests at all: `-`, everything."""

    tests: tuple[Node, ...]
    negated: bool
