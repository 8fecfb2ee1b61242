"""What several public pages show: winners by category; and how long what they say of a deadline holds."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from awards.editions.queries import OpenCall
from awards.publication import views
from awards.publication.naming import Names, names_of
from awards.publication.queries import PublicationRow, WinnerRow
from awards.publication.views import Winner
from awards.web.words import said_until


def kept_until(call: OpenCall | None, change: datetime, now: datetime) -> datetime:
    """Until when a page holds that says how much time is left."""
    return change if call is None else min(change, said_until(call.closes, now))


class CategoryWinners(Struct, frozen=True):
    name: str
    href: str
    winners: tuple[Winner, ...]


class EditionWinners(Struct, frozen=True):
    publication: PublicationRow
    categories: tuple[CategoryWinners, ...]
    """In their published order."""
    named: tuple[Names, ...] = ()


def by_category(publication: PublicationRow, rows: Sequence[WinnerRow]) -> EditionWinners:
    found: dict[str, list[WinnerRow]] = {}
    for row in rows:
        if row.won and row.publication_id == publication.id:
            found.setdefault(row.category_code, []).append(row)
    return EditionWinners(
        publication,
        tuple(
            CategoryWinners(
                own[0].category, f"{publication.path}/{code}" if code else "",
                tuple(views.winner(row, category=False) for row in own),
            )
            for code, own in found.items()
        ),
        names_of(publication, rows),
    )  # fmt: skip
