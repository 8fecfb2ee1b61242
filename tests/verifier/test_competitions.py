"""The engine and the program, which share nothing: what the one decides the other finds from the pack alone (T2)."""

import json
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from msgspec.structs import replace

from awards.publication.pack.document import Prizes
from awards.publication.pack.levels import Level
from judging import RoundInputs, Rule, decide, sha256_of, verdict_document
from judging.documents import inputs_document
from tests.chance import chance, times
from tests.verifier.changes import a_mark, an_estimate
from tests.verifier.checked import FAILS, HOLDS, UNCHECKED, by_program, first_failure, signed_anew
from tests.verifier.competitions import Competition, competition, inputs_of

# Of what an auditor's pack holds nothing is left out; where nobody read anything there is nothing of these.
OF_READS = {"parts", "ratio", "estimates"}
# Two judges' z-scores of an entry are irrational, and their mean is in the middle of two decimals.
ROOTS_CANCEL = 448075485


def test_no_competition_is_told_otherwise(tmp_path: Path) -> None:
    rng = chance()
    for _number in range(times(300, drill=10_000, plain=100)):
        seed = rng.getrandbits(32)
        own = Random(seed)
        made = competition(own)
        auditor, public = made.packs(own.choice(list(Level)[:3]))
        found = [by_program(pack.body, tmp_path) for pack in (auditor, public)]
        for pack, states in zip((auditor, public), found, strict=True):
            assert first_failure(states) == "", f"competition {seed}, {pack.audience}"
        left = {name for name, state in found[0].items() if state == UNCHECKED}
        read = any(one.inputs["sheets"] for one in made.rounds)
        assert left == (set() if read else OF_READS), f"competition {seed}"


def test_what_puts_judges_on_one_footing_is_computed_again(tmp_path: Path) -> None:
    """Ties, judges who gave one mark or always the same, decimals; and what differs is told where it differs."""
    rng = chance()
    for seed in (ROOTS_CANCEL, *(rng.getrandbits(32) for _number in range(times(10, drill=1000)))):
        by_z, by_ends = (competition(Random(seed), rule) for rule in (Rule.Z_SCORE, Rule.MIN_MAX))
        if not by_z.rounds[0].inputs["sheets"]:
            continue
        for made, other in ((by_z, by_ends), (by_ends, by_z)):
            body = made.packs(Level.SUMS)[0].body
            assert set(by_program(body, tmp_path).values()) == {HOLDS}, f"competition {seed}"
            alone = len(made.rounds) == 1 and _has_all_estimates(body)
            for change in (a_mark, an_estimate) if alone else ():
                changed = signed_anew(body, partial(change, rng=rng))
                assert first_failure(by_program(changed, tmp_path)) == "estimates", f"competition {seed}"
            changed = signed_anew(body, partial(_says, rule=other.rounds[0].inputs["method"]["rule"]))
            same = _estimates(made) == _estimates(other)
            assert first_failure(by_program(changed, tmp_path)) == ("" if same else "estimates"), seed


def _says(pack: dict[str, Any], rule: str) -> None:
    pack["rounds"][0]["inputs"]["method"]["rule"] = rule


def _estimates(made: Competition) -> list[Any]:
    return [one["estimate"] for one in made.rounds[0].body["standings"] if one["scope"] != "all"]


def _has_all_estimates(body: bytes) -> bool:
    """In each criterion somebody was read, and nobody there is left without a number."""
    return all(
        own and own.keys() == {entry for part in one["parts"][code] for entry in part["entries"]}
        for one in json.loads(body)["pack"]["rounds"]
        for code, own in one["estimates"].items()
    )


def test_a_result_that_the_engine_does_not_have_is_told(tmp_path: Path) -> None:
    """The other way round: two entries change places in what is said of a competition, in all of its documents."""
    rng = chance()
    for _number in range(times(5, drill=500)):
        seed = rng.getrandbits(32)
        made = competition(Random(seed))
        standings = [
            one for one in made.rounds[-1].body["standings"] if one["scope"] == "all" and one["rank"]
        ]
        others = (
            [one for one in standings if one["estimate"] != standings[0]["estimate"]] if standings else []
        )
        if not others:
            continue
        standings[0]["estimate"], others[0]["estimate"] = others[0]["estimate"], standings[0]["estimate"]
        auditor, _public = made.packs(Level.SUMS)
        assert FAILS in by_program(auditor.body, tmp_path).values(), f"competition {seed}"


def test_nobody_is_given_a_prize_outside_the_ranking_without_a_reason(tmp_path: Path) -> None:
    rng = chance()
    made = competition(rng)
    while not any(one["kind"] == "outside" for one in made.prizes.rules):
        made = competition(rng)
    free = [one for one in made.prizes.rules if one["kind"] == "outside"]
    entry = sorted(made.prizes.candidates)[0]
    for reason, state in (("The jury wishes it so.", HOLDS), ("", FAILS)):
        places = tuple(
            {"prize": one["code"], "place": 1, "reference": entry, "reason": reason} for one in free
        )
        prizes = Prizes(rules=tuple(free), candidates=made.prizes.candidates, decided=places)
        auditor, _public = replace(made, prizes=prizes).packs(Level.SUMS)
        assert by_program(auditor.body, tmp_path)["prizes"] == state


def test_the_order_of_rows_changes_no_byte() -> None:
    rng = chance()
    for _number in range(times(5, drill=100)):
        inputs = inputs_of(rng)
        document, body = inputs_document(inputs), verdict_document(decide(inputs))
        for _shuffle in range(4):
            other = shuffled(inputs, rng)
            assert sha256_of(inputs_document(other)) == sha256_of(document)
            assert sha256_of(verdict_document(decide(other))) == sha256_of(body)


def test_the_order_of_sheets_prizes_and_receipts_changes_no_byte() -> None:
    rng = chance()
    for _number in range(times(3, drill=100)):
        made = competition(rng)
        same = replace(
            made,
            rounds=tuple(replace(one, openings=tuple(rng.sample(one.openings, len(one.openings)))) for one in made.rounds),
        )  # fmt: skip
        assert [pack.body for pack in made.packs(Level.SUMS)] == [
            pack.body for pack in same.packs(Level.SUMS)
        ]


def shuffled(inputs: RoundInputs, rng: Random) -> RoundInputs:
    parts = {name: getattr(inputs, name) for name in inputs.__dataclass_fields__}
    for name in ("criteria", "entries", "sheets", "judges", "prizes", "carried"):
        parts[name] = tuple(rng.sample(parts[name], len(parts[name])))
    return RoundInputs(**parts)
