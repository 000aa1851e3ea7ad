"""Calling function values: which of a function's signatures fits, and the arguments as its parameters want them."""

from collections.abc import Sequence

from server.feel.environment import Run
from server.feel.errors import Fault, Unfit
from server.feel.types import MISFIT, Type, coerce
from server.feel.values import Function, kind_of

Candidate = tuple[Function, tuple[int, ...]]
"""A signature, and for each of its parameters the index of the argument that it gets (-1: null)."""


def invoke(
    run: Run, function: object, arguments: Sequence[object], names: Sequence[str] | None = None
) -> object:
    """Call a function value. Raises Fault when it is none, or when the arguments do not fit."""
    if not isinstance(function, Function):
        raise Fault(f"Yang dipanggil bukan fungsi, melainkan {kind_of(function)}")
    return call(run, candidates(function, len(arguments), names), arguments)


def candidates(function: Function, count: int, names: Sequence[str] | None) -> list[Candidate]:
    """The signatures that take so many arguments, or arguments of these names. Raises Fault when there is none."""
    found: list[Candidate] = []
    for signature in (function, *function.overloads):
        order = _by_position(signature, count) if names is None else _by_name(signature, names)
        if order is not None:
            found.append((signature, order))
    if found:
        return found
    if names is not None:
        raise Fault(f"Fungsi {function.name} tidak punya parameter bernama {', '.join(names)}")
    raise Fault(f"Fungsi {function.name} tidak menerima {count} argumen")


def call(run: Run, found: Sequence[Candidate], arguments: Sequence[object]) -> object:
    """Call the first of the signatures that the arguments fit. Raises Fault when they fit none."""
    for signature, order in found[:-1]:
        try:
            return apply(run, signature, _in_order(arguments, order))
        except Unfit:
            continue
    signature, order = found[-1]
    return apply(run, signature, _in_order(arguments, order))


def _in_order(arguments: Sequence[object], order: tuple[int, ...]) -> list[object]:
    return [arguments[index] if index >= 0 else None for index in order]


def _by_position(signature: Function, count: int) -> tuple[int, ...] | None:
    if signature.least <= count and (signature.variadic or count <= len(signature.parameters)):
        return tuple(range(count))
    return None


def _by_name(signature: Function, names: Sequence[str]) -> tuple[int, ...] | None:
    """Parameters that are not named get null (DMN 1.5 §10.3.2.13.5), optional ones at the end nothing."""
    parameters = signature.parameters
    if len(set(names)) < len(names) or not set(names) <= set(parameters):
        return None
    last = max(parameters.index(name) for name in names)
    given = parameters[: max(last + 1, signature.least)]
    return tuple(names.index(name) if name in names else -1 for name in given)


def apply(run: Run, signature: Function, arguments: list[object]) -> object:
    """Call one signature with its arguments in order. Raises Fault when they do not fit."""
    run.spend(1)
    if signature.types:
        arguments = fit(signature, arguments)
    value = signature.call(run, *arguments) if signature.wants_run else signature.call(*arguments)
    kind = type(value)
    if kind is list:
        run.check_items(len(value))  # type: ignore[arg-type]
    elif kind is str:
        run.check_text(len(value))  # type: ignore[arg-type]
    return value


def fit(signature: Function, arguments: list[object]) -> list[object]:
    """The arguments coerced to the parameters' types. Raises Unfit for one that cannot be."""
    fitted = list(arguments)
    for index, type_ in enumerate(signature.types[: len(arguments)]):
        if isinstance(type_, Type):
            fitted[index] = coerce(arguments[index], type_)
            if fitted[index] is MISFIT:
                name = signature.parameters[index]
                kind = kind_of(arguments[index])
                raise Unfit(f"Parameter {name} dari fungsi {signature.name} harus {type_}, bukan {kind}")
    return fitted
