"""The ground of all schemas: names in camelCase, unknown names refused, messages in Indonesian, values of one type only."""

from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from enum import StrEnum
from typing import Any, Final

import marshmallow
from marshmallow import ValidationError, fields

from server import errors
from server.engine.search import TENANT

KEY_PATTERN: Final = "^[0-9]{1,19}$"
LARGEST_KEY: Final = 2**63 - 1
LARGEST_NUMBER: Final = 2**31 - 1


class Unusable(errors.Invalid):
    """What was sent is JSON, but not what this route takes; `problems` says where."""

    def __init__(self, problems: tuple[errors.Problem, ...]) -> None:
        first, others = problems[0], len(problems) - 1
        more = f" (dan {others} hal lain)" if others else ""
        super().__init__(f"Permintaan tidak dapat dipakai. {first}{more}.", problems)


def camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


class Schema(marshmallow.Schema):
    """Fields are named as Python's, and travel in camelCase."""

    error_messages = {"unknown": "tidak dikenal di sini", "type": "harus berupa objek JSON"}

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.data_key = field_obj.data_key or camel(field_name)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """As marshmallow does, with a short way for the rows of searches."""
        return obj.get(attr, default) if type(obj) is dict else super().get_attribute(obj, attr, default)


def load(schema: marshmallow.Schema, value: Any) -> Any:
    """`value` as the schema has it. Raises Unusable with every problem."""
    try:
        return schema.load(value)
    except ValidationError as fault:
        raise Unusable(tuple(problems_of(fault.messages))) from None


def problems_of(messages: Any, where: str = "") -> list[errors.Problem]:
    """marshmallow's tree of messages as a list; `where` is the path to each."""
    if isinstance(messages, Mapping):
        branches = (problems_of(inner, _path(where, name)) for name, inner in messages.items())
        return [problem for branch in branches for problem in branch]
    return [errors.Problem(str(message), where=where or None) for message in messages]


def _path(where: str, name: object) -> str:
    if name == "_schema":
        return where
    if isinstance(name, int):
        return f"{where}[{name}]"
    return f"{where}.{name}" if where else str(name)


# --- values


class Own(fields.Field[Any]):
    """What all fields here have in common: their words."""

    default_error_messages = {
        "required": "wajib diisi",
        "null": "tidak boleh null",
        "validator_failed": "isinya tidak sah",
    }


class Text(Own, fields.String):
    default_error_messages = {"invalid": "harus berupa teks"}


class Whole(Own, fields.Integer):
    """A whole number of 32 bits, or within `least` and `most`."""

    default_error_messages = {"invalid": "harus berupa bilangan bulat dari {least} sampai {most}"}

    def __init__(self, *, least: int = -LARGEST_NUMBER, most: int = LARGEST_NUMBER, **kwargs: Any) -> None:
        super().__init__(metadata={"minimum": least, "maximum": most}, **kwargs)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if type(value) is not int or not self.least <= value <= self.most:
            raise self.make_error("invalid", least=self.least, most=self.most)
        return value


class WholeText(Whole):
    """A whole number in a query string."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        is_number = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10
        return super()._deserialize(int(value) if is_number else value, attr, data, **kwargs)


class Flag(Own, fields.Boolean):
    default_error_messages = {"invalid": "harus true atau false"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Key(Own):
    """A key: a number inside, a string of digits outside."""

    default_error_messages = {"invalid": "harus berupa kunci: teks yang terdiri atas angka"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"pattern": KEY_PATTERN, "example": "2251799813685249"}, **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        key = key_of(value)
        if key is None:
            raise self.make_error("invalid")
        return key


def key_of(text: object) -> int | None:
    """The key that a text of digits is; None where it is none."""
    if not isinstance(text, str) or not (text.isascii() and text.isdigit() and len(text) <= 19):
        return None
    key = int(text)
    return key if key <= LARGEST_KEY else None


class Instant(Own, fields.DateTime):
    """A point in time, sent in UTC with milliseconds."""

    default_error_messages = {
        "invalid": "harus berupa waktu ISO 8601 dengan zona, misalnya 2026-03-02T08:00:00+07:00"
    }

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None:
            return None
        text: str = value.astimezone(UTC).isoformat(timespec="milliseconds")
        return text.replace("+00:00", "Z")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is not None and MINYEAR < moment.year < MAXYEAR:
                return moment.astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            pass
        raise self.make_error("invalid")


class Word(Own, fields.String):
    """One of a few words."""

    default_error_messages = {"invalid": "harus salah satu dari: {words}"}

    def __init__(self, words: type[StrEnum] | tuple[str, ...], **kwargs: Any) -> None:
        self.words = tuple(str(word) for word in words)
        super().__init__(metadata={"enum": list(self.words)}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if value not in self.words:
            raise self.make_error("invalid", words=", ".join(self.words))
        return str(value)


class Object_(Own, fields.Dict):
    """A JSON object, as it is."""

    default_error_messages = {"invalid": "harus berupa objek JSON"}

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        return value


class Listed(Own, fields.List[Any]):
    default_error_messages = {"invalid": "harus berupa daftar"}


class Within(Own, fields.Nested):
    """An object of another schema."""

    default_error_messages = {"type": "harus berupa objek JSON"}


class Fixed(Own, fields.Raw):
    """A field that the contract requires and that is always the same here."""

    def __init__(self, value: object, **metadata: Any) -> None:
        super().__init__(required=True, dump_only=True, metadata=metadata)
        self.value = value

    def serialize(self, *args: Any, **kwargs: Any) -> Any:
        return self.value


def tenant() -> Fixed:
    """There is one office, so one tenant."""
    return Fixed(TENANT, type="string")


def nothing(of: str = "string") -> Fixed:
    """What this server does not have."""
    return Fixed(None, type=of, nullable=True)


class Referenced(Schema):
    """A request that may bear a number of its sender's own, which is taken and not kept."""

    operation_reference = Whole(least=1, most=LARGEST_KEY)


class Tenanted(Schema):
    """A request that may name the tenant: the only one that there is."""

    tenant_id = Word((TENANT,))
