// The one policy of this site: only HTML that our own server rendered becomes elements.
const policy = window.trustedTypes?.createPolicy("kabeuchi", { createHTML: (html) => html });

/** Replaces what is inside an element by HTML from one of our own answers. */
export async function showAnswer(element, answer) {
  const inside = new URL(answer.url).origin === location.origin;
  if (!inside || !answer.ok || answer.redirected) throw new Error(`no piece of a page: ${answer.status}`);
  const html = await answer.text();
  element.innerHTML = policy ? policy.createHTML(html) : html;
}

/** A piece of a page from one of our own answers, as a document of its own. */
export async function readAnswer(answer) {
  if (new URL(answer.url).origin !== location.origin || !answer.ok) throw new Error(`no piece of a page: ${answer.status}`);
  const html = await answer.text();
  return new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");
}
