"""Everything that would follow from a publication, for the two who sign it: who is named, what changes, who is written to."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from awards.editions.queries import EditionRow
from awards.editions.rules import EditionState, RoundState
from awards.publication.announcing import Announcement
from awards.publication.document import Draft, PublishedRow, fingerprint, place_of
from awards.publication.gate import lacks_of
from awards.publication.letters import Letter, letters_of, readers_of, telling
from awards.publication.outcome import Ground
from awards.publication.rules import BY_NAME, Kind
from awards.results.queries.gate import Waived, waived_in
from awards.results.rules import Lack
from awards.web.i18n import _


class Named(Struct, frozen=True):
    """An entry that gets a row: with what is said of it at this step."""

    category: str
    said: str
    """Its prizes; empty where it is only named, or only has a place."""
    name: str
    title: str
    place: int | None
    by_numbers: int | None
    path: str
    """Of its own page; none where it has no page yet."""
    reason: str


class Consequences(Struct, frozen=True):
    coming: Announcement
    seen: str
    """The fingerprint of what is shown, without the note that the first signer writes below it."""
    lacks: tuple[Lack, ...]
    waived: tuple[Waived, ...]
    winners: tuple[Named, ...]
    others: tuple[Named, ...]
    unawarded: tuple[tuple[str, str, str], ...]
    """Category, prize and reason."""
    letters: Mapping[Letter, int]
    people: int
    categories: tuple[tuple[str, str], ...]
    """Name and address of each page that changes."""
    decided: tuple[str, ...]
    """Rounds of which no run is adopted from then on but for a correction."""
    moves: bool
    """Whether the edition counts as decided with it."""


async def consequences_of(
    edition: EditionRow, coming: Announcement, ground: Ground, now: datetime
) -> Consequences:
    draft, shows = coming.draft, coming.wish.shows
    told = telling(
        draft, coming.before.draft if coming.before else None, coming.wish.correction, coming.moved
    )
    letters = letters_of(told, await readers_of(edition.id, now), "", now)
    named = [_named(row, draft, shows) for row in draft.rows]
    winners = tuple(one for one, row in zip(named, draft.rows, strict=True) if _wins(row))
    path = f"/awards/{draft.programme}/{draft.edition}"
    return Consequences(
        coming=coming,
        seen=fingerprint(replace(draft, note="")),
        lacks=tuple(await lacks_of(edition.id, now, shows, ground)),
        waived=tuple(waived_in(ground.gate)),
        winners=winners,
        others=tuple(one for one, row in zip(named, draft.rows, strict=True) if not _wins(row)),
        unawarded=tuple(_unawarded(draft)),
        letters={letter: len(of) for letter, of in letters.items() if of},
        people=len({letter.to for of in letters.values() for letter in of}),
        categories=tuple(
            dict.fromkeys(
                [
                    *((row.category, f"{path}/{row.category_code}") for row in draft.rows),
                    *(
                        (one["name"], f"{path}/{code}")
                        for code, one in draft.figures["categories"].items()
                        if one.get("unawarded")
                    ),
                ]
            )
        ),
        decided=()
        if shows == Kind.FINALISTS
        else tuple(one.name for one in ground.standing.rounds if one.state == RoundState.CLOSED),
        moves=edition.state == EditionState.JUDGING and shows != Kind.FINALISTS,
    )


def _wins(row: PublishedRow) -> bool:
    return bool(row.figures.get("awards") or row.figures.get("won"))


def _named(row: PublishedRow, draft: Draft, shows: str) -> Named:
    has_page = _wins(row) and shows not in BY_NAME
    return Named(
        category=row.category,
        said=", ".join(award["name"] for award in row.figures.get("awards", ())),
        name=row.entrant_name or row.title,
        title=row.title,
        place=place_of(row.rank, row.figures),
        by_numbers=row.rank,
        path=f"/awards/{draft.programme}/{draft.edition}/{row.category_code}/{row.slug}" if has_page else "",
        reason=next((award["reason"] for award in row.figures.get("awards", ()) if award["reason"]), ""),
    )


def _unawarded(draft: Draft) -> list[tuple[str, str, str]]:
    names = {prize["code"]: prize["name"] for prize in draft.figures.get("prizes", ())}
    return [
        (category["name"], names.get(one["prize"], one["prize"]), one["reason"])
        for category in draft.figures["categories"].values()
        for one in category.get("unawarded", ())
    ] + [
        (_("Over all categories"), names.get(one["prize"], one["prize"]), one["reason"])
        for one in draft.figures.get("unawarded", ())
    ]
