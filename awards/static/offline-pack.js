// Work offline, last part: the page where a judge chooses what to take along. Each entry is taken whole, with its files,
// or not at all; nothing is written down as kept before it is.

const choosing = document.querySelector("[data-offline-choose]");

if (choosing && able) {
  const bench = choosing.dataset.bench;
  const says = choosing.querySelector("[data-offline-progress]");
  const own = choosing.querySelector("[data-offline-own]");
  const clear = choosing.querySelector("[data-offline-clear]");
  const boxes = [...choosing.querySelectorAll("input[name=entry]")];
  choosing.hidden = false;
  document.querySelector("[data-offline-unable]").hidden = true;

  const mark = async () => {
    const pack = keeps ? (await packsOf()).find((one) => one.id === bench) : null;
    const kept = new Set(pack?.entries.map((one) => one.reference));
    for (const box of boxes) {
      const place = document.getElementById(`${box.id}-kept`);
      place.hidden = !kept.has(box.value);
    }
    clear.hidden = !pack;
    return kept;
  };

  choosing.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = boxes.filter((box) => box.checked);
    if (!chosen.length) return tellOf(choosing.dataset.none);
    if (!own.checked) { own.focus(); return tellOf(choosing.dataset.notOwn); }
    const button = choosing.querySelector("button:not([type=button])");
    button.disabled = true;
    try {
      await takeAlong(chosen);
    } catch (problem) {
      tellOf(problem?.name === "QuotaExceededError" ? choosing.dataset.full : choosing.dataset.failed);
    }
    button.disabled = false;
  });

  clear.addEventListener("click", async () => {
    await clearCopies();
    keeps = keeper() === me;
    tell({ what: keeps ? "looked" : "cleared" });
    tellOf(choosing.dataset.cleared);
    await mark();
  });

  const tellOf = (text) => { says.textContent = text; };

  async function takeAlong(chosen) {
    await navigator.serviceWorker.register(WORKER, { scope: SCOPE });
    await navigator.serviceWorker.ready;
    await navigator.storage?.persist?.();
    await clearOthers();
    const cache = await caches.open(CACHE + me);
    const at = Date.now();
    const entries = [];
    const missed = [];
    await cache.put("/bench/kept-since", new Response(String(at)));
    const around = [bench, `${bench}/offline`, `${bench}/offline/away`];
    const assets = new Set();
    for (const url of around) await keep(cache, url, assets);
    for (const [index, box] of chosen.entries()) {
      tellOf(filled(choosing.dataset.taking, { number: index + 1, all: chosen.length }));
      const entry = await takeEntry(cache, box, assets);
      if (entry) entries.push(entry);
      else missed.push(box.value);
    }
    for (const url of assets) await keep(cache, url);
    setKeeper();
    const kept = new Set(entries.map((one) => one.page));
    for (const request of await cache.keys()) {
      const { pathname } = new URL(request.url);
      if (pathname.startsWith(`${bench}/`) && !around.includes(pathname) && ![...kept].some((page) => pathname === page || pathname.startsWith(`${page}/`))) {
        await cache.delete(request);
      }
    }
    if (!entries.length) {
      await clearCopies();
      return tellOf(choosing.dataset.failed);
    }
    await work(["packs"], "readwrite", (store) => store.put({ id: bench, person: me, at, entries, sentAt: 0, away: false }));
    keeps = true;
    await mark();
    show();
    tellOf(missed.length ? filled(choosing.dataset.missed, { count: missed.length }) : filled(choosing.dataset.taken, { count: entries.length }));
  }

  async function takeEntry(cache, box, assets) {
    const { status, answer } = await ask(`${bench}/${box.value}/pack`, {});
    if (status !== 200) return null;
    try {
      for (const url of answer.urls) await keep(cache, url, url === answer.page ? assets : null);
    } catch (problem) {
      if (problem?.name === "QuotaExceededError") throw problem;
      for (const url of answer.urls) await cache.delete(url);
      return null;
    }
    return { reference: box.value, page: answer.page, title: box.dataset.title };
  }

  // A page brings the style and the scripts that it needs.
  async function keep(cache, url, assets = null) {
    const response = await fetch(url, { credentials: "same-origin", redirect: "error" });
    if (!response.ok) throw new Error(`${response.status} ${url}`);
    await cache.put(url, response.clone());
    if (!assets) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const one of page.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")) {
      assets.add(new URL(one.getAttribute("href") ?? one.getAttribute("src"), location.href).pathname);
    }
  }

  document.addEventListener("offline:changed", mark);
  ready.then(mark).then((kept) => {
    for (const box of boxes) box.checked = kept.size ? kept.has(box.value) : !box.dataset.done;
  });
}
