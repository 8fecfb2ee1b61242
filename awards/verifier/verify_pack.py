#!/usr/bin/env python3
"""Checks a result pack by the numbered steps of SPEC.md: Python 3.11, nothing else, no network, and no float.

    python3 verify_pack.py PACK [--edition PROGRAMME/EDITION] [--number N] [--key HEX] [--auditor FILE] [--head N:HASH]

Exit code: 0 no step fails, 1 a step does not hold, 2 the file cannot be read."""
# fmt: off
# In under 300 lines, so that it can be read in one go.
import hashlib
import json
import math
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

Doc: TypeAlias = dict[str, Any]
Row: TypeAlias = tuple[str, str, int, int]  # entry, label, weight, value
Ranks: TypeAlias = dict[str, int | None]
Point: TypeAlias = tuple[int, int]
LEVELS, KINDS = ("outcome", "results", "sums", "marks"), ("ranked", "ring-fenced", "cascade", "outside")
STEPS = {"bytes": 0, "signature": 0, "identity": 0, "document": 0, "reads": 2, "parts": 2, "ratio": 2, "estimates": 2,
         "totals": 1, "order": 1, "deliberation": 1, "prizes": 1, "published": 1, "commitments": 1, "chain": 0}
MOST_LABELS = 60  # a ratio of more judges takes too long

class Wrong(Exception):
    """What does not hold."""
class NotChecked(Exception):
    """Why a step is left out."""

def need(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Wrong(otherwise)
def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
def digest(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()
def is_plain(value: Any) -> bool:
    """Texts in NFC, and whole numbers that every language can hold."""
    if isinstance(value, dict | list):
        return all(map(is_plain, [*value, *value.values()] if isinstance(value, dict) else value))
    if isinstance(value, str):
        return unicodedata.is_normalized("NFC", value)
    return value is None or (isinstance(value, int) and abs(value) < 2**53)

# --- Ed25519 (RFC 8032), points as their two coordinates: slow, and short enough to be read
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
CURVE, ROOT, BASE = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P), 4 * pow(5, -1, P) % P

def point(data: bytes) -> Point:
    y, odd = int.from_bytes(data, "little") % 2**255, data[31] >> 7
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * ROOT % P
    need(y < P and (x * x - square) % P == 0 and (x, odd) != (0, 1), "a point that is not on the curve")
    return (x if x % 2 == odd else P - x), y
def add(one: Point, two: Point) -> Point:
    (x, y), (u, v), k = one, two, CURVE * one[0] * one[1] * two[0] * two[1]
    return (x * v + u * y) * pow(1 + k, -1, P) % P, (y * v + x * u) * pow(1 - k, -1, P) % P
def times(number: int, one: Point) -> Point:
    half = times(number // 2, add(one, one)) if number else (0, 1)
    return add(half, one) if number % 2 else half
def is_signed(key: bytes, message: bytes, value: bytes) -> bool:
    s = int.from_bytes(value[32:], "little")
    h = int.from_bytes(hashlib.sha512(value[:32] + key + message).digest(), "little") % ORDER
    right = add(point(value[:32]), times(h, point(key)))
    return s < ORDER and right == times(s, point(BASE.to_bytes(32, "little")))

# --- the numbers of a criterion
def sums(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    result: dict[str, int] = defaultdict(int)
    for key, number in pairs:
        result[key] += number
    return dict(result)
def connected(rows: list[Row]) -> list[list[str]]:
    """The entries of each connected part: sets that have a label in common are joined."""
    part, first = {row[0]: {row[0]} for row in rows}, dict[str, str]()
    for entry, label, _, _ in rows:
        one, two = part[entry], part[first.setdefault(label, entry)]
        two |= one
        part.update(dict.fromkeys(one, two))
    return sorted(sorted(entries) for entries in {id(one): one for one in part.values()}.values())

class Part:
    """Reads that hang together: S, r and V of the spec, times `common`, as whole numbers."""
    def __init__(self, rows: list[Row], total: Doc, given: Doc, said: Doc, unit: int) -> None:
        self.load, weight = sums((e, w) for e, _, w, _ in rows), sums((j, w) for _, j, w, _ in rows)
        self.rows, self.total, self.said, self.unit = rows, total, said, unit
        self.freedom, self.labels, self.common = len(rows) - len(self.load), sorted(weight), math.lcm(*self.load.values())
        at, share = {j: i for i, j in enumerate(self.labels)}, {e: self.common // d for e, d in self.load.items()}
        self.matrix = [[weight[j] * self.common * (i == k) for k in range(len(at))] for j, i in at.items()]
        self.right, near = [self.common * given[j] for j in self.labels], defaultdict(list)
        for e, j, w, _ in rows:
            near[e].append((at[j], w))
            self.right[at[j]] -= w * total[e] * share[e]
        for e, own in near.items():
            for i, w in own:
                for k, v in own:
                    self.matrix[i][k] -= w * v * share[e]
        squares = int(said["squares"]) if "squares" in said else sum(w * y * y for _, _, w, y in rows)
        self.within = self.common * squares - sum(total[e] ** 2 * share[e] for e in share)
        effects = said["effects"] or {"over": "1", "values": ["0"] * len(at)}
        self.over, self.values = int(effects["over"]), [int(value) for value in effects["values"]]
        whole = self.over * self.within == sum(map(int.__mul__, self.right, self.values))
        solved = not any(self.rest(Fraction(0))) and not sum(weight[j] * b for j, b in zip(at, self.values, strict=True))
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
        need(gap > 0, "severity explains every mark")
        return size / lam - trace - self.freedom * sum(x * x for x in b) / gap
    def official(self) -> dict[str, set[int]]:
        """What each entry's number can be: both ends of what the error of the effects leaves open."""
        lam = self.unit * Fraction(self.said["ratio"] or 0)
        rest, of = self.rest(lam) if lam else [], dict(zip(self.labels, self.values, strict=True))
        error = math.isqrt(sum(x * x for x in rest)) // (self.common * lam.numerator) + 1 if any(rest) else 0
        taken = sums((e, w * of[j]) for e, j, w, _ in self.rows)
        return {e: {round(Fraction(1000 * (self.over * self.total[e] - taken[e] + way * error * d), self.over * d))
                    for way in (-1, 1)} for e, d in self.load.items()}

def plain_score(rule: str, milli: list[Fraction], decimals: int | None) -> int:
    milli = sorted(milli)[1:-1] if rule == "trimmed" and len(milli) > 2 else sorted(milli)
    milli = milli[(len(milli) - 1) // 2 : len(milli) // 2 + 1] if rule == "median" else milli
    value, ten = sum(milli) / Fraction(1000 * len(milli)), 10 ** (decimals or 0)
    return round(10**6 * (value if decimals is None else Fraction(math.floor(value * ten + Fraction(1, 2)), ten)))
def weighted(pairs: list[tuple[int, Any]]) -> int | None:
    known = pairs and all(x is not None for _, x in pairs)
    return round(Fraction(sum(w * x for w, x in pairs), sum(w for w, _ in pairs))) if known else None

# --- order and prizes
def places(keys: Doc) -> Ranks:
    """1 and how many keys are higher; none without a key."""
    order = sorted((key for key in keys.values() if key is not None), reverse=True)
    return {name: None if key is None else 1 + order.index(key) for name, key in keys.items()}
def after_moves(ranks: Ranks, acts: list[Doc]) -> Ranks:
    groups = [{name for name in ranks if ranks[name] == rank} for rank in sorted({r for r in ranks.values() if r})]
    for act in sorted(acts, key=lambda one: int(one["number"])):
        groups = [left for one in groups if (left := one - {act["entry"]})]
        ahead = [sum(map(len, groups[:i])) for i in range(len(groups))]
        at = sum(before < act["place"] - 1 for before in ahead)
        if act["level"] and act["place"] - 1 in ahead:
            groups[at] = groups[at] | {act["entry"]}
        elif act["place"]:
            groups.insert(at, {act["entry"]})
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
        self.data, self.options, self.file = data, options, json.loads(data)
        self.pack, self.reads, self.parts = self.file["pack"], list[Any](), defaultdict[Any, list[Part]](list)
        self.level, self.head, self.document = self.pack["level"], self.pack["publication"], self.pack["document"]
        self.rounds, self.auditor = self.pack["rounds"], self.pack["audience"] == "auditor"
        self.of = {one["code"]: {x["id"]: x["category"] for x in one["inputs"]["entries"]} for one in self.rounds}
        self.last = {category: one for one in self.rounds for category in self.of[one["code"]].values()}
    def weights(self, one: Doc, e: str) -> dict[str, int]:
        category = self.of[one["code"]][e]
        return {k["code"]: w for k in one["inputs"]["criteria"] if (w := k["weights"].get(category))}
    def keys(self, one: Doc) -> Doc:
        """What entries are ordered by: the total, then the tie-breaks; what is missing is the lowest."""
        def key(e: str, said: Doc) -> Any:
            more = [one["estimates"][z["value"]].get(e, [0, None])[1] if z["rule"] == "criterion" else said[z["rule"]]
                    for z in one["inputs"]["tie_breaks"]]
            if self.level == "results" and said["total"] is not None and None in more:
                raise NotChecked("a tie-break by a criterion that is not shown")
            return None if said["total"] is None else [said["total"], *(-(10**18) if x is None else x for x in more)]
        return {e: key(e, said) for e, said in one["results"].items()}
    def group(self, one: Doc, e: str) -> Any:
        parts = [[part["entries"] for part in one["parts"].get(code, ())] for code in self.weights(one, e)]
        return self.of[one["code"]][e], *(next((i for i, own in enumerate(each) if e in own), -1) for each in parts)
    def step_bytes(self) -> str:
        need(self.file.keys() == {"format", "pack", "signature"} and self.file["format"] == "awards-pack-1", "no pack")
        need(is_plain(self.file) and canonical(self.file) == self.data, "the bytes are not those of what they say")
        return f"{len(self.data)} bytes"
    def step_signature(self) -> str:
        said, key = self.file["signature"], self.options.get("--key", self.file["signature"]["key"])
        need(said.keys() == {"algorithm", "key", "value"} and said["algorithm"] == "Ed25519", "another algorithm")
        signed = is_signed(bytes.fromhex(said["key"]), canonical(self.pack), bytes.fromhex(said["value"]))
        need(signed and key == said["key"], f"not signed with the key {key}")
        return f"key {key}" + ("" if "--key" in self.options else ": compare it with the one that the awards give out")
    def step_identity(self) -> str:
        name, number, file = f"{self.head['programme']}/{self.head['edition']}", self.head["number"], self.options.get("--auditor")
        need(self.options.get("--edition", name) == name, f"this is of {name}")
        need(self.options.get("--number", str(number)) == str(number), f"this is number {number}")
        need(all(self.head[key] == self.document[key] for key in self.head.keys() & self.document), "another document")
        need(self.auditor or LEVELS.index(self.level) <= LEVELS.index(self.pack["asked"]), "it discloses too much")
        other = file and hashlib.sha256(Path(file).read_bytes()).hexdigest() != self.pack["auditor_sha256"]
        need(not other, "the auditor's pack is another")
        return f"{name}, number {number}, for the {self.pack['audience']}, level {self.level}"
    def step_document(self) -> str:
        need(digest(self.document) == self.head["document_sha256"], "its hash is another")
        return f"SHA-256 {self.head['document_sha256']}"
    def step_reads(self) -> str:
        for one in self.rounds:
            said, marks = one["inputs"], self.level == "marks"
            need(not self.auditor or digest(said) == one["run"]["inputs_sha256"], "this is not what was calculated from")
            flat = {(e, j, code, *read) for code, own in one["reads"].items() for e, reads in own.items() for j, *read in reads}
            sheets = {(x["entry"], x["judge"], code, mark, x["confidence"]) for x in said.get("sheets", ()) for code, mark in x["marks"].items()}
            need(not self.auditor or flat == sheets, "other marks than those that were calculated from")
            for k in said["criteria"]:
                code, scale, capped = k["code"], k["scale"], defaultdict(list)
                reads = [(e, *read) for e, own in one["reads"][code].items() for read in own]
                need(not marks or all(mark in range(scale["top"] + 1) for _, _, mark, _ in reads), f"{code}: no mark of the scale")
                for _, j, _, c in reads:
                    capped[j].append(min(c, 4 * min(other[3] for other in reads if other[1] == j)))
                weight = {j: (Fraction(1000 * len(own), sum(own)), 4 * min(own)) for j, own in capped.items()}
                rows = [(e, j, max(1, round(weight[j][0] * min(c, weight[j][1]))) if said["method"]["confidence"] and marks else 1,
                         scale["origin_milli"] + (mark or 0) * scale["step_milli"]) for e, j, mark, c in reads]
                total, given = sums((e, w * y) for e, _, w, y in rows), sums((j, w * y) for _, j, w, y in rows)
                if not marks:
                    total, given = one["sums"][code]["entries"], one["sums"][code]["judges"]
                need(all(code in self.weights(one, row[0]) for row in rows), f"{code}: an entry that is not judged there")
                need(len({row[:2] for row in rows}) == len(rows), f"{code}: somebody reads an entry twice")
                for entries in connected(rows):
                    labels = {j for e, j, *_ in rows if e in entries}
                    need(sum(total[e] for e in entries) == sum(given[j] for j in labels), f"{code}: the sums do not agree")
                self.reads.append((one, k, rows, total, given))
        return f"{sum(len(rows) for _, _, rows, *_ in self.reads)} marks"
    def step_parts(self) -> str:
        for one, k, rows, total, given in self.reads:
            method, known, code = one["inputs"]["method"], one["parts"].get(k["code"], []), k["code"]
            wanted = connected(rows) if method["rule"] in ("calibrated", "least-squares") else []
            need([said["entries"] for said in known] == wanted, f"{code}: other parts")
            for said in known:
                unit, fit, has = 1000 if method["confidence"] and self.level == "marks" else 1, said["fit"], said["effects"] is not None
                part = Part([row for row in rows if row[0] in said["entries"]], total, given, said, unit)
                need(fit in part.fits and (fit, method["rule"]) not in (("reml", "least-squares"), ("least-squares", "calibrated")), f"{code}: the fit is not {fit}")
                need(said["judges"] == part.labels and has == (fit in ("exact-fit", "least-squares") or said["ratio"] is not None), f"{code}: no effects")
                need(fit == "reml" or said["ratio"] is None, f"{code}: no ratio belongs to {fit}")
                self.parts[one["code"], code].append(part)
        return f"{sum(map(len, self.parts.values()))} connected parts"
    def step_ratio(self) -> str:
        parts, left = [(code, part) for (_, code), own in self.parts.items() for part in own if part.said["fit"] == "reml"], 0
        for code, part in parts:
            if len(part.labels) > MOST_LABELS:
                left += 1
            elif part.said["ratio"] is None:
                need(part.slope(Fraction(part.unit * 10**6)) >= 0, f"{code}: judges do differ")
            else:
                ratio, digit = Fraction(part.said["ratio"]), Fraction(1, 10**30)
                while ratio / digit >= 10**6:
                    digit *= 10
                low, high = (part.unit * (ratio + way * digit) for way in (-1, 1))
                need((ratio / digit).denominator == 1 and part.slope(low) > 0 > part.slope(high), f"{code}: {ratio} is not the likeliest")
        return f"{len(parts) - left} ratios" + (f"; {left} not, of more than {MOST_LABELS} judges each" if left else "")
    def step_estimates(self) -> str:
        for one, k, rows, total, _ in self.reads:
            method, code, load = one["inputs"]["method"], k["code"], sums((e, w) for e, _, w, _ in rows)
            raw = {e: round(Fraction(1000 * total[e], d)) for e, d in load.items()}
            found, rule = {e: {number} for e, number in raw.items()}, method["rule"]
            for part in self.parts[one["code"], code]:
                found |= part.official() if part.said["effects"] else {}
            if rule in ("mean", "median", "trimmed", "z-score", "min-max"):
                if rule != "mean" and (self.level == "sums" or rule in ("z-score", "min-max")):
                    raise NotChecked(f"{rule} is not recomputed here from a pack of the level {self.level}")
                own = {e: [Fraction(total[e], d)] if rule == "mean" else [Fraction(row[3]) for row in rows if row[0] == e] for e, d in load.items()}
                found = {e: {plain_score(rule, values, method["decimals"])} for e, values in own.items()}
            wanted, said = {e: [raw[e], *found[e]] for e in load}, one["estimates"][code]
            need(wanted == said, f"{code}: {', '.join(sorted(e for e in wanted.keys() | said if wanted.get(e) != said.get(e))[:3])}")
        return f"{sum(len(own) for one in self.rounds for own in one['estimates'].values())} official numbers"
    def step_totals(self) -> str:
        before: Doc = {}
        for one in self.rounds:
            carried = {c["entry"]: c for c in one["inputs"].get("carried", ())}
            need(not before or all(before[e]["total"] == c["total"] for e, c in carried.items()), "another total was carried")
            for e, said in one["results"].items():
                known = [(code, w, *one["estimates"][code].get(e, (None, None))) for code, w in self.weights(one, e).items()]
                if self.level == "results" and any(number is None for *_, number in known):
                    continue
                more = [(c["weight"], c["total"]) for c in [carried[e]]] if e in carried else []
                need(said["total"] is None or said["raw"] == weighted([(w, raw) for _, w, raw, _ in known]), f"{e}: another mean")
                need(said["total"] == weighted([(w, number) for _, w, _, number in known] + more), f"{e}: another total")
                sheets = [{read[0] for read in one["reads"][code].get(e, ())} for code, *_ in known] if "reads" in one else []
                need(not sheets or said["sheets"] == len(set.intersection(*sheets)), f"{e}: another number of sheets")
            before = one["results"]
        return f"{sum(len(one['results']) for one in self.rounds)} totals"
    def step_order(self) -> str:
        for one in self.rounds:
            groups, keys = defaultdict[Any, Doc](dict), self.keys(one)
            for e in one["results"]:
                groups[self.group(one, e)][e] = keys[e]
            ranks = {e: rank for own in groups.values() for e, rank in places(own).items()}
            wrong = [f"{e} is {ranks[e]}" for e, said in one["results"].items() if said["rank"] != ranks[e]]
            need(not wrong, "; ".join(wrong[:3]))
        return "every rank follows from totals and tie-breaks"
    def step_deliberation(self) -> str:
        for one in self.rounds:
            ranks = {e: said["rank"] for e, said in one["results"].items()}
            for said in one["deliberation"]:
                own = {e: rank for e, rank in ranks.items() if self.of[one["code"]][e] == said["category"]}
                acts = [act for act in said["acts"] if act["kind"] == "move"]
                need(all(act["reason"] for act in acts), f"{said['category']}: a move without a reason")
                ranks |= after_moves(own, acts)
            wrong = [f"{e} is {ranks[e]}" for e, said in one["results"].items() if said["decided"] != ranks[e]]
            need(not wrong, "; ".join(wrong[:3]))
        return f"{sum(len(one['deliberation']) for one in self.rounds)} meetings"
    def step_prizes(self) -> str:
        rules, candidates, decided = (self.pack["prizes"][name] for name in ("rules", "candidates", "decided"))
        rounds = {one["code"]: one for z in candidates if (one := self.last.get(z["category"]))}
        one_for_all = [one for one in rounds.values() if not one["deliberation"] and all(len(own) < 2 for own in one["parts"].values())]
        overall = places(self.keys(one_for_all[0])) if len(rounds) == 1 and one_for_all else {}
        for z in candidates:
            one, e, category = self.last.get(z["category"], {"results": {}, "deliberation": []}), z["reference"], z["category"]
            groups = {self.group(one, o) for o, said in one["results"].items() if said["rank"] and self.of[one["code"]][o] == category}
            linked = len(groups) < 2 or any(said["category"] == category for said in one["deliberation"])
            rank = one["results"][e]["decided"] if linked and e in one["results"] else None
            need((z["rank"], z["overall"]) == (rank, overall.get(e)), f"{e}: its ranks are {rank} and {overall.get(e)}")
        given, notes = award(rules, candidates, decided), list[str]()
        for z in rules:
            own = [one for one in decided if one["prize"] == z["code"]]
            holders, why = {one["reference"] for one in own} - {""}, "; ".join(filter(None, (one["reason"] for one in own)))
            need(why != "" or holders == given[z["code"]], f"{z['code']} goes to {sorted(given[z['code']])}, not {sorted(holders)}")
            notes += [f"{z['code']} by decision: {why}"] if holders != given[z["code"]] else []
        return "; ".join([f"{len(rules)} prizes", *notes])
    def step_published(self) -> str:
        shown, prizes = set(), self.pack["prizes"]["decided"]
        for row in self.document["entries"]:
            e, figures, one = row["figures"].get("reference"), row["figures"], self.last.get(row["category_code"], {"results": {}})
            shown |= {(a["prize"], a["place"], e, a["reason"]) for a in figures.get("awards", ())}
            if e in one["results"]:
                wanted = {"rank": row["rank"], **{name: figures[key] for key, name in (("estimate", "total"), ("raw", "raw")) if key in figures}}
                need(all(one["results"][e]["decided" if key == "rank" else key] == x for key, x in wanted.items()), f"{e}: other numbers")
                marks = {c["code"]: [c["raw"], c["estimate"]] for c in figures.get("criteria", ())}
                need(all(one["estimates"][code].get(e, pair) == pair for code, pair in marks.items()), f"{e}: other criteria")
        need(shown == {(z["prize"], z["place"], z["reference"], z["reason"]) for z in prizes if z["reference"]}, "other prizes")
        return f"{len(self.document['entries'])} rows"
    def step_commitments(self) -> str:
        for one in self.rounds:
            said, reads, opened = one["commitments"], one.get("reads", {}), one.get("openings", [])
            need(said == sorted(set(said)) and len(said) + one["unreceipted"] == one["sheets_signed"], "not one for each sheet")
            sheets = {(e, read[0]) for own in reads.values() for e, each in own.items() for read in each}
            need(len(sheets) <= one["sheets_signed"], "more sheets count than were signed")
            need(not self.auditor or sorted(map(digest, opened)) == said, "openings that do not open them")
            need(len({o["nonce"] for o in opened if len(bytes.fromhex(o["nonce"])) == 16}) == len(opened), "nonces that are not fresh")
            signed = {(o["entry"], o["seat"]): o["marks"] for o in opened}
            need(all(signed.get((e, j), {code: mark})[code] == mark for code, own in reads.items() if self.auditor for e, each in own.items()
                     for j, mark, _ in each), "marks that nobody signed so")
        return f"{sum(len(one['commitments']) for one in self.rounds)} commitments"
    def step_chain(self) -> str:
        log, (seq, _, kept) = self.pack["log"], self.options.get("--head", "").partition(":")
        need(log["seq"] >= 0 and len(bytes.fromhex(log["hash"])) == 32, "no head of a chain")
        need(str(log["seq"]) != seq or log["hash"] == kept, "another head than yours")
        return f"{log['seq']}:{log['hash']}"

def main(path: str, *options: str) -> int:
    broken, failed = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError), 0
    try:
        check = Check(Path(path).read_bytes(), dict(zip(options[::2], options[1::2], strict=True)))
    except broken as problem:
        print(f"1 bytes: does not hold: {path} is no result pack: {problem!r}")
        return 2
    for number, (name, level) in enumerate(STEPS.items(), 1):
        try:
            if LEVELS.index(check.level) < level:
                raise NotChecked(f"a pack of the level {check.level} does not hold what this needs")
            print(f"{number} {name}: holds: {getattr(check, f'step_{name}')()}")
        except (NotChecked, Wrong, *broken) as problem:
            print(f"{number} {name}: {'not checked' if isinstance(problem, NotChecked) else 'does not hold'}: {problem}")
            failed |= not isinstance(problem, NotChecked)
    return failed

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if sys.argv[1:] else __doc__)
