#!/usr/bin/env python3
"""Checks a result pack by the numbered steps of SPEC.md: Python 3.11, nothing else, no network, and no float.
verify_pack.py PACK [--edition PROGRAMME/EDITION] [--number N] [--key HEX] [--auditor FILE] [--head N:HASH]
Exit code: 0 no step fails, 1 a step does not hold, 2 the file cannot be read."""

# fmt: off
import hashlib
import json
import math
import sys
import unicodedata
from collections import Counter, defaultdict
from fractions import Fraction
from operator import mul
from pathlib import Path
from typing import Any


class Doc(dict[str, Any]):
    """An object of the pack, whose keys are read like names."""
    def __getattr__(self, name: str) -> Any:
        return self[name]
class NotShown(Exception):
    """A step that this pack, or this program, leaves out."""
Point = tuple[int, int]
Rows = list[tuple[str, str, int, int]]  # entry, label, weight and value of each read
LEVELS, KINDS = ("outcome", "results", "sums", "marks"), ("ranked", "ring-fenced", "cascade", "outside")
CALIBRATING, MOST_LABELS = {"calibrated": "reml", "least-squares": "least-squares"}, 60  # more take too long
NOWHERE = Doc(results={}, deliberation=[])  # of an entry that is in no round

def need(holds: Any, otherwise: str, error: type[Exception] = ValueError) -> None:
    if not holds:
        raise error(otherwise)
def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
def digest(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()
def is_plain(value: Any) -> bool:
    """Texts in NFC, and whole numbers that every language can hold."""
    if isinstance(value, dict | list):
        return all(map(is_plain, [*value, *value.values()] if isinstance(value, dict) else value))
    whole = isinstance(value, int | None) and abs(value or 0) < 2**53
    return unicodedata.is_normalized("NFC", value) if isinstance(value, str) else whole
def sums(pairs: Any) -> Counter[Any]:
    result = Counter[Any]()
    for key, number in pairs:
        result[key] += number
    return result
def dot(one: list[Any], two: list[Any]) -> Any:
    return sum(map(mul, one, two))

# Ed25519 (RFC 8032), points as their two coordinates: slow, and short enough to be read
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
CURVE, ROOT = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
def point(data: bytes) -> Point:
    y = int.from_bytes(data, "little") % 2**255
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, P) % P
    roots = [sign * pow(square, (P + 3) // 8, P) % P for sign in (1, -1, ROOT, -ROOT)]
    found = [(x, y) for x in roots if x * x % P == square and x % 2 == data[31] >> 7 and y < P]
    need(found, "a point that is not on the curve")
    return found[0]
def add(one: Point, two: Point) -> Point:
    (x, y), (u, v), k = one, two, CURVE * one[0] * one[1] * two[0] * two[1]
    return (x * v + u * y) * pow(1 + k, -1, P) % P, (y * v + x * u) * pow(1 - k, -1, P) % P
def times(number: int, one: Point) -> Point:
    half = times(number // 2, add(one, one)) if number else (0, 1)
    return add(half, one) if number % 2 else half
def is_signed(key: bytes, message: bytes, value: bytes) -> bool:
    s, h = int.from_bytes(value[32:], "little"), hashlib.sha512(value[:32] + key + message).digest()
    right = add(point(value[:32]), times(int.from_bytes(h, "little") % ORDER, point(key)))
    return s < ORDER and right == times(s, point(b"X" + 31 * b"f"))  # the base point

# The numbers of a criterion
def connected(rows: Rows) -> list[list[str]]:
    """The entries of each connected part: sets that have a label in common are joined."""
    part, first = {row[0]: frozenset({row[0]}) for row in rows}, dict[str, str]()
    for entry, label, *_ in rows:
        joined = part[entry] | part[first.setdefault(label, entry)]
        part |= dict.fromkeys(joined, joined)
    return sorted(map(sorted, set(part.values())))
def weight_of(confidence: int, all_of_label: list[int]) -> int:
    most, number = 4 * min(all_of_label), 1000 * len(all_of_label)
    return max(1, round(Fraction(number * min(confidence, most), sum(min(c, most) for c in all_of_label))))
def average(numbers: list[Any]) -> int | None:
    """Of pairs of weight and number; none where there is none, or where one is not known."""
    known = numbers and all(x is not None for _, x in numbers)
    return round(Fraction(sum(w * x for w, x in numbers), sum(w for w, _ in numbers))) if known else None
def plain_score(rule: str, milli: list[Fraction], decimals: int | None) -> int:
    milli = sorted(milli)[1:-1] if rule == "trimmed" and len(milli) > 2 else sorted(milli)
    milli = milli[(len(milli) - 1) // 2 : len(milli) // 2 + 1] if rule == "median" else milli
    value, ten = sum(milli) / Fraction(1000 * len(milli)), Fraction(10) ** (decimals or 0)
    return round(10**6 * (value if decimals is None else math.floor(value * ten + Fraction(1, 2)) / ten))

class Part:
    """Reads that hang together: S, r, V and U of the spec, all times what makes them whole numbers."""
    def __init__(self, k: Any, said: Doc) -> None:
        self.rows, self.total, self.said = [row for row in k.rows if row[0] in said.entries], k.total, said
        self.load, weight = sums((e, w) for e, _, w, _ in self.rows), sums((j, w) for _, j, w, _ in self.rows)
        common, self.labels, near = math.lcm(*self.load.values()), sorted(weight), defaultdict[str, Any](list)
        own = [weight[j] for j in self.labels]
        for e, j, w, _ in self.rows:
            near[e].append((j, w))
        share, self.freedom = {e: common // d for e, d in self.load.items()}, len(self.rows) - len(self.load)
        both = sums(((i, j), v * w * share[e]) for e, read in near.items() for i, v in read for j, w in read)
        taken = sums((j, w * k.total[e] * share[e]) for e, j, w, _ in self.rows)
        self.matrix = [[common * weight[i] * (i == j) - both[i, j] for j in self.labels] for i in self.labels]
        self.right, self.unit = [common * k.given[j] - taken[j] for j in self.labels], common * k.unit
        squares = int(said.get("squares") or sum(w * y * y for _, _, w, y in self.rows))
        self.within = common * squares - sum(k.total[e] ** 2 * share[e] for e in share)
        effects = said.effects or {"over": 1, "values": [0] * len(own)}
        self.over, self.values = int(effects["over"]), [int(value) for value in effects["values"]]
        self.solved = not any(self.rest(0)) and dot(own, self.values) == 0
        exact = self.over * self.within == dot(self.right, self.values)
        self.fit = ("all-equal" if squares * sum(own) == sum(k.total[e] for e in share) ** 2 else
                    "one-judge" if len(own) == 1 else "no-degrees-of-freedom" if self.freedom < len(own) else
                    "exact-fit" if self.solved and exact else k.fit)
    def rest(self, lam: Any) -> list[Any]:
        """r - (S + lam I) b, times `over`."""
        rows = zip(self.right, self.matrix, self.values, strict=True)
        return [self.over * r - dot(row, self.values) - lam * b for r, row, b in rows]
    def slope(self, lam: Fraction) -> Any:
        """What has the sign of h(lam): (S + lam I) (X b) = (I r) is solved in whole numbers (Bareiss)."""
        (p, q), last, order = lam.as_integer_ratio(), 1, range(len(self.labels))
        rows = [[q * a + p * (i == k) for k, a in enumerate(row)] + [q * (i == k) for k in order] + [q * r]
                for i, row, r in zip(order, self.matrix, self.right, strict=True)]
        for k in order:
            own, before, last = rows[k], last, rows[k][k]
            rows = [own if i == k else [(last * x - row[k] * y) // before
                                        for x, y in zip(row, own, strict=True)] for i, row in enumerate(rows)]
        b, trace = [Fraction(row[-1], last) for row in rows], sum(rows[i][len(rows) + i] for i in order)
        bend = self.freedom * dot(b, b) / (self.within - dot(b, self.right))
        return len(rows) / lam - Fraction(trace, last) - bend
    def official(self) -> dict[str, set[int]]:
        """What each entry's number can be: both ends of what the error of the effects leaves open."""
        lam, of = self.unit * Fraction(self.said.ratio or 0), dict(zip(self.labels, self.values, strict=True))
        rest, taken = self.rest(lam) if lam else [0], sums((e, w * of[j]) for e, j, w, _ in self.rows)
        error = math.isqrt(math.floor(dot(rest, rest) / lam**2)) + 1 if any(rest) else 0
        return {e: {round(1000 * (self.total[e] - Fraction(taken[e] + off * d, self.over)) / d)
                    for off in (error, -error)} for e, d in self.load.items()}

# Order and prizes
def places(keys: dict[str, Any]) -> dict[str, Any]:
    """1 and how many keys are higher; none without a key."""
    order = sorted((key for key in keys.values() if key is not None), reverse=True)
    return {name: None if key is None else 1 + order.index(key) for name, key in keys.items()}
def after_moves(ranks: dict[str, Any], acts: list[Doc]) -> dict[str, Any]:
    groups = [{e for e in ranks if ranks[e] == rank} for rank in sorted({*ranks.values()} - {None})]
    for act in sorted(acts, key=lambda one: int(one.number)):
        groups = [left for one in groups if (left := one - {act.entry})]
        ahead = [sum(map(len, groups[:i])) for i in range(len(groups))]
        at, level = sum(n < act.place - 1 for n in ahead), bool(act.level) and act.place - 1 in ahead
        if act.place:
            groups[at : at + level] = [{act.entry}.union(*groups[at : at + level])]
    ranked = {e: 1 + sum(map(len, groups[:i])) for i, own in enumerate(groups) for e in own}
    return {e: ranked.get(e) for e in ranks}
def award(rules: list[Doc], candidates: list[Doc], decided: list[Doc]) -> dict[str, set[str]]:
    """Who takes each prize by rule; a cascade passes over those who hold the prizes before it."""
    turns = sorted(rules, key=lambda z: (KINDS.index(z.kind), z.category, z.position, z.code))
    given, held = dict[str, set[str]](), defaultdict[str, set[str]](set)
    for number, z in enumerate(turns):
        before = [one for one in turns[:number] if one.category == z.category]
        said = {key: {x for k, x in z["values"] if k == key} for key, _ in z["values"] if z.kind != "ranked"}
        past = said.pop("past", {one.code for one in before if one.kind in ("ranked", "cascade")})
        out = {e for code in past for e in held[code]} if z.kind == "cascade" else set()
        line = places({x.reference: -rank for x in candidates if z.category in ("", x.category)
                       and x.reference not in out and z.kind != "outside"
                       and all(x[key] in texts for key, texts in said.items())
                       and (rank := x.rank if z.category else x.overall)})
        start = sum(one.places for one in before) if z.kind == "ranked" else 0
        given[z.code] = {e for e, rank in line.items() if start < rank <= start + z.places}
        own = {one.place: one.reference for one in decided if one.prize == z.code}
        held[z.code] = set(own.values()) if own.keys() >= {*range(1, z.places + 1)} else given[z.code]
    return given

class Check:
    """A pack, what the reader holds beside it, and what its steps find in it for the steps after them."""
    def __init__(self, data: bytes, options: dict[str, str]) -> None:
        self.data, self.options, self.file, self.note = data, options, json.loads(data, object_hook=Doc), ""
        self.pack, self.level, self.reads = self.file.pack, self.file.pack.level, list[Any]()
        self.rounds, self.auditor = self.pack.rounds, self.pack.audience == "auditor"
        self.of = {x.id: x.category for one in self.rounds for x in one.inputs.entries}
        self.last = {x.category: one for one in self.rounds for x in one.inputs.entries}
    def weights(self, one: Doc, e: str) -> dict[str, int]:
        return {k.code: w for k in one.inputs.criteria if (w := k.weights.get(self.of[e]))}
    def key(self, one: Doc, e: str) -> Any:
        """What an entry is ordered by: the total, then the tie-breaks; what is missing is the lowest."""
        said, shown, rules = one.results[e], one.estimates, one.inputs.tie_breaks
        more = [shown[z.value].get(e, [0, None])[1] if z.rule == "criterion" else said[z.rule] for z in rules]
        need(self.level != "results" or said.total is None or None not in more, "hidden tie-break", NotShown)
        return None if said.total is None else [said.total, *(-(10**18) if x is None else x for x in more)]
    def group(self, one: Doc, e: str) -> Any:
        """Who is ranked together: of one category, and in the same part of every criterion."""
        parts = [one.parts.get(code, ()) for code in self.weights(one, e)]
        return self.of[e], *(tuple(e in part.entries for part in own) for own in parts)
    def agree(self, one: Doc, what: str, ranks: dict[str, Any]) -> None:
        wrong = [f"{e} is {ranks[e]}" for e, said in one.results.items() if said[what] != ranks[e]]
        need(not wrong, "; ".join(wrong[:3]))

# The steps, each over what the pack says of the steps before it
def bytes_(c: Check) -> None:
    same = c.file == {"format": "awards-pack-1", "pack": c.pack, "signature": c.file.signature}
    need(same and is_plain(c.file) and canonical(c.file) == c.data, "not the bytes of what they say")
def signature(c: Check) -> None:
    said, key = c.file.signature, c.options.get("--key", c.file.signature.key)
    holds = said.key == key and is_signed(bytes.fromhex(key), canonical(c.pack), bytes.fromhex(said.value))
    need(holds and (said.algorithm, len(said)) == ("Ed25519", 3), f"not signed with the key {key}")
    c.note = f"key {key}" + ("" if "--key" in c.options else ": compare it with the one that the awards name")
def identity(c: Check) -> None:
    head, document, file = c.pack.publication, c.pack.document, c.options.get("--auditor")
    meant = {"--edition": f"{head.programme}/{head.edition}", "--number": str(head.number)}
    c.note = f"{meant['--edition']}, number {head.number}, for the {c.pack.audience}, level {c.level}"
    need(meant == {name: c.options.get(name, said) for name, said in meant.items()}, f"this is {c.note}")
    need(all(head[key] == document[key] for key in head.keys() & document) and
         LEVELS.index(c.level) <= LEVELS.index("marks" if c.auditor else c.pack.asked), "document or level")
    other = hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else c.pack.auditor_sha256
    need(other == c.pack.auditor_sha256, "another auditor's pack")
def document(c: Check) -> None:
    need(digest(c.pack.document) == c.pack.publication.document_sha256, "its hash is another")
def reads(c: Check) -> None:
    for one, k in ((x, k) for x in c.rounds for k in x.inputs.criteria):
        code, said, marks, own = k.code, one.inputs, c.level == "marks", defaultdict[str, list[int]](list)
        read = sorted((e, *x) for e, each in one.reads[code].items() for x in each)
        for _, j, _, confidence in read:
            own[j].append(confidence)
        sheets = sorted((x.entry, x.judge, x.marks[code], x.confidence) for x in said.get("sheets", ())
                        if code in x.marks)
        need(not c.auditor or (read == sheets and digest(said) == one.run.inputs_sha256), "other inputs")
        need(not marks or all(x[2] in range(k.scale.top + 1) for x in read), f"{code}: no mark of the scale")
        weighed, low, step = marks and said.method.confidence, k.scale.origin_milli, k.scale.step_milli
        rows = [(e, j, weight_of(x, own[j]) if weighed else 1, low + (m or 0) * step) for e, j, m, x in read]
        need(len({row[:2] for row in rows}) == len(rows), f"{code}: somebody read an entry twice")
        need(all(code in c.weights(one, e) for e, *_ in rows), f"{code}: read, but not judged there")
        total, given = sums((e, w * y) for e, _, w, y in rows), sums((j, w * y) for _, j, w, y in rows)
        total, given = (total, given) if marks else (one.sums[code].entries, one.sums[code].judges)
        for entries in (joined := connected(rows)):
            labels = {j for e, j, *_ in rows if e in entries}
            need(sum(total[e] for e in entries) == sum(given[j] for j in labels), f"{code}: the sums differ")
        c.reads.append(Doc(one=one, code=code, rows=rows, total=total, given=given, joined=joined, found=[],
                           unit=1000 if weighed else 1, fit=CALIBRATING.get(said.method.rule)))
def parts(c: Check) -> None:
    for k in c.reads:
        known = k.one.parts.get(k.code, [])
        need([said.entries for said in known] == (k.joined if k.fit else []), f"{k.code}: other parts")
        for said in known:
            part = Part(k, said)
            solved = part.fit in ("exact-fit", "least-squares")
            need((said.fit, said.judges) == (part.fit, part.labels) and part.solved >= solved and
                 (said.effects is None) == (said.ratio is None and not solved) and
                 (said.ratio is None or part.fit == "reml"), f"{k.code}: no part with the fit {said.fit}")
            k.found.append(part)
def ratio(c: Check) -> None:
    for code, part in ((k.code, part) for k in c.reads for part in k.found if part.fit == "reml"):
        said = Fraction(part.said.ratio or 10**6)
        digit = next(ten for i in range(-60, 60) if said < 10**6 * (ten := Fraction(10) ** i))
        if len(part.labels) > MOST_LABELS:
            c.note = f"but not those of more than {MOST_LABELS} judges, which take too long"
        elif part.said.ratio is None:
            need(part.slope(part.unit * said) >= 0, f"{code}: judges do differ")
        else:
            low, high = (part.slope(part.unit * (said + way * digit)) for way in (-1, 1))
            need((said / digit).denominator == 1 and low > 0 > high, f"{code}: {said} is not the likeliest")
def estimates(c: Check) -> None:
    for k in c.reads:
        rule, decimals, said = k.one.inputs.method.rule, k.one.inputs.method.decimals, k.one.estimates[k.code]
        load = sums((e, w) for e, _, w, _ in k.rows)
        left = ("z-score", "min-max", "median", "trimmed")[: 2 if c.level == "marks" else 4]
        need(rule not in left, f"{rule} is not recomputed here at the level {c.level}", NotShown)
        found = {e: numbers for part in k.found for e, numbers in part.official().items()}
        for e in load if not k.fit else ():
            own = [Fraction(y) for x, _, _, y in k.rows if x == e and rule != "mean"]
            found[e] = {plain_score(rule, own or [Fraction(k.total[e], load[e])], decimals)}
        raw = {e: round(Fraction(1000 * k.total[e], d)) for e, d in load.items()}
        right = {e: [raw[e], *found.get(e, {raw[e]})] for e in load}
        wrong = sorted(e for e in right.keys() | said if right.get(e) != said.get(e))
        need(not wrong, f"{k.code}: {', '.join(wrong[:3])}")
def totals(c: Check) -> None:
    for before, one in zip([None, *c.rounds[:-1]], c.rounds, strict=True):
        carried = {x.entry: (x.weight, x.total) for x in one.inputs.get("carried", ())}
        for e, (_, total) in carried.items():
            need(not before or before.results[e].total == total, f"{e}: another carried total")
        for e, said in one.results.items():
            known = [(w, *one.estimates[code].get(e, (None, None))) for code, w in c.weights(one, e).items()]
            if c.level == "results" and any(x is None for *_, x in known):
                continue
            total = average([(w, x) for w, _, x in known] + [carried[e] for _ in known[:1] if e in carried])
            raw = said.raw if total is None else average([(w, x) for w, x, _ in known])
            labels = [{x[0] for x in one.reads[k].get(e, ())} for k in c.weights(one, e) if "reads" in one]
            right = (total, raw, len(set.intersection(*labels)) if labels else said.sheets)
            need((said.total, said.raw, said.sheets) == right, f"{e}: total, raw and sheets are {right}")
def order(c: Check) -> None:
    for one in c.rounds:
        groups = defaultdict[Any, dict[str, Any]](dict)
        for e in one.results:
            groups[c.group(one, e)][e] = c.key(one, e)
        c.agree(one, "rank", {e: rank for own in groups.values() for e, rank in places(own).items()})
def deliberation(c: Check) -> None:
    for one in c.rounds:
        ranks = {e: said.rank for e, said in one.results.items()}
        for said in one.deliberation:
            moves = [act for act in said.acts if act.kind == "move"]
            need(all(act.reason for act in moves), f"{said.category}: a move without a reason")
            ranks |= after_moves({e: rank for e, rank in ranks.items() if c.of[e] == said.category}, moves)
        c.agree(one, "decided", ranks)
def prizes(c: Check) -> None:
    candidates, decided = c.pack.prizes.candidates, c.pack.prizes.decided
    rounds = {one.code: one for z in candidates if (one := c.last.get(z.category))}
    whole = [x for x in rounds.values() if not x.deliberation and all(len(k) < 2 for k in x.parts.values())]
    overall = places({e: c.key(one, e) for one in whole for e in one.results}) if len(rounds) == 1 else {}
    for z in candidates:
        one = c.last.get(z.category, NOWHERE)
        groups = {c.group(one, e) for e, said in one.results.items() if said.rank and c.of[e] == z.category}
        linked = len(groups) < 2 or z.category in [said.category for said in one.deliberation]
        rank = one.results[z.reference].decided if linked and z.reference in one.results else None
        need((z.rank, z.overall) == (rank, overall.get(z.reference)), f"{z.reference} has other ranks")
    for code, given in award(c.pack.prizes.rules, candidates, decided).items():
        holders = {one.reference for one in decided if one.prize == code} - {""}
        why = "; ".join(one.reason for one in decided if one.prize == code and one.reason)
        need(why or holders == given, f"{code} goes to {sorted(given)}, not {sorted(holders)}")
        c.note += f"; {code} by decision: {why}" if holders != given else ""
def published(c: Check) -> None:
    shown = set()
    for row in c.pack.document.entries:
        said, e, one = row.figures, row.figures.get("reference"), c.last.get(row.category_code, NOWHERE)
        shown |= {(x.prize, x.place, e, x.reason) for x in said.get("awards", ())}
        if right := one.results.get(e):
            shares = [(one.estimates[x.code].get(e), [x.raw, x.estimate]) for x in said.get("criteria", ())]
            numbers = [row.rank, said.get("raw", right.raw), said.get("estimate", right.total)]
            shares.append((numbers, [right.rank, right.raw, right.total]))
            need(all(x in (None, y) for x, y in shares), f"{e}: other numbers")
    decided = {(x.prize, x.place, x.reference, x.reason) for x in c.pack.prizes.decided if x.reference}
    need(shown == decided, "other prizes than those that were decided")
def commitments(c: Check) -> None:
    for one in c.rounds:
        said, opened, each = one.commitments, one.get("openings", []), one.get("reads", {}).items()
        marks = {(e, x[0], code): x[1] for code, of in each for e, own in of.items() for x in own}
        need(said == sorted(set(said)) and len(said) + one.unreceipted == one.sheets_signed and
             len({key[:2] for key in marks}) <= one.sheets_signed, "not one for each sheet that was signed")
        fresh = {x.nonce for x in opened if len(bytes.fromhex(x.nonce)) == 16}
        signed = {(x.entry, x.seat): x.marks for x in opened}
        need(not c.auditor or (len(fresh) == len(opened) and sorted(map(digest, opened)) == said and
             all(signed.get((e, j), {k: mark})[k] == mark for (e, j, k), mark in marks.items())), "openings")
def chain(c: Check) -> None:
    log, (seq, _, kept) = c.pack.log, c.options.get("--head", "").partition(":")
    c.note = f"{log.seq}:{log.hash}"
    need(log.seq >= 0 and len(bytes.fromhex(log.hash)) == 32, "no head of a chain")
    need(str(log.seq) != seq or log.hash == kept, f"your head differs from {c.note}")

STEPS = dict.fromkeys((bytes_, signature, identity, document), 0)  # and the level that each needs
STEPS |= dict.fromkeys((reads, parts, ratio, estimates), 2)
STEPS |= dict.fromkeys((totals, order, deliberation, prizes, published, commitments), 1) | {chain: 0}
def main(path: str, *options: str) -> int:
    broken = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
    try:
        c, failed = Check(Path(path).read_bytes(), dict(zip(options[::2], options[1::2], strict=True))), 0
    except broken as problem:
        print(f"1 bytes: does not hold: {path} is no result pack: {problem!r}")
        return 2
    for number, (step, level) in enumerate(STEPS.items(), 1):
        c.note, state = "", "holds"
        try:
            need(LEVELS.index(c.level) >= level, f"a pack of the level {c.level} does not hold it", NotShown)
            step(c)
        except (NotShown, *broken) as problem:
            state, c.note = "not checked" if isinstance(problem, NotShown) else "does not hold", str(problem)
            failed |= state == "does not hold"
        print(f"{number} {step.__name__.strip('_')}: {state}{c.note and ': '}{c.note.removeprefix('; ')}")
    return failed
if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if sys.argv[1:] else __doc__)
