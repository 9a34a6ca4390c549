// select[data-zone-guess="… {zone} …"]: where this device names another zone than the one chosen, says so and offers
// a button with the words of data-zone-use. It never chooses by itself: some browsers say UTC to protect their users.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

for (const select of document.querySelectorAll("select[data-zone-guess]")) {
  const option = [...select.options].find((one) => one.value === zone);
  if (!option || select.value === zone) continue;
  const hint = document.createElement("p");
  const button = document.createElement("button");
  hint.className = "field__after";
  hint.append(select.dataset.zoneGuess.replace("{zone}", zone), " ", button);
  button.type = "button";
  button.className = "button button--small";
  button.textContent = select.dataset.zoneUse ?? zone;
  button.addEventListener("click", () => {
    select.value = zone;
    select.dispatchEvent(new Event("input", { bubbles: true }));
    hint.remove();
    select.focus();
  });
  select.after(hint);
}
