// form[data-unsaved]: leaving with text that is kept nowhere asks first. The autosave tells when it is kept.
const dirty = new Set();
const ask = (event) => event.preventDefault();

// The listener exists only while it is needed: with it, browsers keep no page in memory for "back".
function mark(form, isDirty) {
  dirty[isDirty ? "add" : "delete"](form);
  if (dirty.size) window.addEventListener("beforeunload", ask);
  else window.removeEventListener("beforeunload", ask);
}

for (const form of document.querySelectorAll("form[data-unsaved]")) {
  form.addEventListener("input", () => mark(form, true));
  for (const done of ["kept", "submit", "reset"]) form.addEventListener(done, () => mark(form, false));
}
