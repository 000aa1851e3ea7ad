/* For who knows more: rounds over a list, input and output mappings, properties that no template names. */
import { is } from "bpmn-js/lib/util/ModelUtil";

import { feel, group, h, text } from "../diagram-fields.js";

export function rounds(panel, element, bo) {
  const loop = bo.loopCharacteristics;
  if (!loop || !is(loop, "bpmn:MultiInstanceLoopCharacteristics")) return null;
  const now = panel.extensions.one(loop, "zeebe:LoopCharacteristics");
  const put = (values) => panel.extensions.change(element, loop, "zeebe:LoopCharacteristics", values);
  return group("Beberapa kali", true,
    feel("Untuk setiap isi dari", now?.inputCollection ?? "", (inputCollection) => put({ inputCollection }), { always: true }),
    text("Isinya disebut", now?.inputElement ?? "", (inputElement) => put({ inputElement })),
    feel("Hasil setiap kali", now?.outputElement ?? "", (outputElement) => put({ outputElement }), { always: true }),
    text("Hasil semuanya disimpan sebagai", now?.outputCollection ?? "", (outputCollection) => put({ outputCollection })));
}

export function mappings(panel, element, bo) {
  const redo = (which, change) => {
    const now = panel.extensions.mapping(bo);
    const next = { ...now, [which]: change([...now[which]]) };
    panel.extensions.setMapping(element, bo, next.inputs, next.outputs);
  };
  const put = (which, at, values) => redo(which, (rows) => rows.with(at, { source: rows[at].source, target: rows[at].target, ...values }));
  const list = (title, which) => h("fieldset", { class: "mappings" }, h("legend", { class: "form-label" }, title),
    panel.extensions.mapping(bo)[which].map((row, at) => h("div", { class: "mapping" },
      text("Nama", row.target ?? "", (target) => put(which, at, { target })),
      feel("Isi", row.source ?? "", (source) => put(which, at, { source })),
      h("button", { type: "button", class: "btn btn-sm", onclick: () => { redo(which, (rows) => rows.toSpliced(at, 1)); panel.draw(); } }, "Hapus"))),
    h("button", { type: "button", class: "btn btn-sm", onclick: () => { redo(which, (rows) => [...rows, { source: "=nilai", target: "nama" }]); panel.draw(); } }, "Tambah"));
  return group("Data masuk dan keluar", false, list("Masuk", "inputs"), list("Keluar", "outputs"));
}

/* Properties that no template names: shown, so that nothing is hidden from who answers for the procedure. */
export function others(panel, element, bo) {
  const named = new Set(panel.choices.templates.flatMap(({ properties }) => properties.filter(({ binding }) => binding.type === "zeebe:property").map(({ binding }) => binding.name)));
  const fields = panel.extensions.properties(bo).filter(({ name }) => !named.has(name))
    .map(({ name, value }) => text(panel.choices.property_words[name] ?? name, value ?? "", (typed) => panel.extensions.setProperty(element, bo, name, typed)));
  return fields.length ? group("Sifat lain", false, fields) : null;
}
