"""The types of a DMN file: its item definitions, and how a value becomes one of them (DMN 1.5 §7.3.2, §10.3.2.9.4).

FEEL's own types say what a value is made of; an item definition adds which values are allowed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from server import feel
from server.dmn.model import Definitions, ItemDefinition, Literal
from server.feel import temporal, types
from server.feel.types import ANY, MISFIT, ContextOf, FunctionOf, ListOf
from server.feel.types import Type as Shape
from server.feel.values import kind_of, show


@dataclass(frozen=True)
class Type:
    """What a value must be: its shape, the tests that it must pass, and the same for what lies within it."""

    name: str
    shape: Shape
    tests: tuple["AllowedValues", ...] = ()
    entries: Mapping[str, "Type"] = field(default_factory=dict)
    element: "Type | None" = None

    @property
    def free(self) -> bool:
        """Whether every value is of this type."""
        return self.shape == ANY and not self.tests


@dataclass(frozen=True)
class AllowedValues:
    """The values that an item definition allows: the text, and its test; None where the text is no FEEL."""

    text: str
    tests: feel.UnaryTests | None

    def allow(self, value: object, environment: feel.Environment) -> bool:
        """Whether the value may stand. Nothing given is no breach."""
        if value is None or self.tests is None:
            return True
        return self.tests.test(value, {}, environment).value is True


ANYTHING = Type("Any", ANY)

# What editors for Camunda 7 write for numbers.
ALIASES = dict.fromkeys(("integer", "long", "double"), "number")

MAX_DEPTH = 32
MAX_PARTS = 5000
"""Parts of a type, those of its parts included: types of types grow faster than the file that writes them."""

Names = Mapping[str, "Names | None"]


class Types:
    """The types that a file can name: FEEL's, its own, and those of its imports under the import's name."""

    def __init__(self, definitions: Definitions, imported: Mapping[str, "Types"]) -> None:
        self._items = {item.name: item for item in definitions.items}
        self._made: dict[str, Type] = {}
        self._making: set[str] = set()
        self.unknown: set[str] = set()
        self.too_large: set[str] = set()
        for entry in definitions.imports:
            if entry.namespace in imported:
                prefix = f"{entry.name}." if entry.name else ""
                made = imported[entry.namespace].own
                self._made.update({prefix + name: type_ for name, type_ in made.items()})

    @property
    def own(self) -> Mapping[str, Type]:
        """Every named type that is not FEEL's."""
        for name in self._items:
            self.find(name)
        return self._made

    @cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """The named types as FEEL texts may use them (`instance of`, parameters)."""
        return {name: type_.shape for name, type_ in self.own.items()}

    def find(self, type_ref: str | None) -> Type:
        """The type of that name. A name that nobody knows is remembered, and means anything."""
        if not type_ref:
            return ANYTHING
        if type_ref in self._made:
            return self._made[type_ref]
        if type_ref in self._items:
            return self._define(self._items[type_ref])
        try:
            return Type(type_ref, types.parse(ALIASES.get(type_ref, type_ref)))
        except types.UnknownType:
            self.unknown.add(type_ref)
            return ANYTHING

    def _define(self, item: ItemDefinition) -> Type:
        if item.name in self._making:  # a type within itself, such as a tree: its inner self may be anything
            return ANYTHING
        if len(self._making) >= MAX_DEPTH:
            self.too_large.add(item.name)
            return ANYTHING
        self._making.add(item.name)
        made = self._build(item)
        self._making.discard(item.name)
        if _size(made.shape, MAX_PARTS) < 0:
            self.too_large.add(item.name)
            made = ANYTHING
        self._made[item.name] = made
        return made

    def _build(self, item: ItemDefinition) -> Type:
        allowed, whole = self._allowed(item.allowed), self._allowed(item.constraint)
        if item.function is not None:
            made = Type(item.name, self._function(item))
        elif item.components:
            made = self._context(item)
        else:
            base = self.find(item.type_ref)
            made = Type(item.name, base.shape, base.tests, base.entries, base.element)
        if (
            not item.collection and made.element is not None
        ):  # a list by its base: what is allowed concerns its items
            return Type(item.name, made.shape, (*made.tests, *whole), {}, _restricted(made.element, allowed))
        made = _restricted(made, allowed)
        if item.collection:
            return Type(item.name, ListOf(made.shape), whole, {}, made)
        return _restricted(made, whole)

    def _context(self, item: ItemDefinition) -> Type:
        entries = {part.name: self._build(part) for part in item.components}
        shape = ContextOf(tuple((name, type_.shape) for name, type_ in entries.items()))
        return Type(item.name, shape, entries=entries)

    def _function(self, item: ItemDefinition) -> Shape:
        assert item.function is not None
        parameters = tuple(self.find(parameter.type_ref).shape for parameter in item.function.parameters)
        return FunctionOf(parameters, self.find(item.function.output).shape)

    def _allowed(self, literal: Literal | None) -> tuple[AllowedValues, ...]:
        if literal is None:
            return ()
        try:
            return (AllowedValues(literal.text, feel.compile_unary_tests(literal.text)),)
        except feel.InvalidExpression:
            return (AllowedValues(literal.text, None),)


def _size(shape: Shape, room: int) -> int:
    """What is left of the room after all parts of a shape are counted; negative when they are too many."""
    room -= 1
    parts = [entry for _, entry in shape.entries] if isinstance(shape, ContextOf) else []
    for part in [*parts, *([shape.element] if isinstance(shape, ListOf) else [])]:
        if room >= 0:
            room = _size(part, room)
    return room


def _restricted(type_: Type, tests: tuple[AllowedValues, ...]) -> Type:
    return (
        Type(type_.name, type_.shape, (*type_.tests, *tests), type_.entries, type_.element)
        if tests
        else type_
    )


def names_within(shape: Shape) -> Names | None:
    """The names that may stand after a dot, for values of a shape; as FEEL's lexer wants to know them."""
    if isinstance(shape, ListOf):
        return names_within(shape.element)
    if isinstance(shape, ContextOf):
        return {name: names_within(entry) for name, entry in shape.entries}
    return None


def coerce(value: object, type_: Type, environment: feel.Environment, warn: Callable[[str], None]) -> object:
    """The value as one of the type; null, with a warning, where it cannot become one."""
    if type_.shape is not ANY:
        fitted = value if _takes_alike(value, type_.shape) else types.coerce(value, type_.shape)
        if fitted is MISFIT:
            warn(f"{_shown(value)} bukan {type_.name}, jadi null")
            return None
        value = fitted
    found = breach(value, type_, environment)
    if found is None:
        return value
    warn(f"{found}, jadi null")
    return None


def _takes_alike(value: object, shape: Shape) -> bool:
    """Whether a function that does not tell what it gives takes as many arguments as a function type wants."""
    if not isinstance(value, feel.Function) or not isinstance(shape, FunctionOf):
        return False
    told = value.result not in (None, ANY)
    return not told and value.least <= len(shape.parameters) <= len(value.parameters)


def breach(value: object, type_: Type, environment: feel.Environment) -> str | None:
    """What of a value, whose shape is right, is not allowed; in words."""
    found = _breach(value, type_, environment)
    return found and f"{_shown(found[0])} di luar yang dibolehkan {type_.name} ({found[1]})"


def _breach(value: object, type_: Type, environment: feel.Environment) -> tuple[object, str] | None:
    """The part of a value that is not allowed, with the text of what is."""
    for allowed in type_.tests:
        if not allowed.allow(value, environment):
            return value, allowed.text
    if type_.element is not None and isinstance(value, list):
        found = (_breach(item, type_.element, environment) for item in value)
        return next((part for part in found if part), None)
    if type_.entries and isinstance(value, dict):
        found = (_breach(value.get(name), entry, environment) for name, entry in type_.entries.items())
        return next((part for part in found if part), None)
    return None


def from_outside(shape: Shape) -> Callable[[object], object]:
    """How a value from JSON, or FEEL's, goes towards a shape: ISO texts become temporal, entries that are not given null."""
    if not isinstance(shape, ListOf | ContextOf) and shape not in PARSERS:
        return feel.from_json
    return lambda value: _typed(feel.from_json(value), shape)


def _typed(value: object, shape: Shape) -> object:
    if isinstance(shape, ListOf):
        return (
            [_typed(item, shape.element) for item in value]
            if isinstance(value, list)
            else _typed(value, shape.element)
        )
    if isinstance(shape, ContextOf) and isinstance(value, dict):
        return {**value, **{name: _typed(value.get(name), entry) for name, entry in shape.entries}}
    if isinstance(value, str) and shape in PARSERS:
        parsed = PARSERS[shape](value)
        return value if parsed is None else parsed
    return value


PARSERS: Mapping[Shape, Callable[[str], object]] = {
    types.DATE: temporal.parse_date,
    types.TIME: temporal.parse_time,
    types.DATE_TIME: temporal.parse_date_time,
    types.DAYS_TIME: temporal.parse_duration,
    types.YEARS_MONTHS: temporal.parse_duration,
}

MAX_SHOWN = 60


def _shown(value: object) -> str:
    """A value in a message: small ones as they are, lists and contexts by their kind and size."""
    if isinstance(value, list | dict):
        return f"{kind_of(value)} berisi {len(value)} unsur"
    text = f"“{value}”" if isinstance(value, str) else show(value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
