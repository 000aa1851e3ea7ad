/* Bundles the modeler as the pages have it, for a test's own page: node modeler.mjs, to standard output. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { outputFiles } = await build({
  entryPoints: [join(root, "server/web/js/diagram-editor.js")],
  bundle: true, format: "iife", globalName: "workshop", write: false, minify: true,
});
process.stdout.write(outputFiles[0].text);
