/* What the editor of tables saves of files that nobody has touched: paths as arguments, the saved files as a JSON list. */
import { readFileSync } from "node:fs";

import { DmnModdle } from "dmn-moddle";

import { bridgeAnnotations } from "../../server/web/js/annotations.js";

/* The editor as far as annotations know it: its events. */
const listeners = {};
bridgeAnnotations({ on: (event, listener) => { (listeners[event] ??= []).push(listener); } });
const fire = (event, told) => { for (const listener of listeners[event] ?? []) listener(told); };

const saved = [];
for (const path of process.argv.slice(2)) {
  const moddle = new DmnModdle();
  const { rootElement: definitions } = await moddle.fromXML(readFileSync(path, "utf8"), "dmn:Definitions");
  fire("import.parse.complete", { error: null, definitions });
  fire("saveXML.start", { definitions });
  saved.push((await moddle.toXML(definitions, { format: true })).xml);
  fire("saveXML.done", {});
}
process.stdout.write(JSON.stringify(saved));
