/* Lists: how many are ticked. They and the bell get a fresh look every half minute while somebody is there to see it. */
import htmx from "htmx.org";

const EVERY = 30_000;
const AWAY = 30 * 60_000;
const STILL = 2 * 60_000; // who has touched nothing for so long does not mind that the item that was pointed at is drawn anew

let touched = Date.now();

function count() {
  const bar = document.querySelector(".bulk");
  if (!bar) return;
  const ticked = document.querySelectorAll(".item input[type=checkbox]:checked").length;
  bar.hidden = ticked === 0;
  bar.querySelector("output").textContent = `${ticked} dipilih`;
}

const isBusy = (part) => part.querySelector(".item input:checked") || (part.contains(document.activeElement) && Date.now() - touched < STILL);

function refresh() {
  if (document.hidden || !navigator.onLine || Date.now() - touched > AWAY) return;
  for (const part of document.querySelectorAll("[data-refresh]")) {
    if (!isBusy(part)) htmx.ajax("GET", part.dataset.refresh, { target: part, swap: "innerHTML", source: part });
  }
}

/* On a phone what filters and sorts is folded away until it is asked for, or in use. */
function fold(door) {
  const fields = document.getElementById(door.getAttribute("aria-controls"));
  const said = (field) => field.type === "checkbox" ? field.checked : field.value;
  const inUse = [...fields.querySelectorAll("select, input")].some((field) => field.matches("select") ? field.selectedIndex > 0 : said(field));
  door.setAttribute("aria-expanded", inUse);
  door.addEventListener("click", () => door.setAttribute("aria-expanded", door.getAttribute("aria-expanded") === "false"));
}

export function startLists() {
  document.querySelectorAll("[data-filters]").forEach(fold);
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
  document.addEventListener("change", count);
  // What somebody has ticked while the fresh look was under way stays.
  document.addEventListener("htmx:before:swap", (event) => {
    if (event.target.matches("[data-refresh]") && isBusy(event.target)) event.preventDefault();
  });
  document.addEventListener("htmx:after:swap", count);
  setInterval(refresh, EVERY);
  count();
}
