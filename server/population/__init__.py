"""Population services: what applicants must bring, who applies, blank cards for the kecamatan and the office's stock of them."""

from server.population.applications import (
    LETTERS,
    ApplicationRecord,
    InvalidApplicant,
    UnknownApplication,
    applicants,
    application,
    application_by_code,
)
from server.population.blanks import NoReport, NoRequest, RequestHeld, TooMany
from server.population.handlers import RECORDING, handlers
from server.population.reminding import remind
from server.population.requirements import (
    FactsNeeded,
    NoRequirements,
    Question,
    Requirement,
    RequirementList,
    Service,
    is_listed,
    questions,
    requirements,
    service,
    services,
)
from server.population.stock import GOODS, OutOfStock, count, enter, entries, ledger, reads, stock
from server.population.store import UnknownKecamatan, kecamatan, received, requests, sharing, standing

__all__ = [
    "GOODS",
    "LETTERS",
    "RECORDING",
    "ApplicationRecord",
    "FactsNeeded",
    "InvalidApplicant",
    "NoReport",
    "NoRequest",
    "NoRequirements",
    "OutOfStock",
    "Question",
    "RequestHeld",
    "Requirement",
    "RequirementList",
    "Service",
    "TooMany",
    "UnknownApplication",
    "UnknownKecamatan",
    "applicants",
    "application",
    "application_by_code",
    "count",
    "enter",
    "entries",
    "handlers",
    "is_listed",
    "kecamatan",
    "ledger",
    "questions",
    "reads",
    "received",
    "remind",
    "requests",
    "requirements",
    "service",
    "services",
    "sharing",
    "standing",
    "stock",
]
