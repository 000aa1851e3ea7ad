/* Small manners of every page. */

const ON_ITS_WAY = 10_000;

/* Those of the whole page, which need none of its places yet. */
export function startManners() {
  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll("details.me[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
    const printer = event.target.closest("[data-print]");
    if (printer) print();
  });
  // The second click of a double click sends nothing twice, however long the answer to the first takes to come.
  const sent = new Map();
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    const question = submitter?.dataset.confirm;
    const isAgain = Date.now() - sent.get(form) < ON_ITS_WAY;
    const leaves = form.method === "post" && !form.target && !submitter?.matches("[data-stays]");
    if (isAgain || (question && !confirm(question))) event.preventDefault();
    else if (leaves) sent.set(form, Date.now());
  });
  addEventListener("pageshow", () => sent.clear());
}

export function startPage() {
  const offline = document.getElementById("offline");
  const tell = () => { offline.hidden = navigator.onLine; };
  addEventListener("online", tell);
  addEventListener("offline", tell);
  tell();

  // A notice is said once: reloading the page does not say it again.
  const address = new URL(location.href);
  const told = address.searchParams.get("kabar");
  if (told !== null) {
    address.searchParams.delete("kabar");
    history.replaceState(null, "", address);
  }
  document.querySelector(".doors [aria-current]")?.scrollIntoView({ inline: "nearest", block: "nearest" });
  // A wide diagram is shown from where the case stands.
  for (const place of document.querySelectorAll(".diagram[data-now]")) {
    const here = place.querySelector(`[data-id="${CSS.escape(place.dataset.now)}"]`)?.getBoundingClientRect();
    const frame = place.getBoundingClientRect();
    if (here) place.scrollTo(here.left + here.width / 2 - frame.left - frame.width / 2, here.top + here.height / 2 - frame.top - frame.height / 2);
  }
  // What is typed outside of a form of form-js stays on this device until it is sent.
  for (const field of document.querySelectorAll("textarea[data-keep]")) {
    if (told === "dikomentari") localStorage.removeItem(field.dataset.keep);
    field.value ||= localStorage.getItem(field.dataset.keep) ?? "";
    field.addEventListener("input", () => { localStorage.setItem(field.dataset.keep, field.value); });
  }
}
