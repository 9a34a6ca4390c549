// [data-timer-since="instant"]: minutes and seconds since then, as text. data-timer-now is the server's clock when
// the page was made, so that a wrong clock of this device does no harm.
const timers = [...document.querySelectorAll("[data-timer-since]")];
const began = performance.now();

function told(timer) {
  const now = new Date(timer.dataset.timerNow ?? Date.now()).getTime();
  const passed = now + (timer.dataset.timerNow ? performance.now() - began : 0) - new Date(timer.dataset.timerSince).getTime();
  const seconds = Math.max(0, Math.floor(passed / 1000));
  const text = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  if (timer.textContent !== text) timer.textContent = text;
}

if (timers.length) {
  const tick = () => document.hidden || timers.forEach(told);
  tick();
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
}
