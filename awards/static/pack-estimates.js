// Raw and official numbers of each entry in each criterion: by the effects of its judges, or by a plain method.

const MILLI = 1000n;

// Rounded half up to so many decimals of a scale unit; the fraction is in thousandths of one.
function toDecimals(value, decimals) {
  if (decimals === null) return value;
  const steps = 10n ** BigInt(decimals);
  const { top, under } = value.times(steps).over(MILLI);
  return new Fraction(floorDiv(2n * top + under, 2n * under) * MILLI, steps);
}

const official = (value) => (value === null ? null : value.times(MILLI).rounded);
const meanOf = (values) => values.reduce((sum, one) => sum.plus(one), new Fraction(0n)).over(BigInt(values.length));

function middleOf(values) {
  const sorted = [...values].sort((a, b) => a.compare(b));
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : sorted[half - 1].plus(sorted[half]).over(2n);
}

function trimmed(values) {
  if (values.length < 3) return meanOf(values);
  return meanOf([...values].sort((a, b) => a.compare(b)).slice(1, -1));
}

// The square root to fifty decimals, exact where it is a fraction.
function root(value) {
  const both = value.top * value.under;
  const whole = rootOf(both);
  if (whole * whole === both) return new Fraction(whole, value.under);
  return new Fraction(rootOf(both * 10n ** 100n), value.under * 10n ** 50n);
}

function varianceOf(values) {
  const mean = meanOf(values);
  const squares = values.reduce((sum, one) => { const gap = one.minus(mean); return sum.plus(gap.times(gap)); }, new Fraction(0n));
  return squares.over(BigInt(values.length - 1));
}

// To thirty decimals: roots that cancel leave nothing behind.
const settled = (value) => { const places = 10n ** 30n; return new Fraction(value.times(places).rounded, places); };

// Every read's value on one footing; without those of labels that gave one value only.
function levelled(reads, rule) {
  const all = reads.list.map((read) => Fraction.of(read.value));
  const least = (values) => values.reduce((a, b) => (b.compare(a) < 0 ? b : a));
  const most = (values) => values.reduce((a, b) => (b.compare(a) > 0 ? b : a));
  const found = new Map();
  for (const own of reads.of.label.values()) {
    const values = own.map((read) => Fraction.of(read.value));
    if (values.every((value) => value.compare(values[0]) === 0)) continue;
    const [from, stretch, to] = rule === "min-max"
      ? [least(values), most(all).minus(least(all)).over(most(values).minus(least(values))), least(all)]
      : [meanOf(values), root(varianceOf(all).over(varianceOf(values))), meanOf(all)];
    own.forEach((read, i) => {
      const value = to.plus(values[i].minus(from).times(stretch));
      found.set(read.entry, [...(found.get(read.entry) ?? []), value]);
    });
  }
  return found;
}

function plainNumbers(round, reads) {
  const { rule, decimals } = round.inputs.method;
  const numbers = new Map();
  const values = new Map();
  if (rule === "z-score" || rule === "min-max") {
    for (const [entry, list] of levelled(reads, rule)) values.set(entry, settled(meanOf(list)));
  } else if (rule === "mean") {
    for (const [entry, sum] of reads.sums.entry) values.set(entry, new Fraction(sum, reads.weights.entry.get(entry)));
  } else {
    const way = rule === "median" ? middleOf : trimmed;
    for (const [entry, list] of reads.of.entry) values.set(entry, way(list.map((read) => Fraction.of(read.value))));
  }
  for (const entry of reads.of.entry.keys()) {
    const raw = official(new Fraction(reads.sums.entry.get(entry), reads.weights.entry.get(entry)));
    numbers.set(entry, { raw, official: values.has(entry) ? official(toDecimals(values.get(entry), decimals)) : null });
  }
  return numbers;
}

// The official numbers of a part; what two roundings disagree on is left open as undefined.
function partNumbers(part) {
  const numbers = new Map();
  const raws = part.entries.map((_, i) => halfEven(MILLI * part.T[i], part.d[i]));
  if (!part.effects) {
    part.entries.forEach((entry, i) => numbers.set(entry, { raw: raws[i], official: raws[i] }));
    return numbers;
  }
  const { over } = part.effects;
  const lefts = part.lefts;
  const off = part.ratio.isZero ? new Fraction(0n) : farthest(part);
  part.entries.forEach((entry, i) => {
    const [top, under] = [MILLI * lefts[i] * off.under, part.d[i] * over * off.under];
    const reach = MILLI * off.top * part.d[i] * over;
    const [low, high] = [halfEven(top - reach, under), halfEven(top + reach, under)];
    numbers.set(entry, { raw: raws[i], official: low === high ? low : undefined });
  });
  return numbers;
}

// |s| / lambda: by so much at most an effect is off. In fixed places, and exactly where that may be 0.
function farthest(part) {
  const { over, values } = part.effects;
  const { lambda } = part;
  const lefts = part.lefts;
  const places = 128n;
  let sum = 0n;
  part.ofJudge.forEach((own, j) => {
    let s = floorDiv((over * part.R[j] - part.W[j] * values[j]) << places, over);
    s -= floorDiv((lambda.top * values[j]) << places, lambda.under * over);
    for (const [i, weight] of own) s -= floorDiv((weight * lefts[i]) << places, over * part.d[i]);
    sum += abs(s) + BigInt(own.length) + 2n;
  });
  if (sum >> 64n === 0n && part.off(lambda).every((one) => one.isZero)) return new Fraction(0n);
  return new Fraction(sum, 1n << places).over(lambda);
}

function checkEstimates(step, pack, partsOf) {
  if (!hasReads(pack)) return step.say("needs-sums");
  for (const round of pack.rounds) {
    const { rule } = round.inputs.method;
    if (pack.level === "sums" && isPlain(round) && rule !== "mean") {
      step.say("needs-marks", { round: round.code, rule });
      continue;
    }
    for (const { criterion, reads } of readsOf(round, pack.level)) {
      const numbers = isPlain(round) ? plainNumbers(round, reads) : new Map();
      for (const part of isPlain(round) ? [] : partsOf(round, criterion)) {
        const solved = !part.effects || !part.ratio.isZero || part.off(part.ratio).every((one) => one.isZero);
        step.expect(solved, "not-solved", { round: round.code, criterion });
        for (const [entry, both] of partNumbers(part)) numbers.set(entry, both);
      }
      compareNumbers(step, round.estimates[criterion] ?? {}, numbers, { round: round.code, criterion });
    }
  }
}

function compareNumbers(step, said, numbers, at) {
  for (const entry of Object.keys(said)) step.expect(numbers.has(entry), "not-read", { ...at, entry });
  for (const [entry, right] of numbers) {
    const here = { ...at, entry };
    if (right.official === null) { step.expect(!Object.hasOwn(said, entry), "not-read", here); continue; }
    if (!step.expect(Array.isArray(said[entry]) && said[entry].length === 2, "no-estimate", here)) continue;
    const [raw, own] = said[entry];
    step.expect(bigOf(raw) === right.raw, "other-raw", { ...here, said: raw, right: shown(right.raw) });
    if (right.official === undefined) step.fail("effects-too-far", here);
    else step.expect(bigOf(own) === right.official, "other-official", { ...here, said: own, right: shown(right.official) });
  }
}

const shown = (number) => (number === null ? null : String(number));
