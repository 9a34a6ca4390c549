// [data-timer-since="instant"]: minutes and seconds since then, as text. data-timer-now is the server's clock when
// this was drawn, so that a wrong clock of this device does no harm.
const seen = new WeakMap();

function told(timer) {
  if (!seen.has(timer)) seen.set(timer, performance.now());
  const drawn = new Date(timer.dataset.timerNow ?? Date.now()).getTime();
  const now = drawn + (timer.dataset.timerNow ? performance.now() - seen.get(timer) : 0);
  const seconds = Math.max(0, Math.floor((now - new Date(timer.dataset.timerSince).getTime()) / 1000));
  const text = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  if (timer.textContent !== text) timer.textContent = text;
}

if (document.querySelector("[data-timer-since]")) {
  const tick = () => document.hidden || document.querySelectorAll("[data-timer-since]").forEach(told);
  tick();
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
}
