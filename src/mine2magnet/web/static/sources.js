// The list of sources is brought up to date while one is being read.

const PAUSE = 1500; // ms

export function sources() {
  const list = document.getElementById("sources");
  if (list?.querySelector("[data-waiting]")) setTimeout(() => refresh(list), PAUSE);
}

async function refresh(list) {
  const answer = await fetch(location.href).catch(() => null);
  if (answer?.ok && !list.contains(document.activeElement)) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    list.replaceChildren(...page.getElementById("sources").childNodes);
  }
  sources();
}
