// Whole numbers and fractions without end: no result of a pack depends on a floating point number.

const abs = (a) => (a < 0n ? -a : a);

function gcd(a, b) {
  [a, b] = [abs(a), abs(b)];
  while (b) [a, b] = [b, a % b];
  return a;
}

const floorDiv = (a, b) => { const q = a / b; return a % b !== 0n && (a < 0n) !== (b < 0n) ? q - 1n : q; };
const modulo = (a, b) => ((a % b) + b) % b;

// The nearest whole number to a / b, to the even one from the middle.
function halfEven(a, b) {
  if (b < 0n) [a, b] = [-a, -b];
  const q = floorDiv(a, b);
  const twice = 2n * (a - q * b);
  return twice > b || (twice === b && q & 1n) ? q + 1n : q;
}

// The whole part of a square root.
function rootOf(a) {
  if (a < 2n) return a;
  let x = 1n << BigInt((a.toString(2).length + 1) >> 1);
  for (;;) {
    const y = (x + a / x) >> 1n;
    if (y >= x) return x;
    x = y;
  }
}

class Fraction {
  constructor(top, under = 1n) {
    if (under === 0n) throw new RangeError("no fraction");
    const shared = (gcd(top, under) || 1n) * (under < 0n ? -1n : 1n);
    this.top = top / shared;
    this.under = under / shared;
  }

  static of(number) { return number instanceof Fraction ? number : new Fraction(number); }
  plus(other) { const o = Fraction.of(other); return new Fraction(this.top * o.under + o.top * this.under, this.under * o.under); }
  minus(other) { const o = Fraction.of(other); return new Fraction(this.top * o.under - o.top * this.under, this.under * o.under); }
  times(other) { const o = Fraction.of(other); return new Fraction(this.top * o.top, this.under * o.under); }
  over(other) { const o = Fraction.of(other); return new Fraction(this.top * o.under, this.under * o.top); }
  compare(other) { const gap = this.minus(other).top; return gap < 0n ? -1 : gap > 0n ? 1 : 0; }
  get isZero() { return this.top === 0n; }
  get rounded() { return halfEven(this.top, this.under); }
}

// Sums of many fractions, those over the same number first.
class Sum {
  constructor() { this.tops = new Map(); }
  add(top, under) { this.tops.set(under, (this.tops.get(under) ?? 0n) + top); return this; }
  get value() {
    let under = 1n;
    for (const each of this.tops.keys()) under = (under / gcd(under, each)) * each;
    let top = 0n;
    for (const [each, sum] of this.tops) top += sum * (under / each);
    return new Fraction(top, under);
  }
}

// "p/q" and "p" as a fraction above 0, and "0".
function ratioOf(text) {
  if (text === "0") return new Fraction(0n);
  const found = /^([1-9][0-9]{0,400})(?:\/([1-9][0-9]{0,400}))?$/u.exec(text);
  if (!found) throw new TypeError("no ratio");
  return new Fraction(BigInt(found[1]), BigInt(found[2] ?? "1"));
}

function bigOf(text) {
  if (typeof text === "number" && Number.isSafeInteger(text)) return BigInt(text);
  if (typeof text !== "string" || !/^(?:0|-?[1-9][0-9]*)$/u.test(text)) throw new TypeError("no whole number");
  return BigInt(text);
}
