// Checks a pack that is chosen, dropped, or named behind the #: the file is read here and sent nowhere.

const MOST_BYTES = 200 * 1024 * 1024;

class Check {
  constructor(place) {
    this.place = place;
    this.find = (name) => place.querySelector(`[data-${name}]`);
    this.words = new Map([...this.find("words").content.children].map((one) => [one.dataset.code, one.textContent]));
    this.files = { pack: place.querySelector("#pack"), auditor: place.querySelector("#auditor") };
    for (const each of document.querySelectorAll("[data-without-script]")) each.hidden = true;
    place.hidden = false;
    this.files.pack.addEventListener("change", () => this.chosen(this.files.pack.files[0]));
    this.find("again").addEventListener("click", () => this.chosen(this.file));
    const drop = this.find("drop");
    for (const kind of ["dragenter", "dragover"]) {
      drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
    }
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      this.chosen(event.dataTransfer.files[0]);
    });
    // A file that misses the place would otherwise be opened in place of this page.
    for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault());
    addEventListener("hashchange", () => this.named());
    this.named();
  }

  say(code, values = {}) {
    const text = this.words.get(code) ?? code;
    return text.replace(/\{(\w+)\}/gu, (whole, name) => (Object.hasOwn(values, name) ? String(values[name] ?? "–") : whole));
  }

  tell(code, values) { this.find("status").textContent = this.say(code, values); }

  // A pack of this site, as its own pages link to it.
  async named() {
    const path = decodeURIComponent(location.hash.slice(1));
    if (!/^\/awards\/[\w./-]+\.json$/u.test(path)) return;
    this.tell("fetching");
    try {
      const answer = await fetch(path, { credentials: "omit" });
      if (!answer.ok) throw new Error();
      await this.chosen(new File([await answer.blob()], path));
    } catch { this.tell("not-fetched"); }
  }

  async chosen(file) {
    if (!file) return;
    this.file = file;
    if (file.size > MOST_BYTES) { this.tell("too-big"); return; }
    const auditor = this.files.auditor.files[0];
    let bytes, beside;
    try {
      bytes = new Uint8Array(await file.arrayBuffer());
      beside = auditor && new Uint8Array(await auditor.arrayBuffer());
    } catch { this.tell("unread"); return; }
    const held = { auditor: beside };
    for (const name of ["key", "edition", "number", "head"]) {
      held[name] = this.place.querySelector(`#held-${name}`).value.replace(/\s+/gu, "").toLowerCase();
    }
    this.begin(bytes, held);
  }

  begin(bytes, held) {
    this.worker?.terminate();
    this.counts = { holds: 0, fails: 0, unchecked: 0 };
    this.find("results").hidden = false;
    this.find("again").hidden = false;
    this.find("verdict").replaceChildren();
    for (const step of this.place.querySelectorAll("[data-step]")) this.show(step, "waiting", []);
    this.find("progress").hidden = false;
    this.find("progress").value = 0;
    this.tell("checking", { name: this.file.name });
    this.worker = new Worker(this.place.dataset.worker, { type: "module" });
    this.worker.addEventListener("message", ({ data }) => this.news(data));
    this.worker.addEventListener("error", () => { this.find("progress").hidden = true; this.tell("stopped"); });
    this.worker.postMessage({ bytes, held });
  }

  news({ begun, part, done, over }) {
    const progress = this.find("progress");
    if (begun) this.show(this.step(begun), "running", []);
    if (part !== undefined) progress.value = this.done + part;
    if (done) {
      this.counts[done.state] += 1;
      progress.value = this.done;
      this.show(this.step(done.name), done.state, done.notes);
    }
    if (over) this.end();
  }

  get done() { return this.counts.holds + this.counts.fails + this.counts.unchecked; }

  step(name) { return this.place.querySelector(`[data-step="${name}"]`); }

  show(step, state, notes) {
    const tag = this.place.querySelector(`template[data-state="${state}"]`).content.cloneNode(true);
    step.querySelector("[data-tag]").replaceChildren(tag);
    step.dataset.is = state;
    step.querySelector("[data-notes]").replaceChildren(...notes.map((note) => {
      const line = document.createElement("li");
      line.dir = "auto";
      line.textContent = this.say(note.code, note.values);
      line.dataset.code = note.code;
      return line;
    }));
  }

  end() {
    this.worker.terminate();
    for (const step of this.place.querySelectorAll('[data-is="waiting"]')) this.show(step, "unchecked", []);
    const name = this.counts.fails ? "bad" : "good";
    this.find("verdict").replaceChildren(this.place.querySelector(`template[data-verdict="${name}"]`).content.cloneNode(true));
    this.find("progress").hidden = true;
    const unchecked = this.place.querySelectorAll('[data-is="unchecked"]').length;
    this.tell(this.counts.fails ? "over-bad" : "over-good", { ...this.counts, unchecked });
  }
}

for (const place of document.querySelectorAll("[data-verify]")) new Check(place);
