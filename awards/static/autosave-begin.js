// The rest of autosave.js, in one block with it: the parts of this page begin, and forms wait for what is on its way.

function csrf(form) {
  return form.elements.namedItem("csrf")?.value ?? "";
}

function key() {
  // randomUUID exists on https and localhost only; the values behind it exist everywhere.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function kept(name) {
  try { return JSON.parse(sessionStorage.getItem(name)); } catch { return null; }
}

function same(fields, others) {
  return Object.entries(fields).every(([name, value]) => JSON.stringify(value) === JSON.stringify(others[name] ?? ""));
}

// A form was sent and a page came of it, another one or the same that says what is wrong: it arrived, and what was kept of
// it has done its duty.
try {
  const answered = document.querySelector(".error-summary") !== null;
  for (const name of Object.keys(sessionStorage)) {
    const item = name.startsWith(KEPT) && kept(name);
    if (item?.submitted && (answered || item.page !== location.pathname)) sessionStorage.removeItem(name);
  }
} catch { /* forbidden: nothing was kept */ }

const parts = Array.from(document.querySelectorAll("[data-autosave-url]"), (root) => new Autosave(root));

// What is on its way arrives first: a form that overtook it would meet it there as somebody else's text.
const patient = new Map();
document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  const coming = parts.filter((part) => part.form === form && part.running).map((part) => part.running);
  if (!coming.length || patient.get(form) === "waited") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (patient.has(form)) return;
  patient.set(form, "waits");
  await Promise.race([Promise.all(coming), new Promise((over) => { setTimeout(over, OVERTAKEN_AFTER); })]);
  patient.set(form, "waited");
  form.requestSubmit(submitter);
  patient.delete(form);
}, true);
