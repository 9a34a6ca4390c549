// input[data-work="BITS"] holds a challenge: while somebody writes, its form looks for a number with which the
// hash of the challenge begins with so many zero bits. Whoever sends before it is found waits for it, and is
// told so in [data-work-note]. Without a number the server asks by mail.
import { readAnswer } from "./trusted-types.js";

const BATCH = 256;
// The server takes a challenge for ten minutes.
const FRESH = 8 * 60_000;
const PATIENCE = 30_000;

if (globalThis.crypto?.subtle) document.querySelectorAll("input[data-work]").forEach(watch);

function watch(challenge) {
  const { form } = challenge;
  const number = form.elements.work;
  const note = form.querySelector("[data-work-note]");
  let drawn = Date.now();
  let searching;
  let isWaiting = false;
  let gaveUp = false;

  const isFresh = () => Date.now() - drawn < FRESH;
  const isReady = () => number.value !== "" && isFresh();

  async function search() {
    number.value = "";
    if (!isFresh()) await renew();
    const found = await find(challenge.value, Number(challenge.dataset.work));
    number.value = String(found);
  }

  async function renew() {
    const page = await readAnswer(await fetch(form.action));
    const other = page.querySelector("input[data-work]");
    if (!other) throw new Error("no work is asked for any more");
    challenge.value = other.value;
    challenge.dataset.work = other.dataset.work;
    drawn = Date.now();
  }

  function begin() {
    if (isReady()) return Promise.resolve();
    searching ??= search().finally(() => (searching = undefined));
    return searching;
  }

  async function send(submitter) {
    isWaiting = true;
    note.textContent = note.dataset.waiting;
    const patience = new Promise((_, reject) => setTimeout(reject, PATIENCE));
    await Promise.race([begin(), patience]).catch(() => (gaveUp = true));
    note.textContent = "";
    isWaiting = false;
    form.requestSubmit(submitter);
  }

  form.addEventListener("input", () => begin().catch(() => {}));
  form.addEventListener("submit", (event) => {
    if (isReady() || gaveUp) return;
    event.preventDefault();
    if (!isWaiting) send(event.submitter);
  });
  // A form that came back is sent again as it is.
  if ([...form.querySelectorAll("textarea")].some((text) => text.value)) begin().catch(() => {});
}

async function find(text, bits) {
  const encoder = new TextEncoder();
  const hash = (number) => crypto.subtle.digest("SHA-256", encoder.encode(`${text}.${number}`));
  for (let first = 0; ; first += BATCH) {
    const hashes = await Promise.all(Array.from({ length: BATCH }, (_, n) => hash(first + n)));
    const found = hashes.findIndex((bytes) => zeros(new Uint8Array(bytes)) >= bits);
    if (found >= 0) return first + found;
    // Between two batches the page answers to whoever writes.
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function zeros(bytes) {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? bytes.length * 8 : first * 8 + Math.clz32(bytes[first]) - 24;
}
