#!/usr/bin/env python3
"""Checks a result pack by the numbered steps of SPEC.md: Python 3.11, nothing else, no network, and no float.
verify_pack.py PACK [--edition PROGRAMME/EDITION] [--number N] [--key HEX] [--auditor FILE] [--head N:HASH]
Exit code: 0 no step fails, 1 a step does not hold, 2 the file cannot be read or an option is not known."""
import hashlib
import json
import math
import sys
import unicodedata
from collections import Counter, defaultdict
from fractions import Fraction
from pathlib import Path
from statistics import mean, median, variance  # exact, as they are given fractions
from typing import Any

LEVELS, KINDS = ("outcome", "results", "sums", "marks"), ("ranked", "ring-fenced", "cascade", "outside")
OPTIONS, MOST_LABELS = {"--edition", "--number", "--key", "--auditor", "--head"}, 150  # more take too long
UNIT, TINY = 2**192, Fraction(1, 10**40)
PLAIN: dict[str, Any] = dict.fromkeys(("mean", "median", "trimmed"), lambda y: (0, Fraction(1))) | {
    "z-score": lambda y: (mean(y), variance(y) if len(y) > 1 else 0),  # from where they count,
    "min-max": lambda y: (min(y), (max(y) - min(y)) ** 2)}  # and how far they reach, squared
class Doc(dict[str, Any]):  # an object of the pack, whose keys are read like names
    def __getattr__(self, name: str) -> Any:
        return self[name]
class NotShown(Exception): ...  # what this pack, or this program, leaves out
def need(holds: Any, otherwise: str, error: type[Exception] = ValueError) -> None:
    if not holds:
        raise error(otherwise)
def agree(right: dict[str, Any], said: dict[str, Any], what: str) -> None:
    wrong = sorted(name for name in right.keys() | said if right.get(name) != said.get(name))
    need(not wrong, f"{what}: " + "; ".join(f"{name} is {right.get(name)}" for name in wrong[:3]))
def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
def digest(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()
def is_hex(text: str, size: int) -> bool:
    return len(text) == 2 * size and bytes.fromhex(text).hex() == text
def is_plain(value: Any) -> bool:  # texts in NFC, and whole numbers that every language can hold
    if isinstance(value, dict | list):
        return all(map(is_plain, [*value, *value.values()] if isinstance(value, dict) else value))
    return unicodedata.is_normalized("NFC", value) if isinstance(value, str) else abs(value or 0) < 2**53
def grouped(pairs: Any) -> dict[Any, list[Any]]:
    found = defaultdict[Any, list[Any]](list)
    for key, value in pairs:
        found[key].append(value)
    return dict(found)
def sums(pairs: Any) -> Counter[Any]:
    return Counter({key: sum(values) for key, values in grouped(pairs).items()})
def dot(one: Any, two: Any) -> Any:
    return sum(x * y for x, y in zip(one, two, strict=True))
def root(x: Fraction) -> Fraction:  # itself where it is a fraction, else less than TINY below it
    return Fraction(math.isqrt(10**80 * x.numerator * x.denominator), 10**40 * x.denominator)

# Ed25519 (RFC 8032), points as their two coordinates: slow, and short enough to be read
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
CURVE, ROOT = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
def point(data: bytes) -> tuple[int, int]:
    y = int.from_bytes(data, "little") % 2**255
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, P) % P
    roots = [sign * pow(square, (P + 3) // 8, P) % P for sign in (1, -1, ROOT, -ROOT)]
    return next(x for x in roots if x * x % P == square and x % 2 == data[31] >> 7 and y < P), y
def add(one: tuple[int, int], two: tuple[int, int]) -> tuple[int, int]:
    (x, y), (u, v), k = one, two, CURVE * one[0] * one[1] * two[0] * two[1]
    both = pow(1 - k * k, -1, P)
    return (x * v + u * y) * (1 - k) * both % P, (y * v + x * u) * (1 + k) * both % P
def times(number: int, one: tuple[int, int]) -> tuple[int, int]:
    return add(times(number // 2, add(one, one)), one if number % 2 else (0, 1)) if number else (0, 1)
def is_signed(key: bytes, message: bytes, value: bytes) -> bool:
    h = int.from_bytes(hashlib.sha512(value[:32] + key + message).digest(), "little") % ORDER
    s, (x, y) = int.from_bytes(value[32:], "little"), point(key)
    x, y = add(times(s, point(b"X" + 31 * b"f")), times(h, (-x, y)))  # the base point's, less the key's
    return s < ORDER and value[:32] == (x % 2 << 255 | y).to_bytes(32, "little")

# The numbers of a criterion, by the letters of the spec
def connected(pairs: list[tuple[str, str]]) -> list[list[str]]:  # the entries of each part
    parts: list[set[str]] = []
    for own in map(set, grouped((label, entry) for entry, label in pairs).values()):
        parts = [x for x in parts if not x & own] + [own.union(*(x for x in parts if x & own))]
    return sorted(map(sorted, parts))
def weight_of(confidence: int, all_of_label: list[int]) -> int:
    kept = [min(c, 4 * min(all_of_label)) for c in (confidence, *all_of_label)]
    return max(1, round(Fraction(1000 * kept[0] * len(all_of_label), sum(kept[1:]))))
def average(numbers: list[Any]) -> int | None:  # of pairs of weight and number; none where one is missing
    known = numbers and all(x is not None for _, x in numbers)
    return round(Fraction(sum(w * x for w, x in numbers), sum(w for w, _ in numbers))) if known else None
def levelled(rule: str, rows: list[Any]) -> list[Any]:  # entry and value on one footing, where there is one
    own = {j: PLAIN[rule](y) for j, y in grouped((j, y) for _, j, y in rows).items()}
    start, reach = PLAIN[rule]([y for *_, y in rows])
    return [(e, start + (y - own[j][0]) * root(reach / own[j][1])) for e, j, y in rows if own[j][1]]
def plain_score(by: Doc, milli: list[Fraction]) -> int:
    kept = sorted(milli)[1:-1] if by.rule == "trimmed" and len(milli) > 2 else milli
    value, ten = round((median if by.rule == "median" else mean)(kept), 30) / 1000, 10 ** (by.decimals or 0)
    return round(10**6 * (value if by.decimals is None else Fraction((2 * ten * value + 1) // 2, ten)))
def part_of(one: Doc, code: str, said: Doc, rows: list[Any], unit: int) -> Doc:
    T, R, Y2, near = said.entries, said.judges, int(said.squares), grouped((row[0], row) for row in rows)
    d, W = sums((e, w) for e, _, w, _ in rows), sums((j, w) for _, j, w, _ in rows)
    shares = sums(((i, j), Fraction(v * w, d[e])) for e, i, v, _ in rows for _, j, w, _ in near[e])
    S = [[(i == j) * W[i] - shares[i, j] for j in R] for i in R]
    raw, rule, v = {e: Fraction(t, d[e]) for e, t in T.items()}, one.inputs.method.rule, len(rows) - len(T)
    r = [*sums([*R.items(), *((j, -w * raw[e]) for e, j, w, _ in rows)]).values()]
    b = {j: Fraction(int(said.effects.get(j, 0)), int(said.over)) for j in R}
    V, ratio = Y2 - dot(T.values(), raw.values()), None if said.ratio is None else Fraction(said.ratio)
    alike = Y2 * W.total() == sum(R.values()) ** 2 or len(R) == 1 or v < len(R)
    return Doc(locals())  # all of these, by these names
def slope(k: Doc, ratio: Fraction) -> list[Fraction]:  # the least and the most that h times V - r.b can be
    lam, scale = k.unit * ratio, math.lcm(ratio.denominator, *k.d.values())
    S = [[int(scale * (x + lam * (i == j))) for j, x in enumerate(row)] for i, row in enumerate(k.S)]
    X, unit = [[UNIT * x // scale for x in row] for row in S], UNIT * scale
    for n in range(len(X)):  # Gauss and Jordan: a column that is done makes room for one of the inverse
        pivot = [UNIT * x // X[n][0] for x in (*X[n][1:], UNIT)]
        X = [[x - row[0] * y // UNIT for x, y in zip((*row[1:], 0), pivot, strict=True)] for row in X]
        X[n] = pivot
    E = sum((unit * (i == j) - dot(x, row)) ** 2 for i, x in enumerate(X) for j, row in enumerate(S))
    b, trace = [dot(row, k.r) / UNIT for row in X], Fraction(sum(row[n] for n, row in enumerate(X)), UNIT)
    wrong, reach, far = (root(x) + TINY for x in (Fraction(E, unit**2), dot(k.r, k.r), dot(b, b)))
    off = wrong * reach / lam + TINY
    return [max(0, len(X) * (1 + way * wrong) / lam - trace) * max(0, k.V - dot(b, k.r) + way * reach * off)
            - k.v * max(0, far - way * off) ** 2 for way in (-1, 1)]
def official(k: Doc) -> dict[str, set[int]]:  # what a number can be: both ends of what the effects leave open
    lam, off, b = k.unit * (k.ratio or 0), sums((e, w * k.b[j]) for e, j, w, _ in k.rows), k.b.values()
    rest = [r - lam * x - dot(row, b) for r, x, row in zip(k.r, b, k.S, strict=True) if k.said.effects]
    far = (root(dot(rest, rest)) + TINY) / lam if any(rest) else 0
    return {e: {round(1000 * (x - off[e] / k.d[e] + end)) for end in (far, -far)} for e, x in k.raw.items()}
def places(keys: dict[str, Any]) -> dict[str, Any]:  # 1 and how many keys are lower; none without a key
    order = sorted(key for key in keys.values() if key is not None)
    return {name: None if key is None else 1 + order.index(key) for name, key in keys.items()}
def weights(c: Doc, one: Doc, e: str) -> dict[str, int]:
    return {k.code: w for k in one.inputs.criteria if (w := k.weights.get(c.of[e]))}
def key_of(c: Doc, one: Doc, e: str) -> Any:  # the total, then the tie-breaks; what is missing comes last
    said, shown, rules = one.results[e], one.estimates, one.inputs.tie_breaks
    more = [shown[z.value].get(e, [0, None])[1] if z.rule == "criterion" else said[z.rule] for z in rules]
    need(c.level != "results" or said.total is None or None not in more, "a tie-break is hidden", NotShown)
    return None if said.total is None else [-said.total, *(10**18 if x is None else -x for x in more)]
def group_of(c: Doc, one: Doc, e: str) -> Any:  # who is ranked together: of a category, and in the same parts
    return c.of[e], *(tuple(e in x.entries for x in one.parts[code]) for code in weights(c, one, e))

# The steps: each over the whole pack, over each round, or over each part of a criterion that was read
def bytes_(c: Doc, path: str) -> None:
    file = json.loads(data := Path(path).read_bytes(), object_hook=Doc, parse_float=int, parse_constant=int)
    pack, inputs = file.pack, [(one, x) for one in file.pack.rounds for x in one.inputs.entries]
    c.update(file=file, whole=[pack], level=pack.level, auditor=pack.audience != "public", rounds=pack.rounds,
             won=[pack] if pack.level != "outcome" else [],
             of={x.id: x.category for _, x in inputs}, last={x.category: one for one, x in inputs})
    same = file == {"format": "awards-pack-1", "pack": pack, "signature": file.signature}
    need(same and is_plain(file) and canonical(file) == data, "not the bytes of what they say")
def signature(c: Doc, pack: Doc) -> str:
    said, key = c.file.signature, c.options.get("--key", c.file.signature.key)
    form = said == {"algorithm": "Ed25519", "key": key, "value": said.value} and is_hex(key + said.value, 96)
    need(form and is_signed(bytes.fromhex(key), canonical(pack), bytes.fromhex(said.value)), f"not by {key}")
    return f"key {key}" + ("" if "--key" in c.options else ": compare it with the one that the awards name")
def identity(c: Doc, pack: Doc) -> str:
    said, file = pack.document, c.options.get("--auditor")
    meant = {"--edition": f"{said.programme}/{said.edition}", "--number": str(said.number)}
    name = f"{meant['--edition']}, number {said.number} ({said.kind}, {said.visible_at})"
    need(meant | c.options == c.options | meant and pack.audience in ("auditor", "public"), f"this is {name}")
    most = LEVELS.index("marks" if c.auditor else pack.asked if said.figures.shows == "full" else "outcome")
    need(c.level in LEVELS[most if c.auditor else 0 : most + 1], f"it cannot have the level {c.level}")
    other = hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else pack.auditor_sha256
    need(other == pack.auditor_sha256 and is_hex(other, 0 if c.auditor else 32), "another auditor's pack")
    return f"{name}, for the {pack.audience}, level {c.level}"
def document(c: Doc, pack: Doc) -> None:
    need(digest(pack.document) == pack.document_sha256, "its hash is another")
def reads(c: Doc, one: Doc) -> None:
    need(c.level in LEVELS[2:], f"not shown at the level {c.level}", NotShown)
    sheets, method, shown = one.inputs.sheets, one.inputs.method, c.level == "marks"
    need(not c.auditor or digest(one.inputs) == one.run.inputs_sha256, "other inputs")
    need(len({(x.entry, x.judge) for x in sheets}) == len(sheets), "somebody read an entry twice")
    need(all(x.marks.keys() <= weights(c, one, x.entry).keys() for x in sheets), "read, but not judged there")
    for k in one.inputs.criteria:
        read, unit = [x for x in sheets if k.code in x.marks], 1000 if shown and method.confidence else 1
        sure, scale = grouped((x.judge, x.confidence) for x in read), k.scale
        need(not shown or all(x.marks[k.code] in range(scale.top + 1) for x in read), f"{k.code}: a mark")
        rows = [(x.entry, x.judge, weight_of(x.confidence, sure[x.judge]) if unit > 1 else 1,
                 scale.origin_milli + (x.marks[k.code] or 0) * scale.step_milli) for x in read]
        joined = connected([(e, j if method.rule not in PLAIN else "") for e, j, *_ in rows])
        need([sorted(x.entries) for x in one.parts[k.code]] == joined, f"{k.code}: other parts")
        need(one.estimates[k.code].keys() <= {row[0] for row in rows}, f"{k.code}: estimates of nothing")
        for said in one.parts[k.code]:
            own = [row for row in rows if row[0] in said.entries]
            T, R = sums((e, w * y) for e, _, w, y in own), sums((j, w * y) for _, j, w, y in own)
            right = said | {"entries": T, "judges": R, "squares": str(sum(w * y * y for *_, w, y in own))}
            even = said.judges.keys() == R.keys() and sum(said.entries.values()) == sum(said.judges.values())
            need(even and (said == right or not shown), f"{k.code}: other sums")
            c.read.append(part_of(one, k.code, said, own, unit))
def parts(c: Doc, k: Doc) -> None:
    b, least, plain = k.b.values(), k.rule == "least-squares", k.alike or k.rule in PLAIN
    whole = k.ratio == 0 and (least or dot(b, k.r) == k.V) and not sum(x * k.W[j] for j, x in k.b.items())
    fits = not plain and k.said.effects.keys() == k.R.keys() and (whole or (not least and (k.ratio or 0) > 0))
    need(fits or (not k.said.effects and k.ratio is None and (plain or not least)), f"{k.code}: another fit")
def ratio(c: Doc, k: Doc) -> None:
    if k.rule == "calibrated" and not k.alike and k.ratio != 0:
        need(len(k.b) <= MOST_LABELS, f"{k.code}: more than {MOST_LABELS} judges take too long", NotShown)
        digit = next(ten for i in range(-60, 60) if (k.ratio or 0) < 10**6 * (ten := Fraction(10) ** i))
        grows = slope(k, k.ratio - digit if k.ratio else Fraction(10**6))[0] > 0
        turns = not k.ratio or (slope(k, k.ratio + digit)[1] < 0 and (k.ratio / digit).denominator == 1)
        need(grows and turns, f"{k.code}: the likelihood does not turn at {k.ratio}")
def estimates(c: Doc, k: Doc) -> None:
    said, own, method = k.one.estimates[k.code], official(k), k.one.inputs.method
    if k.rule in PLAIN:
        need(c.level == "marks" or k.rule == "mean", f"{k.rule} cannot be computed from sums", NotShown)
        rows = [(e, j, k.raw[e] if k.rule == "mean" else Fraction(y)) for e, j, _, y in k.rows]
        own = {e: {plain_score(method, values)} for e, values in grouped(levelled(k.rule, rows)).items()}
    agree({e: [round(1000 * k.raw[e]), *x] for e, x in own.items()}, {e: said.get(e) for e in k.raw}, k.code)
def totals(c: Doc, one: Doc) -> None:
    few, number = c.level == "results", [x.code for x in c.rounds].index(one.code)
    carried = {x.entry: (x.weight, x.total) for x in one.inputs.get("carried", ())}
    for before in c.rounds[:number][-1:]:
        agree({e: before.results[e].total for e in carried}, {e: x for e, (_, x) in carried.items()}, "round")
    full = Counter(x.entry for x in one.inputs.sheets if x.marks.keys() >= weights(c, one, x.entry).keys())
    for e, said in one.results.items():
        known = [(w, *one.estimates[code].get(e, (None, None))) for code, w in weights(c, one, e).items()]
        total = average([(w, x) for w, _, x in known] + [carried[e] for _ in known[:1] if e in carried])
        raw = said.raw if total is None else average([(w, x) for w, x, _ in known])
        right = {} if few and any(x is None for *_, x in known) else {"total": total, "raw": raw}
        agree(said | right | ({} if few else {"sheets": full[e]}), said, e)
def order(c: Doc, one: Doc) -> None:
    for own in grouped((group_of(c, one, e), e) for e in one.results).values():
        agree(places({e: key_of(c, one, e) for e in own}), {e: one.results[e].rank for e in own}, "rank")
def deliberation(c: Doc, one: Doc) -> None:
    ranks = {e: x.rank for e, x in one.results.items()}
    for said in one.deliberation:
        own = places({e: rank for e, rank in ranks.items() if c.of[e] == said.category})
        for act in sorted((act for act in said.acts if act.kind == "move"), key=lambda act: int(act.number)):
            need(act.reason, f"{said.category}: a move without a reason")
            own = places(own | {act.entry: None})
            ahead = 0 if act.level and act.place in own.values() else Fraction(1, 2)
            own = places(own | {act.entry: act.place - ahead if act.place else None})
        ranks |= own
    agree(ranks, {e: x.decided for e, x in one.results.items()}, "place")
def prizes(c: Doc, pack: Doc) -> str:
    said, ranks, held, notes = pack.prizes, dict[str, Any](), defaultdict[str, Any](set), list[str]()
    rounds = {one.code: one for x in said.candidates.values() if (one := c.last.get(x.category))}
    whole = [x for x in rounds.values() if not x.deliberation and all(len(k) < 2 for k in x.parts.values())]
    overall = places({e: key_of(c, one, e) for one in whole for e in one.results}) if len(rounds) == 1 else {}
    for category, one in c.last.items():
        there = {e: x for e, x in one.results.items() if c.of[e] == category}
        linked = len({group_of(c, one, e) for e, x in there.items() if x.rank}) < 2
        settled = any(x.category == category for x in one.deliberation)
        ranks |= {e: x.decided for e, x in there.items() if linked or settled}
    turns = sorted(said.rules, key=lambda z: (KINDS.index(z.kind), z.category, z.position, z.code))
    for number, z in enumerate(turns):
        before = [x for x in turns[:number] if x.category == z.category and x.kind != "ring-fenced"]
        past = z.fits.get("past", [x.code for x in before] if z.kind == "cascade" else [])
        line = places({e: (ranks if z.category else overall).get(e) for e, x in said.candidates.items()
                       if z.category in ("", x.category) and not any(e in held[code] for code in past) and
                       all(x[key] in texts for key, texts in z.fits.items() if key != "past")})
        start, free = sum(x.places for x in before if z.kind == "ranked"), z.kind == "outside"
        given = {e for e in line if line[e] in range(start + 1, start + 1 + (0 if free else z.places))}
        own = [x for x in said.decided if x.prize == z.code]
        won = {x.reference for x in own} - {""}
        why = [x.reason for x in own if x.reason or (x.reference and free)]
        need((why and all(why)) or won == given, f"{z.code} goes to {sorted(given)}, not {sorted(won)}")
        notes += [f"{z.code} by decision: {'; '.join(why)}"] if won != given else []
        held[z.code] = won if {x.place for x in own} >= {*range(1, z.places + 1)} else given
    return "; ".join(notes)
def published(c: Doc, pack: Doc) -> None:
    shown, nowhere = list[Any](), Doc(results={}, estimates={})
    for row in (row for row in pack.document.entries if row.figures.get("reference")):
        said, e, z = row.figures, row.figures.reference, c.last.get(row.category_code, nowhere)
        right, near = [z.results.get(e, {}).get(x) for x in ("raw", "total", "decided", "rank")], z.estimates
        numbers = [*map(said.get, ("raw", "estimate", "decided"), right), row.rank]
        ok = all(near.get(x.code, {}).get(e) in (None, [x.raw, x.estimate]) for x in said.get("criteria", ()))
        need(ok and numbers == right, f"{e}: other numbers")
        shown += [(e, x.prize, x.place, x.reason) for x in said.get("awards", ())]
    decided = [(x.reference, x.prize, x.place, x.reason) for x in pack.prizes.decided if x.reference]
    need(sorted(shown) == sorted(decided), "other prizes than those that were decided")
def commitments(c: Doc, one: Doc) -> None:
    said, opened, sheets = one.commitments, one.get("openings", []), one.inputs.sheets
    need(said == sorted(set(said)) and all(is_hex(x, 32) for x in said), "not sorted, or not hashes")
    need(c.level == "results" or len(said) + one.unreceipted == len(sheets), "not one for each sheet")
    own, new = {(x.entry, x.seat): x.marks for x in opened}, {x.nonce for x in opened if is_hex(x.nonce, 16)}
    need(not c.auditor or (len(new) == len(opened) and sorted(map(digest, opened)) == said and
         all(x.marks.items() <= own.get((x.entry, x.judge), x.marks).items() for x in sheets)), "openings")
def chain(c: Doc, pack: Doc) -> str:
    log, head, held = pack.log, f"{pack.log.seq}:{pack.log.hash}", c.options.get("--head", "")
    need(log.seq >= 0 and is_hex(log.hash, 32) and (log.seq or not int(log.hash, 16)), "no head of a chain")
    need(held == head or not held.startswith(f"{log.seq}:"), f"your head differs from {head}")
    return head
STEPS: dict[Any, str] = {bytes_: "path", signature: "whole", identity: "whole", document: "whole",
    reads: "rounds", parts: "read", ratio: "read", estimates: "read", totals: "rounds", order: "rounds",
    deliberation: "rounds", prizes: "won", published: "won", commitments: "rounds", chain: "whole"}
def main(path: str, *options: str) -> int:
    c, failed = Doc(options=dict(zip(options[::2], options[1::2], strict=False)), path=[path], read=[]), False
    if len(options) % 2 or not c.options.keys() <= OPTIONS:
        print(f"{' '.join(options)}: each option is one of {', '.join(sorted(OPTIONS))}, with its value")
        return 2
    for number, (step, over) in enumerate(STEPS.items(), 1):
        found: dict[str, Any] = {} if c.get(over) else {"not checked": "nothing of it is in the pack"}
        for one in c.get(over, ()):
            try:
                found["holds"] = step(c, one)
            except Exception as problem:
                found.setdefault("not checked" if isinstance(problem, NotShown) else "does not hold", problem)
        state, said = next((x, found[x]) for x in ("does not hold", "not checked", "holds") if x in found)
        print(f"{number} {step.__name__.strip('_')}: {state}{f': {said}' if said else ''}")
        failed |= state == "does not hold"
    return failed if "file" in c else 2
if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if sys.argv[1:] else __doc__)
