"""A data object being filled in: the form's own, or a row's; the data as the form stands, before anybody
judges it."""

from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from server import feel
from server.forms.model import Computed, Field, Rows, Scope, Switch
from server.forms.schema import MAX_ROWS

Data = dict[str, object]
MISSING = object()


@dataclass(slots=True, eq=False)
class Sheet:
    """`sent` is what came, `clean` what the schema made of it, `before` what was there; `data` is how it
    stands, with locked values restored and rows matched with what they were, and after `compute` with
    expressions computed."""

    scope: Scope
    sent: object
    clean: object
    before: Data
    environment: feel.Environment
    above: "Sheet | None" = None
    where: str = ""
    """What stands before a field's key in the place of a problem: `rows[0].`"""
    number: int = 0
    """Which row it is, from 1."""
    data: Data = field(init=False)
    rows: dict[str, list["Sheet"]] = field(init=False, default_factory=dict)
    names: ChainMap[str, object] = field(init=False)
    """What its expressions see."""

    def __post_init__(self) -> None:
        self.data = dict(self.before)
        local = self._local()
        self.names = ChainMap(self.form.data, local, {f"_{name}_": value for name, value in local.items()})
        self._settle()

    @property
    def form(self) -> "Sheet":
        """The sheet of the whole form."""
        return self.above.form if self.above else self

    def _local(self) -> Data:
        """What form-js calls `this`, `parent` and `i`."""
        if self.above is None:
            return {"this": self.data, "parent": None, "i": []}
        around = self.above._local()
        return {
            "this": self.data,
            "parent": ChainMap(self.above.data, around),
            "i": [*_list(around["i"]), self.number],
        }

    def _settle(self) -> None:
        for member in self.scope.fields:
            if isinstance(member, Rows):
                self.rows[member.key] = list(self._rows(member))
                put(self.data, member.path, [row.data for row in self.rows[member.key]])
            elif member.lockable or (member.hides and get(self.clean, member.path) is MISSING):
                if get(self.before, member.path) is MISSING:
                    put(self.data, member.path, member.initial)
            else:
                put(self.data, member.path, self._filled(member))

    def _filled(self, member: Field) -> object:
        value = get(self.clean, member.path)
        return member.empty if value is MISSING or value is None else value

    def _rows(self, member: Rows) -> Iterator["Sheet"]:
        sent, clean, before = (_list(get(data, member.path)) for data in (self.sent, self.clean, self.before))
        if member.fixed:
            missing: list[object] = [{}] * (self.expected(member) - len(sent))
            sent, clean = sent + missing, clean + missing
        origins = before if member.fixed else _origins(member.row, sent[:MAX_ROWS], before)
        for n, row in enumerate(sent[:MAX_ROWS]):
            where = f"{self.where}{member.key}[{n}]."
            origin = copied(_at(origins, n))
            yield Sheet(member.row, row, _at(clean, n), origin, self.environment, self, where, n + 1)

    def expected(self, member: Rows) -> int:
        """How many rows a list has whose rows are neither added nor removed."""
        before = get(self.before, member.path)
        return len(before) if isinstance(before, list) else member.repetitions

    def compute(self) -> None:
        """Bring in what depends on other values: expressions, and fields whose lock turns out to be open."""
        for member in self.scope.order:
            if isinstance(member, Rows):
                for row in self.rows[member.key]:
                    row.compute()
            elif isinstance(member, Computed):
                put(self.data, member.path, feel.to_json(self.evaluate(member.expression)))
            elif not self.is_locked(member):
                put(self.data, member.path, self._filled(member))

    def evaluate(self, expression: feel.Expression) -> object:
        """The value of an expression here; null where it has none."""
        return expression.evaluate(self.names, self.environment).value

    def is_on(self, switch: Switch) -> bool:
        """As in the browser, only true is true."""
        return switch is True or (switch is not False and self.evaluate(switch) is True)

    def is_locked(self, member: Field) -> bool:
        """Whether the field's value is kept from the client."""
        return self.is_on(member.readonly) or self.is_on(member.disabled)

    def is_hidden(self, member: Field | Rows) -> bool:
        """Whether the member, or a group around it, is hidden."""
        return any(self.evaluate(condition) is True for condition in member.hides)


def untouched(
    scope: Scope,
    answers: Mapping[str, object],
    variables: Mapping[str, object],
    environment: feel.Environment,
) -> Data:
    """What a form sends when nothing but `answers` is filled in; see `Form.untouched`."""
    writable = [each for each in scope.fields if isinstance(each, Rows) or not isinstance(each, Computed)]
    filled: Data = {}
    for member in writable:
        value = answers.get(member.key, get(variables, member.path))
        if value is MISSING and isinstance(member, Field):
            value = member.default
        if value is not MISSING and value is not None:
            put(filled, member.path, value)
    form = Sheet(scope, filled, filled, dict(variables), environment)
    form.compute()
    sent: Data = {}
    for member in writable:
        locked = isinstance(member, Field) and member.lockable and form.is_locked(member)
        value = get(filled, member.path)
        if value is not MISSING and not locked and not form.is_hidden(member):
            put(sent, member.path, value)
    return sent


def get(data: object, path: tuple[str, ...]) -> object:
    """The value at a path, or MISSING."""
    for segment in path:
        if not isinstance(data, dict):
            return MISSING
        data = data.get(segment, MISSING)
    return data


def put(data: Data, path: tuple[str, ...], value: object) -> None:
    """Set the value at a path. Objects on the way are copied, as they may be a variable's own."""
    for segment in path[:-1]:
        inner = copied(data.get(segment))
        data[segment] = inner
        data = inner
    data[path[-1]] = value


def copied(value: object) -> Data:
    """A copy of an object; an empty one of anything else."""
    return dict(value) if isinstance(value, dict) else {}


def _origins(row: Scope, sent: list[object], before: list[object]) -> list[object]:
    """For each row sent, the row that it was: the first unused one with the same readonly values; {} for a
    new row."""
    readonly = [one for one in row.fields if isinstance(one, Field) and one.readonly is not False]
    marks = [one for one in readonly if one.readonly is True] or readonly
    left = [(one, _values(one, marks)) for one in before] if marks else []
    return [_taken(left, _values(one, marks)) for one in sent]


def _values(row: object, marks: list[Field]) -> list[object]:
    return [get(row, mark.path) for mark in marks]


def _taken(left: list[tuple[object, list[object]]], marks: list[object]) -> object:
    for one in left:
        if one[1] == marks:
            left.remove(one)
            return one[0]
    return {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _at(values: list[object], n: int) -> object:
    return values[n] if n < len(values) else {}
