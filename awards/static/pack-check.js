// The steps of awards/verifier/SPEC.md, in their order. Nothing here leaves the browser.

const LEVELS = ["marks", "sums", "results", "outcome"];

const kept = new WeakMap();

// The reads of each criterion that a round judges, made once.
function readsOf(round, level) {
  if (!kept.has(round)) {
    kept.set(round, round.inputs.criteria.map((one) => ({ criterion: one.code, reads: new Reads(round, one, level), parts: null })));
  }
  return kept.get(round);
}

const partsFor = (level) => (round, criterion) => {
  const own = readsOf(round, level).find((one) => one.criterion === criterion);
  own.parts ??= round.parts[criterion].map((part) => new Part(own.reads, part));
  return own.parts;
};

async function checkSignature(step, file, held) {
  const { key, value } = file.signature;
  if (held.key) step.expect(held.key === key, "other-key", { key });
  else step.say("compare-key", { key });
  let cryptographic;
  try {
    cryptographic = await crypto.subtle.importKey("raw", fromHex(key), "Ed25519", false, ["verify"]);
  } catch (problem) {
    // No secure page, or no Ed25519: another key would not help. A key that is no point of the curve is a wrong one.
    if (globalThis.crypto?.subtle && problem.name === "DataError") return step.expect(false, "bad-signature");
    return step.say("no-ed25519");
  }
  const holds = await crypto.subtle.verify("Ed25519", cryptographic, fromHex(value), canonicalBytes(file.pack));
  step.expect(holds, "bad-signature");
}

function checkIdentity(step, pack, held) {
  const { document } = pack;
  for (const key of ["programme", "edition", "number", "kind", "visible_at"]) {
    step.expect(document[key] !== undefined, "document-names-none", { of: key });
  }
  const edition = `${document.programme}/${document.edition}`;
  if (held.edition) step.expect(held.edition === edition, "other-edition", { edition });
  if (held.number) step.expect(held.number === String(document.number), "other-number", { number: document.number });
  const [level, asked] = [pack.level, document.figures.shows === "full" ? pack.asked : "outcome"].map((one) => LEVELS.indexOf(one));
  step.expect(["public", "auditor"].includes(pack.audience) && level >= 0, "no-level", { level: pack.level });
  if (pack.audience === "auditor") step.expect(pack.level === "marks" && pack.auditor_sha256 === "", "no-level", { level: pack.level });
  else step.expect(asked >= 0 && level >= asked && isDigest(pack.auditor_sha256), "no-level", { level: pack.level });
  if (held.auditor) step.expect(pack.auditor_sha256 === sha256(held.auditor), "other-auditor");
  for (const reason of pack.reasons) step.say("said", { text: reason });
}

function checkCommitments(step, pack) {
  if (pack.level === "outcome" && pack.rounds.length === 0) return step.say("only-outcome");
  for (const round of pack.rounds) {
    const at = { round: round.code };
    const { commitments, unreceipted } = round;
    const sorted = commitments.every((one, i) => isDigest(one) && (i === 0 || commitments[i - 1] < one));
    step.expect(sorted, "commitments-unsorted", at);
    step.expect(isCount(unreceipted), "commitments-number", { ...at, signed: "–", number: commitments.length });
    if (hasReads(pack)) {
      const signed = round.inputs.sheets.length;
      step.expect(commitments.length + unreceipted === signed, "commitments-number", { ...at, signed, number: commitments.length });
    }
    if (pack.audience === "auditor") checkOpenings(step, round, at);
  }
}

function checkOpenings(step, round, at) {
  const { openings } = round;
  const hashes = new Set(openings.map(hashOf));
  const complete = hashes.size === openings.length && openings.length === round.commitments.length && round.commitments.every((one) => hashes.has(one));
  step.expect(complete, "openings-differ", at);
  const nonces = new Set(openings.map((one) => one.nonce));
  step.expect(nonces.size === openings.length && openings.every((one) => isHex(one.nonce, 32)), "nonces", at);
  const marks = new Map(openings.map((one) => [JSON.stringify([one.entry, one.seat]), one.marks]));
  for (const { entry, judge, marks: said } of round.inputs.sheets) {
    const own = marks.get(JSON.stringify([entry, judge]));
    if (own) step.expect(Object.entries(said).every(([code, mark]) => own[code] === mark), "opening-differs", { ...at, entry, judge });
  }
}

function checkLog(step, pack, held) {
  const { seq, hash } = pack.log;
  step.expect(isCount(seq) && isDigest(hash) && (seq > 0 || /^0*$/u.test(hash)), "no-head");
  const [number, digest] = (held.head ?? "").split(":");
  if (digest && number === String(seq)) step.expect(digest === hash, "other-head", { head: `${seq}:${hash}` });
  else step.say(digest ? "head-of-other-number" : "compare-head", { head: `${seq}:${hash}` });
}

function checkRatios(step, pack, partsOf, progress) {
  if (!hasReads(pack)) return step.say("needs-sums");
  const all = pack.rounds.filter((round) => !isPlain(round)).flatMap((round) =>
    readsOf(round, pack.level).flatMap(({ criterion }) => partsOf(round, criterion).map((part) => ({ part, at: { round: round.code, criterion } }))));
  const wanted = all.filter(({ part }) => part.isEstimated);
  if (!wanted.length) step.say("no-ratio");
  wanted.forEach(({ part, at }, done) => {
    progress(done / wanted.length);
    checkRatio(step, part, at);
  });
}

// Every step in turn; `tell` gets each as soon as it is done, and how far the long one is.
async function checkPack(bytes, held, tell) {
  const steps = [];
  const run = async (name, check) => {
    const step = new Step(name);
    tell({ begun: name });
    try { await check(step); } catch (problem) {
      if (problem instanceof Refused) step.fail(problem.code, problem.values);
      else step.fail("unreadable");
    }
    // Nothing was left out, and nothing was there to be wrong.
    if (step.state === "unchecked" && !step.notes.length) step.state = "holds";
    steps.push(step);
    tell({ done: { name, state: step.state, notes: step.notes } });
    return step.state;
  };
  let file;
  await run("bytes", (step) => { file = readPack(bytes); step.expect(true); step.say("hash", { hash: sha256(bytes), size: bytes.length }); });
  if (!file) return steps;
  const { pack } = file;
  const partsOf = partsFor(pack.level);
  const progress = (part) => tell({ part });
  await run("signature", (step) => checkSignature(step, file, held));
  await run("identity", (step) => checkIdentity(step, pack, held));
  await run("document", (step) => { step.expect(hashOf(pack.document) === pack.document_sha256, "other-document"); });
  await run("reads", (step) => checkReads(step, pack));
  await run("parts", (step) => checkParts(step, pack, partsOf));
  await run("ratio", (step) => checkRatios(step, pack, partsOf, progress));
  await run("estimates", (step) => checkEstimates(step, pack, partsOf));
  await run("totals", (step) => checkTotals(step, pack));
  await run("order", (step) => checkOrder(step, pack));
  await run("deliberation", (step) => checkDeliberation(step, pack));
  await run("prizes", (step) => checkPrizes(step, pack));
  await run("published", (step) => checkPublished(step, pack));
  await run("commitments", (step) => checkCommitments(step, pack));
  await run("chain", (step) => checkLog(step, pack, held));
  return steps;
}
