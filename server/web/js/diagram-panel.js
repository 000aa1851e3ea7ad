/* Sifat: what an owner sees and changes of the element that is chosen; nothing of XML. Without one chosen, of the whole procedure.
 *
 * What the fields of an SOP are called comes from the element templates that ship with the diagrams. */
import { getBusinessObject as object, is, isAny } from "bpmn-js/lib/util/ModelUtil";

import { choice, duration, feel, group, h, lines, text, tick } from "./diagram-fields.js";
import { Extensions } from "./diagram-model.js";

const NOUNS = {
  Process: "Prosedur", Participant: "Prosedur", Collaboration: "Prosedur", Lane: "Lajur", SequenceFlow: "Alur",
  StartEvent: "Mulai", EndEvent: "Akhir", IntermediateCatchEvent: "Peristiwa menunggu", IntermediateThrowEvent: "Peristiwa antara",
  BoundaryEvent: "Peristiwa tepi", UserTask: "Tugas pengguna", ServiceTask: "Tugas otomatis", BusinessRuleTask: "Tugas aturan",
  ScriptTask: "Tugas hitung", ManualTask: "Tugas manual", SendTask: "Tugas kirim", ReceiveTask: "Tugas terima", Task: "Tugas tanpa pelaksana",
  CallActivity: "Panggilan proses", SubProcess: "Subproses", ExclusiveGateway: "Gerbang eksklusif", ParallelGateway: "Gerbang paralel",
  InclusiveGateway: "Gerbang inklusif", EventBasedGateway: "Gerbang peristiwa", TextAnnotation: "Catatan",
};
const LISTS = new Set(["kelengkapan", "output", "dasar_hukum", "keterkaitan", "kualifikasi_pelaksana", "peralatan", "peringatan", "pencatatan"]);
const DATES = /^tanggal_/;

export class Panel {
  constructor(place, modeler, choices) {
    Object.assign(this, { place, modeler, choices, element: null });
    this.extensions = new Extensions(modeler);
    this.modeling = modeler.get("modeling");
    this.registry = modeler.get("elementRegistry");
    modeler.on("selection.changed", ({ newSelection }) => this.show(newSelection.length === 1 ? newSelection[0] : null));
    modeler.on("import.done", () => this.show(null));
    modeler.on("commandStack.changed", () => { setTimeout(() => this.refresh()); }); // what is returned would stop the event
    place.addEventListener("focusout", () => setTimeout(() => this.stale && this.refresh()));
    place.addEventListener("pointerdown", () => { this.pressed = true; });
    addEventListener("pointerup", () => setTimeout(() => {
      this.pressed = false;
      if (this.stale) this.refresh();
    }));
  }

  show(element) {
    this.element = element?.labelTarget ?? element;
    this.draw();
  }

  /* While somebody types or presses, what they do it to stays where it is. */
  refresh() {
    if (this.element && !this.registry.get(this.element.id)) this.element = null;
    this.stale = this.pressed || this.place.contains(document.activeElement);
    if (!this.stale) this.draw();
  }

  draw() {
    this.stale = false;
    const element = this.element ?? this.whole();
    if (!element.type) return; // nothing is shown yet
    const open = new Set([...this.place.querySelectorAll("details.panel-group[open] > summary")].map((each) => each.textContent));
    const drawn = this.drawn === element.id;
    const focused = drawn ? this.controls().indexOf(document.activeElement) : -1;
    this.drawn = element.id;
    this.place.replaceChildren(this.outline(element), ...this.fields(element));
    if (drawn) for (const each of this.place.querySelectorAll("details.panel-group")) each.open = open.has(each.querySelector("summary").textContent);
    this.controls()[focused]?.focus();
  }

  controls() {
    return [...this.place.querySelectorAll("input, select, textarea, button, summary")];
  }

  /* The procedure's own element: its pool, or the canvas. */
  whole() {
    const pools = this.registry.filter((each) => is(each, "bpmn:Participant") && object(each).processRef);
    return pools.length === 1 ? pools[0] : this.modeler.get("canvas").getRootElement();
  }

  outline(element) {
    const nodes = this.registry.filter((each) => !each.labelTarget && isAny(each, ["bpmn:FlowNode", "bpmn:Lane"]))
      .sort((a, b) => is(b, "bpmn:Lane") - is(a, "bpmn:Lane") || a.x - b.x || a.y - b.y);
    const whole = this.whole();
    const ways = this.registry.filter((each) => is(each, "bpmn:SequenceFlow") && object(each).sourceRef?.outgoing?.length > 1);
    const named = (each) => object(each).name || each.id;
    const options = [
      [whole.id, "Seluruh prosedur"],
      ...nodes.map((each) => [each.id, `${noun(each)}: ${named(each)}`]),
      ...ways.map((each) => [each.id, `Alur: ${named(each)} (dari ${object(each).sourceRef.name || object(each).sourceRef.id})`]),
    ];
    if (!options.some(([id]) => id === element.id)) options.push([element.id, `${noun(element)}: ${object(element).name || element.id}`]);
    return choice("Unsur", element.id, options, (id) => {
      const chosen = this.registry.get(id);
      this.modeler.get("selection").select(chosen === whole ? null : chosen);
      if (chosen !== whole) this.modeler.get("canvas").scrollToElement(chosen);
      this.show(chosen === whole ? null : chosen);
      this.place.querySelector("select").focus();
    });
  }

  fields(element) {
    const bo = object(element);
    if (isAny(element, ["bpmn:Process", "bpmn:Participant", "bpmn:Collaboration"])) return this.procedure(element);
    if (is(element, "bpmn:Lane")) return this.lane(element, bo);
    if (is(element, "bpmn:SequenceFlow")) return this.flow(element, bo);
    if (is(element, "bpmn:TextAnnotation")) return [text("Catatan", bo.text ?? "", (value) => this.modeling.updateProperties(element, { text: value }), { long: true })];
    if (!is(element, "bpmn:FlowNode")) return [h("p", { class: "hint" }, noun(element))];
    return [
      text("Nama", bo.name ?? "", (name) => this.modeling.updateLabel(element, name), { long: true }),
      this.place_of(element, bo),
      is(element, "bpmn:UserTask") ? this.userTask(element, bo) : null,
      is(element, "bpmn:StartEvent") && !bo.eventDefinitions?.length ? this.form(element, bo) : null,
      is(element, "bpmn:BusinessRuleTask") ? this.rule(element, bo) : null,
      isAny(element, ["bpmn:ServiceTask", "bpmn:SendTask"]) ? this.work(element, bo) : null,
      is(element, "bpmn:ScriptTask") ? this.script(element, bo) : null,
      is(element, "bpmn:CallActivity") ? this.call(element, bo) : null,
      ...(bo.eventDefinitions ?? []).map((each) => this.event(element, bo, each)),
      is(element, "bpmn:ReceiveTask") ? this.message(element, bo, bo) : null,
      this.rounds(element, bo),
      isAny(element, ["bpmn:Activity", "bpmn:Event"]) && !is(element, "bpmn:SubProcess") ? this.mappings(element, bo) : null,
      this.others(element, bo),
    ].flat().filter(Boolean);
  }

  // --- the whole procedure

  procedure(element) {
    const bo = is(element, "bpmn:Participant") ? object(element).processRef : object(element);
    const own = (name) => [this.extensions.property(bo, name), (value) => this.extensions.setProperty(element, bo, name, value)];
    if (!bo || bo.$type !== "bpmn:Process") return [h("p", { class: "hint" }, "Pilih sebuah unsur di gambar.")];
    const documentation = bo.documentation?.[0]?.text ?? "";
    return [
      text("Nama prosedur", bo.name ?? "", (name) => {
        this.modeling.updateModdleProperties(element, bo, { name });
        if (is(element, "bpmn:Participant")) this.modeling.updateLabel(element, name);
      }, { long: true }),
      choice("Bidang", own("bidang")[0], [["", "Pilih …"], ...this.choices.bidang], own("bidang")[1], { hint: "Menentukan Kasi, Kabid dan petugas yang menerima tugasnya." }),
      text("Penjelasan", documentation, (value) => this.modeling.updateModdleProperties(element, bo, { documentation: value ? [this.extensions.factory.create("bpmn:Documentation", { text: value })] : [] }), { long: true }),
      group("Identitas SOP", false, this.templated("tatalaksana.prosedur", element, bo, new Set(["bidang"]))),
      group("Sifat dan nomor", false,
        choice("Sifat", own("sifat")[0], [["", "Terbuka menurut izin"], ["rahasia", "Rahasia"]], own("sifat")[1], { hint: "Perkara rahasia hanya dilihat oleh yang mengerjakannya." }),
        text("Peran yang boleh membaca perkara rahasia", own("pembaca")[0], own("pembaca")[1], { hint: "Pisahkan dengan koma." }),
        text("Kode nomor perkara", own("kode")[0], own("kode")[1], { hint: "Misalnya CUTI untuk CUTI-2026-0001." })),
    ];
  }

  /* The fields of an element template, in its own words. */
  templated(id, element, bo, without) {
    const template = this.choices.templates.find((each) => each.id === id);
    const shown = (template?.properties ?? []).filter(({ binding, type }) => binding.type === "zeebe:property" && type !== "Hidden" && !without.has(binding.name));
    return shown.map(({ label, description, type, choices: options, binding: { name } }) => {
      const value = this.extensions.property(bo, name);
      const tell = (typed) => this.extensions.setProperty(element, bo, name, typed);
      if (options) return choice(label, value, options.map((each) => [each.value, each.name]), tell, { hint: description });
      if (name === "waktu") return duration(label, value, tell, { hint: "Waktu kerja. Pilih “tidak ditentukan” bila relatif." });
      if (LISTS.has(name)) return lines(label, value, tell);
      return text(label, value, tell, { hint: description, long: type === "Text", inputmode: name === "langkah" ? "numeric" : undefined });
    });
  }

  // --- who and where

  lane(element, bo) {
    const role = this.extensions.property(bo, "role");
    const named = Object.fromEntries(this.choices.roles);
    return [
      choice("Peran", role, [["", "Pilih …"], ...this.choices.roles], (id) => {
        if (!bo.name || bo.name === named[role]) this.modeling.updateLabel(element, named[id] ?? "");
        this.extensions.setProperty(element, bo, "role", id);
      }, { hint: "Siapa yang menerima tugas di lajur ini." }),
      text("Nama lajur", bo.name ?? "", (name) => this.modeling.updateLabel(element, name)),
    ];
  }

  /* Moves a step to another lane, for who cannot or would not drag it. */
  place_of(element, bo) {
    if (is(element, "bpmn:BoundaryEvent")) return null;
    const lanes = this.registry.filter((each) => is(each, "bpmn:Lane") && !each.children.some((child) => is(child, "bpmn:Lane"))).sort((a, b) => a.y - b.y);
    const home = lanes.find((each) => object(each).flowNodeRef?.includes(bo));
    if (!home || lanes.length < 2) return null;
    return choice("Lajur", home.id, lanes.map((each) => [each.id, object(each).name || each.id]), (id) => {
      const lane = this.registry.get(id);
      const y = Math.round(lane.y + lane.height / 2 - (element.y + element.height / 2));
      this.modeling.moveElements([element], { x: 0, y }, element.parent);
    }, { hint: "Dipindahkan ke tengah lajur yang dipilih." });
  }

  userTask(element, bo) {
    return [
      group("Mutu baku", true, this.templated("tatalaksana.langkah", element, bo, new Set())),
      this.form(element, bo),
      group("Penerima dan tenggat", false, this.receiver(element, bo), this.due(element, bo)),
    ];
  }

  receiver(element, bo) {
    const now = this.extensions.one(bo, "zeebe:AssignmentDefinition");
    const put = (values) => this.extensions.change(element, bo, "zeebe:AssignmentDefinition", values, ["assignee", "candidateGroups", "candidateUsers"]);
    const kind = now?.assignee ? "orang" : now?.candidateGroups ? "kelompok" : "lajur";
    const fields = [choice("Penerima", kind, [["lajur", "Menurut peran lajurnya"], ["kelompok", "Peran lain"], ["orang", "Orang tertentu"]], (chosen) => {
      if (chosen === "lajur") put({ assignee: "", candidateGroups: "", candidateUsers: "" });
      if (chosen === "kelompok") put({ assignee: "", candidateGroups: this.choices.roles[0][0] });
      if (chosen === "orang") put({ candidateGroups: "", assignee: "=pemohon" });
      this.draw();
    })];
    if (kind === "kelompok") fields.push(feel("Kelompok", now.candidateGroups, (value) => put({ candidateGroups: value }), { hint: "Id peran, misalnya kasubag_umpeg atau kepala_seksi@pencatatan-sipil; atau FEEL yang diawali “=”." }));
    if (kind === "orang") fields.push(feel("Orang", now.assignee, (value) => put({ assignee: value }), { hint: "Nama pengguna, atau FEEL yang diawali “=”, misalnya =pemohon." }));
    return fields;
  }

  due(element, bo) {
    const now = this.extensions.one(bo, "zeebe:TaskSchedule");
    const put = (dueDate) => this.extensions.change(element, bo, "zeebe:TaskSchedule", { dueDate }, ["dueDate", "followUpDate"]);
    return feel("Tenggat", now?.dueDate ?? "", put, { hint: "Kosong: dari waktu mutu baku. Atau FEEL yang diawali “=”, yang memberi tanggal dan waktu." });
  }

  form(element, bo) {
    const now = this.extensions.one(bo, "zeebe:FormDefinition");
    const made = is(element, "bpmn:UserTask") ? "Dibuat otomatis dari mutu baku" : "Tanpa formulir";
    const options = [["", made], ...this.choices.forms.map((id) => [id, id])];
    return group("Formulir", Boolean(now?.formId), choice("Formulir yang diisi", now?.formId ?? "", options, (formId) => {
      const old = this.extensions.attributes(this.extensions.one(bo, "zeebe:FormDefinition"));
      this.extensions.put(element, bo, "zeebe:FormDefinition", formId ? this.extensions.factory.create("zeebe:FormDefinition", { ...old, formId }) : null);
      this.draw();
    }), now?.formId ? this.door("form", now.formId, "Ubah formulir ini") : null);
  }

  // --- what the program does

  rule(element, bo) {
    const now = this.extensions.one(bo, "zeebe:CalledDecision");
    const put = (values) => this.extensions.change(element, bo, "zeebe:CalledDecision", values, ["decisionId"]);
    return [
      choice("Tabel keputusan", now?.decisionId ?? "", [["", "Pilih …"], ...this.choices.decisions], (decisionId) => {
        put({ decisionId, resultVariable: now?.resultVariable || decisionId });
        this.draw();
      }),
      now?.decisionId ? this.door("decision", now.decisionId, "Ubah tabel ini") : null,
      text("Hasilnya disimpan sebagai", now?.resultVariable ?? "", (resultVariable) => put({ resultVariable })),
      choice("Versi tabel", now?.bindingType === "latest" ? "latest" : "", [["", "Yang berlaku saat perkara dimulai"], ["latest", "Yang terbaru saat dihitung"]], (bindingType) => put({ bindingType })),
    ];
  }

  work(element, bo) {
    const now = this.extensions.one(bo, "zeebe:TaskDefinition");
    return choice("Yang dikerjakan program", now?.type ?? "", [["", "Pilih …"], ...this.choices.handlers], (type) => this.extensions.change(element, bo, "zeebe:TaskDefinition", { type }, ["type"]));
  }

  script(element, bo) {
    const now = this.extensions.one(bo, "zeebe:Script");
    const put = (values) => this.extensions.change(element, bo, "zeebe:Script", values, ["expression", "resultVariable"]);
    return [
      feel("Yang dihitung (FEEL)", now?.expression ?? "", (expression) => put({ expression }), { always: true }),
      text("Hasilnya disimpan sebagai", now?.resultVariable ?? "", (resultVariable) => put({ resultVariable })),
    ];
  }

  call(element, bo) {
    const now = this.extensions.one(bo, "zeebe:CalledElement");
    return choice("Prosedur yang dipanggil", now?.processId ?? "", [["", "Pilih …"], ...this.choices.processes], (processId) => this.extensions.change(element, bo, "zeebe:CalledElement", { processId }, ["processId"]));
  }

  /* A form of the page's own that opens the draft of something else; this one is saved first. */
  door(kind, id, label) {
    const fields = { _token: document.body.dataset.csrf, jenis: kind, id };
    const form = h("form", { method: "post", action: "/rancangan/buka", hidden: true }, Object.entries(fields).map(([name, value]) => h("input", { type: "hidden", name, value })));
    return h("div", { class: "field" }, form, h("button", { type: "button", class: "btn btn-sm", onclick: () => this.leave(() => form.submit()) }, label));
  }

  // --- what is waited for

  event(element, bo, definition) {
    if (is(definition, "bpmn:TimerEventDefinition")) return this.timer(element, definition);
    if (is(definition, "bpmn:MessageEventDefinition")) {
      if (isAny(element, ["bpmn:IntermediateThrowEvent", "bpmn:EndEvent"])) return this.work(element, bo);
      return this.message(element, bo, definition);
    }
    if (is(definition, "bpmn:SignalEventDefinition")) return this.root(element, definition, "signalRef", "bpmn:Signal", "name", "Nama sinyal");
    if (is(definition, "bpmn:ErrorEventDefinition")) return this.root(element, definition, "errorRef", "bpmn:Error", "errorCode", "Kode galat");
    if (is(definition, "bpmn:EscalationEventDefinition")) return this.root(element, definition, "escalationRef", "bpmn:Escalation", "escalationCode", "Kode eskalasi");
    if (is(definition, "bpmn:LinkEventDefinition")) return text("Nama tautan", definition.name ?? "", (name) => this.modeling.updateModdleProperties(element, definition, { name }));
    return null;
  }

  timer(element, definition) {
    const kinds = [["timeDuration", "Sesudah sekian lama"], ["timeDate", "Pada tanggal"], ["timeCycle", "Berulang"]];
    const kind = kinds.map(([each]) => each).find((each) => definition[each]) ?? "timeDuration";
    const body = definition[kind]?.body ?? "";
    const put = (which, value) => {
      const made = value ? this.extensions.factory.create("bpmn:FormalExpression", { body: value }) : undefined;
      if (made) made.$parent = definition;
      this.modeling.updateModdleProperties(element, definition, { timeDuration: undefined, timeDate: undefined, timeCycle: undefined, [which]: made });
    };
    const plain = kind === "timeDuration" && !body.startsWith("=");
    return [
      choice("Waktu", kind, kinds, (which) => { put(which, { timeDuration: "P1D", timeDate: "=now()", timeCycle: "R/P1D" }[which]); this.draw(); }),
      plain ? duration("Lama", body, (value) => put(kind, value), { days: "hari", weeks: "minggu", hint: "Menurut kalender. Untuk hari kerja pakai FEEL." }) : null,
      feel(plain ? "Atau FEEL" : "Nilai", plain ? "" : body, (value) => put(kind, value), { hint: "FEEL yang diawali “=”, atau teks ISO 8601." }),
    ];
  }

  message(element, bo, holder) {
    const message = holder.messageRef;
    const subscription = message && this.extensions.one(message, "zeebe:Subscription");
    return [
      this.root(element, holder, "messageRef", "bpmn:Message", "name", "Nama pesan"),
      message && !(is(element, "bpmn:StartEvent") && !is(bo.$parent, "bpmn:SubProcess"))
        ? feel("Kunci pesan", subscription?.correlationKey ?? "", (correlationKey) => this.extensions.change(element, message, "zeebe:Subscription", { correlationKey }), { hint: "FEEL yang diawali “=”: nilai yang membedakan perkara ini." })
        : null,
    ];
  }

  /* A message, signal, error or escalation by its name; another one with that name is taken, or a new one is made. */
  root(element, holder, reference, type, name, label) {
    const now = holder[reference];
    return text(label, now?.[name] ?? "", (value) => {
      const definitions = this.modeler.getDefinitions();
      let made = definitions.rootElements.find((each) => each.$type === type && each[name] === value);
      if (!made && value) {
        made = this.extensions.factory.create(type, type === "bpmn:Message" || type === "bpmn:Signal" ? { name: value } : { name: value, [name]: value });
        made.$parent = definitions;
        const subscription = now && this.extensions.one(now, "zeebe:Subscription");
        if (subscription) {
          const copy = this.extensions.factory.create("zeebe:Subscription", { correlationKey: subscription.correlationKey });
          made.extensionElements = this.extensions.factory.create("bpmn:ExtensionElements", { values: [copy] });
          Object.assign(copy, { $parent: made.extensionElements });
          Object.assign(made.extensionElements, { $parent: made });
        }
        this.modeling.updateModdleProperties(element, definitions, { rootElements: [...definitions.rootElements, made] });
      }
      this.modeling.updateModdleProperties(element, holder, { [reference]: value ? made : undefined });
      this.stale = true;
    });
  }

  // --- ways

  flow(element, bo) {
    const source = bo.sourceRef;
    const several = (source.outgoing?.length ?? 0) > 1 && (isAny(source, ["bpmn:ExclusiveGateway", "bpmn:InclusiveGateway", "bpmn:Activity"]));
    const isDefault = source.default === bo;
    const fields = [text("Nama", bo.name ?? "", (name) => this.modeling.updateLabel(element, name), { hint: several ? "Jawaban yang memilih jalan ini, misalnya Lengkap." : undefined })];
    if (!several && !bo.conditionExpression) return fields;
    const holder = this.registry.get(source.id);
    fields.push(tick("Jalan bawaan", isDefault, (chosen) => {
      this.modeling.updateProperties(holder, { default: chosen ? bo : undefined });
      if (chosen && bo.conditionExpression) this.modeling.updateProperties(element, { conditionExpression: undefined });
      this.draw();
    }, { hint: "Diambil bila tidak ada syarat lain yang terpenuhi." }));
    if (!isDefault) {
      fields.push(feel("Syarat (FEEL)", bo.conditionExpression?.body ?? "", (body) => {
        const conditionExpression = body ? this.extensions.factory.create("bpmn:FormalExpression", { body }) : undefined;
        if (conditionExpression) conditionExpression.$parent = bo;
        this.modeling.updateProperties(element, { conditionExpression });
      }, { always: true, hint: "Misalnya: keputusan_4 = \"setuju\"" }));
    }
    return fields;
  }

  // --- for who knows more

  rounds(element, bo) {
    const loop = bo.loopCharacteristics;
    if (!loop || !is(loop, "bpmn:MultiInstanceLoopCharacteristics")) return null;
    const now = this.extensions.one(loop, "zeebe:LoopCharacteristics");
    const put = (values) => this.extensions.change(element, loop, "zeebe:LoopCharacteristics", values);
    return group("Beberapa kali", true,
      feel("Untuk setiap isi dari", now?.inputCollection ?? "", (inputCollection) => put({ inputCollection }), { always: true }),
      text("Isinya disebut", now?.inputElement ?? "", (inputElement) => put({ inputElement })),
      feel("Hasil setiap kali", now?.outputElement ?? "", (outputElement) => put({ outputElement }), { always: true }),
      text("Hasil semuanya disimpan sebagai", now?.outputCollection ?? "", (outputCollection) => put({ outputCollection })));
  }

  mappings(element, bo) {
    const redo = (which, change) => {
      const now = this.extensions.mapping(bo);
      const next = { ...now, [which]: change([...now[which]]) };
      this.extensions.setMapping(element, bo, next.inputs, next.outputs);
    };
    const put = (which, at, values) => redo(which, (rows) => rows.with(at, { source: rows[at].source, target: rows[at].target, ...values }));
    const list = (title, which) => h("fieldset", { class: "mappings" }, h("legend", { class: "form-label" }, title),
      this.extensions.mapping(bo)[which].map((row, at) => h("div", { class: "mapping" },
        text("Nama", row.target ?? "", (target) => put(which, at, { target })),
        feel("Isi", row.source ?? "", (source) => put(which, at, { source })),
        h("button", { type: "button", class: "btn btn-sm", onclick: () => { redo(which, (rows) => rows.toSpliced(at, 1)); this.draw(); } }, "Hapus"))),
      h("button", { type: "button", class: "btn btn-sm", onclick: () => { redo(which, (rows) => [...rows, { source: "=nilai", target: "nama" }]); this.draw(); } }, "Tambah"));
    return group("Data masuk dan keluar", false, list("Masuk", "inputs"), list("Keluar", "outputs"));
  }

  /* Properties that no template names: shown, so that nothing is hidden from who answers for the procedure. */
  others(element, bo) {
    const named = new Set(this.choices.templates.flatMap(({ properties }) => properties.map(({ binding }) => binding.name)));
    const fields = this.extensions.properties(bo).filter(({ name }) => !named.has(name))
      .map(({ name, value }) => text(this.choices.property_words[name] ?? name, value ?? "", (typed) => this.extensions.setProperty(element, bo, name, typed)));
    return fields.length ? group("Sifat lain", false, fields) : null;
  }
}

function noun(element) {
  return NOUNS[element.type.replace("bpmn:", "")] ?? "Unsur";
}
