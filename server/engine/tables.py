"""What the engine keeps. Names follow Camunda 8's API.

Rows of running cases bear no foreign keys to their instance: they are written by one step, together with the instance's
own row and under its version, and none is ever deleted by itself.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, cast

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    bindparam,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Instant, Json, Key, append_only


class Kind(StrEnum):
    """Kinds of definition that a deployment brings."""

    PROCESS = "process"
    DECISION = "decision"
    REQUIREMENTS = "requirements"
    FORM = "form"


class InstanceState(StrEnum):
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    COMPLETED = "COMPLETED"
    TERMINATED = "TERMINATED"


class TaskState(StrEnum):
    CREATED = "CREATED"
    COMPLETED = "COMPLETED"
    CANCELED = "CANCELED"


class JobState(StrEnum):
    CREATED = "CREATED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"


class IncidentState(StrEnum):
    ACTIVE = "ACTIVE"
    RESOLVED = "RESOLVED"


def _where(condition: str) -> dict[str, Any]:
    """Of an index that holds only some of its table's rows."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


IS_OVER: Final = "state IN ('COMPLETED', 'TERMINATED')"
"""Of a case, in SQL: it has ended. Written out, so that only who asks in these words is answered by the index of such cases."""


def is_in_state(column: Any, state: str) -> ColumnElement[bool]:
    """Whether a row is in this state, which is written out: the databases then see which index of such rows serves."""
    return cast(ColumnElement[bool], column == bindparam(None, state, String, literal_execute=True))


class Names(TypeDecorator[tuple[str, ...]]):
    """A few usernames, each between bars, so that one is found in it as a text; none is NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str | None:
        return f"|{'|'.join(value)}|" if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        return tuple(value.strip("|").split("|")) if value else ()


class Deployment(Base):
    """One act of publishing. `note`: what its author said of it: what has changed, and why."""

    __tablename__ = "deployment"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str] = mapped_column(String(100))
    note: Mapped[str | None] = mapped_column(String(1000))


class Resource(Base):
    """A file as its owner sent it, byte for byte."""

    __tablename__ = "resource"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"))
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Definition(Base):
    """A version of a process, decision, file of decisions (decision requirements) or form.

    `references`: what a process names (`member_of`); `start_form`: the id of the form that starts it. `version_tag`: what its owner
    calls this version; of several of one tag the newest is meant.
    """

    __tablename__ = "definition"
    __table_args__ = (UniqueConstraint("kind", "id", "version"),)

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    id: Mapped[str] = mapped_column(String(255))
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(255))
    resource_key: Mapped[int] = mapped_column(ForeignKey("resource.key"), index=True)
    bidang: Mapped[str | None] = mapped_column(String(50))
    confidential: Mapped[bool] = mapped_column(Boolean, default=False)
    references: Mapped[list[str]] = mapped_column(Json)
    version_tag: Mapped[str | None] = mapped_column(String(255))
    start_form: Mapped[str | None] = mapped_column(String(255))


def member_of(kind: Kind, id: str, tag: str | None = None) -> str:
    """How a definition is named by what is bound to it: `kind:id`, or `kind:id#tag` where the versions of a tag are meant."""
    return f"{kind}:{id}" if tag is None else f"{kind}:{id}#{tag}"


def untagged(member: str) -> str:
    """The same, whichever versions are meant."""
    return member.partition("#")[0]


class ProcessGroup(Base):
    """A group that the newest version of a process names: to do tasks in it, or (`reads`) to read its confidential cases."""

    __tablename__ = "process_group"

    process_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    group: Mapped[str] = mapped_column(String(100), primary_key=True)
    reads: Mapped[bool] = mapped_column(Boolean, primary_key=True)


class Bundle(Base):
    """A process version together with the very versions of all that it names: what an instance keeps for life.

    `members` maps what it names (`member_of`) to the key of the definition, of a process to that of its bundle.
    """

    __tablename__ = "bundle"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    definition_key: Mapped[int] = mapped_column(ForeignKey("definition.key"), index=True)
    members: Mapped[dict[str, int]] = mapped_column(Json)


class ProcessInstance(Base):
    """A case. `version` rises with every step; `tokens` is the state that spiff.py reads and writes.

    A called case has its caller's key, that of the call activity's element instance, and as `root_key` that of the case
    which nobody called; for that one it is its own. `announced_at`: when those concerned were told that it has ended.
    """

    __tablename__ = "process_instance"
    __table_args__ = (
        Index("ix_process_instance_process", "process_id", "state"),
        Index("ix_process_instance_subject", "subject"),
        Index("ix_process_instance_started_by", "started_by"),
        Index("ix_process_instance_parent_element_key", "parent_element_key"),
        Index("ix_process_instance_parent_key", "parent_key", **_where("parent_key IS NOT NULL")),
        Index(
            "ix_process_instance_unannounced",
            "ended_at",
            **_where("announced_at IS NULL AND ended_at IS NOT NULL"),
        ),
        Index("ix_process_instance_over", "ended_at", **_where(IS_OVER)),
    )

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    bundle_key: Mapped[int] = mapped_column(Key)
    definition_key: Mapped[int] = mapped_column(Key)
    process_id: Mapped[str] = mapped_column(String(255))
    bidang: Mapped[str | None] = mapped_column(String(50))
    confidential: Mapped[bool] = mapped_column(Boolean)
    business_id: Mapped[str | None] = mapped_column(String(100), unique=True)
    state: Mapped[str] = mapped_column(String(12))
    version: Mapped[int] = mapped_column(Integer)
    tokens: Mapped[bytes] = mapped_column(LargeBinary)
    subject: Mapped[str | None] = mapped_column(String(100))
    started_by: Mapped[str] = mapped_column(String(100))
    started_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    suspended_at: Mapped[datetime | None] = mapped_column(Instant)
    announced_at: Mapped[datetime | None] = mapped_column(Instant)
    root_key: Mapped[int] = mapped_column(Key)
    parent_key: Mapped[int | None] = mapped_column(Key)
    parent_element_key: Mapped[int | None] = mapped_column(Key)


class CaseOrigin(Base):
    """The case from which somebody started another one, where a step named that one's procedure."""

    __tablename__ = "case_origin"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    origin_key: Mapped[int] = mapped_column(Key, index=True)


class KeptState(Base):
    """What a case was before it was migrated, as JSON, so that it can be again while its tokens have not moved."""

    __tablename__ = "kept_state"

    process_instance_key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    before: Mapped[str] = mapped_column(Text)


class CaseNumber(Base):
    """The last number for people that was given of a series: a pattern with its code and year in place."""

    __tablename__ = "case_number"

    series: Mapped[str] = mapped_column(String(255), primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class ElementInstance(Base):
    """One passage of a token through an element."""

    __tablename__ = "element_instance"
    __table_args__ = (Index("ix_element_instance_process_instance", "process_instance_key"),)

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    process_instance_key: Mapped[int] = mapped_column(Key)
    scope_key: Mapped[int] = mapped_column(Key)
    element_id: Mapped[str] = mapped_column(String(255))
    name: Mapped[str | None] = mapped_column(String(255))
    type: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[str | None] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(12))
    started_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class UserTask(Base):
    """A task of a person. `answer_sha256` is the digest of what completed it, so that a repeated request is known.

    `candidate_users`: people to whom it is offered, beside its group.
    `barred`: the case's subject, where the task checks or signs what they asked for. `capacity`: as what its doer acted.
    `announced_at`: when those whom the task waits for were told; None again once it waits for others, or until another time.
    """

    __tablename__ = "user_task"
    __table_args__ = (
        Index("ix_user_task_group", "candidate_group", "due_at", "barred", **_where("state = 'CREATED'")),
        Index("ix_user_task_assignee", "assignee", "state", "due_at", **_where("assignee IS NOT NULL")),
        Index("ix_user_task_due", "due_at", "key", **_where("state = 'CREATED'")),
        Index("ix_user_task_named", "due_at", **_where("state = 'CREATED' AND candidate_users IS NOT NULL")),
        Index("ix_user_task_process_instance", "process_instance_key"),
        Index("ix_user_task_unannounced", "created_at", **_where("announced_at IS NULL")),
    )

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    element_instance_key: Mapped[int] = mapped_column(Key)
    process_instance_key: Mapped[int] = mapped_column(Key)
    definition_key: Mapped[int] = mapped_column(Key)
    process_id: Mapped[str] = mapped_column(String(255))
    element_id: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(12))
    candidate_group: Mapped[str | None] = mapped_column(String(100))
    candidate_users: Mapped[tuple[str, ...]] = mapped_column(Names, nullable=True)
    assignee: Mapped[str | None] = mapped_column(String(100))
    bidang: Mapped[str | None] = mapped_column(String(50))
    barred: Mapped[str | None] = mapped_column(String(100))
    form_key: Mapped[int | None] = mapped_column(Key)
    headers: Mapped[dict[str, str]] = mapped_column(Json)
    priority: Mapped[int] = mapped_column(Integer, default=50)
    created_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    follow_up_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(String(100))
    announced_at: Mapped[datetime | None] = mapped_column(Instant)
    answer_sha256: Mapped[str | None] = mapped_column(String(64))
    capacity: Mapped[dict[str, Any] | None] = mapped_column(Json)


class FormerHolder(Base):
    """Somebody who held a task of a case and gave it back, or whom it was taken from."""

    __tablename__ = "former_holder"

    username: Mapped[str] = mapped_column(String(100), primary_key=True)
    process_instance_key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)


class Reader(Base):
    """Somebody who was named for a confidential case."""

    __tablename__ = "reader"

    username: Mapped[str] = mapped_column(String(100), primary_key=True)
    process_instance_key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(Instant)


class Draft(Base):
    """What a person has typed into a task's form and not yet sent."""

    __tablename__ = "draft"

    user_task_key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(Instant)
    values: Mapped[dict[str, Any]] = mapped_column(Json)


class Variable(Base):
    """A variable of a scope; `value` is JSON text, kept as it was written."""

    __tablename__ = "variable"
    __table_args__ = (UniqueConstraint("process_instance_key", "scope_key", "name"),)

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    process_instance_key: Mapped[int] = mapped_column(Key)
    scope_key: Mapped[int] = mapped_column(Key)
    name: Mapped[str] = mapped_column(String(255))
    value: Mapped[str] = mapped_column(Text)


@append_only
class History(Base):
    """What happened: append-only. `digest` is the SHA-256 of the values' row, which may be blanked while this one stays.

    `capacity`: as what the actor acted, where not simply as a holder of the task's group.
    """

    __tablename__ = "history"
    __table_args__ = (Index("ix_history_process_instance", "process_instance_key"),)

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    process_instance_key: Mapped[int] = mapped_column(Key)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(100))
    event: Mapped[str] = mapped_column(String(40))
    element_id: Mapped[str | None] = mapped_column(String(255))
    subject_key: Mapped[int | None] = mapped_column(Key)
    digest: Mapped[str | None] = mapped_column(String(64))
    capacity: Mapped[dict[str, Any] | None] = mapped_column(Json)


class HistoryValues(Base):
    """The personal part of a history row: what was sent. None once retention has blanked it."""

    __tablename__ = "history_values"

    history_key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    process_instance_key: Mapped[int] = mapped_column(Key)
    values: Mapped[str | None] = mapped_column(Text)


class DecisionInstance(Base):
    """One evaluation of a decision in a case: which version, what it saw, which rules hit, what came out.

    `counted`: where it counted working days, when, and the variables it did so from; a changed calendar counts them anew.
    """

    __tablename__ = "decision_instance"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    process_instance_key: Mapped[int] = mapped_column(Key, index=True)
    element_instance_key: Mapped[int] = mapped_column(Key)
    definition_key: Mapped[int] = mapped_column(Key)
    decision_id: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime] = mapped_column(Instant)
    trace: Mapped[dict[str, Any]] = mapped_column(Json)
    counted: Mapped[dict[str, Any] | None] = mapped_column(Json)


class Job(Base):
    """Work of an `after` handler, to be done by a worker. `retries` is what is left; `attempts` what was tried.

    `elsewhere`: another program does it; `worker` is what it calls itself, while it has the job. `due_at`: when the job can be
    taken, which is when its lease ends while somebody has it.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_due", "elsewhere", "due_at", **_where("state = 'CREATED'")),
        Index("ix_job_type", "type", "due_at", **_where("state = 'CREATED'")),
    )

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    process_instance_key: Mapped[int] = mapped_column(Key, index=True)
    element_instance_key: Mapped[int] = mapped_column(Key)
    element_id: Mapped[str] = mapped_column(String(255))
    type: Mapped[str] = mapped_column(String(255))
    elsewhere: Mapped[bool] = mapped_column(Boolean, default=False)
    worker: Mapped[str | None] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(12))
    retries: Mapped[int] = mapped_column(Integer)
    attempts: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str | None] = mapped_column(Text)


class Timer(Base):
    """A timer event that somebody waits for: an element instance, or (`definition_key`) the start of new cases.

    A signal that somebody waits for stands here too, under its `signal_name` and without a due time. When it is broadcast, a
    row that is due at once, with its `values`, is added for each of them.

    `repetitions`: how often it still comes, this time included; None: for ever. `interval`: an ISO 8601 duration.
    """

    __tablename__ = "timer"
    __table_args__ = (
        Index("ix_timer_due", "due_at"),
        Index("ix_timer_signal_name", "signal_name", **_where("signal_name IS NOT NULL")),
    )

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    process_instance_key: Mapped[int | None] = mapped_column(Key, index=True)
    element_instance_key: Mapped[int | None] = mapped_column(Key, index=True)
    definition_key: Mapped[int | None] = mapped_column(Key, index=True)
    event_id: Mapped[str] = mapped_column(String(255))
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    repetitions: Mapped[int | None] = mapped_column(Integer)
    interval: Mapped[str | None] = mapped_column(String(100))
    retries: Mapped[int] = mapped_column(Integer)
    taken_until: Mapped[datetime | None] = mapped_column(Instant)
    signal_name: Mapped[str | None] = mapped_column(String(255))
    values: Mapped[dict[str, Any] | None] = mapped_column(Json)


class MessageSubscription(Base):
    """A message that a case waits for, or (`definition_key`) that starts new ones."""

    __tablename__ = "message_subscription"
    __table_args__ = (Index("ix_message_subscription_message", "message_name", "correlation_key"),)

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    process_instance_key: Mapped[int | None] = mapped_column(Key, index=True)
    element_instance_key: Mapped[int | None] = mapped_column(Key, index=True)
    definition_key: Mapped[int | None] = mapped_column(Key, index=True)
    process_id: Mapped[str] = mapped_column(String(255))
    event_id: Mapped[str] = mapped_column(String(255))
    message_name: Mapped[str] = mapped_column(String(255))
    correlation_key: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(Instant)


class Message(Base):
    """A message that was published and is kept for whoever waits for it by `expires_at`."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_waited_for", "name", "correlation_key", "expires_at"),)

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(255))
    correlation_key: Mapped[str] = mapped_column(String(255))
    message_id: Mapped[str | None] = mapped_column(String(255))
    values: Mapped[dict[str, Any]] = mapped_column(Json)
    published_at: Mapped[datetime] = mapped_column(Instant)
    published_by: Mapped[str] = mapped_column(String(100))
    expires_at: Mapped[datetime] = mapped_column(Instant)


class MessageCorrelation(Base):
    """A message has reached a case of a process; it reaches no other of the same process.

    It tells what was waited for also when the message and the subscription are gone.
    """

    __tablename__ = "message_correlation"

    message_key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    process_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    process_instance_key: Mapped[int] = mapped_column(Key, index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    subscription_key: Mapped[int] = mapped_column(Key)
    element_instance_key: Mapped[int | None] = mapped_column(Key)
    event_id: Mapped[str] = mapped_column(String(255))
    message_name: Mapped[str] = mapped_column(String(255))
    correlation_key: Mapped[str | None] = mapped_column(String(255))


class Incident(Base):
    """Something that stopped a case and that a person must look at. `announced_at`: when those who may mend it were told."""

    __tablename__ = "incident"
    __table_args__ = (
        Index("ix_incident_state", "state"),
        Index("ix_incident_unannounced", "created_at", **_where("announced_at IS NULL")),
    )

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    process_instance_key: Mapped[int] = mapped_column(Key, index=True)
    element_instance_key: Mapped[int] = mapped_column(Key)
    element_id: Mapped[str] = mapped_column(String(255))
    job_key: Mapped[int | None] = mapped_column(Key)
    timer_key: Mapped[int | None] = mapped_column(Key)
    type: Mapped[str] = mapped_column(String(40))
    message: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)
    resolved_by: Mapped[str | None] = mapped_column(String(100))
    announced_at: Mapped[datetime | None] = mapped_column(Instant)


class Worker(Base):
    """A worker under way: when it was last seen, and how often it has done what since it began."""

    __tablename__ = "worker"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    counts: Mapped[dict[str, int]] = mapped_column(Json)
