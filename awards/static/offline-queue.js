// Work offline, second part: what is typed is written here first, and goes from here in its order, one at a time over all
// tabs. An operation keeps its key for ever: sent again, the server knows it. Its base version is fixed once it was sent.
//
//   {seq, person, save, page, title, key, base_version, fields, shown, device_at, tries, state, message}
//   state: waiting; conflict (saved elsewhere meanwhile); refused (the server said why). The last two stay until their
//   writer has looked at them.

const LINE_TIMEOUT = 20000;
const TOLD_AFTER = 4000;
const AGAIN_AFTER = 5000;
const AGAIN_AT_MOST = 60000;

const news = able ? new BroadcastChannel("bench offline") : null;
const answers = new Map(); // key -> what waits for its answer in this tab
let sending = null;
let wanted = false;
let failures = 0;
let again = 0;
let trouble = ""; // "", away, over, other

function tell(message) {
  news?.postMessage(message);
  heard(message);
}

function csrfOf() {
  return document.querySelector("input[name=csrf]")?.value ?? "";
}

// Written down, then sent; what comes back is the server's answer, or "kept" where there is none soon.
async function take(operation) {
  await write(operation);
  const answer = new Promise((resolve) => answers.set(operation.key, resolve));
  flush();
  const kept = new Promise((resolve) => setTimeout(resolve, TOLD_AFTER, { status: 0, answer: { state: "kept" } }));
  const first = await Promise.race([answer, kept]);
  answers.delete(operation.key);
  return first;
}

// What follows on a save that met another's waits with it for its writer: it is decided while the store is held.
async function write(operation) {
  await work(["operations"], "readwrite", (store) => {
    const all = store.getAll();
    all.onsuccess = () => {
      if (all.result.some((one) => one.key === operation.key)) return;
      const lost = all.result.find((one) => one.save === operation.save && one.state === "conflict");
      store.add({ person: me, tries: 0, state: lost ? "conflict" : "waiting", message: lost?.message ?? "", ...operation });
    };
  });
}

function flush() {
  clearTimeout(again);
  wanted = true;
  sending ??= navigator.locks.request("bench send", sendAll).catch(() => "away").then(async (ended) => {
    if (ended) await notePacks(() => ({ away: true, sentAt: 0 })).catch(() => {});
    sending = null;
    trouble = ended;
    for (const [, resolve] of answers) if (ended) resolve({ status: 0, answer: { state: "kept" } });
    failures = ended === "away" ? failures + 1 : 0;
    if (ended) again = setTimeout(flush, Math.min(AGAIN_AT_MOST, AGAIN_AFTER * 2 ** Math.min(failures, 4)) * (0.5 + Math.random() / 2));
    tell({ what: "looked" });
    return ended;
  });
  return sending;
}

async function sendAll() {
  let sent = false;
  for (;;) {
    wanted = false;
    const next = (await operationsOf()).find((one) => one.state === "waiting");
    if (!next && wanted) continue;
    if (!next) break;
    const { status, answer } = await deliver(next);
    if (status === 0 || [408, 425, 429].includes(status) || status >= 500) return "away";
    if (answer?.person !== undefined) return answer.person ? "other" : "over";
    await settle(next, status, answer ?? {});
    sent = true;
  }
  // Only what was written without a line ends the work offline: who types at home before a journey keeps the copies.
  if (sent) await notePacks((pack) => (pack.away ? { away: false, sentAt: Date.now() } : {}));
  return "";
}

async function deliver(operation) {
  await work(["operations"], "readwrite", (store) => store.put({ ...operation, tries: operation.tries + 1 }));
  const first = await post(operation, csrfOf());
  if (first.status !== 401 && (first.status !== 403 || first.answer?.state)) return first;
  // The session is another than the page was drawn in. Is it the same judge's?
  const session = await ask("/session", {});
  if (!session.answer) return { status: 0 };
  if (session.answer.person !== me) return { status: 401, answer: { person: session.answer.person } };
  for (const field of document.querySelectorAll("input[name=csrf]")) field.value = session.answer.csrf;
  return post(operation, session.answer.csrf);
}

function post(operation, token) {
  const { key, base_version, fields, device_at } = operation;
  return ask(operation.save, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept": "application/json", "X-CSRF-Token": token },
    body: JSON.stringify({ key, base_version, fields, device_at, device_now: new Date().toISOString() }),
  });
}

async function ask(url, how) {
  try {
    const response = await fetch(url, { credentials: "same-origin", signal: AbortSignal.timeout(LINE_TIMEOUT), ...how });
    return { status: response.status, answer: await response.json().catch(() => null) };
  } catch {
    return { status: 0, answer: null };
  }
}

async function settle(operation, status, answer) {
  const taken = ["saved", "already", "held"].includes(answer.state);
  await work(["operations", "sheets"], "readwrite", (operations, sheets) => {
    if (taken) operations.delete(operation.seq);
    else operations.put({ ...operation, tries: operation.tries + 1, state: status === 409 ? "conflict" : "refused", message: answer.message ?? "" });
    if (answer.state === "saved" || answer.state === "already") {
      const known = sheets.get(operation.save);
      known.onsuccess = () => sheets.put({
        id: operation.save, person: me, version: answer.version, fields: { ...known.result?.fields, ...operation.fields },
      });
    }
    if (taken) return;
    // What follows on a save that was not taken: with a conflict it waits for its writer too, else it follows on what stood.
    const cursor = operations.openCursor(IDBKeyRange.lowerBound(operation.seq, true));
    cursor.onsuccess = () => {
      const one = cursor.result?.value;
      if (!one) return;
      if (one.save === operation.save && one.state === "waiting") {
        if (status === 409) cursor.result.update({ ...one, state: "conflict", message: answer.message ?? "" });
        else if (!one.tries && one.base_version > operation.base_version) cursor.result.update({ ...one, base_version: one.base_version - 1 });
      }
      cursor.result.continue();
    };
  });
  tell({ what: "settled", save: operation.save, key: operation.key, base: operation.base_version, status, answer });
}
