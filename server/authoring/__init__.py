"""The process owner's workshop: drafts of procedures, tables and forms, their examination, and their publishing.

A draft is one shared file that is not in force. Whoever may publish it may work on it; a deployment decides what may be published.
"""

from server.authoring.drafts import (
    AlreadyDrafted,
    Changed,
    Found,
    Opened,
    Saved,
    TooLarge,
    UnknownDraft,
    WrongStart,
    begin,
    discard,
    editable,
    find,
    may_change,
    open_draft,
    save,
    search,
    text_of,
)
from server.authoring.examining import Finding, examine
from server.authoring.publishing import LONGEST_NOTE, Chosen, NoNote, NothingNew, Outdated, publish
from server.authoring.standing import NotAnOwner, NotInForce, Standing, allow, body_of, published

__all__ = [
    "LONGEST_NOTE",
    "AlreadyDrafted",
    "Changed",
    "Chosen",
    "Finding",
    "Found",
    "NoNote",
    "NotAnOwner",
    "NotInForce",
    "NothingNew",
    "Opened",
    "Outdated",
    "Saved",
    "Standing",
    "TooLarge",
    "UnknownDraft",
    "WrongStart",
    "allow",
    "begin",
    "body_of",
    "discard",
    "editable",
    "examine",
    "find",
    "may_change",
    "open_draft",
    "publish",
    "published",
    "save",
    "search",
    "text_of",
]
