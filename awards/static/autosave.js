// Saves a form while one works in it. The form names where: data-autosave-url, and data-base-version, the version
// that it was drawn from. What has changed is posted as one JSON operation, two seconds after the last change:
//
//   {"key": "…", "base_version": 7, "fields": {"name": "value", "boxes": ["a", "b"]}}, header X-CSRF-Token
//
// Operations go one at a time and in order. An operation that may not have arrived is sent again with the same key,
// so that the server can answer "already". It answers {state, version, at, message, href}; state is one of:
//   saved, already   version is the new base; at is the server's instant
//   conflict         somebody else was first: nothing was overwritten; href shows both texts
//   invalid          message says what to correct; the next change tries again
// Without this script the form's own button saves. What is not sent yet is kept in memory and nowhere else.

const QUIET = 2000;
const LONGEST_WAIT = 60000;
const TIMEOUT = 20000;

class Autosave {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosaveUrl;
    this.version = Number(form.dataset.baseVersion || 0);
    this.sent = this.read();
    this.operation = null;
    this.failures = 0;
    this.timer = 0;
    this.busy = false;
    this.stopped = false;
    const changed = (event) => { if (event.target.name) this.later(QUIET); };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    // The form's own button sends everything by itself: nothing may follow it or be asked.
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      this.stopped = true;
      clearTimeout(this.timer);
    });
    addEventListener("online", () => { if (this.dirty()) this.later(0); });
    addEventListener("beforeunload", (event) => {
      if (!this.stopped && this.dirty()) event.preventDefault();
    });
    // Leaving the tab is a good moment to save what the pause has not saved yet.
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && this.dirty()) this.later(0);
    });
    // Back from another page, the browser may have restored text that the server has never seen.
    addEventListener("pageshow", (event) => { if (event.persisted) { this.stopped = false; if (this.dirty()) this.later(0); } });
  }

  read() {
    const fields = {};
    const many = new Set();
    for (const control of this.form.elements) {
      if (!control.name || control.disabled || ["hidden", "submit", "button", "file", "password"].includes(control.type)) continue;
      if (control.localName === "button") continue;
      if (control.type === "checkbox") {
        const boxes = this.form.querySelectorAll(`input[type=checkbox][name="${CSS.escape(control.name)}"]`);
        if (boxes.length > 1) many.add(control.name);
        if (many.has(control.name)) {
          fields[control.name] ??= [];
          if (control.checked) fields[control.name].push(control.value);
        } else {
          fields[control.name] = control.checked ? control.value : "";
        }
      } else if (control.type === "radio") {
        fields[control.name] ??= "";
        if (control.checked) fields[control.name] = control.value;
      } else {
        fields[control.name] = control.value;
      }
    }
    return fields;
  }

  changes() {
    const now = this.read();
    const changed = {};
    for (const [name, value] of Object.entries(now)) {
      if (JSON.stringify(value) !== JSON.stringify(this.sent[name])) changed[name] = value;
    }
    return changed;
  }

  dirty() {
    return this.operation !== null || Object.keys(this.changes()).length > 0;
  }

  later(wait) {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), wait);
  }

  async send() {
    if (this.busy || this.stopped) return;
    if (!this.operation) {
      const fields = this.changes();
      if (!Object.keys(fields).length) return;
      this.operation = { key: key(), base_version: this.version, fields };
    }
    this.busy = true;
    this.say("saving", this.form.dataset.saving);
    let answer = null;
    let status = 0;
    try {
      const response = await fetch(this.url, {
        method: "POST",
        credentials: "same-origin",
        headers: {
          "Content-Type": "application/json",
          "Accept": "application/json",
          "X-CSRF-Token": this.form.elements.namedItem("csrf")?.value ?? "",
        },
        body: JSON.stringify(this.operation),
        signal: AbortSignal.timeout(TIMEOUT),
      });
      status = response.status;
      answer = await response.json().catch(() => null);
    } catch {
      // The line is broken or the server is silent: whether it arrived is not known, so the same key goes again.
    }
    this.busy = false;
    if (answer?.state === "saved" || answer?.state === "already") this.saved(answer);
    else if (answer?.state === "conflict" || status === 409) this.conflict(answer ?? {});
    else if (status >= 400 && status < 500 && ![408, 425, 429].includes(status)) this.refused(answer ?? {}, status);
    else this.again();
  }

  saved(answer) {
    Object.assign(this.sent, this.operation.fields);
    this.operation = null;
    this.failures = 0;
    this.version = Number(answer.version ?? this.version);
    this.form.dataset.baseVersion = this.version;
    const field = this.form.elements.namedItem("version");
    if (field) field.value = this.version;
    const at = answer.at ? new Date(answer.at) : new Date();
    const time = `${at.toISOString().slice(11, 19)}\u00a0UTC`;
    this.say("saved", this.form.dataset.saved.replace("{time}", time));
    this.form.dispatchEvent(new CustomEvent("autosave:saved", { detail: answer, bubbles: true }));
    if (this.dirty()) this.later(QUIET);
  }

  conflict(answer) {
    this.stopped = true;
    this.say("unsaved", answer.message || this.form.dataset.refused, answer.href);
  }

  refused(answer, status) {
    // The server understood and said no: the same content would be refused again. 401 and 403 need a person.
    this.operation = null;
    if (status === 401 || status === 403) this.stopped = true;
    this.say("unsaved", answer.message || this.form.dataset.refused, answer.href);
  }

  again() {
    this.failures += 1;
    this.say("unsaved", this.form.dataset.unsaved);
    const wait = Math.min(LONGEST_WAIT, 1000 * 2 ** Math.min(this.failures, 6));
    // Sixty judges that lost the same server must not come back in the same second.
    this.later(wait * (0.5 + Math.random() / 2));
  }

  say(state, text, href) {
    const place = this.form.querySelector("[data-autosave-status]") ?? this.form.querySelector("[role=status]");
    if (!place) return;
    place.className = state === "saving" ? "soft" : state;
    if (href && new URL(href, location.href).origin === location.origin) {
      const link = document.createElement("a");
      link.href = href;
      link.textContent = text;
      place.replaceChildren(link);
    } else {
      place.textContent = text;
    }
  }
}

function key() {
  // randomUUID exists on https and localhost only; the values behind it exist everywhere.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

for (const form of document.querySelectorAll("form[data-autosave-url]")) new Autosave(form);
