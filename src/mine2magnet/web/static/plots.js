// What a mark says, beside it, when it is pointed at or focused; without script the browser shows its title.

export function plots() {
  const tip = document.getElementById("tip");
  if (!tip) return;
  for (const dot of document.querySelectorAll(".plot .dot")) {
    const title = dot.querySelector("title");
    const said = title.textContent;
    dot.setAttribute("aria-label", said.replaceAll("\n", ". "));
    title.remove(); // else the browser shows it as well
    const show = () => open(tip, dot, said.split("\n"));
    dot.addEventListener("mouseenter", show);
    dot.addEventListener("focus", show);
    for (const event of ["mouseleave", "blur"]) dot.addEventListener(event, () => (tip.hidden = true));
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") tip.hidden = true;
  });
  addEventListener("scroll", () => (tip.hidden = true), { passive: true });
}

function open(tip, dot, [amount, source, sentence]) {
  const [strong, span, quote] = tip.children;
  strong.textContent = amount;
  span.textContent = source;
  quote.textContent = sentence;
  quote.lang = dot.dataset.language === "und" ? "" : dot.dataset.language;
  tip.hidden = false;
  const mark = dot.getBoundingClientRect();
  const own = tip.getBoundingClientRect();
  const left = Math.min(Math.max(8, mark.x + mark.width / 2 - own.width / 2), innerWidth - own.width - 8);
  const above = mark.y - own.height - 6;
  tip.style.left = `${left}px`;
  tip.style.top = `${above > 4 ? above : mark.bottom + 6}px`;
}
