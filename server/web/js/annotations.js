/* The annotations of rules, in which an office writes the law behind each: dmn-js shows a rule's description instead.
 *
 * While a file is open its rules' first annotations stand where dmn-js looks for them; on the way out they go back to their
 * own column. A description that the file had itself is kept, and what stands in further columns is never touched. */

const columnsOf = (table) => table?.annotation ?? [];

export function bridgeAnnotations(modeler) {
  const own = new WeakMap();

  modeler.on("import.parse.complete", ({ error, definitions }) => {
    if (error) return;
    for (const { table, rules } of annotated(definitions)) {
      for (const rule of rules) {
        own.set(rule, rule.description);
        rule.description = rule.annotationEntry?.[0]?.text || undefined;
      }
    }
  });

  let shown = [];
  modeler.on("saveXML.start", ({ definitions }) => {
    const moddle = definitions.$model;
    shown = [];
    for (const { table, rules } of annotated(definitions)) {
      for (const rule of rules) {
        shown.push([rule, rule.description]);
        rule.annotationEntry = columnsOf(table).map((_, number) => {
          const entry = rule.annotationEntry?.[number] ?? moddle.create("dmn:RuleAnnotation", {});
          entry.$parent = rule;
          if (number === 0 && (rule.description || entry.text !== undefined)) entry.text = rule.description ?? "";
          return entry;
        });
        rule.description = own.get(rule);
      }
    }
  });
  modeler.on("saveXML.done", () => {
    for (const [rule, text] of shown) rule.description = text;
    shown = [];
  });
}

/* What the annotations of a decision are called; null where its table has no column of its own for them. */
export function annotationName(element) {
  return columnsOf(element?.decisionLogic)[0]?.name || null;
}

function* annotated(definitions) {
  for (const element of definitions.drgElement ?? []) {
    for (const table of tablesIn(element)) {
      if (columnsOf(table).length) yield { table, rules: table.rule ?? [] };
    }
  }
}

function* tablesIn(element) {
  if (element.decisionLogic?.$type === "dmn:DecisionTable") yield element.decisionLogic;
}
