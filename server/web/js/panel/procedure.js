/* Of the whole procedure: its name, its bidang, the identity sheet of the SOP, who may read its cases, how they are numbered. */
import { getBusinessObject as object, is } from "bpmn-js/lib/util/ModelUtil";

import { choice, group, h, text } from "../diagram-fields.js";
import { templated } from "./templated.js";

export function procedure(panel, element) {
  const bo = is(element, "bpmn:Participant") ? object(element).processRef : object(element);
  const own = (name) => [panel.extensions.property(bo, name), (value) => panel.extensions.setProperty(element, bo, name, value)];
  if (!bo || bo.$type !== "bpmn:Process") return [h("p", { class: "hint" }, "Pilih sebuah unsur di gambar.")];
  const documentation = bo.documentation?.[0]?.text ?? "";
  return [
    text("Nama prosedur", bo.name ?? "", (name) => {
      panel.modeling.updateModdleProperties(element, bo, { name });
      if (is(element, "bpmn:Participant")) panel.modeling.updateLabel(element, name);
    }, { long: true }),
    choice("Bidang", own("bidang")[0], [["", "Pilih …"], ...panel.choices.bidang], own("bidang")[1], { hint: "Menentukan Kasi, Kabid dan petugas yang menerima tugasnya." }),
    text("Tanda versi", panel.extensions.one(bo, "zeebe:VersionTag")?.value ?? "", (value) => panel.extensions.change(element, bo, "zeebe:VersionTag", { value }), { hint: "Sebutan versi ini, misalnya 2026-1. Prosedur lain dapat memanggil versi yang bertanda itu." }),
    text("Penjelasan", documentation, (value) => panel.modeling.updateModdleProperties(element, bo, { documentation: value ? [panel.extensions.factory.create("bpmn:Documentation", { text: value })] : [] }), { long: true }),
    group("Identitas SOP", false, templated(panel, "tatalaksana.prosedur", element, bo, new Set(["bidang"]))),
    group("Sifat dan nomor", false,
      choice("Sifat", own("sifat")[0], [["", "Terbuka menurut izin"], ["rahasia", "Rahasia"]], own("sifat")[1], { hint: "Perkara rahasia hanya dilihat oleh yang mengerjakannya." }),
      text("Peran yang boleh membaca perkara rahasia", own("pembaca")[0], own("pembaca")[1], { hint: "Pisahkan dengan koma." }),
      text("Kode nomor perkara", own("kode")[0], own("kode")[1], { hint: "Misalnya CUTI untuk CUTI-2026-0001." })),
  ];
}
