/* Skenario: what was chosen is kept under a name, and done again with the draft as it is now; one after the other, so that each answer
 * shows at once. */
import { send } from "./send.js";

export class Scenarios {
  /* `rehearsal`: brought() gives what the server asks of every request, load(acts, began) goes on from there, passed(ids, flows) shows
   * in the drawing what all of them have passed, and tells what none has. */
  constructor(place, { url, rehearsal }) {
    Object.assign(this, { place, url, rehearsal, running: false });
    this.form = this.find("[data-keep]");
    this.name = this.form.querySelector("input");
    this.replace = this.form.querySelector("[data-replace] input");
    this.name.addEventListener("input", () => this.offer());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.keep();
    });
    this.find("[data-play-all]").addEventListener("click", () => this.playAll());
    this.find("[data-list]").addEventListener("click", ({ target }) => this.clicked(target));
  }

  find(selector) {
    return this.place.querySelector(selector);
  }

  items() {
    return [...this.place.querySelectorAll("[data-scenario]")];
  }

  clicked(target) {
    const item = target.closest("[data-scenario]");
    const deed = item && Object.entries({ play: "playOne", open: "open", drop: "drop", accept: "accept" })
      .find(([name]) => target.closest(`[data-${name}]`));
    if (deed) this[deed[1]](item);
  }

  tell(sentence) {
    this.find("[data-told]").textContent = sentence;
  }

  /* To replace one is offered where there is one of that name. */
  offer() {
    const name = this.name.value.trim().replace(/\s+/g, " ");
    const there = this.items().some((item) => item.dataset.name === name);
    this.find("[data-replace]").hidden = !there;
    this.replace.checked = there && this.opened === name;
  }

  /* The list anew; what has come of one stays beside it. */
  list(html) {
    const played = new Map(this.items().map((item) => [item.dataset.scenario, item.querySelector("[data-played]")]));
    this.find("[data-list]").innerHTML = html;
    for (const item of this.items()) {
      const told = played.get(item.dataset.scenario);
      if (told) item.querySelector("[data-played]").replaceWith(told);
    }
    this.find("[data-play-all]").disabled = !this.items().length;
    this.offer();
  }

  // --- keeping

  async keep() {
    const wrong = this.find("[data-wrong]");
    const wanted = { ...this.rehearsal.brought(), nama: this.name.value, ganti: this.replace.checked };
    const answer = await send(this.url, wanted);
    wrong.hidden = answer.ok;
    wrong.textContent = answer.body.message ?? "";
    this.name.toggleAttribute("aria-invalid", !answer.ok);
    if (!answer.ok) return this.name.focus();
    const kept = this.name.value.trim();
    this.name.value = "";
    this.list(answer.body.html);
    this.tell(`Skenario “${kept}” disimpan.`);
  }

  async drop(item) {
    if (!confirm(`Hapus skenario “${item.dataset.name}”?`)) return;
    const answer = await this.ask(item, "hapus");
    if (!answer.ok) return this.tell(answer.body.message);
    this.list(answer.body.html);
    this.tell(`Skenario “${item.dataset.name}” dihapus.`);
    document.getElementById("skenario").focus();
  }

  async open(item) {
    const { process } = this.rehearsal;
    const query = process ? `?prosedur=${encodeURIComponent(process)}` : "";
    const response = await fetch(`${this.url}/${item.dataset.scenario}${query}`, { headers: { Accept: "application/json" } });
    const told = await response.json();
    if (!response.ok) return this.tell(told.message);
    this.name.value = this.opened = told.nama;
    this.offer();
    this.rehearsal.load(told.langkah, told.mulai);
  }

  // --- running

  async playAll() {
    if (this.running) return;
    this.running = true;
    const items = this.items();
    const passed = { ids: new Set(), flows: new Set() };
    let good = 0;
    for (const [at, item] of items.entries()) {
      this.tell(`Menjalankan ${at + 1} dari ${items.length} …`);
      const told = await this.playOne(item);
      good += Boolean(told?.sesuai);
      for (const id of told?.lewat ?? []) passed.ids.add(id);
      for (const id of told?.alur ?? []) passed.flows.add(id);
    }
    this.running = false;
    const left = this.rehearsal.passed([...passed.ids], [...passed.flows]);
    this.tell(good === items.length ? `Semua sesuai (${items.length} skenario).` : `${good} dari ${items.length} skenario sesuai.`);
    this.cover(left);
  }

  /* What no scenario passes. */
  cover(left) {
    const place = this.find("[data-left]");
    place.hidden = false;
    place.querySelector("summary").textContent = left.length ? `${left.length} langkah belum dilewati skenario mana pun` : "Semua langkah dilewati";
    place.querySelector("p").textContent = left.length ? left.join("; ") : "Setiap langkah dalam gambar dilewati sedikitnya satu skenario.";
  }

  playOne(item) {
    return this.show(item, "jalankan");
  }

  async accept(item) {
    if (!await this.show(item, "terima")) return;
    this.tell(`Jalan yang baru dipakai untuk “${item.dataset.name}”.`);
    item.querySelector("[data-play]").focus();
  }

  async show(item, deed) {
    const place = item.querySelector("[data-played]");
    item.setAttribute("aria-busy", "true");
    const answer = await this.ask(item, deed);
    item.removeAttribute("aria-busy");
    if (answer.ok) place.innerHTML = answer.body.html;
    else place.textContent = answer.body.message;
    return answer.ok ? answer.body : null;
  }

  ask(item, deed) {
    const { bersama, prosedur } = this.rehearsal.brought();
    return send(`${this.url}/${item.dataset.scenario}/${deed}`, { langkah: [], bersama, prosedur });
  }
}
