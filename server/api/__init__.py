"""The REST API: Camunda 8's orchestration cluster API under /v2, this office's own additions under /api.

Views load, ask who is calling, call one verb, render. Nobody is known by a cookie here.
"""

from typing import Any, Final

from flask import Flask, Response, g, request
from flask.json.provider import JSONProvider

from server import errors
from server.api import problems
from server.api.administration import offices, staff
from server.api.applications import applications
from server.api.authentication import authentication
from server.api.blank_stock import blank_requests, blank_stock
from server.api.blueprint import Blueprint
from server.api.bodies import JSON_LIMIT, parse
from server.api.calendar import calendar
from server.api.careers import employees, reminders, seniorities
from server.api.cases import cases
from server.api.cluster import cluster
from server.api.comments import comments
from server.api.decision_definitions import decision_definitions
from server.api.decision_instances import decision_instances
from server.api.decision_requirements import decision_requirements
from server.api.deployments import UPLOAD_LIMIT, deployments
from server.api.discipline import discipline
from server.api.document import Api
from server.api.documents import BATCH_LIMIT, documents
from server.api.drafts import DRAFT_LIMIT, drafts
from server.api.element_instances import element_instances
from server.api.employee_uploads import uploads
from server.api.forms import forms
from server.api.incidents import incidents
from server.api.jobs import jobs
from server.api.leave import leave
from server.api.letters import letters
from server.api.message_subscriptions import message_subscriptions
from server.api.messages import messages
from server.api.migrations import migrations
from server.api.modifications import modifications
from server.api.monitoring import monitoring
from server.api.notifications import notifications
from server.api.oauth import oauth
from server.api.office import EXTENSION, Office, office
from server.api.people import groups, roles, users
from server.api.process_definitions import process_definitions
from server.api.process_instances import process_instances
from server.api.rates import Rates
from server.api.requirements import requirements
from server.api.resources import resources
from server.api.scenarios import scenarios
from server.api.schemas import LARGEST_KEY, Unusable, camel, key_of
from server.api.signals import signals
from server.api.sop import SPREADSHEET_LIMIT, sop
from server.api.tracking import receipts
from server.api.user_tasks import user_tasks
from server.api.variables import variables
from server.config import Config
from server.db import dump_json
from server.engine import Engine
from server.engine.trial import Examine, examine_apart
from server.files import LARGEST
from server.gate import Gate
from server.letters import letterhead, templates

__all__ = ["answer_error", "create_api", "owns"]

ROOMS: Final[tuple[Blueprint, ...]] = (
    deployments,
    resources,
    process_definitions,
    forms,
    process_instances,
    modifications,
    migrations,
    user_tasks,
    variables,
    element_instances,
    incidents,
    jobs,
    messages,
    message_subscriptions,
    signals,
    decision_definitions,
    decision_instances,
    decision_requirements,
    cluster,
    authentication,
    users,
    roles,
    groups,
    documents,
    staff,
    offices,
    cases,
    comments,
    calendar,
    discipline,
    leave,
    requirements,
    applications,
    receipts,
    blank_requests,
    blank_stock,
    letters,
    sop,
    monitoring,
    notifications,
    drafts,
    scenarios,
    employees,
    uploads,
    reminders,
    seniorities,
)
PREFIXES: Final = ("/v2/", "/api/")
FOR_ANYBODY: Final = frozenset({"cluster.get_status", "cluster.get_license"})
SEALS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
LIMITS: Final = {
    "deployments.create_deployment": UPLOAD_LIMIT,
    "sop.import_sop": SPREADSHEET_LIMIT,
    "employee uploads.upload_employees": SPREADSHEET_LIMIT,
    "drafts.open_draft": DRAFT_LIMIT,
    "drafts.save_draft": DRAFT_LIMIT,
    "drafts.examine_draft": DRAFT_LIMIT,
    "drafts.rehearse_draft": DRAFT_LIMIT,
    "documents.create_document": LARGEST + JSON_LIMIT,
    "documents.create_documents": BATCH_LIMIT,
}


UNLIMITED: Final = Config(rate_limit=0)


def owns(path: str) -> bool:
    """Whether a path is the API's."""
    return path.startswith(PREFIXES)


def create_api(
    app: Flask, gate: Gate, engine: Engine, examine: Examine = examine_apart, config: Config = UNLIMITED
) -> None:
    """Puts the API into the application. `examine` reads files that somebody wants to publish."""
    rates, head = Rates(config.rate_limit), letterhead(config)
    app.extensions[EXTENSION] = Office(
        gate, engine, examine, rates, head, config.public_url, templates=templates(config.letter_templates)
    )
    app.json = _Json(app)
    app.before_request(_count_address)
    app.before_request(_admit)
    app.before_request(_count_caller)
    app.after_request(_seal)
    api = Api(app)
    for room in ROOMS:
        api.register_blueprint(room)
    app.register_blueprint(oauth)


def _admit() -> None:
    """Before any view of the API: how much may be sent, who is calling, which keys the path names."""
    if not owns(request.path):
        return
    request.max_content_length = LIMITS.get(request.endpoint or "", JSON_LIMIT)
    if request.endpoint not in FOR_ANYBODY:
        g.actor = office().gate.caller()
    _read_keys(request.view_args or {})


def answer_error(error: Exception) -> Response:
    """The answer to a request of the API that failed; who was refused what is kept in the audit trail."""
    if isinstance(error, errors.OfficeError):
        verb = (request.endpoint or request.method).rpartition(".")[2]
        office().gate.note_refusal(g.get("actor"), verb, request.path, error)
    return problems.answer(error)


def _count_address() -> None:
    """Before anybody's password is looked at."""
    if request.path.startswith(PREFIXES):
        office().rates.admit_address(request.remote_addr or "")


def _count_caller() -> None:
    if "actor" in g:
        office().rates.admit_caller(g.actor.username)


def _seal(response: Response) -> Response:
    """Answers hold personal data, and files that somebody else wrote: no cache keeps them, no browser runs them."""
    if owns(request.path):
        for name, value in SEALS.items():
            response.headers.setdefault(name, value)
    return response


def _read_keys(named: dict[str, Any]) -> None:
    """Turns the keys of the path into numbers, and keeps other numbers within what a database counts. Raises Unusable."""
    for name, text in named.items():
        if isinstance(text, int) and text > LARGEST_KEY:
            raise Unusable((errors.Problem("terlalu besar untuk sebuah nomor", camel(name)),))
        if name.endswith("_key"):
            named[name] = key_of(text)
            if named[name] is None:
                raise Unusable(
                    (errors.Problem("harus berupa kunci: teks yang terdiri atas angka", camel(name)),)
                )


class _Json(JSONProvider):
    """JSON of the house: numbers without loss."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return dump_json(obj)

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return parse(s.encode() if isinstance(s, str) else s)
