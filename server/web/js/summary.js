/* What is wrong, above the form: each line leads to its field. */

export function showProblems(form, problems, answer = null) {
  const summary = document.getElementById("form-problems");
  summary.replaceChildren();
  summary.hidden = !problems.length && !answer;
  if (summary.hidden) return false;
  const head = document.createElement("b");
  head.textContent = problems.length ? "Perbaiki isian berikut, lalu kirim lagi." : answer.message;
  const list = document.createElement("ul");
  for (const { where, message } of problems) list.append(line(where, message));
  const body = document.createElement("div");
  body.append(head, ...(problems.length ? [list] : []));
  if (answer?.number) body.append(` Sebutkan nomor ${answer.number} kepada petugas TI.`);
  summary.append(body);
  summary.focus();
  return true;
}

function line(where, message) {
  const item = document.createElement("li");
  const field = where && findField(where);
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

/* form-js names an input after the field's id, which our forms end in the field's key. */
function findField(where) {
  const key = where.split(/[.[]/)[0];
  const inputs = [...document.querySelectorAll("[data-form] input, [data-form] textarea, [data-form] select")];
  return inputs.find(({ id }) => id.includes(`_${key}-`) || id.endsWith(`_${key}`) || id.includes(`_${key}_`));
}
