/* What bpmn-js says, in Indonesian, and only what the engine runs: server/bpmn/supported.py refuses the rest by name. */
import words from "./diagram-words.json";

const REFUSED = new RegExp([
  "compensation", "cancel", "complex", "ad-?hoc", "transaction", "append-event-sub", "instantiat", "data-", "group", "toggle-(loop|participant|is-collection)",
  "conditional-(start|intermediate|boundary)", "^(create|append)-(non-interrupting-\\w+|error|escalation)-start", "^(create|append|replace-with)-task$",
].join("|"));

function translate(template, replacements = {}) {
  return (words[template] ?? template).replace(/{([^}]+)}/g, (all, key) => replacements[key] ?? all);
}

const runnable = (entries) => Object.fromEntries(Object.entries(entries).filter(([id]) => !REFUSED.test(id)));

/* What stands beside an element and in the palette. A task is one that somebody does. */
class Offers {
  static $inject = ["palette", "contextPad", "popupMenu", "create", "autoPlace", "elementFactory"];

  constructor(palette, contextPad, popupMenu, create, autoPlace, elementFactory) {
    const task = () => elementFactory.createShape({ type: "bpmn:UserTask" });
    palette.registerProvider(200, {
      getPaletteEntries: () => (entries) => {
        const start = (event) => create.start(event, task());
        const own = { className: "bpmn-icon-user-task", action: { dragstart: start, click: start } };
        return { ...runnable(entries), "create.task": { ...entries["create.task"], ...own } };
      },
    });
    contextPad.registerProvider(200, {
      getContextPadEntries: () => (entries) => {
        const kept = runnable(entries);
        const entry = kept["append.append-task"];
        if (!entry) return kept;
        const click = (event, source) => autoPlace.append(source, task());
        const dragstart = (event, source) => create.start(event, task(), { source });
        const own = { className: "bpmn-icon-user-task", action: { click, dragstart } };
        return { ...kept, "append.append-task": { ...entry, ...own } };
      },
      getMultiElementContextPadEntries: () => (entries) => entries,
    });
    for (const menu of ["bpmn-replace", "bpmn-append", "bpmn-create"]) {
      popupMenu.registerProvider(menu, 200, {
        getPopupMenuEntries: () => runnable,
        getPopupMenuHeaderEntries: () => runnable,
      });
    }
  }
}

export const offers = {
  __init__: ["offers"],
  offers: ["type", Offers],
  translate: ["value", translate],
};
