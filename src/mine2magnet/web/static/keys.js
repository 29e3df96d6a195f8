// Single keys: / to search, j and k between documents, ? for help. They can be switched off in the help.

const OFF = "keys-off";

export function keys() {
  const help = document.getElementById("help");
  const opener = document.getElementById("help-open");
  const on = document.getElementById("keys-on");
  opener.hidden = false;
  opener.addEventListener("click", () => help.showModal());
  on.checked = !localStorage.getItem(OFF);
  on.addEventListener("change", () => (on.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
  document.addEventListener("keydown", (event) => {
    if (!on.checked || event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.target.closest("input, textarea, select")) return;
    const act = { "/": search, j: () => move(1), k: () => move(-1), "?": () => help.showModal() }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function search() {
  const box = document.getElementById("q");
  box.focus();
  box.select();
}

function move(step) {
  const cards = [...document.querySelectorAll(".card")];
  if (!cards.length) return;
  const now = cards.indexOf(document.activeElement.closest(".card"));
  const next = cards[now < 0 ? (step > 0 ? 0 : cards.length - 1) : now + step];
  if (!next) return;
  next.querySelector("h2 a").focus({ preventScroll: true });
  next.scrollIntoView();
}
