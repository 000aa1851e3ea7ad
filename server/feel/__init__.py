"""FEEL, the expression language of DMN 1.5 (§10): texts compiled once, evaluated often, safely.

Pure: no Flask, no database, no eval. docs/feel.md lists every built-in function.
"""

from server.feel import syntax, types
from server.feel.environment import DEFAULT, Environment, Limits, Result, Warning_
from server.feel.errors import Fault, InvalidExpression
from server.feel.expression import Expression, UnaryTests, compile, compile_unary_tests, part
from server.feel.lexer import Names
from server.feel.parser import plain_literal
from server.feel.temporal import Date, DateTime, DaysTime, Time, YearsMonths, Zone
from server.feel.types import MISFIT, Type, coerce, conforms
from server.feel.values import Function, Range, from_json, show, to_json

__all__ = [
    "DEFAULT",
    "MISFIT",
    "Date",
    "DateTime",
    "DaysTime",
    "Environment",
    "Expression",
    "Fault",
    "Function",
    "InvalidExpression",
    "Limits",
    "Names",
    "Range",
    "Result",
    "Time",
    "Type",
    "UnaryTests",
    "Warning_",
    "YearsMonths",
    "Zone",
    "coerce",
    "compile",
    "compile_unary_tests",
    "conforms",
    "from_json",
    "part",
    "plain_literal",
    "show",
    "syntax",
    "to_json",
    "types",
]
