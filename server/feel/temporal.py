"""Dates, times and the two kinds of duration, as XML Schema and ISO 8601 have them.

Python's own cannot serve: FEEL's years go from -999,999,999 to 999,999,999, its times carry an offset or the name of
a zone or neither, and its years-months duration has no counterpart. Fractions of a second are kept to nanoseconds.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache, total_ordering
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SECOND = 1_000_000_000
DAY_SECONDS = 86_400
DAY = DAY_SECONDS * SECOND
MAX_YEAR = 999_999_999
MAX_OFFSET = 14 * 3600

# ---------------------------------------------------------------------------------------------------------- calendar


def days_in_month(year: int, month: int) -> int:
    """How many days the month has in the proleptic Gregorian calendar."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def days_from_civil(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01, for any year."""
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * 146_097 + day_of_era - 719_468


def civil_from_days(days: int) -> tuple[int, int, int]:
    """Year, month and day of a count of days since 1970-01-01."""
    era, day_of_era = divmod(days + 719_468, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return (
        year_of_era + era * 400 + (month <= 2),
        month,
        day_of_year - (153 * shifted + 2) // 5 + 1,
    )


# ------------------------------------------------------------------------------------------------------------- zones


@lru_cache(maxsize=1024)
def find_zone(name: str) -> ZoneInfo | None:
    """The zone of the IANA database that has this name, or None."""
    try:
        return ZoneInfo(name) if name and name[0].isalpha() else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class Zone:
    """Where a time is meant: a fixed offset from UTC in seconds, or a region of the IANA database."""

    offset: int | None = None
    region: str | None = None

    def offset_at(self, when: "Date", seconds: int) -> int:
        """The offset from UTC in seconds that holds at a local day and second of the day."""
        if self.region is None:
            return self.offset or 0
        return _seconds_of(_python_day(when, find_zone(self.region)) + timedelta(seconds=seconds))

    def offset_at_utc(self, when: "Date", seconds: int) -> int:
        """The same for a day and second of the day in UTC."""
        if self.region is None:
            return self.offset or 0
        utc = _python_day(when, UTC) + timedelta(seconds=seconds)
        return _seconds_of(utc.astimezone(find_zone(self.region)))

    def __str__(self) -> str:
        if self.region is not None:
            return f"@{self.region}"
        if not self.offset:
            return "Z"
        hours, rest = divmod(abs(self.offset), 3600)
        minutes, seconds = divmod(rest, 60)
        sign = "-" if self.offset < 0 else "+"
        return f"{sign}{hours:02d}:{minutes:02d}" + (f":{seconds:02d}" if seconds else "")


UTC_ZONE = Zone(offset=0)


def _python_day(day: "Date", zone: tzinfo | None) -> datetime:
    """Midnight of the day. The calendar repeats after 400 years: a year that Python cannot hold gets the rules of its
    counterpart at the nearer end of Python's years."""
    first = 2 if day.year < 2 else min(day.year, 9598)
    return datetime(first + (day.year - first) % 400, day.month, day.day, tzinfo=zone)


def _seconds_of(moment: datetime) -> int:
    return int((moment.utcoffset() or timedelta()).total_seconds())


# --------------------------------------------------------------------------------------------------------- durations


@total_ordering
@dataclass(frozen=True, slots=True)
class YearsMonths:
    """A duration of whole months: `duration("P1Y2M")`."""

    total: int

    def __lt__(self, other: "YearsMonths") -> bool:
        return self.total < other.total

    @property
    def years(self) -> int:
        return self.parts[0]

    @property
    def months(self) -> int:
        return self.parts[1]

    @property
    def parts(self) -> tuple[int, int]:
        """Years and months, both with the duration's sign."""
        years, months = divmod(abs(self.total), 12)
        return (-years, -months) if self.total < 0 else (years, months)

    def __str__(self) -> str:
        if not self.total:
            return "P0M"
        years, months = divmod(abs(self.total), 12)
        sign = "-" if self.total < 0 else ""
        return f"{sign}P" + (f"{years}Y" if years else "") + (f"{months}M" if months else "")


@total_ordering
@dataclass(frozen=True, slots=True)
class DaysTime:
    """A duration of exact time, in nanoseconds: `duration("P1DT2H")`."""

    total: int

    def __lt__(self, other: "DaysTime") -> bool:
        return self.total < other.total

    @property
    def parts(self) -> tuple[int, int, int, int, int]:
        """Days, hours, minutes, seconds and nanoseconds, all with the duration's sign."""
        seconds, nanos = divmod(abs(self.total), SECOND)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        sign = -1 if self.total < 0 else 1
        return sign * days, sign * hours, sign * minutes, sign * seconds, sign * nanos

    def __str__(self) -> str:
        if not self.total:
            return "PT0S"
        days, hours, minutes, seconds, nanos = (abs(part) for part in self.parts)
        clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
        if seconds or nanos:
            clock += f"{seconds}{_fraction(nanos)}S"
        sign = "-" if self.total < 0 else ""
        return f"{sign}P" + (f"{days}D" if days else "") + (f"T{clock}" if clock else "")


Duration = YearsMonths | DaysTime

# ------------------------------------------------------------------------------------------------------ date and time


@total_ordering
@dataclass(frozen=True, slots=True)
class Date:
    """A day of the proleptic Gregorian calendar."""

    year: int
    month: int
    day: int

    def __lt__(self, other: "Date") -> bool:
        return (self.year, self.month, self.day) < (other.year, other.month, other.day)

    @classmethod
    def of(cls, year: int, month: int, day: int) -> "Date | None":
        """The day, or None where there is none such."""
        if not (
            -MAX_YEAR <= year <= MAX_YEAR and 1 <= month <= 12 and 1 <= day <= days_in_month(year, month)
        ):
            return None
        return cls(year, month, day)

    @classmethod
    def from_days(cls, days: int) -> "Date | None":
        """The day so many days after 1970-01-01."""
        return cls.of(*civil_from_days(days))

    @property
    def days(self) -> int:
        """Days since 1970-01-01."""
        return days_from_civil(self.year, self.month, self.day)

    @property
    def weekday(self) -> int:
        """1 for Monday to 7 for Sunday."""
        return (self.days + 3) % 7 + 1

    @property
    def day_of_year(self) -> int:
        return self.days - days_from_civil(self.year, 1, 1) + 1

    @property
    def week_of_year(self) -> int:
        """The week of ISO 8601: the first is the one with the year's first Thursday."""
        thursday = self.days + 4 - self.weekday
        year = civil_from_days(thursday)[0]
        return (thursday - days_from_civil(year, 1, 1)) // 7 + 1

    def plus_months(self, months: int) -> "Date | None":
        """The same day so many months later, or that month's last day where it is shorter."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Date.of(year, month + 1, min(self.day, days_in_month(year, month + 1)))

    def __str__(self) -> str:
        return f"{'-' if self.year < 0 else ''}{abs(self.year):04d}-{self.month:02d}-{self.day:02d}"


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day: nanoseconds since midnight, and where it is meant (None: nowhere in particular)."""

    nanos: int
    zone: Zone | None = None

    @classmethod
    def of(
        cls, hour: int, minute: int, second: int, nano: int = 0, zone: Zone | None = None
    ) -> "Time | None":
        """The time, or None where there is none such."""
        if not (0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second <= 59 and 0 <= nano < SECOND):
            return None
        return cls((hour * 3600 + minute * 60 + second) * SECOND + nano, zone)

    @property
    def hour(self) -> int:
        return self.nanos // (3600 * SECOND)

    @property
    def minute(self) -> int:
        return self.nanos // (60 * SECOND) % 60

    @property
    def second(self) -> int:
        return self.nanos // SECOND % 60

    @property
    def offset(self) -> int | None:
        """Seconds east of UTC; of a region, those of its standard winter (1 January 2000)."""
        return None if self.zone is None else self.zone.offset_at(Date(2000, 1, 1), self.nanos // SECOND)

    @property
    def instant(self) -> int:
        """Nanoseconds of the day in UTC; a time without a zone counts as UTC."""
        return self.nanos - (self.offset or 0) * SECOND

    def plus(self, duration: DaysTime) -> "Time":
        return Time((self.nanos + duration.total) % DAY, self.zone)

    def __str__(self) -> str:
        fraction = _fraction(self.nanos % SECOND)
        return f"{self.hour:02d}:{self.minute:02d}:{self.second:02d}{fraction}{self.zone or ''}"


MIDNIGHT = Time(0)


@dataclass(frozen=True, slots=True)
class DateTime:
    """A day and a time of that day."""

    date: Date
    time: Time

    @property
    def offset(self) -> int | None:
        """Seconds east of UTC, by the rules that hold in the zone on that day."""
        zone = self.time.zone
        return None if zone is None else zone.offset_at(self.date, self.time.nanos // SECOND)

    @property
    def instant(self) -> int:
        """Nanoseconds since 1970-01-01T00:00:00Z; a value without a zone counts as UTC."""
        return self.date.days * DAY + self.time.nanos - (self.offset or 0) * SECOND

    def plus(self, duration: DaysTime) -> "DateTime | None":
        """So much time later, as the clocks of the same zone then show it."""
        zone = self.time.zone
        if zone is not None and zone.region is not None:
            return at_instant(self.instant + duration.total, zone)
        return self.moved(duration.total)

    def moved(self, nanos: int) -> "DateTime | None":
        """The same clock's reading moved by so many nanoseconds, whatever the zone's rules."""
        days, rest = divmod(self.date.days * DAY + self.time.nanos + nanos, DAY)
        day = Date.from_days(days)
        return None if day is None else DateTime(day, Time(rest, self.time.zone))

    def plus_months(self, months: int) -> "DateTime | None":
        day = self.date.plus_months(months)
        return None if day is None else DateTime(day, self.time)

    def __str__(self) -> str:
        return f"{self.date}T{self.time}"


Temporal = Date | Time | DateTime | YearsMonths | DaysTime


def midnight(day: Date) -> DateTime:
    """The date as a date and time: midnight UTC (DMN 1.5 §10.3.2.3.6)."""
    return DateTime(day, Time(0, UTC_ZONE))


def at_instant(nanos: int, zone: Zone) -> DateTime | None:
    """The date and time that a zone's clock shows so many nanoseconds after 1970-01-01T00:00:00Z."""
    utc = DateTime(Date(1970, 1, 1), Time(0, zone)).moved(nanos)
    return utc and utc.moved(zone.offset_at_utc(utc.date, utc.time.nanos // SECOND) * SECOND)


def _fraction(nanos: int) -> str:
    return f".{nanos:09d}".rstrip("0") if nanos else ""


# ------------------------------------------------------------------------------------------------------- from a text

_DATE = r"(?P<year>-?(?:[0-9]{4}|[1-9][0-9]{4,8}))-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_TIME = (
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?"
    r"(?P<zone>[Zz]|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z0-9_+/-]+)?"
)
DATE_PATTERN = re.compile(_DATE)
TIME_PATTERN = re.compile(_TIME)
DATE_TIME_PATTERN = re.compile(f"{_DATE}T{_TIME}")
YEARS_MONTHS_PATTERN = re.compile(r"(-)?P(?=[0-9])(?:([0-9]+)Y)?(?:([0-9]+)M)?")
DAYS_TIME_PATTERN = re.compile(
    r"(-)?P(?=.)(?:([0-9]+)D)?(?:T(?=[0-9])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.([0-9]*))?S)?)?"
)
MAX_DIGITS = 25


def parse_date(text: str) -> Date | None:
    """The date that `2026-11-22` writes."""
    match = DATE_PATTERN.fullmatch(text)
    return match and _date_of(match)


def parse_time(text: str) -> Time | None:
    """The time that `10:30:00`, `10:30:00.5Z`, `10:30:00+07:00` or `10:30:00@Asia/Jakarta` writes."""
    match = TIME_PATTERN.fullmatch(text)
    return match and _time_of(match)


def parse_date_time(text: str) -> DateTime | None:
    """The date and time that `2026-11-22T10:30:00@Asia/Jakarta` writes; a bare date is its midnight."""
    match = DATE_TIME_PATTERN.fullmatch(text)
    if match is None:
        bare = parse_date(text)
        return DateTime(bare, MIDNIGHT) if bare else None
    day, time = _date_of(match), _time_of(match)
    if day is None or time is None:
        return None
    return DateTime(day, time).moved(DAY if _ends_day(match) else 0)


def parse_duration(text: str) -> Duration | None:
    """The duration that `P1Y2M` or `-P1DT2H3M4.5S` writes; a mix of both kinds is none."""
    if len(text) > 4 * MAX_DIGITS:
        return None
    if match := YEARS_MONTHS_PATTERN.fullmatch(text):
        sign, years, months = match.groups()
        return YearsMonths(_signed(sign, int(years or 0) * 12 + int(months or 0)))
    if match := DAYS_TIME_PATTERN.fullmatch(text):
        sign, days, hours, minutes, seconds, fraction = match.groups()
        whole = (
            int(days or 0) * DAY_SECONDS + int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
        )
        return DaysTime(_signed(sign, whole * SECOND + _nanos(fraction)))
    return None


def parse_temporal(text: str) -> Temporal | None:
    """The value of the literal `@"text"`: whichever of the five kinds the text writes."""
    if DATE_TIME_PATTERN.fullmatch(text):
        return parse_date_time(text)
    return parse_date(text) or parse_time(text) or parse_duration(text)


def _date_of(match: re.Match[str]) -> Date | None:
    return Date.of(int(match["year"]), int(match["month"]), int(match["day"]))


def _time_of(match: re.Match[str]) -> Time | None:
    """The time of a match; `24:00:00` is the midnight at the day's end."""
    zone = parse_zone(match["zone"]) if match["zone"] else None
    if match["zone"] and zone is None:
        return None
    if _ends_day(match):
        return Time(0, zone)
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"])
    return Time.of(hour, minute, second, _nanos(match["fraction"]), zone)


def _ends_day(match: re.Match[str]) -> bool:
    parts = match["hour"], match["minute"], match["second"]
    return parts == ("24", "00", "00") and not _nanos(match["fraction"])


def parse_zone(text: str) -> Zone | None:
    """The zone that `Z`, `+07:00` or `@Asia/Jakarta` writes."""
    if text in ("Z", "z"):
        return UTC_ZONE
    if text[0] == "@":
        return Zone(region=text[1:]) if find_zone(text[1:]) else None
    parts = [int(part) for part in text[1:].split(":")]
    if any(part > 59 for part in parts[1:]):
        return None
    seconds = parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) > 2 else 0)
    return Zone(offset=-seconds if text[0] == "-" else seconds) if seconds <= MAX_OFFSET else None


def _nanos(fraction: str | None) -> int:
    return int(((fraction or "") + "0" * 9)[:9])


def _signed(sign: str | None, number: int) -> int:
    return -number if sign else number


# ----------------------------------------------------------------------------------------------- to and from Python's


def from_python(value: date | datetime) -> Date | DateTime:
    """FEEL's value of a Python date or datetime; a named zone keeps its name."""
    day = Date(value.year, value.month, value.day)
    if not isinstance(value, datetime):
        return day
    nanos = ((value.hour * 60 + value.minute) * 60 + value.second) * SECOND + value.microsecond * 1000
    return DateTime(day, Time(nanos, _python_zone(value)))


def _python_zone(value: datetime) -> Zone | None:
    offset = value.utcoffset()
    if offset is None:
        return None
    if isinstance(value.tzinfo, ZoneInfo) and value.tzinfo.key:
        return Zone(region=value.tzinfo.key)
    return UTC_ZONE if value.tzinfo is UTC else Zone(offset=int(offset.total_seconds()))


def in_zone(time: Time, zone: Zone | None) -> Time:
    """The same reading of the clock, meant in another zone."""
    return replace(time, zone=zone)
