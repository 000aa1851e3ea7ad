/* Where in a file of decisions a finding of the server lies: its words name the decision, the rule and the column by number. */

const DECISION = /^(?:Keputusan|Model pengetahuan) “(.*?)”(?:,|$)/s;
const RULE = /, aturan (\d+)(?:, (masukan|hasil) (\d+))?/;
const COLUMN = /, kolom masukan (\d+)/;
const RULES = /^Aturan (\d+)(?: dan (\d+))?/;

/* { decision, cells }: the element of dmn-moddle, and the ids of its table's cells or rules; null where it names no decision. */
export function placeOf({ where, message }, definitions) {
  const named = DECISION.exec(where ?? "");
  const decision = named && (definitions?.drgElement ?? []).find(({ name, id }) => (name || id || "").trim() === named[1]);
  if (!decision) return null;
  const table = decision.decisionLogic?.$type === "dmn:DecisionTable" ? decision.decisionLogic : null;
  return { decision, cells: table ? cellsOf(table, where, message) : [] };
}

function cellsOf(table, where, message) {
  const rule = RULE.exec(where);
  if (rule) {
    const row = table.rule?.[rule[1] - 1];
    const cell = rule[2] && row?.[rule[2] === "masukan" ? "inputEntry" : "outputEntry"]?.[rule[3] - 1];
    return ids([cell ?? row]);
  }
  const column = COLUMN.exec(where);
  if (column) return ids([table.input?.[column[1] - 1]]);
  const rules = RULES.exec(message ?? "");
  return rules ? ids(rules.slice(1).map((number) => number && table.rule?.[number - 1])) : [];
}

const ids = (elements) => elements.filter(Boolean).map(({ id }) => id);
