/* What is waited for or told: time, messages, signals, errors. */
import { is, isAny } from "bpmn-js/lib/util/ModelUtil";

import { choice, duration, feel, text } from "../diagram-fields.js";
import { work } from "./work.js";

export function event(panel, element, bo, definition) {
  if (is(definition, "bpmn:TimerEventDefinition")) return timer(panel, element, definition);
  if (is(definition, "bpmn:MessageEventDefinition")) {
    if (isAny(element, ["bpmn:IntermediateThrowEvent", "bpmn:EndEvent"])) return work(panel, element, bo);
    return message(panel, element, bo, definition);
  }
  if (is(definition, "bpmn:SignalEventDefinition")) return root(panel, element, definition, "signalRef", "bpmn:Signal", "name", "Nama sinyal");
  if (is(definition, "bpmn:ErrorEventDefinition")) return root(panel, element, definition, "errorRef", "bpmn:Error", "errorCode", "Kode galat");
  if (is(definition, "bpmn:EscalationEventDefinition")) return root(panel, element, definition, "escalationRef", "bpmn:Escalation", "escalationCode", "Kode eskalasi");
  if (is(definition, "bpmn:LinkEventDefinition")) return text("Nama tautan", definition.name ?? "", (name) => panel.modeling.updateModdleProperties(element, definition, { name }));
  return null;
}

function timer(panel, element, definition) {
  const kinds = [["timeDuration", "Sesudah sekian lama"], ["timeDate", "Pada tanggal"], ["timeCycle", "Berulang"]];
  const kind = kinds.map(([each]) => each).find((each) => definition[each]) ?? "timeDuration";
  const body = definition[kind]?.body ?? "";
  const put = (which, value) => {
    const made = value ? panel.extensions.factory.create("bpmn:FormalExpression", { body: value }) : undefined;
    if (made) made.$parent = definition;
    panel.modeling.updateModdleProperties(element, definition, { timeDuration: undefined, timeDate: undefined, timeCycle: undefined, [which]: made });
  };
  const plain = kind === "timeDuration" && !body.startsWith("=");
  return [
    choice("Waktu", kind, kinds, (which) => { put(which, { timeDuration: "P1D", timeDate: "=now()", timeCycle: "R/P1D" }[which]); panel.draw(); }),
    plain ? duration("Lama", body, (value) => put(kind, value), { days: "hari", weeks: "minggu", hint: "Menurut kalender. Untuk hari kerja pakai FEEL." }) : null,
    feel(plain ? "Atau FEEL" : "Nilai", plain ? "" : body, (value) => put(kind, value), { hint: "FEEL yang diawali “=”, atau teks ISO 8601." }),
  ];
}

export function message(panel, element, bo, holder) {
  const message = holder.messageRef;
  const subscription = message && panel.extensions.one(message, "zeebe:Subscription");
  return [
    root(panel, element, holder, "messageRef", "bpmn:Message", "name", "Nama pesan"),
    message && !(is(element, "bpmn:StartEvent") && !is(bo.$parent, "bpmn:SubProcess"))
      ? feel("Kunci pesan", subscription?.correlationKey ?? "", (correlationKey) => panel.extensions.change(element, message, "zeebe:Subscription", { correlationKey }), { hint: "FEEL yang diawali “=”: nilai yang membedakan perkara ini." })
      : null,
  ];
}

/* A message, signal, error or escalation by its name; another one with that name is taken, or a new one is made. */
function root(panel, element, holder, reference, type, name, label) {
  const now = holder[reference];
  return text(label, now?.[name] ?? "", (value) => {
    const definitions = panel.modeler.getDefinitions();
    let made = definitions.rootElements.find((each) => each.$type === type && each[name] === value);
    if (!made && value) {
      made = panel.extensions.factory.create(type, type === "bpmn:Message" || type === "bpmn:Signal" ? { name: value } : { name: value, [name]: value });
      made.$parent = definitions;
      const subscription = now && panel.extensions.one(now, "zeebe:Subscription");
      if (subscription) {
        const copy = panel.extensions.factory.create("zeebe:Subscription", { correlationKey: subscription.correlationKey });
        made.extensionElements = panel.extensions.factory.create("bpmn:ExtensionElements", { values: [copy] });
        Object.assign(copy, { $parent: made.extensionElements });
        Object.assign(made.extensionElements, { $parent: made });
      }
      panel.modeling.updateModdleProperties(element, definitions, { rootElements: [...definitions.rootElements, made] });
    }
    panel.modeling.updateModdleProperties(element, holder, { [reference]: value ? made : undefined });
    panel.stale = true;
  });
}
