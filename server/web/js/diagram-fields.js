/* The fields of the panel: each is a label with its control, and tells what was typed when one pauses or leaves it. */
import { send } from "./send.js";

const PAUSE = 600;
let number = 0;

/* Nothing moves under a pointer that is pressed: else a click that began on a thing would not end there. */
let pressed = false;
for (const [event, now] of Object.entries({ pointerdown: true, pointerup: false, pointercancel: false })) {
  addEventListener(event, () => { pressed = now; }, true);
}
async function released() {
  while (pressed) await new Promise((go) => { setTimeout(go, 30); });
}

export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(name, value);
  }
  made.append(...children.flat(Infinity).filter((each) => each !== null && each !== undefined && each !== false));
  return made;
}

function framed(label, control, hint, ...more) {
  const id = `f${++number}`;
  control.id = id;
  if (hint) control.setAttribute("aria-describedby", `${id}h`);
  return h("div", { class: "field" },
    h("label", { class: "form-label", for: id }, label), control, ...more,
    hint ? h("p", { class: "hint", id: `${id}h` }, hint) : null);
}

function heard(control, tell) {
  let timer = 0;
  let told = control.value;
  const say = () => {
    clearTimeout(timer);
    if (control.value !== told) tell((told = control.value));
  };
  control.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(say, PAUSE); });
  control.addEventListener("change", say);
  return control;
}

export function text(label, value, tell, { hint, long, disabled, ...more } = {}) {
  const control = long ? h("textarea", { class: "form-control", rows: 2, disabled, ...more }) : h("input", { class: "form-control", disabled, ...more });
  control.value = value;
  return framed(label, heard(control, tell), hint);
}

/* Several things, one a line; in the diagram they are parted by "; ". */
export function lines(label, value, tell, { hint, ...more } = {}) {
  const control = h("textarea", { class: "form-control", rows: 3, ...more });
  control.value = value.split("; ").filter(Boolean).join("\n");
  const joined = (typed) => typed.split("\n").map((each) => each.trim()).filter(Boolean).join("; ");
  return framed(label, heard(control, (typed) => tell(joined(typed))), hint ?? "Satu hal sebaris.");
}

export function choice(label, value, options, tell, { hint, disabled } = {}) {
  const known = options.some(([each]) => each === value);
  const all = known ? options : [...options, [value, value]];
  const control = h("select", { class: "form-select", disabled }, all.map(([each, word]) => h("option", { value: each }, word)));
  control.value = value;
  control.addEventListener("change", () => tell(control.value));
  return framed(label, control, hint);
}

export function tick(label, value, tell, { hint } = {}) {
  const control = h("input", { type: "checkbox", class: "form-check-input" });
  control.checked = value;
  control.addEventListener("change", () => tell(control.checked));
  return h("div", { class: "field" }, h("label", { class: "form-check" }, control, " ", h("span", { class: "form-check-label" }, label)), hint ? h("p", { class: "hint" }, hint) : null);
}

/* FEEL, checked while it is typed. `always`: it is FEEL without its sign; otherwise a text may be fixed, too. */
export function feel(label, value, tell, { hint, always } = {}) {
  const control = h("textarea", { class: "form-control feel", rows: 2, spellcheck: "false", autocapitalize: "off" });
  control.value = always ? value.replace(/^=\s*/, "") : value;
  const verdict = h("p", { class: "feel-verdict", role: "status" });
  const check = async (typed) => {
    const source = always ? typed : typed.replace(/^=\s*/, "");
    if (!source.trim() || (!always && !typed.trim().startsWith("="))) {
      verdict.textContent = "";
      control.removeAttribute("aria-invalid");
      return;
    }
    const answer = await send("/rancangan/feel", { teks: source });
    await released();
    if (control.value !== typed) return;
    const fault = answer.ok ? answer.body.pesan : null;
    verdict.textContent = fault ?? "";
    control.toggleAttribute("aria-invalid", Boolean(fault));
    if (fault) control.setAttribute("aria-invalid", "true");
  };
  heard(control, (typed) => {
    check(typed);
    tell(always && typed.trim() ? `=${typed.trim()}` : typed.trim());
  });
  return framed(label, control, hint, verdict);
}

const UNITS = [
  ["", "tidak ditentukan"], ["PT#M", "menit"], ["PT#H", "jam"], ["P#D", "hari kerja"], ["P#W", "minggu kerja"], ["P#M", "bulan"], ["P#Y", "tahun"],
];

/* How long: a number and a unit, kept as an ISO 8601 duration; one of several units is shown as it is. */
export function duration(label, value, tell, { hint, days = "hari kerja", weeks = "minggu kerja" } = {}) {
  const found = UNITS.find(([pattern]) => pattern && new RegExp(`^${pattern.replace("#", "\\d+")}$`).test(value));
  const other = value && !found;
  const count = h("input", { class: "form-control", type: "number", min: 1, max: 9999, "aria-label": `${label}: jumlah` });
  count.value = found ? value.match(/\d+/)[0] : "";
  const words = { "P#D": days, "P#W": weeks };
  const unit = h("select", { class: "form-select" }, UNITS.map(([pattern, word]) => h("option", { value: pattern }, words[pattern] ?? word)), other ? h("option", { value: value }, value) : null);
  unit.value = found ? found[0] : value;
  const say = () => {
    count.disabled = !unit.value.includes("#");
    if (!count.disabled && !(count.valueAsNumber >= 1)) return count.value === "" && unit.value && count.focus();
    tell(unit.value.replace("#", String(count.valueAsNumber)));
  };
  count.disabled = !unit.value.includes("#");
  heard(count, say);
  unit.addEventListener("change", say);
  const row = framed(label, unit, hint);
  row.classList.add("duration");
  row.insertBefore(count, unit);
  return row;
}

export function group(title, open, ...fields) {
  return h("details", { class: "panel-group", open }, h("summary", {}, title), fields);
}
