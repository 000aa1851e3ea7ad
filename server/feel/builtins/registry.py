"""How a built-in function is declared: a Python function under the signature that FEEL knows it by.

    @builtin("substring(string: string, start position: number, length?: number) -> string")
    def substring(string, start, length=None):
        \"\"\"The part of a text …\"\"\"

`name?` may be left out, `name...` takes one or more, `name...?` any number, `type?` takes null, `a | b` takes either. Declaring a name again adds
another way to call it. The docstring's first line is its line in the manual.
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import DecimalException

from server.feel.errors import Fault, Unfit
from server.feel.types import ANY, MISFIT, PYTHON, Simple, Type, coerce, instance_of, parse
from server.feel.values import Function, kind_of

BUILTINS: dict[str, Function] = {}
"""Every built-in function by its name."""

SIGNATURES: list[tuple[str, str, str]] = []
"""Family, signature and one-line description of each declaration, for the manual."""

POINT = "number | string | date | time | date and time | days and time duration | years and months duration"
"""What a parameter of the domain `point` takes: everything that has an order."""

_SIGNATURE = re.compile(r"(?P<name>[^(]+)\((?P<parameters>.*)\) -> (?P<result>.+)")


@dataclass(frozen=True)
class Parameter:
    """What one parameter of a built-in takes."""

    name: str
    types: tuple[Type, ...]
    nullable: bool
    kinds: frozenset[type]
    """Python types that fit without a closer look."""

    def fit(self, value: object, function: str) -> object:
        """The value, coerced where FEEL allows it. Raises Unfit when it does not fit."""
        if type(value) in self.kinds:
            return value
        if value is None or value == [None]:
            if self.nullable:
                return None
            raise Unfit(f"Parameter {self.name} dari fungsi {function} tidak boleh null")
        if any(instance_of(value, type_) for type_ in self.types):
            return value
        for type_ in self.types:
            if (fitted := coerce(value, type_)) is not MISFIT:
                return fitted
        wanted = " atau ".join(map(str, self.types))
        raise Unfit(f"Parameter {self.name} dari fungsi {function} harus {wanted}, bukan {kind_of(value)}")


def builtin(signature: str) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Declare the decorated Python function as a built-in. Its first parameter `run` gets the current Run."""

    def declare(call: Callable[..., object]) -> Callable[..., object]:
        family = call.__module__.rpartition(".")[2]
        SIGNATURES.append((family, signature, (call.__doc__ or "").strip().partition("\n")[0]))
        function = _function(signature, call)
        known = BUILTINS.get(function.name)
        BUILTINS[function.name] = (
            replace(known, overloads=(*known.overloads, function)) if known else function
        )
        return call

    return declare


def _function(signature: str, call: Callable[..., object]) -> Function:
    match = _SIGNATURE.fullmatch(signature)
    if match is None:
        raise ValueError(signature)
    texts = [text.strip() for text in match["parameters"].split(", ") if text.strip()]
    parameters = tuple(_parameter(text) for text in texts)
    variadic = bool(texts) and "..." in texts[-1].partition(":")[0]
    required = sum(1 for text in texts if not text.partition(":")[0].endswith("?"))
    wants_run = next(iter(inspect.signature(call).parameters), "") == "run"
    name = match["name"]
    return Function(
        name,
        tuple(parameter.name for parameter in parameters),
        _checked(name, parameters, variadic, call, wants_run),
        required=required,
        wants_run=True,
        types=(),
        variadic=variadic,
        result=parse(match["result"]),
    )


def _parameter(text: str) -> Parameter:
    name, _, domain = text.partition(":")
    domain = POINT if domain.strip() == "point" else domain.strip()
    nullable = domain.endswith("?")
    types = tuple(parse(part) for part in domain.rstrip("?").split("|"))
    nullable = nullable or ANY in types
    kinds = {PYTHON[type_.name] for type_ in types if isinstance(type_, Simple) and type_ != ANY}
    kinds |= set(PYTHON.values()) if ANY in types else set()
    return Parameter(name.rstrip("?."), types, nullable, frozenset(kinds))


def _checked(
    name: str, parameters: tuple[Parameter, ...], variadic: bool, call: Callable[..., object], wants_run: bool
) -> Callable[..., object]:
    """What calls the Python function with arguments that fit its parameters."""
    last = parameters[-1] if variadic else None

    def checked(run: object, *arguments: object) -> object:
        fitted = [
            parameter.fit(argument, name) for parameter, argument in zip(parameters, arguments, strict=False)
        ]
        if last is not None:
            fitted += [last.fit(argument, name) for argument in arguments[len(parameters) :]]
        try:
            return call(run, *fitted) if wants_run else call(*fitted)
        except DecimalException:
            raise Fault(f"Hasil fungsi {name} terlalu besar atau tidak ada") from None

    return checked
