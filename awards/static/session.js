// A page whose session ended while somebody wrote in it goes on by itself when they are signed in again. A part that was
// refused says "session:over" with the form token that it had; here it is asked, now and again, whether there is a session
// once more. If so, the page's forms get its token, and "session:again" says who is signed in: {person, csrf}.

const LOOK_AGAIN = 15000;
const TIMEOUT = 20000;

let waiting = false;
let timer = 0;

async function look() {
  if (!waiting) return;
  clearTimeout(timer);
  let found = null;
  try {
    const response = await fetch("/session", {
      credentials: "same-origin", headers: { "Accept": "application/json" }, signal: AbortSignal.timeout(TIMEOUT),
    });
    if (response.ok) found = await response.json();
  } catch {
    // No line: asked again later.
  }
  if (!waiting) return;
  if (!found?.csrf) {
    timer = setTimeout(look, LOOK_AGAIN);
    return;
  }
  const writer = document.querySelector("[data-keep]")?.dataset.keep;
  if (found.person === writer) {
    waiting = false;
    for (const field of document.querySelectorAll("input[name=csrf]")) field.value = found.csrf;
  } else {
    timer = setTimeout(look, LOOK_AGAIN);
  }
  document.dispatchEvent(new CustomEvent("session:again", { detail: found }));
}

document.addEventListener("session:over", () => {
  // Several parts are refused together: one look serves them all.
  waiting = true;
  clearTimeout(timer);
  timer = setTimeout(look, 0);
});
for (const event of ["focus", "online"]) addEventListener(event, look);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") look(); });
