// Building a question: shows it while one types, as officials will see it, and only the fields that its kind needs.
// The form's own button “Preview” does the same without this script.

const QUIET = 400;

const form = document.getElementById("question");
const kind = form?.elements.namedItem("kind");

const narrow = () => {
  for (const part of form.querySelectorAll("[data-kinds]")) {
    part.hidden = !part.dataset.kinds.split(",").includes(kind.value);
    // What is not seen is not sent, and stands there again where its kind is chosen again.
    for (const control of part.querySelectorAll("input, textarea")) control.disabled = part.hidden;
  }
};

let timer = 0;
let latest = null;

const preview = async () => {
  latest?.abort();
  latest = new AbortController();
  const typed = new URLSearchParams(new FormData(form));
  typed.set("act", "preview");
  try {
    const answer = await fetch(form.action, {
      method: "POST", body: typed, credentials: "same-origin", redirect: "error", signal: latest.signal,
    });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const shown = page.getElementById("preview");
    if (shown) document.getElementById("preview").replaceChildren(...shown.childNodes);
  } catch {
    // The line is gone, or another letter was typed: the next change tries again.
  }
};

if (form && kind) {
  narrow();
  kind.addEventListener("change", narrow);
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(preview, QUIET);
  });
}
