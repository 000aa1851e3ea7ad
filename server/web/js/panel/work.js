/* What the program does: rule tables, its own work with what an element template asks of it (letters), calculations, called procedures. */
import { choice, feel, group, text } from "../diagram-fields.js";
import { templated } from "./templated.js";

const OUTSIDE = "*";

export function rule(panel, element, bo) {
  const now = panel.extensions.one(bo, "zeebe:CalledDecision");
  const put = (values) => panel.extensions.change(element, bo, "zeebe:CalledDecision", values, ["decisionId"]);
  return [
    choice("Tabel keputusan", now?.decisionId ?? "", [["", "Pilih …"], ...panel.choices.decisions], (decisionId) => {
      put({ decisionId, resultVariable: now?.resultVariable || decisionId });
      panel.draw();
    }),
    now?.decisionId ? panel.door("decision", now.decisionId, "Ubah tabel ini") : null,
    text("Hasilnya disimpan sebagai", now?.resultVariable ?? "", (resultVariable) => put({ resultVariable })),
    choice("Versi tabel", now?.bindingType === "latest" ? "latest" : "", [["", "Yang berlaku saat perkara dimulai"], ["latest", "Yang terbaru saat dihitung"]], (bindingType) => put({ bindingType })),
  ];
}

export function work(panel, element, bo) {
  const now = panel.extensions.one(bo, "zeebe:TaskDefinition");
  const { handlers, elsewhere } = panel.choices;
  const put = (type) => panel.extensions.change(element, bo, "zeebe:TaskDefinition", { type }, ["type"]);
  const taken = templateOf(panel, now?.type);
  const isOutside = Boolean(elsewhere.length && now?.type && !handlers.some(([type]) => type === now.type));
  const others = elsewhere.length ? [[OUTSIDE, "Program lain …"]] : [];
  return [
    choice("Yang dikerjakan program", isOutside ? OUTSIDE : now?.type ?? "", [["", "Pilih …"], ...handlers, ...others], (type) => {
      put(type === OUTSIDE ? elsewhere[0].replace(/[*?]/g, "pekerjaan") : type);
      panel.draw();
    }),
    isOutside ? text("Jenis pekerjaannya", now.type, put, { hint: `Yang dikerjakan program lain: ${elsewhere.join(", ")}.` }) : null,
    taken ? group(taken.groups[0].label, true, templated(panel, taken.id, element, bo, new Set())) : null,
  ];
}

/* The element template of a kind of work that has fields of its own: a letter. */
function templateOf(panel, type) {
  return type && panel.choices.templates.find(({ properties }) => properties.some(({ binding, value }) => binding.type === "zeebe:taskDefinition" && value === type));
}

export function script(panel, element, bo) {
  const now = panel.extensions.one(bo, "zeebe:Script");
  const put = (values) => panel.extensions.change(element, bo, "zeebe:Script", values, ["expression", "resultVariable"]);
  return [
    feel("Yang dihitung (FEEL)", now?.expression ?? "", (expression) => put({ expression }), { always: true }),
    text("Hasilnya disimpan sebagai", now?.resultVariable ?? "", (resultVariable) => put({ resultVariable })),
  ];
}

export function call(panel, element, bo) {
  const now = panel.extensions.one(bo, "zeebe:CalledElement");
  return choice("Prosedur yang dipanggil", now?.processId ?? "", [["", "Pilih …"], ...panel.choices.processes], (processId) => panel.extensions.change(element, bo, "zeebe:CalledElement", { processId }, ["processId"]));
}
