/* Of a step that somebody does: its mutu baku, its form, who receives it. */
import { is } from "bpmn-js/lib/util/ModelUtil";

import { choice, group } from "../diagram-fields.js";
import { due, followUp, priority, receiver } from "./people.js";
import { templated } from "./templated.js";
import { version } from "./work.js";

export function userTask(panel, element, bo) {
  return [
    group("Mutu baku", true, templated(panel, "tatalaksana.langkah", element, bo, new Set())),
    form(panel, element, bo),
    group("Penerima dan tenggat", false, receiver(panel, element, bo), due(panel, element, bo), followUp(panel, element, bo), priority(panel, element, bo)),
  ];
}

export function form(panel, element, bo) {
  const now = panel.extensions.one(bo, "zeebe:FormDefinition");
  const made = is(element, "bpmn:UserTask") ? "Dibuat otomatis dari mutu baku" : "Tanpa formulir";
  const options = [["", made], ...panel.choices.forms.map((id) => [id, id])];
  return group("Formulir", Boolean(now?.formId), choice("Formulir yang diisi", now?.formId ?? "", options, (formId) => {
    const old = panel.extensions.attributes(panel.extensions.one(bo, "zeebe:FormDefinition"));
    panel.extensions.put(element, bo, "zeebe:FormDefinition", formId ? panel.extensions.factory.create("zeebe:FormDefinition", { ...old, formId }) : null);
    panel.draw();
  }), now?.formId ? panel.door("form", now.formId, "Ubah formulir ini") : null,
  ...(now?.formId ? version(panel, now, "Versi formulir", (values) => panel.extensions.change(element, bo, "zeebe:FormDefinition", values, ["formId"])) : []));
}
