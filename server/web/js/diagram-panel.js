/* Sifat: what an owner sees and changes of the element that is chosen; nothing of XML. Without one chosen, of the whole procedure.
 *
 * Here is which fields an element has, and when they are drawn; what each shows and changes stands in panel/, by what it is about. What
 * the fields of an SOP are called comes from the element templates that ship with the diagrams. */
import { getBusinessObject as object, is, isAny } from "bpmn-js/lib/util/ModelUtil";

import { choice, h, text } from "./diagram-fields.js";
import { Extensions } from "./diagram-model.js";
import { mappings, others, rounds } from "./panel/data.js";
import { event, message } from "./panel/events.js";
import { home, lane } from "./panel/people.js";
import { procedure } from "./panel/procedure.js";
import { insertion, prepareSteps } from "./panel/steps.js";
import { form, userTask } from "./panel/task.js";
import { way } from "./panel/ways.js";
import { call, rule, script, work } from "./panel/work.js";

const NOUNS = {
  Process: "Prosedur", Participant: "Prosedur", Collaboration: "Prosedur", Lane: "Lajur", SequenceFlow: "Alur",
  StartEvent: "Mulai", EndEvent: "Akhir", IntermediateCatchEvent: "Peristiwa menunggu", IntermediateThrowEvent: "Peristiwa antara",
  BoundaryEvent: "Peristiwa tepi", UserTask: "Tugas pengguna", ServiceTask: "Tugas otomatis", BusinessRuleTask: "Tugas aturan",
  ScriptTask: "Tugas hitung", ManualTask: "Tugas manual", SendTask: "Tugas kirim", ReceiveTask: "Tugas terima", Task: "Tugas tanpa pelaksana",
  CallActivity: "Panggilan proses", SubProcess: "Subproses", ExclusiveGateway: "Gerbang eksklusif", ParallelGateway: "Gerbang paralel",
  InclusiveGateway: "Gerbang inklusif", EventBasedGateway: "Gerbang peristiwa", TextAnnotation: "Catatan",
};

export class Panel {
  constructor(place, modeler, choices) {
    Object.assign(this, { place, modeler, choices, element: null });
    this.extensions = new Extensions(modeler);
    prepareSteps(modeler);
    this.modeling = modeler.get("modeling");
    this.registry = modeler.get("elementRegistry");
    modeler.on("selection.changed", ({ newSelection }) => this.show(newSelection.length === 1 ? newSelection[0] : null));
    modeler.on("import.done", () => this.show(null));
    modeler.on("commandStack.changed", () => { setTimeout(() => this.refresh()); }); // what is returned would stop the event
    place.addEventListener("focusout", () => setTimeout(() => this.stale && this.refresh()));
    place.addEventListener("pointerdown", () => { this.pressed = true; });
    addEventListener("pointerup", () => setTimeout(() => {
      this.pressed = false;
      if (this.stale) this.refresh();
    }));
  }

  show(element) {
    this.element = element?.labelTarget ?? element;
    this.draw();
  }

  /* While somebody types or presses, what they do it to stays where it is. */
  refresh() {
    if (this.element && !this.registry.get(this.element.id)) this.element = null;
    this.stale = this.pressed || this.place.contains(document.activeElement);
    if (!this.stale) this.draw();
  }

  draw() {
    this.stale = false;
    const element = this.element ?? this.whole();
    if (!element.type) return; // nothing is shown yet
    const open = new Map([...this.place.querySelectorAll("details.panel-group")].map((each) => [each.querySelector("summary").textContent, each.open]));
    const drawn = this.drawn === element.id;
    const focused = drawn ? this.controls().indexOf(document.activeElement) : -1;
    this.drawn = element.id;
    this.place.replaceChildren(this.outline(element), ...this.fields(element));
    if (drawn) for (const each of this.place.querySelectorAll("details.panel-group")) each.open = open.get(each.querySelector("summary").textContent) ?? each.open;
    this.controls()[focused]?.focus();
  }

  controls() {
    return [...this.place.querySelectorAll("input, select, textarea, button, summary")];
  }

  /* The procedure's own element: its pool, or the canvas. */
  whole() {
    const pools = this.registry.filter((each) => is(each, "bpmn:Participant") && object(each).processRef);
    return pools.length === 1 ? pools[0] : this.modeler.get("canvas").getRootElement();
  }

  outline(element) {
    const nodes = this.registry.filter((each) => !each.labelTarget && isAny(each, ["bpmn:FlowNode", "bpmn:Lane"]))
      .sort((a, b) => is(b, "bpmn:Lane") - is(a, "bpmn:Lane") || a.x - b.x || a.y - b.y);
    const whole = this.whole();
    const ways = this.registry.filter((each) => !each.labelTarget && is(each, "bpmn:SequenceFlow") && object(each).sourceRef?.outgoing?.length > 1);
    const named = (each) => object(each).name || each.id;
    const options = [
      [whole.id, "Seluruh prosedur"],
      ...nodes.map((each) => [each.id, `${noun(each)}: ${named(each)}`]),
      ...ways.map((each) => [each.id, `Alur: ${named(each)} (dari ${object(each).sourceRef.name || object(each).sourceRef.id})`]),
    ];
    if (!options.some(([id]) => id === element.id)) options.push([element.id, `${noun(element)}: ${object(element).name || element.id}`]);
    return choice("Unsur", element.id, options, (id) => {
      const chosen = this.registry.get(id);
      this.modeler.get("selection").select(chosen === whole ? null : chosen);
      if (chosen !== whole) this.modeler.get("canvas").scrollToElement(chosen);
      this.show(chosen === whole ? null : chosen);
      this.place.querySelector("select").focus();
    });
  }

  fields(element) {
    const bo = object(element);
    if (isAny(element, ["bpmn:Process", "bpmn:Participant", "bpmn:Collaboration"])) return procedure(this, element);
    if (is(element, "bpmn:Lane")) return lane(this, element, bo);
    if (is(element, "bpmn:SequenceFlow")) return way(this, element, bo);
    if (is(element, "bpmn:TextAnnotation")) return [text("Catatan", bo.text ?? "", (value) => this.modeling.updateProperties(element, { text: value }), { long: true })];
    if (!is(element, "bpmn:FlowNode")) return [h("p", { class: "hint" }, noun(element))];
    return [
      text("Nama", bo.name ?? "", (name) => this.modeling.updateLabel(element, name), { long: true }),
      home(this, element, bo),
      insertion(this, element),
      is(element, "bpmn:UserTask") ? userTask(this, element, bo) : null,
      is(element, "bpmn:StartEvent") && !bo.eventDefinitions?.length ? form(this, element, bo) : null,
      is(element, "bpmn:BusinessRuleTask") ? rule(this, element, bo) : null,
      isAny(element, ["bpmn:ServiceTask", "bpmn:SendTask"]) ? work(this, element, bo) : null,
      is(element, "bpmn:ScriptTask") ? script(this, element, bo) : null,
      is(element, "bpmn:CallActivity") ? call(this, element, bo) : null,
      ...(bo.eventDefinitions ?? []).map((each) => event(this, element, bo, each)),
      is(element, "bpmn:ReceiveTask") ? message(this, element, bo, bo) : null,
      rounds(this, element, bo),
      isAny(element, ["bpmn:Activity", "bpmn:Event"]) && !is(element, "bpmn:SubProcess") ? mappings(this, element, bo) : null,
      others(this, element, bo),
    ].flat().filter(Boolean);
  }

  /* A form of the page's own that opens the draft of something else; this one is saved first. */
  door(kind, id, label) {
    const fields = { _token: document.body.dataset.csrf, jenis: kind, id };
    const form = h("form", { method: "post", action: "/rancangan/buka", hidden: true }, Object.entries(fields).map(([name, value]) => h("input", { type: "hidden", name, value })));
    return h("div", { class: "field" }, form, h("button", { type: "button", class: "btn btn-sm", onclick: () => this.leave(() => form.submit()) }, label));
  }
}

function noun(element) {
  if (object(element).triggeredByEvent) return "Subproses peristiwa";
  return NOUNS[element.type.replace("bpmn:", "")] ?? "Unsur";
}
