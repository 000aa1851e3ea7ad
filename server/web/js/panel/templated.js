/* The fields of an element template, in its own words; where they are kept in the diagram is what their binding says. */
import { choice, duration, feel, lines, text } from "../diagram-fields.js";

const LISTS = new Set(["kelengkapan", "output", "dasar_hukum", "keterkaitan", "kualifikasi_pelaksana", "peralatan", "peringatan", "pencatatan"]);

/* What the office has is offered instead of what the template lists. */
const OFFERED = { surat: "letters", register: "registers", penanda_tangan: "roles" };

export function templated(panel, id, element, bo, without) {
  const template = panel.choices.templates.find((each) => each.id === id);
  const shown = (template?.properties ?? []).filter(({ binding, type }) => BOUND[binding.type] && type !== "Hidden" && !without.has(binding.name));
  return shown.map((property) => field(panel, property, element, bo));
}

function field(panel, { label, description, type, choices, optional, binding }, element, bo) {
  const { get, set } = BOUND[binding.type];
  const name = binding.name ?? binding.key;
  const value = get(panel.extensions, bo, name);
  const tell = (typed) => set(panel.extensions, element, bo, name, typed);
  const offered = panel.choices[OFFERED[binding.key]];
  if (offered) return choice(label, value, [["", "Tidak ada"], ...offered], tell, { hint: description });
  if (choices) {
    const given = choices.map((each) => [each.value, each.name]);
    return choice(label, value, optional && !given.some(([each]) => each === "") ? [["", "Tidak ditentukan"], ...given] : given, tell, { hint: description });
  }
  if (binding.type === "zeebe:input") return feel(label, value, tell, { hint: description });
  if (name === "waktu") return duration(label, value, tell, { hint: "Waktu kerja. Pilih “tidak ditentukan” bila relatif." });
  if (LISTS.has(name)) return lines(label, value, tell);
  return text(label, value, tell, { hint: description, long: type === "Text", inputmode: name === "langkah" ? "numeric" : undefined });
}

const BOUND = {
  "zeebe:property": {
    get: (extensions, bo, name) => extensions.property(bo, name),
    set: (extensions, ...told) => extensions.setProperty(...told),
  },
  "zeebe:taskHeader": {
    get: (extensions, bo, name) => extensions.header(bo, name),
    set: (extensions, ...told) => extensions.setHeader(...told),
  },
  "zeebe:input": {
    get: (extensions, bo, name) => extensions.mapping(bo).inputs.find(({ target }) => target === name)?.source ?? "",
    set: (extensions, ...told) => extensions.setInput(...told),
  },
};
