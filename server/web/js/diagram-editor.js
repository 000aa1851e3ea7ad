/* bpmn-js as this house uses it: Camunda 8's extension elements and behaviours, our words, only what the engine runs. */
import BpmnModeler from "bpmn-js/lib/Modeler";
import { CreateAppendAnythingModule } from "bpmn-js-create-append-anything";
import CloudBehaviors from "camunda-bpmn-js-behaviors/lib/camunda-cloud";
import simulation from "bpmn-js-token-simulation";
import minimap from "diagram-js-minimap";
import zeebe from "zeebe-bpmn-moddle/resources/zeebe.json";

import { offers } from "./diagram-palette.js";

/* What is written is kept as it was written. Camunda's descriptor leaves out what is Camunda's default; where nothing is said of a
 * version, this house means the one that the case began with (bindingType), so that silence would say something else. */
const said = structuredClone(zeebe);
for (const { properties } of said.types) {
  for (const each of properties ?? []) delete each.default;
}

export function makeModeler(container) {
  return new BpmnModeler({
    container,
    additionalModules: [CloudBehaviors, CreateAppendAnythingModule, minimap, simulation, offers],
    moddleExtensions: { zeebe: said },
  });
}
