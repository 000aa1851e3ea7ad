"""The process that stands by for rehearsals: it has everything loaded, and a database with every table in memory.

It has rehearsed a small procedure before anybody asks, so that what is worked out once for all is there: statements, functions.
"""

from typing import Any, Final

from server.authoring import rehearsal
from server.authoring.stage import Play, Stage, Work, make_ready
from server.calendar import Book
from server.clock import Clock
from server.engine import apart
from server.identity import Roles

PROCEDURE: Final = b"""<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="berkas" targetNamespace="tatalaksana">
<bpmn:process id="pemanasan" isExecutable="true">
  <bpmn:startEvent id="mulai"/><bpmn:exclusiveGateway id="gerbang" default="lain"/><bpmn:endEvent id="selesai"/>
  <bpmn:userTask id="tugas"><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements></bpmn:userTask>
  <bpmn:sequenceFlow id="satu" sourceRef="mulai" targetRef="tugas"/>
  <bpmn:sequenceFlow id="dua" sourceRef="tugas" targetRef="gerbang"/>
  <bpmn:sequenceFlow id="lain" sourceRef="gerbang" targetRef="selesai"/>
  <bpmn:sequenceFlow id="ulang" sourceRef="gerbang" targetRef="tugas">
    <bpmn:conditionExpression>=1 &gt; 2</bpmn:conditionExpression></bpmn:sequenceFlow>
</bpmn:process></bpmn:definitions>"""


def warm_up() -> None:
    """Rehearses the small procedure, and leaves its database behind, empty, for the first to come."""
    clock = Clock()
    acts: list[dict[str, Any]] = [
        {"do": "start"},
        {"do": "complete", "element": "tugas", "values": {"isi": 1}},
    ]
    office = (clock.zone.key, Roles({}, {}, ()), Book(), dict[str, Work]())
    play = Play({"pemanasan.bpmn": PROCEDURE}, "pemanasan", acts, clock.now(), *office)
    warm = Stage(play)
    rehearsal.rehearse(play, warm)
    make_ready(warm.database)


if __name__ == "__main__":
    warm_up()
    apart.serve(rehearsal.answer)
