// Totals, groups that can be ranked together, and the order by the rules that were published before.

const bigOrNull = (number) => (number === null || number === undefined ? null : bigOf(number));
const numberOf = (round, criterion, entry, place) => bigOrNull(round.estimates[criterion]?.[entry]?.[place]);
const [RAW, OFFICIAL] = [0, 1];

// The sum of weight times number over the sum of weights, rounded; null where a number is missing.
function meanBy(pairs) {
  if (!pairs.length || pairs.some(([, number]) => number === null)) return null;
  const sum = pairs.reduce((total, [weight, number]) => total + weight * number, 0n);
  return halfEven(sum, pairs.reduce((total, [weight]) => total + weight, 0n));
}

// Entry to the group in which it is ranked, within its category; null without a total.
function groupsOf(round) {
  const place = new Map();
  for (const [criterion, parts] of Object.entries(round.parts)) {
    parts.forEach((part, number) => Object.keys(part.entries).forEach((entry) => place.set(JSON.stringify([criterion, entry]), number)));
  }
  return new Map(round.inputs.entries.map(({ id, category }) => {
    if (bigOrNull(round.results[id]?.total) === null) return [id, null];
    const codes = isPlain(round) ? [] : judgedIn(round, category).map(({ code }) => place.get(JSON.stringify([code, id])) ?? null);
    return [id, JSON.stringify([category, codes])];
  }));
}

function checkTotals(step, pack) {
  if (pack.level === "outcome") return step.say("only-outcome");
  pack.rounds.forEach((round, number) => {
    const { entries } = round.inputs;
    const ids = new Set(entries.map((entry) => entry.id));
    const complete = Object.keys(round.results).length === ids.size && Object.keys(round.results).every((id) => ids.has(id));
    if (!step.expect(complete, "not-every-entry", { round: round.code })) return;
    const carried = carriedOf(step, round, pack.rounds[number - 1]);
    const reads = hasReads(pack) ? new Map(readsOf(round, pack.level).map((one) => [one.criterion, one.reads])) : null;
    for (const { id, category } of entries) {
      const at = { round: round.code, entry: id };
      const result = round.results[id];
      const judged = judgedIn(round, category);
      const pairs = (place) => judged.map((one) => [bigOf(weightIn(one, category)), numberOf(round, one.code, id, place)]);
      if (pack.level === "results" && pairs(OFFICIAL).some(([, one]) => one === null)) {
        step.say("some-hidden", { round: round.code });
        continue;
      }
      const total = judged.length ? meanBy([...pairs(OFFICIAL), ...(carried.get(id) ?? [])]) : null;
      step.expect(bigOrNull(result.total) === total, "other-total", { ...at, said: result.total, right: shown(total) });
      const raw = meanBy(pairs(RAW));
      step.expect(total === null || bigOrNull(result.raw) === raw, "other-raw-total", { ...at, said: result.raw, right: shown(raw) });
      if (!reads) continue;
      const labels = judged.map((one) => new Set((reads.get(one.code).of.entry.get(id) ?? []).map((read) => read.label)));
      const whole = labels.length ? [...labels[0]].filter((label) => labels.every((set) => set.has(label))).length : 0;
      step.expect(result.sheets === whole, "other-sheets", { ...at, said: result.sheets, right: whole });
    }
  });
}

// What entries bring along from the round before, each a weight and a total.
function carriedOf(step, round, before) {
  const found = new Map();
  for (const { entry, weight, total } of round.inputs.carried ?? []) {
    const at = { round: round.code, entry };
    step.expect(!found.has(entry) && isCount(weight), "no-carried", at);
    found.set(entry, [[bigOf(weight), bigOf(total)]]);
    if (before) step.expect(bigOrNull(before.results[entry]?.total) === bigOf(total), "other-carried", at);
  }
  return found;
}

// The numbers by which one is before another, the weightiest first.
function keyOf(round, entry) {
  const result = round.results[entry];
  return [bigOrNull(result.total), ...round.inputs.tie_breaks.map(({ rule, value }) => {
    if (rule === "criterion") return numberOf(round, value, entry, OFFICIAL);
    if (rule === "raw") return bigOrNull(result.raw);
    if (rule === "sheets") return bigOrNull(result.sheets);
    throw new TypeError("no such rule");
  })];
}

function higher(one, other) {
  const at = one.findIndex((number, i) => number !== other[i]);
  if (at < 0 || one[at] === null) return false;
  return other[at] === null || one[at] > other[at];
}

// Places by key: one more than how many are higher.
function ranksOf(round, entries) {
  const keys = entries.map((entry) => keyOf(round, entry));
  return new Map(entries.map((entry, i) => [entry, 1 + keys.filter((key) => higher(key, keys[i])).length]));
}

// Whether a tie-break asks for a number that this level does not show.
function hidesKeys(pack, round) {
  if (pack.level !== "results") return false;
  const breaks = round.inputs.tie_breaks.filter(({ rule }) => rule === "criterion").map(({ value }) => value);
  const byRaw = round.inputs.tie_breaks.some(({ rule }) => rule === "raw");
  const judged = ({ category }) => new Set(judgedIn(round, category).map((one) => one.code));
  return round.inputs.entries.some((entry) => bigOrNull(round.results[entry.id].total) !== null
    && ((byRaw && bigOrNull(round.results[entry.id].raw) === null)
      || breaks.some((code) => judged(entry).has(code) && numberOf(round, code, entry.id, OFFICIAL) === null)));
}

function checkOrder(step, pack) {
  if (pack.level === "outcome") return step.say("only-outcome");
  for (const round of pack.rounds) {
    const groups = groupsOf(round);
    const ranked = [...groups].filter(([, group]) => group !== null).map(([entry]) => entry);
    if (hidesKeys(pack, round)) { step.say("some-hidden", { round: round.code }); continue; }
    const ranks = new Map();
    for (const group of new Set(groups.values())) {
      if (group === null) continue;
      for (const [entry, rank] of ranksOf(round, ranked.filter((one) => groups.get(one) === group))) ranks.set(entry, rank);
    }
    for (const [entry, { rank }] of Object.entries(round.results)) {
      const right = ranks.get(entry) ?? null;
      step.expect(rank === right, "other-rank", { round: round.code, entry, said: rank, right });
    }
  }
}
