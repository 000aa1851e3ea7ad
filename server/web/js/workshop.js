/* The frame around every editor of drafts: fetching, saving while one works, examining, and what to do when that fails.
 *
 * What has been changed lies on this device at once and on the server a moment later. An editor is an object of
 *   open(text)        shows a file; rejects with an Error in words
 *   text()            what it has become (may be a promise)
 *   undo(), redo(), canUndo(), canRedo()
 *   mark(findings)    shows findings in the drawing (optional)
 *   jump(finding)     leads to what a finding speaks of; false where it cannot (optional)
 * and calls changed() of what startWorkshop gives whenever somebody has changed something. */
import { send } from "./send.js";

const HERE = 300;
const SAVE = 1500;
const AGAIN = 10_000;
const EXAMINE = 2500;

const clock = (iso) => new Date(iso).toLocaleTimeString("id-ID", { hour: "2-digit", minute: "2-digit" });

export async function startWorkshop(editor) {
  const workshop = new Workshop(document.getElementById("workshop"), editor);
  await workshop.start();
  return workshop;
}

class Workshop {
  constructor(place, editor) {
    const { contentUrl, examineUrl, storage, readOnly } = place.dataset;
    Object.assign(this, { place, editor, contentUrl, examineUrl, storage, readOnly: readOnly !== undefined });
    Object.assign(this, { revision: 0, saved: null, current: null, timers: {}, saving: Promise.resolve(), examining: false, again: false, stopped: false });
    this.state = document.getElementById("saved-state");
    this.conflict = document.getElementById("conflict");
  }

  find(selector) {
    return this.place.querySelector(selector);
  }

  async start() {
    this.find("[data-undo]").addEventListener("click", () => this.editor.undo());
    this.find("[data-redo]").addEventListener("click", () => this.editor.redo());
    this.find("[data-examine]").addEventListener("click", () => this.examine());
    this.find("[data-keep-mine]").addEventListener("click", () => this.keepMine());
    this.find("[data-take-theirs]").addEventListener("click", () => this.takeTheirs());
    for (const link of this.place.querySelectorAll("a[data-leave]")) {
      link.addEventListener("click", (event) => this.leave(event, link.href));
    }
    addEventListener("online", () => this.isDirty() && this.save());
    addEventListener("pagehide", () => this.isDirty() && !this.stopped && this.send(this.current, true));
    addEventListener("beforeunload", (event) => { if (this.isDirty() && !this.keptHere) event.preventDefault(); });
    const answer = await this.fetch();
    if (!answer.ok) return this.fail(answer.body.message ?? "Rancangan tidak dapat dibuka.");
    const stored = answer.body;
    const mine = this.readOnly ? null : this.left();
    this.revision = stored.revisi;
    this.saved = stored.isi;
    const text = mine && mine.isi !== stored.isi ? mine.isi : stored.isi;
    try {
      await this.editor.open(text);
    } catch (fault) {
      if (text !== stored.isi) return this.openStored(stored, fault);
      return this.fail(`Rancangan ini tidak dapat dibuka di penyunting: ${fault.message}`);
    }
    this.current = text;
    this.buttons();
    if (text === stored.isi) {
      this.tell(this.readOnly ? `Tersimpan ${clock(stored.pada)}.` : "Semua perubahan tersimpan.");
    } else if (mine.revisi === stored.revisi) {
      this.tell("Pekerjaan yang belum tersimpan dipulihkan dari perangkat ini.");
      this.save();
    } else {
      this.stopFor({ ...stored, message: `Rancangan ini sudah disimpan orang lain (${stored.oleh}, ${clock(stored.pada)}) sesudah pekerjaan di perangkat ini. Yang Anda lihat adalah pekerjaan Anda.` });
    }
    this.place.dataset.ready = "";
    this.examine();
  }

  async openStored(stored, fault) {
    this.backup();
    await this.editor.open(stored.isi);
    this.current = stored.isi;
    this.place.dataset.ready = "";
    this.tell(`Salinan di perangkat ini tidak dapat dibuka (${fault.message}); yang ditampilkan adalah yang tersimpan di server.`);
  }

  async fetch() {
    try {
      const response = await fetch(this.contentUrl, { headers: { Accept: "application/json" } });
      return { ok: response.ok, status: response.status, body: await response.json() };
    } catch {
      return { ok: false, status: 0, body: { message: "Tidak ada sambungan ke server. Muat ulang halaman ini nanti." } };
    }
  }

  // --- what has been changed

  changed() {
    this.buttons();
    if (this.readOnly) return;
    this.tell("Menyimpan …");
    this.keptHere = false;
    this.pending = true;
    this.later("here", HERE, () => this.keepHere());
    this.later("save", SAVE, () => this.save());
    this.later("examine", EXAMINE, () => this.examine());
  }

  later(name, time, deed) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(deed, time);
  }

  buttons() {
    this.find("[data-undo]").disabled = !this.editor.canUndo();
    this.find("[data-redo]").disabled = !this.editor.canRedo();
  }

  isDirty() {
    return !this.readOnly && (this.pending || this.current !== this.saved);
  }

  async take() {
    this.current = await this.editor.text();
    this.pending = false;
    return this.current;
  }

  async keepHere() {
    const isi = await this.take();
    try {
      localStorage.setItem(this.storage, JSON.stringify({ revisi: this.revision, isi }));
      this.keptHere = true;
    } catch {
      // A full or forbidden storage: the server still keeps the draft.
    }
  }

  left() {
    try {
      return JSON.parse(localStorage.getItem(this.storage));
    } catch {
      return null;
    }
  }

  backup() {
    const mine = localStorage.getItem(this.storage);
    if (mine !== null) localStorage.setItem(`${this.storage}:cadangan`, mine);
  }

  // --- saving

  /* One after the other: two at once would be a conflict with oneself. */
  save() {
    this.saving = this.saving.catch(() => {}).then(() => this.saveNow());
    return this.saving;
  }

  async saveNow() {
    if (this.readOnly || this.stopped) return false;
    clearTimeout(this.timers.save);
    await this.keepHere();
    if (this.current === this.saved) {
      this.tell("Semua perubahan tersimpan.");
      return true;
    }
    const done = await this.send(this.current);
    if (done && this.isDirty()) this.later("save", SAVE, () => this.save());
    return done;
  }

  async send(isi, isLast = false) {
    const answer = await send(this.contentUrl, { revisi: this.revision, isi }, isLast);
    if (answer.ok) {
      this.revision = answer.body.revisi;
      this.saved = isi;
      for (const field of this.place.querySelectorAll("[data-revision]")) field.value = this.revision;
      if (this.isDirty()) { // something was changed meanwhile, which is not saved yet
        this.keepHere();
      } else {
        localStorage.removeItem(this.storage);
        this.tell(`Tersimpan pukul ${clock(answer.body.pada)}.`);
      }
      return true;
    }
    if (answer.status === 409) {
      this.stopFor(answer.body);
    } else if (answer.status === 401 || answer.status === 403) {
      this.tell("Belum tersimpan.");
      document.getElementById("lost-session").hidden = false;
    } else if (answer.status === 0) {
      this.tell("Tidak ada sambungan. Pekerjaan Anda aman di perangkat ini dan disimpan lagi nanti.");
      this.later("save", AGAIN, () => this.save());
    } else {
      this.tell(answer.body.message ?? "Belum tersimpan.");
    }
    return false;
  }

  /* Somebody else has saved: nothing of either is overwritten until one decides. */
  stopFor(other) {
    this.stopped = true;
    this.other = other;
    this.conflict.querySelector("[data-message]").textContent = other.message;
    this.conflict.hidden = false;
    this.conflict.focus();
    this.tell("Belum tersimpan.");
  }

  async keepMine() {
    this.revision = this.other.revisi;
    this.stopped = false;
    this.conflict.hidden = true;
    this.saved = null;
    await this.save();
  }

  async takeTheirs() {
    await this.keepHere();
    this.backup();
    localStorage.removeItem(this.storage);
    this.stopped = true;
    this.saved = this.current;
    this.pending = false;
    location.reload();
  }

  /* A link away from the page waits until the draft is saved. */
  async leave(event, address) {
    event.preventDefault();
    if (await this.save()) location.href = address;
  }

  // --- examining

  async examine() {
    clearTimeout(this.timers.examine);
    this.again = this.examining;
    if (this.examining) return;
    this.examining = true;
    const verdict = this.find("[data-verdict]");
    verdict.textContent = "Memeriksa …";
    const answer = await send(this.examineUrl, { isi: await this.editor.text() });
    this.examining = false;
    if (this.again) return this.examine();
    if (!answer.ok) {
      verdict.textContent = answer.body.message ?? "Belum dapat diperiksa.";
      return;
    }
    this.showFindings(answer.body.temuan);
  }

  showFindings(found) {
    const refused = found.filter((each) => each.refused).length;
    for (const each of this.place.querySelectorAll("[data-count]")) each.textContent = found.length || "";
    this.find("[data-verdict]").textContent = verdictOf(found.length, refused);
    this.find("[data-findings]").replaceChildren(...found.map((each) => this.item(each)));
    this.editor.mark?.(found);
  }

  item(finding) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link finding";
    const word = document.createElement("span");
    word.className = finding.refused ? "state state-late" : "state state-stopped";
    word.textContent = finding.refused ? "Harus diperbaiki" : "Periksa lagi";
    button.append(word, ` ${finding.message}`);
    button.addEventListener("click", () => this.editor.jump?.(finding));
    item.append(button);
    return item;
  }

  // --- telling

  tell(sentence) {
    this.state.textContent = sentence;
  }

  fail(sentence) {
    const place = document.getElementById("workshop-problem");
    place.textContent = sentence;
    place.hidden = false;
    this.tell("");
  }
}

function verdictOf(all, refused) {
  if (!all) return "Tidak ada yang perlu diperbaiki. Rancangan ini dapat diterbitkan.";
  if (!refused) return "Dapat diterbitkan; periksa lagi yang berikut.";
  return `${refused} hal harus diperbaiki sebelum dapat diterbitkan.`;
}
