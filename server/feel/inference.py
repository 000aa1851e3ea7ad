"""What a syntax tree tells before it is evaluated: constants, the names in it, and types where its form shows them."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from decimal import Decimal

from server.feel import operators, syntax
from server.feel.errors import Fault
from server.feel.syntax import Node
from server.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS_TIME,
    NUMBER,
    STRING,
    TIME,
    YEARS_MONTHS,
    ContextOf,
    ListOf,
    RangeOf,
    Type,
    instance_of,
)

PREDICATES = (
    syntax.Comparison,
    syntax.Logic,
    syntax.Between,
    syntax.In,
    syntax.Quantified,
    syntax.InstanceOf,
)
"""Nodes that give a boolean, or null."""

SCALARS: tuple[Type, ...] = (NUMBER, STRING, BOOLEAN, DATE, TIME, DATE_TIME, DAYS_TIME, YEARS_MONTHS)


def constant_of(node: Node) -> object:
    """The value of a node that is known beforehand; None where it is not, or is null."""
    if isinstance(node, syntax.Literal):
        return node.value
    if isinstance(node, syntax.Negation):
        value = constant_of(node.operand)
        return -value if isinstance(value, Decimal) else None
    if isinstance(node, syntax.Interval):
        return _constant_range(node)
    return None


def _constant_range(node: syntax.Interval) -> object:
    low, high = constant_of(node.start), constant_of(node.end)
    if low is None or high is None:
        return None
    try:
        return operators.make_range(low, high, node.start_included, node.end_included)
    except Fault:
        return None


def type_of(node: Node, names: Mapping[str, Type]) -> Type | None:
    """The type of what a node gives, where its form and the types of names tell."""
    if isinstance(node, PREDICATES):
        return BOOLEAN
    if isinstance(node, syntax.Literal):
        return next((type_ for type_ in SCALARS if instance_of(node.value, type_)), None)
    if isinstance(node, syntax.Name):
        type_ = names.get(node.name)
        return None if type_ == ANY else type_
    if isinstance(node, syntax.Arithmetic):
        return _common((node.left, node.right), names, (NUMBER, STRING))
    if isinstance(node, syntax.If):
        return _common((node.yes, node.no), names)
    return _type_of_whole(node, names)


def _type_of_whole(node: Node, names: Mapping[str, Type]) -> Type | None:
    if isinstance(node, syntax.ListLiteral) and (element := _common(node.items, names)):
        return ListOf(element)
    if isinstance(node, syntax.Interval) and (element := _common((node.start, node.end), names)):
        return RangeOf(element)
    if isinstance(node, syntax.ContextLiteral):
        types = [(key, type_of(value, names)) for key, value in node.entries]
        return ContextOf(tuple((key, type_ or ANY) for key, type_ in types))
    return None


def _common(nodes: tuple[Node, ...], names: Mapping[str, Type], among: tuple[Type, ...] = ()) -> Type | None:
    """The one type that all nodes have, if it is `among` those given."""
    types = {type_of(node, names) for node in nodes}
    only = types.pop() if len(types) == 1 else None
    return only if not among or only in among else None


def mentions(node: Node, name: str) -> bool:
    """Whether the name occurs anywhere in the tree."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, syntax.Name) and one.name == name:
            return True
        waiting.extend(children(one))
    return False


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
