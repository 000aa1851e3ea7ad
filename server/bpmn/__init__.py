"""BPMN 2.0 diagrams with Camunda 8's extension elements: read, check, normalise, write, lay out and draw.

Pure: no database, no web, no engine. `read` is the one way in; what it gives is the diagram as drawn (`model`), and
`plain` the form of one of its processes that moves tokens and nothing else.
"""

from server.bpmn import model
from server.bpmn.door import examine, read
from server.bpmn.errors import Refused
from server.bpmn.model import Diagram, Process
from server.bpmn.normalise import normalised
from server.bpmn.tokens import plain

__all__ = ["Diagram", "Process", "Refused", "examine", "model", "normalised", "plain", "read"]
