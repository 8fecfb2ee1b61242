"""The best assignment of a panel: what never happens, what always adds up, and what the page is told."""

import random
from collections import Counter
from typing import Any

import pytest
from msgspec.structs import replace

import judging
from awards.panels.assignment.assigning import solve
from awards.panels.assignment.matching import Options, employer_groups
from awards.panels.assignment.state import Pair, PanelState, changes
from tests.awards.panels.panelled import drawn, entry, reader, state
from tests.chance import times


def pairs_of(made: PanelState, body: dict[str, Any]) -> set[Pair]:
    removed = {tuple(pair) for pair in body["removed"]}
    return {pair for pair in made.pins if pair not in removed} | {(e, s) for e, s in body["added"]}


def asked(rng: random.Random) -> Options:
    return Options(
        seed=rng.randint(0, 3),
        experts=rng.randint(0, 2),
        employers_apart=rng.random() < 0.7,
        link_share=rng.choice([0, 10_000, 200_000]),
        separate=rng.random() < 0.2,
    )


def test_conflicts_are_never_assigned_and_loads_and_needs_are_exact() -> None:
    seen: Counter[str] = Counter()
    for seed in range(times(100, drill=1000)):
        rng = random.Random(seed)
        made, options = drawn(rng), asked(rng)
        body = solve(made, options)
        shown = body["shortage"]["partial"] if body["shortage"] else body
        pairs = pairs_of(made, shown)
        new = pairs - made.pins
        entries = {one.round_entry_id: one for one in made.entries}
        readers = {one.seat_id: one for one in made.readers}
        assert made.pins <= pairs, seed
        assert not new & (made.barred | made.ended), seed
        for key, seat in new:
            assert readers[seat].takes_more, seed
            assert entries[key].bridge or readers[seat].serves(entries[key].category_id), seed
        loads = Counter(seat for _, seat in pairs)
        held = Counter(seat for _, seat in made.pins)
        crossing = Counter(seat for key, seat in new if entries[key].bridge)
        for one in made.readers:
            if one.high is not None:
                assert loads[one.seat_id] <= max(one.high, held[one.seat_id] + crossing[one.seat_id]), seed
        assert {line[0]: line[2] for line in shown["loads"]} == {s: loads[s] for s in readers}, seed
        if options.employers_apart:
            for _name, seats in employer_groups(made.readers).values():
                for key, one in entries.items():
                    inside = {s for s in seats if (key, s) in pairs}
                    stood = {s for s in seats if (key, s) in made.pins}
                    assert one.bridge or len(inside) <= max(1, len(stood)), seed
        if body["shortage"]:
            seen["short"] += 1
            assert body["added"] == [], seed
            assert body["shortage"]["wanted"] > body["shortage"]["possible"], seed
            continue
        seen["found"] += 1
        reads = Counter(key for key, _ in pairs)
        stood = Counter(key for key, _ in made.pins)
        for key, one in entries.items():
            if not one.bridge:
                assert reads[key] == max(one.wanted, stood[key]), seed
        for one in made.readers:
            if one.takes_more:
                assert loads[one.seat_id] >= min(one.low, one.high or one.low), seed
        assert body["optimal"], seed
        waived = dict(body["waived"])
        for key, one in entries.items():
            levels = [readers[s].level(one.fields) or 0 for s in readers if (key, s) in pairs]
            if not one.bridge:
                experts = sum(level >= options.expert_level for level in levels)
                assert experts + waived.get(key, 0) >= min(options.experts, one.wanted), seed
    assert min(seen["found"], seen["short"]) > 8, seen


def test_the_order_of_what_is_known_changes_nothing() -> None:
    for seed in range(times(15, drill=200)):
        rng = random.Random(seed)
        made, options = drawn(rng), asked(rng)
        other = replace(
            made,
            entries=tuple(rng.sample(made.entries, len(made.entries))),
            readers=tuple(rng.sample(made.readers, len(made.readers))),
        )
        first, second = solve(made, options), solve(other, options)
        assert pairs_of(made, first) == pairs_of(other, second), seed


def test_experts_read_what_they_know() -> None:
    made = state(
        [entry(n, fields=(1,) if n < 2 else (2,), wanted=1) for n in range(4)],
        [reader(0, levels=((1, 5), (2, 0)), high=2), reader(1, levels=((1, 0), (2, 5)), high=2)],
    )
    body = solve(made, Options())
    assert body["added"] == [[100, 1000], [101, 1000], [102, 1001], [103, 1001]]
    assert body["weakest"] == []


def test_who_said_nothing_stands_between_those_who_know_and_those_who_do_not() -> None:
    made = state(
        [entry(0, fields=(1,), wanted=2)],
        [reader(0, levels=((1, 2),)), reader(1), reader(2, levels=((1, 3),))],
    )
    assert [seat for _, seat in solve(made, Options())["added"]] == [1001, 1002]


def test_a_warned_pair_is_worse_than_no_knowledge_at_all() -> None:
    made = state(
        [entry(0, fields=(1,), wanted=1)],
        [reader(0, levels=((1, 5),)), reader(1, levels=((1, 0),))],
        warned=frozenset({(100, 1000)}),
    )
    assert solve(made, Options())["added"] == [[100, 1001]]


def test_an_expert_seat_that_nobody_can_fill_is_waived_by_name() -> None:
    made = state(
        [entry(0, fields=(1,)), entry(1, fields=(2,))],
        [reader(0, levels=((1, 4), (2, 1))), reader(1, levels=((1, 2), (2, 3))), reader(2)],
    )
    body = solve(made, Options(experts=1))
    assert body["shortage"] is None
    assert body["waived"] == [[101, 1]]
    assert [100, 1000] in body["added"]


def test_judges_of_one_employer_are_kept_apart_until_somebody_lets_them() -> None:
    readers = [reader(0, employers=("Nordwind AG",)), reader(1, employers=("nordwind ag",))]
    made = state([entry(0)], readers)
    body = solve(made, Options())
    remedies = {one["kind"]: one for one in body["shortage"]["remedies"]}
    assert remedies["join-group"]["employer"] == "Nordwind AG"
    assert remedies["join-group"]["left"] == 0
    assert body["shortage"]["rules"] == ["apart"]
    let = solve(made, Options(together=("Nordwind AG",)))
    assert let["shortage"] is None
    assert let["together"] == [[100, "Nordwind AG", [1000, 1001]]]
    assert solve(made, Options(employers_apart=False))["shortage"] is None


def test_a_planted_cut_is_found_exactly_with_what_each_remedy_leaves() -> None:
    """40 entries only for 6 judges: 160 sheets wanted, 150 possible, 10 short."""
    narrow = [reader(n, categories=(1,), high=25) for n in range(6)]
    wide = [reader(10 + n, categories=(2,), high=20) for n in range(4)]
    made = state(
        [entry(n, category_id=1, wanted=4) for n in range(40)]
        + [entry(50 + n, category_id=2, wanted=2) for n in range(20)],
        [*narrow, *wide],
    )
    found = solve(made, Options())["shortage"]
    assert sorted(found["entries"]) == [100 + n for n in range(40)]
    assert sorted(found["seats"]) == [1000 + n for n in range(6)]
    assert (found["wanted"], found["possible"]) == (160, 150)
    assert sum(reads for _, reads in found["missing"]) == 10
    raised = [one for one in found["remedies"] if one["kind"] == "raise-high"]
    assert {one["amount"] for one in raised} == {10}
    assert {one["left"] for one in raised} == {0}
    widened = [one for one in found["remedies"] if one["kind"] == "widen"]
    assert {(one["category"], one["amount"], one["left"]) for one in widened} == {(1, 40, 0)}
    lowered = [one for one in found["remedies"] if one["kind"] == "lower-need"]
    assert all(one["left"] == 10 - one["amount"] for one in lowered)
    assert [one["amount"] for one in found["remedies"] if one["kind"] == "add-judge"] == [10]
    assert len(pairs_of(made, found["partial"])) == 150 + 40


def test_least_loads_that_cannot_add_up() -> None:
    made = state([entry(0, wanted=1), entry(1, wanted=1)], [reader(0, low=2), reader(1, low=1)])
    found = solve(made, Options())["shortage"]
    assert not found["missing"]
    assert sum(short for _, short in found["under"]) == 1
    assert {one["kind"] for one in found["remedies"]} == {"lower-low"}
    assert all(one["left"] == 0 for one in found["remedies"])


def one_field_each(entries: int = 60, judges: int = 12, fields: int = 4) -> PanelState:
    return state(
        [entry(n, fields=(n % fields + 1,), wanted=3) for n in range(entries)],
        [
            reader(n, levels=tuple((f, 5 if f == n % fields + 1 else 3) for f in range(1, fields + 1)))
            for n in range(judges)
        ],
    )


def test_swaps_join_what_expertise_keeps_apart() -> None:
    alone = solve(one_field_each(), Options(link_share=0))
    assert alone["after"]["parts"] == 4
    assert len(alone["after"]["groups"]) == 4
    joined = solve(one_field_each(), Options(link_share=50_000))
    assert joined["after"]["parts"] == 1
    assert joined["linking"]["before"]["parts"] == 4
    assert 0 < joined["linking"]["lost"] <= joined["linking"]["affinity"] * 0.05
    assert [line[2] for line in joined["loads"]] == [line[2] for line in alone["loads"]]
    assert joined["bridges"] == []


def test_bridges_are_offered_unless_the_parts_are_separate_on_purpose() -> None:
    readers = [reader(n, categories=(n % 2 + 1,)) for n in range(6)]
    made = state([entry(n, category_id=n % 2 + 1) for n in range(12)], readers)
    body = solve(made, Options())
    assert body["after"]["parts"] == 2
    offer = body["bridges"][0]
    assert (offer["added"], offer["after"]["parts"], len(offer["entries"])) == (4, 1, 1)
    assert solve(made, Options(separate=True))["bridges"] == []
    [key] = offer["entries"]
    marked = replace(
        made, entries=tuple(replace(one, bridge=one.round_entry_id == key) for one in made.entries)
    )
    joined = solve(marked, Options())
    assert joined["after"]["parts"] == 1
    assert joined["read_by_all"] == [key]
    assert sum(1 for e, _ in joined["added"] if e == key) == 6


def test_a_wanted_pair_is_there_and_an_unwanted_one_is_not() -> None:
    made = one_field_each(8, 4)
    first = solve(made, Options(link_share=0))
    key, seat = first["added"][0]
    other = next(r.seat_id for r in made.readers if [key, r.seat_id] not in first["added"])
    body = solve(made, Options(pins=((key, other),), bans=((key, seat),)))
    assert [key, other] in body["added"]
    assert [key, seat] not in body["added"]
    barred = replace(made, barred=frozenset({(key, other)}))
    body = solve(barred, Options(pins=((key, other),)))
    assert [key, other] not in body["added"]
    assert body["refused"] == [[key, other]]


def test_an_unwanted_pair_is_taken_back_unless_it_is_begun() -> None:
    pairs = frozenset({(100, 1000), (100, 1001)})
    made = state([entry(0)], [reader(n) for n in range(3)], pins=pairs, movable=frozenset({(100, 1000)}))
    body = solve(made, Options(bans=((100, 1000), (100, 1001))))
    assert body["removed"] == [[100, 1000]]
    assert body["added"] == [[100, 1002]]


def test_what_changed_is_told_thing_by_thing() -> None:
    made = state([entry(0), entry(1)], [reader(0), reader(1, high=3)])
    other = replace(
        made,
        entries=(replace(made.entries[0], wanted=3), entry(2)),
        readers=(made.readers[0], replace(made.readers[1], high=2, levels=((1, 4),))),
        barred=frozenset({(100, 1000)}),
    )
    found = [(one.kind, one.entry, one.seat) for one in changes(made.document(), other.document())]
    assert found == [
        ("wanted", 100, None), ("entry-gone", 101, None), ("entry-new", 102, None),
        ("loads", None, 1001), ("expertise", None, 1001), ("conflict-new", 100, 1000),
    ]  # fmt: skip
    assert changes(made.document(), made.document()) == ()


def test_a_stop_ends_it() -> None:
    with pytest.raises(judging.Stopped) as stopped:
        solve(one_field_each(200, 40), Options(), stop=lambda: True)
    assert not stopped.value.timed_out
