"""What everybody may read. These pages know nobody and are kept as bytes until something changes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from awards.editions.queries import (
    CategoryRow,
    EditionRow,
    MilestoneRow,
    OpenCall,
    RoundRow,
    categories_of,
    criteria_of,
    editions,
    first_programme,
    milestones_of,
    open_calls,
    rounds_of,
)
from awards.editions.rules import EditionState
from awards.errors import NotFound
from awards.publication import queries, views
from awards.publication.queries import PublicationRow, WinnerRow
from awards.publication.views import ByCriterion, Ranking, Said, Winner
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.render import render_public
from awards.web.words import in_words, short_day

PUBLIC = {"public": True}


@dataclass(frozen=True, slots=True)
class Step:
    """A point of the year for the timeline."""

    text: str
    at: datetime
    state: str
    note: str = ""


def milestone_name(kind: str) -> str:
    return {
        "opens": _("Call opens"),
        "closes": _("Entries close"),
        "screening": _("Screening ends"),
        "announcement": _("Results"),
        "ceremony": _("Ceremony"),
    }.get(kind, kind)


def year_of(milestones: Sequence[MilestoneRow], rounds: Sequence[RoundRow], now: datetime) -> tuple[Step, ...]:
    """Public milestones and the ends of the rounds; the next one to come is where the year stands."""
    points = [(one.at, milestone_name(one.kind), one.note) for one in milestones if one.public]
    points += [(one.closes, _("%(round)s ends", round=one.name), "") for one in rounds]
    steps, found = [], False
    for at, text, note in sorted(points):
        state = "past" if at <= now else "" if found else "here"
        found = found or at > now
        steps.append(Step(text, at, state, f"{short_day(at)}, {note}" if note else ""))
    return tuple(steps)


# --- home -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PastEdition:
    publication: PublicationRow
    known: int


@dataclass(frozen=True, slots=True)
class Home:
    title: str
    kicker: str
    lede: str
    call: OpenCall | None
    closes_in: str
    other_calls: tuple[OpenCall, ...]
    edition: EditionRow | None
    steps: tuple[Step, ...]
    categories: tuple[CategoryRow, ...]
    latest: PublicationRow | None
    winners: tuple[Winner, ...]
    past: tuple[PastEdition, ...]


@get("/", opt=PUBLIC)
async def home(request: Request[Any, Any, Any]) -> Response[bytes]:
    now = arrival_of(request.scope).at
    calls = await open_calls(now)
    published = await queries.visible_publications(now)
    call = await _first_call(calls)
    running = call.edition if call else await _running(published)
    latest = published[0] if published else None
    winners = [views.winner(row) for row in await queries.visible_rows(now, [latest.id]) if row.won] if latest else []
    if call is not None:
        title = _("The call for %(edition)s is open", edition=call.edition.name)
        kicker = call.edition.programme_name
    elif running is not None:
        title, kicker = _("%(edition)s is being judged", edition=running.name), running.programme_name
    elif latest is not None:
        title = _("Winners of %(edition)s", edition=latest.edition_name)
        kicker = latest.programme_name
    else:
        programme = await first_programme()
        title, kicker = _("Awards for cities"), programme.name if programme else ""
    page = Home(
        title=title,
        kicker=kicker,
        lede=_(
            "Cities and public bodies show a practice that has changed something for residents, and say honestly "
            "how they know."
        ),
        call=call,
        closes_in=_("Entries close %(when)s", when=in_words(call.closes, now)) if call else "",
        other_calls=tuple(one for one in calls if one is not call),
        edition=running,
        steps=year_of(await milestones_of(running.id), await rounds_of(running.id), now) if running else (),
        categories=tuple(await categories_of(running.id)) if running else (),
        latest=latest,
        winners=tuple(_first_of_each(winners)[:6]),
        past=tuple(PastEdition(one, one.winners) for one in published),
    )
    demo = bool(running and running.demo) or any(one.demo for one in published)
    return render_public(request, "publication/home.html", page, until=await queries.next_change(now), demo=demo)


def _first_of_each(winners: Sequence[Winner]) -> list[Winner]:
    """The best winner of each category, then the others."""
    first = {one.row.category_code: one for one in reversed(winners)}
    best = [one for one in winners if first[one.row.category_code] is one]
    return best if len(best) > 2 else [*best, *(one for one in winners if one not in best)]


async def _first_call(calls: list[OpenCall]) -> OpenCall | None:
    """Of the programme whose name the site bears, if it calls; else the next deadline."""
    programme = await first_programme()
    own = [one for one in calls if programme and one.edition.programme_id == programme.id]
    return next(iter([*own, *calls]), None)


async def _running(published: Sequence[PublicationRow]) -> EditionRow | None:
    """The newest edition whose call is over and whose results are not out."""
    out = {one.edition_id for one in published}
    stages = (EditionState.OPEN, EditionState.JUDGING, EditionState.DECIDED)
    return next((one for one in await editions() if one.state in stages and one.id not in out), None)


# --- results and archive --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CategoryWinners:
    name: str
    href: str
    winners: tuple[Winner, ...]


@dataclass(frozen=True, slots=True)
class EditionWinners:
    publication: PublicationRow
    categories: tuple[CategoryWinners, ...]
    """In their published order."""


@dataclass(frozen=True, slots=True)
class Results:
    title: str
    edition: EditionWinners | None
    others: tuple[PublicationRow, ...]


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
    )  # fmt: skip


@get("/results", opt=PUBLIC)
async def results(request: Request[Any, Any, Any]) -> Response[bytes]:
    now = arrival_of(request.scope).at
    published = await queries.visible_publications(now)
    newest = next((one for one in published if one.kind != "archive"), published[0] if published else None)
    rows = await queries.visible_rows(now, [newest.id]) if newest else []
    page = Results(
        _("Results of %(edition)s", edition=newest.edition_name) if newest else _("Results"),
        by_category(newest, rows) if newest else None,
        tuple(one for one in published if one is not newest),
    )
    return render_public(
        request, "publication/results.html", page, until=await queries.next_change(now),
        demo=bool(newest and newest.demo),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Archive:
    title: str
    editions: tuple[EditionWinners, ...]
    winners: int
    awarded: int


@get("/archive", opt=PUBLIC)
async def archive(request: Request[Any, Any, Any]) -> Response[bytes]:
    now = arrival_of(request.scope).at
    published = await queries.visible_publications(now)
    rows = await queries.visible_rows(now)
    first = min((one.year for one in published), default=0)
    page = Archive(
        _("Winners since %(year)d", year=first) if published else _("Archive"),
        tuple(by_category(one, rows) for one in published),
        sum(one.winners for one in published),
        sum(one.awarded or one.winners for one in published),
    )
    return render_public(
        request, "publication/archive.html", page, until=await queries.next_change(now),
        demo=any(one.demo for one in published),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Search:
    title: str
    words: str
    winners: tuple[Winner, ...]


@get("/winners", opt=PUBLIC)
async def winners(request: Request[Any, Any, Any]) -> Response[bytes]:
    now = arrival_of(request.scope).at
    words = request.query_params.get("q", "")[:200].replace("\x00", "").encode("utf-8", "replace").decode()
    found = await queries.find_winners(words, now)
    page = Search(
        _("Find a winner") if not words.strip() else _("Winners found: %(count)d", count=len(found)),
        words,
        tuple(views.winner(row) for row in found),
    )
    return render_public(request, "publication/winners.html", page, until=await queries.next_change(now))


# --- one edition ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EditionPage:
    title: str
    edition: EditionRow
    steps: tuple[Step, ...]
    categories: tuple[CategoryRow, ...]
    winners: EditionWinners | None


@get("/awards/{programme:str}/{edition:str}", opt=PUBLIC)
async def edition_page(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    row = await queries.public_edition(programme, edition)
    publication = await queries.visible_publication(row.id, now)
    rows = await queries.visible_rows(now, [publication.id]) if publication else []
    page = EditionPage(
        row.name,
        row,
        year_of(await milestones_of(row.id), await rounds_of(row.id), now),
        tuple(await categories_of(row.id)),
        by_category(publication, rows) if publication else None,
    )
    return render_public(
        request, "publication/edition.html", page, until=await queries.next_change(now), demo=row.demo,
        crumbs=(Link("/archive", _("Editions")), Link("", row.name, True)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CriterionText:
    name: str
    question: str
    weight: int
    round: str


@dataclass(frozen=True, slots=True)
class CategoryPage:
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
        if publication
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
        rows=tuple(sorted(own, key=lambda one: (one.rank or 10**6, one.slug))),
        sure=tuple(views.sure(figures, own)),
        otherwise=tuple(views.otherwise(figures, prizes, own)),
        unawarded=tuple((prizes[one["prize"]], one["reason"]) for one in figures.get("unawarded", ())),
        reasons=tuple(
            (award["name"], one.entrant_name, award["reason"])
            for one in own
            for award in one.figures.get("awards", ())
            if award.get("reason")
        ),
        balanced="balanced" in figures.get("remarks", ()),
        chances=any(one.figures.get("prize_chance") is not None for one in own),
    )
    return render_public(
        request, "publication/category.html", page, until=await queries.next_change(now), demo=row.demo,
        crumbs=(Link(row.path, row.name), Link("", name, True)),
    )  # fmt: skip


async def _criteria(edition_id: int, category: str) -> tuple[CriterionText, ...]:
    found: list[CriterionText] = []
    for of in await rounds_of(edition_id):
        found += [
            CriterionText(one.name, one.question, one.weights[category], of.name)
            for one in await criteria_of(of.id)
            if category in one.weights
        ]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class WinnerPage:
    title: str
    edition: EditionRow
    publication: PublicationRow
    winner: Winner
    prize_line: str
    criteria: ByCriterion | None
    reasons: tuple[str, ...]
    category_href: str


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
    found = await queries.visible_row(row.id, category, slug, now)
    publication = await queries.visible_publication(row.id, now)
    if publication is None or not found.won:
        raise NotFound
    figures = publication.figures.get("categories", {}).get(category, {})
    beside = [one for one in await queries.visible_rows(now, [publication.id]) if one.category_code == category]
    shown = views.winner(found)
    where = f"{found.category} {row.year}" if found.category else str(row.year)
    href = f"{row.path}/{found.category_code}" if found.category_code else row.path
    page = WinnerPage(
        title=found.title or shown.name,
        edition=row,
        publication=publication,
        winner=shown,
        prize_line=_("%(prize)s, %(where)s", prize=shown.mark.text, where=where),
        criteria=views.by_criterion(found, beside, figures),
        reasons=tuple(award["reason"] for award in found.figures.get("awards", ()) if award.get("reason")),
        category_href=href,
    )
    crumbs = [Link(row.path, row.name)]
    if found.category_code:
        crumbs.append(Link(href, found.category))
    return render_public(
        request, "publication/winner.html", page, until=await queries.next_change(now), demo=row.demo,
        crumbs=(*crumbs, Link("", shown.name, True)),
    )  # fmt: skip


ROUTES: list[HTTPRouteHandler] = [home, results, archive, winners, edition_page, category_page, winner_page]
