/* bpmn-js as this house uses it: Camunda 8's extension elements and behaviours, our words, only what the engine runs. */
import BpmnModeler from "bpmn-js/lib/Modeler";
import { CreateAppendAnythingModule } from "bpmn-js-create-append-anything";
import CloudBehaviors from "camunda-bpmn-js-behaviors/lib/camunda-cloud";
import minimap from "diagram-js-minimap";
import zeebe from "zeebe-bpmn-moddle/resources/zeebe.json";

import { offers } from "./diagram-palette.js";

export function makeModeler(container) {
  return new BpmnModeler({
    container,
    additionalModules: [CloudBehaviors, CreateAppendAnythingModule, minimap, offers],
    moddleExtensions: { zeebe },
  });
}
