/* form-js's viewer in a page of its own, filled in as somebody would: only what is shown and may be written. Bundled by test_viewer. */
import { Form } from "@bpmn-io/form-js-viewer";
import { daysModule } from "../../server/web/js/days.js";

const ROUNDS = 8;
const at = (data, path) => path.reduce((inner, name) => inner?.[name], data);
const place = (path) => path.map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("").replace(/^\./, "");
/* Preact draws and registers fields in tasks of their own. */
const next = (act) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = act;
  port2.postMessage(null);
};
const settled = async () => { for (let n = 0; n < 4; n += 1) await new Promise(next); };

async function fill({ schema, variables, answers, free }) {
  const container = document.body.appendChild(document.createElement("div"));
  const form = new Form({ container, debounce: false, additionalModules: [daysModule(free)] });
  const texts = [];
  try {
    await form.importSchema(schema, variables);
    const fields = form.get("formFieldRegistry");
    const shown = () => form.get("formFieldInstanceRegistry").getAllKeyed();
    const given = new Set();
    for (let round = 0; round < ROUNDS; round += 1) {
      await settled();
      const fresh = shown().filter(({ instanceId }) => !given.has(instanceId));
      if (!fresh.length) break;
      for (const instance of fresh) {
        given.add(instance.instanceId);
        const { disabled, readonly, type } = fields.get(instance.id);
        const answer = at(answers, instance.valuePath);
        if (answer === undefined || disabled || readonly || type === "expression") continue;
        form._update({ fieldInstance: instance, value: answer });
      }
    }
    const { data, errors } = form.submit();
    const wrong = shown().filter(({ id, indexes }) => {
      const found = [id, ...Object.values(indexes ?? {})].reduce((inner, name) => inner?.[name], errors);
      return Array.isArray(found) && found.flat(3).some((each) => typeof each === "string");
    });
    for (const text of container.querySelectorAll(".fjs-form-field-text, .fjs-form-field-description, label")) texts.push(text.textContent);
    return { data, wrong: wrong.map(({ valuePath }) => place(valuePath)), shown: shown().map(({ valuePath }) => place(valuePath)), texts };
  } finally {
    form.destroy();
    container.remove();
  }
}

window.requestAnimationFrame = next;
window.fillAll = async (sheets, now) => {
  const Real = Date;
  window.Date = class extends Real {
    constructor(...given) { super(...(given.length ? given : [now])); }
    static now() { return now; }
  };
  const found = [];
  for (const sheet of sheets) found.push(await fill(sheet));
  return found;
};
