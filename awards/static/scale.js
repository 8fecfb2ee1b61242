// The score sheet: says the chosen mark in words, and lets the keys 0 to 9 and T choose it.
for (const criterion of document.querySelectorAll("fieldset[data-scale]")) {
  const radios = [...criterion.querySelectorAll(".scale input[type=radio]")];
  const echo = criterion.querySelector(".echo");
  const enough = criterion.querySelector("input[type=checkbox]");

  const say = () => {
    const chosen = radios.find((radio) => radio.checked);
    if (!chosen || !echo) return;
    const mark = document.createElement("b");
    mark.textContent = chosen.nextElementSibling.textContent;
    const words = chosen.dataset.words ? `, ${chosen.dataset.words}` : "";
    echo.replaceChildren(`${criterion.dataset.echo} `, mark, words);
  };

  criterion.addEventListener("change", (event) => {
    // A mark and "not enough evidence" exclude each other; the later one counts.
    if (event.target.type === "radio" && enough?.checked) enough.checked = false;
    say();
  });

  criterion.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !radios.includes(event.target)) return;
    const wanted = event.key.toLowerCase() === "t" ? "10" : event.key;
    const radio = radios.find((each) => each.nextElementSibling.textContent.trim() === wanted);
    if (!radio) return;
    event.preventDefault();
    radio.focus();
    if (!radio.checked) radio.click();
  });
}
