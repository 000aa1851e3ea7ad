/* The editor of forms: form-js in Indonesian, in the frame of every draft, with the form beside it as people will see it.
 *
 * What is filled in there goes to the server as a task's form would; it says what it would take, and keeps nothing. */
import { FormEditor } from "@bpmn-io/form-js-editor";
import { Form } from "@bpmn-io/form-js-viewer";
import flatpickr from "flatpickr";
import { Indonesian } from "flatpickr/dist/l10n/id.js";

import { daysModule } from "./days.js";
import { send } from "./send.js";
import { showProblems } from "./summary.js";
import { startWorkshop } from "./workshop.js";

const PREVIEW = 400;

flatpickr.localize({
  ...Indonesian, firstDayOfWeek: 1,
  monthAriaLabel: "Bulan", yearAriaLabel: "Tahun", hourAriaLabel: "Jam", minuteAriaLabel: "Menit",
});

const place = document.getElementById("editor");
const trial = document.getElementById("trial");
const marks = document.head.appendChild(document.createElement("style"));
const forms = new FormEditor({ container: place, propertiesPanel: { parent: "#panel" } });
const preview = new Form({
  container: trial.querySelector("[data-preview]"),
  additionalModules: [daysModule(JSON.parse(document.getElementById("form-days").textContent))],
});
const stack = () => forms.get("commandStack");
const fields = () => forms.get("formFieldRegistry").getAll();

// Who adds a field by the keyboard goes on with it.
forms.get("eventBus").on("commandStack.formField.add.postExecuted", ({ context: { formField } }) => {
  setTimeout(() => { if (forms.get("formFieldRegistry").get(formField.id)) forms.get("selection").set(formField); });
});

let workshop = null;
let original = null;
let untouched = null;
let waiting = null;

const editor = {
  async open(text) {
    let schema;
    try {
      schema = JSON.parse(text);
    } catch {
      throw new Error("isinya bukan JSON yang benar");
    }
    await forms.importSchema(schema);
    [original, untouched] = [text, JSON.stringify(forms.getSchema())];
    await show();
  },
  text() {
    const schema = forms.getSchema();
    return JSON.stringify(schema) === untouched ? original : `${JSON.stringify(schema, null, 2)}\n`;
  },
  undo: () => stack().undo(),
  redo: () => stack().redo(),
  canUndo: () => stack().canUndo(),
  canRedo: () => stack().canRedo(),
  mark(found) {
    marks.textContent = found.map((finding) => {
      const field = fieldOf(finding);
      return field && field.type !== "default" ? `#editor [data-id="${CSS.escape(field.id)}"] { outline: 2px solid ${finding.refused ? "#a8201a" : "#8a5a00"}; outline-offset: 2px; }` : "";
    }).join("\n");
  },
  jump(finding) {
    const field = fieldOf(finding);
    if (!field) return false;
    forms.get("selection").set(field);
    place.querySelector(`[data-id="${CSS.escape(field.id)}"]`)?.scrollIntoView({ block: "center" });
    return true;
  },
};

/* The server calls a component by its key, its path or its id; where it knows none, by its type. */
function fieldOf({ where }) {
  return where && (fields().find(({ key, path, id }) => [key, path, id].includes(where))
    ?? fields().find(({ key, type }) => where.split(".").pop() === key || where === type));
}

// --- as people will see it

async function show() {
  const { data } = preview._getState();
  await preview.importSchema(forms.getSchema(), data ?? {});
  trial.querySelector("form")?.setAttribute("aria-labelledby", "trial-title");
}

function showSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(show, PREVIEW);
}

async function tryOut() {
  const { data } = preview.submit();
  const answer = await send(trial.dataset.tryUrl, { isi: editor.text(), nilai: data });
  const taken = trial.querySelector("[data-taken]");
  taken.replaceChildren();
  if (!answer.ok) return showProblems(preview, answer.body.problems ?? [], answer.body, true);
  const { problems, doubts, html } = answer.body;
  const heading = problems.length ? "Server menolak isian berikut." : "Server menanyakan lagi isian berikut.";
  showProblems(preview, problems.length ? problems : doubts, problems.length || doubts.length ? { heading } : null, true);
  taken.innerHTML = html;
  if (!problems.length) taken.focus();
}

trial.querySelector("[data-try]").addEventListener("click", tryOut);
trial.querySelector("[data-clear]").addEventListener("click", () => {
  preview.reset();
  showProblems(preview, [], null);
  trial.querySelector("[data-taken]").replaceChildren();
});
trial.addEventListener("submit", (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  tryOut();
}, true);

startWorkshop(editor).then((started) => {
  workshop = started;
  forms.on("commandStack.changed", () => {
    workshop.changed();
    showSoon();
  });
});
