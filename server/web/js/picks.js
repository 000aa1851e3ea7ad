/* File fields say in Indonesian what browsers say in their own language. The field itself stays where it was, unseen above what is
   shown, so that keys, screen readers, dropped files and forms find what they know. Without scripts it is the browser's own. */

const NONE = "Belum ada berkas yang dipilih";

function said(files) {
  if (!files.length) return NONE;
  const names = [...files].map(({ name }) => name).join(", ");
  return files.length === 1 ? names : `${files.length} berkas: ${names}`;
}

function dress(input, number) {
  const place = document.createElement("span");
  place.className = "pick";
  const button = document.createElement("span");
  button.className = "btn";
  button.textContent = "Pilih berkas";
  const name = document.createElement("span");
  name.className = "pick-name";
  name.id = `berkas-terpilih-${number}`;
  const show = () => { name.textContent = said(input.files); };
  input.replaceWith(place);
  place.append(input, button, name);
  input.setAttribute("aria-describedby", `${name.id} ${input.getAttribute("aria-describedby") ?? ""}`.trim());
  input.title = ""; // a browser's own hint would say it in its own language again
  input.addEventListener("change", show);
  input.form?.addEventListener("reset", () => setTimeout(show));
  show();
}

export function startPicks() {
  document.querySelectorAll("input[type=file].form-control:not(.plain-only)").forEach(dress);
}
