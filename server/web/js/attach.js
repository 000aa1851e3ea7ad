/* Attachments: dropped, picked or photographed, sent one by one; what the server refuses is told at the place. */
import htmx from "htmx.org";

import { sendFile } from "./send.js";

const PHOTO_SIDE = 2400;

function live(place) {
  const picker = place.querySelector("#berkas");
  place.classList.add("is-live");
  for (const button of place.querySelectorAll("[data-pick]")) {
    button.addEventListener("click", () => place.querySelector(`#${button.dataset.pick}`).click());
  }
  for (const input of [picker, place.querySelector("#foto")]) {
    input.addEventListener("change", () => {
      add(place, [...input.files]);
      input.value = "";
    });
  }
  for (const kind of ["dragenter", "dragover"]) {
    place.addEventListener(kind, (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      place.classList.add("is-over");
    });
  }
  place.addEventListener("dragleave", (event) => {
    if (!place.contains(event.relatedTarget)) place.classList.remove("is-over");
  });
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("is-over");
    add(place, [...event.dataTransfer.files]);
  });
}

async function add(place, files) {
  const state = place.querySelector("[data-state]");
  const refused = [];
  for (const [index, file] of files.entries()) {
    state.textContent = `Mengirim ${index + 1} dari ${files.length}: ${file.name}…`;
    const message = await sent(place, await smaller(file, Number(place.dataset.largest)));
    if (message) refused.push(message);
  }
  const kept = files.length - refused.length;
  state.textContent = kept ? `${kept} berkas sudah dilampirkan.` : "";
  tell(place.querySelector("[data-refused]"), refused);
  if (kept) await htmx.ajax("GET", place.dataset.attach, { target: place.querySelector("[data-papers]"), swap: "innerHTML" });
}

/* Why it was not taken; null where it was. */
async function sent(place, file) {
  if (file.size > Number(place.dataset.largest)) {
    return `Berkas “${file.name}” lebih besar dari ${Math.floor(place.dataset.largest / 2 ** 20)} MB. Perkecil, lalu lampirkan lagi.`;
  }
  const answer = await sendFile(place.dataset.attach, file);
  return answer.ok ? null : answer.body.message ?? "Berkas belum terkirim; coba lagi.";
}

function tell(alert, refused) {
  alert.hidden = !refused.length;
  alert.querySelector("ul").replaceChildren(...refused.map((message) => {
    const item = document.createElement("li");
    item.textContent = message;
    return item;
  }));
  if (refused.length) alert.focus();
}

/* A photo of today's phones is larger than anybody needs: it is made smaller before it is too large to be taken. */
export async function smaller(file, largest) {
  if (file.size <= largest || !file.type.startsWith("image/")) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, PHOTO_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = picture.width * scale;
    canvas.height = picture.height * scale;
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const body = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.85); });
    return new File([body], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file;
  }
}

export function startAttachments() {
  for (const place of document.querySelectorAll("[data-attach]")) live(place);
}
