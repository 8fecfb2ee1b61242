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
    [this.criterion, this.level, this.unit, this.twice, this.list] = [criterion, level, 1n, [], []];
    const pairs = new Set();
    for (const [entry, reads] of Object.entries(round.reads[criterion.code] ?? {})) {
      for (const [label, mark, confidence] of reads) {
        const pair = JSON.stringify([entry, label]);
        const read = { entry, label, mark, confidence, weight: 1n };
        if (level === "marks") read.value = this.value(mark);
        if (pairs.has(pair)) this.twice.push(read);
        pairs.add(pair);
        this.list.push(read);
      }
    }
    if (level === "sums") {
      const { entries, judges } = round.sums[criterion.code] ?? { entries: {}, judges: {} };
      const given = (sums) => new Map(Object.entries(sums).map(([name, sum]) => [name, bigOf(sum)]));
      this.sums = { entry: given(entries), label: given(judges) };
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

  // Who is joined by reads: each component's entries and labels, sorted, the components by their entries.
  get components() {
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
    const { criteria, entries } = round.inputs;
    const known = new Map(entries.map((entry) => [entry.id, entry]));
    step.expect(known.size === entries.length, "entry-twice", { round: round.code });
    if (pack.audience === "auditor") checkInputs(step, round);
    const codes = new Set(criteria.map((one) => one.code));
    for (const code of [...Object.keys(round.reads), ...Object.keys(round.sums ?? {})]) {
      step.expect(codes.has(code), "other-criterion", { round: round.code, criterion: code });
    }
    for (const { criterion: code, reads } of readsOf(round, pack.level)) {
      const at = { round: round.code, criterion: code };
      for (const read of reads.twice) step.fail("read-twice", { ...at, entry: read.entry, judge: read.label });
      for (const read of reads.list) {
        const entry = known.get(read.entry);
        step.expect(entry && weightIn(reads.criterion, entry.category) > 0, "not-judged-there", { ...at, entry: read.entry });
        if (pack.level === "sums") continue;
        const { top } = reads.criterion.scale;
        step.expect(isCount(read.mark) && read.mark <= top, "no-mark", { ...at, entry: read.entry, judge: read.label });
      }
      if (pack.level === "sums") checkSums(step, reads, at);
    }
  }
}

function checkSums(step, reads, at) {
  for (const side of ["entry", "label"]) {
    const complete = [...reads.sums[side].keys()].every((name) => reads.of[side].has(name)) && reads.sums[side].size === reads.of[side].size;
    if (!step.expect(complete, "sum-without-read", at)) return;
  }
  const total = (names, sums) => names.reduce((sum, name) => sum + sums.get(name), 0n);
  for (const [entries, labels] of reads.components) {
    step.expect(total(entries, reads.sums.entry) === total(labels, reads.sums.label), "sums-differ", { ...at, entry: entries[0] });
  }
}

// An auditor's pack holds the very document that was calculated from.
function checkInputs(step, round) {
  const at = { round: round.code };
  step.expect(hashOf(round.inputs) === round.run.inputs_sha256, "other-inputs", at);
  const line = (criterion, entry, label, mark, confidence) => canonical([criterion, entry, label, mark, confidence]);
  const codes = new Set(round.inputs.criteria.map((one) => one.code));
  const sheets = round.inputs.sheets.flatMap((sheet) => Object.entries(sheet.marks).filter(([code]) => codes.has(code))
    .map(([code, mark]) => line(code, sheet.entry, sheet.judge, mark, sheet.confidence)));
  const reads = Object.entries(round.reads).flatMap(([code, entries]) => Object.entries(entries).flatMap(([entry, own]) =>
    own.map(([label, mark, confidence]) => line(code, entry, label, mark, confidence))));
  step.expect(sheets.sort().join("\n") === reads.sort().join("\n"), "reads-differ", at);
}
