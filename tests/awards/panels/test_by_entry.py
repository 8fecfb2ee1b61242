"""The preview of a proposal from the side of the entries: every one, those whose readers change first."""

from typing import Any

from awards.panels.assignment import by_entry as page
from awards.panels.assignment.by_entry import by_entry


def body(entries: int = 2) -> dict[str, Any]:
    return {
        "added": [[2, 11]],
        "removed": [[2, 12], [3, 11]],
        "entries": [
            [1, 1, [[10, 4]]],
            [2, 2, [[10, None], [11, 5]]],
            *[[n, 1, []] for n in range(3, entries + 1)],
        ],
    }


ENTRIES = {n: f"City {n}" for n in range(1, 1_000)}
SEATS = {10: "Amina", 11: "Bao", 12: "Chiara"}


def test_who_stays_who_is_new_and_who_is_taken_back() -> None:
    found = by_entry(body(3), ENTRIES, SEATS)
    assert [(line.name, line.kept, line.added, line.removed, line.missing) for line in found.lines] == [
        ("City 2", ("Amina (not said)",), ("Bao (5)",), ("Chiara",), 0),
        ("City 3", (), (), ("Bao",), 1),
        ("City 1", ("Amina (4)",), (), (), 0),
    ]


def test_a_page_holds_so_many_and_says_of_how_many() -> None:
    found = by_entry(body(page.MOST + 1), ENTRIES, SEATS)
    assert (len(found.lines), found.count) == (page.MOST, page.MOST + 1)
    assert found.lines[0].changes
