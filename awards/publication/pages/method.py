"""How one edition is judged, and once its results are out: how it was, how sure they are, and what else could have been."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.document import EditionDocument
from awards.editions.further_reads import further_reads_said
from awards.editions.queries import EditionRow, document_of
from awards.publication import queries, views
from awards.publication.juries import jury_is_shown
from awards.publication.meetings_said import Meeting, meetings, where
from awards.publication.method_words import RoundSaid, disclosed, left_out, prizes_said, rounds_said
from awards.publication.queries import PublicationRow, WinnerRow
from awards.publication.views import Said
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.render import render_public


class First(Struct, frozen=True):
    """Who is first in a category, and in how many of a million recalculations."""

    name: str
    path: str
    """None of who has no prize, and so no page."""
    chance: int | None


class CategoryAnswers(Struct, frozen=True):
    name: str
    href: str
    entries: int
    sheets: int
    firsts: tuple[First, ...]
    sure: tuple[str, ...]
    otherwise: tuple[Said, ...]
    balanced: bool

    @property
    def moving(self) -> int:
        return sum(one.moves for one in self.otherwise)


class Waived(Struct, frozen=True):
    where: str
    text: str
    reason: str


class MethodPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    publication: PublicationRow | None
    figures: tuple[tuple[str, int], ...]
    left_out: tuple[str, ...]
    rounds: tuple[RoundSaid, ...]
    prizes: tuple[str, ...]
    disclosed: str
    read_again: str
    categories: tuple[CategoryAnswers, ...]
    waived: tuple[Waived, ...]
    meetings: tuple[Meeting, ...]
    jury: bool

    @property
    def recalculated(self) -> bool:
        return any(first.chance is not None for one in self.categories for first in one.firsts) or any(
            one.sure for one in self.categories
        )


@get("/awards/{programme:str}/{edition:str}/method", opt={"public": True})
async def method_page(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    row = await queries.public_edition(programme, edition)
    publication = await queries.visible_publication(row.id, now)
    rows = await queries.visible_rows(now, [publication.id]) if publication else []
    document = await document_of(row.id)
    numbers = publication.figures.get("numbers", {}) if publication else {}
    page = MethodPage(
        title=_("How %(edition)s was judged", edition=row.name)
        if publication
        else _("How %(edition)s is judged", edition=row.name),
        edition=row,
        publication=publication,
        figures=tuple(_figures(numbers)),
        left_out=tuple(left_out(numbers)),
        rounds=rounds_said(document, numbers),
        prizes=tuple(prizes_said(document)),
        disclosed=disclosed(document.rules.disclosure) if document.rounds else "",
        read_again=further_reads_said(document.rules) if document.rounds else "",
        categories=tuple(_answers(publication, rows)) if publication else (),
        waived=tuple(_waived(numbers, document)),
        meetings=tuple(meetings(publication.figures, rows, document)) if publication else (),
        jury=await jury_is_shown(row.id, publication),
    )
    return render_public(
        request, "publication/method.html", page, until=await queries.next_change(now), demo=row.demo,
        crumbs=(Link(row.path, row.name), Link("", _("How it was judged") if publication else _("How it is judged"), True)),
    )  # fmt: skip


def _figures(numbers: Mapping[str, Any]) -> list[tuple[str, int]]:
    if not numbers:
        return []
    entries, rounds = numbers["entries"], numbers["rounds"]
    judged = max((one["entries"] for one in rounds), default=0)
    return [
        (_("Entries submitted"), entries["submitted"]),
        (_("Entries judged"), judged),
        (_("Judges"), max((one["judges"] for one in rounds), default=0)),
        (_("Signed sheets"), sum(one["sheets"] for one in rounds)),
    ]


def _answers(publication: PublicationRow, rows: Sequence[WinnerRow]) -> list[CategoryAnswers]:
    found = []
    for code, figures in publication.figures.get("categories", {}).items():
        own = [one for one in rows if one.category_code == code]
        prizes = views.prize_names(publication, code)
        found.append(
            CategoryAnswers(
                figures["name"],
                f"{publication.path}/{code}",
                figures.get("entries", 0),
                figures.get("sheets", 0),
                tuple(
                    First(
                        one.entrant_name or one.title, one.path if one.won else "", one.figures.get("first")
                    )
                    for one in own
                    if one.place == 1
                ),
                tuple(views.sure(figures, own)),
                tuple(views.otherwise(figures, prizes, own)),
                "balanced" in figures.get("remarks", ()),
            )
        )
    return found


def _waived(numbers: Mapping[str, Any], document: EditionDocument) -> list[Waived]:
    return [Waived(where(one, document), one["text"], one["reason"]) for one in numbers.get("waived", ())]


ROUTES: list[HTTPRouteHandler] = [method_page]
