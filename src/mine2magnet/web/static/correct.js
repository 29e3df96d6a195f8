// A claim's form opens in its row, without the page being loaded anew; the reader's name is remembered.

const NAME = "corrects-as";

export function correct() {
  const table = document.querySelector("table.claims");
  if (!table) return;
  prepare(table);
  table.addEventListener("click", async (event) => {
    const link = event.target.closest("a.mend, a.cancel");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      const body = found.querySelector("table.claims tbody");
      if (!answer.ok || !body) throw new Error(answer.statusText);
      table.tBodies[0].replaceWith(document.adoptNode(body));
      prepare(table);
      const at = document.getElementById(link.hash.slice(1));
      at?.scrollIntoView({ block: "nearest" });
      (at?.querySelector("[autofocus]") ?? at?.querySelector("a.mend"))?.focus();
    } catch {
      location.href = link.href;
    }
  });
  table.addEventListener("keydown", (event) => {
    if (event.key === "Escape") table.querySelector("a.cancel")?.click();
  });
  table.addEventListener("submit", (event) => {
    const name = event.target.elements.by;
    if (name) localStorage.setItem(NAME, name.value);
  });
}

function prepare(table) {
  const name = table.querySelector("#e-by");
  if (name && !name.value) name.value = localStorage.getItem(NAME) ?? "";
}
