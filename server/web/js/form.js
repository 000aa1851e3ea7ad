/* The form of a task or of a start: form-js in Indonesian, with drafts that outlive a lost connection and a lost session. */
import { Form } from "@bpmn-io/form-js-viewer";
import flatpickr from "flatpickr";
import { Indonesian } from "flatpickr/dist/l10n/id.js";

import { daysModule } from "./days.js";
import { daysSaidModule } from "./days-said.js";
import { Draft } from "./draft.js";
import { Files } from "./files.js";
import { asLeft } from "./places.js";
import { send } from "./send.js";
import { placesOf, showProblems } from "./summary.js";

flatpickr.localize({
  ...Indonesian, firstDayOfWeek: 1,
  monthAriaLabel: "Bulan", yearAriaLabel: "Tahun", hourAriaLabel: "Jam", minuteAriaLabel: "Menit",
});

const read = (id) => JSON.parse(document.getElementById(id)?.textContent || "null");

async function start(place) {
  const { draftUrl, sendUrl, storage } = place.dataset;
  const draft = new Draft(storage, draftUrl, document.getElementById("form-state"));
  const form = new Form({ container: place, additionalModules: [daysModule(read("form-days")), daysSaidModule] });
  const schema = read("form-schema");
  const files = new Files(
    form, place.dataset.uploadUrl,
    () => draft.keep(writable(form, files.written(form._getState().data))),
    () => showProblems(form, files.problems(), null, true),
  );
  const keys = new Set(fieldsOf(schema).filter(({ type }) => type === "filepicker").map(({ key }) => key.split(".").pop()));
  await form.importSchema(schema, files.shown({ ...read("form-values"), ...draft.left() }, keys));
  place.querySelector("form").setAttribute("aria-labelledby", "form-title");
  if (draft.isLeft()) draft.keep(draft.left());

  const button = document.querySelector("[data-send]"); // that can be pressed from now on, and not while something is under way
  button.disabled = false;
  addEventListener("pageshow", ({ persisted }) => { if (persisted) button.disabled = false; });
  let changed = false;
  let sure = "";
  form.on("changed", 100, ({ data }) => {
    if (!changed) return;
    files.sendNew();
    draft.keep(writable(form, files.written(data)));
  });
  place.addEventListener("input", () => { changed = true; });
  place.addEventListener("click", () => { changed = true; });
  place.addEventListener("keydown", () => { changed = true; });

  async function submit() {
    if (button.disabled) return;
    const { data: filled, errors } = form.submit();
    if (showProblems(form, problemsOf(form, errors))) return;
    button.disabled = true;
    await files.settled();
    await draft.rest();
    const data = files.written(filled);
    if (showProblems(form, files.problems(), null, true)) {
      button.disabled = false;
      return;
    }
    const subject = document.querySelector("[data-subject] input[type=radio]:checked")?.value;
    const address = new URL(sendUrl, location.href);
    if (subject) address.searchParams.set("untuk", subject);
    if (sure === JSON.stringify(data)) address.searchParams.set("yakin", "");
    const answer = await send(address, data);
    const isOver = answer.status === 401 || (answer.ok && !answer.body.doubts);
    button.disabled = isOver;
    if (answer.ok && answer.body.doubts) {
      draft.keepHere(data);
      sure = JSON.stringify(data);
      showProblems(form, answer.body.doubts, { heading: "Pastikan isian berikut. Bila memang demikian, kirim sekali lagi." }, true);
    } else if (answer.ok) {
      draft.done();
      location.href = asLeft(answer.body.next);
    } else if (answer.status === 401) {
      draft.keepHere(data);
      location.href = `/masuk?lanjut=${encodeURIComponent(location.pathname)}`;
    } else {
      draft.keepHere(data);
      showProblems(form, answer.body.problems ?? [], answer.body, true);
    }
  }
  button.addEventListener("click", submit);
  document.addEventListener("keydown", (event) => {
    const elsewhere = event.target.closest("form, dialog");
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || button.disabled) return;
    if (elsewhere && !place.contains(elsewhere)) return;
    event.preventDefault();
    submit();
  });
  place.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    submit();
  }, true);
}

/* What a draft keeps: the values of fields, not all that the form was given to show. */
function writable(form, data) {
  const kept = {};
  for (const { key, path } of fieldsOf(form.schema ?? form._getState().schema)) {
    const name = String(path ?? key).split(".")[0];
    if (name in data) kept[name] = data[name];
  }
  return kept;
}

function fieldsOf(schema) {
  const found = [];
  const walk = (parts) => {
    for (const part of parts ?? []) {
      if (part.key || part.path) found.push(part);
      walk(part.components);
    }
  };
  walk(schema.components);
  return found;
}

/* What form-js says of its fields, by place: a field's errors lie under its id and, in a list, under the numbers of its rows. */
function problemsOf(form, errors) {
  const fields = form.get("formFieldRegistry");
  return [...placesOf(form)].flatMap(([where, { id, indexes }]) => {
    const said = [id, ...Object.values(indexes ?? {})].reduce((inner, name) => inner?.[name], errors);
    if (!Array.isArray(said) || !said.length) return [];
    return [{ where, message: `${labelOf(fields.get(id)) ?? "Isian"}: ${lower(said[0])}` }];
  });
}

const labelOf = (field) => field?.label ?? field?.dateLabel ?? field?.timeLabel;
const lower = (text) => text[0].toLowerCase() + text.slice(1);

for (const place of document.querySelectorAll("[data-form]")) start(place);
