"""What ties an entrant to others, for the secretariat: twins, bodies it is a member of, firms that supply it."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.cities import queries, services
from awards.cities.forms import EndLink, LinkEntrants
from awards.cities.pages.words import bounded
from awards.cities.queries import EntrantRow, LinkRow
from awards.cities.rules import LinkKind
from awards.errors import Invalid, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]
HERE = "/desk/cities/{entrant_id:int}/links"


class LinksPage(Struct, frozen=True):
    title: str
    entrant: EntrantRow
    path: str
    links: tuple[tuple[LinkRow, str], ...]
    """With what ties the two, in words."""
    kinds: tuple[Choice, ...]
    others: tuple[Choice, ...]
    values: Mapping[str, str]
    errors: FormErrors = NO_ERRORS


def _words(link: LinkRow) -> str:
    if link.kind is LinkKind.TWIN:
        return _("twin of")
    if link.kind is LinkKind.MEMBER:
        return _("member of") if link.first else _("has as a member")
    return _("supplies") if link.first else _("supplied by")


async def _draw(
    request: AnyRequest,
    entrant_id: int,
    values: Mapping[str, str] | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    entrant = await queries.entrant_for_desk(actor_of(request), bounded(entrant_id))
    page = LinksPage(
        title=_("Ties of %(name)s", name=entrant.name),
        entrant=entrant,
        path=f"/desk/cities/{entrant.id}/links",
        links=tuple((link, _words(link)) for link in await queries.links_of(entrant.id)),
        kinds=(
            Choice(LinkKind.TWIN.value, _("Twin of")),
            Choice(LinkKind.MEMBER.value, _("Member of")),
            Choice(LinkKind.SUPPLIER.value, _("Supplied by")),
        ),
        others=tuple(
            Choice(str(number), f"{name}, {country}")
            for number, name, country in await queries.approved_entrants()
            if number != entrant.id
        ),
        values={"kind": "twin", "other": "", **(values or {})},
        errors=errors,
    )
    crumbs = (
        Link("/desk", _("Desk")),
        Link("/desk/cities", _("Cities and other entrants")),
        Link(f"/desk/cities/{entrant.id}", entrant.name),
        Link("", _("Ties"), True),
    )
    return render(request, "cities/links.html", page, crumbs=crumbs, role=_("secretariat"), status=status)


@get(HERE, guards=[needs_sign_in])
async def links_page(request: AnyRequest, entrant_id: FromPath[int]) -> Response[bytes]:
    return await _draw(request, entrant_id)


@post(HERE, guards=[needs_sign_in], status_code=303)
async def link(request: AnyRequest, entrant_id: FromPath[int]) -> Response[bytes]:
    fields = await read_fields(request)
    command = parse(LinkEntrants, fields)
    if isinstance(command, FormErrors):
        return await _draw(request, entrant_id, fields, command, 422)
    try:
        await services.link_entrants(
            entrant_id=bounded(entrant_id),
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return await _draw(request, entrant_id, fields, FormErrors(problem.errors), 422)
    return redirect(request, f"/desk/cities/{entrant_id}/links", flash=Flash("good", _("Saved")))


@post(HERE + "/end", guards=[needs_sign_in], status_code=303)
async def end(request: AnyRequest, entrant_id: FromPath[int]) -> Response[bytes]:
    command = parse(EndLink, await read_fields(request))
    if isinstance(command, FormErrors):
        return await _draw(request, entrant_id, None, command, 422)
    try:
        await services.end_link(
            entrant_id=bounded(entrant_id),
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Stale:
        return await _draw(request, entrant_id, None, FormErrors({"": _("It has ended already")}), 409)
    return redirect(request, f"/desk/cities/{entrant_id}/links", flash=Flash("", _("The tie has ended")))


ROUTES: list[HTTPRouteHandler] = [links_page, link, end]
