/* Texts of forms say days as an office writes them, whatever came into them: 15 Desember 2026 for 2026-12-15. */
import { MarkdownRenderer } from "@bpmn-io/form-js-viewer";

const DAY = /(?<![\w-])(\d{4})-(\d{2})-(\d{2})(?![\w-])/g;
const written = new Intl.DateTimeFormat("id-ID", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

export function said(text) {
  return text.replace(DAY, (iso) => {
    const time = Date.parse(`${iso}T00:00:00Z`);
    return Number.isNaN(time) ? iso : written.format(time);
  });
}

// Markup in what somebody filled in is told as it stands; a text's own form is Markdown.
class Renderer extends MarkdownRenderer {
  render(markdown) {
    return super.render(said(markdown).replaceAll("<", "&lt;"));
  }
}
Renderer.$inject = [];

export const daysSaidModule = { markdownRenderer: ["type", Renderer] };
