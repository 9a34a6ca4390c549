// [data-slot-grid]: arrow keys walk through the times as they lie on the screen; where days lie under each other,
// a row of buttons shows one day alone. The words for "all days" are data-all.
for (const grid of document.querySelectorAll("[data-slot-grid]")) {
  const days = [...grid.querySelectorAll(".slot-grid__day")];
  const times = (day) => [...day.querySelectorAll("input:not(:disabled)")];
  const open = () => days.filter((day) => !day.hidden && times(day).length);

  grid.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[event.key];
    const day = event.target.closest(".slot-grid__day");
    if (!step || !day || !event.target.matches("input")) return;
    event.preventDefault();
    const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    const next = sideways ? beside(day, event.target, step) : times(day)[times(day).indexOf(event.target) + step];
    if (!next) return;
    next.focus();
    if (next.type === "checkbox") return;
    next.checked = true;
    next.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // The time of the neighbouring day that is nearest on the clock.
  function beside(day, input, step) {
    const list = open();
    const other = list[list.indexOf(day) + step];
    const clock = (one) => {
      const [hour, minute] = one.closest(".slot").querySelector(".slot__time").textContent.split(":").map(Number);
      return hour * 60 + minute;
    };
    return other && times(other).reduce((best, one) => (Math.abs(clock(one) - clock(input)) < Math.abs(clock(best) - clock(input)) ? one : best));
  }

  const bar = grid.querySelector("[data-slot-filter]");
  if (!bar || days.length < 2) continue;
  const choices = [[bar.dataset.all, null], ...days.filter((day) => times(day).length).map((day) => [day.dataset.day, day])];
  const buttons = choices.map(([words, chosen], index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--small";
    button.textContent = words;
    button.setAttribute("aria-pressed", String(index === 0));
    button.addEventListener("click", () => {
      for (const day of days) day.hidden = chosen !== null && day !== chosen && !day.querySelector(":checked");
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    });
    return button;
  });
  bar.append(...buttons);
  bar.hidden = false;
}
