"""Pages of entrants for the people who act for them."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.cities import queries, services
from awards.cities.forms import (
    InviteOfficial,
    ProposeEntrant,
)
from awards.cities.pages.words import (
    bounded,
    cities,
    countries,
    kind_words,
    kinds,
    regions,
    role_words,
)
from awards.cities.queries import (
    InvitationRow,
    MyEntrant,
    OfficialRow,
)
from awards.cities.rules import Named, OfficialRole
from awards.errors import Invalid
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in
from awards.web.words import region as region_name

AnyRequest = Request[Any, Any, Any]


# --- proposing an entrant ------------------------------------------------------------------------------


class NewEntrantPage(Struct, frozen=True):
    title: str
    values: Mapping[str, str]
    kinds: tuple[Choice, ...]
    countries: tuple[Choice, ...]
    regions: tuple[Choice, ...]
    cities: tuple[Choice, ...]
    doubles: tuple[Named, ...] = ()
    errors: FormErrors = NO_ERRORS


NEW = ("kind", "name", "country", "region", "city")


async def _new_entrant(
    request: AnyRequest, values: Mapping[str, str], errors: FormErrors, doubles: Sequence[Named] = ()
) -> Response[bytes]:
    page = NewEntrantPage(
        title=_("Add the entrant that you act for"),
        values={name: values.get(name, "city" if name == "kind" else "") for name in NEW},
        kinds=kinds(),
        countries=countries(),
        regions=regions(),
        cities=await cities(),
        doubles=tuple(doubles),
        errors=errors,
    )
    crumbs = (Link("/city", _("Your entries")), Link("", page.title, True))
    return render(
        request, "cities/new_entrant.html", page, status=422 if errors else 200, crumbs=crumbs,
        role=_("city official"),
    )  # fmt: skip


@get("/city/entrants/new", guards=[needs_sign_in])
async def new_entrant_page(request: AnyRequest) -> Response[bytes]:
    return await _new_entrant(request, {}, NO_ERRORS)


@post("/city/entrants/new", guards=[needs_sign_in], status_code=303)
async def new_entrant(request: AnyRequest) -> Response[bytes]:
    fields = await read_fields(request)
    command = parse(ProposeEntrant, fields)
    if isinstance(command, FormErrors):
        return await _new_entrant(request, fields, command)
    try:
        entrant_id = await services.propose_entrant(
            command=command, actor=actor_of(request), clock=arrival_of(request.scope).clock
        )
    except services.LikelyDoubles as problem:
        return await _new_entrant(request, fields, FormErrors(problem.errors), problem.doubles)
    except Invalid as problem:
        return await _new_entrant(request, fields, FormErrors(problem.errors))
    flash = Flash(
        "good", _("The secretariat has your proposal"), _("You get a mail as soon as it is decided on.")
    )
    return redirect(request, f"/city/entrants/{entrant_id}", flash=flash)


@post("/city/entrants/{entrant_id:int}/join", guards=[needs_sign_in], status_code=303)
async def join_entrant(request: AnyRequest, entrant_id: FromPath[int]) -> Response[bytes]:
    await services.ask_to_join(
        entrant_id=bounded(entrant_id), actor=actor_of(request), clock=arrival_of(request.scope).clock
    )
    flash = Flash(
        "good", _("The secretariat has your request"), _("You get a mail as soon as it is decided on.")
    )
    return redirect(request, f"/city/entrants/{entrant_id}", flash=flash)


# --- an entrant for its officials ----------------------------------------------------------------------


class EntrantPage(Struct, frozen=True):
    title: str
    entrant: MyEntrant
    kind: str
    region: str
    officials: tuple[OfficialRow, ...]
    person_id: int
    may_invite: bool
    roles: tuple[Choice, ...]
    words: Mapping[str, str]
    values: Mapping[str, str]
    errors: FormErrors = NO_ERRORS


async def _entrant_page(
    request: AnyRequest, entrant_id: int, values: Mapping[str, str], errors: FormErrors
) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    entrant = await queries.entrant_of(actor, bounded(entrant_id), now)
    # Who only waits learns nothing about the others.
    officials = await queries.officials_of(entrant.id, now) if entrant.role is not None else []
    words = {role.value: text for role, text in role_words().items()}
    page = EntrantPage(
        title=entrant.name,
        entrant=entrant,
        kind=kind_words()[entrant.kind],
        region=region_name(entrant.region),
        officials=tuple(officials),
        person_id=actor.person_id,
        may_invite=entrant.role is OfficialRole.OWNER,
        roles=tuple(Choice(value, text) for value, text in words.items()),
        words=words,
        values={
            name: values.get(name, "editor" if name == "role" else "") for name in ("email", "name", "role")
        },
        errors=errors,
    )
    crumbs = (Link("/city", _("Your entries")), Link("", entrant.name, True))
    return render(
        request, "cities/entrant.html", page, status=422 if errors else 200, crumbs=crumbs,
        role=_("city official"),
    )  # fmt: skip


@get("/city/entrants/{entrant_id:int}", guards=[needs_sign_in])
async def entrant_page(request: AnyRequest, entrant_id: FromPath[int]) -> Response[bytes]:
    return await _entrant_page(request, entrant_id, {}, NO_ERRORS)


@post("/city/entrants/{entrant_id:int}/invite", guards=[needs_sign_in], status_code=303)
async def invite_official(request: AnyRequest, entrant_id: FromPath[int]) -> Response[bytes]:
    fields = await read_fields(request)
    command = parse(InviteOfficial, fields)
    if isinstance(command, FormErrors):
        return await _entrant_page(request, entrant_id, fields, command)
    try:
        await services.invite_official(
            entrant_id=bounded(entrant_id),
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return await _entrant_page(request, entrant_id, fields, FormErrors(problem.errors))
    flash = Flash("good", _("The invitation is on its way"), _("The link in it works for 14 days."))
    return redirect(request, f"/city/entrants/{entrant_id}", flash=flash)


@post(
    "/city/entrants/{entrant_id:int}/officials/{official_id:int}/end",
    guards=[needs_sign_in],
    status_code=303,
)
async def end_official(
    request: AnyRequest, entrant_id: FromPath[int], official_id: FromPath[int]
) -> Response[bytes]:
    actor, arrival = actor_of(request), arrival_of(request.scope)
    await services.end_official(
        entrant_id=bounded(entrant_id), official_id=bounded(official_id), actor=actor, clock=arrival.clock
    )
    still = await queries.role_of(actor.person_id, entrant_id, arrival.at)
    to = f"/city/entrants/{entrant_id}" if still else "/city"
    return redirect(request, to, flash=Flash("good", _("Done: this person no longer acts for the entrant")))


# --- invitations ---------------------------------------------------------------------------------------


class InvitationsPage(Struct, frozen=True):
    title: str
    invitations: tuple[InvitationRow, ...]
    words: Mapping[str, str]


@get("/city/invitations", guards=[needs_sign_in])
async def invitations_page(request: AnyRequest) -> Response[bytes]:
    rows = await queries.invitations_of(actor_of(request).person_id, arrival_of(request.scope).at)
    page = InvitationsPage(
        _("Your invitations"), tuple(rows), {role.value: text for role, text in role_words().items()}
    )
    crumbs = (Link("/city", _("Your entries")), Link("", page.title, True))
    return render(request, "cities/invitations.html", page, crumbs=crumbs, role=_("city official"))


@post("/city/invitations/{official_id:int}/accept", guards=[needs_sign_in], status_code=303)
async def accept_invitation(request: AnyRequest, official_id: FromPath[int]) -> Response[bytes]:
    entrant_id = await services.accept_invitation(
        official_id=bounded(official_id), actor=actor_of(request), clock=arrival_of(request.scope).clock
    )
    flash = Flash("good", _("You act for this entrant now"))
    return redirect(request, f"/city/entrants/{entrant_id}", flash=flash)


@post("/city/invitations/{official_id:int}/decline", guards=[needs_sign_in], status_code=303)
async def decline_invitation(request: AnyRequest, official_id: FromPath[int]) -> Response[bytes]:
    await services.decline_invitation(
        official_id=bounded(official_id), actor=actor_of(request), clock=arrival_of(request.scope).clock
    )
    return redirect(request, "/city/invitations", flash=Flash("", _("The invitation is declined")))


ROUTES: list[HTTPRouteHandler] = [
    new_entrant_page,
    new_entrant,
    join_entrant,
    entrant_page,
    invite_official,
    end_official,
    invitations_page,
    accept_invitation,
    decline_invitation,
]
