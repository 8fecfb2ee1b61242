// The order that a meeting left: the ranks of the numbers, and its moves one after the other.

function orderAfter(ranks, acts) {
  const byRank = new Map();
  for (const [entry, rank] of ranks) if (rank !== null) byRank.set(rank, [...(byRank.get(rank) ?? []), entry]);
  let groups = [...byRank.keys()].sort((a, b) => a - b).map((rank) => byRank.get(rank));
  for (const act of acts) {
    if (act.kind !== "move") continue;
    if (!ranks.has(act.entry) || !isCount(act.place)) throw new TypeError("no such move");
    groups = groups.map((group) => group.filter((entry) => entry !== act.entry)).filter((group) => group.length);
    if (act.place > 0) put(groups, act);
  }
  const found = new Map([...ranks.keys()].map((entry) => [entry, null]));
  let ahead = 0;
  for (const group of groups) {
    for (const entry of group) found.set(entry, ahead + 1);
    ahead += group.length;
  }
  return found;
}

function put(groups, act) {
  let ahead = 0;
  for (const [position, group] of groups.entries()) {
    if (act.level && ahead === act.place - 1) { group.push(act.entry); return; }
    if (ahead >= act.place - 1) { groups.splice(position, 0, [act.entry]); return; }
    ahead += group.length;
  }
  groups.push([act.entry]);
}

function checkDeliberation(step, pack) {
  if (pack.level === "outcome") return step.say("only-outcome");
  for (const round of pack.rounds) {
    const categories = new Map();
    for (const { id, category } of round.inputs.entries) categories.set(category, [...(categories.get(category) ?? []), id]);
    const settled = new Map(round.deliberation.map((one) => [one.category, [...one.acts].sort((a, b) => a.number - b.number)]));
    step.expect(settled.size === round.deliberation.length, "settled-twice", { round: round.code });
    step.expect([...settled.keys()].every((name) => categories.has(name)), "other-category", { round: round.code });
    for (const [category, entries] of categories) {
      const acts = settled.get(category);
      const ranks = new Map(entries.map((entry) => [entry, round.results[entry].rank]));
      for (const act of acts ?? []) step.expect(act.kind !== "move" || act.reason, "no-reason", { category, number: act.number });
      const decided = acts ? orderAfter(ranks, acts) : ranks;
      for (const entry of entries) {
        const said = round.results[entry].decided;
        step.expect(said === decided.get(entry), "other-decided", { round: round.code, entry, said, right: decided.get(entry) });
      }
      if (acts) step.say("deliberated", { category, moves: acts.filter((act) => act.kind === "move").length });
    }
  }
}
