"""National holidays and cuti bersama as the package `holidays` knows them: the calendar until the office
keeps its own.

It follows the joint ministerial decrees (SKB 3 Menteri) and the Keppres on cuti bersama. Dates that no decree
has settled yet carry `perkiraan`. It knows no local holidays, and no cuti bersama after the last decree it
has seen.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache

import holidays

from server.calendar.days import Holiday, YearUnknown

YEARS = range(2002, 2101)
KINDS = {"public": "libur nasional", "government": "cuti bersama"}
TENTATIVE = " (perkiraan)"


@cache
def days_off(year: int) -> Mapping[date, Holiday]:
    """The holidays of a year by date, weekends among them; a national holiday goes before cuti bersama.

    Raises `YearUnknown` outside 2002 (the first cuti bersama) to 2100.
    """
    if year not in YEARS:
        raise YearUnknown(year, YEARS)
    return {
        day: _holiday(day, kind, named.get_list(day))
        for category, kind in reversed(KINDS.items())
        for named in [holidays.country_holidays("ID", years=year, categories=(category,), language="id")]
        for day in named
    }


def _holiday(day: date, kind: str, names: list[str]) -> Holiday:
    name = "; ".join(name.removesuffix(TENTATIVE) for name in names)
    return Holiday(day, name, kind, perkiraan=any(name.endswith(TENTATIVE) for name in names))
