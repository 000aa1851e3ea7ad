/* The editor of decision tables: dmn-js in Indonesian, in the frame of every draft.
 *
 * A file holds a map of its decisions, and each decision a table or an expression of its own; one of them is shown at a time.
 * What the server finds is marked in the very cell. */
import DmnModeler from "dmn-js/lib/Modeler";

import { annotationName, bridgeAnnotations } from "./annotations.js";
import { placeOf } from "./table-places.js";
import words from "./table-words.json";
import { startWorkshop } from "./workshop.js";

const MAP = "drd";
const OLD = /spec\/DMN\/(20151101|20180521|20211108|20230324)\//;

const place = document.getElementById("editor");
const views = document.createElement("nav");
views.className = "table-views";
views.setAttribute("aria-label", "Bagian berkas");
place.closest(".workshop-frame").before(views);
const marks = document.head.appendChild(document.createElement("style"));

let notes = "Dasar";
const translate = {
  translate: ["value", (template, replacements = {}) => {
    const said = template === "Annotations" || template === "Annotation" ? notes : words.translated[template] ?? template;
    return said.replace(/{([^}]+)}/g, (whole, name) => replacements[name] ?? replacements[name.trim()] ?? whole);
  }],
};
const inWords = { additionalModules: [translate] };
const modeler = new DmnModeler({
  container: place, drd: inWords, decisionTable: inWords, literalExpression: inWords, boxedExpression: inWords,
});
bridgeAnnotations(modeler);

let workshop = null;
let findings = [];

modeler.on("viewer.created", ({ viewer, type }) => {
  viewer.on("commandStack.changed", () => workshop?.changed());
  viewer.on("import.done", () => prepare(type));
  viewer.on("elements.changed", () => requestAnimationFrame(label));
});
modeler.on("import.render.start", ({ view }) => { notes = annotationName(view.element) ?? "Catatan"; });
modeler.on("views.changed", () => { showViews(); mark(); requestAnimationFrame(label); });

const stack = () => modeler.getActiveViewer()?.get("commandStack", false);

const editor = {
  async open(text) {
    try {
      await modeler.importXML(text);
    } catch (fault) {
      if (OLD.test(text)) {
        throw new Error("berkasnya DMN versi lain; simpan dahulu sebagai DMN 1.3, misalnya dengan Camunda Modeler");
      }
      throw new Error(`isinya tidak dapat dibaca (${fault.message})`);
    }
    const decisions = modeler.getViews().filter(({ type }) => type !== MAP);
    const wanted = decodeURIComponent(location.hash.slice(1));
    const first = decisions.find(({ id }) => id === wanted) ?? (decisions.length === 1 ? decisions[0] : null);
    if (first) await modeler.open(first);
  },
  text: async () => (await modeler.saveXML({ format: true })).xml,
  undo: () => stack()?.undo(),
  redo: () => stack()?.redo(),
  canUndo: () => Boolean(stack()?.canUndo()),
  canRedo: () => Boolean(stack()?.canRedo()),
  mark(found) {
    findings = found.map((each) => ({ ...each, place: placeOf(each, modeler.getDefinitions()) }));
    showViews();
    mark();
  },
  jump(finding) {
    return jump(placeOf(finding, modeler.getDefinitions()));
  },
};

// --- the parts of the file

function showViews() {
  const active = modeler.getActiveView();
  const shown = modeler.getViews();
  views.hidden = shown.length < 2;
  views.replaceChildren(...shown.map((view) => {
    const button = document.createElement("button");
    const wrong = findings.filter(({ place: where }) => where?.decision === view.element).length;
    button.type = "button";
    button.textContent = view.type === MAP ? "Peta keputusan" : view.name || view.id;
    if (view.element === active?.element) button.setAttribute("aria-current", "true");
    if (wrong) {
      const count = document.createElement("span");
      count.className = "count";
      count.textContent = wrong;
      count.append(hidden(" temuan"));
      button.append(" ", count);
    }
    button.addEventListener("click", () => modeler.open(view));
    return button;
  }));
}

function hidden(text) {
  const span = document.createElement("span");
  span.className = "visually-hidden";
  span.textContent = text;
  return span;
}

function prepare(type) {
  if (type === MAP) requestAnimationFrame(() => modeler.getActiveView()?.type === MAP && modeler.getActiveViewer().get("canvas").zoom("fit-viewport", "auto"));
  workshop?.buttons();
  label();
}

/* What dmn-js leaves unnamed: its editable texts, for who does not see where they stand. */
function label() {
  for (const text of place.querySelectorAll("[contenteditable]:not([aria-label]):not([aria-labelledby])")) {
    text.setAttribute("aria-label", "Isi");
  }
}

// --- what the server has found

function mark() {
  const active = modeler.getActiveView()?.element;
  const cells = findings.filter(({ place: where }) => where && where.decision === active && where.cells.length);
  marks.textContent = cells.map(({ place: where, refused }) => where.cells.map((id) => {
    const cell = `#editor .tjs-container [data-element-id="${CSS.escape(id)}"]`;
    const colour = refused ? "#a8201a" : "#8a5a00";
    return `${cell} { box-shadow: inset 0 0 0 2px ${colour}; background: ${refused ? "#fdecea" : "#fff6e0"}; }
${cell}::after { content: "${refused ? "✗" : "?"}"; position: absolute; right: 2px; top: 0; font-weight: 700; color: ${colour}; }`;
  }).join("\n")).join("\n");
}

async function jump(where) {
  if (!where) return false;
  const view = modeler.getView(where.decision);
  if (!view) return false;
  if (modeler.getActiveView() !== view) await modeler.open(view);
  const cell = where.cells.length && place.querySelector(`[data-element-id="${CSS.escape(where.cells[0])}"]`);
  if (cell) {
    cell.scrollIntoView({ block: "center", inline: "center" });
    (cell.querySelector("[contenteditable]") ?? cell).focus();
  } else {
    place.scrollIntoView({ block: "start" });
  }
  return true;
}

startWorkshop(editor).then((started) => {
  workshop = started;
  started.buttons();
});
