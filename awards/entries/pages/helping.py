"""Asking the secretariat for help with a draft, and taking that back."""

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.entries import queries
from awards.entries.forms_deadlines import AskForHelp
from awards.entries.pages.frame import AnyRequest, render_entry
from awards.entries.queries import OwnEntry
from awards.entries.queries.drafts import HelpRow, help_with
from awards.entries.rules import may_ask_for_help
from awards.entries.services.help import ask_for_help, end_help
from awards.errors import Invalid
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

HERE = "/city/entries/{reference:str}"


class HelpPage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    asked: HelpRow | None
    refused: str
    text: str
    errors: FormErrors = NO_ERRORS


async def _help(
    request: AnyRequest, reference: str, text: str, errors: FormErrors, status: int = 200
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    entry = await queries.own_entry(actor_of(request), reference, now)
    refused = may_ask_for_help(entry.state, entry.call, now)
    page = HelpPage(
        title=_("Ask the secretariat for help"),
        entry=entry,
        asked=await help_with(entry.id),
        refused=refused.why if refused else "",
        text=text,
        errors=errors,
    )
    return render_entry(request, "entries/help.html", page, entry, here=page.title, status=status)


@get(HERE + "/help", guards=[needs_sign_in])
async def help_page(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    return await _help(request, reference, "", NO_ERRORS)


@post(HERE + "/help", guards=[needs_sign_in], status_code=303)
async def ask(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    fields = await read_fields(request)
    text = fields.get("text", "")
    command = parse(AskForHelp, fields)
    if isinstance(command, FormErrors):
        return await _help(request, reference, text, command, 422)
    try:
        await ask_for_help(
            reference=reference,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return await _help(request, reference, text, FormErrors(problem.errors), 422)
    flash = Flash(
        "good", _("The secretariat is asked"), _("It may read this draft until you take that back.")
    )
    return redirect(request, f"/city/entries/{reference}/help", flash=flash)


@post(HERE + "/help/end", guards=[needs_sign_in], status_code=303)
async def end(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    await end_help(reference=reference, actor=actor_of(request), clock=arrival_of(request.scope).clock)
    flash = Flash("good", _("The secretariat can no longer read this draft"))
    return redirect(request, f"/city/entries/{reference}/help", flash=flash)


ROUTES: list[HTTPRouteHandler] = [help_page, ask, end]
