// Reads diagrams, tables and element templates as bpmn-js, dmn-js and Camunda Modeler do, and lints the diagrams as they do.
// Arguments: files. Writes one JSON object: file → list of complaints.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname } from "node:path";
import { BpmnModdle } from "bpmn-moddle";
import { DmnModdle } from "dmn-moddle";
import zeebe from "zeebe-bpmn-moddle/resources/zeebe.json" with { type: "json" };

const require = createRequire(import.meta.url);
const { validateAllZeebe } = require("@bpmn-io/element-templates-validator");
const { Linter } = require("bpmnlint");
const NodeResolver = require("bpmnlint/lib/resolver/node-resolver");

// Rework leads back to a task that has another way in: a join that is meant.
const config = { extends: "bpmnlint:recommended", rules: { "fake-join": "off" } };

async function complaintsAboutDiagram(text) {
  const { rootElement, warnings } = await new BpmnModdle({ zeebe }).fromXML(text);
  // A linter of its own for each file: some rules remember what they saw.
  const linter = new Linter({ config, resolver: new NodeResolver() });
  const reports = Object.entries(await linter.lint(rootElement));
  return [
    ...warnings.map(({ message }) => message),
    ...reports.flatMap(([rule, found]) => found.map(({ id, message }) => `${rule}: ${id}: ${message}`)),
  ];
}

async function complaintsAboutTable(text) {
  const { warnings } = await new DmnModdle().fromXML(text, "dmn:Definitions");
  return warnings.map(({ message }) => message);
}

async function complaintsAboutTemplates(text) {
  const { results } = validateAllZeebe(JSON.parse(text));
  return results.flatMap(({ errors, warnings }) => [...(errors ?? []), ...(warnings ?? [])]).map(({ message }) => message);
}

const complaintsAbout = {
  ".bpmn": complaintsAboutDiagram,
  ".dmn": complaintsAboutTable,
  ".json": complaintsAboutTemplates,
};

async function complaints(file) {
  const text = await readFile(file, "utf8");
  try {
    return await complaintsAbout[extname(file)](text);
  } catch (error) {
    return [error.message];
  }
}

const found = {};
for (const file of process.argv.slice(2)) {
  found[file] = await complaints(file);
}
process.stdout.write(JSON.stringify(found));
