"""Case numbers: what people call a case by, such as CUTI-2026-0007; Camunda's business id.

A process's property `nomor_kasus` is the pattern, in which `{kode}` (its property, else its id), `{tahun}`, `{bulan}`,
`{bulan_romawi}` and `{urut}` stand for what they say; `{urut:3}` has at least three digits. Numbers are counted by pattern, code
and year, and without gaps: the count is raised in the step that starts the case, or not at all.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, update

from server.db import Effect
from server.engine.tables import CaseNumber

PATTERN: Final = "nomor_kasus"
"""The property's name."""
USUAL: Final = "{kode}-{tahun}-{urut:4}"

_PLACE: Final = re.compile(r"\{(kode|tahun|bulan|bulan_romawi|urut)(?::([1-9]))?\}")
_MONTHS: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_LONGEST: Final = 60


def wrong_pattern(pattern: str) -> str | None:
    """What is wrong with a pattern, and what to do; None where nothing is."""
    names = [name for name, _ in _PLACE.findall(pattern)]
    rest = _PLACE.sub("", pattern)
    if "{" in rest or "}" in rest:
        return "memakai {…} yang tidak dikenal; yang ada: {kode}, {tahun}, {bulan}, {bulan_romawi}, {urut}"
    if names.count("urut") != 1 or "tahun" not in names:
        return "harus memuat {urut} satu kali dan {tahun}, supaya tidak ada nomor yang sama"
    if len(pattern) > _LONGEST or not pattern.isprintable():
        return f"paling panjang {_LONGEST} karakter, tanpa tanda kendali"
    return None


def next_number(
    connection: Connection, process_id: str, properties: Mapping[str, str], now: datetime, before: int = 0
) -> tuple[str, Effect]:
    """The number of a case that starts now, and what counts it. `now` is in the office's zone; `before`: how many of its series
    the same step has started already."""
    pattern = properties.get(PATTERN) or USUAL
    code = (properties.get("kode") or process_id.replace("_", "-")).upper()
    series = _written(pattern, {"kode": code, "tahun": f"{now.year}"})
    known = connection.execute(_LAST, {"series": series}).scalar()
    last = known if not before else (known or 0) + before
    month = {"bulan": f"{now.month:02}", "bulan_romawi": _MONTHS[now.month - 1]}
    number = _written(series, {**month, "urut": str((last or 0) + 1)})
    if last is None:
        return number, Effect(_FIRST, {"series": series, "last": 1})
    return number, Effect(_RAISE, {"_series": series, "_last": last}, expect=1)


def _written(pattern: str, known: Mapping[str, str]) -> str:
    def told(place: re.Match[str]) -> str:
        name, width = place.groups()
        return known[name].zfill(int(width or 1)) if name in known else place.group()

    return _PLACE.sub(told, pattern)


_LAST = select(CaseNumber.last).where(CaseNumber.series == bindparam("series"))
_FIRST: Any = insert(CaseNumber)
_RAISE = (
    update(CaseNumber)
    .where(CaseNumber.series == bindparam("_series"), CaseNumber.last == bindparam("_last"))
    .values(last=CaseNumber.last + 1)
)
