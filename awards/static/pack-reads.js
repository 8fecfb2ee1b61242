// What was read by whom, in each criterion of a round: given as sums, or summed from the marks.

// One step of the check: what it found, in words that the page knows by their code.
class Step {
  constructor(name) { [this.name, this.state, this.notes] = [name, "unchecked", []]; }
  fail(code, values = {}) {
    this.state = "fails";
    if (this.notes.filter((note) => note.fails).length < 5) this.notes.push({ fails: true, code, values });
  }
  expect(holds, code, values) {
    if (this.state === "unchecked") this.state = "holds";
    if (!holds) this.fail(code, values);
    return holds;
  }
  say(code, values = {}) {
    const text = JSON.stringify([code, values]);
    if (!this.notes.some((note) => JSON.stringify([note.code, note.values]) === text)) this.notes.push({ code, values });
  }
}

const PLAIN = ["mean", "median", "trimmed", "z-score", "min-max"];
const isPlain = (round) => PLAIN.includes(round.inputs.method.rule);
const weightIn = (criterion, category) => criterion.weights[category] ?? 0;
const judgedIn = (round, category) => round.inputs.criteria.filter((criterion) => weightIn(criterion, category) > 0);
const isCount = (number) => Number.isSafeInteger(number) && number >= 0;
const hasReads = (pack) => pack.level === "marks" || pack.level === "sums";

// The reads of one criterion: entry, label, weight, and at level marks the value, all whole numbers.
class Reads {
  constructor(round, criterion, level) {
    [this.criterion, this.level, this.unit, this.round, this.list] = [criterion, level, 1n, round, []];
    for (const { entry, judge: label, confidence, marks } of round.inputs.sheets) {
      if (!Object.hasOwn(marks, criterion.code)) continue;
      const read = { entry, label, confidence, mark: marks[criterion.code], weight: 1n };
      if (level === "marks") read.value = this.value(read.mark);
      this.list.push(read);
    }
    if (level === "sums") {
      const given = (side) => new Map(this.parts.flatMap((part) => Object.entries(part[side])).map(([name, sum]) => [name, bigOf(sum)]));
      this.sums = { entry: given("entries"), label: given("judges") };
    } else {
      if (round.inputs.method.confidence) this.weigh();
      this.sums = { entry: this.summed("entry"), label: this.summed("label") };
    }
    this.weights = { entry: new Map(), label: new Map() };
    this.of = { entry: new Map(), label: new Map() };
    for (const read of this.list) {
      for (const side of ["entry", "label"]) {
        this.weights[side].set(read[side], (this.weights[side].get(read[side]) ?? 0n) + read.weight);
        if (!this.of[side].has(read[side])) this.of[side].set(read[side], []);
        this.of[side].get(read[side]).push(read);
      }
    }
  }

  get parts() { return this.round.parts[this.criterion.code]; }

  value(mark) {
    const { origin_milli: origin, step_milli: step } = this.criterion.scale;
    return bigOf(origin) + bigOf(mark) * bigOf(step);
  }

  summed(side) {
    const sums = new Map();
    for (const read of this.list) sums.set(read[side], (sums.get(read[side]) ?? 0n) + read.weight * read.value);
    return sums;
  }

  // Who is always sure says no more by it than who never is: a weight is against the label's own others.
  weigh() {
    this.unit = 1000n;
    const own = new Map();
    for (const read of this.list) own.set(read.label, [...(own.get(read.label) ?? []), read]);
    for (const reads of own.values()) {
      const lowest = reads.map((read) => bigOf(read.confidence)).reduce((a, b) => (a < b ? a : b));
      const kept = reads.map((read) => { const c = bigOf(read.confidence); return c < 4n * lowest ? c : 4n * lowest; });
      const sum = kept.reduce((a, b) => a + b);
      reads.forEach((read, i) => {
        const weight = halfEven(1000n * kept[i] * BigInt(reads.length), sum);
        read.weight = weight > 1n ? weight : 1n;
      });
    }
  }

  // Who is joined by reads: each component's entries and labels, sorted, the components by their entries. The plain
  // methods compare all.
  get components() {
    const sorted = (side) => [...this.of[side].keys()].sort(byCodePoint);
    if (isPlain(this.round)) return this.list.length ? [[sorted("entry"), sorted("label")]] : [];
    const seen = new Set();
    const found = [];
    for (const start of [...this.of.entry.keys()].sort(byCodePoint)) {
      if (seen.has(start)) continue;
      const [entries, labels, ahead] = [new Set([start]), new Set(), [start]];
      seen.add(start);
      while (ahead.length) {
        for (const { label } of this.of.entry.get(ahead.pop())) {
          if (labels.has(label)) continue;
          labels.add(label);
          for (const { entry } of this.of.label.get(label)) {
            if (!seen.has(entry)) { seen.add(entry); entries.add(entry); ahead.push(entry); }
          }
        }
      }
      found.push([[...entries].sort(byCodePoint), [...labels].sort(byCodePoint)]);
    }
    return found;
  }
}

function checkReads(step, pack) {
  if (!hasReads(pack)) return step.say("needs-sums");
  for (const round of pack.rounds) {
    const { criteria, entries, sheets } = round.inputs;
    const known = new Map(entries.map((entry) => [entry.id, entry]));
    step.expect(known.size === entries.length, "entry-twice", { round: round.code });
    if (pack.audience === "auditor") step.expect(hashOf(round.inputs) === round.run.inputs_sha256, "other-inputs", { round: round.code });
    const pairs = new Set();
    for (const { entry, judge, marks } of sheets) {
      const pair = JSON.stringify([entry, judge]);
      step.expect(!pairs.has(pair), "read-twice", { round: round.code, entry, judge });
      pairs.add(pair);
      const judged = new Set(known.has(entry) ? judgedIn(round, known.get(entry).category).map((one) => one.code) : []);
      for (const code of Object.keys(marks)) step.expect(judged.has(code), "not-judged-there", { criterion: code, entry });
    }
    const codes = canonical(criteria.map((one) => one.code).sort(byCodePoint));
    step.expect(canonical(Object.keys(round.parts).sort(byCodePoint)) === codes, "other-criterion", { round: round.code, criterion: "" });
    for (const { criterion: code, reads } of readsOf(round, pack.level)) {
      const at = { round: round.code, criterion: code };
      const { top } = reads.criterion.scale;
      for (const read of pack.level === "marks" ? reads.list : []) {
        step.expect(isCount(read.mark) && read.mark <= top, "no-mark", { ...at, entry: read.entry, judge: read.label });
      }
      for (const entry of Object.keys(round.estimates[code])) step.expect(reads.of.entry.has(entry), "not-read", { ...at, entry });
      checkSums(step, reads, at);
    }
  }
}

// The parts are what reads connect, and their sums are of the marks, or add up at least.
function checkSums(step, reads, at) {
  const { components } = reads;
  const sorted = (names) => Object.keys(names).sort(byCodePoint);
  if (!step.expect(same(reads.parts.map((part) => [sorted(part.entries), sorted(part.judges)]), components), "other-parts", at)) return;
  reads.parts.forEach((part, number) => {
    const [entries, labels] = components[number];
    const sum = (given) => Object.values(given).reduce((all, one) => all + bigOf(one), 0n);
    step.expect(sum(part.entries) === sum(part.judges), "sums-differ", { ...at, entry: entries[0] });
    if (reads.level === "sums") return;
    const right = (given, sums) => Object.entries(given).every(([name, one]) => bigOf(one) === sums.get(name));
    const squares = entries.flatMap((entry) => reads.of.entry.get(entry)).reduce((all, read) => all + read.weight * read.value ** 2n, 0n);
    const holds = right(part.entries, reads.sums.entry) && right(part.judges, reads.sums.label) && bigOf(part.squares) === squares;
    step.expect(holds, "other-sums", { ...at, entry: entries[0], judge: labels[0] });
  });
}
