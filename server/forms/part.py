"""One component's JSON, read piece by piece: each method gives a typed piece, or notes a problem and gives a
harmless one."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from server import errors, feel
from server.forms import values
from server.forms.model import Limit, Options, Switch
from server.forms.pattern import Pattern

Json = Mapping[str, object]
Functions = Mapping[str, feel.Function]

_PATH = re.compile(r"\w+(\.\w+)*")


@dataclass(frozen=True, slots=True)
class Part:
    """A component, or an object within it. `name` is what its problems call it: its key, path or id."""

    json: Json
    name: str
    problems: list[errors.Problem]
    """Shared by all parts of a form."""
    functions: Functions | None = None
    prefix: str = ""
    """What its entries are called by, within the component: `validate.`."""

    def refuse(self, message: str) -> None:
        """Note a problem, once."""
        problem = errors.Problem(message, self.name)
        if problem not in self.problems:
            self.problems.append(problem)

    def wrong(self, entry: str, message: str) -> None:
        """Note a problem with an entry."""
        self.refuse(f"{self.prefix}{entry}{message}")

    def component(self, json: Json) -> "Part":
        """A component within this one."""
        called = next((json[name] for name in ("key", "path", "id") if json.get(name)), json.get("type"))
        return replace(self, json=json, name=str(called))

    def within(self, entry: str) -> "Part":
        """The object under an entry; an empty one where there is none."""
        value = self.json.get(entry) or {}
        if not isinstance(value, dict):
            self.wrong(entry, " harus berupa objek.")
            value = {}
        return replace(self, json=value, prefix=f"{entry}.")

    def path(self, entry: str) -> tuple[str, ...]:
        """A data path, empty where it is wrong."""
        text = self.json.get(entry) or ""
        if isinstance(text, str) and _PATH.fullmatch(text):
            return tuple(text.split("."))
        self.wrong(entry, " harus terdiri atas huruf, angka dan garis bawah, dipisah titik.")
        return ()

    def label(self) -> str:
        """The label that people see; the component's name where there is none, or a computed one."""
        label = next(
            (self.json[entry] for entry in ("label", "dateLabel", "timeLabel") if self.json.get(entry)), ""
        )
        plain = isinstance(label, str) and label.strip() and not label.startswith("=") and "{{" not in label
        return str(label).strip() if plain else self.name

    def text(self, entry: str) -> str | None:
        value = self.json.get(entry)
        return value if isinstance(value, str) and value else None

    def switch(self, entry: str) -> Switch:
        value = self.json.get(entry)
        if isinstance(value, bool):
            return value
        return False if value in (None, "") else self.expression(entry) or False

    def expression(self, entry: str) -> feel.Expression | None:
        """The compiled expression of a text that begins with `=`."""
        text = self.json.get(entry)
        if not isinstance(text, str) or not text.startswith("="):
            self.wrong(entry, " harus berupa ungkapan FEEL yang diawali “=”.")
            return None
        try:
            return feel.compile(text[1:], functions=self.functions)
        except errors.Invalid as error:
            self.wrong(entry, f": {error.message}")
            return None

    def hide(self) -> feel.Expression | None:
        """`conditional.hide`."""
        conditional = self.within("conditional")
        return None if conditional.json.get("hide") in (None, False, "") else conditional.expression("hide")

    def limit(self, entry: str) -> Limit:
        value = self.json.get(entry)
        is_computed = isinstance(value, str) and value.startswith("=")
        return self.expression(entry) if is_computed else self.number(entry)

    def number(self, entry: str) -> Decimal | None:
        value = self.json.get(entry)
        if value in (None, ""):
            return None
        if isinstance(value, (int, str, Decimal)) and not isinstance(value, bool):
            with suppress(InvalidOperation):
                number = Decimal(value)
                if values.is_writable(number):
                    return number
        self.wrong(entry, " harus berupa angka.")
        return None

    def whole(self, entry: str, least: int, most: int, default: int | None = None) -> int | None:
        value = self.json.get(entry, default)
        if value is None or (
            isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
        ):
            return value
        self.wrong(entry, f" harus bilangan bulat {least} sampai {most}.")
        return default

    def word(self, entry: str, words: Sequence[str]) -> str | None:
        value = self.json.get(entry)
        if value in (None, "") or value in words:
            return self.text(entry)
        self.wrong(entry, f" “{value}” tidak dikenal; pilihannya {', '.join(words)}.")
        return None

    def pattern(self, entry: str) -> Pattern | None:
        text = self.text(entry)
        try:
            return Pattern.read(text) if text else None
        except errors.Invalid as error:
            self.wrong(entry, f": {error.message}")
            return None

    def options(self) -> Options:
        """Where a choice's options come from, in form-js's order: valuesKey, values, valuesExpression."""
        fixed = self.json.get("values")
        if variable := self.text("valuesKey"):
            return Options(variable=variable)
        if isinstance(fixed, list):
            return Options(values=tuple(values.option_values(fixed)))
        if self.json.get("valuesExpression") is not None:
            return Options(expression=self.expression("valuesExpression"))
        self.refuse("Pilihannya belum ditentukan.")
        return Options(values=())
