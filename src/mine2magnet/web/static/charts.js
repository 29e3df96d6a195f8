// Values of a chart, read by pointer, finger or arrow keys: the picture carries the places at which they stand.

const held = new WeakMap(); // marks by picture, from left to right
let tip, current;

export function charts() {
  tip = document.body.appendChild(document.createElement("p"));
  tip.className = "tip reading";
  tip.setAttribute("role", "status");
  tip.hidden = true;
  for (const event of ["pointermove", "pointerdown"]) document.addEventListener(event, pointed, { passive: true });
  document.addEventListener("focusin", ({ target }) => target.matches("svg[data-marks]:focus-visible") && show(target, 0));
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", keyed);
  addEventListener("scroll", hide, { passive: true });
}

function marks(svg) {
  if (!held.has(svg)) held.set(svg, JSON.parse(svg.dataset.marks).sort(([a], [b]) => a - b));
  return held.get(svg);
}

function pointed({ target, clientX, clientY }) {
  const svg = target.closest?.("svg[data-marks]");
  if (!svg) return document.activeElement?.matches("svg[data-marks]:focus-visible") || hide();
  const at = new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse());
  const tall = svg.dataset.along ? 0.02 : 1; // where values stand one after the other, only that counts
  const far = ([x, y]) => (x - at.x) ** 2 + tall * (y - at.y) ** 2;
  const all = marks(svg);
  show(svg, all.reduce((best, mark, i) => (far(mark) < far(all[best]) ? i : best), 0));
}

function keyed(event) {
  const svg = event.target.closest?.("svg[data-marks]");
  if (!svg) return;
  const last = marks(svg).length - 1;
  const at = current?.svg === svg ? current.index : 0;
  const next = { ArrowRight: at + 1, ArrowUp: at + 1, ArrowLeft: at - 1, ArrowDown: at - 1, PageDown: at + 10, PageUp: at - 10, Home: 0, End: last }[event.key];
  if (event.key === "Escape") return hide();
  if (next === undefined) return;
  event.preventDefault();
  show(svg, Math.min(Math.max(next, 0), last));
}

function show(svg, index) {
  if (current?.svg === svg && current.index === index) return;
  hide();
  const [x, y, said] = marks(svg)[index];
  const dot = svg.appendChild(document.createElementNS(svg.namespaceURI, "circle"));
  for (const [name, value] of Object.entries({ cx: x, cy: y, r: 4, class: "read" })) dot.setAttribute(name, value);
  current = { svg, index, dot };
  tip.textContent = said;
  tip.hidden = false;
  const mark = dot.getBoundingClientRect();
  const own = tip.getBoundingClientRect();
  const above = mark.y - own.height - 8;
  tip.style.left = `${Math.min(Math.max(8, mark.x - own.width / 2), innerWidth - own.width - 8)}px`;
  tip.style.top = `${above > 4 ? above : mark.bottom + 8}px`;
}

function hide() {
  current?.dot.remove();
  current = undefined;
  tip.hidden = true;
}
