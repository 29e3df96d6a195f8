// Asks now and then how far the background work is, and offers what has come in; it never moves the page.

const BUSY = 3000; // ms between questions while work goes on
const IDLE = 20000; // … and otherwise

export function status() {
  setTimeout(ask, BUSY);
}

async function ask() {
  let busy = false;
  if (!document.hidden) {
    const answer = await fetch(document.body.dataset.status).catch(() => null);
    if (answer?.ok) busy = show(await answer.json());
  }
  setTimeout(ask, busy ? BUSY : IDLE);
}

function show(now) {
  const line = document.getElementById("status");
  const left = now.passages - now.embedded;
  const bar = line.querySelector("progress");
  bar.max = Math.max(now.passages + now.documents, 1);
  bar.value = now.embedded + now.documents - now.undigested;
  say(line, "reading", now.reading, { what: now.reading });
  say(line, "embedded", left > 0, { n: now.embedded, of: now.passages });
  say(line, "undigested", now.undigested > 0, { n: now.undigested });
  say(line, "unclaimed", now.unclaimed > 0, { n: now.unclaimed });
  const busy = left > 0 || now.undigested > 0 || now.unclaimed > 0 || Boolean(now.reading);
  line.hidden = !busy;
  count(now.unread);
  offer(now);
  return busy;
}

function say(line, name, wanted, values) {
  const span = line.querySelector(`[data-say="${name}"]`);
  span.hidden = !wanted;
  span.textContent = span.dataset.text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

function count(unread) {
  const badge = document.getElementById("unread");
  const [shown, said] = badge.children;
  shown.textContent = unread;
  said.textContent = said.dataset.text.replace("{n}", unread);
  badge.hidden = !unread;
}

function offer(now) {
  const link = document.querySelector("#news a");
  const held = document.querySelector("[data-held]");
  if (!held) return;
  const come = (now.in_topic ?? now.documents) - Number(held.dataset.held);
  const digested = document.querySelector("[data-pending]") && now.undigested === 0;
  link.hidden = !(come > 0 || digested);
  if (come > 0) {
    link.textContent = come === 1 ? link.dataset.one : link.dataset.many.replace("{n}", come);
  } else if (digested) {
    link.textContent = link.dataset.digests;
  }
}
