"""Times as an SOP words them: `1 jam 30 menit` for PT1H30M (ISO 8601, of working time), `2 Maret 2026` for a day."""

import re

UNITS = (
    ("Y", "tahun", r"tahun|thn|th"),
    ("M", "bulan", r"bulan|bln"),
    ("W", "minggu", r"minggu|mgg|pekan"),
    ("D", "hari", r"(?:hari|hr)(?:\s*(?:kerja|krj))?|hk"),
    ("TH", "jam", r"jam|j"),
    ("TM", "menit", r"menit|mnt|mn|m|['’′]"),
    ("TS", "detik", r"detik|dtk|dt"),
)
"""The designator (T before those of a time), the word, and all its spellings."""

DURATION = re.compile(
    r"P(?=[\dT])(?:(?P<Y>\d+)Y)?(?:(?P<M>\d+)M)?(?:(?P<W>\d+)W)?(?:(?P<D>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<TH>\d+)H)?(?:(?P<TM>\d+)M)?(?:(?P<TS>\d+)S)?)?",
    re.ASCII,
)
PARTS = re.compile(
    r"(?P<number>\d{1,5}(?:[.,]\d{1,2})?|½|setengah|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh)"
    r"\s*(?:\([^)]*\)\s*)?(?P<unit>"
    + "|".join(f"(?P<{key}>{spelt})" for key, _, spelt in UNITS)
    + r")(?![a-z])\.?",
    re.IGNORECASE,
)
NUMBERS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh")
SMALLER = {"D": ("TH", 8), "TH": ("TM", 60), "TM": ("TS", 60)}
"""What half of a unit is made of; a working day has eight hours."""
DAY = 24
"""Hours, by the clock, of a day that is counted as `24 jam`."""
NO_TIME = {
    "",
    "-",
    "–",
    "relatif",
    "tentatif",
    "tentative",
    "menyesuaikan",
    "kondisional",
    "sesuai kebutuhan",
}

ABOUT = re.compile(
    r"^(?:±|\+/-|\+-|\+|~|<|≤|kurang lebih|sekitar|kira-kira|maks(?:imal|imum)?\.?|paling lama|selambat-lambatnya|kl\.?|\bk\.l\.)\s*"
)
"""What stands before a time that is meant all the same."""
RANGE = re.compile(r"\d{1,5}\s*(?:[a-z]+\s*)?(?:-|–|—|s/d|s\.d\.?|sd|sampai(?: dengan)?)\s*(?=\d)")
"""`10-15 menit`: the longer one is the promise."""
TIMES = re.compile(
    r"\b(?P<times>\d{1,3})\s*(?:\([^)]*\)\s*)?[x×*]\s*(?P<number>\d{1,4})\s*(?:\([^)]*\)\s*)?(?P<hours>j(?:am)?\b)?"
)
"""`2 x 30 menit`; and `2 x 24 jam`, which is how offices say two days."""


class NoTime(ValueError):
    """A text that says no time."""


def in_words(iso: str | None) -> str:
    """`PT1H30M` → `1 jam 30 menit`; what is no duration stays as it is."""
    if not iso:
        return ""
    found = DURATION.fullmatch(iso)
    if not found:
        return iso
    return " ".join(f"{int(found[key])} {word}" for key, word, _ in UNITS if found[key])


def read_time(text: str) -> str | None:
    """`2 hari` → `P2D`, `1,5 jam` → `PT1H30M`; None where the text says that there is no fixed time. Raises NoTime."""
    said = " ".join(text.split()).casefold()
    if said in NO_TIME:
        return None
    if DURATION.fullmatch(text.strip().upper()):
        return text.strip().upper()
    amounts: dict[str, int] = {}
    said = TIMES.sub(_multiplied, RANGE.sub("", ABOUT.sub("", said)))
    rest = said
    for found in PARTS.finditer(said):
        key = next(key for key, _, _ in UNITS if found[key])
        _add(amounts, key, found["number"])
        rest = rest.replace(found[0], " ", 1)
    if not amounts or re.sub(r"[\s,.+&]|dan", "", rest):
        raise NoTime(text)
    return _written(amounts)


def _multiplied(found: re.Match[str]) -> str:
    if found["hours"] and int(found["number"]) == DAY:
        return f"{found['times']} hari"
    return f"{int(found['times']) * int(found['number'])} {found['hours'] or ''}"


def _add(amounts: dict[str, int], key: str, number: str) -> None:
    """Adds a count of a unit; its fraction becomes smaller units. Raises ValueError where it cannot."""
    if number in NUMBERS:
        amounts[key] = amounts.get(key, 0) + NUMBERS.index(number)
        return
    whole, _, fraction = (
        number.replace(",", ".").replace("½", "0.5").replace("setengah", "0.5").partition(".")
    )
    amounts[key] = amounts.get(key, 0) + int(whole)
    if fraction.strip("0"):
        smaller, many = SMALLER[key] if key in SMALLER else _refuse(number)
        part = many * int(fraction) / 10 ** len(fraction)
        if part != int(part):
            _refuse(number)
        amounts[smaller] = amounts.get(smaller, 0) + int(part)


def _refuse(number: str) -> tuple[str, int]:
    raise NoTime(number)


def _written(amounts: dict[str, int]) -> str:
    days = "".join(f"{amounts[key]}{key}" for key in "YMWD" if amounts.get(key))
    hours = "".join(f"{amounts[key]}{key[1]}" for key in ("TH", "TM", "TS") if amounts.get(key))
    return f"P{days}" + (f"T{hours}" if hours else "") if days or hours else "PT0S"
