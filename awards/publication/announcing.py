"""The next publication of an edition: a further step, or a correction of the one before it."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from awards.editions.queries import EditionRow
from awards.publication.differences import Change, changes, shown_by
from awards.publication.document import Draft
from awards.publication.outcome import Ground, Wish, draft_of, newest_draft
from awards.publication.rules import BY_NAME, STEPS, Kind, goes_further
from awards.results.queries.advancing import advanced


class Before(Struct, frozen=True):
    """The newest publication that was not withdrawn, whether it is out or will be."""

    number: int
    visible_at: datetime
    shows: str
    draft: Draft


class Announcement(Struct, frozen=True):
    """What would be published now, and what it says otherwise than the publication before it."""

    wish: Wish
    draft: Draft
    before: Before | None
    moved: tuple[Change, ...]

    @property
    def after(self) -> tuple[int, datetime] | None:
        return None if self.before is None else (self.before.number, self.before.visible_at)


async def before_of(edition_id: int) -> Before | None:
    draft = await newest_draft(edition_id)
    if draft is None or draft.visible_at is None:
        return None
    return Before(draft.number, draft.visible_at, shown_by(draft), draft)


async def announcement_of(
    edition: EditionRow, ground: Ground, shows: str, visible_at: datetime | None, note: str = ""
) -> Announcement:
    """A step only goes further than the one before; whatever says a word of it otherwise is a correction."""
    before = await before_of(edition.id)
    wish = Wish(shows, visible_at, note, correction=False)
    finalists = await advanced(edition.id) if shows == Kind.FINALISTS else _finalists(before)
    draft = await draft_of(edition, wish, ground, finalists)
    if before is None:
        return Announcement(wish, draft, None, ())
    moved = tuple(changes(before.draft, draft))
    if not moved and before.shows in STEPS and goes_further(shows, before.shows):
        return Announcement(wish, draft, before, ())
    # Names that are corrected are still names: whoever waits for results waits on.
    corrected = (
        replace(draft, figures={**draft.figures, "corrects": True})
        if shows in BY_NAME
        else replace(draft, kind=Kind.CORRECTION.value)
    )
    return Announcement(replace(wish, correction=True), corrected, before, moved)


def _finalists(before: Before | None) -> frozenset[str]:
    """Who was announced as a finalist stays one."""
    if before is None:
        return frozenset()
    return frozenset(row.figures["reference"] for row in before.draft.rows if row.figures.get("finalist"))
