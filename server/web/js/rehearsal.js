/* Trying a draft with the engine. What was chosen so far is kept here, and on this device until the page is left for good; the server
 * does all of it anew each time, and keeps nothing. */
import { Form } from "@bpmn-io/form-js-viewer";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { is } from "bpmn-js/lib/util/ModelUtil";
import flatpickr from "flatpickr";
import { Indonesian } from "flatpickr/dist/l10n/id.js";

import { daysModule } from "./days.js";
import { daysSaidModule } from "./days-said.js";
import { Files } from "./files.js";
import { Scenarios } from "./scenarios.js";
import { send } from "./send.js";
import { showProblems } from "./summary.js";

flatpickr.localize({
  ...Indonesian, firstDayOfWeek: 1,
  monthAriaLabel: "Bulan", yearAriaLabel: "Tahun", hourAriaLabel: "Jam", minuteAriaLabel: "Menit",
});

const place = document.getElementById("rehearsal");
const find = (selector) => place.querySelector(selector);
const viewer = new NavigatedViewer({ container: "#drawing" });
const { url, contentUrl, scenariosUrl, storage, process } = place.dataset;
const LABELS = { start: "Mulai", complete: "Selesaikan", job: "Isi hasil layanan", timer: "Lewatkan waktu", message: "Pesan datang", signal: "Sinyal datang" };
const ROWS = {
  job: "Layanan tidak dijalankan di sini. Tulis variabel yang akan diberikannya; yang kosong tidak dikirim.",
  message: "Tulis variabel yang dibawa pesan, bila ada.",
  signal: "Tulis variabel yang dibawa sinyal, bila ada.",
};

const READABLE = 0.6;

let acts = [];
let began = null;
let revision = null;
let shown = [];
let choices = [];
let chosen = null;
let form = null;
let files = null;
let running = null;

/* Files that are picked stay here: the engine is told what they are called. */
class Names extends Files {
  async send(file) {
    const id = `percobaan-${Date.now()}-${Math.random().toString(36).slice(2)}`;
    const metadata = { fileName: file.name, contentType: file.type || "application/octet-stream", size: file.size };
    this.known.set(file, { reference: { "camunda.document.type": "camunda", storeId: "percobaan", documentId: id, metadata } });
  }
}

// --- what was chosen so far

function keep() {
  try {
    sessionStorage.setItem(storage, JSON.stringify({ acts, began }));
  } catch {
    // A full or forbidden storage: the page itself still knows.
  }
}

function recall() {
  try {
    const left = JSON.parse(sessionStorage.getItem(storage));
    if (Array.isArray(left?.acts)) ({ acts, began } = left);
  } catch {
    acts = [];
  }
}

/* What every request about this rehearsal says. */
function brought() {
  const bersama = [...place.querySelectorAll("[data-together]:checked")].map(({ value }) => value);
  return { langkah: acts, mulai: began, bersama, prosedur: process ?? null };
}

/* Has `wanted` done; what cannot be done is told, and what stood before stays. Until it is shown, nothing else is done. */
function play(wanted, isNew = false) {
  running ??= playNow(wanted, isNew).finally(() => { running = null; });
  return running;
}

/* What somebody has changed meanwhile waits until what is under way is shown, and is not forgotten. */
async function then(wanted, ...since) {
  await running;
  if (since.length) [began] = since;
  return play(wanted());
}

async function playNow(wanted, isNew) {
  tell("Menjalankan …");
  const answer = await send(url, { ...brought(), langkah: wanted });
  if (!answer.ok) {
    tell("");
    if (answer.status === 401) location.href = `/masuk?lanjut=${encodeURIComponent(location.pathname)}`;
    return isNew && form ? showProblems(form, [], answer.body, true) : showFailure(answer.body.message, []);
  }
  const { body } = answer;
  began = body.mulai;
  find("[data-began]").value = body.mulai_setempat;
  const refused = isNew && body.salah && body.jadi === wanted.length - 1;
  if (refused) {
    tell("");
    return refuse(body.salah);
  }
  acts = wanted.slice(0, body.jadi);
  keep();
  await draw(body);
  await show(body);
  if (body.salah) showFailure(`Langkah percobaan ke-${body.jadi + 1} tidak dapat diulang: ${body.salah.message}`, body.salah.problems);
  else if (isNew) document.getElementById("sekarang").focus();
}

function refuse({ message, problems }) {
  const fields = form && problems.length && chosen.form;
  if (fields) return showProblems(form, problems, null, true);
  showFailure(message, problems.filter((each) => each.message !== message));
}

// --- showing

function tell(sentence) {
  find("[data-state]").textContent = sentence;
}

function showFailure(message, problems) {
  const box = find("[data-problems]");
  const head = document.createElement("b");
  head.textContent = message;
  const list = document.createElement("ul");
  list.append(...problems.map(({ message: words, where }) => Object.assign(document.createElement("li"), { textContent: where && !words.includes(where) ? `${words} (${where})` : words })));
  const body = document.createElement("div");
  body.append(head, ...(problems.length ? [list] : []));
  box.replaceChildren(body);
  box.hidden = false;
  box.focus();
}

async function show({ masalah, pilihan, html }) {
  find("[data-problems]").hidden = true;
  find("[data-now]").innerHTML = html.now;
  find("[data-data]").innerHTML = html.data;
  find("[data-past]").innerHTML = html.past;
  find("[data-back]").disabled = find("[data-restart]").disabled = !acts.length;
  choices = pilihan;
  await choose(null);
  for (const button of place.querySelectorAll("[data-choice]")) {
    button.addEventListener("click", () => pick(choices[button.dataset.choice]));
  }
  find("[data-wait]")?.addEventListener("click", () => play([...acts, { do: "wait", until: find("[data-until]").value }], true));
  if (masalah.length) showFailure("Rancangan ini belum dapat dijalankan. Perbaiki dahulu di penyuntingnya.", masalah);
  else if (choices.length === 1 && choices[0].do !== "timer") await choose(choices[0]);
  tell(acts.length ? `${acts.length} langkah dijalankan.` : "Siap.");
}

async function draw({ revisi, kini, lewat, alur, pilihan }) {
  const canvas = viewer.get("canvas");
  if (revisi !== revision) {
    const response = await fetch(contentUrl, { headers: { Accept: "application/json" } });
    await viewer.importXML((await response.json()).isi).catch(() => {});
    revision = revisi;
    shown = [];
    canvas.zoom("fit-viewport", "auto");
    if (canvas.zoom() < READABLE) canvas.zoom(READABLE);
  }
  const registry = viewer.get("elementRegistry");
  const left = lewat.filter((id) => !kini.includes(id));
  mark([...left.map((id) => [id, "passed"]), ...alur.map((id) => [id, "taken"]), ...kini.map((id) => [id, "live"])]);
  const here = [...kini, ...lewat.slice(-1), ...pilihan.map(({ element }) => element)].map((id) => registry.get(id)).find(Boolean);
  if (here) canvas.scrollToElement(here, { top: 60, bottom: 60, left: 60, right: 120 });
}

/* Colours what the case has passed, and takes off what was coloured before. */
function mark(wanted) {
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  for (const [id, marker] of shown) canvas.removeMarker(id, marker);
  shown = wanted.filter(([id]) => registry.get(id));
  for (const [id, marker] of shown) canvas.addMarker(id, marker);
}

// --- doing

function pick(choice) {
  if (choice.do === "timer") return play([...acts, act(choice, {})], true);
  return choose(choice).then(() => find("[data-title]").scrollIntoView({ block: "nearest" }));
}

function act(choice, values, more = {}) {
  return { do: choice.do, element: choice.element, process: choice.process ?? null, which: choice.which ?? 0, values, ...more };
}

async function choose(choice) {
  chosen = choice;
  form?.destroy();
  form = files = null;
  find("[data-act]").hidden = !choice;
  find("[data-do]").disabled = true; // until its form is there
  find("[data-form-place]").replaceChildren();
  document.getElementById("form-problems").hidden = true;
  if (!choice) return;
  const who = choice.own ? "pemohon sendiri" : choice.role ?? choice.assignee ?? choice.candidates?.join(" atau ");
  find("[data-title]").textContent = who ? `${choice.name}, sebagai ${who}` : choice.name;
  find("[data-do-label]").textContent = LABELS[choice.do];
  const free = choice.open || choice.do in ROWS;
  find("[data-rows]").hidden = !free;
  find("[data-errors]").replaceChildren(...(choice.errors ?? []).map(errorButton));
  if (free) showRows(choice);
  else if (choice.form) await showForm(choice);
  else find("[data-form-place]").textContent = "Tidak ada yang perlu diisi.";
  find("[data-do]").disabled = chosen !== choice;
}

async function showForm(choice) {
  form = new Form({ container: find("[data-form-place]"), additionalModules: [daysModule(JSON.parse(document.getElementById("form-days").textContent)), daysSaidModule] });
  const schema = JSON.parse(choice.form);
  files = new Names(form, "", () => {}, () => {});
  await form.importSchema(schema, files.shown(choice.values, fileKeys(schema)));
  const drawn = find("[data-form-place] form");
  drawn.setAttribute("aria-labelledby", "form-title");
  drawn.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    deed();
  }, true);
}

function fileKeys(schema) {
  const found = new Set();
  const walk = (parts) => {
    for (const part of parts ?? []) {
      if (part.type === "filepicker") found.add(part.key.split(".").pop());
      walk(part.components);
    }
  };
  walk(schema.components);
  return found;
}

function errorButton(code) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.textContent = `Gagal dengan galat ${code}`;
  button.addEventListener("click", () => play([...acts, { ...act(chosen, {}, { code }), do: "error" }], true));
  return button;
}

async function deed() {
  if (find("[data-do]").disabled || running) return;
  if (!form) return play([...acts, act(chosen, find("[data-rows]").hidden ? {} : rowValues())], true);
  const { data } = form.submit();
  await files.settled();
  return play([...acts, act(chosen, files.written(data))], true);
}

// --- variables by hand

function showRows(choice) {
  const given = Object.keys(choice.example ?? {}).length ? " Contoh hasilnya sudah diisikan; ubah seperlunya." : "";
  find("[data-rows-hint]").textContent = `${ROWS[choice.do] ?? "Tugas ini tanpa formulir; tulis variabelnya, bila ada."} Angka, ya/tidak, teks, tanggal (2026-12-31), atau JSON; isi sebuah objek disebut dengan titik.${given}${choice.wanted?.length && !given ? ` Yang masih dibaca langkah lain: ${choice.wanted.join(", ")}.` : ""}`;
  document.getElementById("wanted").replaceChildren(...(choice.wanted ?? []).map((value) => Object.assign(document.createElement("option"), { value })));
  find("[data-row-list]").replaceChildren();
  const offered = [...parts(choice.example ?? {})];
  for (const [name, value] of offered) addRow(name, value);
  if (!offered.length) addRow();
}

/* An example, a row for each value; what lies in an object is called by its place: catatan.lama. */
function* parts(values, before = "") {
  for (const [name, value] of Object.entries(values)) {
    const isObject = value !== null && typeof value === "object" && !Array.isArray(value) && Object.keys(value).length;
    if (isObject) yield* parts(value, `${before}${name}.`);
    else yield [`${before}${name}`, written(value)];
  }
}

function written(value) {
  if (typeof value === "boolean") return value ? "ya" : "tidak";
  if (typeof value === "string") return meant(value) === value ? value : JSON.stringify(value);
  return JSON.stringify(value);
}

function addRow(name = "", value = "") {
  const row = document.createElement("div");
  row.className = "value-row";
  const number = find("[data-row-list]").children.length + 1;
  row.append(input(`Nama variabel ${number}`, name, "wanted"), input(`Nilai ${number}`, value));
  find("[data-row-list]").append(row);
  return row;
}

function input(label, value, list) {
  const made = document.createElement("input");
  made.value = value;
  made.className = "form-control";
  made.autocomplete = "off";
  made.setAttribute("aria-label", label);
  made.placeholder = label.replace(/ \d+$/, "");
  if (list) made.setAttribute("list", list);
  return made;
}

function rowValues() {
  const values = {};
  for (const row of find("[data-row-list]").children) {
    const [name, value] = [...row.querySelectorAll("input")].map((each) => each.value.trim());
    if (name && value) put(values, name.split("."), meant(value));
  }
  return values;
}

function put(values, path, value) {
  const last = path.pop();
  let place = values;
  for (const name of path) place = place[name] = Object(place[name]) === place[name] && Object.hasOwn(place, name) ? place[name] : {};
  place[last] = value;
}

function meant(text) {
  if (/^(ya|benar)$/i.test(text)) return true;
  if (/^(tidak|salah)$/i.test(text)) return false;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

// --- the tools

find("[data-do]").addEventListener("click", deed);
find("[data-add-row]").addEventListener("click", () => addRow().querySelector("input").focus());
find("[data-back]").addEventListener("click", () => play(acts.slice(0, -1)));
find("[data-restart]").addEventListener("click", () => then(() => [], null));
find("[data-began]").addEventListener("change", ({ target: { value } }) => then(() => acts, value || null));
for (const box of place.querySelectorAll("[data-together]")) box.addEventListener("change", () => then(() => acts));
for (const [name, deal] of Object.entries({
  in: () => viewer.get("zoomScroll").stepZoom(1),
  out: () => viewer.get("zoomScroll").stepZoom(-1),
  fit: () => viewer.get("canvas").zoom("fit-viewport", "auto"),
})) find(`[data-zoom=${name}]`).addEventListener("click", deal);

// --- what is kept

const scenarios = new Scenarios(find("[data-scenarios]"), {
  url: scenariosUrl,
  rehearsal: {
    process,
    brought,
    async load(wanted, from) {
      await then(() => wanted, from);
      document.getElementById("sekarang").focus();
    },
    passed(ids, flows) {
      mark([...ids.map((id) => [id, "passed"]), ...flows.map((id) => [id, "taken"])]);
      return viewer.get("elementRegistry")
        .filter((each) => is(each, "bpmn:FlowNode") && !each.labelTarget && !ids.includes(each.id))
        .map(({ businessObject: { id, name } }) => name || id);
    },
  },
});

recall();
play(acts).then(() => { if (location.hash === "#skenario") scenarios.playAll(); });
