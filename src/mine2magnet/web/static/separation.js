// The separation page: products that fit the feed, and a result that comes in while the page says how far it is.

const PAUSE = 700; // ms between questions
let moved = false;

export function separation() {
  const form = document.getElementById("separation-form");
  if (!form) return;
  const examples = [...form.feed.options].map((option) => option.dataset.products);
  form.feed.addEventListener("change", () => {
    // What the reader wrote stays.
    if (examples.includes(form.products.value)) form.products.value = form.feed.selectedOptions[0].dataset.products;
  });
  for (const kind of ["wheel", "touchmove", "keydown"]) addEventListener(kind, () => (moved = true), { once: true, passive: true });
  follow();
}

function follow() {
  const working = document.getElementById("separation-working");
  const status = document.getElementById("separation-status");
  if (!working) return;
  if (status.textContent !== working.dataset.doing) status.textContent = working.dataset.doing;
  setTimeout(async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer) return follow(); // the service is away for a moment
    if (!answer.ok) return location.reload(); // the mistake stands beside its field
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const outcome = document.adoptNode(page.getElementById("outcome"));
    document.getElementById("outcome").replaceWith(outcome);
    if (document.getElementById("separation-working")) return follow();
    status.textContent = status.dataset.done;
    if (!moved) outcome.scrollIntoView(); // who has moved on is reading something else
  }, PAUSE);
}
