// What is folded below a document that was found is fetched when it is opened; without script a link leads there.

export function folded() {
  document.addEventListener("toggle", (event) => event.target.open && unfold(event.target), true);
}

export async function unfold(details) {
  const from = details?.dataset.from;
  if (!from) return;
  delete details.dataset.from;
  const answer = await fetch(from, { headers: { accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) {
    details.dataset.from = from; // opened again it is tried again; the link is there meanwhile
    return;
  }
  const held = new DOMParser().parseFromString(await answer.text(), "text/html");
  details.replaceChildren(details.querySelector("summary"), ...held.body.children);
}
