// Prizes by rule, and whether what was published says what was calculated.

const KINDS = ["ranked", "ring-fenced", "cascade", "outside"];

// The last round that judged a category.
const decidingRound = (pack, category) => pack.rounds.findLast((round) => round.inputs.entries.some((entry) => entry.category === category)) ?? null;

function inOrder(one, other) {
  return KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) || byCodePoint(one.category, other.category)
    || one.position - other.position || byCodePoint(one.code, other.code);
}

const fits = (prize, candidate) => Object.entries(prize.fits).every(([key, texts]) => key === "past" || texts.includes(candidate[key]));

// Who takes each prize by rule, and who holds it: its code to both, in the order of the prizes.
function byRule({ rules, candidates, decided }, ranks, overall) {
  const found = new Map();
  const holders = (code) => found.get(code)?.holds ?? [];
  const placesOf = (code) => decided.filter((one) => one.prize === code);
  const decidedFor = (code) => placesOf(code).filter((one) => one.reference).map((one) => one.reference);
  const ordered = [...rules].sort(inOrder);
  ordered.forEach((prize, number) => {
    const rank = (reference) => (prize.category ? ranks : overall).get(reference) ?? null;
    const before = ordered.slice(0, number).filter((other) => other.category === prize.category);
    let pool = prize.kind === "outside" ? [] : Object.entries(candidates)
      .filter(([reference, one]) => rank(reference) !== null && ["", one.category].includes(prize.category) && fits(prize, one)).map(([reference]) => reference);
    if (prize.kind === "cascade") {
      const past = prize.fits.past ?? before.filter((other) => other.kind === "ranked" || other.kind === "cascade").map((other) => other.code);
      const held = new Set(past.flatMap(holders));
      pool = pool.filter((reference) => !held.has(reference));
    }
    const ahead = before.filter((other) => other.kind === "ranked").reduce((sum, other) => sum + other.places, 0);
    const start = prize.kind === "ranked" ? ahead : 0;
    const place = (one) => 1 + pool.filter((other) => rank(other) < rank(one)).length;
    const takes = pool.filter((one) => place(one) > start && place(one) <= start + prize.places);
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
  const known = (rule) => KINDS.includes(rule.kind) && isCount(rule.places) && (rule.kind !== "ranked" || !Object.keys(rule.fits).length);
  step.expect(kinds.size === prizes.rules.length && prizes.rules.every(known), "no-such-prize", { prize: "" });
  const places = new Set();
  for (const { prize, place, reference } of prizes.decided) {
    step.expect(kinds.has(prize) && (!reference || reference in prizes.candidates), "no-such-prize", { prize });
    const one = JSON.stringify([prize, place]);
    step.expect(!places.has(one), "place-twice", { prize });
    places.add(one);
  }
  const overall = overallOf(pack);
  if (overall === null) return step.say("some-hidden", { round: "–" });
  for (const [code, { takes, given }] of byRule(prizes, ranksToGiveBy(pack), overall)) {
    const decided = prizes.decided.filter((one) => one.prize === code);
    const values = { prize: code, said: given.join(", ") || "–", right: takes.join(", ") || "–" };
    const agrees = same([...given].sort(), [...takes].sort());
    if (kinds.get(code) === "outside") {
      step.expect(decided.every((one) => !one.reference || one.reason), "outside-without-reason", values);
    } else step.expect(agrees || decided.some((one) => one.reason), "other-prize", values);
    for (const one of agrees ? [] : decided.filter((each) => each.reason)) {
      step.say("by-reason", { prize: code, reference: one.reference || "–", reason: one.reason });
    }
  }
}

// Each entry's place in the deciding round of its category there, where the places of that can be compared: a meeting
// settled them, or all are in one group.
function ranksToGiveBy(pack) {
  const ranks = new Map();
  for (const round of pack.rounds) {
    const groups = groupsOf(round);
    for (const category of new Set(round.inputs.entries.map((entry) => entry.category))) {
      if (decidingRound(pack, category) !== round) continue;
      const own = round.inputs.entries.filter((entry) => entry.category === category).map((entry) => entry.id);
      const ranked = own.filter((entry) => round.results[entry].rank !== null);
      const settled = round.deliberation.some((one) => one.category === category);
      if (!settled && new Set(ranked.map((entry) => groups.get(entry))).size > 1) continue;
      for (const entry of own) ranks.set(entry, round.results[entry].decided);
    }
  }
  return ranks;
}

// Ranks over all categories, where one round decides all of them and its numbers can be compared; null where a tie-break
// asks for what is not shown.
function overallOf(pack) {
  const rounds = new Set(Object.values(pack.prizes.candidates).map((one) => decidingRound(pack, one.category)).filter(Boolean));
  const [round] = rounds;
  if (rounds.size !== 1 || round.deliberation.length) return new Map();
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
    if (figures.decided !== undefined) step.expect(figures.decided === (result?.decided ?? null), "row-differs", { ...at, of: "decided" });
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
