"""What sums give away: every mark that they fix is found, by brute force over all tables as the judge."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.publication.pack.hiding import Edge, labels_tell, told
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
