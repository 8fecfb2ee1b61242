#!/usr/bin/env python3
"""Checks a result pack by the numbered steps of SPEC.md: Python 3.11, nothing else, no network, and no float.

    python3 verify_pack.py PACK [--edition PROGRAMME/EDITION] [--number N] [--key HEX] [--auditor FILE] [--head N:HASH]

Exit code: 0 no step fails, 1 a step does not hold, 2 the file cannot be read."""

# fmt: off
import hashlib
import json
import math
import sys
import unicodedata
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any, TypeAlias

Doc: TypeAlias = dict[str, Any]
Rows: TypeAlias = list[tuple[str, str, int, int]]  # of a read: entry, label, weight, value
LEVELS, KINDS = ("outcome", "results", "sums", "marks"), ("ranked", "ring-fenced", "cascade", "outside")
STEPS = {"bytes": 0, "signature": 0, "identity": 0, "document": 0, "reads": 2, "parts": 2, "ratio": 2, "estimates": 2,
         "totals": 1, "order": 1, "deliberation": 1, "prizes": 1, "published": 1, "commitments": 1, "chain": 0}
CALIBRATING, MOST_LABELS = {"calibrated": "reml", "least-squares": "least-squares"}, 60  # more take too long for a ratio

def need(holds: Any, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)
def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
def digest(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()
def is_plain(value: Any) -> bool:
    """Texts in NFC, and whole numbers that every language can hold."""
    if isinstance(value, dict | list):
        return all(map(is_plain, [*value, *value.values()] if isinstance(value, dict) else value))
    whole = value is None or (isinstance(value, int) and abs(value) < 2**53)
    return unicodedata.is_normalized("NFC", value) if isinstance(value, str) else whole

# --- Ed25519 (RFC 8032), points as their two coordinates: slow, and short enough to be read
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
CURVE, ROOT, BASE = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P), 4 * pow(5, -1, P) % P
def point(data: bytes) -> tuple[int, int]:
    y, odd = int.from_bytes(data, "little") % 2**255, data[31] >> 7
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * ROOT % P
    need(y < P and (x * x - square) % P == 0 and (x, odd) != (0, 1), "a point that is not on the curve")
    return (x if x % 2 == odd else P - x), y
def add(one: tuple[int, int], two: tuple[int, int]) -> tuple[int, int]:
    (x, y), (u, v), k = one, two, CURVE * one[0] * one[1] * two[0] * two[1]
    return (x * v + u * y) * pow(1 + k, -1, P) % P, (y * v + x * u) * pow(1 - k, -1, P) % P
def times(number: int, one: tuple[int, int]) -> tuple[int, int]:
    half = times(number // 2, add(one, one)) if number else (0, 1)
    return add(half, one) if number % 2 else half
def is_signed(key: bytes, message: bytes, value: bytes) -> bool:
    h, s = (int.from_bytes(x, "little") for x in (hashlib.sha512(value[:32] + key + message).digest(), value[32:]))
    right = add(point(value[:32]), times(h % ORDER, point(key)))
    return s < ORDER and right == times(s, point(BASE.to_bytes(32, "little")))

# --- the numbers of a criterion
def sums(pairs: Any) -> Counter[str]:
    result = Counter[str]()
    for key, number in pairs:
        result[key] += number
    return result
def connected(rows: Rows) -> list[list[str]]:
    """The entries of each connected part: sets that have a label in common are joined."""
    part, first = {row[0]: {row[0]} for row in rows}, dict[str, str]()
    for entry, label, _, _ in rows:
        one, two = part[entry], part[first.setdefault(label, entry)]
        two |= one
        part.update(dict.fromkeys(one, two))
    return sorted(sorted(entries) for entries in {id(one): one for one in part.values()}.values())
def weight_of(confidence: int, all_of_label: list[int]) -> int:
    most, number = 4 * min(all_of_label), 1000 * len(all_of_label)
    return max(1, round(Fraction(number * min(confidence, most), sum(min(c, most) for c in all_of_label))))
def rounded(numbers: list[tuple[int, Any]]) -> int | None:
    known = numbers and all(x is not None for _, x in numbers)
    return round(Fraction(sum(w * x for w, x in numbers), sum(w for w, _ in numbers))) if known else None
def plain_score(rule: str, milli: list[Fraction], decimals: int | None) -> int:
    milli = sorted(milli)[1:-1] if rule == "trimmed" and len(milli) > 2 else sorted(milli)
    milli = milli[(len(milli) - 1) // 2 : len(milli) // 2 + 1] if rule == "median" else milli
    value, ten = sum(milli) / Fraction(1000 * len(milli)), 10 ** (decimals or 0)
    return round(10**6 * (value if decimals is None else Fraction(math.floor(value * ten + Fraction(1, 2)), ten)))

class Part:
    """Reads that hang together: S, r and V of the spec, times `common`, as whole numbers."""
    def __init__(self, rows: Rows, total: Doc, given: Doc, said: Doc) -> None:
        self.load, weight = sums((e, w) for e, _, w, _ in rows), sums((j, w) for _, j, w, _ in rows)
        self.rows, self.total, self.said, self.labels, self.unit = rows, total, said, sorted(weight), 1
        self.freedom, self.common = len(rows) - len(self.load), math.lcm(*self.load.values())
        at, share = {j: i for i, j in enumerate(self.labels)}, {e: self.common // d for e, d in self.load.items()}
        self.matrix = [[weight[j] * self.common * (i == k) for k in range(len(at))] for j, i in at.items()]
        self.right, near = [self.common * given[j] for j in self.labels], defaultdict(list)
        for e, j, w, _ in rows:
            near[e].append((at[j], w))
            self.right[at[j]] -= w * total[e] * share[e]
        for e, own in near.items():
            for (i, w), (k, v) in product(own, own):
                self.matrix[i][k] -= w * v * share[e]
        squares = int(said["squares"]) if "squares" in said else sum(w * y * y for _, _, w, y in rows)
        self.within = self.common * squares - sum(total[e] ** 2 * share[e] for e in share)
        effects = said["effects"] or {"over": "1", "values": ["0"] * len(at)}
        self.over, self.values = int(effects["over"]), [int(value) for value in effects["values"]]
        solved = not any(self.rest(Fraction(0))) and not sum(weight[j] * b for j, b in zip(at, self.values, strict=True))
        whole = self.over * self.within == sum(map(int.__mul__, self.right, self.values))
        few = ("all-equal" if squares * sum(weight.values()) == sum(total[e] for e in share) ** 2 else "one-judge"
               if len(at) == 1 else "no-degrees-of-freedom" if self.freedom < len(at) else "")
        self.fits = [few] if few else ["reml"] + solved * ["least-squares"] + (solved and whole) * ["exact-fit"]
    def rest(self, lam: Fraction) -> list[int]:
        """r - (S + lam I) b, times `over`, `common` and the denominator of lam."""
        (p, q), image = lam.as_integer_ratio(), [sum(map(int.__mul__, row, self.values)) for row in self.matrix]
        rows = zip(self.right, image, self.values, strict=True)
        return [q * (self.over * r - x) - p * self.common * b for r, x, b in rows]
    def slope(self, lam: Fraction) -> Fraction:
        """h(lam), by solving (S + lam I) X = I and (S + lam I) b = r in whole numbers (Bareiss)."""
        (p, q), size, last = lam.as_integer_ratio(), len(self.labels), 1
        rows = [[q * a + p * self.common * (i == k) for k, a in enumerate(row)]
                + [int(i == k) for k in range(size)] + [self.right[i]] for i, row in enumerate(self.matrix)]
        for k in range(size):
            own, before, last = rows[k], last, rows[k][k]
            rows = [row if row is own else [(last * a - row[k] * b) // before for a, b in zip(row, own, strict=True)]
                    for row in rows]
        trace = Fraction(q * self.common * sum(row[size + i] for i, row in enumerate(rows)), last)
        b = [Fraction(q * row[-1], last) for row in rows]
        gap = Fraction(self.within - sum(x * r for x, r in zip(b, self.right, strict=True)), self.common)
        return size / lam - trace - self.freedom * sum(x * x for x in b) / gap
    def official(self) -> dict[str, set[int]]:
        """What each entry's number can be: both ends of what the error of the effects leaves open."""
        lam, of = self.unit * Fraction(self.said["ratio"] or 0), dict(zip(self.labels, self.values, strict=True))
        size, taken = sum(x * x for x in self.rest(lam) if lam), sums((e, w * of[j]) for e, j, w, _ in self.rows)
        error = math.isqrt(size) // (self.common * lam.numerator) + 1 if size else 0
        return {e: {round(Fraction(1000 * (self.over * self.total[e] - taken[e] + way * error * d), self.over * d))
                    for way in (-1, 1)} for e, d in self.load.items()}

# --- order and prizes
def places(keys: Doc) -> Doc:
    """1 and how many keys are higher; none without a key."""
    order = sorted((key for key in keys.values() if key is not None), reverse=True)
    return {name: None if key is None else 1 + order.index(key) for name, key in keys.items()}
def after_moves(ranks: Doc, acts: list[Doc]) -> Doc:
    groups = [{name for name in ranks if ranks[name] == rank} for rank in sorted({r for r in ranks.values() if r})]
    for act in sorted(acts, key=lambda one: int(one["number"])):
        groups = [left for one in groups if (left := one - {act["entry"]})]
        ahead = [sum(map(len, groups[:i])) for i in range(len(groups))]
        at = sum(before < act["place"] - 1 for before in ahead)
        if act["place"]:
            level = act["level"] and act["place"] - 1 in ahead
            groups[at : at + level] = [{act["entry"]} | (groups[at] if level else set())]
    ranked = {name: 1 + sum(map(len, groups[:i])) for i, one in enumerate(groups) for name in one}
    return {name: ranked.get(name) for name in ranks}
def award(rules: list[Doc], candidates: list[Doc], decided: list[Doc]) -> dict[str, set[str]]:
    """Who takes each prize by rule; a cascade passes over those who hold the prizes before it."""
    turns = sorted(rules, key=lambda z: (KINDS.index(z["kind"]), z["category"], z["position"], z["code"]))
    given, held = dict[str, set[str]](), dict[str, set[str]]()
    for number, z in enumerate(turns):
        code, kind, before = z["code"], z["kind"], [one for one in turns[:number] if one["category"] == z["category"]]
        said = {key: {text for k, text in z["values"] if k == key} for key, _ in z["values"] if kind != "ranked"}
        past = said.pop("past", {one["code"] for one in before if one["kind"] in ("ranked", "cascade")})
        out = {name for other in past for name in held.get(other, ())} if kind == "cascade" else set()
        pool = {one["reference"]: one["rank" if z["category"] else "overall"] for one in candidates
                if z["category"] in ("", one["category"]) and one["reference"] not in out and kind != "outside"
                and all(one[key] in texts for key, texts in said.items())}
        start = sum(one["places"] for one in before) if kind == "ranked" else 0
        line = places({name: rank and -rank for name, rank in pool.items()})
        given[code] = {name for name, rank in line.items() if rank and start < rank <= start + z["places"]}
        own = {one["place"]: one["reference"] for one in decided if one["prize"] == code}
        held[code] = set(own.values()) if own.keys() >= set(range(1, z["places"] + 1)) else given[code]
    return given

# --- the steps, each over what the pack says of the steps before it
class Check:
    def __init__(self, data: bytes, options: dict[str, str]) -> None:
        self.data, self.options, self.file, self.note = data, options, json.loads(data), ""
        self.pack, self.reads, self.parts = self.file["pack"], list[Any](), list[tuple[Any, str, Part]]()
        self.level, self.head, self.document = self.pack["level"], self.pack["publication"], self.pack["document"]
        self.rounds, self.auditor = self.pack["rounds"], self.pack["audience"] == "auditor"
        self.of = {x["id"]: x["category"] for one in self.rounds for x in one["inputs"]["entries"]}
        self.last = {x["category"]: one for one in self.rounds for x in one["inputs"]["entries"]}
    def weights(self, one: Doc, e: str) -> dict[str, int]:
        return {k["code"]: w for k in one["inputs"]["criteria"] if (w := k["weights"].get(self.of[e]))}
    def key(self, one: Doc, e: str) -> Any:
        """What an entry is ordered by: the total, then the tie-breaks; what is missing is the lowest."""
        said = one["results"][e]
        more = [one["estimates"][z["value"]].get(e, [0, None])[1] if z["rule"] == "criterion" else said[z["rule"]]
                for z in one["inputs"]["tie_breaks"]]
        if self.level == "results" and said["total"] is not None and None in more:
            raise NotImplementedError("a tie-break by a criterion that is not shown")
        return None if said["total"] is None else [said["total"], *(-(10**18) if x is None else x for x in more)]
    def group(self, one: Doc, e: str) -> Any:
        """Who is ranked together: of one category, and in the same part of every criterion."""
        parts = [[part["entries"] for part in one["parts"].get(code, ())] for code in self.weights(one, e)]
        return self.of[e], *(next((i for i, own in enumerate(each) if e in own), -1) for each in parts)
    def bytes(self) -> None:
        need(self.file.keys() == {"format", "pack", "signature"} and self.file["format"] == "awards-pack-1" and
             is_plain(self.file) and canonical(self.file) == self.data, "the bytes are not those of what they say")
    def signature(self) -> None:
        said, key = self.file["signature"], self.options.get("--key", self.file["signature"]["key"])
        need(said == {"algorithm": "Ed25519", "key": key, "value": said["value"]} and
             is_signed(bytes.fromhex(key), canonical(self.pack), bytes.fromhex(said["value"])), f"not signed with the key {key}")
        self.note = f"key {key}" + ("" if "--key" in self.options else ": compare it with the one that the awards give out")
    def identity(self) -> None:
        name, number, file = f"{self.head['programme']}/{self.head['edition']}", str(self.head["number"]), self.options.get("--auditor")
        self.note = f"{name}, number {number}, for the {self.pack['audience']}, level {self.level}"
        need(self.options.get("--edition", name) == name and self.options.get("--number", number) == number, f"this is {self.note}")
        same = all(self.head[key] == self.document[key] for key in self.head.keys() & self.document)
        need(same and LEVELS.index(self.level) <= LEVELS.index("marks" if self.auditor else self.pack["asked"]), "document or level")
        need(not file or self.pack["auditor_sha256"] == hashlib.sha256(Path(file).read_bytes()).hexdigest(), "another auditor's pack")
    def document_(self) -> None:
        need(digest(self.document) == self.head["document_sha256"], "its hash is another")
    def reads_(self) -> None:
        for one, k in [(each, k) for each in self.rounds for k in each["inputs"]["criteria"]]:
            said, code, scale, marks = one["inputs"], k["code"], k["scale"], self.level == "marks"
            reads = sorted((e, *read) for e, own in one["reads"][code].items() for read in own)
            need(not marks or all(mark in range(scale["top"] + 1) for _, _, mark, _ in reads), f"{code}: no mark of the scale")
            sheets = sorted((x["entry"], x["judge"], x["marks"][code], x["confidence"]) for x in said.get("sheets", ()) if code in x["marks"])
            need(not self.auditor or (reads == sheets and digest(said) == one["run"]["inputs_sha256"]), "the run had other inputs")
            rows = [(e, j, weight_of(c, [r[3] for r in reads if r[1] == j]) if said["method"]["confidence"] and marks else 1,
                     scale["origin_milli"] + (mark or 0) * scale["step_milli"]) for e, j, mark, c in reads]
            total, given = sums((e, w * y) for e, _, w, y in rows), sums((j, w * y) for _, j, w, y in rows)
            total, given = (total, given) if marks else (one["sums"][code]["entries"], one["sums"][code]["judges"])
            need(all(code in self.weights(one, row[0]) for row in rows) and len({row[:2] for row in rows}) == len(rows), f"{code}: read twice, or not judged")
            for entries in map(set, connected(rows)):
                labels = {j for e, j, *_ in rows if e in entries}
                need(sum(total[e] for e in entries) == sum(given[j] for j in labels), f"{code}: the sums do not agree")
            self.reads.append((one, code, rows, total, given))
    def parts_(self) -> None:
        for one, code, rows, total, given in self.reads:
            method, known = one["inputs"]["method"], one["parts"].get(code, [])
            need([said["entries"] for said in known] == connected(rows) * (method["rule"] in CALIBRATING), f"{code}: other parts")
            for said in known:
                fit, other = said["fit"], set(CALIBRATING.values()) - {CALIBRATING[method["rule"]]}
                part = Part([row for row in rows if row[0] in said["entries"]], total, given, said)
                part.unit = 1000 if method["confidence"] and self.level == "marks" else 1
                with_effects = fit in ("exact-fit", "least-squares") or (fit == "reml" and said["ratio"] is not None)
                need(fit in part.fits and fit not in other and part.labels == said["judges"] and (said["ratio"] is None or fit == "reml")
                     and with_effects == (said["effects"] is not None), f"{code}: not a part of the fit {fit}")
                self.parts.append((one, code, part))
    def ratio(self) -> None:
        for code, part, said in ((code, part, part.said["ratio"]) for _, code, part in self.parts if part.said["fit"] == "reml"):
            if said is None:
                trace = sum(row[i] for i, row in enumerate(part.matrix))
                need(part.within * trace >= part.freedom * sum(r * r for r in part.right), f"{code}: judges do differ")
            elif len(part.labels) > MOST_LABELS:
                self.note = f"but not those of more than {MOST_LABELS} judges, which take too long"
            else:
                digit = next(ten for i in range(-60, 60) if Fraction(said) < 10**6 * (ten := Fraction(10) ** i))
                low, high = (part.slope(part.unit * (Fraction(said) + way * digit)) for way in (-1, 1))
                need((Fraction(said) / digit).denominator == 1 and low > 0 > high, f"{code}: {said} is not the likeliest")
    def estimates(self) -> None:
        for one, code, rows, total, _ in self.reads:
            rule, load, said = one["inputs"]["method"]["rule"], sums((e, w) for e, _, w, _ in rows), one["estimates"][code]
            raw = {e: round(Fraction(1000 * total[e], d)) for e, d in load.items()}
            found = {e: {number} for e, number in raw.items()}
            for part in (part for other, its, part in self.parts if other is one and its == code and part.said["effects"]):
                found |= part.official()
            if rule in ("z-score", "min-max") or (rule in ("median", "trimmed") and self.level == "sums"):
                raise NotImplementedError(f"{rule} is not recomputed here from a pack of the level {self.level}")
            if rule not in CALIBRATING:
                of = {e: [Fraction(y) for x, _, _, y in rows if x == e] if rule != "mean" else [Fraction(total[e], load[e])] for e in load}
                found = {e: {plain_score(rule, own, one["inputs"]["method"]["decimals"])} for e, own in of.items()}
            wrong = [e for e in load.keys() | said if e not in load or said.get(e) != [raw[e], *found[e]]]
            need(not wrong, f"{code}: {', '.join(sorted(wrong)[:3])}")
    def totals(self) -> None:
        for before, one in zip([{}, *self.rounds[:-1]], self.rounds, strict=True):
            carried = {c["entry"]: (c["weight"], c["total"]) for c in one["inputs"].get("carried", ())}
            need(all(before["results"][e]["total"] == total for e, (_, total) in carried.items() if before), "another carried total")
            for e, said in one["results"].items():
                known = [(w, *one["estimates"][code].get(e, (None, None))) for code, w in self.weights(one, e).items()]
                if self.level == "results" and any(x is None for _, _, x in known):
                    continue
                total = rounded([(w, x) for w, _, x in known] + [carried[e] for _ in known[:1] if e in carried])
                mean = said["raw"] if total is None else rounded([(w, x) for w, x, _ in known])
                labels = [{read[0] for read in one["reads"][code].get(e, ())} for code in self.weights(one, e) if "reads" in one]
                sheets = len(set.intersection(*labels)) if labels else said["sheets"]
                need((said["total"], said["raw"], said["sheets"]) == (total, mean, sheets), f"{e}: total {total}, mean {mean}, {sheets} sheets")
    def agree(self, one: Doc, what: str, ranks: Doc) -> None:
        wrong = [f"{e} is {ranks[e]}" for e, said in one["results"].items() if said[what] != ranks[e]]
        need(not wrong, "; ".join(wrong[:3]))
    def order(self) -> None:
        for one in self.rounds:
            groups = defaultdict[Any, Doc](dict)
            for e in one["results"]:
                groups[self.group(one, e)][e] = self.key(one, e)
            self.agree(one, "rank", {e: rank for own in groups.values() for e, rank in places(own).items()})
    def deliberation(self) -> None:
        for one in self.rounds:
            ranks = {e: said["rank"] for e, said in one["results"].items()}
            for said in one["deliberation"]:
                acts = [act for act in said["acts"] if act["kind"] == "move"]
                need(all(act["reason"] for act in acts), f"{said['category']}: a move without a reason")
                ranks |= after_moves({e: r for e, r in ranks.items() if self.of[e] == said["category"]}, acts)
            self.agree(one, "decided", ranks)
    def prizes(self) -> None:
        rules, candidates, decided = (self.pack["prizes"][name] for name in ("rules", "candidates", "decided"))
        rounds = {one["code"]: one for z in candidates if (one := self.last.get(z["category"]))}
        whole = [one for one in rounds.values() if not one["deliberation"] and all(len(own) < 2 for own in one["parts"].values())]
        overall = places({e: self.key(one, e) for one in whole for e in one["results"]}) if len(rounds) == 1 else {}
        for z in candidates:
            one, e, category = self.last.get(z["category"], {"results": {}, "deliberation": []}), z["reference"], z["category"]
            groups = {self.group(one, o) for o, said in one["results"].items() if said["rank"] and self.of[o] == category}
            linked = len(groups) < 2 or any(said["category"] == category for said in one["deliberation"])
            rank = one["results"][e]["decided"] if linked and e in one["results"] else None
            need((z["rank"], z["overall"]) == (rank, overall.get(e)), f"{e}: its ranks are {rank} and {overall.get(e)}")
        for code, given in award(rules, candidates, decided).items():
            holders = {one["reference"] for one in decided if one["prize"] == code} - {""}
            why = "; ".join(one["reason"] for one in decided if one["prize"] == code and one["reason"])
            need(why or holders == given, f"{code} goes to {sorted(given)}, not {sorted(holders)}")
            self.note += f"; {code} by decision: {why}" if holders != given else ""
    def published(self) -> None:
        shown, prizes = set(), {(z["prize"], z["place"], z["reference"], z["reason"]) for z in self.pack["prizes"]["decided"]}
        for row in self.document["entries"]:
            figures, e, one = row["figures"], row["figures"].get("reference"), self.last.get(row["category_code"], {"results": {}})
            shown |= {(a["prize"], a["place"], e, a["reason"]) for a in figures.get("awards", ())}
            if said := one["results"].get(e):
                numbers = (row["rank"], figures.get("raw", said["raw"]), figures.get("estimate", said["total"]))
                pairs = {c["code"]: [c["raw"], c["estimate"]] for c in figures.get("criteria", ())}
                need(numbers == (said["rank"], said["raw"], said["total"]) and
                     all(one["estimates"][code].get(e, pair) == pair for code, pair in pairs.items()), f"{e}: other numbers")
        need(shown == {one for one in prizes if one[2]}, "other prizes than those that were decided")
    def commitments(self) -> None:
        for one in self.rounds:
            said, opened = one["commitments"], one.get("openings", [])
            reads = {(e, r[0], code): r[1] for code, own in one.get("reads", {}).items() for e, each in own.items() for r in each}
            need(said == sorted(set(said)) and len(said) + one["unreceipted"] == one["sheets_signed"] and
                 len({key[:2] for key in reads}) <= one["sheets_signed"], "not one for each sheet that was signed")
            fresh, signed = {o["nonce"] for o in opened}, {(o["entry"], o["seat"]): o["marks"] for o in opened}
            need(len(fresh) == len(opened) and all(len(bytes.fromhex(nonce)) == 16 for nonce in fresh), "nonces that are not fresh")
            need(not self.auditor or (sorted(map(digest, opened)) == said and all(
                signed.get((e, j), {code: mark})[code] == mark for (e, j, code), mark in reads.items())), "openings of other marks")
    def chain(self) -> None:
        log, (seq, _, kept) = self.pack["log"], self.options.get("--head", "").partition(":")
        self.note = f"{log['seq']}:{log['hash']}"
        need(log["seq"] >= 0 and len(bytes.fromhex(log["hash"])) == 32, "no head of a chain")
        need(str(log["seq"]) != seq or log["hash"] == kept, f"your head differs from {self.note}")

def main(path: str, *options: str) -> int:
    broken, failed = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError), 0
    try:
        check = Check(Path(path).read_bytes(), dict(zip(options[::2], options[1::2], strict=True)))
    except broken as problem:
        print(f"1 bytes: does not hold: {path} is no result pack: {problem!r}")
        return 2
    for number, (name, level) in enumerate(STEPS.items(), 1):
        try:
            check.note = ""
            if LEVELS.index(check.level) < level:
                raise NotImplementedError(f"a pack of the level {check.level} does not hold what this needs")
            (vars(Check).get(f"{name}_") or vars(Check)[name])(check)
            state, why = "holds", check.note.removeprefix("; ")
        except (NotImplementedError, *broken) as problem:
            state, why = "not checked" if isinstance(problem, NotImplementedError) else "does not hold", str(problem)
            failed |= state == "does not hold"
        print(f"{number} {name}: {state}{why and ': '}{why}")
    return failed
if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if sys.argv[1:] else __doc__)
