"""Monitoring: promised against real time, steps, workload, setbacks and outcomes, for who oversees the office or a field of it.

Spans of working time are seconds; a share is a part of one.
"""

from typing import Any

from marshmallow import fields, validate

from server import monitoring as figures
from server.api.blueprint import Blueprint
from server.api.office import ask, office
from server.api.schemas import Flag, Instant, Key, Listed, Own, Schema, Text, Whole, Within
from server.monitoring import Asked, Period

monitoring = Blueprint(
    "monitoring",
    __name__,
    url_prefix="/api/monitoring",
    description="Figures of the fields that one oversees; seconds of working time, shares of one.",
)


# --- schema


class Day(Own, fields.Date):
    default_error_messages = {"invalid": "harus berupa tanggal, misalnya 2026-12-24"}


class Share(Own, fields.Float):
    pass


def _id() -> Text:
    plain = validate.Predicate("isprintable", error="memuat tanda yang tidak dapat dicetak")
    return Text(load_default=None, validate=plain)


class Which(Schema):
    """The cases that ended from a day `to` a day, without them this month and the two before it."""

    first = Day(data_key="from", load_default=None)
    last = Day(data_key="to", load_default=None)
    bidang = _id()


class WhichCases(Which):
    process_definition_id = _id()


class Timeliness(Schema):
    """`judged`: the cases of which it is known whether they were in time; `share`: how many of these were."""

    many = Whole(required=True)
    median = Whole(required=True, allow_none=True)
    p90 = Whole(required=True, allow_none=True)
    judged = Whole(required=True)
    late = Whole(required=True)
    share = Share(required=True, allow_none=True)


class Promise(Schema):
    """ISO 8601 durations, one after the other, `about` so many seconds; `byTable`: from the service standard, not the SOP."""

    times = Listed(Text(), required=True)
    by_table = Flag(required=True)
    about = Whole(required=True)


class OfProcedure(Schema):
    process_definition_id = Text(required=True, attribute="process_id")
    name = Text(required=True)
    bidang = Text(required=True, allow_none=True)
    promise = Within(Promise, required=True, allow_none=True)
    done = Within(Timeliness, required=True)
    canceled = Whole(required=True)
    running = Whole(required=True)
    running_late = Whole(required=True)
    running_risky = Whole(required=True)


class Procedures(Schema):
    all = Within(Timeliness, required=True)
    items = Listed(Within(OfProcedure), required=True)


class OfMonth(Schema):
    month = Day(required=True)
    done = Within(Timeliness, required=True)


class Months(Schema):
    items = Listed(Within(OfMonth), required=True)


class Span(Schema):
    median = Whole(required=True, allow_none=True)
    p90 = Whole(required=True, allow_none=True)


class OfStep(Schema):
    """`waited`: until somebody took the task; `handled`: from then on; `again`: how often a case had come to it before."""

    element_id = Text(required=True)
    name = Text(required=True)
    langkah = Whole(required=True, allow_none=True)
    role = Text(required=True, allow_none=True)
    waktu = Text(required=True, allow_none=True)
    many = Whole(required=True)
    waited = Within(Span, required=True)
    handled = Within(Span, required=True)
    whole = Within(Span, required=True)
    judged = Whole(required=True)
    late = Whole(required=True)
    late_share = Share(required=True, allow_none=True)
    again = Whole(required=True)
    open = Whole(required=True)
    overdue = Whole(required=True)
    in_force = Flag(required=True)


class Steps(Schema):
    steps = Listed(Within(OfStep), required=True)


class Running(Schema):
    """`standing`: late, risky (it will be, if each step left takes its standard time), elsewhere (it lies with
    another office), fine, or unknown without a promise."""

    process_instance_key = Key(required=True, attribute="key")
    number = Text(required=True, allow_none=True)
    process_definition_id = Text(required=True, attribute="process_id")
    name = Text(required=True)
    bidang = Text(required=True, allow_none=True)
    state = Text(required=True)
    started_at = Instant(required=True)
    worked = Whole(required=True)
    left = Whole(required=True)
    promised = Whole(required=True, allow_none=True)
    standing = Text(required=True)
    at = Text(required=True, allow_none=True)


class UnderWay(Schema):
    """The worst first, confidential ones left out. `whole`: all were looked at, not only those that have run longest."""

    whole = Flag(required=True)
    items = Listed(Within(Running), required=True)


class LateCase(Schema):
    process_instance_key = Key(required=True, attribute="key")
    number = Text(required=True, allow_none=True)
    process_definition_id = Text(required=True, attribute="process_id")
    bidang = Text(required=True, allow_none=True)
    started_at = Instant(required=True)
    ended_at = Instant(required=True)
    worked = Whole(required=True)
    promised = Whole(required=True)


class LateCases(Schema):
    """The fifty most over their promise, confidential ones left out."""

    items = Listed(Within(LateCase), required=True)


class Pile(Schema):
    """Open tasks: up to one working day old, up to five, older; overdue; taken by somebody; the oldest one's time."""

    many = Whole(required=True)
    fresh = Whole(required=True)
    middle = Whole(required=True)
    old = Whole(required=True)
    overdue = Whole(required=True)
    held = Whole(required=True)
    oldest = Instant(required=True, allow_none=True)


class OfGroup(Schema):
    """`came`, `went`: tasks of the last 30 days."""

    group = Text(required=True, allow_none=True)
    bidang = Text(required=True, allow_none=True)
    pile = Within(Pile, required=True)
    came = Whole(required=True)
    went = Whole(required=True)


class OfPerson(Schema):
    username = Text(required=True)
    name = Text(required=True)
    pile = Within(Pile, required=True)


class OfDay(Schema):
    day = Day(required=True)
    came = Whole(required=True)
    went = Whole(required=True)


class Workload(Schema):
    """`people`: what they have in hand, for who may assign their tasks."""

    all = Within(Pile, required=True)
    groups = Listed(Within(OfGroup), required=True)
    people = Listed(Within(OfPerson), required=True)
    days = Listed(Within(OfDay), required=True)


class Setback(Schema):
    process_instance_key = Key(required=True, attribute="case_key")
    number = Text(required=True, allow_none=True)
    process_definition_id = Text(required=True, attribute="process_id")
    name = Text(required=True)
    bidang = Text(required=True, allow_none=True)
    at = Instant(required=True)
    reason = Text(required=True, allow_none=True)
    by = Text(required=True, allow_none=True)


class Setbacks(Schema):
    """Lists are of the newest 200, confidential cases left out; the counts are of all."""

    incidents = Listed(Within(Setback), required=True)
    open_incidents = Whole(required=True)
    suspended = Listed(Within(Setback), required=True)
    now_suspended = Whole(required=True)
    canceled = Listed(Within(Setback), required=True)
    all_canceled = Whole(required=True)


class CaseOutcome(Schema):
    """Without an end event: cancelled."""

    process_definition_id = Text(required=True, attribute="process_id")
    name = Text(required=True)
    end_id = Text(required=True, allow_none=True)
    end_name = Text(required=True, allow_none=True)
    many = Whole(required=True)


class CaseOutcomes(Schema):
    items = Listed(Within(CaseOutcome), required=True)


# --- list


@monitoring.get("/timeliness")
@monitoring.arguments(Which, location="query")
@monitoring.response(200, Procedures)
def get_timeliness(which: dict[str, Any]) -> dict[str, Any]:
    """Promised against real time of every procedure, with its cases under way."""
    asked = _asked(which)
    now = ask(figures.under_way, asked)
    return {"all": ask(figures.in_all, asked), "items": ask(figures.by_procedure, asked, now)}


@monitoring.get("/months")
@monitoring.arguments(WhichCases, location="query")
@monitoring.response(200, Months)
def get_months(which: dict[str, Any]) -> dict[str, Any]:
    """Promised against real time of every month, of all procedures or of one."""
    return {"items": ask(figures.by_month, _asked(which))}


@monitoring.get("/late")
@monitoring.arguments(WhichCases, location="query")
@monitoring.response(200, LateCases)
def get_late_cases(which: dict[str, Any]) -> dict[str, Any]:
    """Finished cases that took longer than was promised, those most over it first."""
    return {"items": ask(figures.late_cases, _asked(which))}


@monitoring.get("/running")
@monitoring.arguments(WhichCases, location="query")
@monitoring.response(200, UnderWay)
def get_running(which: dict[str, Any]) -> dict[str, Any]:
    """Cases under way against what was promised, the worst first."""
    found = ask(figures.under_way, _asked(which))
    return {"whole": found.whole, "items": [each for each in found.cases if not each.confidential]}


@monitoring.get("/workload")
@monitoring.arguments(Which, location="query")
@monitoring.response(200, Workload)
def get_workload(which: dict[str, Any]) -> figures.Workload:
    """Open tasks by role, by person for who may assign, and the flow of the last 30 days."""
    return ask(figures.workload, _asked(which))


@monitoring.get("/setbacks")
@monitoring.arguments(Which, location="query")
@monitoring.response(200, Setbacks)
def get_setbacks(which: dict[str, Any]) -> figures.Setbacks:
    """Incidents and suspended cases as they stand, and the cases cancelled in the period, with reasons."""
    return ask(figures.setbacks, _asked(which))


@monitoring.get("/outcomes")
@monitoring.arguments(WhichCases, location="query")
@monitoring.response(200, CaseOutcomes)
def get_outcomes(which: dict[str, Any]) -> dict[str, Any]:
    """How cases ended, by procedure and end event."""
    return {"items": ask(figures.outcomes, _asked(which))}


# --- one


@monitoring.get("/procedures/<process_definition_id>/steps")
@monitoring.arguments(Which, location="query")
@monitoring.response(200, Steps)
def get_steps(which: dict[str, Any], process_definition_id: str) -> figures.Steps:
    """Each step of a procedure: how often, waiting and work, lateness, rework, and what lies open."""
    return ask(figures.by_step, _asked({**which, "process_definition_id": process_definition_id}))


def _asked(which: dict[str, Any]) -> Asked:
    usual = figures.recent(office().engine.clock.today())
    period = Period(which["first"] or usual.first, which["last"] or usual.last)
    return Asked(period, which["bidang"], which.get("process_definition_id"))
