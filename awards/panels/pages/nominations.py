"""A member city names people for the pool of judges."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.cities.queries import MyEntrant, entrant_of
from awards.cities.regions import COUNTRIES
from awards.cities.rules import WRITERS
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.panels import services
from awards.panels.forms_nominations import NameJudge, WithdrawNaming
from awards.panels.queries.nominations import Named, editions_to_nominate_for, named_by
from awards.panels.rules import NominationState
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import BIGGEST_ID, parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in
from awards.web.words import country as country_name

AnyRequest = Request[Any, Any, Any]
HERE = "/city/entrants/{entrant_id:int}/nominations"
FIELDS = ("edition", "name", "email", "country", "expertise", "reason")
# Whether the person answered, and how, is theirs to tell: the city reads the secretariat's word alone.
SHOWN = {
    NominationState.ACCEPTED: "accepted",
    NominationState.AGREED: "accepted",
    NominationState.REFUSED: "accepted",
}


class NominationsPage(Struct, frozen=True):
    title: str
    path: str
    entrant: MyEntrant
    named: tuple[tuple[Named, str], ...]
    """With what the city reads of each: asked, accepted, declined or withdrawn."""
    editions: tuple[Choice, ...]
    countries: tuple[Choice, ...]
    may_write: bool
    values: Mapping[str, str]
    errors: FormErrors = NO_ERRORS


async def _own(request: AnyRequest, entrant_id: int) -> MyEntrant:
    """For who acts for it; who only asked to is told nothing yet."""
    if not 0 < entrant_id <= BIGGEST_ID:
        raise NotFound
    found = await entrant_of(actor_of(request), entrant_id, arrival_of(request.scope).at)
    if found.role is None:
        raise NotFound
    return found


async def _draw(
    request: AnyRequest,
    entrant: MyEntrant,
    values: Mapping[str, str] | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    editions = await editions_to_nominate_for(entrant.id, arrival_of(request.scope).at)
    typed = values or {}
    page = NominationsPage(
        title=_("Name judges"),
        path=f"/city/entrants/{entrant.id}/nominations",
        entrant=entrant,
        named=tuple((one, SHOWN.get(one.state, one.state.value)) for one in await named_by(entrant.id)),
        editions=tuple(Choice(str(one.id), one.name) for one in editions),
        countries=tuple(
            Choice(code, name) for name, code in sorted((country_name(code), code) for code in COUNTRIES)
        ),
        may_write=entrant.role in WRITERS,
        values={name: typed.get(name, "") for name in FIELDS},
        errors=errors,
    )
    crumbs = (
        Link("/city", _("Your entries")),
        Link(f"/city/entrants/{entrant.id}", entrant.name),
        Link("", page.title, True),
    )
    return render(
        request, "panels/nominations.html", page, status=status, crumbs=crumbs, role=_("city official")
    )


@get(HERE, guards=[needs_sign_in])
async def nominations(request: AnyRequest, entrant_id: FromPath[int]) -> Response[bytes]:
    return await _draw(request, await _own(request, entrant_id))


@post(HERE, guards=[needs_sign_in], status_code=303)
async def name_judge(request: AnyRequest, entrant_id: FromPath[int]) -> Response[bytes]:
    entrant = await _own(request, entrant_id)
    fields = await read_fields(request)
    command = parse(NameJudge, fields)
    if isinstance(command, FormErrors):
        return await _draw(request, entrant, fields, command, 422)
    try:
        await services.name_judge(
            entrant_id=entrant.id,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return await _draw(request, entrant, fields, FormErrors(problem.errors), 422)
    except Denied as problem:
        return await _draw(request, entrant, fields, FormErrors({"": problem.why}), 403)
    flash = Flash(
        "good", _("The secretariat has your nomination"), _("You get a mail when it is decided on.")
    )
    return redirect(request, f"/city/entrants/{entrant.id}/nominations", flash=flash)


@post(HERE + "/withdraw", guards=[needs_sign_in], status_code=303)
async def withdraw(request: AnyRequest, entrant_id: FromPath[int]) -> Response[bytes]:
    entrant = await _own(request, entrant_id)
    command = parse(WithdrawNaming, await read_fields(request))
    if isinstance(command, FormErrors):
        return await _draw(request, entrant, None, command, 422)
    try:
        await services.withdraw_naming(
            entrant_id=entrant.id,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Denied as problem:
        return await _draw(request, entrant, None, FormErrors({"": problem.why}), 403)
    except Stale:
        why = _("The secretariat has decided on it meanwhile.")
        return await _draw(request, entrant, None, FormErrors({"": why}), 409)
    flash = Flash("", _("Your nomination is withdrawn"))
    return redirect(request, f"/city/entrants/{entrant.id}/nominations", flash=flash)


ROUTES: list[HTTPRouteHandler] = [nominations, name_judge, withdraw]
