"""One thing in a pack made another, as somebody would who wants another winner; each has the step that must fail."""

from random import Random
from typing import Any, Protocol

Pack = dict[str, Any]


class Change(Protocol):
    __name__: str

    def __call__(self, pack: Pack, rng: Random) -> None: ...


def a_mark(pack: Pack, rng: Random) -> None:
    """And the sums that it is in."""
    round_ = rng.choice(pack["rounds"])
    sheet = rng.choice([one for one in round_["inputs"]["sheets"] if one["marks"]])
    code = rng.choice(sorted(sheet["marks"]))
    scale = next(one["scale"] for one in round_["inputs"]["criteria"] if one["code"] == code)
    other = rng.choice([mark for mark in range(scale["top"] + 1) if mark != sheet["marks"][code]])
    before, after = (
        scale["origin_milli"] + mark * scale["step_milli"] for mark in (sheet["marks"][code], other)
    )
    sheet["marks"][code] = other
    part = next(one for one in round_["parts"][code] if sheet["entry"] in one["entries"])
    part["entries"][sheet["entry"]] += after - before
    part["judges"][sheet["judge"]] += after - before
    part["squares"] = str(int(part["squares"]) + after**2 - before**2)


def a_mark_alone(pack: Pack, rng: Random) -> None:
    sheets = [one for one in rng.choice(pack["rounds"])["inputs"]["sheets"] if one["marks"]]
    marks = rng.choice(sheets)["marks"]
    code = rng.choice(sorted(marks))
    marks[code] += 1 if marks[code] == 0 else -1


def a_sum(pack: Pack, rng: Random) -> None:
    side = _any_part(pack, rng)[rng.choice(("entries", "judges"))]
    side[rng.choice(sorted(side))] += rng.choice((-1000, 1000, 2000))


def sums_on_both_sides(pack: Pack, rng: Random) -> None:
    """An entry and one of its judges, so that they still add up."""
    sheet, part = _read(pack, rng)
    more = rng.choice((-1000, 1000, 2000))
    part["entries"][sheet["entry"]] += more
    part["judges"][sheet["judge"]] += more


def a_label(pack: Pack, rng: Random) -> None:
    """Somebody else read the entry."""
    sheet, part = _read(pack, rng)
    sheets = [one for each in pack["rounds"] for one in each["inputs"]["sheets"]]
    own = {one["judge"] for one in sheets if one["entry"] == sheet["entry"]}
    sheet["judge"] = rng.choice(sorted(set(part["judges"]) - own))


def a_weight(pack: Pack, rng: Random) -> None:
    criterion = rng.choice(rng.choice(pack["rounds"])["inputs"]["criteria"])
    category = rng.choice(sorted(criterion["weights"]))
    criterion["weights"][category] += rng.choice((-7, 5, 20))


def a_ratio(pack: Pack, rng: Random) -> None:
    part = _part(pack, rng)
    top, _slash, under = part["ratio"].partition("/")
    part["ratio"] = f"{int(top) * rng.choice((2, 3, 11))}/{int(under) * rng.choice((1, 5, 7))}"


def an_effect(pack: Pack, rng: Random) -> None:
    part = _part(pack, rng)
    effects, over = part["effects"], int(part["over"])
    judge = rng.choice(sorted(effects))
    effects[judge] = str(int(effects[judge]) + rng.choice((-1, 1)) * over * rng.randint(30, 900))


def an_estimate(pack: Pack, rng: Random) -> None:
    round_ = rng.choice(pack["rounds"])
    own = round_["estimates"][rng.choice(sorted(round_["estimates"]))]
    own[rng.choice(sorted(own))][rng.randrange(2)] += rng.choice((-1, 1, 500_000))


def a_total(pack: Pack, rng: Random) -> None:
    _result(pack, rng)[rng.choice(("raw", "total"))] += rng.choice((-1, 1, 500_000))


def a_rank(pack: Pack, rng: Random) -> None:
    _result(pack, rng)["rank"] += 1


def a_place_after_the_meeting(pack: Pack, rng: Random) -> None:
    _result(pack, rng)["decided"] += 1


def a_tie_break(pack: Pack, rng: Random) -> None:
    """Asks for what no number stands for."""
    pack["rounds"][0]["inputs"]["tie_breaks"] = [{"rule": "wealth", "value": ""}]


def a_prize(pack: Pack, rng: Random) -> None:
    decided = rng.choice([one for one in pack["prizes"]["decided"] if one["reference"] and not one["reason"]])
    others = set(pack["prizes"]["candidates"]) - {decided["reference"]}
    decided["reference"] = rng.choice(sorted(others))


def a_prize_rule(pack: Pack, rng: Random) -> None:
    rng.choice([one for one in pack["prizes"]["rules"] if one["kind"] == "ranked"])["places"] += 1


def a_public_rank(pack: Pack, rng: Random) -> None:
    rng.choice([row for row in pack["document"]["entries"] if row["rank"]])["rank"] += 1


def a_public_number(pack: Pack, rng: Random) -> None:
    rows = [row for row in pack["document"]["entries"] if row["figures"].get("estimate") is not None]
    rng.choice(rows)["figures"]["estimate"] += rng.choice((-1, 1))


def a_public_place_after_the_meeting(pack: Pack, rng: Random) -> None:
    row = rng.choice([row for row in pack["document"]["entries"] if row["rank"]])
    row["figures"]["decided"] = len(pack["document"]["entries"]) + 1


def a_public_prize(pack: Pack, rng: Random) -> None:
    rng.choice([row for row in pack["document"]["entries"] if row["figures"]["awards"]])["figures"][
        "awards"
    ].pop()


def a_name(pack: Pack, rng: Random) -> None:
    del pack["document"][rng.choice(("programme", "edition", "number", "kind", "visible_at"))]


def the_level(pack: Pack, rng: Random) -> None:
    pack["asked"] = "outcome"


def what_it_shows(pack: Pack, rng: Random) -> None:
    """Names alone, with numbers beside them."""
    pack["document"]["figures"]["shows"] = "winners"


def the_auditors_level(pack: Pack, rng: Random) -> None:
    pack["level"] = rng.choice(("sums", "results", "outcome"))


def the_auditors_hash(pack: Pack, rng: Random) -> None:
    pack["auditor_sha256"] = rng.choice(("", "0" * 63, "A" * 64, "0" * 65))


def a_commitment_too_many(pack: Pack, rng: Random) -> None:
    own = rng.choice(pack["rounds"])["commitments"]
    own.append(f"{rng.getrandbits(256):064x}")
    own.sort()


def the_head(pack: Pack, rng: Random) -> None:
    pack["log"]["hash"] = pack["log"]["hash"][:-1]


PUBLIC: dict[Change, tuple[str, ...]] = {
    a_name: ("identity",),
    the_level: ("identity",),
    what_it_shows: ("identity",),
    the_auditors_hash: ("identity",),
    a_sum: ("reads",),
    a_label: ("reads", "parts", "ratio", "estimates"),
    sums_on_both_sides: ("parts", "ratio", "estimates"),
    a_ratio: ("ratio",),
    an_effect: ("estimates",),
    an_estimate: ("estimates",),
    a_weight: ("totals",),
    a_total: ("totals",),
    a_rank: ("order",),
    a_tie_break: ("order",),
    a_place_after_the_meeting: ("deliberation",),
    a_prize: ("prizes",),
    a_prize_rule: ("prizes",),
    a_public_rank: ("published",),
    a_public_number: ("published",),
    a_public_place_after_the_meeting: ("published",),
    a_public_prize: ("published",),
    a_commitment_too_many: ("commitments",),
    the_head: ("chain",),
}
AUDITORS: dict[Change, tuple[str, ...]] = {
    the_auditors_level: ("identity",),
    a_mark_alone: ("reads",),
    a_mark: ("parts", "ratio", "estimates"),
    an_estimate: ("estimates",),
}


def _read(pack: Pack, rng: Random) -> tuple[dict[str, Any], dict[str, Any]]:
    """A sheet, and the part where one of its marks is."""
    round_ = rng.choice(pack["rounds"])
    sheet = rng.choice([one for one in round_["inputs"]["sheets"] if one["marks"]])
    code = rng.choice(sorted(sheet["marks"]))
    return sheet, next(one for one in round_["parts"][code] if sheet["entry"] in one["entries"])


def _any_part(pack: Pack, rng: Random) -> dict[str, Any]:
    return _read(pack, rng)[1]


def _part(pack: Pack, rng: Random) -> dict[str, Any]:
    parts = [
        part
        for one in pack["rounds"]
        for own in one["parts"].values()
        for part in own
        if "/" in (part["ratio"] or "")
    ]
    found: dict[str, Any] = rng.choice(parts)
    return found


def _result(pack: Pack, rng: Random) -> dict[str, Any]:
    results = rng.choice(pack["rounds"])["results"]
    found: dict[str, Any] = rng.choice([results[name] for name in sorted(results) if results[name]["rank"]])
    return found
