"""Short ways to make a form and to fill it in."""

from datetime import UTC, datetime

import pytest

from server import feel, forms
from server.clock import Clock

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)
"""Noon of a Monday in Jakarta."""


ENVIRONMENT = feel.Environment(clock=Clock("Asia/Jakarta", lambda: NOON))


DOCUMENTS = {
    "ktp": {
        "camunda.document.type": "camunda",
        "documentId": "ktp",
        "metadata": {"fileName": "ktp.pdf", "contentType": "application/pdf", "size": 9},
    }
}
"""What the house has been sent."""


def form_of(*components: dict, **more: object) -> forms.Form:
    return forms.read({"type": "default", "schemaVersion": 19, "components": list(components), **more})


def check(form: forms.Form, data: object, variables: dict | None = None) -> dict:
    return form.check(data, variables or {}, ENVIRONMENT, DOCUMENTS.get)  # type: ignore[arg-type]


def problems(form: forms.Form, data: object, variables: dict | None = None) -> dict[str | None, str]:
    """What a form says of data, by key path."""
    with pytest.raises(forms.Rejected) as rejected:
        check(form, data, variables)
    return {problem.where: problem.message for problem in rejected.value.problems}
