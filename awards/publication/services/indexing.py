"""The worker's part in the practice library: words are indexed once a publication is out, never before."""

from datetime import datetime

from awards.clock import Clock
from awards.db import advisory_lock, transaction
from awards.publication.practice_search import WON, terms_of_row
from awards.publication.queries import ROWS, SEEN, winner_row
from awards.publication.tables import PracticeTerm, PublishedEntry
from awards.publication.terms import HEAD

AT_ONCE = 50
PIECE = 500
_WITHOUT = "NOT EXISTS (SELECT 1 FROM practice_term t WHERE t.published_entry = w.id)"
_OUTDATED = (
    "SELECT w.id FROM published_entry w JOIN publication p ON p.id = w.publication"
    " WHERE EXISTS (SELECT 1 FROM practice_term t WHERE t.published_entry = w.id) AND EXISTS"
    " (SELECT 1 FROM publication n WHERE n.edition = p.edition AND n.number > p.number AND n.visible_at <= {}"
    " AND n.withdrawn_at IS NULL)"
)


async def index_practices(clock: Clock) -> int:
    """Index what has come out since; words of what a newer publication took the place of go. Returns how many rows."""
    now = clock.now()
    done = 0
    while indexed := await _index_some(now):
        done += indexed
    return done + await _forget(now)


async def _index_some(now: datetime) -> int:
    waiting = f"{ROWS}{SEEN} AND {WON} AND {_WITHOUT} ORDER BY w.id LIMIT {AT_ONCE}"
    terms = {row["id"]: terms_of_row(winner_row(row)) for row in await PublishedEntry.raw(waiting, now, now)}
    if not terms:
        return 0
    async with transaction():
        await advisory_lock("practices")
        # Another worker may have been here.
        taken = await PracticeTerm.select(PracticeTerm.published_entry).where(
            PracticeTerm.published_entry.is_in(list(terms))
        )
        for row in taken:
            terms.pop(row["published_entry"], None)
        rows = [
            PracticeTerm(published_entry=entry, term=term, head=term[:HEAD], weight=weight, created_at=now)
            for entry, found in terms.items()
            for term, weight in sorted(found.items())
        ]
        for start in range(0, len(rows), PIECE):
            await PracticeTerm.insert(*rows[start : start + PIECE])
    return len(terms)


async def _forget(now: datetime) -> int:
    old = [row["id"] for row in await PublishedEntry.raw(_OUTDATED, now)]
    for start in range(0, len(old), PIECE):
        async with transaction():
            await PracticeTerm.delete().where(PracticeTerm.published_entry.is_in(old[start : start + PIECE]))
    return len(old)
