// Work offline, in words: what is kept on this device, what was not taken, and what signing out would take along.

function say(text, href) {
  const place = here?.querySelector("[data-offline-says]");
  if (!place || place.textContent === text) return;
  place.hidden = !text;
  place.replaceChildren(href ? Object.assign(document.createElement("a"), { href, target: "_blank", textContent: text }) : text);
}

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_whole, name) => values[name]);
// English pages are British, as on the server; the pseudo-locale of the tests is English too.
const lang = ["en", "qps"].includes(document.documentElement.lang) ? "en-GB" : document.documentElement.lang;
const clock = (at) => new Date(at).toLocaleString(lang, { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" });

async function show() {
  if (!able || !here) return;
  await ready;
  document.dispatchEvent(new CustomEvent("offline:changed"));
  if (!keeps) return say("");
  const packs = await packsOf();
  const all = await operationsOf();
  const waiting = all.filter((one) => one.state === "waiting");
  refusals(all.filter((one) => one.state !== "waiting"));
  const kept = packs.flatMap((pack) => pack.entries).length;
  const until = packs.length ? clock(Math.min(...packs.map((pack) => pack.at)) + LIFE) : "";
  const counts = { count: waiting.length, entries: kept, until, time: waiting.length ? clock(waiting[0].device_at) : "" };
  if (waiting.length && trouble === "over") return say(filled(words.over, counts), "/sign-in");
  if (waiting.length && trouble === "other") return say(filled(words.other, counts), "/sign-in");
  if (waiting.length) return say(filled(trouble || !navigator.onLine ? words.away : words.sending, counts));
  if (!all.length && packs.some((pack) => pack.sentAt)) return say(filled(words.sent, counts));
  return say(kept && !all.length ? filled(words.ready, counts) : "");
}

// What the server did not take, with what was typed, until its writer says that it is read.
function refusals(lost) {
  const place = here.querySelector("[data-offline-refused]");
  if (!place) return;
  const on = parts.size ? lost.filter((one) => one.state === "refused" && parts.has(one.save)) : lost;
  // A sheet that is open asks by itself what becomes of what was saved elsewhere.
  const groups = Map.groupBy ? Map.groupBy(on, (one) => one.save + one.state) : grouped(on);
  place.replaceChildren(...[...groups.values()].map((group) => {
    const [one] = group;
    const rows = group.flatMap((each) => each.shown.map(([label, text]) => [label, text]));
    const notice = made(filled(words.refused, { title: one.title }), one.state === "conflict" ? words.elsewhere : one.message, [words.field, words.typed], rows);
    const away = [words.noted, () => drop(group), words.notedSure];
    if (one.state === "conflict" && location.pathname !== one.page) {
      const link = Object.assign(document.createElement("a"), { href: one.page, className: "btn btn-2 btn-small", textContent: words.both });
      notice.append(Object.assign(document.createElement("p"), { className: "actions" }));
      notice.lastChild.append(link);
    } else {
      notice.append(actions(away));
    }
    return notice;
  }));
}

function grouped(list) {
  const groups = new Map();
  for (const one of list) groups.set(one.save + one.state, [...(groups.get(one.save + one.state) ?? []), one]);
  return groups;
}

function made(heading, text, heads, rows) {
  const notice = Object.assign(document.createElement("section"), { className: "notice notice-warn" });
  notice.append(Object.assign(document.createElement("h2"), { textContent: heading }));
  if (text) notice.append(Object.assign(document.createElement("p"), { textContent: text }));
  const table = document.createElement("table");
  table.append(Object.assign(document.createElement("caption"), { className: "vh", textContent: heading }));
  const head = table.createTHead().insertRow();
  for (const each of heads) head.append(Object.assign(document.createElement("th"), { scope: "col", textContent: each }));
  const body = table.createTBody();
  for (const cells of rows) {
    const row = body.insertRow();
    cells.forEach((cell, index) => {
      const made = document.createElement(index ? "td" : "th");
      if (!index) made.scope = "row";
      made.dir = "auto";
      made.textContent = cell || words.nothing;
      row.append(made);
    });
  }
  const scroll = Object.assign(document.createElement("div"), { className: "scroll" });
  scroll.append(table);
  notice.append(scroll);
  return notice;
}

// [text, act] or, where what follows cannot be undone, [text, act, what the button says before it does it].
function actions(...all) {
  const place = Object.assign(document.createElement("p"), { className: "actions" });
  for (const [textContent, act, sure] of all) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-2 btn-small", textContent });
    let asked = !sure;
    button.addEventListener("click", () => {
      if (asked) { act(); return; }
      asked = true;
      button.textContent = sure;
    });
    place.append(button);
  }
  return place;
}

// --- signing out takes everything along

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.getAttribute("action") !== "/sign-out" || !able || !keeper() || form.dataset.sure) return;
  event.preventDefault();
  if (keeps) await flush();
  const left = keeps ? await operationsOf() : [];
  const go = async () => {
    await clearAll();
    tell({ what: "cleared" });
    form.dataset.sure = "yes";
    form.requestSubmit();
  };
  if (!left.length) return go();
  const rows = left.flatMap((one) => one.shown.map(([label, text]) => [`${one.title}: ${label}`, text]));
  const notice = made(filled(words.leave, { count: left.length }), words.leaveText, [words.field, words.typed], rows);
  notice.append(actions([words.stay, () => notice.remove()], [words.go, go]));
  notice.tabIndex = -1;
  here.prepend(notice);
  notice.focus();
});
