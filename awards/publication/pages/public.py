"""The site's first pages. They know nobody and are kept as bytes until something changes them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from awards.editions.queries import (
    CategoryRow,
    EditionRow,
    MilestoneRow,
    OpenCall,
    categories_of,
    editions,
    first_programme,
    milestones_of,
    open_calls,
    rounds_of,
)
from awards.editions.rules import EditionState
from awards.editions.year import Step, year_of
from awards.publication import queries, views
from awards.publication.pages.parts import EditionWinners, by_category, kept_until
from awards.publication.queries import PublicationRow
from awards.publication.rules import BY_NAME, Kind
from awards.publication.views import Winner
from awards.web.arrival import arrival_of
from awards.web.i18n import _
from awards.web.render import render_public
from awards.web.words import day, in_words

PUBLIC = {"public": True}


class PastEdition(Struct, frozen=True):
    publication: PublicationRow
    known: int


class Home(Struct, frozen=True):
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
    announced: tuple[PublicationRow, ...]
    """Of which only names are out."""


@get("/", opt=PUBLIC)
async def home(request: Request[Any, Any, Any]) -> Response[bytes]:
    now = arrival_of(request.scope).at
    calls = await open_calls(now)
    published = await queries.visible_publications(now)
    call = await _first_call(calls)
    running = call.edition if call else await _running(published)
    milestones = await milestones_of(running.id) if running else []
    announced = [one for one in published if one.kind in BY_NAME]
    published = [one for one in published if one.kind not in BY_NAME]
    latest = published[0] if published else None
    winners = (
        [views.winner(row) for row in await queries.visible_rows(now, [latest.id]) if row.won]
        if latest
        else []
    )
    if call is not None:
        title, kicker = _("The call is open"), call.edition.name
    elif running is not None:
        title, kicker = _judged_or_coming(running, milestones, now), running.programme_name
    elif latest is not None:
        title = (
            _("Winners of %(edition)s", edition=latest.edition_name)
            if winners
            else _("Results of %(edition)s", edition=latest.edition_name)
        )
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
        steps=year_of(milestones, await rounds_of(running.id), now) if running else (),
        categories=tuple(await categories_of(running.id)) if running else (),
        latest=latest,
        winners=tuple(_first_of_each(winners)[:6]),
        past=tuple(PastEdition(one, one.winners) for one in published),
        announced=tuple(announced),
    )
    demo = bool(running and running.demo) or any(one.demo for one in published)
    return render_public(
        request,
        "publication/home.html",
        page,
        until=kept_until(call, await queries.next_change(now), now),
        demo=demo,
    )


def _judged_or_coming(edition: EditionRow, milestones: Sequence[MilestoneRow], now: datetime) -> str:
    opens = next((one.at for one in milestones if one.kind == "opens"), None)
    if opens is not None and now < opens:
        return _("The call for %(edition)s opens on %(day)s", edition=edition.name, day=day(opens))
    return _("%(edition)s is being judged", edition=edition.name)


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
    out = {one.edition_id for one in published if one.kind != Kind.FINALISTS}
    stages = (EditionState.OPEN, EditionState.JUDGING, EditionState.DECIDED)
    return next((one for one in await editions() if one.state in stages and one.id not in out), None)


# --- results and archive ------------------------------------------------------------------------------


class Results(Struct, frozen=True):
    title: str
    edition: EditionWinners | None
    others: tuple[PublicationRow, ...]


@get("/results", opt=PUBLIC)
async def results(request: Request[Any, Any, Any]) -> Response[bytes]:
    now = arrival_of(request.scope).at
    published = await queries.visible_publications(now)
    newest = next((one for one in published if one.kind != "archive"), published[0] if published else None)
    rows = await queries.visible_rows(now, [newest.id]) if newest else []
    page = Results(
        _("Results")
        if newest is None
        else _("Announced: %(edition)s", edition=newest.edition_name)
        if newest.kind in BY_NAME
        else _("Results of %(edition)s", edition=newest.edition_name),
        by_category(newest, rows) if newest else None,
        tuple(one for one in published if one is not newest),
    )
    return render_public(
        request, "publication/results.html", page, until=await queries.next_change(now),
        demo=bool(newest and newest.demo),
    )  # fmt: skip


class Archive(Struct, frozen=True):
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
        tuple(by_category(one, rows) for one in published if one.kind not in BY_NAME),
        sum(one.winners for one in published),
        sum(one.awarded or one.winners for one in published),
    )
    return render_public(
        request, "publication/archive.html", page, until=await queries.next_change(now),
        demo=any(one.demo for one in published),
    )  # fmt: skip


ROUTES: list[HTTPRouteHandler] = [home, results, archive]
