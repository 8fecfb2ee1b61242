// Counts words while one writes. The server counts the same way: what stands between white space.
for (const area of document.querySelectorAll("textarea[data-words]")) {
  const count = document.getElementById(area.dataset.words);
  if (!count) continue;
  const [number, excess] = [count.querySelector("b"), count.querySelector("span")];
  const [min, max] = [Number(count.dataset.min), Number(count.dataset.max)];
  const show = () => {
    const n = area.value.split(/\s+/u).filter(Boolean).length;
    number.textContent = n.toLocaleString(document.documentElement.lang.startsWith("qps") ? "en" : document.documentElement.lang);
    const many = max > 0 && n > max;
    count.classList.toggle("count-over", many);
    excess.textContent = many
      ? count.dataset.many.replace("{n}", n - max)
      : n < min ? count.dataset.few.replace("{n}", min - n) : "";
  };
  area.addEventListener("input", show);
  show();
}
