"""One thing in a pack made another, as somebody would who wants another winner; each has the step that must fail."""

from random import Random
from typing import Any, Protocol

Pack = dict[str, Any]


class Change(Protocol):
    __name__: str

    def __call__(self, pack: Pack, rng: Random) -> None: ...


def a_mark(pack: Pack, rng: Random) -> None:
    """In the sheet and among the reads, so that these two agree."""
    round_ = rng.choice(pack["rounds"])
    sheet = rng.choice([one for one in round_["inputs"]["sheets"] if one["marks"]])
    code = rng.choice(sorted(sheet["marks"]))
    top = next(one["scale"]["top"] for one in round_["inputs"]["criteria"] if one["code"] == code)
    other = rng.choice([mark for mark in range(top + 1) if mark != sheet["marks"][code]])
    sheet["marks"][code] = other
    for read in round_["reads"][code][sheet["entry"]]:
        if read[0] == sheet["judge"]:
            read[1] = other


def a_sum(pack: Pack, rng: Random) -> None:
    own = _sums(pack, rng)
    side = own[rng.choice(("entries", "judges"))]
    side[rng.choice(sorted(side))] += rng.choice((-1000, 1000, 2000))


def sums_on_both_sides(pack: Pack, rng: Random) -> None:
    """An entry and one of its judges, so that they still add up."""
    round_ = rng.choice(pack["rounds"])
    code = rng.choice(sorted(round_["sums"]))
    entry = rng.choice(sorted(round_["reads"][code]))
    judge = rng.choice(round_["reads"][code][entry])[0]
    more = rng.choice((-1000, 1000, 2000))
    round_["sums"][code]["entries"][entry] += more
    round_["sums"][code]["judges"][judge] += more


def a_label(pack: Pack, rng: Random) -> None:
    """Somebody else read the entry."""
    round_ = rng.choice(pack["rounds"])
    code = rng.choice(sorted(round_["sums"]))
    own = round_["reads"][code][rng.choice(sorted(round_["reads"][code]))]
    others = sorted(set(round_["sums"][code]["judges"]) - {read[0] for read in own})
    rng.choice(own)[0] = rng.choice(others)


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
    values, over = part["effects"]["values"], int(part["effects"]["over"])
    place = rng.randrange(len(values))
    values[place] = str(int(values[place]) + rng.choice((-1, 1)) * over * rng.randint(30, 900))


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
    others = {one["reference"] for one in pack["prizes"]["candidates"]} - {decided["reference"]}
    decided["reference"] = rng.choice(sorted(others))


def a_prize_rule(pack: Pack, rng: Random) -> None:
    rng.choice([one for one in pack["prizes"]["rules"] if one["kind"] == "ranked"])["places"] += 1


def a_public_rank(pack: Pack, rng: Random) -> None:
    rng.choice([row for row in pack["document"]["entries"] if row["rank"]])["rank"] += 1


def a_public_number(pack: Pack, rng: Random) -> None:
    rows = [row for row in pack["document"]["entries"] if row["figures"].get("estimate") is not None]
    rng.choice(rows)["figures"]["estimate"] += rng.choice((-1, 1))


def a_public_prize(pack: Pack, rng: Random) -> None:
    rng.choice([row for row in pack["document"]["entries"] if row["figures"]["awards"]])["figures"][
        "awards"
    ].pop()


def the_edition(pack: Pack, rng: Random) -> None:
    pack["publication"]["edition"] += "-x"


def the_level(pack: Pack, rng: Random) -> None:
    pack["asked"] = "outcome"


def a_commitment_too_many(pack: Pack, rng: Random) -> None:
    rng.choice(pack["rounds"])["commitments"].append(f"{rng.getrandbits(256):064x}")


def the_head(pack: Pack, rng: Random) -> None:
    pack["log"]["hash"] = pack["log"]["hash"][:-1]


PUBLIC: dict[Change, tuple[str, ...]] = {
    the_edition: ("identity",),
    the_level: ("identity",),
    a_sum: ("reads",),
    a_label: ("parts", "ratio", "estimates"),
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
    a_public_prize: ("published",),
    a_commitment_too_many: ("commitments",),
    the_head: ("chain",),
}
AUDITORS: dict[Change, tuple[str, ...]] = {
    a_mark: ("parts", "ratio", "estimates"),
    an_estimate: ("estimates",),
}


def _sums(pack: Pack, rng: Random) -> dict[str, Any]:
    sums = rng.choice(pack["rounds"])["sums"]
    found: dict[str, Any] = sums[rng.choice(sorted(sums))]
    return found


def _part(pack: Pack, rng: Random) -> dict[str, Any]:
    parts = [part for one in pack["rounds"] for own in one["parts"].values() for part in own if part["ratio"]]
    found: dict[str, Any] = rng.choice(parts)
    return found


def _result(pack: Pack, rng: Random) -> dict[str, Any]:
    results = rng.choice(pack["rounds"])["results"]
    found: dict[str, Any] = rng.choice([results[name] for name in sorted(results) if results[name]["rank"]])
    return found
