// Keeps the focus over pages: after a search it is at what was found, after Back on the link that was followed.

const SEARCHED = "searched";

export function focus() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (link) history.replaceState({ ...history.state, link: place(link) }, "");
  });
  for (const form of document.querySelectorAll("form[role=search]")) {
    form.addEventListener("submit", () => sessionStorage.setItem(SEARCHED, "1"));
  }
  const searched = sessionStorage.getItem(SEARCHED);
  sessionStorage.removeItem(SEARCHED);
  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") back();
  else if (searched) results();
}

// Which link it is: its address, and how many others before it have the same.
function place(link) {
  const href = link.getAttribute("href");
  return [href, same(href).indexOf(link)];
}

function same(href) {
  return [...document.querySelectorAll("a[href]")].filter((one) => one.getAttribute("href") === href);
}

function back() {
  const [href, number] = history.state?.link ?? [];
  if (href) same(href)[number]?.focus({ preventScroll: true });
}

function results() {
  const heading = document.querySelector("main h1");
  if (!heading || document.activeElement !== document.body) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
