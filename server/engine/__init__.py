"""Runs diagrams: definitions, instances, variables, user tasks, jobs, history. The room of SpiffWorkflow.

The verbs prepare (`deploy`, `start`, `cancel`, `assign`, `complete` …): each reads, computes, and returns a `db.Change`
for the gate to apply. `search` only reads; `jobs` and `timers` are the workers' verbs.
"""

from server.engine import (
    administration,
    backlog,
    decisions,
    due_dates,
    incidents,
    jobs,
    messages,
    modification,
    officers,
    signals,
    timers,
    workers,
)
from server.engine.approving import approval_of, approve
from server.engine.definitions import Deployed, Published, Unpublishable, deploy, published_digests
from server.engine.engine import Engine
from server.engine.execution import StepFault
from server.engine.handlers import BpmnError, Call, Case, Effect, Handler, Handlers, Outcome, leaves_nothing
from server.engine.instances import Started, cancel, resume, set_variables, start, suspend
from server.engine.taking_back import may_take_back, take_back
from server.engine.tasks import assign, change, complete, doubts, hand_over, save_draft, successors, unassign

__all__ = [
    "BpmnError",
    "Call",
    "Case",
    "Deployed",
    "Effect",
    "Engine",
    "Handler",
    "Handlers",
    "Outcome",
    "Published",
    "Started",
    "StepFault",
    "Unpublishable",
    "administration",
    "approval_of",
    "approve",
    "assign",
    "backlog",
    "cancel",
    "change",
    "complete",
    "decisions",
    "deploy",
    "doubts",
    "due_dates",
    "hand_over",
    "incidents",
    "jobs",
    "leaves_nothing",
    "may_take_back",
    "messages",
    "migration",
    "modification",
    "officers",
    "published_digests",
    "resume",
    "save_draft",
    "set_variables",
    "signals",
    "start",
    "successors",
    "suspend",
    "take_back",
    "timers",
    "unassign",
    "workers",
]
