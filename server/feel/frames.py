"""What closures work on: the frame of an evaluation, and how a value that is not there becomes null and a warning.

A frame is a list of the Run, the variables, the expression's text, and then the values of all names that the
expression reads or binds, each at a slot that is known beforehand.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from server.feel.environment import Run
from server.feel.values import Function, from_json

Frame = list[Any]
Code = Callable[[Frame], object]

RUN, VARIABLES, TEXT, FIRST_SLOT = range(4)


class Unread:
    """The mark of a name's slot that has not been looked up yet."""


UNREAD = Unread()


def nothing(frame: Frame, message: object, at: int) -> Any:
    """Null, with a warning that says why."""
    frame[RUN].warn(str(message), frame[TEXT], at)


def constant(value: object) -> Code:
    """What always gives the same value."""
    return lambda frame: value


def local(slot: int) -> Code:
    """What gives the value at a slot."""
    return lambda frame: frame[slot]


def muted(code: Code) -> Code:
    """The same value without its warnings."""

    def quiet(frame: Frame) -> object:
        run: Run = frame[RUN]
        before, run.muted = run.muted, True
        try:
            return code(frame)
        finally:
            run.muted = before

    return quiet


def free(slot: int, name: str, at: int, fallback: Function | None) -> Code:
    """What gives the value of a variable, looked up at first use; `fallback` is the built-in of that name."""

    def load(frame: Frame) -> object:
        value = frame[slot]
        if value is UNREAD:
            value = frame[slot] = _look_up(frame, name, at, fallback)
        return value

    return load


def _look_up(frame: Frame, name: str, at: int, fallback: Function | None) -> object:
    variables: Mapping[str, object] = frame[VARIABLES]
    if name not in variables:
        return fallback or nothing(frame, f"Nama {name} tidak dikenal", at)
    value = variables[name]
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is int:
        return Decimal(value)  # type: ignore[arg-type]
    return _convert(frame, name, value, at)


def _convert(frame: Frame, name: str, given: object, at: int) -> object:
    """The FEEL value of what was given, converted once in a run, however many frames a function makes."""
    kept = frame[RUN].converted
    known = kept.get(id(given))
    if known is None:
        try:
            known = given, from_json(given)
        except TypeError as error:
            return nothing(frame, f"Nilai {name} tidak dapat dipakai: {error}", at)
        kept[id(given)] = known
    return known[1]


def entry_of_item(name: str, slot: int, otherwise: Code) -> Code:
    """What gives the entry of that name of a filter's element, `item` for the element itself, or else a name of the
    scope around."""

    def read(frame: Frame) -> object:
        item = frame[slot]
        if type(item) is dict and name in item:
            return item[name]
        return item if name == "item" else otherwise(frame)

    return read
