// button[data-copy="#id or text"]: copies, and says so with the words of data-copied for two seconds.
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  const words = button.textContent;
  let timer;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const from = button.dataset.copy.startsWith("#") && document.getElementById(button.dataset.copy.slice(1));
    const text = from ? (from.value ?? from.textContent) : button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = button.dataset.copied ?? words;
      clearTimeout(timer);
      timer = setTimeout(() => (button.textContent = words), 2000);
    } catch {
      from?.select?.();
    }
  });
}
