"""What the door gives out: texts compiled once, evaluated often."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from server.feel import logic, syntax
from server.feel.builtins import BUILTINS
from server.feel.compiler import INPUT, Compiler, Locals
from server.feel.environment import DEFAULT, Environment, Result, Run, Warning_
from server.feel.errors import Exhausted, InvalidExpression
from server.feel.frames import RUN, VARIABLES, Code, Frame
from server.feel.lexer import Names, Scope
from server.feel.parser import parse, parse_unary_tests
from server.feel.types import Type
from server.feel.values import Function, from_json

MAX_VALUE_DEPTH = 100


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A compiled expression. `names` are the free names that it reads, built-in functions aside; `required` those of them
    that must be variables, while others may turn out to be entries of a filter's elements; `calls` the functions that it
    names, the host's and built-in ones; `tree` is its syntax."""

    text: str
    names: frozenset[str]
    required: frozenset[str]
    calls: frozenset[str]
    tree: syntax.Node = field(repr=False)
    _code: Code = field(repr=False)
    _frame: Frame = field(repr=False)

    def evaluate(self, variables: Mapping[str, object], environment: Environment = DEFAULT) -> Result:
        """The value and the warnings. `variables` hold JSON or FEEL values, and only those that are read are looked
        up. Never raises: what cannot be computed is null, with a warning that says why."""
        run = Run(environment)
        frame = self._frame.copy()
        frame[RUN], frame[VARIABLES] = run, variables
        return _finish(run, self._code, frame, self.text)


@dataclass(frozen=True, slots=True, eq=False)
class UnaryTests:
    """A compiled cell. `names` are the free names that it reads, without `?`; `required` and `tree` are as above."""

    text: str
    names: frozenset[str]
    required: frozenset[str]
    tree: syntax.Tests = field(repr=False)
    _code: Code = field(repr=False)
    _frame: Frame = field(repr=False)
    _slot: int = field(repr=False)

    def test(
        self, value: object, variables: Mapping[str, object] | None = None, environment: Environment = DEFAULT
    ) -> Result:
        """True, False or None (it cannot be told) for an input value, JSON or FEEL. Never raises."""
        run = Run(environment)
        frame = self._frame.copy()
        frame[RUN], frame[VARIABLES] = run, variables or {}
        try:
            frame[self._slot] = from_json(value)
        except TypeError as error:
            return _nothing(run, f"Nilai yang diuji tidak dapat dipakai: {error}")
        return _finish(run, self._code, frame, self.text)


def compile(
    text: str,
    names: Names = (),
    functions: Mapping[str, Function] | None = None,
    types: Mapping[str, Type] | None = None,
) -> Expression:
    """Compile a FEEL expression (without a leading `=`). Raises InvalidExpression.

    `names` are the variables whose names hold spaces or operators, or hide a built-in; a mapping tells the names within
    each (for contexts and lists of contexts). `functions` are the host's, `types` the named ones of `instance of` and of
    parameters.
    """
    with _refused_when_too_deep(text):
        tree = parse(text, names, _scope(functions), types)
        compiler = Compiler(text, frozenset(names), _known(functions))
        code = compiler.code(tree, None)
    return _expression(compiler, text, tree, code)


def part(whole: Expression, tree: syntax.Node, functions: Mapping[str, Function] | None = None) -> Expression:
    """A part of a compiled expression, by its node, as an expression of its own; `functions` are those of the whole."""
    compiler = Compiler(whole.text, frozenset(), _known(functions))
    code = compiler.code(tree, None)
    return _expression(compiler, whole.text, tree, code)


def compile_unary_tests(
    text: str,
    names: Names = (),
    functions: Mapping[str, Function] | None = None,
    types: Mapping[str, Type] | None = None,
) -> UnaryTests:
    """Compile the unary tests of a cell. Raises InvalidExpression. See `compile` for the arguments."""
    with _refused_when_too_deep(text):
        tree = parse_unary_tests(text, names, _scope(functions), types)
        compiler = Compiler(text, frozenset(names), _known(functions))
        slot = compiler.slot()
        code = _cell(tree, compiler.tests(tree.tests, Locals({INPUT: slot}), slot, cell=True))
    names = _free_names(compiler)
    return UnaryTests(text, names, names & compiler.required, tree, code, compiler.frame(), slot)


BUILTIN_SCOPE = Scope(names=BUILTINS)


def _scope(functions: Mapping[str, Function] | None) -> Scope:
    return Scope(BUILTIN_SCOPE, functions) if functions else BUILTIN_SCOPE


def _known(functions: Mapping[str, Function] | None) -> Mapping[str, Function]:
    return {**BUILTINS, **functions} if functions else BUILTINS


@contextmanager
def _refused_when_too_deep(text: str) -> Iterator[None]:
    """The limits on nesting leave room on Python's stack, but not below a host that has used it up."""
    try:
        yield
    except RecursionError:
        raise InvalidExpression("Ungkapan bersarang terlalu dalam", text, 0) from None


def _cell(tree: syntax.Tests, test: Code) -> Code:
    if not tree.tests:
        return lambda frame: True
    return (lambda frame: logic.negate(test(frame))) if tree.negated else test


def _expression(compiler: Compiler, text: str, tree: syntax.Node, code: Code) -> Expression:
    names = _free_names(compiler)
    called = frozenset(compiler.called)
    return Expression(text, names, names & compiler.required, called, tree, code, compiler.frame())


def _free_names(compiler: Compiler) -> frozenset[str]:
    return frozenset(
        name for name in compiler.names if name not in compiler.functions or name in compiler.declared
    )


def _finish(run: Run, code: Callable[[Frame], object], frame: Frame, text: str) -> Result:
    try:
        value = code(frame)
        kind = type(value)
        if kind is list or kind is dict:
            _measure(value, run, MAX_VALUE_DEPTH)
    except Exhausted as exhausted:
        return _nothing(run, str(exhausted))
    except RecursionError:
        return _nothing(run, "Perhitungan bersarang terlalu dalam")
    return Result(value, run.warnings)


def _nothing(run: Run, message: str) -> Result:
    return Result(None, (*run.warnings, Warning_(message, 0, 1, 1)))


def _measure(value: object, run: Run, depth: int) -> None:
    """Go through a list or context, so that whoever gets it can do so too. Raises Exhausted when it is too large."""
    if depth == 0:
        raise Exhausted(f"Hasil bersarang lebih dari {MAX_VALUE_DEPTH} tingkat")
    parts: Iterable[object] = value.values() if isinstance(value, dict) else value  # type: ignore[assignment]
    run.spend(len(value))  # type: ignore[arg-type]
    for part in parts:
        if isinstance(part, (list, dict)):
            _measure(part, run, depth - 1)
