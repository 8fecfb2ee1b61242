"""Pages of entrants for the secretariat that decides on them."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.cities import queries, services
from awards.cities.forms import (
    ChangeEntrant,
    DecideEntrant,
    DeclineEntrant,
    DeclineOfficial,
)
from awards.cities.pages.words import (
    bounded,
    cities,
    countries,
    kinds,
    region_words,
    regions,
    role_words,
)
from awards.cities.queries import (
    Asking,
    EntrantRow,
    ListedEntrant,
    OfficialRow,
)
from awards.cities.regions import is_between
from awards.cities.rules import Named, likely_doubles
from awards.errors import Invalid, NotFound, Stale
from awards.outbox.queries import came_back
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, read_fields
from awards.web.forms import parse, parse_drawn
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in
from awards.web.words import region as region_name

AnyRequest = Request[Any, Any, Any]
MOST_PAGES = 10_000


class WaitingEntrant(Struct, frozen=True):
    entrant: EntrantRow
    region: str
    people: tuple[Asking, ...]
    doubles: tuple[Named, ...]


class DeskCitiesPage(Struct, frozen=True):
    title: str
    waiting: tuple[WaitingEntrant, ...]
    joining: tuple[Asking, ...]
    entrants: tuple[ListedEntrant, ...]
    regions: Mapping[str, str]
    words: str
    before: str
    after: str


@get("/desk/cities", guards=[needs_sign_in])
async def desk_cities(request: AnyRequest) -> Response[bytes]:
    actor = actor_of(request)
    words = _search(request)
    number = _page(request)
    waiting = await queries.waiting_entrants(actor)
    asking = await queries.asking(actor)
    listed, more = await queries.listed(actor, words, number)
    names = await queries.names_in(frozenset(entrant.country for entrant in waiting))
    rows = tuple(
        WaitingEntrant(
            entrant,
            region_name(entrant.region),
            tuple(person for person in asking if person.entrant_id == entrant.id),
            tuple(likely_doubles(entrant.folded, entrant.country, [n for n in names if n.id != entrant.id])),
        )
        for entrant in waiting
    )
    proposed = {entrant.id for entrant in waiting}
    page = DeskCitiesPage(
        title=_("Cities and other entrants"),
        waiting=rows,
        joining=tuple(person for person in asking if person.entrant_id not in proposed),
        entrants=tuple(listed),
        regions={key.value: text for key, text in region_words().items()},
        words=words,
        before=f"/desk/cities?page={number - 1}" if number > 1 else "",
        after=f"/desk/cities?page={number + 1}" if more else "",
    )
    crumbs = (Link("/desk", _("Desk")), Link("", page.title, True))
    return render(request, "cities/desk.html", page, crumbs=crumbs, role=_("secretariat"))


def _search(request: AnyRequest) -> str:
    return str(request.query_params.get("q", "")).replace("\x00", "").encode("utf-8", "ignore").decode()[:200]


def _page(request: AnyRequest) -> int:
    text = request.query_params.get("page", "1")
    return min(int(text), MOST_PAGES) if text.isascii() and text.isdecimal() and 0 < len(text) < 7 else 1


class DeskEntrantPage(Struct, frozen=True):
    title: str
    entrant: EntrantRow
    officials: tuple[OfficialRow, ...]
    # What a server said, by the address that it does not take mail for.
    returned: Mapping[str, str]
    words: Mapping[str, str]
    values: Mapping[str, str]
    kinds: tuple[Choice, ...]
    countries: tuple[Choice, ...]
    regions: tuple[Choice, ...]
    cities: tuple[Choice, ...]
    is_between: bool
    reason: str = ""
    errors: FormErrors = NO_ERRORS


CHANGE = ("kind", "name", "country", "country_label", "region", "city")


async def _desk_entrant(
    request: AnyRequest,
    entrant_id: int,
    *,
    values: Mapping[str, str] | None = None,
    reason: str = "",
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    entrant = await queries.entrant_for_desk(actor_of(request), bounded(entrant_id))
    officials = await queries.officials_of(entrant.id, arrival_of(request.scope).at)
    kept = {
        "kind": entrant.kind.value,
        "name": entrant.name,
        "country": entrant.country,
        "country_label": entrant.country_label,
        "region": entrant.region,
        "city": str(entrant.city_id or ""),
    }
    page = DeskEntrantPage(
        title=entrant.name,
        entrant=entrant,
        officials=tuple(officials),
        returned=await came_back(row.address for row in officials),
        words={role.value: text for role, text in role_words().items()},
        values=kept if values is None else {name: values.get(name, "") for name in CHANGE},
        kinds=kinds(),
        countries=countries(),
        regions=regions(),
        cities=await cities(),
        is_between=is_between(entrant.country),
        reason=reason,
        errors=errors,
    )
    crumbs = (
        Link("/desk", _("Desk")),
        Link("/desk/cities", _("Cities and other entrants")),
        Link("", entrant.name, True),
    )
    return render(
        request, "cities/desk_entrant.html", page, crumbs=crumbs, role=_("secretariat"), status=status
    )


@get("/desk/cities/{entrant_id:int}", guards=[needs_sign_in])
async def desk_entrant(request: AnyRequest, entrant_id: FromPath[int]) -> Response[bytes]:
    return await _desk_entrant(request, entrant_id)


@post("/desk/cities/{entrant_id:int}", guards=[needs_sign_in], status_code=303)
async def change_entrant(request: AnyRequest, entrant_id: FromPath[int]) -> Response[bytes]:
    fields = await read_fields(request)
    command = parse_drawn(ChangeEntrant, fields)
    if isinstance(command, FormErrors):
        return await _desk_entrant(request, entrant_id, values=fields, errors=command, status=422)
    try:
        await services.change_entrant(
            entrant_id=bounded(entrant_id),
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        errors = FormErrors(problem.errors)
        return await _desk_entrant(request, entrant_id, values=fields, errors=errors, status=422)
    except Stale:
        return await _desk_entrant(request, entrant_id, values=fields, errors=_stale(), status=409)
    return redirect(request, f"/desk/cities/{entrant_id}", flash=Flash("good", _("Saved")))


def _stale() -> FormErrors:
    return FormErrors(
        {"": _("Somebody changed this entrant meanwhile. Check what you typed and save again.")}
    )


@post("/desk/cities/{entrant_id:int}/approve", guards=[needs_sign_in], status_code=303)
async def approve_entrant(request: AnyRequest, entrant_id: FromPath[int]) -> Response[bytes]:
    command = await _required(request, DecideEntrant)
    await services.approve_entrant(
        entrant_id=bounded(entrant_id),
        command=command,
        actor=actor_of(request),
        clock=arrival_of(request.scope).clock,
    )
    return redirect(request, "/desk/cities", flash=Flash("good", _("Approved; the person gets a mail")))


async def _required(request: AnyRequest, form: type[DecideEntrant]) -> DecideEntrant:
    command = parse_drawn(form, await read_fields(request))
    if isinstance(command, FormErrors):
        raise Invalid(command)
    return command


@post("/desk/cities/{entrant_id:int}/decline", guards=[needs_sign_in], status_code=303)
async def decline_entrant(request: AnyRequest, entrant_id: FromPath[int]) -> Response[bytes]:
    fields = await read_fields(request)
    command = parse_drawn(DeclineEntrant, fields)
    if isinstance(command, FormErrors):
        return await _desk_entrant(
            request, entrant_id, reason=fields.get("reason", ""), errors=command, status=422
        )
    await services.decline_entrant(
        entrant_id=bounded(entrant_id),
        command=command,
        actor=actor_of(request),
        clock=arrival_of(request.scope).clock,
    )
    return redirect(
        request, "/desk/cities", flash=Flash("", _("Declined; the person gets the reason by mail"))
    )


class DeclinePage(Struct, frozen=True):
    title: str
    asking: Asking
    reason: str = ""
    errors: FormErrors = NO_ERRORS


async def _decline_page(
    request: AnyRequest, official_id: int, fields: Fields | None, errors: FormErrors
) -> Response[bytes]:
    found = [
        row for row in await queries.asking(actor_of(request)) if row.official_id == bounded(official_id)
    ]
    if not found:
        raise NotFound
    title = _("Decline: %(name)s for %(entrant)s", name=found[0].name, entrant=found[0].entrant)
    page = DeclinePage(title, found[0], fields.get("reason", "") if fields else "", errors)
    crumbs = (
        Link("/desk", _("Desk")),
        Link("/desk/cities", _("Cities and other entrants")),
        Link("", _("Decline"), True),
    )
    return render(
        request,
        "cities/decline.html",
        page,
        crumbs=crumbs,
        role=_("secretariat"),
        status=422 if errors else 200,
    )


@get("/desk/cities/officials/{official_id:int}/decline", guards=[needs_sign_in])
async def decline_official_page(request: AnyRequest, official_id: FromPath[int]) -> Response[bytes]:
    return await _decline_page(request, official_id, None, NO_ERRORS)


@post("/desk/cities/officials/{official_id:int}/decline", guards=[needs_sign_in], status_code=303)
async def decline_official(request: AnyRequest, official_id: FromPath[int]) -> Response[bytes]:
    fields = await read_fields(request)
    command = parse(DeclineOfficial, fields)
    if isinstance(command, FormErrors):
        return await _decline_page(request, official_id, fields, command)
    await services.decline_official(
        official_id=bounded(official_id),
        command=command,
        actor=actor_of(request),
        clock=arrival_of(request.scope).clock,
    )
    return redirect(
        request, "/desk/cities", flash=Flash("", _("Declined; the person gets the reason by mail"))
    )


@post("/desk/cities/officials/{official_id:int}/approve", guards=[needs_sign_in], status_code=303)
async def approve_official(request: AnyRequest, official_id: FromPath[int]) -> Response[bytes]:
    await services.approve_official(
        official_id=bounded(official_id), actor=actor_of(request), clock=arrival_of(request.scope).clock
    )
    return redirect(request, "/desk/cities", flash=Flash("good", _("Approved; the person gets a mail")))


@post(
    "/desk/cities/{entrant_id:int}/officials/{official_id:int}/end",
    guards=[needs_sign_in],
    status_code=303,
)
async def desk_end_official(
    request: AnyRequest, entrant_id: FromPath[int], official_id: FromPath[int]
) -> Response[bytes]:
    await services.end_official(
        entrant_id=bounded(entrant_id),
        official_id=bounded(official_id),
        actor=actor_of(request),
        clock=arrival_of(request.scope).clock,
    )
    flash = Flash("good", _("Done: this person no longer acts for the entrant"))
    return redirect(request, f"/desk/cities/{entrant_id}", flash=flash)


ROUTES: list[HTTPRouteHandler] = [
    desk_cities,
    desk_entrant,
    change_entrant,
    approve_entrant,
    decline_entrant,
    decline_official_page,
    decline_official,
    approve_official,
    desk_end_official,
]
