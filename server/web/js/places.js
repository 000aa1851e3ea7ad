/* A list is found again as it was left: with the same search, and the item that was opened from it is pointed at. */
import { pointAt } from "./keys.js";

const who = () => document.body.dataset.user ?? "";
const place = (kind, path) => `${kind}:${who()}:${path}`;

/* The address of a list as it was last looked at, with what `address` itself says of it. */
export function asLeft(address) {
  const url = new URL(address, location.href);
  const kept = new URLSearchParams(sessionStorage.getItem(place("daftar", url.pathname)) ?? "");
  for (const [name, value] of url.searchParams) kept.set(name, value);
  url.search = kept.toString();
  return url.href;
}

export function startPlaces() {
  for (const crumb of document.querySelectorAll(".crumb a")) crumb.href = asLeft(crumb.href);
  if (!document.querySelector("form.search")) return;
  const address = new URL(location.href);
  const isDone = address.searchParams.get("kabar") === "selesai";
  address.searchParams.delete("kabar");
  sessionStorage.setItem(place("daftar", address.pathname), address.search);
  const opened = place("butir", address.pathname);
  document.addEventListener("click", (event) => {
    const item = event.target.closest("a") && event.target.closest(".item[data-key]");
    if (item) sessionStorage.setItem(opened, item.dataset.key);
  });
  // Who has done a task goes on with the first one; who comes back goes on where they were.
  const key = sessionStorage.getItem(opened);
  sessionStorage.removeItem(opened);
  if (isDone) pointAt(document.querySelector(".item[data-key]"));
  else if (key) pointAt(document.querySelector(`.item[data-key="${CSS.escape(key)}"]`));
}
