// Work offline on this device, first part: what stands where. A judge who chose so has in this browser
//
//   a cache named "bench <key of the judge>"   pages and files of the chosen entries; worker.js answers from it
//   a database "bench"                         operations: what was typed and is not taken yet, in its order
//                                              sheets: what the server has acknowledged since the page was kept
//                                              packs: which entries of which round, and since when
//   in localStorage "bench keeps"              the key of the judge, so that nobody else's page opens the database
//
// All of it leaves with signing out, ten minutes after everything was sent, after 14 days (what is not sent stays until
// it is), and when another person signs in here. On a device that was said to be shared nothing is ever kept.
// offline-queue.js sends, offline-here.js works with the page, offline-words.js says how it stands, offline-pack.js takes
// entries along.

const LIFE = 14 * 24 * 3600 * 1000;
const REST = 10 * 60 * 1000;
const FLAG = "bench keeps";
const CACHE = "bench ";
const WORKER = "/bench/worker.js";
const SCOPE = "/bench/";

const here = document.querySelector("[data-offline]");
const words = here?.dataset ?? {};
const me = words.person ?? "";
// A worker, durable places and turns to write: browsers give them on https and on one's own machine only.
const able = Boolean(me) && isSecureContext && "serviceWorker" in navigator && "indexedDB" in globalThis &&
  "caches" in globalThis && "locks" in navigator;

function keeper() {
  try { return localStorage.getItem(FLAG) ?? ""; } catch { return ""; }
}

// Without it nothing could be found again, so that where it is forbidden nothing is kept.
function setKeeper() {
  localStorage.setItem(FLAG, me);
}

let opened = null;
function database() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("bench", 1);
    asked.onupgradeneeded = () => {
      const made = asked.result;
      made.createObjectStore("operations", { keyPath: "seq", autoIncrement: true }).createIndex("key", "key", { unique: true });
      made.createObjectStore("sheets", { keyPath: "id" });
      made.createObjectStore("packs", { keyPath: "id" });
    };
    asked.onsuccess = () => {
      // Signing out in another tab deletes it.
      asked.result.onversionchange = () => { asked.result.close(); opened = null; };
      resolve(asked.result);
    };
    asked.onerror = () => { opened = null; reject(asked.error); };
  });
  return opened;
}

// The act asks the stores without waiting for anything else; what it returns is there once all of it is on the disk.
async function work(names, mode, act) {
  const base = await database();
  return new Promise((resolve, reject) => {
    const turn = base.transaction(names, mode, { durability: mode === "readwrite" ? "strict" : "default" });
    let found;
    turn.oncomplete = () => resolve(found instanceof IDBRequest ? found.result : found);
    turn.onabort = () => reject(turn.error ?? new Error("aborted"));
    found = act(...names.map((name) => turn.objectStore(name)));
  });
}

const operationsOf = async () => (await work(["operations"], "readonly", (store) => store.getAll())).filter((one) => one.person === me);
const packsOf = async () => (await work(["packs"], "readonly", (store) => store.getAll())).filter((one) => one.person === me);
const sheetOf = (url) => work(["sheets"], "readonly", (store) => store.get(url));

// What belongs to nobody who works here now.
async function clearOthers() {
  for (const name of await caches.keys()) if (name.startsWith(CACHE) && name !== CACHE + me) await caches.delete(name);
  if (!keeper() || keeper() === me) return;
  await clearAll();
}

async function clearAll() {
  for (const name of await caches.keys()) if (name.startsWith(CACHE)) await caches.delete(name);
  try { localStorage.removeItem(FLAG); } catch { /* forbidden: it was never there */ }
  if (opened) (await opened).close();
  opened = null;
  await new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase("bench");
    asked.onsuccess = asked.onerror = asked.onblocked = resolve;
  });
  const worker = await navigator.serviceWorker.getRegistration(SCOPE);
  await worker?.unregister();
}

// The copies go; what is not sent, and what was refused and nobody has looked at, stays.
async function clearCopies() {
  await caches.delete(CACHE + me);
  const left = await operationsOf();
  if (!left.length) return clearAll();
  await work(["packs", "sheets"], "readwrite", (packs, sheets) => {
    packs.clear();
    const used = new Set(left.map((one) => one.save));
    const cursor = sheets.openCursor();
    cursor.onsuccess = () => {
      if (!cursor.result) return;
      if (!used.has(cursor.result.key)) cursor.result.delete();
      cursor.result.continue();
    };
  });
}

// Copies that are too old, or that have done their duty.
async function expire(now = Date.now()) {
  const packs = await packsOf();
  if (!packs.length) return;
  const left = (await operationsOf()).length;
  const old = packs.some((pack) => now >= pack.at + LIFE);
  const done = !left && packs.some((pack) => pack.sentAt && now >= pack.sentAt + REST);
  if (!old && !done) return;
  await clearCopies();
  return old ? "old" : "done";
}

async function notePacks(change) {
  await work(["packs"], "readwrite", (store) => {
    const cursor = store.openCursor();
    cursor.onsuccess = () => {
      if (!cursor.result) return;
      const pack = cursor.result.value;
      if (pack.person === me) cursor.result.update({ ...pack, ...change(pack) });
      cursor.result.continue();
    };
  });
}
