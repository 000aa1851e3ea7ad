"""Checking what somebody filled in, on the server, as the browser should have.

Three passes: the schema says what has a wrong shape; `_Place` builds the data as the form stands, with locked values
restored, rows matched with what they were and expressions computed; `_Judge` says of each field, by its conditions,
whether it was due, allowed and within its limits, and gathers the values to keep.
"""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from marshmallow import Schema, ValidationError

from server import errors, feel
from server.forms import schema
from server.forms.model import Bounded, Choice, Computed, Field, Limit, Moment, Rows, Scope, Switch

Data = dict[str, object]
MAX_PROBLEMS = 100
MISSING = object()


class Rejected(errors.Invalid):
    """What was filled in cannot be taken; each problem's `where` is the field's key path (`rows[0].name`)."""

    def __init__(self, problems: Iterable[errors.Problem]) -> None:
        found = tuple(problems)[:MAX_PROBLEMS]
        super().__init__("Isian formulir belum benar. Perbaiki isian yang ditunjuk, lalu kirim lagi.", found)


def check(
    scope: Scope,
    shape: Schema,
    data: Mapping[str, object],
    variables: Mapping[str, object],
    environment: feel.Environment,
) -> Data:
    """The values to keep, by variable. Raises `Rejected` with every problem."""
    problems: dict[str, list[str]] = {}
    try:
        clean = shape.load(data)
    except ValidationError as error:
        clean = error.valid_data
        for where, message in schema.problems_of(error):
            problems.setdefault(where, []).append(message)
    place = _Place(scope, data, clean, dict(variables), environment)
    place.compute()
    values = _Judge(place, problems, environment).values(place)
    if problems:
        raise Rejected(
            errors.Problem(text, where or None) for where, texts in problems.items() for text in texts
        )
    return values


class _Place:
    """One data object of the form: the form's own, or a row's. `sent` is what came, `clean` what the schema made of
    it, `before` what was there, `data` how it stands."""

    __slots__ = (
        "before",
        "clean",
        "data",
        "environment",
        "names",
        "rows",
        "scope",
        "sent",
        "special",
        "where",
    )

    def __init__(
        self,
        scope: Scope,
        sent: object,
        clean: object,
        before: Data,
        environment: feel.Environment,
        above: "_Place | None" = None,
        where: str = "",
        number: int = 0,
    ) -> None:
        self.scope, self.sent, self.clean, self.before = scope, sent, clean, before
        self.environment, self.where = environment, where
        self.data = dict(before)
        self.rows: dict[str, list[_Place]] = {}
        self._name(above, number)
        self._settle()

    def _name(self, above: "_Place | None", number: int) -> None:
        """What form-js calls `this`, `parent` and `i`, beside the form's own data."""
        parent = ChainMap(above.data, above.special) if above else None
        around = above.special["i"] if above else []
        self.special: Data = {"this": self.data, "parent": parent, "i": [*around, number] if above else []}  # type: ignore[misc]
        wrapped = {f"_{name}_": value for name, value in self.special.items()}
        form_data = above.names.maps[0] if above else self.data
        self.names: ChainMap[str, object] = ChainMap(form_data, self.special, wrapped)

    def _settle(self) -> None:
        for member in self.scope.fields:
            if isinstance(member, Rows):
                self.rows[member.key] = list(self._rows(member))
                _put(self.data, member.path, [row.data for row in self.rows[member.key]])
            elif member.lockable or (member.hides and _get(self.clean, member.path) is MISSING):
                if _get(self.before, member.path) is MISSING:
                    _put(self.data, member.path, member.initial)
            else:
                _put(self.data, member.path, self.filled(member))

    def filled(self, member: Field) -> object:
        """The value that was filled in, or the field's empty one."""
        value = _get(self.clean, member.path)
        return member.empty if value is MISSING or value is None else value

    def _rows(self, member: Rows) -> Iterator["_Place"]:
        sent, clean, before = (
            _list(_get(data, member.path)) for data in (self.sent, self.clean, self.before)
        )
        if member.fixed:
            missing = self.expected(member) - len(sent)
            sent, clean = [*sent, *[{}] * missing], [*clean, *[{}] * missing]
        origins = before if member.fixed else _origins(member.row, sent, before)
        for n, row in enumerate(sent):
            origin = origins[n] if n < len(origins) else {}
            where = f"{self.where}{member.key}[{n}]."
            cleaned = clean[n] if n < len(clean) else {}
            yield _Place(member.row, row, cleaned, _dict(origin), self.environment, self, where, n + 1)

    def expected(self, member: Rows) -> int:
        """How many rows a list has whose rows are neither added nor removed."""
        before = _get(self.before, member.path)
        return len(before) if isinstance(before, list) else member.repetitions

    def compute(self) -> None:
        """Bring in what depends on other values: expressions, and fields whose lock turns out to be open."""
        for member in self.scope.order:
            if isinstance(member, Rows):
                for row in self.rows[member.key]:
                    row.compute()
            elif isinstance(member, Computed):
                _put(self.data, member.path, feel.to_json(self.evaluate(member.expression)))
            elif not self.is_locked(member):
                _put(self.data, member.path, self.filled(member))

    def evaluate(self, expression: feel.Expression) -> object:
        return expression.evaluate(self.names, self.environment).value

    def is_on(self, switch: Switch) -> bool:
        """As in the browser, only true is true."""
        return switch is True or (switch is not False and self.evaluate(switch) is True)

    def is_locked(self, member: Field) -> bool:
        return self.is_on(member.readonly) or self.is_on(member.disabled)

    def is_hidden(self, member: Field | Rows) -> bool:
        return any(self.evaluate(condition) is True for condition in member.hides)


class _Judge:
    """Walks a form as it stands; adds to `problems` and gives the values to keep."""

    def __init__(self, form: _Place, problems: dict[str, list[str]], environment: feel.Environment) -> None:
        self.form = form
        self.problems = problems
        self.environment = environment

    def values(self, place: _Place) -> Data:
        """What the fields of one place give to its data object: objects within it whole, as they now are."""
        kept: Data = {}
        for member in place.scope.fields:
            if member.hides and place.is_hidden(member):
                self._not_shown(member, place)
            elif isinstance(member, Rows):
                self._keep(kept, place, member, self._row_values(member, place))
            elif isinstance(member, Computed):
                self._keep(kept, place, member, _get(place.data, member.path))
            elif member.lockable and place.is_locked(member):
                self._locked(kept, member, place)
            else:
                self._filled(kept, member, place)
        return kept

    def _not_shown(self, member: Field | Rows, place: _Place) -> None:
        self._forget(place.where + member.key)
        if _get(place.sent, member.path) not in (MISSING, None, "", False, []) and not isinstance(
            member, Computed
        ):
            self._add(place, member, "sedang tidak tampil, jadi tidak boleh diisi")

    def _locked(self, kept: Data, member: Field, place: _Place) -> None:
        self._forget(place.where + member.key)
        if member.default is not None and _get(place.before, member.path) is MISSING:
            self._keep(kept, place, member, member.default)

    def _filled(self, kept: Data, member: Field, place: _Place) -> None:
        if place.where + member.key in self.problems:
            return
        value = _get(place.data, member.path)
        if _is_empty(value):
            if place.is_on(member.required):
                self._add(place, member, "wajib diisi")
        else:
            self._within(member, value, place)
        self._keep(kept, place, member, value)

    def _within(self, member: Field, value: object, place: _Place) -> None:
        """The limits that the schema cannot know."""
        if isinstance(member, Bounded) and member.limits_are_computed:
            self._in_bounds(member, value, place)
        elif isinstance(member, Choice) and member.options.values is None:
            offers = schema.offering(self._options(member, place))
            if message := schema.not_offered(member, value, offers):
                self._say(place, member, message)
        elif (
            isinstance(member, Moment)
            and member.not_past
            and self._day(value) < self.environment.clock.today()
        ):
            self._add(place, member, "tidak boleh sebelum hari ini")

    def _in_bounds(self, member: Bounded, value: object, place: _Place) -> None:
        low, high = (self._limit(limit, place) for limit in (member.minimum, member.maximum))
        if low is MISSING or high is MISSING:
            self._add(
                place,
                member,
                "tidak dapat diperiksa karena batasnya tidak terhitung; hubungi pengelola formulir",
            )
        else:
            for message in schema.outside(member, value, low, high):  # type: ignore[arg-type]
                self._say(place, member, message)

    def _limit(self, limit: Limit, place: _Place) -> object:
        if not isinstance(limit, feel.Expression):
            return limit
        number = place.evaluate(limit)
        return number if isinstance(number, Decimal) else MISSING

    def _options(self, member: Choice, place: _Place) -> list[object]:
        options = member.options
        if options.expression:
            offered = feel.to_json(place.evaluate(options.expression))
        else:
            offered = self.form.before.get(options.variable or "")
        return list(option_values(offered))

    def _day(self, value: object) -> date:
        moment = datetime.fromisoformat(str(value))
        return moment.astimezone(self.environment.clock.zone).date() if moment.tzinfo else moment.date()

    def _row_values(self, member: Rows, place: _Place) -> list[object]:
        rows = place.rows[member.key]
        if member.fixed and len(rows) != place.expected(member):
            self._add(place, member, f"harus tetap {place.expected(member)} baris")
        return [{**row.before, **self.values(row)} for row in rows]

    def _keep(self, kept: Data, place: _Place, member: Field | Rows, value: object) -> None:
        root = member.path[0]
        if len(member.path) > 1 and root not in kept:
            kept[root] = _dict(place.before.get(root))
        _put(kept, member.path, value)

    def _add(self, place: _Place, member: Field | Rows, sentence: str) -> None:
        self._say(place, member, f"“{member.label}” {sentence}.")

    def _say(self, place: _Place, member: Field | Rows, message: str) -> None:
        self.problems.setdefault(place.where + member.key, []).append(message)

    def _forget(self, where: str) -> None:
        """What the schema said of a value that is not taken is of no interest."""
        for known in [known for known in self.problems if known == where or known.startswith(f"{where}[")]:
            del self.problems[known]


def option_values(offered: object) -> Iterator[object]:
    """The values of a list of options: plain values, or objects of label and value; what is neither is no option."""
    for option in _list(offered):
        value = option.get("value") if isinstance(option, dict) else option
        if value is not None and value != "":
            yield value


def _origins(row: Scope, sent: list[object], before: list[object]) -> list[object]:
    """For each row sent, the row that it was: the first unused one with the same readonly values; {} for a new row."""
    plain = [f for f in row.fields if isinstance(f, Field) and f.readonly is not False]
    marks = [f for f in plain if f.readonly is True] or plain
    if not marks:
        return []
    left = [(row_before, [_get(row_before, mark.path) for mark in marks]) for row_before in before]
    return [_take(left, [_get(row_sent, mark.path) for mark in marks]) for row_sent in sent]


def _take(left: list[tuple[object, list[object]]], marks: list[object]) -> object:
    for one in left:
        if one[1] == marks:
            left.remove(one)
            return one[0]
    return {}


def _get(data: object, path: tuple[str, ...]) -> object:
    for segment in path:
        if not isinstance(data, dict):
            return MISSING
        data = data.get(segment, MISSING)
    return data


def _put(data: Data, path: tuple[str, ...], value: object) -> None:
    """Set a value; objects on the way are copied, as they may be the variables' own."""
    for segment in path[:-1]:
        inner = _dict(data.get(segment))
        data[segment] = inner
        data = inner
    data[path[-1]] = value


def _dict(value: object) -> Data:
    return dict(value) if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _is_empty(value: object) -> bool:
    return value is None or value is False or value == [] or (isinstance(value, str) and not value.strip())
