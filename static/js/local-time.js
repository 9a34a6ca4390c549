// time[data-local]: where this device's clock shows another time than the page, adds that time. The page's zone
// is the nearest data-zone, the words are the nearest data-local-words="… {time}".
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const language = document.documentElement.lang || undefined;

function told(instant, timeZone) {
  const parts = { weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Intl.DateTimeFormat(language, { ...parts, timeZone }).format(instant);
}

for (const time of document.querySelectorAll("time[data-local][datetime]")) {
  const zone = time.closest("[data-zone]")?.dataset.zone;
  const words = time.closest("[data-local-words]")?.dataset.localWords;
  const instant = new Date(time.dateTime);
  if (!zone || !words || !here || Number.isNaN(instant.getTime())) continue;
  try {
    const mine = told(instant, here);
    if (mine === told(instant, zone)) continue;
    const note = document.createElement("small");
    note.className = "local-time";
    note.textContent = words.replace("{time}", `${mine} ${here}`);
    time.after(" ", note);
  } catch {
    // A zone that this browser does not know: the page's own time stands alone.
  }
}
