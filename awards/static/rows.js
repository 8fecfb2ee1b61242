// Adds a row to a table of indicators without asking the server, so that it works on a broken line too. Without this
// script the button saves what is written and brings the page back with one more row.
const MOST = 20;

for (const button of document.querySelectorAll("button[data-add-row]")) {
  const name = button.dataset.addRow;
  const table = document.querySelector(`[data-rows="${CSS.escape(name)}"]`);
  if (!table) continue;
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const rows = table.children;
    if (rows.length >= MOST) return button.setAttribute("disabled", "");
    const row = rows[rows.length - 1].cloneNode(true);
    row.setAttribute("aria-label", row.dataset.label.replace("{n}", rows.length + 1));
    row.querySelector(".error")?.remove();
    row.classList.remove("field-error");
    for (const input of row.querySelectorAll("input")) {
      const cell = input.name.split(".").pop();
      input.id = input.name = `${name}.${rows.length}.${cell}`;
      input.value = "";
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
      row.querySelector(`label:has(+ input[name="${CSS.escape(input.name)}"])`).htmlFor = input.id;
    }
    table.append(row);
    row.querySelector("input").focus();
  });
}
