/* The editor of diagrams: bpmn-js with Camunda 8's extension elements, in the frame of every draft. */
import BpmnModeler from "bpmn-js/lib/Modeler";
import CloudBehaviors from "camunda-bpmn-js-behaviors/lib/camunda-cloud";
import minimap from "diagram-js-minimap";
import zeebe from "zeebe-bpmn-moddle/resources/zeebe.json";

import { startWorkshop } from "./workshop.js";

const modeler = new BpmnModeler({
  container: "#editor",
  additionalModules: [CloudBehaviors, minimap],
  moddleExtensions: { zeebe },
});
const stack = modeler.get("commandStack");

const editor = {
  async open(text) {
    await modeler.importXML(text);
    modeler.get("canvas").zoom("fit-viewport", "auto");
  },
  text: async () => (await modeler.saveXML({ format: true })).xml,
  undo: () => stack.undo(),
  redo: () => stack.redo(),
  canUndo: () => stack.canUndo(),
  canRedo: () => stack.canRedo(),
  jump({ where }) {
    const element = modeler.get("elementRegistry").get(where);
    if (!element) return false;
    modeler.get("selection").select(element);
    modeler.get("canvas").scrollToElement(element);
    return true;
  },
};

startWorkshop(editor).then((workshop) => {
  modeler.on("commandStack.changed", () => workshop.changed());
});
