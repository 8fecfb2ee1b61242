"""An entrant's membership of programmes, as the secretariat sets it."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.cities.queries import EntrantRow, entrant_for_desk
from awards.editions.forms_memberships import EndMembership, MemberKind, StartMembership
from awards.editions.queries.memberships import MembershipRow, memberships_of
from awards.editions.queries.programmes import programmes_run_by
from awards.editions.services.memberships import end_membership, start_membership
from awards.errors import Invalid, NotFound
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import BIGGEST_ID, parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]


class MembershipPage(Struct, frozen=True):
    title: str
    entrant: EntrantRow
    memberships: tuple[MembershipRow, ...]
    kind_words: Mapping[str, str]
    programmes: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    values: Mapping[str, str]
    errors: FormErrors = NO_ERRORS


def _kinds() -> dict[str, str]:
    return {MemberKind.FULL.value: _("Full member"), MemberKind.ASSOCIATE.value: _("Associate member")}


async def _page(
    request: AnyRequest, entrant_id: int, values: Mapping[str, str], errors: FormErrors
) -> Response[bytes]:
    actor = actor_of(request)
    entrant = await entrant_for_desk(actor, _bounded(entrant_id))
    page = MembershipPage(
        title=_("Membership of %(name)s", name=entrant.name),
        entrant=entrant,
        memberships=tuple(await memberships_of(entrant.id)),
        kind_words=_kinds(),
        programmes=tuple(Choice(str(row.id), row.name) for row in await programmes_run_by(actor)),
        kinds=tuple(Choice(kind, text) for kind, text in _kinds().items()),
        values={"programme": "", "kind": "full", "since": "", "until": "", **values},
        errors=errors,
    )
    crumbs = (
        Link("/desk", _("Desk")),
        Link("/desk/cities", _("Cities and other entrants")),
        Link(f"/desk/cities/{entrant.id}", entrant.name),
        Link("", _("Membership"), True),
    )
    return render(
        request, "editions/memberships.html", page, crumbs=crumbs, role=_("secretariat"),
        status=422 if errors else 200,
    )  # fmt: skip


def _bounded(number: int) -> int:
    if not 1 <= number <= BIGGEST_ID:
        raise NotFound
    return number


@get("/desk/cities/{entrant_id:int}/membership", guards=[needs_sign_in])
async def memberships_page(request: AnyRequest, entrant_id: FromPath[int]) -> Response[bytes]:
    return await _page(request, entrant_id, {}, NO_ERRORS)


@post("/desk/cities/{entrant_id:int}/membership", guards=[needs_sign_in], status_code=303)
async def start(request: AnyRequest, entrant_id: FromPath[int]) -> Response[bytes]:
    fields = await read_fields(request)
    command = parse(StartMembership, fields)
    if isinstance(command, FormErrors):
        return await _page(request, entrant_id, fields, command)
    try:
        await start_membership(
            entrant_id=_bounded(entrant_id),
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return await _page(request, entrant_id, fields, FormErrors(problem.errors))
    return redirect(request, f"/desk/cities/{entrant_id}/membership", flash=Flash("good", _("Saved")))


@post("/desk/cities/{entrant_id:int}/membership/end", guards=[needs_sign_in], status_code=303)
async def end(request: AnyRequest, entrant_id: FromPath[int]) -> Response[bytes]:
    fields = await read_fields(request)
    command = parse(EndMembership, fields)
    if isinstance(command, FormErrors):
        return await _page(request, entrant_id, {"until": fields.get("until", "")}, command)
    try:
        await end_membership(
            entrant_id=_bounded(entrant_id),
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return await _page(
            request, entrant_id, {"until": fields.get("until", "")}, FormErrors(problem.errors)
        )
    return redirect(request, f"/desk/cities/{entrant_id}/membership", flash=Flash("good", _("Saved")))


ROUTES: list[HTTPRouteHandler] = [memberships_page, start, end]
