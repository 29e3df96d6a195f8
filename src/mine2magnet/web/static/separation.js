// The separation page: products that fit the feed.

export function separation() {
  const form = document.getElementById("separation-form");
  if (!form) return;
  const examples = [...form.feed.options].map((option) => option.dataset.products);
  form.feed.addEventListener("change", () => {
    // What the reader wrote stays.
    if (examples.includes(form.products.value)) form.products.value = form.feed.selectedOptions[0].dataset.products;
  });
}
