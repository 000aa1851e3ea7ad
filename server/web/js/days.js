/* The calendar's functions in the expressions of a form: hk_setelah, hk_sebelum, jumlah_hk, as the server has them. The page brings
   the free days of the years that matter: { "2026": ["2026-01-01", …] }; of other years nothing is known, and the answer is null. */
import { ExpressionLanguageModule, FeelExpressionLanguage, FeelersTemplating } from "@bpmn-io/form-js-viewer";

const DAY = 864e5;
const iso = (value) => String(value?.toISODate?.() ?? value ?? "").slice(0, 10);
const instant = (text) => (/^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN);
const written = (time) => new Date(time).toISOString().slice(0, 10);

export function daysModule(free) {
  const off = Object.fromEntries(Object.entries(free ?? {}).map(([year, days]) => [year, new Set(days)]));
  const language = new FeelExpressionLanguage({ fire() {} });
  const date = (text) => text && language.evaluate("=date(hari)", { hari: text });

  function works(time) {
    const text = written(time);
    const days = off[text.slice(0, 4)];
    if (!days) throw new RangeError(text);
    return new Date(time).getUTCDay() % 6 !== 0 && !days.has(text);
  }

  function moved(from, count, step) {
    let time = instant(iso(from));
    let left = Number(count);
    if (Number.isNaN(time) || count === null || !Number.isInteger(left) || left < 0) return null;
    while (left > 0) {
      time += step * DAY;
      if (works(time)) left -= 1;
    }
    return date(written(time));
  }

  function counted(from, to) {
    let [time, end] = [instant(iso(from)), instant(iso(to))];
    if (Number.isNaN(time) || Number.isNaN(end)) return null;
    let days = 0;
    for (; time <= end; time += DAY) if (works(time)) days += 1;
    return days;
  }

  const known = (count, ...names) => Object.assign((...given) => {
    try {
      return count(...given);
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  }, { $args: names });
  const functions = {
    hk_setelah: known((day, count) => moved(day, count, 1), "tanggal", "n"),
    hk_sebelum: known((day, count) => moved(day, count, -1), "tanggal", "n"),
    jumlah_hk: known(counted, "mulai", "selesai"),
  };

  class Language extends FeelExpressionLanguage {
    evaluate(expression, data = {}) {
      return super.evaluate(expression, { ...data, ...functions });
    }

    evaluateUnaryTest(expression, data = {}) {
      return super.evaluateUnaryTest(expression, { ...data, ...functions });
    }
  }
  Language.$inject = FeelExpressionLanguage.$inject;

  class Templates extends FeelersTemplating {
    evaluate(template, context = {}, options = {}) {
      return super.evaluate(template, { ...context, ...functions }, options);
    }
  }
  Templates.$inject = FeelersTemplating.$inject;

  return { ...ExpressionLanguageModule, expressionLanguage: ["type", Language], templating: ["type", Templates] };
}
