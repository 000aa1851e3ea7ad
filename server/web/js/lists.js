/* Lists: how many are ticked, and a fresh look every half minute while somebody is there to see it. */
import htmx from "htmx.org";

const EVERY = 30_000;
const AWAY = 30 * 60_000;

let touched = Date.now();

function count() {
  const bar = document.querySelector(".bulk");
  if (!bar) return;
  const ticked = document.querySelectorAll(".item input[type=checkbox]:checked").length;
  bar.hidden = ticked === 0;
  bar.querySelector("output").textContent = `${ticked} dipilih`;
}

function refresh() {
  const list = document.querySelector("[data-refresh]");
  const isBusy = document.querySelector(".item input:checked") || document.activeElement?.closest("[data-refresh]");
  if (!list || document.hidden || isBusy || !navigator.onLine || Date.now() - touched > AWAY) return;
  htmx.ajax("GET", list.dataset.refresh, { target: list, swap: "innerHTML", source: list });
}

export function startLists() {
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
  document.addEventListener("change", count);
  document.addEventListener("htmx:after:swap", count);
  setInterval(refresh, EVERY);
  count();
}
