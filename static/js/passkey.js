// form[data-passkey="create" or "get"]: asks the server what to ask the device for (`ask_passkey`), and sends the
// device's answer as the form's `passkey`. Whoever thinks better of it made no mistake.
const canAsk = window.PublicKeyCredential?.parseCreationOptionsFromJSON && PublicKeyCredential.parseRequestOptionsFromJSON;

async function answered(form) {
  const body = new URLSearchParams({ act: "ask_passkey" });
  const asked = await fetch(form.action, { method: "POST", body });
  if (!asked.ok || asked.redirected) throw new Error(`not asked: ${asked.status}`);
  const options = await asked.json();
  return form.dataset.passkey === "create"
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

for (const form of canAsk ? document.querySelectorAll("form[data-passkey]") : []) {
  const button = form.querySelector("button");
  const area = form.querySelector("[data-passkey-error]");
  form.hidden = false;
  for (const note of document.querySelectorAll("[data-passkey-without]")) note.hidden = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    area.hidden = true;
    try {
      const credential = await answered(form);
      form.elements.passkey.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch (error) {
      button.disabled = false;
      if (error.name === "NotAllowedError" || error.name === "AbortError") return;
      area.textContent = error.name === "InvalidStateError" ? area.dataset.present : area.dataset.failed;
      area.hidden = false;
    }
  });
}
