// Several people put things on record at once: a page that is older than the record says so, and leads to what is new.
// Asked while somebody looks at the page and is there: a laptop that was left alone does not keep its session alive.
const place = document.querySelector("[data-news]");
const PAUSE = 10000;
const ALONE = 15 * 60000;
let touched = performance.now();

for (const kind of ["pointerdown", "keydown", "scroll"]) {
  document.addEventListener(kind, () => { touched = performance.now(); }, { passive: true });
}

async function ask() {
  if (document.hidden || performance.now() - touched > ALONE) return setTimeout(ask, PAUSE);
  try {
    const answer = await fetch(place.dataset.news, { headers: { accept: "application/json" }, redirect: "error" });
    if (answer.status >= 400 && answer.status < 500) return undefined;
    const { seen } = await answer.json();
    if (seen && seen !== place.dataset.seen) {
      place.firstElementChild.hidden = false;
      return undefined;
    }
  } catch {
    // The line is away for a moment: the next try says.
  }
  return setTimeout(ask, PAUSE);
}

if (place) setTimeout(ask, PAUSE);
