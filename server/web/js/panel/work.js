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
    ...version(panel, now, "Versi tabel", put),
  ];
}

/* Which version a reference means: that with which the case began, the newest at the time, or those of a tag. */
export function version(panel, now, label, put) {
  const kinds = [["", "Yang berlaku saat perkara dimulai"], ["latest", "Yang terbaru saat dipakai"], ["versionTag", "Yang bertanda"]];
  const kind = kinds.some(([each]) => each === now?.bindingType) ? now.bindingType : "";
  return [
    choice(label, kind, kinds, (bindingType) => {
      put({ bindingType, versionTag: bindingType === "versionTag" ? now?.versionTag || "1" : "" });
      panel.draw();
    }),
    kind === "versionTag" ? text("Tanda versinya", now.versionTag ?? "", (versionTag) => put({ versionTag }), { hint: "Seperti tertulis pada versi yang dimaksud (versionTag). Dari beberapa versi setanda, yang terbaru." }) : null,
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
  const put = (values) => panel.extensions.change(element, bo, "zeebe:CalledElement", values, ["processId"]);
  return [
    choice("Prosedur yang dipanggil", now?.processId ?? "", [["", "Pilih …"], ...panel.choices.processes], (processId) => {
      put({ processId });
      panel.draw();
    }),
    ...(now?.processId ? version(panel, now, "Versi prosedur", put) : []),
  ];
}
