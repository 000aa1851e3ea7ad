"""What a plain form of a page brought, as typed values. Raises errors.Invalid with a sentence that names the field."""

from datetime import date
from typing import Final

from flask import request

from server import errors

DIGITS: Final = 18
"""So many fit into any key."""


def text(name: str) -> str:
    """Without blanks around it; empty where the form has no such field."""
    return request.form.get(name, "").strip()


def text_or_none(name: str) -> str | None:
    return text(name) or None


def day(name: str, label: str) -> date:
    """A date that must be there."""
    found = day_or_none(name, label)
    if found is None:
        raise errors.Invalid(f"Isi {label}.")
    return found


def day_or_none(name: str, label: str) -> date | None:
    return read_day(text(name), label)


def read_day(typed: str, label: str) -> date | None:
    """A date as browsers send it; None for an empty text."""
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise errors.Invalid(f"{label[:1].upper()}{label[1:]} bukan tanggal; pilih dari kalender.") from None


def whole(name: str, label: str, least: int, most: int) -> int:
    """A whole number within bounds."""
    found = number(text(name))
    if found is None or not least <= found <= most:
        raise errors.Invalid(f"Isi {label} dengan angka {least} sampai {most}.")
    return found


def number(typed: str) -> int | None:
    """The number that these digits are; None for anything else."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= DIGITS else None


def ticked(name: str, most: int) -> list[int]:
    """The keys of what was ticked, each once."""
    found = map(number, request.form.getlist(name)[:most])
    return list(dict.fromkeys(key for key in found if key is not None))
