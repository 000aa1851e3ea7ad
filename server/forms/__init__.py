"""form-js forms on the server: reading their JSON, checking what was filled in, and making one from plain
values.

The browser checks for comfort; what is here decides.
"""

from server.forms.check import Rejected
from server.forms.compare import Difference, compare
from server.forms.form import Form
from server.forms.generate import Decision, generate
from server.forms.model import (
    DOCUMENT,
    NEWEST_VERSION,
    Checkbox,
    Choice,
    Choices,
    Computed,
    Documents,
    Field,
    File,
    Moment,
    Number,
    Options,
    Rows,
    Scope,
    Text,
)
from server.forms.read import Malformed, read, title, version_tag

__all__ = [
    "DOCUMENT",
    "NEWEST_VERSION",
    "Checkbox",
    "Choice",
    "Choices",
    "Computed",
    "Decision",
    "Difference",
    "Documents",
    "Field",
    "File",
    "Form",
    "Malformed",
    "Moment",
    "Number",
    "Options",
    "Rejected",
    "Rows",
    "Scope",
    "Text",
    "compare",
    "generate",
    "read",
    "title",
    "version_tag",
]
