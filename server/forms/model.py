"""A form as the server needs it: its fields by data path, and what each demands of a value.

Groups and layout are gone: a group's path is part of its fields' paths, its condition one of theirs. What
only shows something (text, image, table, button …) holds no data and is not here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from server import feel
from server.forms.pattern import Pattern

NEWEST_VERSION = 19
"""The newest schemaVersion of form-js JSON that is known here."""

DOCUMENT = "camunda.document.type"
"""The entry that makes an object a reference to a document, as Camunda's forms and clients write it."""

Document = Mapping[str, object]
Documents = Callable[[str], Document | None]
"""The reference of a document by its id; None for one that is not there, or not for who sends the form."""

Switch = bool | feel.Expression
Limit = int | Decimal | feel.Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. `path` leads to its value from the form, or from its row; `hides` are the conditions, its
    own and those of the groups around it, any of which hides it."""

    type: str
    path: tuple[str, ...]
    label: str
    hides: tuple[feel.Expression, ...] = ()
    readonly: Switch = False
    disabled: Switch = False
    required: Switch = False
    default: object = None
    properties: Mapping[str, object] = field(default_factory=dict)
    """The author's own entries (`properties` in form-js)."""
    key: str = field(init=False)
    """The path as text, `alamat.jalan`."""
    lockable: bool = field(init=False)
    """Whether its value may be kept from the client."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", ".".join(self.path))
        object.__setattr__(self, "lockable", self.readonly is not False or self.disabled is not False)

    @property
    def empty(self) -> object:
        """The value of the field when nothing is filled in."""
        return None

    @property
    def initial(self) -> object:
        """What the form shows before anybody fills it in, where no variable has its value."""
        return self.empty if self.default is None else self.default


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounded(Field):
    """A field whose value has limits: a number's size, or a text's length in characters without outer
    blanks."""

    minimum: Limit = None
    maximum: Limit = None

    @property
    def limits_are_computed(self) -> bool:
        return isinstance(self.minimum, feel.Expression) or isinstance(self.maximum, feel.Expression)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Bounded):
    """textfield, textarea."""

    pattern: Pattern | None = None
    pattern_message: str | None = None
    format: Literal["email", "phone"] | None = None
    nomor: str | None = None
    """Which kind of identity number it takes (a key of `nomor.KINDS`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Bounded):
    """number; int or Decimal, or its decimal text where `as_text`."""

    decimal_digits: int | None = None
    increment: Decimal | None = None
    as_text: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment(Field):
    """datetime: ISO 8601 text of a date, a time, or both."""

    subtype: Literal["date", "time", "datetime"]
    not_past: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkbox(Field):
    """checkbox; required means ticked."""

    @property
    def empty(self) -> object:
        return False


@dataclass(frozen=True, slots=True)
class Options:
    """Where the options of a choice come from: one of fixed values, a variable's name, an expression."""

    values: tuple[object, ...] | None = None
    variable: str | None = None
    expression: feel.Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Field):
    """radio, select: one option's value."""

    options: Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices(Choice):
    """checklist, taglist: a list of options' values."""

    @property
    def empty(self) -> object:
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class File(Field):
    """filepicker: a list of references to documents (`DOCUMENT`), which are kept elsewhere. `accept`: as HTML has it."""

    accept: str | None = None
    multiple: Switch = False

    @property
    def empty(self) -> object:
        return []

    def accepts(self, name: str, content_type: str) -> bool:
        """Whether a file of this name and type is one of those that the field asks for; a template says nothing here."""
        if not self.accept or "{{" in self.accept:
            return True
        wanted = [each.strip().lower() for each in self.accept.split(",")]
        kind = content_type.partition(";")[0].lower()
        return any(
            name.lower().endswith(each)
            if each.startswith(".")
            else kind == each or (each.endswith("/*") and kind.startswith(each[:-1]))
            for each in wanted
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed(Field):
    """expression: never taken from the client."""

    expression: feel.Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Fields that share a data object: a form, or a row of a list.

    `order` are those whose value or lock is computed, each after what it reads.
    """

    fields: tuple["Field | Rows", ...]
    order: tuple["Field | Rows", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """dynamiclist: a list of rows. `fixed`: rows are neither added nor removed."""

    path: tuple[str, ...]
    label: str
    hides: tuple[feel.Expression, ...] = ()
    row: Scope
    fixed: bool = False
    repetitions: int = 1
    key: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", ".".join(self.path))
