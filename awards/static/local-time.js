// Adds the reader's own time to times in UTC, where the account names no zone. Without this script UTC stands alone.
// English pages are British, as on the server; the pseudo-locale of the tests is English too.
const page = document.documentElement.lang;
const lang = page === "en" || page === "qps" ? "en-GB" : page;
const clock = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" });
const calendar = new Intl.DateTimeFormat(lang, { day: "numeric", month: "long" });
const inUtc = new Intl.DateTimeFormat(lang, { day: "numeric", month: "long", timeZone: "UTC" });

function local(at) {
  // Another day there is said, not left to be worked out.
  const day = calendar.format(at);
  return day === inUtc.format(at) ? clock.format(at) : `${day}, ${clock.format(at)}`;
}

if (new Date().getTimezoneOffset() !== 0) {
  for (const time of document.querySelectorAll("time[data-local]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const span = document.createElement("span");
    span.className = "soft";
    span.textContent = `, ${time.dataset.local.replace("{time}", local(at))}`;
    time.after(span);
  }
  for (const time of document.querySelectorAll("time[data-local-row]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.textContent = local(at);
    time.closest("[hidden]").hidden = false;
  }
}
