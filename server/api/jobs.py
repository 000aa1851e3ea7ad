"""Jobs: work outside the database. This server's own workers do what the house has handlers for; the rest is handed to programs
that take it, as Camunda's job workers.
"""

from datetime import timedelta
from typing import Any, Final

from flask import Response, request
from marshmallow import validate

from server.api import queries
from server.api.blueprint import Blueprint, done
from server.api.office import ask, change, do, office
from server.api.schemas import (
    Fixed,
    Flag,
    Instant,
    Key,
    Listed,
    Object_,
    Referenced,
    Schema,
    Text,
    Whole,
    Within,
    Word,
    nothing,
    tenant,
)
from server.api.waiting import has_hung_up
from server.engine import Handlers, job_workers, search
from server.engine.search import JOBS, Found, Query
from server.engine.tables import JobState

KINDS: Final = ("BPMN_ELEMENT", "EXECUTION_LISTENER", "TASK_LISTENER", "AD_HOC_SUB_PROCESS")
LISTENED: Final = (
    "ASSIGNING",
    "BEFORE_ALL",
    "CANCEL",
    "CANCELING",
    "COMPLETING",
    "CREATING",
    "END",
    "START",
    "UNSPECIFIED",
    "UPDATING",
)
OTHER_STATES: Final = (
    "ERROR_THROWN",
    "MIGRATED",
    "PRIORITY_UPDATED",
    "RETRIES_UPDATED",
    "TIMED_OUT",
    "TIMEOUT_UPDATED",
)

LONGEST_LEASE: Final = 24 * 3600 * 1000
"""Milliseconds: a day."""
USUAL_WAIT: Final = 10_000
LONGEST_WAIT: Final = 60_000
LONGEST_PAUSE: Final = 30 * LONGEST_LEASE
MOST_RETRIES: Final = 1000
LONGEST_REASON: Final = 10_000

jobs = Blueprint("jobs", __name__, url_prefix="/v2/jobs", description="Work of service tasks.")


# --- schema


class Job(Schema):
    job_key = Key(required=True)
    type = Text(required=True)
    kind = Word(KINDS, required=True)
    listener_event_type = Word(LISTENED, required=True)
    state = Word(JobState, required=True)
    retries = Whole(required=True)
    has_failed_with_retries_left = Flag(required=True)
    error_code = Text(required=True, allow_none=True)
    error_message = Text(required=True, allow_none=True)
    is_denied = Flag(required=True, allow_none=True)
    denied_reason = Text(required=True, allow_none=True)
    worker = Text(required=True)
    priority = Whole(required=True)
    deadline = Instant(required=True, allow_none=True)
    creation_time = Instant(required=True)
    last_update_time = Instant(required=True)
    end_time = Instant(required=True, allow_none=True)
    custom_headers = Object_(required=True)
    element_id = Text(required=True)
    element_instance_key = Key(required=True)
    process_definition_key = Key(required=True)
    process_definition_id = Text(required=True)
    process_instance_key = Key(required=True)
    root_process_instance_key = Key(required=True)
    business_id = Text(required=True, allow_none=True)
    tenant_id = tenant()


class JobFilter(queries.Filter):
    job_key = queries.key()
    type = queries.text()
    kind = queries.word(*KINDS)
    listener_event_type = queries.word(*LISTENED)
    state = queries.word(*JobState, *OTHER_STATES)
    retries = queries.number()
    has_failed_with_retries_left = queries.flag()
    error_code = queries.text()
    error_message = queries.text()
    is_denied = queries.flag()
    denied_reason = queries.text()
    worker = queries.text()
    priority = queries.number()
    deadline = queries.instant()
    creation_time = queries.instant()
    last_update_time = queries.instant()
    end_time = queries.instant()
    element_id = queries.text()
    element_instance_key = queries.key()
    process_definition_key = queries.key()
    process_definition_id = queries.text()
    process_instance_key = queries.key()


JobSearch = queries.search_of(
    "Job",
    JobFilter,
    "job_key type kind listener_event_type state retries has_failed_with_retries_left error_code error_message is_denied "
    "denied_reason worker priority deadline creation_time end_time element_id element_instance_key "
    "process_definition_key process_definition_id process_instance_key tenant_id",
)


def _short(most: int, **kwargs: Any) -> Text:
    return Text(validate=validate.Length(max=most, error=f"paling panjang {most} huruf"), **kwargs)


class Activation(Schema):
    """Jobs of a type, to be done within `timeout` milliseconds; then others are handed them.

    `fetchVariable`: only variables of these names. `requestTimeout`: for how many milliseconds the request waits where there is no
    job, a minute at most; 0 or none: 10 seconds; less than 0: not at all. Only a few wait at once; the others are answered.
    `withLease`: a token comes with each job, and what is sent with an older one is refused.
    """

    type = Text(
        required=True, validate=validate.Length(1, 255, error="harus diisi, paling panjang 255 huruf")
    )
    timeout = Whole(required=True, least=1, most=LONGEST_LEASE)
    max_jobs_to_activate = Whole(required=True, least=1)
    worker = _short(255, load_default="")
    fetch_variable = Listed(Text(), allow_none=True, load_default=list)
    request_timeout = Whole(allow_none=True, load_default=None)
    tenant_ids = Listed(Text(), allow_none=True)
    tenant_filter = Text(allow_none=True)
    with_lease = Flag(allow_none=True, load_default=False)


class ActivatedJob(Schema):
    """`deadline`: milliseconds since 1970."""

    job_key = Key(required=True)
    type = Text(required=True)
    kind = Fixed("BPMN_ELEMENT", type="string")
    listener_event_type = Fixed("UNSPECIFIED", type="string")
    process_definition_id = Text(required=True)
    process_definition_version = Whole(required=True)
    process_definition_key = Key(required=True)
    process_instance_key = Key(required=True)
    root_process_instance_key = Key(required=True)
    business_id = Text(required=True, allow_none=True)
    element_id = Text(required=True)
    element_instance_key = Key(required=True)
    custom_headers = Object_(required=True)
    worker = Text(required=True)
    retries = Whole(required=True)
    deadline = Whole(required=True, most=2**63 - 1)
    variables = Object_(required=True)
    job_lease_token = Text(required=True, allow_none=True)
    priority = Fixed(0, type="integer")
    tags = Fixed([], type="array", items={"type": "string"})
    user_task = nothing("object")
    tenant_id = tenant()
    physical_tenant_id = tenant()


class ActivatedJobs(Schema):
    jobs = Listed(Within(ActivatedJob), required=True)


class _Outcome(Schema):
    variables = Object_(allow_none=True, load_default=dict)
    job_lease_token = Text(allow_none=True, load_default=None)


class JobCompletion(_Outcome):
    """`result` is of listeners, which are not there."""

    result = Fixed(None, type="object", nullable=True)


class JobFailure(_Outcome):
    """`retries`: those that are left; with 0 the case stops at an incident. `retryBackOff`: milliseconds."""

    retries = Whole(least=0, most=MOST_RETRIES, load_default=0)
    error_message = _short(LONGEST_REASON, allow_none=True, load_default="")
    retry_back_off = Whole(least=0, most=LONGEST_PAUSE, load_default=0)


class JobError(_Outcome):
    """An error event on the task's border, or around it, catches it by the code; otherwise the case stops at an incident."""

    error_code = Text(
        required=True, validate=validate.Length(1, 255, error="harus diisi, paling panjang 255 huruf")
    )
    error_message = _short(LONGEST_REASON, allow_none=True, load_default="")


class JobChangeset(Schema):
    """`timeout`: milliseconds from now, for a job that somebody has taken."""

    retries = Whole(least=1, most=MOST_RETRIES, allow_none=True, load_default=None)
    timeout = Whole(least=0, most=LONGEST_LEASE, allow_none=True, load_default=None)


class JobUpdate(Referenced):
    changeset = Within(JobChangeset, required=True)


# --- list


@jobs.post("/search")
@jobs.arguments(JobSearch, required=False)
@jobs.response(200, queries.found(Job))
def search_jobs(query: Query) -> Found:
    """Search jobs."""
    return ask(search.search, JOBS, query)


# --- act


@jobs.post("/activation")
@jobs.arguments(Activation)
@jobs.response(200, ActivatedJobs)
def activate_jobs(body: dict[str, Any]) -> dict[str, Any]:
    """Take the jobs of a type that have waited longest, to do them within a time."""
    timeout = _milliseconds(body["timeout"])

    def take() -> list[int]:
        return change(job_workers.take, body["type"], body["worker"], timeout, body["max_jobs_to_activate"])

    connection = request.environ.get("gunicorn.socket")
    keys = take() or office().waiting.first(
        _patience(office().engine.handlers, body["type"], body["request_timeout"]),
        lambda: ask(job_workers.are_there, body["type"]),
        take,
        lambda: has_hung_up(connection),
    )
    taken = ask(job_workers.taken, keys, body["fetch_variable"] or ()) if keys else []
    return {"jobs": [_handed(each, bool(body["with_lease"])) for each in taken]}


@jobs.post("/<job_key>/completion")
@jobs.arguments(JobCompletion, required=False)
@jobs.response(204)
def complete_job(body: dict[str, Any], job_key: int) -> Response:
    """Complete a job; its case goes on with the variables."""
    do(job_workers.complete, job_key, body["variables"] or {}, body["job_lease_token"])
    return done()


@jobs.post("/<job_key>/failure")
@jobs.arguments(JobFailure, required=False)
@jobs.response(204)
def fail_job(body: dict[str, Any], job_key: int) -> Response:
    """Say that a job's work failed: it is tried again, or becomes an incident."""
    pause, reason = _milliseconds(body["retry_back_off"]), body["error_message"] or "-"
    values, lease = body["variables"] or {}, body["job_lease_token"]
    do(job_workers.fail, job_key, body["retries"], reason, pause, values, lease)
    return done()


@jobs.post("/<job_key>/error")
@jobs.arguments(JobError)
@jobs.response(204)
def throw_job_error(body: dict[str, Any], job_key: int) -> Response:
    """Throw an error of the business from a job."""
    values, lease = body["variables"] or {}, body["job_lease_token"]
    do(job_workers.throw, job_key, body["error_code"], body["error_message"] or "", values, lease)
    return done()


@jobs.patch("/<job_key>")
@jobs.arguments(JobUpdate)
@jobs.response(204)
def update_job(body: dict[str, Any], job_key: int) -> Response:
    """Give a job other retries, or more time."""
    wanted, timeout = body["changeset"], body["changeset"]["timeout"]
    do(job_workers.change, job_key, wanted["retries"], None if timeout is None else _milliseconds(timeout))
    return done()


def _patience(handlers: Handlers, type_: str, wanted: int | None) -> float:
    """For how many seconds to wait for jobs of a type: as the request says, where such jobs can come at all."""
    handler = handlers.get(type_)
    if handler is None or handler.when != "elsewhere":
        return 0
    return min(wanted, LONGEST_WAIT) / 1000 if wanted else USUAL_WAIT / 1000


def _milliseconds(count: int) -> timedelta:
    return timedelta(milliseconds=count)


def _handed(taken: job_workers.Taken, with_lease: bool) -> dict[str, Any]:
    row = taken.row
    return {
        "job_key": row.key,
        "type": row.type,
        "process_definition_id": row.process_id,
        "process_definition_version": row.version,
        "process_definition_key": row.definition_key,
        "process_instance_key": row.process_instance_key,
        "root_process_instance_key": row.root_key,
        "business_id": row.business_id,
        "element_id": row.element_id,
        "element_instance_key": row.element_instance_key,
        "custom_headers": taken.headers,
        "worker": row.worker,
        "retries": row.retries,
        "deadline": int(row.due_at.timestamp() * 1000),
        "variables": taken.variables,
        "job_lease_token": taken.lease if with_lease else None,
    }
