"""Prizes of an edition: what the order proposes, what people decided, and the form that decides."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.actor import Actor
from awards.editions.pages_frame import on_desk
from awards.editions.prize_words import whom
from awards.editions.queries import EditionRow, run_by, seen_by
from awards.editions.rules import Role, in_secretariat
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.results import queries, services
from awards.results.forms import DecidePrizes
from awards.results.queries.deliberation import meeting_on, unsettled_deliberations
from awards.results.rules import NONE, Pick, Place, needs_reason
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, read_fields
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in
from awards.web.words import listing

HERE = "/desk/{programme:str}/{edition:str}/prizes"
# The address of the prizes that belong to no category.
OVER_ALL = "over-all"
LONGEST = 4000


class PlaceRow(Struct, frozen=True):
    """A place as the page words it."""

    place: Place
    proposed: str
    decided: str
    is_open: bool
    differs: bool
    tie: bool
    passed: str
    """Who stood higher and has another prize already."""
    numbers: str
    """Whom the numbers alone would give it, where a panel left another order."""
    only: str
    """Whom the prize is for, where it is not for everybody."""


class CategoryPrizes(Struct, frozen=True):
    code: str
    name: str
    href: str
    run: str
    rows: tuple[PlaceRow, ...]
    waits: str
    """The panel that still meets on the order."""


class PrizesPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    categories: tuple[CategoryPrizes, ...]
    open: int
    clear: int
    """Open places for which the order names one entry."""
    hidden: bool
    judging: bool
    may_change: bool


def _words(place: Place, names: Mapping[str, str], only: str) -> PlaceRow:
    shown = [names.get(reference, reference) for reference in place.proposed]
    return PlaceRow(
        place,
        listing(shown),
        _("not awarded") if place.decided == NONE else names.get(place.decided, place.decided),
        is_open=not place.decided,
        differs=bool(place.decided) and needs_reason(place, place.decided),
        tie=len(shown) > 1,
        passed=listing([names.get(reference, reference) for reference in place.passed]),
        numbers=listing([names.get(reference, reference) for reference in place.numbers]),
        only=only,
    )


@get(HERE, guards=[needs_sign_in])
async def prizes_page(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await seen_by(actor, programme, edition, Role.AUDITOR)
    found = await queries.prize_table(row.id, actor, arrival_of(request.scope).at)
    only = {one.prize: whom(one.values) for one in found.decisions}
    categories = []
    unsettled = await unsettled_deliberations(row.id)
    for code, name in found.categories:
        if found.is_hidden(code):
            continue
        run = queries.deciding_run(found.runs, code)
        places = found.places(code)
        said = (
            _("run %(number)d of %(round)s", number=run.number, round=run.round_name)
            if run and run.number
            else ""
        )
        categories.append(
            CategoryPrizes(
                code, name or _("Over all categories"), f"{row.desk}/prizes/{code or OVER_ALL}", said,
                tuple(_words(place, found.names, only[place.prize]) for place in places),
                meeting_on(code, run.round_code, unsettled) if run else "",
            )
        )  # fmt: skip
    rows = [one for category in categories for one in category.rows]
    ready = [one for category in categories if not category.waits for one in category.rows]
    page = PrizesPage(
        _("Prizes"), row, tuple(categories),
        open=sum(one.is_open for one in rows),
        clear=sum(one.is_open and len(one.place.proposed) == 1 for one in ready),
        hidden=any(found.is_hidden(code) for code, _name in found.categories),
        judging=found.is_judged,
        may_change=in_secretariat(actor, row.programme_id, row.id),
    )  # fmt: skip
    crumbs = (Link(row.desk, row.name), Link("", _("Prizes"), True))
    return on_desk(request, row, "results/prizes.html", page, crumbs=crumbs)


@post(HERE, guards=[needs_sign_in], status_code=303)
async def take_proposals(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    count = await services.take_proposals(
        edition_id=row.id, actor=actor, clock=arrival_of(request.scope).clock
    )
    said = ngettext("%(num)d place is decided by the order", "%(num)d places are decided by the order", count)
    return redirect(request, f"{row.desk}/prizes", flash=Flash("good" if count else "", said))


class PlaceField(Struct, frozen=True):
    """One place in the form, with what was typed."""

    row: PlaceRow
    key: str
    legend: str
    entry: str
    reason: str
    citation: str
    version: int
    extra: bool
    choices: tuple[Choice, ...]


class DecidePage(Struct, frozen=True):
    title: str
    edition: EditionRow
    action: str
    fields: tuple[PlaceField, ...]
    errors: FormErrors
    stale: bool


@get(HERE + "/{category:str}", guards=[needs_sign_in])
async def decide_page(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str], category: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    return await _decide_page(request, row, actor, category, None, NO_ERRORS)


@post(HERE + "/{category:str}", guards=[needs_sign_in], status_code=303)
async def decide(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str], category: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    fields = await read_fields(request)
    picks, wrong = _picks(fields)
    try:
        if wrong:
            raise Invalid(wrong)
        command = DecidePrizes(row.id, "" if category == OVER_ALL else category, picks)
        count = await services.decide_prizes(
            command=command, actor=actor, clock=arrival_of(request.scope).clock
        )
    except Invalid as problem:
        return await _decide_page(
            request, row, actor, category, picks, FormErrors(problem.errors), status=422
        )
    except Denied as refused:
        errors = FormErrors({"": refused.why})
        return await _decide_page(request, row, actor, category, picks, errors, status=403)
    except Stale:
        return await _decide_page(request, row, actor, category, picks, NO_ERRORS, status=409)
    said = ngettext("%(num)d place is decided", "%(num)d places are decided", count)
    return redirect(request, f"{row.desk}/prizes", flash=Flash("good" if count else "", said))


def _picks(fields: Fields) -> tuple[tuple[Pick, ...], dict[str, str]]:
    """The form's places, whatever prizes there are: entry-gold-1, reason-gold-1, citation-gold-1, base-gold-1."""
    picks, wrong = [], {}
    for name in fields:
        start, _dash, key = name.partition("-")
        prize, _dash, place = key.rpartition("-")
        if start != "entry" or not prize or not (place.isascii() and place.isdigit() and len(place) < 4):
            continue
        base = fields.get(f"base-{key}", "0")
        texts = {part: fields.get(f"{part}-{key}", "").strip() for part in ("reason", "citation")}
        for part, text in texts.items():
            if len(text) > LONGEST:
                wrong[f"{part}-{key}"] = _("Shorten this to %(count)d characters at most", count=LONGEST)
        version = int(base) if base.isascii() and base.isdigit() and len(base) < 10 else 0
        picks.append(
            Pick(prize, int(place), fields[name].strip()[:60], texts["reason"], texts["citation"], version)
        )
    return tuple(picks), wrong


async def _decide_page(
    request: Request[Any, Any, Any], row: EditionRow, actor: Actor, category: str,
    typed: tuple[Pick, ...] | None, errors: FormErrors, status: int = 200,
) -> Response[bytes]:  # fmt: skip
    code = "" if category == OVER_ALL else category
    found = await queries.prize_table(row.id, actor, arrival_of(request.scope).at)
    name = dict(found.categories).get(code)
    if name is None or found.is_hidden(code):
        raise NotFound
    places = found.places(code)
    rules = {one.prize: one.rule for one in found.decisions}
    last: dict[str, Place] = {place.prize: place for place in places}
    # One place more of each prize, for an entry that shares it.
    more = [
        Place(p.prize, p.prize_name, p.prize_position, p.kind, p.place + 1, (), "", 0) for p in last.values()
    ]
    given = {(pick.prize, pick.place): pick for pick in typed or ()}
    fields = []
    for place in sorted([*places, *more], key=lambda p: (p.prize_position, p.prize, p.place)):
        pick = given.get((place.prize, place.place))
        extra = place in more
        single = last[place.prize].place == 1
        legend = (
            _("%(prize)s, shared with", prize=place.prize_name) if extra
            else place.prize_name if single
            else _("%(prize)s, place %(place)d", prize=place.prize_name, place=place.place)
        )  # fmt: skip
        clear = place.proposed[0] if len(place.proposed) == 1 else ""
        fields.append(
            PlaceField(
                _words(place, found.names, whom(rules[place.prize].values)), f"{place.prize}-{place.place}", legend,
                pick.entry if pick else place.decided or clear,
                pick.reason if pick else place.reason,
                pick.citation if pick else place.citation,
                place.version, extra,
                (*(Choice(one.reference, f"{one.name}, {one.reference}") for one in found.eligible(rules[place.prize])),
                 Choice(NONE, _("Not awarded"))),
            )
        )  # fmt: skip
    page = DecidePage(
        _("Decide: %(category)s", category=name or _("over all categories")), row, f"{row.desk}/prizes/{category}",
        tuple(fields),
        errors, stale=status == 409,
    )  # fmt: skip
    crumbs = (Link(f"{row.desk}/prizes", _("Prizes")), Link("", page.title, True))
    return on_desk(request, row, "results/decide.html", page, crumbs=crumbs, status=status)


ROUTES: list[HTTPRouteHandler] = [prizes_page, take_proposals, decide_page, decide]
