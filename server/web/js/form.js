/* The form of a task or of a start: form-js in Indonesian, with drafts that outlive a lost connection and a lost session. */
import { Form } from "@bpmn-io/form-js-viewer";
import flatpickr from "flatpickr";
import { Indonesian } from "flatpickr/dist/l10n/id.js";

import { Draft } from "./draft.js";
import { send } from "./send.js";
import { showProblems } from "./summary.js";

flatpickr.localize({ ...Indonesian, firstDayOfWeek: 1 });

const read = (id) => JSON.parse(document.getElementById(id)?.textContent || "null");

async function start(place) {
  const { draftUrl, sendUrl, storage } = place.dataset;
  const draft = new Draft(storage, draftUrl, document.getElementById("form-state"));
  const form = new Form({ container: place });
  await form.importSchema(read("form-schema"), { ...read("form-values"), ...draft.left() });
  place.querySelector("form").setAttribute("aria-labelledby", "form-title");
  if (draft.isLeft()) draft.keep(draft.left());

  const button = document.querySelector("[data-send]");
  let changed = false;
  form.on("changed", 100, ({ data }) => {
    if (changed) draft.keep(writable(form, data));
  });
  place.addEventListener("input", () => { changed = true; });
  place.addEventListener("click", () => { changed = true; });
  place.addEventListener("keydown", () => { changed = true; });

  async function submit() {
    const { data, errors } = form.submit();
    if (showProblems(form, problemsOf(form, errors))) return;
    button.disabled = true;
    const subject = document.querySelector("[data-subject]")?.value.trim();
    const answer = await send(subject ? `${sendUrl}?untuk=${encodeURIComponent(subject)}` : sendUrl, data);
    button.disabled = false;
    if (answer.ok) {
      draft.done();
      location.href = answer.body.next;
    } else if (answer.status === 401) {
      draft.keepHere(data);
      location.href = `/masuk?lanjut=${encodeURIComponent(location.pathname)}`;
    } else {
      draft.keepHere(data);
      showProblems(form, answer.body.problems ?? [], answer.body);
    }
  }
  button.addEventListener("click", submit);
  place.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    submit();
  }, true);
}

/* What a draft keeps: the values of fields, not all that the form was given to show. */
function writable(form, data) {
  const kept = {};
  for (const { key, path } of fieldsOf(form)) {
    const name = String(path ?? key).split(".")[0];
    if (name in data) kept[name] = data[name];
  }
  return kept;
}

function fieldsOf(form) {
  const found = [];
  const walk = (parts) => {
    for (const part of parts ?? []) {
      if (part.key || part.path) found.push(part);
      walk(part.components);
    }
  };
  walk(form.schema?.components ?? form._getState().schema.components);
  return found;
}

function problemsOf(form, errors) {
  const known = Object.fromEntries(fieldsOf(form).map((field) => [field.id, field]));
  return Object.entries(errors).flatMap(([id, said]) => {
    const field = known[id];
    const first = [said].flat(3).map((each) => (typeof each === "string" ? each : Object.values(each).flat(3)[0])).find(Boolean);
    return first ? [{ where: field?.key ?? id, message: `${labelOf(field) ?? "Isian"}: ${lower(first)}` }] : [];
  });
}

const labelOf = (field) => field?.label ?? field?.dateLabel ?? field?.timeLabel;
const lower = (text) => text[0].toLowerCase() + text.slice(1);

for (const place of document.querySelectorAll("[data-form]")) start(place);
