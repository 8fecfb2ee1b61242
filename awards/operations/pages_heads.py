"""The head of the trail outside the house: for everybody to compare, and who is mailed it every day."""

from datetime import datetime, time, timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, run_by
from awards.errors import Invalid, NotFound
from awards.operations import queries_heads, services_heads
from awards.operations.forms import NameHolder
from awards.operations.queries import read_trail
from awards.operations.queries_heads import Compared, DayHead, HolderRow
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect, render, render_public
from awards.web.session import actor_of, language_of, needs_sign_in
from awards.web.site import site_of

AnyRequest = Request[Any, Any, Any]

LONGEST_HEAD = 100
ENOUGH_HOLDERS = 2


class HeadsPage(Struct, frozen=True):
    title: str
    days: tuple[DayHead, ...]
    key: str
    asked: str
    compared: Compared | None


@get("/heads", opt={"public": True})
async def heads(request: AnyRequest) -> Response[bytes]:
    now = arrival_of(request.scope).at
    asked = request.query_params.get("head", "").strip()[:LONGEST_HEAD]
    compared = await queries_heads.compare(asked) if asked else None
    page = HeadsPage(
        _("Heads of the record"),
        tuple(await queries_heads.days()),
        queries_heads.signing_key(),
        asked,
        compared,
    )
    return render_public(request, "operations/heads.html", page, until=_next_day(now))


def _next_day(now: datetime) -> datetime:
    return datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)


# --- whoever was asked --------------------------------------------------------------------------------


class HolderPage(Struct, frozen=True):
    title: str
    holder: HolderRow
    action: str


@get("/heads/holder/{token:str}")
async def holder(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    found = await queries_heads.holder_by(token)
    if found is None:
        raise NotFound
    if found.ended_at is not None:
        title = _("No mail is sent to you any more")
    else:
        title = _("You hold the record") if found.holds else _("Will you hold the record?")
    page = HolderPage(title, found, f"/heads/holder/{token}")
    return render(request, "operations/holder.html", page)


@post("/heads/holder/{token:str}", status_code=303)
async def hold(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    site = site_of(request)
    await services_heads.hold(
        token=token,
        lang=language_of(request, site.cookies, site.languages),
        clock=arrival_of(request.scope).clock,
    )
    return redirect(request, f"/heads/holder/{token}")


@post("/heads/holder/{token:str}/end", status_code=303)
async def hold_no_longer(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    await services_heads.hold_no_longer(token=token, clock=arrival_of(request.scope).clock)
    return redirect(request, f"/heads/holder/{token}")


# --- the desk -----------------------------------------------------------------------------------------


class HoldersPage(Struct, frozen=True):
    title: str
    path: str
    holders: tuple[HolderRow, ...]
    days: tuple[DayHead, ...]
    too_few: bool
    may_name: bool
    fields: Fields
    errors: FormErrors = NO_ERRORS


@get("/desk/{programme:str}/{edition:str}/audit/holders", guards=[needs_sign_in])
async def holders(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    found, auditor = await read_trail(actor_of(request), programme, edition)
    return await _holders(request, found, may_name=not auditor)


@post("/desk/{programme:str}/{edition:str}/audit/holders", guards=[needs_sign_in], status_code=303)
async def name_holder(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    found = await run_by(actor, programme, edition)
    fields = await read_fields(request)
    command = parse(NameHolder, fields)
    if isinstance(command, FormErrors):
        return await _holders(request, found, may_name=True, fields=fields, errors=command)
    try:
        await services_heads.name_holder(
            command=command, edition=found, actor=actor, clock=arrival_of(request.scope).clock
        )
    except Invalid as refusal:
        errors = FormErrors(refusal.errors)
        return await _holders(request, found, may_name=True, fields=fields, errors=errors)
    flash = Flash("good", _("The mail is on its way"), _("%(name)s is asked to say yes.", name=command.name))
    return redirect(request, f"{found.desk}/audit/holders", flash=flash)


@post(
    "/desk/{programme:str}/{edition:str}/audit/holders/{holder_id:int}/end",
    guards=[needs_sign_in],
    status_code=303,
)
async def end_holder(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], holder_id: FromPath[int]
) -> Response[bytes]:
    actor = actor_of(request)
    found = await run_by(actor, programme, edition)
    await services_heads.end_holder(
        holder_id=holder_id, edition=found, actor=actor, clock=arrival_of(request.scope).clock
    )
    flash = Flash("good", _("No further head is mailed to them"), _("The mails that they have stay good."))
    return redirect(request, f"{found.desk}/audit/holders", flash=flash)


async def _holders(
    request: AnyRequest,
    edition: EditionRow,
    *,
    may_name: bool,
    fields: Fields | None = None,
    errors: FormErrors = NO_ERRORS,
) -> Response[bytes]:
    path = f"{edition.desk}/audit/holders"
    known = await queries_heads.holders_of(edition.programme_id, arrival_of(request.scope).at)
    page = HoldersPage(
        title=_("Who holds the heads"),
        path=path,
        holders=tuple(known),
        days=tuple((await queries_heads.days())[:1]),
        too_few=sum(one.holds and not one.inside for one in known) < ENOUGH_HOLDERS,
        may_name=may_name,
        fields=fields if fields is not None else Fields([]),
        errors=errors,
    )
    crumbs = (Link(f"{edition.desk}/audit", _("Audit trail")), Link("", page.title, current=True))
    status = 422 if errors else 200
    return on_desk(request, edition, "operations/holders.html", page, crumbs=crumbs, status=status)


ROUTES: list[HTTPRouteHandler] = [heads, holder, hold, hold_no_longer, holders, name_holder, end_holder]
