"""DMN 1.1 to 1.5: reads decision models, checks them, evaluates them and says why (the rules that were hit).

A pure package on top of FEEL. `read` gives Definitions; `evaluate` answers in JSON, `decide` in FEEL values; `find` looks up
what can be evaluated; `check` says at publishing what is wrong, and
`run_examples` whether its worked examples hold.
"""

from server.dmn.check import check, check_tables, check_texts
from server.dmn.errors import NoSuchDecision, Unreadable
from server.dmn.evaluate import Evaluation, decide, evaluate, find
from server.dmn.examples import Example, UnreadableExamples, read_examples, run_examples
from server.dmn.model import Definitions
from server.dmn.read import read
from server.dmn.session import DecisionTrace, InputSeen, Notice, OutputGiven, RuleHit

__all__ = [
    "DecisionTrace",
    "Definitions",
    "Evaluation",
    "Example",
    "InputSeen",
    "NoSuchDecision",
    "Notice",
    "OutputGiven",
    "RuleHit",
    "Unreadable",
    "UnreadableExamples",
    "check",
    "check_tables",
    "check_texts",
    "decide",
    "evaluate",
    "find",
    "read",
    "read_examples",
    "run_examples",
]
