/* What somebody has typed and not yet sent: kept on this device at once, on the server a moment later, and only there then. */
import { send } from "./send.js";

const PAUSE = 900;
const AGAIN = 10_000;

export class Draft {
  constructor(storage, url, state) {
    Object.assign(this, { storage, url, state, timer: 0, values: null });
    addEventListener("online", () => this.values && this.save());
    addEventListener("pagehide", () => this.values && this.save(true));
  }

  left() {
    try {
      return JSON.parse(localStorage.getItem(this.storage)) ?? {};
    } catch {
      return {};
    }
  }

  isLeft() {
    return localStorage.getItem(this.storage) !== null;
  }

  keep(values) {
    this.keepHere(values);
    if (!this.url) return this.tell("Isian disimpan di perangkat ini.");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  keepHere(values) {
    this.values = values;
    try {
      localStorage.setItem(this.storage, JSON.stringify(values));
    } catch {
      // A full or forbidden storage: the server still keeps the draft.
    }
  }

  /* One after the other, so that what is older never comes last; only who leaves the page cannot wait. */
  save(isLast = false) {
    if (!this.url) return null;
    this.saving = isLast ? this.saveNow(true) : Promise.resolve(this.saving).then(() => this.values && this.saveNow());
    return this.saving;
  }

  /* Once this is over, nothing of it is under way that could come after what it was a draft of. */
  async rest() {
    clearTimeout(this.timer);
    await this.saving;
  }

  async saveNow(isLast = false) {
    const saved = this.values;
    const answer = await send(this.url, saved, isLast);
    if (answer.ok) {
      if (saved === this.values) this.done();
      this.tell(`Konsep tersimpan pukul ${new Date().toLocaleTimeString("id-ID", { hour: "2-digit", minute: "2-digit" })}.`);
    } else if (answer.status === 401) {
      this.tell("Sesi berakhir. Isian Anda aman di perangkat ini; kirim untuk masuk lagi.");
    } else if (answer.status === 0) {
      this.tell("Tidak ada sambungan. Isian Anda aman di perangkat ini dan disimpan lagi nanti.");
      this.timer = setTimeout(() => this.save(), AGAIN);
    } else {
      this.tell(answer.body.message ?? "Konsep belum tersimpan.");
    }
  }

  done() {
    clearTimeout(this.timer);
    this.values = null;
    localStorage.removeItem(this.storage);
  }

  tell(sentence) {
    if (this.state) this.state.textContent = sentence;
  }
}
