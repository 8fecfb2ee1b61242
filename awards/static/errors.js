// A form that failed says so first: the summary takes the focus, and its links reach the fields.
const summary = document.querySelector(".error-summary");
if (summary) {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const control = link && document.getElementById(link.hash.slice(1));
    if (!control) return;
    event.preventDefault();
    const label = control.closest("fieldset")?.querySelector("legend") ?? control.labels?.[0];
    (label ?? control).scrollIntoView();
    control.focus({ preventScroll: true });
  });
}
