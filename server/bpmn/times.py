"""The times that a diagram writes down (ISO 8601; BPMN 2.0.2 §10.5.5): whether a text is one.

What FEEL gives is known only when it is evaluated.
"""

import re
from collections.abc import Callable
from datetime import datetime

from server.bpmn.model import TimerKind

DURATION = re.compile(
    r"P(?=[\dT])(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?"
    r"(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})(?:\.(\d{1,6}))?S)?)?",
    re.ASCII,
)
CYCLE = re.compile(r"R(?!0+/)(\d{0,9})/(?:([^P/]+)/)?(P[^/]+)", re.ASCII)
"""How often (nothing: for ever), the first time if it is not one interval from now, the interval."""


def is_date(text: str) -> bool:
    """A date and time; one without a zone is the office's, one without a time is midnight."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_duration(text: str) -> bool:
    return DURATION.fullmatch(text) is not None


def is_cycle(text: str) -> bool:
    """An interval that comes at least once and takes some time."""
    cycle = CYCLE.fullmatch(text)
    if cycle is None:
        return False
    _, start, interval = cycle.groups()
    return is_duration(interval) and bool(re.search("[1-9]", interval)) and (not start or is_date(start))


IS_READABLE: dict[TimerKind, Callable[[str], bool]] = {
    TimerKind.DATE: is_date,
    TimerKind.DURATION: is_duration,
    TimerKind.CYCLE: is_cycle,
}
