"""Where the secretariat stops an edition while something is looked into, and lets it go on."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct, field

from awards.accounts.rules import FRESH_PROOF
from awards.actor import Actor
from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, run_by, seen_by
from awards.editions.queries.halts import HaltRow, halts_of
from awards.editions.rules import Role, in_secretariat
from awards.publication import services
from awards.publication.forms import EndHalt, HaltEdition
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in, proved_since

AnyRequest = Request[Any, Any, Any]
HERE = "/desk/{programme:str}/{edition:str}/halt"


class HaltPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    halted: HaltRow | None
    past: tuple[HaltRow, ...]
    may_change: bool
    proved: bool
    prove: str
    reason: str = ""
    errors: FormErrors = field(default=NO_ERRORS)

    @property
    def path(self) -> str:
        return f"{self.edition.desk}/halt"


@get(HERE, guards=[needs_sign_in])
async def halt_page(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    actor = actor_of(request)
    return await _page(request, await seen_by(actor, programme, edition, Role.AUDITOR), actor)


@post(HERE, guards=[needs_sign_in], status_code=303)
async def halt(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    fields = await read_fields(request)
    command = parse(HaltEdition, {**fields, "edition_id": row.id})
    if isinstance(command, FormErrors):
        return await _page(request, row, actor, fields.get("reason", ""), command, 422)
    await services.halt_edition(command=command, actor=actor, clock=arrival_of(request.scope).clock)
    said = Flash(
        "good",
        _("%(edition)s is stopped", edition=row.name),
        _("No sheet is written, and nothing comes out."),
    )
    return redirect(request, f"{row.desk}/halt", flash=said)


@post(HERE + "/end", guards=[needs_sign_in], status_code=303)
async def end(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    if not proved_since(actor, arrival_of(request.scope).at - FRESH_PROOF):
        return redirect(request, _prove(row))
    fields = await read_fields(request)
    command = parse(EndHalt, {**fields, "edition_id": row.id})
    if isinstance(command, FormErrors):
        return await _page(request, row, actor, fields.get("reason", ""), command, 422)
    await services.end_halt(command=command, actor=actor, clock=arrival_of(request.scope).clock)
    said = Flash(
        "good", _("%(edition)s goes on", edition=row.name), _("What was withdrawn has to be signed again.")
    )
    return redirect(request, f"{row.desk}/halt", flash=said)


def _prove(row: EditionRow) -> str:
    return f"/prove?next={quote(row.desk + '/halt')}"


async def _page(
    request: AnyRequest,
    row: EditionRow,
    actor: Actor,
    reason: str = "",
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    halts = await halts_of(row.id)
    halted = next((one for one in halts if one.ended_at is None), None)
    page = HaltPage(
        title=_("%(edition)s is stopped", edition=row.name)
        if halted
        else _("Stop %(edition)s", edition=row.name),
        edition=row,
        halted=halted,
        past=tuple(one for one in halts if one is not halted),
        may_change=in_secretariat(actor, row.programme_id, row.id),
        proved=proved_since(actor, arrival_of(request.scope).at - FRESH_PROOF),
        prove=_prove(row),
        reason=reason,
        errors=errors,
    )
    crumbs = (Link(row.desk, row.name), Link("", page.title, True))
    return on_desk(request, row, "publication/halt.html", page, crumbs=crumbs, status=status)


ROUTES: list[HTTPRouteHandler] = [halt_page, halt, end]
