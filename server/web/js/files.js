/* File fields of a form: form-js holds File objects under a name of its own; the server wants references to documents that it has.
   A file is sent as soon as it is picked, so that a draft keeps it, and a picked one comes back with the draft. */
import { smaller } from "./attach.js";
import { sendFile } from "./send.js";

const MARK = "camunda.document.type";
const LARGEST = 10 * 2 ** 20;

export class Files {
  /* `changed` is called when a file has arrived, `refused` with what the server says of one that it does not take. */
  constructor(form, url, changed, refused) {
    Object.assign(this, { form, url, changed, refused });
    this.known = new WeakMap();
    this.restored = new Map();
    form.on("form.clear", 100, () => {
      for (const [name, files] of this.restored) this.registry.setFiles(name, files);
    });
  }

  get registry() {
    return this.form.get("fileRegistry");
  }

  /* Values as the server has them, made into what form-js shows in the fields with these keys. */
  shown(values, keys) {
    const walk = (value, key) => {
      if (keys.has(key) && Array.isArray(value)) return this.stand(value.filter((each) => each?.[MARK]));
      if (Array.isArray(value)) return value.map((each) => walk(each));
      if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, walk(each, name)]));
      return value;
    };
    return walk(values);
  }

  stand(references) {
    if (!references.length) return null;
    const name = `files::dahulu${this.restored.size + 1}`;
    this.restored.set(name, references.map((reference) => {
      const file = new File([], reference.metadata?.fileName ?? "berkas");
      this.known.set(file, { reference });
      return file;
    }));
    return name;
  }

  /* Sends what has been picked and is not sent yet. */
  sendNew() {
    for (const files of this.registry.getAllFiles().values()) {
      for (const file of files) if (!this.known.has(file)) this.known.set(file, { sending: this.send(file) });
    }
  }

  async send(file) {
    const body = await smaller(file, LARGEST);
    const answer = body.size > LARGEST
      ? { ok: false, body: { message: `Berkas “${file.name}” lebih besar dari 10 MB. Perkecil, lalu pilih lagi.` } }
      : await sendFile(this.url, body);
    if (answer.ok) this.known.set(file, { reference: answer.body });
    else this.known.set(file, { problem: answer.body.message ?? "Berkas belum terkirim.", again: answer.status === 0 });
    (answer.ok ? this.changed : this.refused)(this.known.get(file).problem);
  }

  /* Waits for what is under way; what was lost with the connection is sent again. */
  async settled() {
    for (const files of this.registry.getAllFiles().values()) {
      for (const file of files) if (this.known.get(file)?.again) this.known.delete(file);
    }
    this.sendNew();
    const all = [...this.registry.getAllFiles().values()].flat();
    await Promise.all(all.map((file) => this.known.get(file).sending));
  }

  /* The data of the form as the server wants them; files that it does not have are left out. */
  written(value) {
    if (typeof value === "string" && this.registry.hasKey(value)) {
      return this.registry.getFiles(value).map((file) => this.known.get(file)?.reference).filter(Boolean);
    }
    if (Array.isArray(value)) return value.map((each) => this.written(each));
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.written(each)]));
    return value;
  }

  /* What is wrong with the picked files, by the value path of their field. */
  problems() {
    const { data } = this.form._getState();
    const at = (path) => path.reduce((inner, name) => inner?.[name], data);
    return this.form.get("formFieldInstanceRegistry").getAllKeyed().flatMap(({ valuePath }) => {
      const files = this.registry.getFiles(at(valuePath));
      return files.map((file) => this.known.get(file)?.problem).filter(Boolean).map((message) => ({ where: placeOf(valuePath), message }));
    });
  }
}

/* As the server names a field's place: rows[0].name */
export function placeOf(path) {
  return path.map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("").replace(/^\./, "");
}
