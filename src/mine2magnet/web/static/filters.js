// Filters stand open where there is room for them, and apply as they are ticked.

export function filters() {
  const box = document.getElementById("filters");
  if (box) {
    const room = matchMedia("(min-width: 1200px)");
    const fit = () => (box.open = room.matches);
    room.addEventListener("change", fit);
    fit();
    const form = box.querySelector("form");
    form.addEventListener("change", (event) => {
      if (event.target.type !== "checkbox") return;
      sessionStorage.setItem("ticked", `${event.target.name}=${event.target.value}`);
      form.requestSubmit();
    });
    restoreFocus(form);
  }
  for (const select of document.querySelectorAll("select[data-submit]")) {
    select.addEventListener("change", () => select.form.requestSubmit());
  }
  for (const form of document.querySelectorAll("form:not([method])")) {
    form.addEventListener("submit", () => leaveOutEmpty(form));
  }
}

function restoreFocus(form) {
  const ticked = sessionStorage.getItem("ticked");
  sessionStorage.removeItem("ticked");
  for (const input of form.querySelectorAll("input[type=checkbox]")) {
    if (`${input.name}=${input.value}` !== ticked) continue;
    input.closest("details").open = true;
    document.getElementById("filters").open = true;
    input.focus({ preventScroll: true });
  }
}

function leaveOutEmpty(form) {
  const empty = [...form.elements].filter((one) => one.name && !one.value);
  for (const one of empty) one.disabled = true;
  setTimeout(() => { for (const one of empty) one.disabled = false; });
}
