"""Monitoring: promised against real time for every service, and where work piles up. It looks at cases and moves none."""

from server.monitoring.measuring import Round, count_again, measure
from server.monitoring.promise import Promise
from server.monitoring.report import report
from server.monitoring.running import Running, Standing, UnderWay, under_way
from server.monitoring.scope import (
    Asked,
    NoOverview,
    Period,
    Procedure,
    UnknownProcedure,
    WrongPeriod,
    allow,
    months_before,
    procedure,
    recent,
)
from server.monitoring.setbacks import Outcome, Setback, Setbacks, outcomes, setbacks
from server.monitoring.steps import OfStep, Span, Steps, by_step
from server.monitoring.timeliness import (
    LateCase,
    OfMonth,
    OfProcedure,
    Timeliness,
    by_month,
    by_procedure,
    in_all,
    late_cases,
)
from server.monitoring.workload import OfDay, OfGroup, OfPerson, Pile, Workload, workload

__all__ = [
    "Asked",
    "LateCase",
    "NoOverview",
    "OfDay",
    "OfGroup",
    "OfMonth",
    "OfPerson",
    "OfProcedure",
    "OfStep",
    "Outcome",
    "Period",
    "Pile",
    "Procedure",
    "Promise",
    "Round",
    "Running",
    "Setback",
    "Setbacks",
    "Span",
    "Standing",
    "Steps",
    "Timeliness",
    "UnderWay",
    "UnknownProcedure",
    "Workload",
    "WrongPeriod",
    "allow",
    "by_month",
    "by_procedure",
    "by_step",
    "count_again",
    "in_all",
    "late_cases",
    "measure",
    "months_before",
    "outcomes",
    "procedure",
    "recent",
    "report",
    "setbacks",
    "under_way",
    "workload",
]
