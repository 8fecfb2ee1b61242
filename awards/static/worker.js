// The worker of the bench: where there is no line it answers with the copies that a judge chose to take along. It keeps
// nothing by itself but a newer copy of a page that is kept already, serves nobody else's addresses, and forgets what the
// server says is no longer the judge's. offline-store.js says where the copies stand and when they leave.

const CACHE = "bench ";
const KEPT_SINCE = "/bench/kept-since";
const LIFE = 14 * 24 * 3600 * 1000;
const PATIENCE = 4000;
const GONE = [401, 403, 404, 410];

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith("/static/")) event.respondWith(asset(request));
  else if (pathname.startsWith("/bench/")) event.respondWith(page(event));
});

// Its name changes when it does: a copy is as good as the server's.
async function asset(request) {
  return (await copyOf(request.url)) ?? fetch(request);
}

async function page(event) {
  const { request } = event;
  const copy = await copyOf(request.url);
  if (!copy) {
    try {
      return await fetch(request);
    } catch (problem) {
      if (request.mode !== "navigate") throw problem;
      return away(request.url);
    }
  }
  try {
    const answer = await Promise.race([fetch(request), late()]);
    if (answer.status >= 500) return copy;
    if (GONE.includes(answer.status)) event.waitUntil(forget(request.url));
    else if (request.mode === "navigate" && answer.status === 200 && !answer.redirected) event.waitUntil(renew(request.url, answer.clone()));
    return answer;
  } catch {
    return copy;
  }
}

function late() {
  return new Promise((_resolve, reject) => { setTimeout(reject, PATIENCE, new Error("late")); });
}

async function copyOf(url) {
  const [address] = url.split("#");
  for (const name of await caches.keys()) {
    if (!name.startsWith(CACHE)) continue;
    const cache = await caches.open(name);
    // A list is one page however it is sorted; a file has several, by what its address asks.
    const isList = new URL(address).pathname.split("/").length === 5;
    const found = await cache.match(address, { ignoreVary: true, ignoreSearch: isList });
    if (!found) continue;
    const since = await cache.match(KEPT_SINCE);
    if (since && Date.now() < Number(await since.text()) + LIFE) return found;
    await caches.delete(name);
  }
  return undefined;
}

// A page that tells of what was just done is not the page to keep.
async function renew(url, answer) {
  const text = await answer.text();
  if (text.includes('class="notice') && text.includes(" flash\"")) return;
  await each((cache) => cache.put(url.split("#")[0], new Response(text, { headers: answer.headers })));
}

// The entry with all its files: /bench/<programme>/<edition>/<round>/<entry>.
async function forget(url) {
  const entry = new URL(url).pathname.split("/").slice(0, 6).join("/");
  await each(async (cache) => {
    for (const request of await cache.keys()) {
      const { pathname } = new URL(request.url);
      if (pathname === entry || pathname.startsWith(`${entry}/`)) await cache.delete(request);
    }
  });
}

async function each(act) {
  for (const name of await caches.keys()) if (name.startsWith(CACHE)) await act(await caches.open(name));
}

// The page that says what is on this device, of the round that was asked for, or of any that is kept.
async function away(url) {
  const round = new URL(url).pathname.split("/").slice(0, 5).join("/");
  let any;
  for (const name of await caches.keys()) {
    if (!name.startsWith(CACHE)) continue;
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const { pathname } = new URL(request.url);
      if (!pathname.endsWith("/offline/away")) continue;
      any = await cache.match(request);
      if (pathname === `${round}/offline/away`) return any;
    }
  }
  return any ?? Response.error();
}
