/* The editor of diagrams, in the frame of every draft. */
import { makeModeler } from "./diagram-editor.js";
import { Panel } from "./diagram-panel.js";
import { startWorkshop } from "./workshop.js";

const modeler = makeModeler("#editor");
const stack = modeler.get("commandStack");
const canvas = modeler.get("canvas");
const registry = modeler.get("elementRegistry");
const overlays = modeler.get("overlays");

const editor = {
  async open(text) {
    await modeler.importXML(text).catch(() => { throw new Error("berkasnya bukan diagram BPMN yang utuh."); });
    fit();
  },
  text: async () => (await modeler.saveXML({ format: true })).xml,
  undo: () => stack.undo(),
  redo: () => stack.redo(),
  canUndo: () => stack.canUndo(),
  canRedo: () => stack.canRedo(),
  mark(findings) {
    overlays.remove({ type: "finding" });
    for (const { where, message, refused } of findings) {
      if (!registry.get(where)) continue;
      const sign = document.createElement("div");
      sign.className = refused ? "mark mark-refused" : "mark mark-doubt";
      sign.textContent = refused ? "!" : "?";
      sign.title = message;
      overlays.add(where, "finding", { html: sign, position: { top: -12, left: -12 } });
    }
  },
  jump({ where }) {
    const element = registry.get(where);
    if (!element) return false;
    modeler.get("selection").select(element);
    canvas.scrollToElement(element);
    document.getElementById("panel").scrollIntoView({ block: "nearest" });
    return true;
  },
};

/* All of it, unless that would be too small to read: then its beginning, to the right of the palette. */
function fit() {
  canvas.zoom("fit-viewport", "auto");
  const { inner, outer, scale } = canvas.viewbox();
  const margin = 110;
  const wanted = Math.max(0.6, Math.min(1, (outer.width - margin - 20) / inner.width, (outer.height - 40) / inner.height));
  const height = outer.height / wanted;
  const middle = inner.height < height ? inner.y - (height - inner.height) / 2 : inner.y - 20 / wanted;
  if (scale !== wanted) canvas.viewbox({ x: inner.x - margin / wanted, y: middle, width: outer.width / wanted, height });
}

for (const [name, deed] of Object.entries({
  in: () => modeler.get("zoomScroll").stepZoom(1),
  out: () => modeler.get("zoomScroll").stepZoom(-1),
  fit: () => canvas.zoom("fit-viewport", "auto"),
})) document.querySelector(`[data-zoom=${name}]`)?.addEventListener("click", deed);

/* Trying the flow: nothing can be changed meanwhile, and nothing of it reaches the office. */
const trying = document.querySelector("[data-try]");
trying.addEventListener("click", () => modeler.get("toggleMode").toggleMode());
modeler.on("tokenSimulation.toggleMode", ({ active }) => {
  trying.setAttribute("aria-pressed", active);
  document.getElementById("panel").inert = active;
  document.getElementById("trying").hidden = !active;
});

const panel = new Panel(document.getElementById("panel"), modeler, JSON.parse(document.getElementById("choices").textContent));
startWorkshop(editor).then((workshop) => {
  trying.disabled = false;
  panel.leave = async (deed) => { if (await workshop.save()) deed(); };
  modeler.on("commandStack.changed", () => { workshop.changed(); });
});
