"""A city official's entries: all of them, a new one, the title and category of one."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.cities.queries import MyEntrant, approved_cities, entrants_of, invitations_of
from awards.cities.rules import WRITERS, EntrantKind, EntrantState
from awards.editions.queries import (
    EditionRow,
    OpenCall,
    categories_of,
    edition_by_slugs,
    open_calls,
    rules_of,
)
from awards.editions.rules import EditionState
from awards.entries import queries, services
from awards.entries.forms import ChangeEntry, StartEntry
from awards.entries.pages.frame import AnyRequest, back_to_check, render_entry, render_late
from awards.entries.queries import OwnEntry, approvals
from awards.entries.queries.approvals import BehalfEntry
from awards.entries.rules import Late
from awards.errors import Invalid, NotFound, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse, parse_drawn
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _, name_of
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in

# --- all of them ---------------------------------------------------------------------------------------


class CityPage(Struct, frozen=True):
    title: str
    entrants: tuple[MyEntrant, ...]
    entries: tuple[OwnEntry, ...]
    calls: tuple[OpenCall, ...]
    may_start: bool
    invitations: int
    behalf: tuple[BehalfEntry, ...]


@get("/city", guards=[needs_sign_in])
async def city(request: AnyRequest) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    entrants = await entrants_of(actor.person_id, now)
    page = CityPage(
        title=_("Your entries"),
        entrants=tuple(entrants),
        entries=tuple(await queries.own_entries(actor, now)),
        calls=tuple(await open_calls(now, actor.person_id)),
        may_start=any(_may_start(entrant) for entrant in entrants),
        invitations=len(await invitations_of(actor.person_id, now)),
        behalf=tuple(await approvals.on_behalf(actor, now)),
    )
    demo = any(entry.demo for entry in page.entries)
    return render(request, "entries/city.html", page, role=_("city official"), demo=demo)


def _may_start(entrant: MyEntrant) -> bool:
    return entrant.role in WRITERS and entrant.state is EntrantState.APPROVED


# --- a new one -----------------------------------------------------------------------------------------


class NewEntryPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    closes: datetime
    most: int | None
    entrants: tuple[Choice, ...]
    cities: tuple[Choice, ...]
    asks_city: bool
    categories: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    values: Mapping[str, str]
    errors: FormErrors = NO_ERRORS


NEW = ("edition", "entrant", "city", "category", "title", "lang")


async def _new_entry(request: AnyRequest, values: Mapping[str, str], errors: FormErrors) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    path = values.get("edition", "")
    call = await _call(path, actor.person_id, now)
    if call is None:
        return await _not_open(request, path)
    edition = call.edition
    rules = await rules_of(edition.id)
    entrants = [e for e in await entrants_of(actor.person_id, now) if _may_start(e)]
    page = NewEntryPage(
        title=_("Start an entry"),
        edition=edition,
        closes=call.closes,
        most=rules.entries_per_city,
        entrants=tuple(Choice(str(e.id), f"{e.name}, {e.country_label}") for e in entrants),
        cities=await _cities(entrants),
        asks_city=rules.city_approval,
        categories=tuple(
            Choice(category.code, category.name, category.description)
            for category in await categories_of(edition.id)
        ),
        languages=_languages(rules.languages),
        values={name: values.get(name, "") for name in NEW}
        | ({"entrant": str(entrants[0].id)} if len(entrants) == 1 else {}),
        errors=errors,
    )
    crumbs = (Link("/city", _("Your entries")), Link("", page.title, True))
    return render(
        request, "entries/new.html", page, status=422 if errors else 200, crumbs=crumbs, demo=edition.demo,
        role=_("city official"), place=Link("", edition.name),
    )  # fmt: skip


async def _cities(entrants: Sequence[MyEntrant]) -> tuple[Choice, ...]:
    """The cities on whose behalf one may enter; nobody who acts for cities alone is asked."""
    if all(one.kind is EntrantKind.CITY for one in entrants):
        return ()
    return tuple(Choice(str(city), f"{name}, {where}") for city, name, where in await approved_cities())


async def _call(path: str, person_id: int, now: datetime) -> OpenCall | None:
    for call in await open_calls(now, person_id):
        if f"{call.edition.programme}/{call.edition.slug}" == path:
            return call
    return None


async def _not_open(request: AnyRequest, path: str) -> Response[bytes]:
    """To the page that says when it was open: an address is kept longer than a call."""
    edition = await edition_by_slugs(*path.split("/", 1)) if "/" in path else None
    if request.method != "GET" or edition is None or edition.state is EditionState.DRAFT:
        raise NotFound
    flash = Flash("", _("This call takes no new entry now"))
    return redirect(request, f"/city/calls/{edition.programme}/{edition.slug}", flash=flash)


def _languages(codes: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(Choice(code, name_of(code)) for code in codes)


@get("/city/entries/new", guards=[needs_sign_in])
async def new_entry_page(request: AnyRequest) -> Response[bytes]:
    return await _new_entry(request, {"edition": request.query_params.get("edition", "")}, NO_ERRORS)


@post("/city/entries/new", guards=[needs_sign_in], status_code=303)
async def new_entry(request: AnyRequest) -> Response[bytes]:
    fields = await read_fields(request)
    command = parse(StartEntry, fields)
    if isinstance(command, FormErrors):
        return await _new_entry(request, fields, command)
    try:
        reference = await services.start_entry(
            command=command, actor=actor_of(request), clock=arrival_of(request.scope).clock
        )
    except Invalid as problem:
        return await _new_entry(request, fields, FormErrors(problem.errors))
    except Late as refusal:
        return render_late(request, refusal, back="/city", typed=command.title)
    return redirect(request, f"/city/entries/{reference}")


# --- title and category --------------------------------------------------------------------------------


class AboutPage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    categories: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    values: Mapping[str, str]
    back: str = ""
    changed_by_others: bool = False
    errors: FormErrors = NO_ERRORS


async def _about(
    request: AnyRequest,
    reference: str,
    values: Mapping[str, str] | None,
    errors: FormErrors,
    status: int = 200,
) -> Response[bytes]:
    entry = await queries.own_entry(actor_of(request), reference, arrival_of(request.scope).at)
    kept = {"title": entry.title, "category": entry.category, "lang": entry.lang}
    page = AboutPage(
        title=_("Title and category"),
        entry=entry,
        categories=tuple(
            Choice(row.code, row.name, row.description) for row in await categories_of(entry.edition_id)
        ),
        languages=_languages((await rules_of(entry.edition_id)).languages),
        values=kept if values is None else {name: values.get(name, "") for name in kept},
        back=back_to_check(request, values),
        changed_by_others=status == 409,
        errors=errors,
    )
    return render_entry(request, "entries/about.html", page, entry, here=page.title, status=status)


@get("/city/entries/{reference:str}/about", guards=[needs_sign_in])
async def about_page(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    return await _about(request, reference, None, NO_ERRORS)


@post("/city/entries/{reference:str}/about", guards=[needs_sign_in], status_code=303)
async def change_entry(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    fields = await read_fields(request)
    command = parse_drawn(ChangeEntry, fields)
    if isinstance(command, FormErrors):
        return await _about(request, reference, fields, command, 422)
    back = f"/city/entries/{reference}"
    try:
        await services.change_entry(
            reference=reference,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return await _about(request, reference, fields, FormErrors(problem.errors), 422)
    except Late as refusal:
        return render_late(request, refusal, back=back, typed=command.title)
    except Stale:
        said = _("Somebody changed this entry since you opened the page. Both are below; save to keep yours.")
        return await _about(request, reference, fields, FormErrors({"": said}), 409)
    to = f"{back}/check" if back_to_check(request, fields) else back
    return redirect(request, to, flash=Flash("good", _("Saved")))


ROUTES: list[HTTPRouteHandler] = [city, new_entry_page, new_entry, about_page, change_entry]
