// A citation opens the paragraph it rests on beside the digest, marked, instead of leaving the page.

import { unfold } from "./folded.js";

const panel = document.getElementById("panel");
const held = new Map(); // address → promise of a document
let opener = null;

export function citations() {
  if (!panel) return;
  document.addEventListener("click", (event) => {
    const cite = event.target.closest("a.cite[data-document]");
    if (!cite || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (cite === opener && !panel.hidden) close();
    else open(cite);
  });
  panel.querySelector(".panel-close").addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden && !document.querySelector("dialog[open]")) close();
  });
  addEventListener("hashchange", follow);
  follow();
}

// #DOCUMENT.p5 is the address of an open citation on a page of many documents.
async function follow() {
  const [, id, number] = location.hash.match(/^#(\w+)\.p(\d+)$/) ?? [];
  if (!id) return;
  const place = `#${CSS.escape(id)} a.cite[data-paragraph="${number}"]`;
  if (!document.querySelector(place)) await unfold(document.querySelector(`#${CSS.escape(id)} .folded`));
  const cite = document.querySelector(place);
  if (!cite) return;
  document.getElementById(id).scrollIntoView();
  open(cite);
}

async function open(cite) {
  const { document: id, version, paragraph } = cite.dataset;
  opener?.classList.remove("open");
  opener = cite;
  cite.classList.add("open");
  history.replaceState(history.state, "", `#${id}.p${paragraph}`);
  const address = `/documents/${id}?version=${version}`;
  const link = panel.querySelector(".panel-link a");
  link.href = `${address}#p${paragraph}`;
  const list = panel.querySelector(".paragraphs");
  const title = panel.querySelector("h2");
  try {
    const { document: found } = await load(address);
    if (opener !== cite) return; // another was chosen meanwhile
    const sought = [...(cite.closest(".point, .passages li")?.querySelectorAll(".original q, .says, mark") ?? [])];
    const said = sought.map((one) => one.textContent);
    speak(title, found.title, found.language);
    panel.querySelector(".panel-where").textContent = panel.dataset.where
      .replace("{n}", paragraph)
      .replace("{of}", found.paragraphs.length);
    list.replaceChildren(...found.paragraphs.map((one) => item(one, one.number === Number(paragraph), said)));
    if (found.language !== "und") list.lang = found.language;
  } catch {
    speak(title, panel.dataset.failed, "");
    list.replaceChildren();
  }
  panel.hidden = false;
  title.focus({ preventScroll: true });
  const cited = list.querySelector(".cited");
  if (cited) list.scrollTop = cited.offsetTop - list.offsetTop - list.clientHeight / 4;
}

function close() {
  panel.hidden = true;
  history.replaceState(history.state, "", location.pathname + location.search);
  opener?.classList.remove("open");
  opener?.focus();
  opener = null;
}

function load(address) {
  if (!held.has(address)) {
    const answer = fetch(`${address}&format=json`).then((response) => {
      if (!response.ok) throw new Error(response.statusText);
      return response.json();
    });
    answer.catch(() => held.delete(address));
    held.set(address, answer);
  }
  return held.get(address);
}

function speak(element, text, language) {
  element.textContent = text;
  if (language && language !== "und") element.lang = language;
  else element.removeAttribute("lang");
}

function item(paragraph, cited, said) {
  const li = document.createElement("li");
  const number = document.createElement("span");
  number.className = "number";
  number.textContent = paragraph.number;
  const text = document.createElement("p");
  text.textContent = paragraph.text;
  if (cited) {
    li.className = "cited";
    li.setAttribute("aria-current", "true");
    markIn(text, said);
  }
  li.append(number, text);
  return li;
}

// Marks what the digest took from the paragraph, or what the search found in it; nothing when a digest
// says it in words of its own.
function markIn(element, said) {
  const text = element.textContent;
  const parts = [];
  let end = 0;
  for (const one of said) {
    const sought = one.trim();
    const found = place(text, sought, end) ?? place(text, sought.replace(/[.。…]+$/, ""), end);
    if (!found) continue;
    const mark = document.createElement("mark");
    mark.textContent = text.slice(...found);
    parts.push(text.slice(end, found[0]), mark);
    end = found[1];
  }
  element.replaceChildren(...parts, text.slice(end));
}

// [start, end] of `sought` from `from` on; its first letter may have been made a capital.
function place(text, sought, from) {
  if (!sought) return null;
  const start = text.indexOf(sought, from);
  if (start >= 0) return [start, start + sought.length];
  const rest = sought.length > 1 ? text.indexOf(sought.slice(1), from + 1) : -1;
  return rest > 0 ? [rest - 1, rest - 1 + sought.length] : null;
}
