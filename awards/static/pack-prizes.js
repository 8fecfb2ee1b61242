// Prizes by rule, and whether what was published says what was calculated.

const KINDS = ["ranked", "ring-fenced", "cascade", "outside"];

// The last round that judged a category.
const decidingRound = (pack, category) => pack.rounds.findLast((round) => round.inputs.entries.some((entry) => entry.category === category)) ?? null;

function inOrder(one, other) {
  return KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) || byCodePoint(one.category, other.category)
    || one.position - other.position || byCodePoint(one.code, other.code);
}

const textsOf = (prize, key) => prize.values.filter(([name]) => name === key).map(([, text]) => text);

function fits(prize, candidate) {
  return ["region", "country", "kind"].every((key) => { const texts = textsOf(prize, key); return !texts.length || texts.includes(candidate[key]); });
}

// Who takes each prize by rule, and who holds it: its code to both, in the order of the prizes.
function byRule({ rules, candidates, decided }) {
  const found = new Map();
  const holders = (code) => found.get(code)?.holds ?? [];
  const placesOf = (code) => decided.filter((one) => one.prize === code);
  const decidedFor = (code) => placesOf(code).filter((one) => one.reference).map((one) => one.reference);
  const ordered = [...rules].sort(inOrder);
  ordered.forEach((prize, number) => {
    const key = prize.category ? "rank" : "overall";
    const scope = candidates.filter((one) => one[key] !== null && (!prize.category || one.category === prize.category));
    const before = ordered.slice(0, number).filter((other) => other.category === prize.category);
    let pool = [];
    if (prize.kind === "ranked") pool = scope;
    if (prize.kind === "ring-fenced") pool = scope.filter((one) => fits(prize, one));
    if (prize.kind === "cascade") {
      const named = textsOf(prize, "past");
      const past = named.length ? named : before.filter((other) => other.kind === "ranked" || other.kind === "cascade").map((other) => other.code);
      const held = new Set(past.flatMap(holders));
      pool = scope.filter((one) => fits(prize, one) && !held.has(one.reference));
    }
    const ahead = before.filter((other) => other.kind === "ranked").reduce((sum, other) => sum + other.places, 0);
    const start = prize.kind === "ranked" ? ahead : 0;
    const place = (one) => 1 + pool.filter((other) => other[key] < one[key]).length;
    const takes = pool.filter((one) => place(one) > start && place(one) <= start + prize.places).map((one) => one.reference);
    const places = new Set(placesOf(prize.code).map((one) => one.place));
    const whole = Array.from({ length: prize.places }, (_, i) => i + 1).every((one) => places.has(one));
    found.set(prize.code, { takes, given: decidedFor(prize.code), holds: whole ? decidedFor(prize.code) : takes });
  });
  return found;
}

function checkPrizes(step, pack) {
  if (pack.level === "outcome") return step.say("only-outcome");
  const { prizes } = pack;
  const kinds = new Map(prizes.rules.map((rule) => [rule.code, rule.kind]));
  step.expect(kinds.size === prizes.rules.length && prizes.rules.every((rule) => KINDS.includes(rule.kind) && isCount(rule.places)), "no-such-prize", { prize: "" });
  checkCandidates(step, pack);
  const references = new Set(prizes.candidates.map((one) => one.reference));
  const places = new Set();
  for (const { prize, place, reference } of prizes.decided) {
    step.expect(kinds.has(prize) && (!reference || references.has(reference)), "no-such-prize", { prize });
    const one = JSON.stringify([prize, place]);
    step.expect(!places.has(one), "place-twice", { prize });
    places.add(one);
  }
  for (const [code, { takes, given }] of byRule(prizes)) {
    const decided = prizes.decided.filter((one) => one.prize === code);
    const values = { prize: code, said: given.join(", ") || "–", right: takes.join(", ") || "–" };
    if (kinds.get(code) === "outside") {
      step.expect(decided.every((one) => !one.reference || one.reason), "outside-without-reason", values);
    } else if (decided.some((one) => one.reason)) {
      step.expect(true);
    } else {
      step.expect(same([...given].sort(), [...takes].sort()), "other-prize", values);
    }
    for (const one of same([...given].sort(), [...takes].sort()) ? [] : decided.filter((each) => each.reason)) {
      step.say("by-reason", { prize: code, reference: one.reference || "–", reason: one.reason });
    }
  }
}

function checkCandidates(step, pack) {
  const { candidates } = pack.prizes;
  const overall = overallOf(pack);
  for (const one of candidates) {
    const round = decidingRound(pack, one.category);
    const entry = round?.inputs.entries.find((each) => each.id === one.reference && each.category === one.category);
    const rank = entry && isComparable(round, one.category) ? round.results[one.reference].decided : null;
    step.expect(one.rank === rank, "other-candidate", { entry: one.reference, said: one.rank, right: rank });
    if (overall === null) continue;
    const all = overall.get(one.reference) ?? null;
    step.expect(one.overall === all, "other-candidate", { entry: one.reference, said: one.overall, right: all });
  }
  step.expect(new Set(candidates.map((one) => one.reference)).size === candidates.length, "candidate-twice");
}

// Whether the places of a category can be compared: a meeting settled them, or all are in one group.
const comparable = new WeakMap();
function isComparable(round, category) {
  if (!comparable.has(round)) comparable.set(round, new Map());
  const known = comparable.get(round);
  if (!known.has(category)) {
    const groups = groupsOf(round);
    const ranked = round.inputs.entries.filter((entry) => entry.category === category && round.results[entry.id].rank !== null);
    known.set(category, round.deliberation.some((one) => one.category === category) || new Set(ranked.map((entry) => groups.get(entry.id))).size <= 1);
  }
  return known.get(category);
}

// Ranks over all categories, where one round decides all of them and its numbers can be compared; null where a tie-break
// asks for what is not shown.
function overallOf(pack) {
  const rounds = new Set(pack.prizes.candidates.map((one) => decidingRound(pack, one.category)));
  const [round] = rounds;
  if (rounds.size !== 1 || !round || round.deliberation.length) return new Map();
  if (Object.values(round.parts).some((parts) => parts.length > 1)) return new Map();
  if (hidesKeys(pack, round)) return null;
  return ranksOf(round, round.inputs.entries.map((entry) => entry.id).filter((id) => bigOrNull(round.results[id].total) !== null));
}

function checkPublished(step, pack) {
  if (pack.level === "outcome") return step.say("only-outcome");
  const shownPlaces = new Set();
  const flat = (one) => canonical([one.prize, one.place, one.reason]);
  for (const row of pack.document.entries) {
    const { figures } = row;
    const reference = figures?.reference;
    if (!reference) continue;
    const at = { entry: reference };
    const round = decidingRound(pack, row.category_code);
    const result = round?.results[reference];
    step.expect((row.rank ?? null) === (result?.rank ?? null), "row-differs", { ...at, of: "rank" });
    for (const [key, from] of [["estimate", "total"], ["raw", "raw"]]) {
      if (figures[key] === undefined || figures[key] === null) continue;
      step.expect(bigOf(figures[key]) === bigOrNull(result?.[from]), "row-differs", { ...at, of: key });
    }
    for (const { code, estimate, raw } of figures.criteria ?? []) {
      const own = round?.estimates[code]?.[reference];
      if (own) step.expect(bigOrNull(estimate) === bigOrNull(own[OFFICIAL]) && bigOrNull(raw) === bigOrNull(own[RAW]), "row-differs", { ...at, of: code });
    }
    const right = pack.prizes.decided.filter((one) => one.reference === reference).map(flat);
    step.expect(same((figures.awards ?? []).map(flat).sort(), right.sort()), "row-differs", { ...at, of: "awards" });
    shownPlaces.add(reference);
  }
  for (const { reference } of pack.prizes.decided) {
    if (reference) step.expect(shownPlaces.has(reference), "winner-without-row", { entry: reference });
  }
}
