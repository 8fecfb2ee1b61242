"""What several public pages show: winners by category; and how long what they say of a deadline holds."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from awards.editions.queries import OpenCall
from awards.publication import views
from awards.publication.naming import Names, names_of
from awards.publication.queries import PublicationRow, WinnerRow
from awards.publication.views import Winner
from awards.web.i18n import _
from awards.web.words import said_until


def kept_until(call: OpenCall | None, change: datetime, now: datetime) -> datetime:
    """Until when a page holds that says how much time is left."""
    return change if call is None else min(change, said_until(call.closes, now))


class CategoryWinners(Struct, frozen=True):
    name: str
    href: str
    winners: tuple[Winner, ...]
    unawarded: tuple[tuple[str, str], ...] = ()
    """Prizes that nobody has, each with the reason."""


class EditionWinners(Struct, frozen=True):
    publication: PublicationRow
    categories: tuple[CategoryWinners, ...]
    """In their published order."""
    named: tuple[Names, ...] = ()


def not_awarded(publication: PublicationRow, category: str) -> tuple[tuple[str, str], ...]:
    """Each prize, or place of one that has several and is given in part, with the reason; without a category over all."""
    figures = publication.figures.get("categories", {}).get(category, {}) if category else publication.figures
    left = Counter(one["prize"] for one in figures.get("unawarded", ()))
    prizes = {one["code"]: one for one in publication.figures.get("prizes", ())}
    return tuple(
        dict.fromkeys(
            (
                prizes[one["prize"]]["name"]
                if left[one["prize"]] >= prizes[one["prize"]]["places"]
                else _(
                    "%(prize)s, place %(place)d of %(places)d",
                    prize=prizes[one["prize"]]["name"], place=one["place"], places=prizes[one["prize"]]["places"],
                ),
                one["reason"],
            )
            for one in figures.get("unawarded", ())
        )
    )  # fmt: skip


def by_category(publication: PublicationRow, rows: Sequence[WinnerRow]) -> EditionWinners:
    found: dict[str, list[WinnerRow]] = {}
    for row in rows:
        if row.won and row.publication_id == publication.id:
            found.setdefault(row.category_code, []).append(row)
    names = {code: own[0].category for code, own in found.items()}
    # Where nobody has a prize that is told too, after those with winners.
    for code, figures in publication.figures.get("categories", {}).items():
        if figures.get("unawarded"):
            names.setdefault(code, figures["name"])
    over_all = (
        (CategoryWinners(_("Over all categories"), "", (), none),)
        if (none := not_awarded(publication, ""))
        else ()
    )
    return EditionWinners(
        publication,
        tuple(
            CategoryWinners(
                name, f"{publication.path}/{code}" if code else "",
                tuple(views.winner(row, category=False) for row in found.get(code, ())),
                not_awarded(publication, code),
            )
            for code, name in names.items()
        )
        + over_all,
        names_of(publication, rows),
    )  # fmt: skip
