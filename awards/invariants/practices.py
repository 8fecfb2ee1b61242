"""What the practice library finds: the words of what is out, made when it was out, and no others."""

from awards.invariants.truth import Truth, by_query, by_reading
from awards.publication.practice_search import terms_of_row
from awards.publication.queries import ROWS, winner_row
from awards.publication.tables import PracticeTerm, PublishedEntry
from awards.web.i18n import lazy

nothing_is_indexed_early = by_query(
    "nothing-is-indexed-early",
    lazy("Words of a practice were indexed before its publication was out."),
    "SELECT DISTINCT p.id AS publication FROM practice_term t JOIN published_entry w ON w.id = t.published_entry"
    " JOIN publication p ON p.id = w.publication WHERE t.created_at < p.visible_at OR p.withdrawn_at IS NOT NULL"
    " ORDER BY p.id",
)

_INDEXED = "EXISTS (SELECT 1 FROM practice_term t WHERE t.published_entry = w.id) ORDER BY w.id"


@by_reading(
    "practices-are-found-by-their-words", lazy("The library finds a practice by other words than it has.")
)
async def practices_are_found_by_their_words() -> list[str]:
    """Of what is indexed at all: the index is made some time after the instant."""
    kept: dict[int, dict[str, int]] = {}
    for row in await PracticeTerm.select(
        PracticeTerm.published_entry, PracticeTerm.term, PracticeTerm.head, PracticeTerm.weight
    ):
        weight = row["weight"] if row["term"].startswith(row["head"]) and row["head"] else -1
        kept.setdefault(row["published_entry"], {})[row["term"]] = weight
    rows = await PublishedEntry.raw(ROWS + _INDEXED)
    return [
        f"practice {row['slug']}"
        for row in rows
        if dict(terms_of_row(winner_row(dict(row)))) != kept[row["id"]]
    ]


TRUTHS: tuple[Truth, ...] = (nothing_is_indexed_early, practices_are_found_by_their_words)
