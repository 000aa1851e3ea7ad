/* Puts a new step behind one, on its way out: the rest makes room. One undoes it in one go. */
import { getBusinessObject as object, is } from "bpmn-js/lib/util/ModelUtil";
import { selfAndAllChildren } from "diagram-js/lib/util/Elements";

import { h } from "../diagram-fields.js";

const COMMAND = "tatalaksana.step.insert";
const SIZE = { width: 120, height: 80 };
const GAP = 50;

class Insertion {
  static $inject = ["modeling", "elementFactory", "spaceTool", "canvas"];

  constructor(modeling, elementFactory, spaceTool, canvas) {
    Object.assign(this, { modeling, elementFactory, spaceTool, canvas });
  }

  preExecute(context) {
    const { element, flow } = context;
    const edge = element.x + element.width;
    const target = flow.target;
    const wanted = SIZE.width + 2 * GAP;
    const free = target.x >= edge ? target.x - edge : 0;
    if (free < wanted) this.makeRoom(edge + 1, wanted - free);
    const shape = this.elementFactory.createShape({ type: "bpmn:UserTask", ...SIZE });
    const middle = { x: edge + GAP + SIZE.width / 2, y: element.y + element.height / 2 };
    context.made = this.modeling.createShape(shape, middle, element.parent);
    this.modeling.reconnectEnd(flow, context.made, { x: middle.x - SIZE.width / 2, y: middle.y });
    this.modeling.connect(context.made, target, { type: "bpmn:SequenceFlow" });
  }

  makeRoom(start, delta) {
    const elements = selfAndAllChildren(this.canvas.getRootElement(), true);
    const { movingShapes, resizingShapes } = this.spaceTool.calculateAdjustments(elements, "x", delta, start);
    this.modeling.createSpace(movingShapes, resizingShapes, { x: delta, y: 0 }, "e", start);
  }
}

export function prepareSteps(modeler) {
  modeler.get("commandStack").registerHandler(COMMAND, Insertion);
}

/* The button, for what has one way out; a new step of a gateway is put on one of its ways, after what stands there. */
export function insertion(panel, element) {
  const ways = element.outgoing?.filter((each) => is(each, "bpmn:SequenceFlow")) ?? [];
  if (ways.length !== 1 || is(element, "bpmn:BoundaryEvent")) return null;
  const [flow] = ways;
  const target = object(flow.target);
  return h("div", { class: "field" }, h("button", {
    type: "button",
    class: "btn btn-sm",
    onclick: () => {
      const context = { element, flow };
      panel.modeler.get("commandStack").execute(COMMAND, context);
      panel.modeler.get("selection").select(context.made);
      panel.modeler.get("canvas").scrollToElement(context.made);
      panel.place.querySelector("textarea")?.focus();
    },
  }, "Sisipkan langkah sesudah ini"), h("p", { class: "hint" }, `Sebelum “${target.name || target.id}”.`));
}
