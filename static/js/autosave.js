// form[data-autosave="URL"]: keeps a draft on the server while somebody writes, and says so in the form's
// [data-autosave-note], whose data-saved="… {time}" and data-failed="…" are the words.
const WAIT = 2000;
const AGAIN = 15000;
// Browsers refuse larger requests that shall outlive their page.
const OUTLIVES = 60_000;

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const note = form.querySelector("[data-autosave-note]");
  let timer;
  let changed = false;
  let sending;

  const say = (words) => {
    if (note && words) note.textContent = words.replace("{time}", clock());
  };

  const plan = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };

  async function save() {
    if (sending || !changed) return;
    sending = new AbortController();
    changed = false;
    try {
      const body = written(form);
      const keepalive = body.toString().length < OUTLIVES;
      const { signal } = sending;
      const answer = await fetch(form.dataset.autosave, { method: "POST", body, keepalive, signal, redirect: "error" });
      if (!answer.ok) throw new Error(`not kept: ${answer.status}`);
      say(note?.dataset.saved);
      if (changed) plan(WAIT);
      else form.dispatchEvent(new Event("kept"));
    } catch {
      if (sending.signal.aborted) return;
      changed = true;
      say(note?.dataset.failed);
      plan(AGAIN);
    } finally {
      sending = undefined;
    }
  }

  form.addEventListener("input", () => {
    changed = true;
    plan(WAIT);
  });
  // A draft that arrives after its form would live on as one.
  form.addEventListener("submit", () => {
    changed = false;
    clearTimeout(timer);
    sending?.abort();
  });
  // The tab is put away, perhaps for good: what was written last is not left to the clock.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) save();
  });
}

function written(form) {
  const typed = [...new FormData(form)].filter(([name, value]) => name !== "once" && typeof value === "string");
  return new URLSearchParams(typed);
}

function clock() {
  const language = document.documentElement.lang || undefined;
  return new Date().toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}
