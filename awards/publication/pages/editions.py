"""One edition, one of its categories, one winner: lasting addresses."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.licences import Licence, licence_of
from awards.editions.queries import (
    CategoryRow,
    EditionRow,
    MilestoneRow,
    OpenCall,
    categories_of,
    criteria_of,
    document_of,
    milestones_of,
    rounds_of,
)
from awards.editions.queries.deadlines import DeadlineChange, deadline_changes
from awards.editions.queries.rulesets import RulesChange, rules_changes
from awards.editions.rules import is_call_open
from awards.editions.year import Step, year_of
from awards.entries.releasing import Practice
from awards.errors import NotFound
from awards.publication import queries, views
from awards.publication.juries import jury_is_shown
from awards.publication.meetings_said import Decision, Meeting, agreed_of, meetings
from awards.publication.method_words import mean_alone, mean_untold, way_of
from awards.publication.naming import Names, in_sentence, names_of
from awards.publication.pages.parts import EditionWinners, by_category, kept_until, not_awarded
from awards.publication.practices import practice_of_row
from awards.publication.queries import PublicationRow, WinnerRow
from awards.publication.rules import BY_NAME
from awards.publication.views import ByCriterion, Ranking, Said, Winner
from awards.publication.worked import carried_weight, formula, round_named, weights_in
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.render import redirect, render_public
from awards.web.words import in_words

PUBLIC = {"public": True}


class EditionPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    steps: tuple[Step, ...]
    categories: tuple[CategoryRow, ...]
    winners: EditionWinners | None
    call: OpenCall | None
    closes_in: str
    deadline_changes: tuple[DeadlineChange, ...]
    rules_changes: tuple[RulesChange, ...]
    jury: bool
    """Whether the page of the jury is there to be read."""
    licence: Licence


@get("/awards/{programme:str}/{edition:str}", opt=PUBLIC)
async def edition_page(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    row = await queries.public_edition(programme, edition)
    publication = await queries.visible_publication(row.id, now)
    rows = await queries.visible_rows(now, [publication.id]) if publication else []
    milestones = await milestones_of(row.id)
    call = _open_call(row, milestones, now)
    page = EditionPage(
        row.name,
        row,
        year_of(milestones, await rounds_of(row.id), now),
        tuple(await categories_of(row.id)),
        by_category(publication, rows) if publication else None,
        call,
        _("Entries close %(when)s", when=in_words(call.closes, now)) if call else "",
        tuple(await deadline_changes(row.id)),
        tuple(await rules_changes(row.id)),
        await jury_is_shown(row.id, publication),
        licence_of(publication.figures if publication else {}),
    )
    return render_public(
        request, "publication/edition.html", page, until=kept_until(call, await queries.next_change(now), now),
        demo=row.demo,
        crumbs=(Link("/archive", _("Editions")), Link("", row.name, True)),
    )  # fmt: skip


def _open_call(row: EditionRow, milestones: Sequence[MilestoneRow], now: datetime) -> OpenCall | None:
    at = {one.kind: one.at for one in milestones}
    opens, closes = at.get("opens"), at.get("closes")
    if opens is None or closes is None or not is_call_open(row.state, opens, closes, now):
        return None
    return OpenCall(row, opens, closes)


class CriterionText(Struct, frozen=True):
    name: str
    question: str
    weight: int
    round: str


class CategoryPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    name: str
    description: str
    criteria: tuple[CriterionText, ...]
    publication: PublicationRow | None
    entries: int
    sheets: int
    calculated: str
    """The method, where its results are shown."""
    run_sha256: str
    winners: tuple[Winner, ...]
    ranking: Ranking | None
    rows: tuple[WinnerRow, ...]
    sure: tuple[str, ...]
    otherwise: tuple[Said, ...]
    unawarded: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, str, str], ...]
    """Prize, winner and the reason, where people decided what the order does not say."""
    balanced: bool
    chances: bool
    named: tuple[Names, ...]
    """Who is told without a prize."""
    computed: str
    """How scores came about, where they are known."""
    meetings: tuple[Meeting, ...]
    moved: bool
    """Whether a meeting gave somebody another place than the numbers did."""
    means: tuple[str, ...]
    """Said where the plain mean is of another footing than the score, or does not stand beside it."""

    def any_has(self, figure: str) -> bool:
        return any(one.figures.get(figure) is not None for one in self.rows)


@get("/awards/{programme:str}/{edition:str}/{category:str}", opt=PUBLIC)
async def category_page(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str], category: FromPath[str]
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    row = await queries.public_edition(programme, edition)
    publication = await queries.visible_publication(row.id, now)
    known = next((one for one in await categories_of(row.id) if one.code == category), None)
    rows = await queries.visible_rows(now, [publication.id]) if publication else []
    own = [one for one in rows if one.category_code == category]
    if known is None and not own:
        raise NotFound
    name = known.name if known else own[0].category
    figures = publication.figures.get("categories", {}).get(category, {}) if publication else {}
    prizes = views.prize_names(publication, category) if publication else {}
    page = CategoryPage(
        title=_("%(category)s: results %(year)d", category=name, year=row.year)
        if publication and publication.kind not in BY_NAME
        else _("%(category)s, %(edition)s", category=name, edition=row.name),
        edition=row,
        name=name,
        description=known.description if known else "",
        criteria=await _criteria(row.id, category) if known else (),
        publication=publication,
        entries=figures.get("entries", 0),
        sheets=figures.get("sheets", 0),
        calculated=figures.get("run", {}).get("method", ""),
        run_sha256=figures.get("run", {}).get("sha256", ""),
        winners=tuple(views.winner(one, category=False) for one in own if one.won),
        ranking=views.ranking(own, figures.get("cut")),
        rows=tuple(sorted(own, key=lambda one: (one.place or 10**6, one.slug))),
        sure=tuple(views.sure(figures, own)),
        otherwise=tuple(views.otherwise(figures, prizes, own)),
        unawarded=not_awarded(publication, category) if publication else (),
        reasons=tuple(
            (award["name"], in_sentence(one), award["reason"])
            for one in own
            for award in one.figures.get("awards", ())
            if award.get("reason")
        ),
        balanced="balanced" in figures.get("remarks", ()),
        chances=any(one.figures.get("prize_chance") is not None for one in own),
        named=names_of(publication, own) if publication else (),
        computed=way_of(figures["run"]["method"]) if figures.get("run", {}).get("method") else "",
        meetings=tuple(await _meetings(publication, own, category)) if publication else (),
        moved=any(one.moved for one in own),
        means=tuple(_means(publication, figures, own)) if publication else (),
    )
    return render_public(
        request, "publication/category.html", page, until=await queries.next_change(now), demo=row.demo,
        crumbs=(Link(row.path, row.name), Link("", name, True)),
    )  # fmt: skip


def _means(
    publication: PublicationRow, figures: Mapping[str, Any], rows: Sequence[WinnerRow]
) -> Iterator[str]:
    if carried_weight(publication.figures, figures):
        yield mean_alone()
    if any(row.figures.get("estimate") is not None and row.figures.get("raw") is None for row in rows):
        yield mean_untold()


async def _meetings(publication: PublicationRow, rows: Sequence[WinnerRow], category: str) -> list[Meeting]:
    if not publication.figures.get("deliberations"):
        return []
    document = await document_of(publication.edition_id)
    return [one for one in meetings(publication.figures, rows, document) if one.category == category]


async def _criteria(edition_id: int, category: str) -> tuple[CriterionText, ...]:
    found: list[CriterionText] = []
    for of in await rounds_of(edition_id):
        found += [
            CriterionText(one.name, one.question, one.weights[category], of.name)
            for one in await criteria_of(of.id)
            if category in one.weights
        ]
    return tuple(found)


class WinnerPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    publication: PublicationRow
    winner: Winner
    practice: Practice
    prize_line: str
    titles: tuple[str, ...]
    """Of all its prizes, the most important first, for machines and for who shares the page."""
    criteria: ByCriterion | None
    worked: str
    """How its criteria make its score, in numbers."""
    brought: bool
    """Whether one part of that is what it brought along from the round before."""
    reasons: tuple[str, ...]
    decisions: tuple[Decision, ...]
    """Of a meeting, on this entry."""
    category_href: str

    @property
    def awards(self) -> list[str]:
        return [f"{one}, {self.edition.programme_name}" for one in self.titles]


@get("/awards/{programme:str}/{edition:str}/{category:str}/{slug:str}", opt=PUBLIC)
async def winner_page(
    request: Request[Any, Any, Any],
    programme: FromPath[str],
    edition: FromPath[str],
    category: FromPath[str],
    slug: FromPath[str],
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    row = await queries.public_edition(programme, edition)
    publication = await queries.visible_publication(row.id, now)
    try:
        found = await queries.visible_row(row.id, category, slug, now)
    except NotFound:
        found = None
    if publication is None or found is None or not found.won:
        # The address of a winner stays, and leads to what was published when it was one.
        number = await queries.version_with_winner(row.id, category, slug, now)
        if number is None:
            raise NotFound
        return redirect(request, f"{row.path}/versions/{number}")
    figures = publication.figures.get("categories", {}).get(category, {})
    beside = [
        one for one in await queries.visible_rows(now, [publication.id]) if one.category_code == category
    ]
    shown = views.winner(found)
    worked, brought = await _worked(publication, found, figures)
    where = f"{found.category} {row.year}" if found.category else str(row.year)
    href = f"{row.path}/{found.category_code}" if found.category_code else row.path
    page = WinnerPage(
        title=found.title or shown.name,
        edition=row,
        publication=publication,
        winner=shown,
        practice=await practice_of_row(found),
        prize_line=_("%(prize)s, %(where)s", prize=shown.mark.text, where=where),
        titles=tuple(
            _("%(prize)s, %(where)s", prize=one, where=where)
            for one in (views.title_of(found), *shown.others)
        ),
        criteria=views.by_criterion(
            found, beside, figures, agreed_of(publication.figures, category, found.slug)
        ),
        worked=worked,
        brought=brought,
        reasons=tuple(award["reason"] for award in found.figures.get("awards", ()) if award.get("reason")),
        decisions=tuple(
            act
            for meeting in await _meetings(publication, beside, category)
            for act in meeting.acts
            if act.slug == found.slug
        ),
        category_href=href,
    )
    crumbs = [Link(row.path, row.name)]
    if found.category_code:
        crumbs.append(Link(href, found.category))
    return render_public(
        request, "publication/winner.html", page, until=await queries.next_change(now), demo=row.demo,
        crumbs=(*crumbs, Link("", shown.name, True)),
    )  # fmt: skip


async def _worked(
    publication: PublicationRow, row: WinnerRow, figures: Mapping[str, Any]
) -> tuple[str, bool]:
    """Out of what is published of the entry and the announced weights; and whether the score holds more than that."""
    total, told = row.figures.get("estimate"), row.figures.get("criteria", ())
    carried = carried_weight(publication.figures, figures)
    if total is None or not told or any(one["estimate"] is None for one in told):
        return "", False
    part = round_named(await document_of(publication.edition_id), figures.get("round", ""))
    weights = weights_in(part, row.category_code) if part else {}
    if weights.keys() != {one["code"] for one in told}:
        return "", False
    parts = [(one["estimate"], weights[one["code"]]) for one in told]
    found = formula(parts, total, carried)
    return found, found != "" and found != formula(parts, total)


ROUTES: list[HTTPRouteHandler] = [edition_page, category_page, winner_page]
