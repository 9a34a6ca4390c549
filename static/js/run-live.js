// [data-live="URL"]: asks there every few seconds for the piece of the page that others may have changed, and takes
// over what differs. What somebody is typing stays; while nobody looks, and when it is over, nothing is asked.
import { readAnswer } from "./trusted-types.js";

const EVERY = 5000;
const region = document.querySelector("[data-live]");
let waiting;

function differs(control) {
  if (control.type === "hidden" || control.tagName === "SELECT") return false;
  if (["radio", "checkbox"].includes(control.type)) return control.checked !== control.defaultChecked;
  return control.value !== control.defaultValue;
}

const isTyping = () => [...document.querySelectorAll("input, textarea")].some(differs) || document.activeElement?.matches("input, textarea");

// A button that has the focus keeps it as the button at the same place.
function takePart(old, fresh) {
  if (!old || !fresh) return;
  const focused = [...old.querySelectorAll("a, button")].indexOf(document.activeElement);
  old.replaceWith(fresh);
  if (focused >= 0) fresh.querySelectorAll("a, button")[focused]?.focus();
}

function takeBlocks(fresh) {
  const list = region.querySelector(".run-sheet");
  for (const gone of list.querySelectorAll(":scope > li")) if (!fresh.querySelector(`#${gone.id}`)) gone.remove();
  for (const [place, block] of [...fresh.querySelectorAll(".run-sheet > li")].entries()) {
    const own = list.querySelector(`:scope > #${block.id}`);
    if (!own) {
      list.insertBefore(block, list.children[place] ?? null);
      continue;
    }
    own.className = block.className;
    block.ariaCurrent ? own.setAttribute("aria-current", "step") : own.removeAttribute("aria-current");
    takePart(own.querySelector("[data-live-part]"), block.querySelector("[data-live-part]"));
  }
}

function take(fresh) {
  if (fresh.dataset.liveState !== region.dataset.liveState) {
    if (!isTyping()) return location.reload();
    region.querySelector("[data-live-changed]").hidden = false;
    return false;
  }
  region.dataset.liveTag = fresh.dataset.liveTag;
  takePart(region.querySelector(".run-now"), fresh.querySelector(".run-now"));
  takeBlocks(fresh);
  return true;
}

async function look() {
  clearTimeout(waiting);
  if (document.hidden) return;
  let goesOn = true;
  try {
    const headers = { "if-none-match": `"${region.dataset.liveTag}"` };
    const answer = await fetch(region.dataset.live, { headers, cache: "no-store" });
    if ([401, 403, 404].includes(answer.status) || answer.redirected) goesOn = false;
    else if (answer.status !== 304) goesOn = take((await readAnswer(answer)).getElementById("live"));
  } catch {
    // Cut off: the next look may reach the server again.
  }
  if (goesOn) waiting = setTimeout(look, EVERY);
}

if (region) {
  region.querySelector("[data-live-reload]")?.setAttribute("hidden", "");
  waiting = setTimeout(look, EVERY);
  document.addEventListener("visibilitychange", look);
}
