"""Drafts: what a process owner works on before it is published."""

from typing import Any, Final

from flask import Response

from server import authoring
from server.api.blueprint import Blueprint, done
from server.api.deployments import Deployment, told
from server.api.office import ask, do, office
from server.api.schemas import Flag, Instant, Key, Listed, Object_, Schema, Text, Whole, Within, Word
from server.authoring import ACTS, Chosen
from server.engine.tables import Kind
from server.engine.trial import FILE_LIMIT

DRAFT_LIMIT: Final = 2 * FILE_LIMIT
"""Bytes of a request that brings a draft, whose signs JSON may write longer."""
KINDS: Final = (Kind.PROCESS, Kind.REQUIREMENTS, Kind.FORM)

drafts = Blueprint(
    "drafts", __name__, url_prefix="/api/drafts", description="Drafts of procedures, tables and forms."
)


# --- schema


class Draft(Schema):
    """What is said of a draft wherever it is named."""

    draft_key = Key(required=True, attribute="key")
    kind = Word(KINDS, required=True)
    id = Text(required=True)
    title = Text(required=True)
    bidang = Listed(Text(allow_none=True), required=True)


class DraftItem(Draft):
    """A draft. `version`: the number of what is in force; `outdated`: whether that is newer than what the draft was made of."""

    revision = Whole(required=True)
    opened_by = Text(required=True)
    changed_by = Text(required=True)
    changed_at = Instant(required=True)
    version = Whole(required=True, allow_none=True)
    outdated = Flag(required=True)


class Drafts(Schema):
    items = Listed(Within(DraftItem), required=True)


class DraftSearch(Schema):
    """`words` must all stand in the title or the id; `mine`: what the caller has opened or changed."""

    words = Text(load_default="")
    mine = Flag(load_default=False)


class DraftFile(Draft):
    """A draft with its file. `baseKey`: the file that it was made of; `inForceKey`: the one that it would replace."""

    resource_name = Text(required=True, attribute="name")
    base_key = Key(required=True, allow_none=True)
    in_force_key = Key(required=True, allow_none=True, attribute="in_force.resource_key", dump_default=None)
    outdated = Flag(required=True)
    revision = Whole(required=True)
    changed_by = Text(required=True)
    changed_at = Instant(required=True)
    content = Text(required=True, attribute="text")


class NewDraft(Schema):
    """Of what is in force: its kind and id (a decision's, too). With `content` and `title`: a new one, of that file."""

    kind = Word(Kind, required=True)
    id = Text(required=True)
    title = Text(load_default="")
    bidang = Text(load_default=None, allow_none=True)
    content = Text(load_default=None, allow_none=True)


class OpenedDraft(Schema):
    draft_key = Key(required=True)


class Content(Schema):
    """What a draft has become since `revision`."""

    revision = Whole(required=True)
    content = Text(required=True)


class SavedDraft(Schema):
    draft_key = Key(required=True, attribute="key")
    revision = Whole(required=True)
    changed_at = Instant(required=True)


class Discarded(Schema):
    revision = Whole(required=True)


class Examined(Schema):
    """Drafts to be looked at together with the one of the address; `content`: what that one is about to become."""

    together = Listed(Key(), load_default=list)
    content = Text(load_default=None, allow_none=True)


class Finding(Schema):
    """`refused`: it keeps the draft from being published; otherwise a doubt. `where`: an element's id, or a place in a table."""

    draft_key = Key(required=True, allow_none=True)
    message = Text(required=True)
    where = Text(required=True, allow_none=True)
    line = Whole(required=True, allow_none=True)
    refused = Flag(required=True)


class Findings(Schema):
    items = Listed(Within(Finding), required=True)


class Act(Schema):
    """Something that is done in a rehearsal, to what stands open at an element: of several the one of the number `which`.

    start, complete: with the values of the form. job: with what a service task gives; error: it ends with the error `code`.
    timer: time passes until it comes; wait: until the moment `until`. message, signal: it arrives with these values.
    """

    do = Word(ACTS, required=True)
    element = Text(load_default=None, allow_none=True)
    process = Text(load_default=None, allow_none=True)
    which = Whole(load_default=0)
    values = Object_(load_default=dict)
    code = Text(load_default=None, allow_none=True)
    until = Text(load_default=None, allow_none=True, metadata={"format": "date-time"})


class Rehearsed(Schema):
    """`acts`: what is done, from the beginning. `began`: when it begins, now unless said; the answer to an earlier trial tells it.
    `together`: other drafts that count instead of what is in force; `content`: what this one is about to become.
    `processDefinitionId`: of a draft that is no procedure, the one in force that uses it and is tried with it."""

    acts = Listed(Within(Act), load_default=list)
    began = Instant(load_default=None, allow_none=True)
    together = Listed(Key(), load_default=list)
    content = Text(load_default=None, allow_none=True)
    process_definition_id = Text(load_default=None, allow_none=True)


class Trouble(Schema):
    """What is wrong, where in what was sent or in the file, and on which line."""

    message = Text(required=True)
    where = Text(required=True, allow_none=True)
    line = Whole(required=True, allow_none=True)


class Fault(Schema):
    """Why the act after the last one that was done cannot be done: with the fields of a form that were refused.

    It is a finding about the draft, told beside how things stood before it, and so no error of the request, whose answer is 200."""

    message = Text(required=True)
    element = Text(required=True, allow_none=True)
    problems = Listed(Within(Trouble), required=True)


class Rehearsal(Schema):
    """How things stand after `done` acts. `problems`: why the draft cannot be run at all.

    `start`, `tasks`, `waits`: what can be done next, as acts name it. `trace`: passages and conditions, in order; `act`: after how
    many acts. `live`, `passed`, `flows`: ids of the diagram."""

    began = Instant(required=True)
    now = Text(required=True, allow_none=True, attribute="told.now", dump_default=None)
    revision = Whole(required=True)
    done = Whole(required=True)
    problems = Listed(Within(Trouble), required=True)
    fault = Within(Fault, required=True, allow_none=True)
    state = Text(required=True, allow_none=True, attribute="told.state", dump_default=None)
    end = Text(required=True, allow_none=True, attribute="told.end", dump_default=None)
    start = Object_(required=True, allow_none=True, attribute="told.start", dump_default=None)
    tasks = Listed(Object_(), required=True, attribute="told.tasks", dump_default=[])
    waits = Listed(Object_(), required=True, attribute="told.waits", dump_default=[])
    incidents = Listed(Object_(), required=True, attribute="told.incidents", dump_default=[])
    variables = Listed(Object_(), required=True, attribute="told.variables", dump_default=[])
    trace = Listed(Object_(), required=True, attribute="told.trace", dump_default=[])
    decisions = Listed(Object_(), required=True, attribute="told.decisions", dump_default=[])
    live = Listed(Text(), required=True, attribute="told.live", dump_default=[])
    passed = Listed(Text(), required=True, attribute="told.passed", dump_default=[])
    flows = Listed(Text(), required=True, attribute="told.flows", dump_default=[])


class ChosenDraft(Schema):
    """`comparedWith`: the file in force that the draft was compared with, where it was made of an older one."""

    draft_key = Key(required=True, data_key="draftKey", attribute="key")
    revision = Whole(required=True)
    compared_with = Key(load_default=None, allow_none=True)


class DraftPublication(Schema):
    """Drafts to be published together, and the sentence that says what has changed and why."""

    drafts = Listed(Within(ChosenDraft), required=True)
    note = Text(required=True)


# --- list


@drafts.post("/search")
@drafts.arguments(DraftSearch, required=False)
@drafts.response(200, Drafts)
def search_drafts(body: dict[str, Any]) -> dict[str, Any]:
    """The drafts that the caller may publish, the latest first."""
    return {"items": ask(authoring.search, body["words"], body["mine"])}


# --- one


@drafts.get("/<draft_key>")
@drafts.response(200, DraftFile)
def get_draft(draft_key: int) -> authoring.Opened:
    """A draft with its file."""
    return ask(authoring.find, draft_key)


# --- act


@drafts.post("")
@drafts.arguments(NewDraft)
@drafts.response(200, OpenedDraft)
def open_draft(body: dict[str, Any]) -> dict[str, int]:
    """Open the draft of what is in force, or begin one of a new file."""
    if body["content"] is None:
        return {"draft_key": do(authoring.open_draft, body["kind"], body["id"])}
    file = body["content"].encode()
    made = do(authoring.begin, body["kind"], body["id"], body["title"], file, body["bidang"])
    return {"draft_key": made}


@drafts.put("/<draft_key>")
@drafts.arguments(Content)
@drafts.response(200, SavedDraft)
def save_draft(body: dict[str, Any], draft_key: int) -> authoring.Saved:
    """Save what a draft has become; 409 where somebody else has saved it since."""
    return do(authoring.save, draft_key, body["revision"], body["content"].encode())


@drafts.post("/<draft_key>/discard")
@drafts.arguments(Discarded)
@drafts.response(204)
def discard_draft(body: dict[str, Any], draft_key: int) -> Response:
    """Throw a draft away; 409 where somebody else has saved it since."""
    do(authoring.discard, draft_key, body["revision"])
    return done()


@drafts.post("/<draft_key>/examination")
@drafts.arguments(Examined, required=False)
@drafts.response(200, Findings)
def examine_draft(body: dict[str, Any], draft_key: int) -> dict[str, Any]:
    """Everything for which a deployment would refuse a draft, and its doubts; nothing is published or kept."""
    file = None if body["content"] is None else body["content"].encode()
    keys = [draft_key, *body["together"]]
    return {"items": ask(authoring.examine, keys, file, office().read)}


@drafts.post("/<draft_key>/trial")
@drafts.arguments(Rehearsed, required=False)
@drafts.response(200, Rehearsal)
def rehearse_draft(body: dict[str, Any], draft_key: int) -> authoring.Rehearsal:
    """Do with a draft what was chosen so far, from the beginning, by the real engine, and tell how things stand; nothing is kept."""
    file = None if body["content"] is None else body["content"].encode()
    asked = (body["acts"], body["began"], file, body["together"])
    return ask(authoring.rehearse, draft_key, *asked, process=body["process_definition_id"])


@drafts.post("/publication")
@drafts.arguments(DraftPublication)
@drafts.response(200, Deployment)
def publish_drafts(body: dict[str, Any]) -> dict[str, Any]:
    """Publish drafts together, whole or not at all; 409 for one of a version that is no longer in force."""
    chosen = [Chosen(**each) for each in body["drafts"]]
    return told(do(authoring.publish, chosen, body["note"], office().examine))
