"""The process owner's workshop: drafts of procedures, tables and forms, their examination, and their publishing.

A draft is one shared file that is not in force. Whoever may publish it may work on it; a deployment decides what may be published.
"""

from server.authoring.comparing import Alteration, Comparison, Detail, What, compare
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
    reopen,
    save,
    search,
    text_of,
)
from server.authoring.examining import Finding, examine
from server.authoring.publishing import LONGEST_NOTE, Chosen, NoNote, NothingNew, Outdated, publish, related
from server.authoring.rehearsing import NoProcedure, Rehearsal, Stopped, beside, rehearse, tried_with
from server.authoring.scenarios import NameTaken, Played, Scenario, UnknownScenario
from server.authoring.stage import ACTS
from server.authoring.standing import NotAnOwner, NotInForce, Standing, allow, body_of, published

__all__ = [
    "ACTS",
    "LONGEST_NOTE",
    "AlreadyDrafted",
    "Alteration",
    "Changed",
    "Chosen",
    "Comparison",
    "Detail",
    "Finding",
    "Found",
    "NameTaken",
    "NoNote",
    "NoProcedure",
    "NotAnOwner",
    "NotInForce",
    "NothingNew",
    "Opened",
    "Outdated",
    "Played",
    "Rehearsal",
    "Saved",
    "Scenario",
    "Standing",
    "Stopped",
    "TooLarge",
    "UnknownDraft",
    "UnknownScenario",
    "What",
    "WrongStart",
    "allow",
    "begin",
    "beside",
    "body_of",
    "compare",
    "discard",
    "editable",
    "examine",
    "find",
    "may_change",
    "open_draft",
    "publish",
    "published",
    "rehearse",
    "related",
    "reopen",
    "save",
    "search",
    "text_of",
    "tried_with",
]
