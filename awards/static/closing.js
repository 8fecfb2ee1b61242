// The last hour before a deadline: counts on from what the server said, by the server's clock, and says it aloud at
// 60, 30, 15, 5 and 1 minutes only. A save that answers with another deadline moves it on the page. Without this
// script the page says how much was left when it was drawn.
const page = document.documentElement.lang;
const lang = page === "en" || page === "qps" ? "en-GB" : page;
const words = new Intl.RelativeTimeFormat(lang, { numeric: "always" });
const inUtc = new Intl.DateTimeFormat(lang, { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC" });
const ALOUD = [60, 30, 15, 5, 1];
const MINUTE = 60000;

const banner = document.querySelector("[data-closing]");
// The server stamped the request after it was sent: counting from the sending never shows more time than is left.
const sent = performance.getEntriesByType("navigation")[0]?.requestStart ?? 0;
const begun = { ticks: sent, clock: Date.now() - (performance.now() - sent) };

function left() {
  // A closed lid stops the ticks, a clock that is set changes the other: what has passed is the more of both.
  const passed = Math.max(performance.now() - begun.ticks, Date.now() - begun.clock);
  return Date.parse(banner.dataset.at) - Date.parse(banner.dataset.now) - passed;
}

function say(text) {
  banner.querySelector("[data-closing-text]").textContent = text;
  return text;
}

let next = 0;
let waiting = 0;

function show() {
  clearTimeout(waiting);
  const ms = left();
  const aloud = banner.querySelector("[data-closing-aloud]");
  if (ms <= 0) {
    aloud.textContent = say(banner.dataset.over);
    return;
  }
  const minutes = Math.floor(ms / MINUTE);
  const when = minutes ? words.format(minutes, "minute") : words.format(Math.ceil(ms / 1000), "second");
  const text = say(banner.dataset.text.replace("{when}", when));
  if (next < ALOUD.length && ms <= ALOUD[next] * MINUTE) {
    while (next < ALOUD.length && ms <= ALOUD[next] * MINUTE) next += 1;
    aloud.textContent = text;
  }
  waiting = setTimeout(show, minutes ? ms % MINUTE + 20 : 1000);
}

function moved(closes, template) {
  return template.replace("{time}", `${inUtc.format(new Date(closes))}\u00a0UTC`);
}

if (banner) {
  // What the page says as it is read first is not said again.
  while (next < ALOUD.length && left() <= ALOUD[next] * MINUTE) next += 1;
  show();
}

document.addEventListener("autosave:saved", (event) => {
  const closes = event.detail?.closes;
  if (!closes) return;
  for (const place of document.querySelectorAll("[data-deadline]")) {
    if (place.dataset.deadline === closes) continue;
    place.dataset.deadline = closes;
    place.textContent = moved(closes, place.dataset.moved);
  }
  if (banner && banner.dataset.at !== closes) {
    clearTimeout(waiting);
    banner.dataset.at = closes;
    banner.querySelector("[data-closing-at]").remove();
    banner.querySelector("[data-closing-aloud]").textContent = say(moved(closes, banner.dataset.moved));
  }
});
