// Where the likelihood of the ratio of variances turns: certified by residuals, so that floats find and whole numbers prove.

// Numbers times 2^PLACES; each division is off by less than one such unit, and those units are counted.
const PLACES = 192n;
const ONE = 1n << PLACES;
const MOST_LABELS = 150;
const MOST_TRIES = 8;

const asFloat = (fixed) => Number(fixed) / 2 ** Number(PLACES);
const asFixed = (float) => BigInt(Math.round(float * 2 ** 96)) << (PLACES - 96n);
const size = (vector) => vector.reduce((sum, x) => sum + abs(x), 0n);
const ceilDiv = (a, b) => -floorDiv(-a, b);

// The inverse in floats by Gauss and Jordan: S + lambda I is positive definite, so the diagonal needs no looking for.
function inverseInFloats(S) {
  const n = S.length;
  const X = S.map((row, j) => { const wide = new Float64Array(2 * n); wide.set(row); wide[n + j] = 1; return wide; });
  for (let k = 0; k < n; k++) {
    const under = 1 / X[k][k];
    for (let c = k; c < 2 * n; c++) X[k][c] *= under;
    for (let j = 0; j < n; j++) {
      const times = j === k ? 0 : X[j][k];
      if (times) for (let c = k; c < 2 * n; c++) X[j][c] -= times * X[k][c];
    }
  }
  return X.map((row) => row.slice(n));
}

class Slope {
  constructor(part) {
    this.part = part;
    // Each division below is off by less than 1, times at most the reads of the label.
    this.r = part.ofJudge.map((own, j) =>
      own.reduce((r, [i, weight]) => r - floorDiv((weight * part.T[i]) << PLACES, part.d[i]), part.R[j] << PLACES));
    this.slack = part.ofJudge.map((own) => BigInt(own.length) + 1n);
    this.V = part.T.reduce((V, T, i) => V - floorDiv((T * T) << PLACES, part.d[i]), part.Y2 << PLACES);
  }

  // (S + lambda I) x, each number off by less than its slack.
  times(x, lambda) {
    const { own, d, W } = this.part;
    const y = x.map((each, j) => W[j] * each + floorDiv(each * lambda.top, lambda.under));
    own.forEach((reads, i) => {
      const sum = reads.reduce((total, [j, weight]) => total + weight * x[j], 0n);
      for (const [j, weight] of reads) y[j] -= floorDiv(weight * sum, d[i]);
    });
    return y;
  }

  floats(lambda) {
    const { own, d, W, J } = this.part;
    const S = Array.from({ length: J }, () => new Float64Array(J));
    W.forEach((weight, j) => { S[j][j] = Number(weight) + Number(lambda.top) / Number(lambda.under); });
    own.forEach((reads, i) => {
      for (const [j, a] of reads) for (const [k, b] of reads) S[j][k] -= (Number(a) * Number(b)) / Number(d[i]);
    });
    return S;
  }

  // The sign of h(lambda): 1, -1, or 0 where eight tries leave it open.
  sign(lambda) {
    const near = inverseInFloats(this.floats(lambda));
    const solve = (vector) => { const x = vector.map(asFloat); return near.map((row) => asFixed(row.reduce((sum, a, j) => sum + a * x[j], 0))); };
    const columns = near.map((_, k) => near.map((row) => asFixed(row[k])));
    let b = solve(this.r);
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      let trace = 0n;
      let wrong = 0n;
      const errors = [];
      columns.forEach((column, k) => {
        trace += column[k];
        errors[k] = this.times(column, lambda).map((y, j) => (j === k ? ONE : 0n) - y);
        wrong += errors[k].reduce((sum, e, j) => sum + abs(e) + this.slack[j], 0n);
      });
      const s = this.times(b, lambda).map((y, j) => this.r[j] - y);
      const off = size(s) + 2n * this.slack.reduce((sum, one) => sum + one, 0n);
      const [low, high] = this.between(lambda, b, trace, ceilDiv(wrong * lambda.under, lambda.top) + 1n, ceilDiv(off * lambda.under, lambda.top) + 1n);
      if (low > 0n) return 1;
      if (high < 0n) return -1;
      const step = solve(s);
      b = b.map((x, j) => x + step[j]);
      columns.forEach((column, k) => {
        const more = solve(errors[k]);
        columns[k] = column.map((x, j) => x + more[j]);
      });
    }
    return 0;
  }

  // Bounds of h, given the trace of an inverse and solution b with how far each may be off.
  between(lambda, b, trace, traceOff, bOff) {
    const { J, v, E } = this.part;
    const first = floorDiv((BigInt(J) * lambda.under) << PLACES, lambda.top);
    const length = rootOf(b.reduce((sum, x) => sum + x * x, 0n));
    const least = length > bOff ? length - bOff : 0n;
    const squares = [(least * least) >> PLACES, ((length + 1n + bOff) ** 2n >> PLACES) + 1n];
    const product = this.r.reduce((sum, x, j) => sum + x * b[j], 0n) >> PLACES;
    const slack = this.slack.reduce((sum, one, j) => sum + one * abs(b[j]), 0n);
    const reach = size(this.r) + this.slack.reduce((sum, one) => sum + one, 0n);
    const productOff = ((slack + reach * bOff) >> PLACES) + 2n;
    const rest = this.V - product;
    const [restLow, restHigh] = [rest - productOff - BigInt(E), rest + productOff + BigInt(E)];
    if (restLow <= 0n) return [-1n, 1n];
    const third = [floorDiv((v * squares[0]) << PLACES, restHigh), ceilDiv((v * squares[1]) << PLACES, restLow)];
    return [first - trace - traceOff - third[1] - 2n, first + 1n - trace + traceOff - third[0] + 2n];
  }
}

// m and e of m 10^e with six digits.
function sixDigits(ratio) {
  let exponent = 0;
  let m = ratio;
  while (m.compare(1000000n) >= 0) { m = m.over(10n); exponent++; }
  while (m.compare(100000n) < 0) { m = m.times(10n); exponent--; }
  return m.under === 1n ? [m.top, exponent] : null;
}

const tenTo = (exponent) => (exponent < 0 ? new Fraction(1n, 10n ** BigInt(-exponent)) : new Fraction(10n ** BigInt(exponent)));

function checkRatio(step, part, at) {
  if (part.J > MOST_LABELS) return step.say("too-many-labels", { ...at, labels: part.J });
  if (part.ratio === null) {
    step.expect(new Slope(part).sign(new Fraction(part.unit * 1000000n)) >= 0, "judges-differ", at);
    return;
  }
  const digits = sixDigits(part.ratio);
  if (!step.expect(digits !== null, "more-digits", at)) return;
  const [m, exponent] = digits;
  const slope = new Slope(part);
  const sign = (by) => slope.sign(tenTo(exponent).times(m + by).times(part.unit));
  step.expect(sign(-1n) > 0 && sign(1n) < 0, "other-ratio", { ...at, ratio: part.given.ratio });
}
