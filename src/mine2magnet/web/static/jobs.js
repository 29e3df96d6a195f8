// A run of a model that is not done yet: its words and progress as they come in, then its result in their place.

let moved = false; // who has moved on is reading something else
let source = null;

export function jobs() {
  for (const kind of ["wheel", "touchmove", "keydown"]) addEventListener(kind, () => (moved = true), { once: true, passive: true });
  followJob();
}

export function followJob() {
  source?.close();
  source = null;
  const job = document.getElementById("job");
  if (!job) return;
  source = new EventSource(job.dataset.events);
  source.addEventListener("message", (event) => {
    const now = JSON.parse(event.data);
    if (!now.waits) return ended(job, now);
    const said = document.getElementById("job-said");
    if (said.textContent !== now.said) said.textContent = now.said;
    if (now.part) job.querySelector("progress").value = now.part;
  });
}

async function ended(job, now) {
  source.close();
  const region = job.closest("#outcome, #stress-result");
  const fresh = now.state === "done" && region.isConnected ? await result(region.id) : null;
  if (!fresh) return location.reload(); // a mistake stands beside its field
  region.replaceWith(fresh);
  if (document.getElementById("job")) return followJob(); // of a plant, then of the chain with it
  const status = document.querySelector("[data-done]");
  if (status) status.textContent = status.dataset.done;
  if (region.id === "outcome" && !moved) fresh.scrollIntoView();
}

async function result(id) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById(id);
  return found && document.adoptNode(found);
}
