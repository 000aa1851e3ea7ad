/* Who does a step, and by when: the role of a lane, the lane of a step, another receiver than its lane, its due date. */
import { getBusinessObject as object, is } from "bpmn-js/lib/util/ModelUtil";

import { choice, feel, text } from "../diagram-fields.js";

export function lane(panel, element, bo) {
  const role = panel.extensions.property(bo, "role");
  const named = Object.fromEntries(panel.choices.roles);
  return [
    choice("Peran", role, [["", "Pilih …"], ...panel.choices.roles], (id) => {
      if (!bo.name || bo.name === named[role]) panel.modeling.updateLabel(element, named[id] ?? "");
      panel.extensions.setProperty(element, bo, "role", id);
    }, { hint: "Siapa yang menerima tugas di lajur ini." }),
    text("Nama lajur", bo.name ?? "", (name) => panel.modeling.updateLabel(element, name)),
  ];
}

/* Moves a step to another lane, for who cannot or would not drag it. */
export function home(panel, element, bo) {
  if (is(element, "bpmn:BoundaryEvent")) return null;
  const lanes = panel.registry.filter((each) => is(each, "bpmn:Lane") && !each.children.some((child) => is(child, "bpmn:Lane"))).sort((a, b) => a.y - b.y);
  const own = lanes.find((each) => object(each).flowNodeRef?.includes(bo));
  if (!own || lanes.length < 2) return null;
  return choice("Lajur", own.id, lanes.map((each) => [each.id, object(each).name || each.id]), (id) => {
    const lane = panel.registry.get(id);
    const y = Math.round(lane.y + lane.height / 2 - (element.y + element.height / 2));
    panel.modeling.moveElements([element], { x: 0, y }, element.parent);
  }, { hint: "Dipindahkan ke tengah lajur yang dipilih." });
}

export function receiver(panel, element, bo) {
  const now = panel.extensions.one(bo, "zeebe:AssignmentDefinition");
  const put = (values) => panel.extensions.change(element, bo, "zeebe:AssignmentDefinition", values, ["assignee", "candidateGroups", "candidateUsers"]);
  const kind = now?.assignee ? "orang" : now?.candidateGroups ? "kelompok" : now?.candidateUsers ? "calon" : "lajur";
  const fields = [choice("Penerima", kind, [["lajur", "Menurut peran lajurnya"], ["kelompok", "Peran lain"], ["calon", "Salah satu dari beberapa orang"], ["orang", "Orang tertentu"]], (chosen) => {
    if (chosen === "lajur") put({ assignee: "", candidateGroups: "", candidateUsers: "" });
    if (chosen === "kelompok") put({ assignee: "", candidateGroups: panel.choices.roles[0][0] });
    if (chosen === "calon") put({ assignee: "", candidateGroups: "", candidateUsers: "=[pemohon]" });
    if (chosen === "orang") put({ candidateGroups: "", candidateUsers: "", assignee: "=pemohon" });
    panel.draw();
  })];
  if (kind === "calon" || kind === "kelompok") fields.push(feel("Orang calon", now.candidateUsers ?? "", (value) => put({ candidateUsers: value }), { hint: "Nama pengguna, dipisah koma, atau FEEL yang memberi daftarnya. Siapa pun di antaranya dapat mengambil tugasnya." }));
  if (kind === "kelompok") fields.push(feel("Kelompok", now.candidateGroups, (value) => put({ candidateGroups: value }), { hint: "Id peran, misalnya kasubag_umpeg atau kepala_seksi@pencatatan-sipil; atau FEEL yang diawali “=”." }));
  if (kind === "orang") fields.push(feel("Orang", now.assignee, (value) => put({ assignee: value }), { hint: "Nama pengguna, atau FEEL yang diawali “=”, misalnya =pemohon." }));
  return fields;
}

export function due(panel, element, bo) {
  const now = panel.extensions.one(bo, "zeebe:TaskSchedule");
  const put = (dueDate) => panel.extensions.change(element, bo, "zeebe:TaskSchedule", { dueDate }, ["dueDate", "followUpDate"]);
  return feel("Tenggat", now?.dueDate ?? "", put, { hint: "Kosong: dari waktu mutu baku. Atau FEEL yang diawali “=”, yang memberi tanggal dan waktu." });
}

export function followUp(panel, element, bo) {
  const now = panel.extensions.one(bo, "zeebe:TaskSchedule");
  const put = (followUpDate) => panel.extensions.change(element, bo, "zeebe:TaskSchedule", { followUpDate }, ["dueDate", "followUpDate"]);
  return feel("Tindak lanjut", now?.followUpDate ?? "", put, { hint: "Kapan tugasnya patut dilihat lagi: tanggal dan waktu, atau FEEL yang diawali “=”." });
}

export function priority(panel, element, bo) {
  const now = panel.extensions.one(bo, "zeebe:PriorityDefinition");
  const put = (priority) => panel.extensions.change(element, bo, "zeebe:PriorityDefinition", { priority }, ["priority"]);
  return feel("Prioritas", now?.priority ?? "", put, { hint: "Angka 0 sampai 100; kosong berarti 50. Atau FEEL yang diawali “=”." });
}
