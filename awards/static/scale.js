// The score sheet: says the chosen mark in words and lights its level of the rubric, counts what is marked, and lets keys
// choose: digits mark (one after the other for more of them: 1, 0 is ten), T is ten, X is "not enough evidence", Delete
// takes the mark back, up and down go to the criterion before and after, Enter to the next one without a mark. Left and
// right are the browser's own. Without this script the radios work as radios do.
const TOGETHER = 1200;

const criteria = [];

class Criterion {
  constructor(root) {
    this.root = root;
    this.radios = [...root.querySelectorAll("input[type=radio]")];
    this.marks = this.radios.filter((radio) => radio.value !== "none");
    // Words for marks are not typed: there the places of the marks are, from 0.
    const inWords = root.querySelector(".scale").classList.contains("scale-words");
    this.texts = this.marks.map((radio) => (inWords ? radio.value : label(radio).replace(",", ".")));
    this.echo = root.querySelector(".echo");
    this.levels = [...root.querySelectorAll("[data-from]")];
    this.strip = root.querySelector("svg[data-strip]");
    this.typed = "";
    this.at = 0;
    root.addEventListener("change", () => { this.say(); count(); });
    root.addEventListener("keydown", (event) => this.key(event));
  }

  get chosen() {
    return this.radios.find((radio) => radio.checked);
  }

  enter(how) {
    (this.chosen ?? this.radios[0]).focus(how);
  }

  say() {
    const { chosen } = this;
    const mark = chosen && chosen.value !== "none" ? Number(chosen.value) : null;
    const level = mark === null ? undefined : this.levels.findLast((one) => Number(one.dataset.from) <= mark);
    for (const one of this.levels) one.classList.toggle("on", one === level);
    if (chosen) {
      const bold = Object.assign(document.createElement("b"), { textContent: label(chosen) });
      const words = level?.querySelector("dd").textContent;
      this.echo.replaceChildren(`${this.root.dataset.echo} `, bold, words ? `, ${words}` : "");
    } else {
      this.echo.replaceChildren(Object.assign(document.createElement("span"), {
        className: "soft", textContent: this.root.dataset.unmarked,
      }));
    }
    if (!this.strip?.dataset.x) return;
    const y = 86 - Math.round((72 * mark) / Number(this.strip.dataset.top));
    const place = mark === null ? "" : `M${this.strip.dataset.x} ${y}h0`;
    for (const dot of this.strip.querySelectorAll(".own-rim, .own-dot")) dot.setAttribute("d", place);
  }

  choose(radio) {
    radio.focus();
    if (!radio.checked) radio.click();
  }

  clear() {
    const { chosen } = this;
    if (!chosen) return;
    chosen.checked = false;
    chosen.dispatchEvent(new Event("change", { bubbles: true }));
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || !this.radios.includes(event.target)) return;
    const figure = figureOf(event);
    const letter = letterOf(event);
    if (figure) this.type(figure, event.timeStamp);
    else if (letter === "t") this.choose(this.marks[this.texts.indexOf("10")] ?? event.target);
    else if (letter === "x") this.choose(this.radios.find((radio) => radio.value === "none") ?? event.target);
    else if (["Delete", "Backspace"].includes(event.key)) this.clear();
    else if (event.key === "ArrowDown") go(criteria.indexOf(this) + 1);
    else if (event.key === "ArrowUp") go(criteria.indexOf(this) - 1);
    else if (event.key === "Enter") onwards(this);
    else return;
    event.preventDefault();
  }

  type(figure, at) {
    const both = at - this.at < TOGETHER ? this.typed + figure : figure;
    this.typed = this.texts.some((text) => text.startsWith(both)) ? both : figure;
    this.at = at;
    const radio = this.marks[this.texts.indexOf(this.typed)];
    if (radio) this.choose(radio);
  }
}

function label(radio) {
  return radio.nextElementSibling.textContent.trim();
}

function figureOf(event) {
  if (/^[0-9.,]$/.test(event.key)) return event.key.replace(",", ".");
  // Keyboards of other scripts, and those whose upper row gives digits with Shift only.
  return event.shiftKey ? "" : /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1] ?? "";
}

function letterOf(event) {
  if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase();
  return /^Key([A-Z])$/.exec(event.code)?.[1].toLowerCase() ?? "";
}

function go(place) {
  if (place < 0) return;
  if (place < criteria.length) criteria[place].enter();
  else criteria.at(-1).root.nextElementSibling?.querySelector("input:checked, input, textarea")?.focus();
}

function onwards(from) {
  const after = criteria.indexOf(from) + 1;
  const open = [...criteria.slice(after), ...criteria.slice(0, after)].find((one) => !one.chosen);
  if (open) open.enter();
  else document.querySelector("#sheet-form button[name=next]")?.focus();
}

function count() {
  const all = criteria.length;
  const marked = criteria.filter((one) => one.chosen).length;
  const fill = (text) => text.replace("{marked}", marked).replace("{all}", all);
  const meter = document.querySelector("[data-meter]");
  if (meter) {
    meter.querySelector("span").textContent = marked === all ? meter.dataset.ready : fill(meter.dataset.meter);
    meter.querySelector("progress").value = marked;
  }
  for (const place of document.querySelectorAll("[data-count]")) place.textContent = fill(place.dataset.count);
}

function again() {
  for (const one of criteria) one.say();
  if (criteria.length) count();
}

for (const root of document.querySelectorAll("fieldset[data-scale]")) criteria.push(new Criterion(root));
// What another script puts back into the fields, or the browser does on the way back, is said too.
addEventListener("pageshow", () => setTimeout(again, 0));
// S, and the bar of a narrow screen, lead to the first criterion without a mark.
document.addEventListener("sheet:enter", (event) => {
  const one = criteria.find((each) => !each.chosen) ?? criteria[0];
  one?.enter({ preventScroll: true });
  one?.root.scrollIntoView({ block: event.detail.block, behavior: "instant" });
});
