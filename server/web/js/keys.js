/* The keyboard: j and k point at an item of the list, the other keys do something with it. */

const items = () => [...document.querySelectorAll(".item[data-key]")];
const pointed = () => document.querySelector(".item.is-pointed");

function point(step) {
  const all = items();
  if (!all.length) return;
  const now = all.indexOf(pointed());
  pointAt(all[Math.min(Math.max(now + step, 0), all.length - 1)]);
}

export function pointAt(next) {
  if (!next) return;
  pointed()?.classList.remove("is-pointed");
  next.classList.add("is-pointed");
  next.querySelector("a").focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

/* On a page with a list in that list, else in everything. */
function seek() {
  const field = document.querySelector("main input[type=search]");
  if (field) field.focus();
  else document.querySelector("[data-seek]")?.click();
}

const DEEDS = {
  j: () => point(1),
  k: () => point(-1),
  x: () => pointed()?.querySelector("input[type=checkbox]")?.click(),
  c: () => (pointed()?.querySelector("[data-claim]") ?? document.querySelector("main > :not(.items) [data-claim], .desk [data-claim]"))?.click(),
  g: () => { location.href = "/tugas"; },
  "/": seek,
  "?": () => document.getElementById("keys")?.showModal(),
};

function isTyping({ target }) {
  return target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open], .djs-container");
}

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event)) return;
    const deed = DEEDS[event.key];
    if (deed) {
      event.preventDefault();
      deed();
    }
  });
}
