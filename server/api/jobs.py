"""Jobs: work outside the database that this server's own workers do. Others are not handed any."""

from typing import Final

from server.api import queries
from server.api.blueprint import Blueprint
from server.api.office import ask
from server.api.schemas import Flag, Instant, Key, Object_, Schema, Text, Whole, Word, tenant
from server.engine import search
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


# --- list


@jobs.post("/search")
@jobs.arguments(JobSearch, required=False)
@jobs.response(200, queries.found(Job))
def search_jobs(query: Query) -> Found:
    """Search jobs."""
    return ask(search.search, JOBS, query)
