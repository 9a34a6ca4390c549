// button[data-preview="URL"]: sends the form's text as `text`, shows the piece of HTML that comes back in the form's
// [data-preview-area]. With data-preview-of="id" another field than the form's first textarea.
import { showAnswer } from "./trusted-types.js";

for (const button of document.querySelectorAll("button[data-preview]")) {
  const form = button.closest("form");
  const area = form?.querySelector("[data-preview-area]");
  const source = button.dataset.previewOf ? document.getElementById(button.dataset.previewOf) : form?.querySelector("textarea");
  if (!area || !source) continue;
  button.hidden = false;
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const body = new URLSearchParams({ text: source.value });
      await showAnswer(area, await fetch(button.dataset.preview, { method: "POST", body }));
    } catch {
      area.textContent = area.dataset.failed ?? "";
    }
    area.hidden = false;
    button.disabled = false;
    button.focus();
  });
}
