// Shows what a topic would hold while its queries are typed.

const PAUSE = 350; // ms without typing

export function topicForm() {
  const form = document.getElementById("topic-form");
  if (!form) return;
  let timer;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => preview(form), PAUSE);
  };
  form.addEventListener("input", later);
  later();
}

async function preview(form) {
  const box = form.querySelector(".preview");
  const asked = new URLSearchParams(new FormData(form));
  if (!asked.get("queries").trim() && !asked.get("tags").trim()) {
    box.hidden = true;
    return;
  }
  if (!asked.get("name").trim()) asked.set("name", "?");
  asked.set("slug", form.dataset.slug);
  asked.set("format", "json");
  const answer = await fetch(`/preview?${asked}`).catch(() => null);
  if (!answer) return;
  const found = await answer.json();
  box.hidden = false;
  box.classList.toggle("error", !answer.ok);
  const line = box.querySelector("p");
  if (!answer.ok) {
    line.textContent = found.detail;
    box.querySelector("ul").replaceChildren();
    return;
  }
  line.textContent = found.total === 1 ? box.dataset.one : box.dataset.many.replace("{n}", found.total);
  box.querySelector("ul").replaceChildren(
    ...found.newest.map((one) => {
      const li = document.createElement("li");
      li.textContent = one.title;
      if (one.language !== "und") li.lang = one.language;
      return li;
    }),
  );
}
