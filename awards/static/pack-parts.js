// Connected parts of a criterion, how each was fitted, and the ratio of its variances.

// The sums of one part in the order of its entries and labels.
class Part {
  constructor(reads, given) {
    const [entries, judges] = [Object.keys(given.entries), Object.keys(given.judges)];
    const place = new Map(judges.map((label, j) => [label, j]));
    [this.reads, this.given, this.unit, this.judges, this.entries] = [reads, given, reads.unit, judges, entries];
    [this.J, this.E] = [judges.length, entries.length];
    this.own = entries.map((entry) => reads.of.entry.get(entry).map((read) => [place.get(read.label), read.weight]));
    this.T = entries.map((entry) => reads.sums.entry.get(entry));
    this.d = entries.map((entry) => reads.weights.entry.get(entry));
    this.R = judges.map((label) => reads.sums.label.get(label));
    this.W = judges.map((label) => reads.weights.label.get(label));
    this.n = this.own.reduce((n, own) => n + own.length, 0);
    this.ofJudge = judges.map(() => []);
    this.own.forEach((own, i) => own.forEach(([j, weight]) => this.ofJudge[j].push([i, weight])));
    this.Y2 = bigOf(given.squares);
    this.named = Object.keys(given.effects);
    this.effects = this.named.length ? { over: bigOf(given.over), values: judges.map((label) => bigOf(given.effects[label])) } : null;
    this.v = BigInt(this.n - this.E);
  }

  // Whether a ratio stands here that the likelihood has to bear out, or none for the same reason.
  get isEstimated() {
    return this.reads.round.inputs.method.rule === "calibrated" && !this.isAlike && !(this.ratio && this.ratio.isZero);
  }

  // V = Y2 - sum T^2 / d, exactly.
  get V() { return this.T.reduce((sum, T, i) => sum.add(-T * T, this.d[i]), new Sum().add(this.Y2, 1n)).value; }

  get r() {
    return this.ofJudge.map((own, j) =>
      own.reduce((sum, [i, weight]) => sum.add(-weight * this.T[i], this.d[i]), new Sum().add(this.R[j], 1n)).value);
  }

  // T_i - sum_j d_ij b_j, times what the effects are over.
  get lefts() {
    const { over, values } = this.effects;
    return this.own.map((own, i) => own.reduce((left, [j, weight]) => left - weight * values[j], over * this.T[i]));
  }

  // r - (S + lambda I) b, exactly: a fraction for each label.
  off(lambda) {
    const { over, values } = this.effects;
    const lefts = this.lefts;
    return this.ofJudge.map((own, j) => {
      const sum = new Sum().add(over * this.R[j] - this.W[j] * values[j], over);
      for (const [i, weight] of own) sum.add(-weight * lefts[i], over * this.d[i]);
      return sum.add(-lambda.top * values[j], lambda.under * over).value;
    });
  }

  // Null: nothing is taken off; 0: the effects are taken off whole.
  get ratio() { return this.given.ratio === null ? null : ratioOf(this.given.ratio); }
  get lambda() { return this.ratio && this.ratio.times(this.unit); }

  // All values are the same, one label gave them, or nothing is left over to tell how much labels differ.
  get isAlike() {
    const sum = this.T.reduce((a, b) => a + b);
    const weight = this.d.reduce((a, b) => a + b);
    return weight * this.Y2 === sum * sum || this.J === 1 || this.n - this.E - this.J + 1 <= 0;
  }

  // Which fit the numbers ask for.
  fit(rule) {
    if (this.isAlike) return "none";
    if (MODULI.every((p) => this.restIsZero(p))) return "exact-fit";
    return rule === "calibrated" ? "reml" : "least-squares";
  }

  // Whether V - r.b, with S b = r, is 0 as a remainder by p. What is not, is not 0 at all; what is for two primes, is 0
  // but for one chance in 10^15, and exact-fit is then proved by its effects.
  restIsZero(p) {
    const small = (big) => Number(modulo(big, BigInt(p)));
    const size = this.J - 1;
    const S = Array.from({ length: size }, () => new Float64Array(size + 1));
    const r = this.R.map(small);
    let rest = small(this.Y2);
    this.W.slice(0, size).forEach((W, j) => { S[j][j] = small(W); });
    this.own.forEach((own, i) => {
      const under = inverse(small(this.d[i]), p);
      const T = small(this.T[i]);
      rest = (rest + p - ((T * T) % p) * under % p) % p;
      for (const [j, a] of own) {
        const share = (small(a) * under) % p;
        r[j] = (r[j] + p - (share * T) % p) % p;
        if (j < size) for (const [k, b] of own) if (k < size) S[j][k] = (S[j][k] + p - (share * small(b)) % p) % p;
      }
    });
    S.forEach((row, j) => { row[size] = r[j]; });
    for (let k = 0; k < size; k++) {
      const pivot = S.findIndex((row, j) => j >= k && row[k] !== 0);
      if (pivot < 0) return true;
      [S[k], S[pivot]] = [S[pivot], S[k]];
      const under = inverse(S[k][k], p);
      for (let c = k; c <= size; c++) S[k][c] = (S[k][c] * under) % p;
      for (let j = 0; j < size; j++) {
        const times = j === k ? 0 : S[j][k];
        if (times) for (let c = k; c <= size; c++) S[j][c] = (S[j][c] + (p - times) * S[k][c]) % p;
      }
    }
    return S.reduce((left, row, j) => (left + p - (r[j] * row[size]) % p) % p, rest) === 0;
  }
}

// The two greatest primes below 2^26: their products are whole numbers of a float.
const MODULI = [67108859, 67108837];

function inverse(a, p) {
  let [power, result] = [a % p, 1];
  for (let rest = p - 2; rest; rest = Math.floor(rest / 2)) {
    if (rest % 2) result = (result * power) % p;
    power = (power * power) % p;
  }
  return result;
}

const WHOLE = ["exact-fit", "least-squares"];

function checkParts(step, pack, partsOf) {
  if (!hasReads(pack)) return step.say("needs-sums");
  for (const round of pack.rounds) {
    if (isPlain(round)) step.say("plain", { rule: round.inputs.method.rule });
    for (const { criterion } of readsOf(round, pack.level)) {
      const at = { round: round.code, criterion };
      for (const part of partsOf(round, criterion)) {
        if (isPlain(round)) step.expect(part.ratio === null && !part.effects, "ratio-of-none", at);
        else checkFit(step, part, round.inputs.method.rule, at);
      }
    }
  }
}

function checkFit(step, part, rule, at) {
  const fit = part.fit(rule);
  const { ratio, effects } = part;
  if (WHOLE.includes(fit)) step.expect(ratio !== null && ratio.isZero, "other-fit", { ...at, ratio: part.given.ratio, fit });
  else step.expect(ratio === null || (fit === "reml" && !ratio.isZero), "ratio-of-none", at);
  if (!step.expect(Boolean(effects) === (ratio !== null), "effects", at) || !effects) return;
  if (!step.expect(effects.over > 0n && part.named.length === part.J, "effects", at) || !ratio.isZero) return;
  const sum = effects.values.reduce((total, value, j) => total + part.W[j] * value, 0n);
  step.expect(sum === 0n, "not-solved", at);
  if (fit !== "exact-fit") return;
  const explained = part.r.reduce((total, one, j) => total.plus(one.times(effects.values[j])), new Fraction(0n)).over(effects.over);
  step.expect(part.V.compare(explained) === 0, "other-fit", { ...at, ratio: part.given.ratio, fit: "least-squares" });
}
