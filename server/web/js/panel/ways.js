/* Of a flow: what it is called, and when it is taken. */
import { isAny } from "bpmn-js/lib/util/ModelUtil";

import { feel, text, tick } from "../diagram-fields.js";

export function way(panel, element, bo) {
  const source = bo.sourceRef;
  const several = (source.outgoing?.length ?? 0) > 1 && (isAny(source, ["bpmn:ExclusiveGateway", "bpmn:InclusiveGateway", "bpmn:Activity"]));
  const isDefault = source.default === bo;
  const fields = [text("Nama", bo.name ?? "", (name) => panel.modeling.updateLabel(element, name), { hint: several ? "Jawaban yang memilih jalan ini, misalnya Lengkap." : undefined })];
  if (!several && !bo.conditionExpression) return fields;
  const holder = panel.registry.get(source.id);
  fields.push(tick("Jalan bawaan", isDefault, (chosen) => {
    panel.modeling.updateProperties(holder, { default: chosen ? bo : undefined });
    if (chosen && bo.conditionExpression) panel.modeling.updateProperties(element, { conditionExpression: undefined });
    panel.draw();
  }, { hint: "Diambil bila tidak ada syarat lain yang terpenuhi." }));
  if (!isDefault) {
    fields.push(feel("Syarat (FEEL)", bo.conditionExpression?.body ?? "", (body) => {
      const conditionExpression = body ? panel.extensions.factory.create("bpmn:FormalExpression", { body }) : undefined;
      if (conditionExpression) conditionExpression.$parent = bo;
      panel.modeling.updateProperties(element, { conditionExpression });
    }, { always: true, hint: "Misalnya: keputusan_4 = \"setuju\"" }));
  }
  return fields;
}
