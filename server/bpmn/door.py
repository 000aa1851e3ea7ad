"""Bytes → the diagram, or every problem that it has at once."""

from server.bpmn import contents, events, expressions, foreign, markup, rules, supported
from server.bpmn.errors import Refused
from server.bpmn.model import Diagram
from server.bpmn.reader import Reader
from server.errors import Problem

MOST = 100
"""Problems told at once."""


def read(data: bytes) -> Diagram:
    """The diagram in a BPMN file, as drawn. Raises Refused with a problem for each thing that the engine would run
    wrongly or not at all, each naming the element, its id (`where`) and its line.
    """
    diagram, problems = examine(data)
    if problems:
        raise Refused(problems)
    return diagram


def examine(data: bytes) -> tuple[Diagram, tuple[Problem, ...]]:
    """The diagram as far as it can be read, and its problems in the order of the file, the first hundred of them.

    For pictures and for the editor's list of problems. Raises Refused where there is no BPMN to be read.
    """
    root = markup.parse(data)
    reader = Reader(root)
    diagram = reader.diagram()
    problems = [*reader.problems, *foreign.check(root)]
    for check in (rules.check, contents.check, events.check, expressions.check, supported.check):
        problems += check(diagram)
    ordered = sorted(dict.fromkeys(problems), key=lambda problem: problem.line or 0)
    return diagram, tuple(ordered[:MOST])
