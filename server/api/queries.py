"""Search requests and their answers: filter, sort and page as Camunda 8 has them, the same for every resource."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final, TypeAlias

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from server.api.schemas import Flag, Instant, Key, Listed, Own, Schema, Text, Whole, Within, Word, camel
from server.engine.search import TENANT, AnyOf, Condition, Holds, Query, Where

MOST_VALUES: Final = 1000
MOST_ALTERNATIVES: Final = 20
DEFAULT_LIMIT: Final = 100
LARGEST_PAGE: Final = 10_000

Tests: TypeAlias = tuple[tuple[str, object], ...]

EQUAL: Final = ("eq", "neq", "exists", "in", "notIn")
ORDERED: Final = (*EQUAL, "gt", "gte", "lt", "lte")
ALIKE: Final = (*EQUAL, "like")


# --- filters


class Compared(Own):
    """A value to be equal to, or an object of operators (`{"$in": […]}`), all of which must be true. Loads as Tests."""

    default_error_messages = {"operator": "operator tidak dikenal; yang ada: {known}"}

    def __init__(self, value: fields.Field[Any], operators: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(load_only=True, **kwargs)
        self.value = value
        self.operands: Mapping[str, fields.Field[Any]] = {
            f"${name}": self._operand(name, value) for name in operators
        }

    @staticmethod
    def _operand(name: str, value: fields.Field[Any]) -> fields.Field[Any]:
        if name == "exists":
            return Flag()
        if name in ("in", "notIn"):
            too_many = f"tidak boleh lebih dari {MOST_VALUES} nilai"
            return Listed(value, validate=validate.Length(max=MOST_VALUES, error=too_many))
        return Text() if name == "like" else value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Tests:
        if not isinstance(value, dict):
            return (("eq", self.value.deserialize(value)),)
        return tuple((name.removeprefix("$"), self._operand_of(name, each)) for name, each in value.items())

    def _operand_of(self, name: str, value: object) -> object:
        operand = self.operands.get(name)
        try:
            if operand is None:
                raise self.make_error("operator", known=", ".join(self.operands))
            return operand.deserialize(value)
        except ValidationError as fault:
            raise ValidationError({name: fault.messages}) from None


def text() -> Compared:
    return Compared(Text(), ALIKE)


def key() -> Compared:
    return Compared(Key(), EQUAL)


def number() -> Compared:
    return Compared(Whole(), ORDERED)


def instant() -> Compared:
    return Compared(Instant(), ORDERED)


def word(*words: str) -> Compared:
    return Compared(Word(words), ALIKE)


def flag() -> Compared:
    return Compared(Flag(), ("eq",))


class VariableTest(Schema):
    """A variable by its name, and a test of its JSON text."""

    name = Text(required=True)
    value = Compared(Text(), ALIKE, required=True)


class ByVariables(Listed):
    """Variables that all must be there."""

    def __init__(self) -> None:
        super().__init__(
            Within(VariableTest),
            load_only=True,
            validate=validate.Length(max=MOST_ALTERNATIVES, error="terlalu banyak variabel"),
        )


class Conditions(Schema):
    """All of its fields must be true. Subclasses name the fields of their listing."""

    @post_load
    def make_conditions(self, values: Mapping[str, Any], **kwargs: Any) -> tuple[Condition, ...]:
        return tuple(
            condition for name, value in values.items() for condition in self._conditions(name, value)
        )

    def _conditions(self, name: str, value: Any) -> Iterator[Condition]:
        field = self.fields[name]
        if isinstance(field, Compared):
            yield from (Where(name, operator, operand) for operator, operand in value)
        elif isinstance(field, ByVariables):
            for each in value:
                tests = tuple(Where("value", operator, operand) for operator, operand in each["value"])
                yield Holds(name, each["name"], tests)
        else:
            yield AnyOf(tuple(value))


class Filter(Conditions):
    """The same of what belongs to a tenant."""

    tenant_id = Compared(Word((TENANT,)), ALIKE)


def any_of(filter_: Callable[[], Conditions]) -> Listed:
    """Alternatives, one of which must be true, beside the other fields."""
    too_many = f"tidak boleh lebih dari {MOST_ALTERNATIVES} pilihan"
    return Listed(
        Within(filter_),
        data_key="$or",
        load_only=True,
        validate=validate.Length(max=MOST_ALTERNATIVES, error=too_many),
    )


# --- sort, page, request


class Sorting(Schema):
    """One field of the order; subclasses know which there are."""

    order = Word(("ASC", "DESC"), load_default="ASC")

    @post_load
    def make_pair(self, values: Mapping[str, str], **kwargs: Any) -> tuple[str, bool]:
        return values["field"], values["order"] == "DESC"


class SortField(Word):
    """The name of a field that can be sorted by, in camelCase outside."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = {camel(name): name for name in names}
        super().__init__(tuple(self.names), required=True)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return self.names[super()._deserialize(value, attr, data, **kwargs)]


class PageRequest(Schema):
    """A page by offset (`from`), after a cursor, or before one."""

    limit = Whole(least=1, most=LARGEST_PAGE, load_default=DEFAULT_LIMIT)
    offset = Whole(least=0, data_key="from")
    after = Text()
    before = Text()

    @validates_schema
    def check_one_way(self, values: Mapping[str, object], **kwargs: Any) -> None:
        if len(values.keys() & {"offset", "after", "before"}) > 1:
            raise ValidationError("pakai salah satu dari: from, after, before")


def search_of(name: str, filter_: type[Conditions], sorts: str) -> type[Schema]:
    """The schema of a search: `sorts` are the fields of its listing that it can be sorted by. Loads as a Query."""
    sorting = type(f"{name}Sort", (Sorting,), {"field": SortField(tuple(sorts.split()))})
    return type(
        f"{name}Search",
        (_Search,),
        {"filter": Within(filter_), "sort": Listed(Within(sorting)), "page": Within(PageRequest)},
    )


class _Search(Schema):
    @post_load
    def make_query(self, values: Mapping[str, Any], **kwargs: Any) -> Query:
        page = values.get("page", {})
        return Query(
            conditions=values.get("filter", ()),
            sort=tuple(dict(values.get("sort", ())).items()),
            **({"limit": DEFAULT_LIMIT} | page),
        )


# --- answers


class PageAnswer(Schema):
    """`totalItems` counts to 10,000; `hasMoreTotalItems` says whether there are more."""

    total_items = Whole(required=True)
    has_more_total_items = Flag(required=True)
    start_cursor = Text(required=True, allow_none=True)
    end_cursor = Text(required=True, allow_none=True)


@cache
def found(item: type[Schema]) -> type[Schema]:
    """The schema of a page of items. Dumps a Found."""
    return type(
        f"{item.__name__}Page",
        (Schema,),
        {
            "items": fields.List(Within(item), required=True),
            "page": Within(PageAnswer, required=True),
        },
    )
