/* One field for everything, from any page: Ctrl+K opens it, the arrows walk through what was found, Enter opens the first. */

const dialog = () => document.getElementById("seek");
const field = () => dialog().querySelector("input");
const links = () => [...dialog().querySelectorAll("#seek-found a")];

function open() {
  if (!dialog().open) dialog().showModal();
  field().select();
}

function walk(step) {
  const all = [field(), ...links()];
  const now = Math.max(all.indexOf(document.activeElement), 0);
  all[(now + step + all.length) % all.length].focus();
}

export function startSeek() {
  document.addEventListener("keydown", (event) => {
    const opens = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    const step = dialog()?.contains(event.target) ? { ArrowDown: 1, ArrowUp: -1 }[event.key] : 0;
    if (!dialog() || !(opens || step)) return;
    event.preventDefault();
    if (opens) open();
    else walk(step);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-seek]") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      open();
    } else if (event.target === dialog()) dialog().close();
  });
  // What was found for other words than those that stand there now is not opened unseen.
  document.addEventListener("submit", (event) => {
    if (!dialog()?.contains(event.target)) return;
    const [first] = links();
    if (!first || dialog().querySelector("[data-words]")?.dataset.words !== field().value.trim()) return;
    event.preventDefault();
    location.href = first.href;
  });
}
