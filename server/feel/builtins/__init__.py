"""The built-in functions of FEEL by family (DMN 1.5 §10.3.4), and those that Camunda's editors offer besides."""

from server.feel.builtins import (
    booleans,
    contexts,
    conversion,
    dates,
    lists,
    numeric,
    ranges,
    strings,
)
from server.feel.builtins.registry import BUILTINS, SIGNATURES

FAMILIES = (conversion, booleans, strings, lists, contexts, numeric, dates, ranges)

__all__ = ["BUILTINS", "FAMILIES", "SIGNATURES"]
