"""Who is named without a prize: finalists, and winners while it is not told yet what they have won; names in sentences. Pure."""

import unicodedata
from collections.abc import Sequence

from msgspec import Struct

from awards.entries.attaching import isolated
from awards.publication.queries import PublicationRow, WinnerRow
from awards.web.i18n import current, dir_of


class Names(Struct, frozen=True):
    """Of one category; who won is among the finalists too, and named once."""

    category: str
    href: str
    winners: tuple[WinnerRow, ...]
    finalists: tuple[WinnerRow, ...]


def names_of(publication: PublicationRow, rows: Sequence[WinnerRow]) -> tuple[Names, ...]:
    found: dict[str, list[WinnerRow]] = {}
    for row in rows:
        named = row.figures.get("won") or row.figures.get("finalist")
        if named and not row.won and row.publication_id == publication.id:
            found.setdefault(row.category_code, []).append(row)
    return tuple(
        Names(
            own[0].category,
            f"{publication.path}/{code}",
            tuple(row for row in own if row.figures.get("won")),
            tuple(row for row in own if not row.figures.get("won")),
        )
        for code, own in found.items()
    )


def in_sentence(row: WinnerRow) -> str:
    """A name that is written in the other direction turns nothing of the sentence around it."""
    name = row.entrant_name or row.title
    against = ("L",) if dir_of(current()) == "rtl" else ("R", "AL")
    return isolated(name) if any(unicodedata.bidirectional(letter) in against for letter in name) else name
