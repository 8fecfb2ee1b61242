"""Defects of the practice library, planted in a sound database."""

from datetime import timedelta

from awards.publication.practice_search import terms_of_row
from awards.publication.queries import ROWS, winner_row
from awards.publication.tables import PracticeTerm, Publication, PublishedEntry
from awards.publication.terms import HEAD
from tests.awards.sound import World
from tests.factories import add


async def _indexed(made: World) -> None:
    row = (await PublishedEntry.raw(ROWS + "w.id = {}", made.published))[0]
    out = (await Publication.select(Publication.visible_at).where(Publication.id == made.publication))[0]
    for term, weight in terms_of_row(winner_row(row)).items():
        await add(
            PracticeTerm, published_entry=made.published, term=term, head=term[:HEAD], weight=weight,
            created_at=out["visible_at"],
        )  # fmt: skip


async def indexed_early(made: World) -> None:
    await _indexed(made)
    rows = await PracticeTerm.select(PracticeTerm.id, PracticeTerm.created_at).limit(1)
    await PracticeTerm.update(
        {PracticeTerm.created_at: rows[0]["created_at"] - timedelta(milliseconds=1)}
    ).where(PracticeTerm.id == rows[0]["id"])


async def found_by_another_word(made: World) -> None:
    await _indexed(made)
    rows = await PracticeTerm.select(PracticeTerm.id).limit(1)
    await PracticeTerm.update({PracticeTerm.term: "canary", PracticeTerm.head: "can"}).where(
        PracticeTerm.id == rows[0]["id"]
    )


PLANTED = {
    "nothing-is-indexed-early": indexed_early,
    "practices-are-found-by-their-words": found_by_another_word,
}
