"""The blueprint of all pages, and what its paths may hold."""

import re

from flask import Blueprint
from werkzeug.routing import BaseConverter, ValidationError

pages = Blueprint("web", __name__, template_folder="templates")


def is_document_id(value: object) -> bool:
    """Whether a value can be the id of a document."""
    return isinstance(value, str) and re.fullmatch(DocumentConverter.regex, value) is not None


class DocumentConverter(BaseConverter):
    """The id of a document in a path: `/lampiran/<document:document>`."""

    regex = r"[A-Za-z0-9._-]{1,100}"


class KeyConverter(BaseConverter):
    """A key of the engine in a path: `/tugas/<key:task>`. What cannot be one is no such address."""

    regex = r"[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        key = int(value)
        if key >= 2**63:
            raise ValidationError
        return key

    def to_url(self, value: object) -> str:
        return str(value)
