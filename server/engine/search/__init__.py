"""What is there to see: searches and look-ups, read only.

One machine filters, sorts and pages every listing, in SQL and only over rows that the asker may see; a key that one may not
see is not found.
"""

from server.engine.search.cases import (
    DECISION_INSTANCES,
    ELEMENT_INSTANCES,
    HISTORY,
    INCIDENTS,
    PROCESS_INSTANCES,
    SHOWN_OF_VALUE,
    VARIABLES,
    find_evaluated,
)
from server.engine.search.catalogue import (
    DECISION_DEFINITIONS,
    DECISION_REQUIREMENTS,
    FORMS,
    PROCESS_DEFINITIONS,
    File,
    ShownForm,
    find_file,
    find_form,
    start_form,
    version_key,
)
from server.engine.search.listing import TENANT, BadCursor, Listing, find, search
from server.engine.search.query import (
    AnyOf,
    Condition,
    Found,
    Holds,
    Item,
    Page,
    Query,
    Unseen,
    Where,
    within,
)
from server.engine.search.tasks import USER_TASKS, draft_of, task_form, task_variables

__all__ = [
    "DECISION_DEFINITIONS",
    "DECISION_INSTANCES",
    "DECISION_REQUIREMENTS",
    "ELEMENT_INSTANCES",
    "FORMS",
    "HISTORY",
    "INCIDENTS",
    "PROCESS_DEFINITIONS",
    "PROCESS_INSTANCES",
    "SHOWN_OF_VALUE",
    "TENANT",
    "USER_TASKS",
    "VARIABLES",
    "AnyOf",
    "BadCursor",
    "Condition",
    "File",
    "Found",
    "Holds",
    "Item",
    "Listing",
    "Page",
    "Query",
    "ShownForm",
    "Unseen",
    "Where",
    "draft_of",
    "find",
    "find_evaluated",
    "find_file",
    "find_form",
    "search",
    "start_form",
    "task_form",
    "task_variables",
    "version_key",
    "within",
]
