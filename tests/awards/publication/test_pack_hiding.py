"""What sums give away: every mark that they fix is found, by brute force over all tables as the judge."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from awards.publication.pack.disclosing import Disclosed, Given, disclosed
from awards.publication.pack.hiding import Edge, labels_tell, told
from awards.publication.pack.levels import Level
from awards.publication.pack.rounds import JudgedRound
from awards.publication.pack.versions import Changed, Earlier, changed
from judging import Depth, Method, Rule, decide, verdict_document
from judging.documents import inputs_document
from judging.rounds import Criterion, Entry, Judge, RoundInputs, Sheet
from judging.scales import Scale

Marks = dict[Edge, int]


def fixed(marks: Marks, top: int) -> set[Edge]:
    """The marks that are the same in every table with these sums and squares."""
    edges = sorted(marks)

    def sums(values: tuple[int, ...]) -> tuple[object, ...]:
        rows: dict[int, int] = {}
        columns: dict[int, int] = {}
        for (e, j), m in zip(edges, values, strict=True):
            rows[e], columns[j] = rows.get(e, 0) + m, columns.get(j, 0) + m
        return tuple(sorted(rows.items())), tuple(sorted(columns.items())), sum(m * m for m in values)

    own = sums(tuple(marks[edge] for edge in edges))
    same = [values for values in product(range(top + 1), repeat=len(edges)) if sums(values) == own]
    return {edge for i, edge in enumerate(edges) if len({values[i] for values in same}) == 1}


@given(st.data())
def test_no_mark_that_is_fixed_goes_unnoticed(data: st.DataObject) -> None:
    entries, labels, top = data.draw(st.integers(2, 3)), data.draw(st.integers(2, 3)), 2
    marks = {
        (e, j): data.draw(st.integers(0, top))
        for e in range(entries)
        for j in range(labels)
        if data.draw(st.integers(0, 5))
    }
    assert fixed(marks, top) <= told(marks, top)


@pytest.mark.parametrize(
    ("marks", "which"),
    [
        ({(0, 0): 5, (1, 0): 5, (0, 1): 6, (1, 1): 6, (2, 1): 3}, (2, 1)),  # whose loss would split the graph
        ({(e, j): 10 if e == 0 else 3 + (e * j) % 4 for e in range(6) for j in range(4)}, (0, 2)),  # at the scale's end
    ],
)  # fmt: skip
def test_what_the_rules_name_is_told(marks: Marks, which: Edge) -> None:
    assert which in told(marks, 10)


def test_most_marks_of_a_real_round_stay_hidden() -> None:
    marks = {(e, j): (3 * e + 5 * j + e * j) % 7 + 2 for e in range(12) for j in range(6) if (e + j) % 3}
    assert not told(marks, 10)


def _round(reads: dict[str, str]) -> RoundInputs:
    """Judges A to D come from the countries of entries a to d; a label reads what is named."""
    return RoundInputs(
        criteria=(Criterion("x", Scale(0, 1000, 10), (("all", 1),)),),
        entries=tuple(Entry(name, "all", name.upper()) for name in "abcd"),
        judges=tuple(Judge(f"J{n}", (country,)) for n, country in enumerate("ABCD")),
        sheets=tuple(
            Sheet(entry, label, (("x", 5),)) for label, entries in reads.items() for entry in entries
        ),
    )


def test_who_reads_all_countries_but_one_is_told_by_it() -> None:
    assert list(labels_tell(_round({"J0": "bcd", "J1": "acd"})))
    assert not list(labels_tell(_round({"J0": "b", "J1": "c"})))


def test_where_judges_read_their_own_country_no_gap_tells_anything() -> None:
    assert not list(labels_tell(_round({"J0": "abcd", "J1": "acd"})))


def _inputs(marks: dict[tuple[str, str], int]) -> dict[str, Any]:
    return {"sheets": [{"entry": e, "judge": j, "marks": {"x": m}} for (e, j), m in marks.items()]}


FIRST = {("a", j): 5 for j in "ABCD"} | {("b", j): 6 for j in "ABCD"}


@pytest.mark.parametrize(
    ("marks", "since", "told"),
    [
        (FIRST, (), set()),
        (FIRST | {("a", "E"): 9}, (1,), {"a"}),  # a sheet more: the difference of two sums is its mark
        ({k: m for k, m in FIRST.items() if k != ("b", "A")}, (1,), {"b"}),  # one set aside
        (FIRST | {("a", "A"): 7}, (1,), {"a"}),  # one signed again
        (FIRST | {("a", j): 9 for j in "EFG"}, (1,), set()),  # three at once: their sum, no mark
        ({k: m for k, m in FIRST.items() if k[0] == "b"}, (1,), set()),  # gone as a whole
    ],
)
def test_two_versions_beside_one_another(
    marks: dict[tuple[str, str], int], since: tuple[int, ...], told: set[str]
) -> None:
    found = changed({"final": _inputs(marks)}, [Earlier(1, {"final": _inputs(FIRST), "before": {}})])
    assert found == Changed(since, frozenset(told))


def _many_sheets() -> Given:
    inputs = RoundInputs(
        criteria=(Criterion("x", Scale(0, 1000, 10), (("all", 1),)),),
        entries=tuple(Entry(f"e{e}", "all") for e in range(16)),
        sheets=tuple(
            Sheet(f"e{e}", f"J{j}", (("x", (3 * e + 5 * j + e * j) % 7 + 2),))
            for e in range(16)
            for j in range(8)
        ),
        method=Method(Rule.MEAN),
        depth=Depth.NONE,
        draws=8,
    )
    judged = JudgedRound(
        code="final", name="Final", run={}, ruleset=None, inputs=inputs_document(inputs),
        body=verdict_document(decide(inputs)), sheets_signed=128, openings=(), decided={}, deliberation=(),
    )  # fmt: skip
    return Given(rounds=(judged,), asked=Level.SUMS, shows="full")


def test_where_sheets_changed_sums_are_not_published_again_and_no_mean_of_the_entry_is() -> None:
    def published(known: Changed) -> tuple[Disclosed, dict[str, Any]]:
        found = disclosed(replace(_many_sheets(), changed=known))
        return found, found.to_all[0]

    before, round_ = published(Changed())
    assert (before.level, before.reasons) == (Level.SUMS, ())
    entry = sorted(round_["results"])[0]
    after, round_ = published(Changed((1,), frozenset({entry})))
    assert after.level is Level.RESULTS
    assert "the difference of the sums" in after.reasons[0]
    assert "means are left out" in after.reasons[1]
    assert round_["results"][entry]["raw"] is None
    assert round_["results"][entry]["total"] is not None
    assert all(entry not in own and own for own in round_["estimates"].values())
