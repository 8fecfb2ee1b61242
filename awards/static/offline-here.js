// Work offline, third part: what the page says and does. autosave.js asks here before it sends ("autosave:send") and when
// it begins ("autosave:begin"); the page is told in words what waits, what was refused, and when the copies leave.

const LOOK_EVERY = 60000;
const parts = new Map(); // save address -> {resume, told, form} of the sheet on this page
let keeps = able && keeper() === me && words.shared !== "yes";
// On a device that was said to be shared, what still waits is sent and everything leaves.
let ready = able && keeper() ? begin() : Promise.resolve();

async function begin() {
  await clearOthers();
  keeps = keeper() === me;
  if (!keeps) return;
  const ended = await expire();
  keeps = keeper() === me;
  if (ended) say(ended === "old" ? words.old : words.done);
  if (keeps && words.entries !== undefined) await letGo(words.bench, new Set(words.entries.split(" ")));
}

// What the judge no longer has leaves the device as soon as their list is read. A copy of the list names all copies.
async function letGo(bench, mine) {
  const pack = (await packsOf()).find((one) => one.id === bench);
  const gone = pack?.entries.filter((one) => !mine.has(one.reference)) ?? [];
  if (!gone.length) return;
  const cache = await caches.open(CACHE + me);
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (gone.some(({ page }) => pathname === page || pathname.startsWith(`${page}/`))) await cache.delete(request);
  }
  const entries = pack.entries.filter((one) => mine.has(one.reference));
  if (entries.length) await work(["packs"], "readwrite", (store) => store.put({ ...pack, entries }));
  else await clearCopies();
}

function heard(message) {
  if (message.what === "cleared") { keeps = false; show(); return; }
  if (message.what === "settled") {
    answers.get(message.key)?.({ status: message.status, answer: message.answer });
    settled(message);
  }
  show();
}

async function settled({ save, key, base, status, answer }) {
  const part = parts.get(save);
  if (!part || part.asking.has(key)) return;
  const waits = (await operationsOf()).some((one) => one.save === save && one.state === "waiting");
  if (answer.state === "held") part.told("unsaved", answer.message);
  else if (["saved", "already"].includes(answer.state) && !waits) part.acknowledged(answer);
  else if (status >= 400) part.lost(status === 409 ? base : null, answer);
}

document.addEventListener("autosave:begin", (event) => {
  const { url, form } = event.detail;
  if (!here || !form.classList.contains("sheet")) return;
  const part = { ...event.detail, asking: new Set() };
  parts.set(url, part);
  ready = ready.then(() => recall(part)).catch(() => { keeps = false; });
});

// The page may be an old copy: what the server has acknowledged since stands on it, then what still waits.
async function recall(part) {
  if (!keeps) return;
  const sheet = await sheetOf(part.url);
  const mine = (await operationsOf()).filter((one) => one.save === part.url);
  const waiting = mine.filter((one) => one.state === "waiting");
  let version = part.version();
  let fields = {};
  if (sheet && sheet.person === me && sheet.version > version) {
    ({ version } = sheet);
    fields = { ...sheet.fields };
  }
  for (const one of waiting) {
    Object.assign(fields, one.fields);
    version = Math.max(version, one.base_version + 1);
  }
  // Somebody saved past what waits: its first operation will find that out, and nothing is written over.
  if (waiting.length) version = waiting.at(-1).base_version + 1;
  part.resume(fields, version);
  if (waiting.length) part.told("unsaved", words.kept);
  choose(part, mine.filter((one) => one.state === "conflict"));
}

document.addEventListener("autosave:send", (event) => {
  const { detail } = event;
  const part = parts.get(detail.url);
  if (!part) return;
  event.preventDefault();
  const { operation } = detail;
  operation.device_at ??= new Date().toISOString();
  detail.answer = ready.then(async () => {
    if (keeps) {
      part.asking.add(operation.key);
      const answer = await take({
        ...operation, save: detail.url, page: location.pathname, title: words.title, shown: spoken(part.form, operation.fields),
      }).catch(() => null);
      part.asking.delete(operation.key);
      if (answer?.answer.state === "kept") answer.answer.message = words.kept;
      if (answer) return answer;
    }
    operation.device_now = new Date().toISOString();
    return detail.direct();
  });
});

// Each field as its writer knows it, for when it must be read without the page.
function spoken(form, fields) {
  return Object.entries(fields).map(([name, value]) => {
    const controls = [...form.elements].filter((one) => one.name === name);
    const [first] = controls;
    const group = first?.closest("fieldset")?.querySelector("legend");
    const label = group ?? (first && form.querySelector(`label[for="${CSS.escape(first.id)}"]`));
    const chosen = controls.find((one) => ["radio", "checkbox"].includes(one.type) && [value].flat().includes(one.value));
    const words = chosen ? form.querySelector(`label[for="${CSS.escape(chosen.id)}"]`) ?? chosen.closest("label") : null;
    // A criterion's legend tells its weight as well, which is no part of its name.
    const called = label?.querySelector("span") ?? label;
    return [(called?.textContent ?? name).replace(/\s+/g, " ").trim(), (words?.textContent ?? String(value)).trim()];
  });
}

// --- leaving the sheet: without a line its buttons lead on all the same

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  const part = [...parts.values()].find((one) => one.form === form);
  if (!part || !keeps || form.dataset.sure || part.stopped()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const waits = async () => (await operationsOf()).some((one) => one.save === part.url && one.state === "waiting");
  await ready;
  await part.settle();
  if (!trouble && !(await waits())) {
    // The server has it all: its own page says where to go on.
    form.dataset.sure = "yes";
    form.requestSubmit(submitter);
    delete form.dataset.sure;
    return;
  }
  if (submitter?.name === "next" || submitter?.name === "go") location.assign(await wayOn(part, submitter));
  else if (submitter?.name !== "stay") part.told("unsaved", words.needs);
}, true);

async function wayOn(part, submitter) {
  const page = part.url.replace(/\/save$/, "");
  const bench = page.slice(0, page.lastIndexOf("/"));
  if (submitter.name === "go") return `${bench}/${submitter.value}`;
  const pack = (await packsOf()).find((one) => one.id === bench);
  const pages = pack?.entries.map((one) => one.page) ?? [];
  return pages[pages.indexOf(page) + 1] ?? bench;
}

// --- what was saved elsewhere meanwhile: both texts, and whose counts is the judge's choice

async function choose(part, lost) {
  // A page that shows what was typed instead of what is saved has no answer yet.
  if (!lost.length || words.asks) return;
  const mine = Object.assign({}, ...lost.map((one) => one.fields));
  const now = part.read();
  const apart = Object.keys(mine).filter((name) => JSON.stringify(mine[name]) !== JSON.stringify(now[name] ?? ""));
  if (!apart.length) return drop(lost);
  const said = Object.fromEntries(lost.flatMap((one) => one.shown.map((pair, index) => [Object.keys(one.fields)[index], pair])));
  const rows = apart.map((name) => [said[name][0], said[name][1], spoken(part.form, { [name]: now[name] ?? "" })[0][1]]);
  const notice = made(words.conflict, words.conflictText, [words.field, words.typed, words.saved], rows);
  notice.append(actions(
    [words.mine, async () => {
      const operation = { key: newKey(), base_version: part.version(), fields: Object.fromEntries(apart.map((name) => [name, mine[name]])) };
      part.resume(operation.fields, operation.base_version + 1);
      await work(["operations"], "readwrite", (store) => {
        store.add({ ...operation, person: me, tries: 0, state: "waiting", message: "", save: part.url, page: location.pathname,
          title: words.title, shown: spoken(part.form, operation.fields), device_at: new Date().toISOString() });
        for (const one of lost) store.delete(one.seq);
      });
      notice.remove();
      part.told("unsaved", words.kept);
      flush();
    }],
    [words.theirs, async () => { await drop(lost); notice.remove(); }],
  ));
  part.form.before(notice);
}

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function drop(operations) {
  await work(["operations"], "readwrite", (store) => { for (const one of operations) store.delete(one.seq); });
  show();
}

if (able && here) {
  if (news) news.onmessage = (event) => heard(event.data);
  const look = () => { if (keeps) ready.then(flush).then(() => expire()).then((ended) => { if (ended) { keeps = keeper() === me; say(ended === "old" ? words.old : words.done); } }); };
  ready.then(async () => {
    if (!keeps) return;
    await flush();
    if (words.shared === "yes" && !(await operationsOf()).length) await clearAll();
  });
  addEventListener("online", look);
  addEventListener("offline", () => show());
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") look(); });
  setInterval(look, LOOK_EVERY);
  show();
}
