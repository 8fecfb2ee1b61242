// Sends the files that are chosen in a form, one after the other, in pieces: a line that breaks costs one piece. The
// form says where (data-uploads) and in which words. Without this script its own button sends them whole.
//
//   POST uploads {"name", "size"}         -> 201 {"upload": token, "offset": 0}
//   PATCH uploads/token, Upload-Offset    -> {"offset"}; the last piece answers {"state": "attached", "number"}
//   GET, POST, DELETE uploads/token       -> how far it is; end it once more; give it up
//
// A refusal holds a "sentence". After a reload the same file, chosen again, goes on where it stopped: the token is
// kept for as long as the tab, with the file's name, size and date.

const LEAST = 128 * 1024;
const MOST = 4 * 1024 * 1024;
const LONGEST_WAIT = 30000;
const TIMEOUT = 120000;
// So near to the deadline the rest goes in one request: it counts by the arrival of its head.
const LAST_MINUTE = 60000;

class Refusal extends Error {}
class Stopped extends Error {}

class Uploads {
  constructor(form) {
    this.form = form;
    this.words = form.dataset;
    this.url = form.dataset.uploads;
    this.query = form.dataset.query ?? "";
    this.list = form.querySelector("[data-coming]");
    this.status = form.querySelector("[data-upload-status]");
    this.key = `uploads ${this.url}${this.query}`;
    this.piece = LEAST;
    this.ahead = 0;
    this.queue = [];
    this.busy = null;
    for (const hand of form.querySelectorAll("[data-by-hand]")) hand.hidden = true;
    form.addEventListener("change", (event) => { if (event.target.type === "file") this.chosen(event.target); });
    addEventListener("online", () => this.wake?.());
    addEventListener("beforeunload", (event) => { if (this.busy) event.preventDefault(); });
    this.resume();
    // What was chosen before this script was here is sent too: the button for it is hidden now.
    for (const input of form.querySelectorAll("input[type=file]")) this.chosen(input);
  }

  kept() {
    try { return JSON.parse(sessionStorage.getItem(this.key)) ?? []; } catch { return []; }
  }

  keep(entries) {
    try {
      if (entries.length) sessionStorage.setItem(this.key, JSON.stringify(entries));
      else sessionStorage.removeItem(this.key);
    } catch { /* a browser that keeps nothing begins anew */ }
  }

  forget(token) {
    this.keep(this.kept().filter((each) => each.token !== token));
  }

  async resume() {
    for (const one of this.kept()) {
      try {
        const { status, answer } = await this.ask("GET", `/${one.token}`);
        if (status === 200 && answer.state === "open") this.halfway(one, answer.offset);
        else if (status < 500 && status !== 401) this.forget(one.token);
      } catch { /* asked again with the next visit */ }
    }
  }

  halfway(one, offset) {
    const row = new Row(this, one.name);
    row.say(this.words.halfway, { percent: percent(offset, one.size) });
    row.move(offset, one.size);
    row.token = one.token;
    row.button(this.words.stop, () => { this.ask("DELETE", `/${one.token}`).catch(() => {}); this.forget(one.token); row.remove(); });
  }

  chosen(input) {
    const files = [...input.files];
    input.value = "";
    for (const file of files) {
      const old = this.kept().find((each) => each.name === file.name && each.size === file.size && each.mtime === file.lastModified);
      if (old) [...this.list.children].find((each) => each.row.token === old.token)?.remove();
      const row = new Row(this, file.name);
      const job = { file, row, token: old?.token, stopped: new AbortController() };
      row.say(this.words.waiting);
      row.button(this.words.stop, () => this.stop(job));
      this.queue.push(job);
    }
    this.work();
  }

  async work() {
    if (this.busy) return;
    while ((this.busy = this.queue.shift())) {
      const job = this.busy;
      try {
        await this.send(job);
        job.row.remove();
        this.tell(this.words.added, job.file.name);
        if (this.words.after) {
          this.busy = null;
          location.assign(this.words.after);
          return;
        }
        await this.refresh();
      } catch (problem) {
        if (!(problem instanceof Stopped)) this.refused(job, problem);
      }
    }
  }

  stop(job) {
    this.queue = this.queue.filter((each) => each !== job);
    job.stopped.abort();
    this.wake?.();
    if (job.token) {
      this.forget(job.token);
      this.ask("DELETE", `/${job.token}`).catch(() => {});
    }
    job.row.remove();
  }

  refused(job, problem) {
    if (job.token) this.forget(job.token);
    job.row.fail(problem instanceof Refusal && problem.message ? problem.message : this.words.failed);
    job.row.button(this.words.dismiss, () => job.row.remove());
    this.tell(this.words.refused, job.file.name);
  }

  async send(job) {
    const { file, row } = job;
    let known = null;
    if (!job.token) {
      const begun = await this.surely(job, 0, () => this.ask("POST", "", JSON.stringify({ name: file.name, size: file.size })));
      job.token = begun.upload;
      this.keep([...this.kept(), { name: file.name, size: file.size, mtime: file.lastModified, token: job.token }]);
      known = begun;
    }
    known ??= await this.surely(job, 0, () => this.ask("GET", `/${job.token}`));
    let offset = known.offset;
    while (known.state !== "attached" && known.state !== "kept") {
      if (known.state === "refused" || known.state === "cancelled") throw new Refusal(known.sentence);
      row.move(offset, file.size);
      row.say(offset < file.size ? this.words.sending : this.words.checking, { percent: percent(offset, file.size), size: size(file.size) });
      const from = offset;
      known = await this.surely(job, percent(from, file.size), () => this.push(job, from), () => this.ask("GET", `/${job.token}`));
      offset = known.offset ?? offset;
    }
    this.forget(job.token);
  }

  async push(job, from) {
    const { file, row } = job;
    if (from >= file.size) return this.ask("POST", `/${job.token}`, "{}");
    const until = this.nearTheEnd() ? file.size : Math.min(file.size, from + this.piece);
    if (until === file.size) row.say(this.words.checking);
    const began = performance.now();
    const answer = await this.ask("PATCH", `/${job.token}`, file.slice(from, until), { "Upload-Offset": String(from) }, job);
    // A piece is what this line takes in a second or two.
    const seconds = (performance.now() - began) / 1000;
    this.piece = Math.max(LEAST, Math.min(MOST, seconds < 1 ? this.piece * 2 : seconds > 4 ? this.piece / 2 : this.piece));
    return answer;
  }

  // Asks until there is an answer that is one. After a lost line `after` tells first how far the server came.
  async surely(job, done, ask, after = ask) {
    for (let failures = 0; ; failures += 1) {
      if (job.stopped.signal.aborted) throw new Stopped();
      let found = null;
      try {
        found = await (failures ? after : ask)();
      } catch { /* the line is broken, or the server is silent */ }
      if (job.stopped.signal.aborted) throw new Stopped();
      if (found && (found.status < 300 || (found.status === 409 && found.answer?.offset !== undefined))) return found.answer;
      const signedOut = found?.status === 401;
      if (found && found.status < 500 && ![401, 408, 425, 429].includes(found.status)) {
        throw new Refusal(found.answer?.sentence ?? found.answer?.detail);
      }
      this.piece = Math.max(LEAST, this.piece / 4);
      job.row.say(signedOut ? this.words.signedOut : this.words.paused, { percent: done });
      await this.pause(Math.min(LONGEST_WAIT, 1000 * 2 ** failures) * (0.5 + Math.random() / 2));
    }
  }

  pause(wait) {
    return new Promise((done) => {
      const timer = setTimeout(done, wait);
      this.wake = () => { clearTimeout(timer); done(); };
    });
  }

  async ask(method, path, body, headers = {}, job = null) {
    const signal = AbortSignal.timeout(method === "PATCH" ? TIMEOUT : 60000);
    const response = await fetch(this.url + path + this.query, {
      method,
      credentials: "same-origin",
      headers: {
        ...headers,
        "Accept": "application/json",
        "Content-Type": body instanceof Blob ? "application/octet-stream" : "application/json",
        "X-CSRF-Token": this.form.elements.namedItem("csrf")?.value ?? "",
      },
      body,
      signal: job && AbortSignal.any ? AbortSignal.any([signal, job.stopped.signal]) : signal,
    });
    const date = Date.parse(response.headers.get("date") ?? "");
    if (date) this.ahead = date - Date.now();
    return { status: response.status, answer: await response.json().catch(() => null) };
  }

  nearTheEnd() {
    const left = Date.parse(this.words.closes) - (Date.now() + this.ahead);
    return Math.abs(left) < LAST_MINUTE;
  }

  // The list and what still fits, as they stand now. What somebody types meanwhile stays typed.
  async refresh() {
    const response = await fetch(location.href, { credentials: "same-origin", headers: { "Accept": "text/html" } }).catch(() => null);
    if (!response?.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const id of ["attached", "room"]) {
      const old = document.getElementById(id);
      const next = fresh.getElementById(id);
      if (!old || !next) return;
      for (const area of old.querySelectorAll("textarea")) {
        if (area.value === area.defaultValue) continue;
        const version = old.querySelector(`[name="${area.name.replace("alt", "version")}"]`);
        const there = next.querySelector(`[name="${area.name}"]`);
        if (!there) continue;
        there.value = area.value;
        next.querySelector(`[name="${version.name}"]`).value = version.value;
      }
      const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
      for (const hand of next.querySelectorAll("[data-by-hand]")) hand.hidden = true;
      old.replaceWith(document.adoptNode(next));
      if (focused) document.getElementById(focused)?.focus();
    }
  }

  tell(words, name) {
    this.status.textContent = words.replace("{name}", name);
  }
}

class Row {
  constructor(uploads, name) {
    this.item = document.createElement("li");
    this.item.row = this;
    const text = this.item.appendChild(document.createElement("div"));
    this.name = text.appendChild(document.createElement("bdi"));
    this.name.textContent = name;
    this.meta = text.appendChild(document.createElement("div"));
    this.meta.className = "meta";
    this.act = this.item.appendChild(document.createElement("button"));
    this.act.type = "button";
    this.act.className = "btn btn-quiet btn-small";
    this.bar = this.item.appendChild(document.createElement("progress"));
    this.bar.setAttribute("aria-label", uploads.words.sent.replace("{name}", name));
    this.bar.max = 100;
    this.bar.value = 0;
    this.list = uploads.list;
    this.list.append(this.item);
    this.list.hidden = false;
  }

  say(words, values = {}) {
    const text = words.replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? "");
    if (this.meta.textContent !== text) this.meta.textContent = text;
  }

  move(offset, most) {
    this.bar.value = percent(offset, most);
  }

  fail(text) {
    this.bar.remove();
    this.meta.textContent = "";
    const error = this.item.appendChild(document.createElement("p"));
    error.className = "error";
    error.textContent = text;
  }

  button(text, act) {
    this.act.textContent = text;
    const about = this.act.appendChild(document.createElement("span"));
    about.className = "vh";
    about.textContent = ` ${this.name.textContent}`;
    this.act.onclick = act;
  }

  remove() {
    this.item.remove();
    this.list.hidden = !this.list.children.length;
  }
}

function percent(part, whole) {
  return whole ? Math.floor(100 * part / whole) : 0;
}

function size(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)}\u00a0KB` : `${(bytes / 1e6).toFixed(1)}\u00a0MB`;
}

for (const form of document.querySelectorAll("form[data-uploads]")) new Uploads(form);
