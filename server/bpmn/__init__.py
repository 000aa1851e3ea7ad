"""BPMN 2.0 diagrams with Camunda 8's extension elements: read, check, normalise, write, lay out and draw.

Pure: no database, no web, no engine. `read` is the one way in; what it gives is the diagram as drawn (`model`), and
`plain` the form of one of its processes that moves tokens and nothing else.
"""

from server.bpmn import model
from server.bpmn.door import examine, read
from server.bpmn.doubts import doubts
from server.bpmn.errors import Refused
from server.bpmn.grid import in_order, leaves
from server.bpmn.layout import lay_out
from server.bpmn.model import Diagram, Process
from server.bpmn.normalise import normalised
from server.bpmn.picture import svg
from server.bpmn.tokens import plain, triggers
from server.bpmn.words import called, problem
from server.bpmn.writer import write

__all__ = [
    "Diagram",
    "Process",
    "Refused",
    "called",
    "doubts",
    "examine",
    "in_order",
    "lay_out",
    "leaves",
    "model",
    "normalised",
    "plain",
    "problem",
    "read",
    "svg",
    "triggers",
    "write",
]
