// Saves while one works. What is saved together names where: data-autosave-url, and data-base-version, the version that
// it was drawn from. That is a form, or a part of one: a page may hold several questions, each with its own version in
// the field data-version-field; data-whole sends all fields of the part when one has changed. What has changed is
// posted as one JSON operation, 1.5 seconds after the last change and every 15 while somebody goes on typing:
//
//   {"key": "…", "base_version": 7, "fields": {"name": "value", "boxes": ["a", "b"]}}, header X-CSRF-Token
//
// Operations of one part go one at a time and in order. An operation that may not have arrived is sent again with the
// same key, so that the server can answer "already". It answers {state, version, at, message, href}; state is one of:
//   saved, already   version is the new base; at is the server's instant; message and href are news for the writer
//   conflict         somebody else was first: nothing was overwritten; href shows both texts
//   invalid          message says what to correct; the next change tries again
//   held             too late: it is stored for others to decide, and message says so
//   kept             (by offline-queue.js) it is written down on this device and goes by itself
// Without this script the form's own button saves.
//
// What is kept in the browser: with data-keep, the key of who writes, what the server has not acknowledged stands in
// this tab's sessionStorage, so that a reload or a crash does not lose it. It leaves with the acknowledgement, with the
// tab and with signing out, and is shown to nobody with another key. A part without data-keep keeps it in memory alone.
//
// The offline scripts of the bench may take over: a part announces itself ("autosave:begin", with what can be asked of it)
// and each operation ("autosave:send"; who prevents it gives the answer).
//
// A session that ended: the text stays, a link signs in again in another tab, and session.js says when somebody has.

const QUIET = 1500;
const UNSAVED_AT_MOST = 15000;
const LONGEST_WAIT = 60000;
const TIMEOUT = 20000;
const LOOK_AGAIN = 15000;
const OVERTAKEN_AFTER = 5000;
const KEPT = "unsaved ";

class Autosave {
  constructor(root) {
    this.root = root;
    this.form = root.closest("form");
    this.url = root.dataset.autosaveUrl;
    this.version = Number(root.dataset.baseVersion || 0);
    this.sent = this.read();
    this.operation = null;
    this.failures = 0;
    this.timer = 0;
    this.since = 0;
    this.busy = false;
    this.stopped = false;
    this.waits = null;
    this.running = null;
    const changed = (event) => { if (event.target.name) this.changed(); };
    root.addEventListener("input", changed);
    root.addEventListener("change", changed);
    // The form's own button sends everything by itself: nothing may follow it or be asked.
    this.form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      if (this.dirty()) this.remember(event.submitter?.name === "undo" ? "undo" : true);
      this.stopped = true;
      clearTimeout(this.timer);
    });
    const soon = () => { if (this.dirty()) this.later(0); };
    addEventListener("online", soon);
    document.addEventListener("session:again", (event) => this.signedIn(event.detail));
    addEventListener("beforeunload", (event) => {
      if (!this.stopped && this.dirty()) event.preventDefault();
    });
    addEventListener("pagehide", () => { if (!this.stopped && this.dirty()) this.remember(); });
    // Leaving the tab is a moment to save what the pause has not saved; coming back, after a closed lid too, to try again.
    document.addEventListener("visibilitychange", soon);
    // Back from another page: the browser may have restored text that the server never saw.
    addEventListener("pageshow", (event) => { if (event.persisted) { this.stopped = false; soon(); } });
    this.recall();
    this.announce("autosave:begin", {
      form: this.form,
      read: () => this.read(),
      version: () => this.version,
      stopped: () => this.stopped,
      settle: () => this.settle(),
      told: (state, text) => this.say(state, text),
      resume: (fields, version) => this.resume(fields, version),
      acknowledged: (answer) => this.acknowledged(answer),
      lost: (base, answer) => this.lost(base, answer),
    });
  }

  announce(name, detail) {
    const event = new CustomEvent(name, { bubbles: true, cancelable: true, detail: { url: this.url, ...detail } });
    return this.root.dispatchEvent(event) ? null : event.detail;
  }

  controls() {
    return [...(this.root.elements ?? this.root.querySelectorAll("input, select, textarea"))].filter((control) =>
      control.name && !control.disabled && control.localName !== "button" &&
      !["hidden", "submit", "button", "file", "password"].includes(control.type));
  }

  read() {
    const fields = {};
    const many = new Set();
    for (const control of this.controls()) {
      if (control.type === "checkbox") {
        const boxes = this.root.querySelectorAll(`input[type=checkbox][name="${CSS.escape(control.name)}"]`);
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

  write(fields) {
    for (const control of this.controls()) {
      const value = fields[control.name];
      if (value === undefined) continue;
      const choice = ["checkbox", "radio"].includes(control.type);
      const before = choice ? control.checked : control.value;
      if (choice) control.checked = [value].flat().includes(control.value);
      else control.value = value;
      // What else is on the page follows it, as if somebody had typed.
      if (before !== (choice ? control.checked : control.value)) control.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  changes() {
    const now = this.read();
    const changed = Object.entries(now).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(this.sent[name]));
    return changed.length && "whole" in this.root.dataset ? now : Object.fromEntries(changed);
  }

  dirty() {
    return this.operation !== null || Object.keys(this.changes()).length > 0;
  }

  changed() {
    const now = Date.now();
    this.since ||= now;
    this.later(Math.max(0, Math.min(QUIET, this.since + UNSAVED_AT_MOST - now)));
    if (this.failures) this.remember();
  }

  later(wait) {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), wait);
  }

  send() {
    this.running ??= this.sendNow().finally(() => { this.running = null; });
    return this.running;
  }

  // What is typed is sent, or known not to have arrived.
  async settle() {
    clearTimeout(this.timer);
    if (this.running) await this.running;
    if (this.dirty()) await this.send();
  }

  async sendNow() {
    if (this.busy || this.stopped || this.waits !== null) return;
    if (!this.operation) {
      const fields = this.changes();
      if (!Object.keys(fields).length) return;
      this.operation = { key: key(), base_version: this.version, fields };
    }
    this.busy = true;
    this.since = 0;
    this.say("saving", this.root.dataset.saving);
    const token = csrf(this.form);
    const asked = this.announce("autosave:send", { operation: this.operation, direct: () => this.post(token), answer: null });
    const { status, answer } = await (asked?.answer ?? this.post(token));
    this.busy = false;
    if (this.stopped) return;
    if (answer?.state === "saved" || answer?.state === "already") this.saved(answer);
    else if (answer?.state === "kept" || answer?.state === "held") this.kept(answer);
    else if (answer?.state === "conflict" || status === 409) this.conflict(answer ?? {});
    else if (this.root.dataset.keep && (status === 401 || (status === 403 && !answer?.state))) this.signedOut(token);
    else if (status >= 400 && status < 500 && ![408, 425, 429].includes(status)) this.refused(answer ?? {}, status);
    else this.again();
  }

  async post(token) {
    try {
      const response = await fetch(this.url, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", "Accept": "application/json", "X-CSRF-Token": token },
        body: JSON.stringify(this.operation),
        signal: AbortSignal.timeout(TIMEOUT),
      });
      return { status: response.status, answer: await response.json().catch(() => null) };
    } catch {
      // Whether it arrived is not known, so the same key goes again.
      return { status: 0, answer: null };
    }
  }

  saved(answer) {
    Object.assign(this.sent, this.operation.fields);
    this.operation = null;
    this.failures = 0;
    this.based(Number(answer.version ?? this.version));
    this.acknowledged(answer);
    this.root.dispatchEvent(new CustomEvent("autosave:saved", { detail: answer, bubbles: true }));
    if (this.dirty()) this.later(QUIET);
    else this.forget();
  }

  acknowledged(answer) {
    const at = answer.at ? new Date(answer.at) : new Date();
    const time = `${at.toISOString().slice(11, 19)}\u00a0UTC`;
    this.say("saved", this.root.dataset.saved.replace("{time}", time), answer.href, answer.message);
  }

  // It is safe elsewhere, and what is typed next follows on it.
  kept(answer) {
    Object.assign(this.sent, this.operation.fields);
    this.operation = null;
    this.failures = 0;
    this.based(this.version + 1);
    this.say("unsaved", answer.message);
    if (this.dirty()) this.later(QUIET);
    else this.forget();
  }

  // What was kept and not taken after all: with a conflict nothing may follow on it, else what follows stands one lower.
  lost(base, answer) {
    if (base === null) this.based(this.version - 1);
    else this.based(base);
    if (base === null) this.say("unsaved", answer.message || this.root.dataset.refused);
    else this.conflict(answer);
  }

  // What is not on this page yet; what somebody is typing meanwhile stays.
  resume(fields, version) {
    const typed = this.changes();
    Object.assign(this.sent, fields);
    this.write(Object.fromEntries(Object.entries(fields).filter(([name]) => !(name in typed))));
    this.based(version);
  }

  based(version) {
    this.version = version;
    this.root.dataset.baseVersion = version;
    const field = this.form.elements.namedItem(this.root.dataset.versionField ?? "version");
    if (field) field.value = version;
  }

  conflict(answer) {
    this.stopped = true;
    this.say("unsaved", answer.message || this.root.dataset.refused, answer.href);
  }

  refused(answer, status) {
    // The server understood and said no: the same content would be refused again. 401 and 403 need a person.
    this.operation = null;
    if (status === 401 || status === 403) this.stopped = true;
    this.say("unsaved", answer.message || this.root.dataset.refused, answer.href);
  }

  again() {
    this.failures += 1;
    this.remember();
    this.say("unsaved", this.root.dataset.unsaved);
    const wait = Math.min(LONGEST_WAIT, 1000 * 2 ** Math.min(this.failures, 6));
    // Sixty judges that lost one server must not come back in one second.
    this.later(wait * (0.5 + Math.random() / 2));
  }

  signedOut(token) {
    this.failures += 1;
    this.remember();
    clearTimeout(this.timer);
    const place = this.say("unsaved", this.root.dataset.signedOut, "/sign-in");
    const link = place?.querySelector("a");
    if (link) link.target = "_blank";
    this.waits = token;
    document.dispatchEvent(new CustomEvent("session:over", { detail: token }));
  }

  signedIn({ person, csrf }) {
    if (this.waits === null) return;
    if (person !== this.root.dataset.keep) return this.say("unsaved", this.root.dataset.other, "/sign-in");
    const token = this.waits;
    this.waits = null;
    // With the same token as before it is not the session that was wrong: this person may not write here.
    if (csrf === token) this.refused({}, 403);
    else this.later(0);
  }

  // --- what the tab keeps until it is acknowledged

  remember(submitted = false) {
    if (!this.root.dataset.keep) return;
    const { operation, version } = this;
    const item = { keep: this.root.dataset.keep, version, operation, fields: this.read(), submitted, page: location.pathname };
    try { sessionStorage.setItem(KEPT + this.url, JSON.stringify(item)); } catch { /* full or forbidden: memory has it */ }
  }

  forget() {
    try { sessionStorage.removeItem(KEPT + this.url); } catch { /* forbidden: nothing was kept */ }
  }

  recall() {
    const item = this.root.dataset.keep && kept(KEPT + this.url);
    if (!item) return;
    if (item.keep !== this.root.dataset.keep || same(item.fields, this.sent)) return this.forget();
    // What was taken back arrived with the button, was saved and taken back: it is in the history, not in the fields.
    if (item.submitted === "undo" && this.version > item.version) return this.forget();
    this.write(item.fields);
    this.operation = item.operation;
    // From the version that it was written over: what others saved since is never overwritten.
    this.based(item.version);
    this.say("unsaved", this.root.dataset.restored);
    this.later(0);
  }

  say(state, text, href, note) {
    const place = this.root.querySelector("[data-autosave-status]") ?? this.root.querySelector("[role=status]");
    if (!place) return null;
    place.className = state === "saving" ? "soft" : state;
    const words = note || text;
    const linked = href && new URL(href, location.href).origin === location.origin;
    const told = linked ? Object.assign(document.createElement("a"), { href, textContent: words }) : words;
    if (note) place.replaceChildren(`${text}. `, told);
    else place.replaceChildren(told);
    return place;
  }
}
