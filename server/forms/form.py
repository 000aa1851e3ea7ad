"""The form, compiled: what `read` gives and the engine keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from marshmallow import Schema

from server import errors, feel
from server.forms import check, schema, sheet
from server.forms.model import Documents, Field, Rows, Scope


@dataclass(frozen=True)
class Form:
    """A form ready to check data with. Safe to share between threads."""

    id: str | None
    schema_version: int | None
    scope: Scope
    shape: Schema = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", schema.build(self.scope.fields))

    @property
    def fields(self) -> tuple[Field | Rows, ...]:
        """The fields in the form's order; those of a list's rows lie in its `row.fields`."""
        return self.scope.fields

    @property
    def variables(self) -> frozenset[str]:
        """The names of the variables that the form may write."""
        return frozenset(member.path[0] for member in self.fields)

    def check(
        self,
        data: Mapping[str, object],
        variables: Mapping[str, object],
        environment: feel.Environment = feel.DEFAULT,
        documents: Documents = lambda id: None,
    ) -> dict[str, object]:
        """The cleaned values of exactly the form's visible, writable fields, by variable.

        `data` is what was filled in, `variables` what the task sees, both plain JSON. A field that was not
        sent counts as left empty; a hidden one must not be sent, and its variable stays as it is. Readonly
        and disabled fields keep what the variables hold (their default where those hold nothing), expressions
        are computed here, whatever was sent. A variable that holds an object keeps those of its entries that
        the form does not show; a list is replaced, but a row that comes with the readonly values of an
        earlier row is that row, and keeps its other entries. `documents` knows the references that file
        fields may hold. Raises `Rejected` with all problems at once.
        """
        return check.check(self.scope, self.shape, data, variables, environment, documents)

    def untouched(
        self,
        answers: Mapping[str, object],
        variables: Mapping[str, object],
        environment: feel.Environment = feel.DEFAULT,
    ) -> dict[str, object]:
        """What the form sends when somebody opens it and fills in nothing but `answers` (values by key): what the variables hold
        for its other visible fields, or their defaults."""
        return sheet.untouched(self.scope, answers, variables, environment)

    def doubts(
        self,
        data: Mapping[str, object],
        variables: Mapping[str, object],
        environment: feel.Environment = feel.DEFAULT,
    ) -> tuple[errors.Problem, ...]:
        """What `check` takes though it looks wrong, by field: whoever fills the form in should make sure of it."""
        return tuple(check.doubts(self.scope, self.shape, data, variables, environment))
