// The bytes of a pack: read once, written again in their one way, hashed.

class Refused extends Error {
  constructor(code, values = {}) { super(code); this.code = code; this.values = values; }
}

// By code points; the usual order of JavaScript is by halves of those beyond U+FFFF.
function byCodePoint(one, other) {
  const [a, b] = [[...one], [...other]];
  for (let i = 0; i < a.length && i < b.length; i++) {
    const gap = a[i].codePointAt(0) - b[i].codePointAt(0);
    if (gap) return gap;
  }
  return a.length - b.length;
}

function canonicalText(text) {
  if (/\p{Surrogate}/u.test(text)) throw new Refused("not-text");
  return JSON.stringify(text.normalize("NFC"));
}

function canonical(value) {
  if (value === null || value === true || value === false) return String(value);
  if (typeof value === "string") return canonicalText(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Refused("not-whole");
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const pairs = Object.keys(value).sort(byCodePoint).map((key) => `${canonicalText(key)}:${canonical(value[key])}`);
  return `{${pairs.join(",")}}`;
}

const canonicalBytes = (value) => new TextEncoder().encode(canonical(value));

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const hasKeys = (value, keys) => isObject(value) && Object.keys(value).sort().join() === [...keys].sort().join();
const isHex = (text, length) => typeof text === "string" && text.length === length && /^[0-9a-f]*$/u.test(text);
const isDigest = (text) => isHex(text, 64);
const fromHex = (text) => Uint8Array.from(text.match(/../gu) ?? [], (pair) => parseInt(pair, 16));
const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const same = (one, other) => canonical(one) === canonical(other);

// Without what every object of JavaScript has by itself: a name in a pack is only what the pack says.
function bare(value) {
  if (typeof value !== "object" || value === null) return value;
  for (const one of Object.values(value)) bare(one);
  return Array.isArray(value) ? value : Object.setPrototypeOf(value, null);
}

// Whatever is not exactly the canonical bytes of a pack is refused: first what it is instead, then where it stops being so.
function readPack(bytes) {
  if (!bytes.length) throw new Refused("empty");
  let text;
  try { text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes); } catch { throw new Refused("not-utf8"); }
  let file;
  try { file = JSON.parse(text); } catch { throw new Refused(text.startsWith('{"format":"awards-pack-') ? "cut-off" : "not-json"); }
  if (!hasKeys(file, ["format", "pack", "signature"]) || !isObject(file.pack)) throw new Refused("not-a-pack");
  if (file.format !== "awards-pack-1") {
    throw new Refused("other-format", { format: typeof file.format === "string" ? file.format.slice(0, 40) : null });
  }
  let written;
  try { written = canonicalBytes(file); } catch (problem) {
    throw problem instanceof Refused ? problem : new Refused("not-canonical", { at: 0 });
  }
  const differs = bytes.findIndex((byte, at) => byte !== written[at]);
  if (differs >= 0 || bytes.length !== written.length) {
    throw new Refused("not-canonical", { at: differs < 0 ? bytes.length : differs });
  }
  const signature = file.signature;
  const isOne = hasKeys(signature, ["algorithm", "key", "value"]) && signature.algorithm === "Ed25519";
  if (!isOne || !isHex(signature.key, 64) || !isHex(signature.value, 128)) throw new Refused("not-a-signature");
  return bare(file);
}

// SHA-256 by FIPS 180-4: a browser offers its own only on secure pages, and this one works everywhere.
const PRIMES = [];
for (let n = 2; PRIMES.length < 64; n++) if (PRIMES.every((p) => n % p)) PRIMES.push(n);
const firstBits = (root) => Math.floor((root % 1) * 2 ** 32) | 0;
const ROUNDS = PRIMES.map((p) => firstBits(Math.cbrt(p)));
const START = PRIMES.slice(0, 8).map((p) => firstBits(Math.sqrt(p)));

function sha256(bytes) {
  const blocks = new Uint8Array(((bytes.length + 72) >> 6) << 6);
  blocks.set(bytes);
  blocks[bytes.length] = 0x80;
  const view = new DataView(blocks.buffer);
  view.setUint32(blocks.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(blocks.length - 4, (bytes.length << 3) >>> 0);
  const state = [...START];
  const w = new Int32Array(64);
  const turn = (x, n) => (x >>> n) | (x << (32 - n));
  for (let at = 0; at < blocks.length; at += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + 4 * i);
    for (let i = 16; i < 64; i++) {
      const [x, y] = [w[i - 15], w[i - 2]];
      w[i] = w[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[i] + w[i]) | 0;
      const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [a, b, c, d, e, f, g, h] = [(first + second) | 0, a, b, c, (d + first) | 0, e, f, g];
    }
    [a, b, c, d, e, f, g, h].forEach((part, i) => { state[i] = (state[i] + part) | 0; });
  }
  return state.map((part) => (part >>> 0).toString(16).padStart(8, "0")).join("");
}

const hashOf = (value) => sha256(canonicalBytes(value));
