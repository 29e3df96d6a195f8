// A slider that is moved runs the scenario anew and puts it into the address, so that the link keeps it.
import { followJob } from "./jobs.js";

export function stress() {
  const form = document.getElementById("stress-form");
  if (!form) return;
  let waiting, running;
  const run = async () => {
    running?.abort();
    running = new AbortController();
    const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
    const result = document.getElementById("stress-result");
    result.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { signal: running.signal, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("stress-result");
      if (!fresh) return location.assign(address); // an error has a page of its own
      result.replaceWith(document.adoptNode(fresh));
      history.replaceState(null, "", address);
      followJob();
    } catch (error) {
      if (error.name !== "AbortError") result.removeAttribute("aria-busy");
    }
  };
  form.addEventListener("input", (event) => {
    const shown = form.querySelector(`output[for="${event.target.id}"]`);
    if (shown) shown.value = event.target.value;
    if (event.target.id === "scenario") return;
    clearTimeout(waiting);
    waiting = setTimeout(run, 250);
  });
  // Another scenario has sliders of its own; a plant goes with it.
  form.scenario?.addEventListener("change", () => {
    const given = new FormData(form);
    const kept = ["scenario", "plant", "plant_site", "decided"].filter((name) => given.has(name));
    location.assign(`${form.action}?${new URLSearchParams(kept.map((name) => [name, given.get(name)]))}`);
  });
}
