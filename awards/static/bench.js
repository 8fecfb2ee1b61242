// The page where one entry is judged: keys that lead between entry, sheet and the judge's other entries, and on a narrow
// screen the bar that leads back to where one was reading. Every way to another entry is a button of the form, so that
// it saves. Single letters work outside text fields and can be switched off; what the keys are stands under the sheet.
const OFF = "single keys off"; // in this tab

const form = document.getElementById("sheet-form");
const entry = document.getElementById("entry");
const sheet = document.getElementById("sheet");
const keys = document.querySelector("[data-keys]");
const single = document.querySelector("[data-single]");
let reading = null;
let letters = true;

function toSheet() {
  if (!within(sheet)) reading = scrollY;
  // Beside the entry the sheet is scrolled alone; below it the criterion takes the screen.
  const block = matchMedia("(min-width: 68rem)").matches ? "nearest" : "start";
  document.dispatchEvent(new CustomEvent("sheet:enter", { detail: { block } }));
}

function toEntry() {
  entry.focus({ preventScroll: true });
  if (reading !== null) scrollTo({ top: reading, behavior: "instant" });
  else if (!within(entry)) entry.scrollIntoView({ behavior: "instant" });
}

function within(place) {
  const { top, bottom } = place.getBoundingClientRect();
  return top < innerHeight / 2 && bottom > innerHeight / 2;
}

function press(selector) {
  form.querySelector(selector)?.click();
}

function letterOf(event) {
  if (/^[a-z?]$/i.test(event.key)) return event.key.toLowerCase();
  return event.shiftKey ? "" : /^Key([A-Z])$/.exec(event.code)?.[1].toLowerCase() ?? "";
}

const WAYS = {
  s: toSheet,
  e: toEntry,
  n: () => press("[data-way=after]"),
  p: () => press("[data-way=before]"),
  "?": () => { keys.open = true; keys.querySelector("summary").focus(); },
};

if (form && keys) {
  keys.hidden = false;
  const { off } = single.dataset;
  const on = single.textContent;
  const set = (working) => {
    letters = working;
    single.setAttribute("aria-pressed", String(working));
    single.textContent = working ? on : off;
  };
  try { set(sessionStorage.getItem(OFF) === null); } catch { /* forbidden: they are on */ }
  single.addEventListener("click", () => {
    set(!letters);
    try {
      if (letters) sessionStorage.removeItem(OFF);
      else sessionStorage.setItem(OFF, "1");
    } catch { /* forbidden: it holds for this page */ }
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      press("button[name=next]");
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || !letters) return;
    if (event.target.closest?.("textarea, select, input:not([type=radio], [type=checkbox])")) return;
    const way = WAYS[letterOf(event)];
    if (!way) return;
    event.preventDefault();
    way();
  });
}

// --- the bar of a narrow screen: one of its two ways at a time, and what the sheet says of saving

const ways = [...document.querySelectorAll("[data-to]")];
if (sheet && entry && ways.length) {
  for (const way of ways) {
    way.addEventListener("click", (event) => {
      event.preventDefault();
      if (way.dataset.to === "entry") toEntry();
      else if (form) toSheet();
      else { reading = scrollY; sheet.focus(); }
    });
  }
  const show = () => {
    const inSheet = sheet.getBoundingClientRect().top < innerHeight * 0.6;
    for (const way of ways) way.hidden = (way.dataset.to === "sheet") === inSheet;
  };
  new IntersectionObserver(show, { rootMargin: "0px 0px -40% 0px" }).observe(sheet);
}

const saved = form?.querySelector("[data-autosave-status]");
const too = document.querySelector("[data-saved-too]");
if (saved && too) {
  const repeat = () => {
    too.className = saved.className;
    too.textContent = saved.textContent;
  };
  new MutationObserver(repeat).observe(saved, { childList: true, characterData: true, subtree: true, attributes: true });
  repeat();
}
