"""Checking what somebody filled in, on the server, as the browser should have.

First the schema says what has a wrong shape; then a `Sheet` holds the data as the form stands; last, each
field is judged by its conditions: whether it was due, allowed and within its limits.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from marshmallow import Schema, ValidationError

from server import errors, feel
from server.forms import nomor, schema, values
from server.forms.model import (
    Bounded,
    Checkbox,
    Choice,
    Computed,
    Document,
    Documents,
    Field,
    File,
    Limit,
    Moment,
    Rows,
    Scope,
    Text,
)
from server.forms.sheet import MISSING, Data, Sheet, copied, get, put

MAX_PROBLEMS = 100


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
    documents: Documents,
) -> Data:
    """The values to keep, by variable. Raises `Rejected` with every problem."""
    judge = _Judge(documents)
    try:
        clean = shape.load(data)
    except ValidationError as error:
        clean = error.valid_data
        for where, message in schema.problems_of(error):
            judge.say(where, message)
    form = Sheet(scope, data, clean, dict(variables), environment)
    form.compute()
    kept = judge.values(form)
    if judge.problems:
        raise Rejected(judge.found())
    return kept


def doubts(
    scope: Scope,
    shape: Schema,
    data: Mapping[str, object],
    variables: Mapping[str, object],
    environment: feel.Environment,
) -> Iterator[errors.Problem]:
    """What is taken though it looks wrong: numbers of persons that do not agree with what stands beside them."""
    try:
        clean = shape.load(data)
    except ValidationError as error:
        clean = error.valid_data
    sheet = Sheet(scope, data, clean, dict(variables), environment)
    sheet.compute()
    yield from _doubts(sheet)


def _doubts(sheet: Sheet) -> Iterator[errors.Problem]:
    for member in sheet.scope.fields:
        if member.hides and sheet.is_hidden(member):
            continue
        if isinstance(member, Rows):
            for row in sheet.rows[member.key]:
                yield from _doubts(row)
        elif isinstance(member, Text) and member.nomor:
            text = get(sheet.data, member.path)
            if isinstance(text, str) and nomor.KINDS[member.nomor][0](text):
                born, sex = (_beside(sheet, member.properties.get(name)) for name in ("lahir", "kelamin"))
                for doubt in nomor.doubts(member.nomor, text, born, sex):
                    yield errors.Problem(f"“{member.label}” {doubt}.", sheet.where + member.key)


def _beside(sheet: Sheet, key: object) -> object:
    """The value of a field beside it, or else of the form or the case."""
    value = get(sheet.data, tuple(str(key).split(".")))
    return sheet.names.get(str(key)) if value is MISSING else value


@dataclass(slots=True)
class _Judge:
    """Walks a form as it stands: adds to `problems`, and gives the values to keep."""

    documents: Documents
    problems: dict[str, list[str]] = field(default_factory=dict)

    def found(self) -> Iterator[errors.Problem]:
        for where, messages in self.problems.items():
            yield from (errors.Problem(message, where or None) for message in messages)

    def values(self, sheet: Sheet) -> Data:
        """What the fields of a sheet give to its data; objects within that whole, as they now are."""
        kept: Data = {}
        for member in sheet.scope.fields:
            if member.hides and sheet.is_hidden(member):
                self._hidden(member, sheet)
            elif isinstance(member, Rows):
                _keep(kept, member, self._row_values(member, sheet), sheet)
            elif isinstance(member, Computed):
                _keep(kept, member, get(sheet.data, member.path), sheet)
            elif member.lockable and sheet.is_locked(member):
                self._locked(kept, member, sheet)
            elif sheet.where + member.key not in self.problems:
                self._filled(kept, member, sheet)
        return kept

    def _hidden(self, member: Field | Rows, sheet: Sheet) -> None:
        self._forget(sheet.where + member.key)
        sent = get(sheet.sent, member.path)
        if sent not in (MISSING, None, "", False, []) and not isinstance(member, Computed):
            self._refuse(member, sheet, "sedang tidak tampil, jadi tidak boleh diisi")

    def _locked(self, kept: Data, member: Field, sheet: Sheet) -> None:
        self._forget(sheet.where + member.key)
        if member.default is not None and get(sheet.before, member.path) is MISSING:
            _keep(kept, member, member.default, sheet)

    def _filled(self, kept: Data, member: Field, sheet: Sheet) -> None:
        value = get(sheet.data, member.path)
        if not _is_empty(member, value):
            self._within(member, value, sheet)
        elif sheet.is_on(member.required):
            self._refuse(member, sheet, "wajib diisi")
        if isinstance(member, File) and isinstance(value, list):
            value = list(self._files(member, value, sheet))
        _keep(kept, member, value, sheet)

    def _row_values(self, member: Rows, sheet: Sheet) -> list[object]:
        rows = sheet.rows[member.key]
        if member.fixed and len(rows) != sheet.expected(member):
            self._refuse(member, sheet, f"harus tetap {sheet.expected(member)} baris")
        return [{**row.before, **self.values(row)} for row in rows]

    def _within(self, member: Field, value: object, sheet: Sheet) -> None:
        """The limits that the schema cannot know."""
        if isinstance(member, Bounded) and member.limits_are_computed:
            self._in_bounds(member, value, sheet)
        elif isinstance(member, Choice) and member.options.values is None:
            if message := values.not_offered(member, value, values.offering(_options(member, sheet))):
                self.say(sheet.where + member.key, message)
        elif isinstance(member, Moment) and member.not_past and _is_past(value, sheet):
            self._refuse(member, sheet, "tidak boleh sebelum hari ini")

    def _files(self, member: File, sent: list[Document], sheet: Sheet) -> Iterator[Document]:
        """The references as the house knows them: what the client says of a document counts for nothing."""
        if len(sent) > 1 and not sheet.is_on(member.multiple):
            self._refuse(member, sheet, "hanya untuk satu berkas")
        for each in sent:
            known = self.documents(str(each["documentId"]))
            if known is None:
                self._refuse(member, sheet, "memuat berkas yang sudah tidak ada; lampirkan lagi")
                continue
            told = known["metadata"]
            name, kind = (str(told[key]) for key in ("fileName", "contentType"))  # type: ignore[index]
            if not member.accepts(name, kind):
                self._refuse(member, sheet, f"tidak menerima “{name}”; kirim {member.accept}")
            yield known

    def _in_bounds(self, member: Bounded, value: object, sheet: Sheet) -> None:
        low, high = _limit(member.minimum, sheet), _limit(member.maximum, sheet)
        if low is MISSING or high is MISSING:
            self._refuse(
                member, sheet, "tidak dapat diperiksa: batasnya tidak terhitung. Hubungi pengelola formulir"
            )
            return
        for message in values.outside(member, value, low, high):
            self.say(sheet.where + member.key, message)

    def _refuse(self, member: Field | Rows, sheet: Sheet, sentence: str) -> None:
        self.say(sheet.where + member.key, f"“{member.label}” {sentence}.")

    def say(self, where: str, message: str) -> None:
        self.problems.setdefault(where, []).append(message)

    def _forget(self, where: str) -> None:
        """What the schema said of a value that is not taken is of no interest."""
        for known in [known for known in self.problems if known == where or known.startswith(f"{where}[")]:
            del self.problems[known]


def _keep(kept: Data, member: Field | Rows, value: object, sheet: Sheet) -> None:
    root = member.path[0]
    if len(member.path) > 1 and root not in kept:
        kept[root] = copied(sheet.before.get(root))
    put(kept, member.path, value)


def _limit(limit: Limit, sheet: Sheet) -> object:
    """A limit's number; MISSING where it should be computed and cannot."""
    if not isinstance(limit, feel.Expression):
        return limit
    number = sheet.evaluate(limit)
    return number if isinstance(number, Decimal) else MISSING


def _options(member: Choice, sheet: Sheet) -> Iterator[object]:
    if member.options.expression:
        return values.option_values(feel.to_json(sheet.evaluate(member.options.expression)))
    return values.option_values(sheet.form.before.get(member.options.variable or ""))


def _is_past(value: object, sheet: Sheet) -> bool:
    clock = sheet.environment.clock
    moment = datetime.fromisoformat(str(value))
    day: date = moment.astimezone(clock.zone).date() if moment.tzinfo else moment.date()
    return day < clock.today()


def _is_empty(member: Field, value: object) -> bool:
    """A checkbox that is not ticked is empty; a choice whose answer is false is none."""
    if value is False:
        return isinstance(member, Checkbox)
    return value is None or value == [] or (isinstance(value, str) and not value.strip())
