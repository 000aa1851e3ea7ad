/* What is wrong, above the form and at each field; each line above leads to its field. */
import { placeOf } from "./files.js";

/* Shows the problems, or an answer without any; whether there was something to show. `atFields`: the form does not know them. */
export function showProblems(form, problems, answer = null, atFields = false) {
  const summary = document.getElementById("form-problems");
  summary.replaceChildren();
  summary.hidden = !problems.length && !answer;
  if (summary.hidden) return false;
  const places = placesOf(form);
  if (atFields) markFields(form, problems, places);
  const head = document.createElement("b");
  head.textContent = problems.length ? answer?.heading ?? "Perbaiki isian berikut, lalu kirim lagi." : answer.message;
  const list = document.createElement("ul");
  for (const { where, message } of problems) list.append(line(form, places.get(where), message));
  const body = document.createElement("div");
  body.append(head, ...(problems.length ? [list] : []));
  if (answer?.number) body.append(` Sebutkan nomor ${answer.number} kepada petugas TI.`);
  summary.append(body);
  summary.focus();
  return true;
}

/* The fields that are shown, by their place as the server names it. */
export function placesOf(form) {
  const all = form.get("formFieldInstanceRegistry").getAllKeyed();
  return new Map(all.map((instance) => [placeOf(instance.valuePath), instance]));
}

function markFields(form, problems, places) {
  const errors = {};
  for (const { where, message } of problems) {
    const instance = places.get(where);
    if (!instance) continue;
    const path = [instance.id, ...Object.values(instance.indexes ?? {})];
    const last = path.pop();
    const inner = path.reduce((outer, name) => (outer[name] ??= {}), errors);
    inner[last] = [...(inner[last] ?? []), message];
  }
  form._setState({ errors });
}

function line(form, instance, message) {
  const item = document.createElement("li");
  const field = instance && findField(form, instance);
  if (!field) {
    item.textContent = message;
    return item;
  }
  const link = document.createElement("a");
  link.href = `#${field.id}`;
  link.textContent = message;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    field.focus();
  });
  item.append(link);
  return item;
}

/* What takes the focus in a field: form-js names inputs after the field, its row and its option. */
function findField(form, { id, indexes }) {
  const name = CSS.escape(["", form._id, id].join("-") + Object.values(indexes ?? {}).map((index) => `_${index}`).join(""));
  const found = document.querySelector(`[id="fjs-form${name}"], [id^="fjs-form${name}-"]:is(input, textarea, select)`);
  return found?.type === "file" ? found.parentElement.querySelector("button") : found;
}
