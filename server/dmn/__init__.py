"""DMN 1.1 to 1.5: reads decision models, checks them, evaluates them and says why (the rules that were hit).

A pure package on top of FEEL. `read` gives Definitions; `evaluate` answers in JSON, `decide` in FEEL values; `find` looks up
what can be evaluated; `questions` says what that asks for; `check` says at publishing what is wrong, `run_examples` whether
worked examples hold, and `compare` what differs between two versions.
"""

from server.dmn.check import check, check_tables, check_texts
from server.dmn.compare import CellPair, ColumnPair, Difference, RowPair, compare
from server.dmn.errors import NoSuchDecision, Unreadable
from server.dmn.evaluate import Evaluation, decide, evaluate, find
from server.dmn.examples import Example, UnreadableExamples, matches, read_examples, run_examples
from server.dmn.model import Definitions
from server.dmn.questions import ANYTHING, Question, questions
from server.dmn.read import read
from server.dmn.session import DecisionTrace, InputSeen, Notice, OutputGiven, RuleHit

__all__ = [
    "ANYTHING",
    "CellPair",
    "ColumnPair",
    "DecisionTrace",
    "Definitions",
    "Difference",
    "Evaluation",
    "Example",
    "InputSeen",
    "NoSuchDecision",
    "Notice",
    "OutputGiven",
    "Question",
    "RowPair",
    "RuleHit",
    "Unreadable",
    "UnreadableExamples",
    "check",
    "check_tables",
    "check_texts",
    "compare",
    "decide",
    "evaluate",
    "find",
    "matches",
    "questions",
    "read",
    "read_examples",
    "run_examples",
]
