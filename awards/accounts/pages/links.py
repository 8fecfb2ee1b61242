"""The links of mails: to open one changes nothing."""

from collections.abc import Mapping

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards import ids
from awards.accounts import queries, services
from awards.accounts.forms import (
    ChoosePassword,
    CompleteAccount,
    parse_with_password,
)
from awards.accounts.pages.parts import AnyRequest, after_others, origin_of, session_cookies
from awards.accounts.queries import LinkRow, LinkState
from awards.accounts.rules import INVITATIONS, Purpose
from awards.errors import Denied
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.frame import NO_ERRORS, Flash, FormErrors
from awards.web.i18n import _
from awards.web.render import redirect, render
from awards.web.session import signed_in

CONFIRM = frozenset({Purpose.CONFIRM})
RESET = frozenset({Purpose.RESET})

# Where an invited person goes on once they are signed in; there they accept or decline.
DESTINATIONS: Mapping[Purpose, str] = {
    Purpose.CONFIRM: "/start",
    Purpose.SEAT: "/bench",
    Purpose.OFFICIAL: "/city/invitations",
    Purpose.ROLE: "/start",
    Purpose.NOMINATION: "/bench/nominations",
}


class LinkPage(Struct, frozen=True):
    """A link that cannot be used: why, and what to do instead."""

    title: str
    text: str
    href: str
    action: str


class CompletePage(Struct, frozen=True):
    title: str
    action: str
    purpose: str
    email: str
    name: str
    errors: FormErrors = NO_ERRORS


class InvitationPage(Struct, frozen=True):
    title: str
    purpose: str
    email: str
    next: str
    other_name: str = ""
    errors: FormErrors = NO_ERRORS


class ResetPage(Struct, frozen=True):
    title: str
    action: str
    email: str
    errors: FormErrors = NO_ERRORS


@get("/confirm/{token:str}")
async def confirm_page(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    link = await _link(request, token, CONFIRM)
    if over := _over(request, link, "/sign-up"):
        return over
    return _complete(request, f"/confirm/{token}", link)


@post("/confirm/{token:str}", status_code=303)
async def confirm(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    link = await _link(request, token, CONFIRM)
    if over := _over(request, link, "/sign-up"):
        return over
    return await _completed(request, f"/confirm/{token}", token, link)


@get("/invitation/{token:str}")
async def invitation_page(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    link = await _link(request, token, INVITATIONS)
    to = DESTINATIONS[link.purpose]
    found = signed_in(request)
    if found is not None and found.actor.person_id == link.person_id:
        return redirect(request, to)
    if over := _over(request, link, ""):
        return over
    if link.has_password or found is not None:
        page = InvitationPage(
            title=_("Your invitation"),
            purpose=link.purpose.value,
            email=link.email,
            next=to if link.has_password else f"/invitation/{token}",
            other_name=found.actor.name if found else "",
        )
        return render(request, "accounts/invitation.html", page)
    return _complete(request, f"/invitation/{token}", link)


@post("/invitation/{token:str}", status_code=303)
async def invitation(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    link = await _link(request, token, INVITATIONS)
    if over := _over(request, link, ""):
        return over
    return await _completed(request, f"/invitation/{token}", token, link)


@get("/reset/{token:str}")
async def reset_page(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    link = await _link(request, token, RESET)
    if over := _over(request, link, "/reset"):
        return over
    page = ResetPage(_("Choose a new password"), f"/reset/{token}", link.email)
    return render(request, "accounts/reset.html", page)


@post("/reset/{token:str}", status_code=303)
async def reset(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    link = await _link(request, token, RESET)
    if over := _over(request, link, "/reset"):
        return over
    fields = await read_fields(request)
    command = parse_with_password(ChoosePassword, fields, address=link.email)
    if isinstance(command, FormErrors):
        page = ResetPage(_("Choose a new password"), f"/reset/{token}", link.email, command)
        return render(request, "accounts/reset.html", page, status=422)
    session = await services.choose_new_password(
        token_sha256=ids.token_hash(token),
        password=command.password,
        origin=origin_of(request),
        clock=arrival_of(request.scope).clock,
    )
    flash = Flash("good", _("Your password is changed"), _("You have been signed out everywhere else."))
    answer = redirect(request, "/start", flash=flash, cookies=session_cookies(request, session))
    return await after_others(request, answer, session)


async def _link(request: AnyRequest, token: str, purposes: frozenset[Purpose]) -> LinkRow:
    return await queries.link_of(ids.token_hash(token), purposes, arrival_of(request.scope).at)


def _over(request: AnyRequest, link: LinkRow, again: str) -> Response[bytes] | None:
    """The page for a link that is no longer good; `again` is where one asks for another."""
    if link.state is LinkState.GOOD and not (link.purpose is Purpose.CONFIRM and link.has_password):
        return None
    sign_in_instead = ("/sign-in", _("Sign in"))
    if link.purpose is Purpose.CONFIRM and link.has_password:
        title = _("You have an account already")
        text = _("This address belongs to an account. Sign in with it, or choose a new password there.")
        href, action = sign_in_instead
    elif link.state is LinkState.USED:
        title = _("This link has been used")
        if link.purpose is Purpose.RESET:
            text = _("Each link changes the password once. If it was not you, ask for a new one at once.")
            href, action = "/reset", _("Choose a new password")
        else:
            text = _("Each link works once. What it led to is waiting for you after signing in.")
            href, action = sign_in_instead
    else:
        title = _("This link is too old")
        if again:
            text = _("Links work for a limited time, to protect your account. Ask for a new one.")
            href, action = again, _("Ask for a new link")
        else:
            text = _("Invitations end after some time. Write to whoever invited you, and ask for a new one.")
            href, action = sign_in_instead
    page = LinkPage(title, text, href, action)
    return render(request, "accounts/link_over.html", page, status=410)


def _complete(
    request: AnyRequest, action: str, link: LinkRow, name: str | None = None, errors: FormErrors = NO_ERRORS
) -> Response[bytes]:
    page = CompletePage(
        title=_("Create your account"),
        action=action,
        purpose=link.purpose.value,
        email=link.email,
        name=link.name if name is None else name,
        errors=errors,
    )
    return render(request, "accounts/complete.html", page, status=422 if errors else 200)


async def _completed(request: AnyRequest, action: str, token: str, link: LinkRow) -> Response[bytes]:
    fields = await read_fields(request)
    command = parse_with_password(CompleteAccount, fields, address=link.email)
    if isinstance(command, FormErrors):
        return _complete(request, action, link, fields.get("name", ""), command)
    try:
        session = await services.complete_account(
            token_sha256=ids.token_hash(token),
            command=command,
            origin=origin_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Denied as problem:
        return redirect(request, "/sign-in", flash=Flash("now", _("Sign in"), problem.why))
    flash = Flash("good", _("Your account is ready"), _("You sign in with %(email)s.", email=link.email))
    answer = redirect(
        request, DESTINATIONS[link.purpose], flash=flash, cookies=session_cookies(request, session)
    )
    return await after_others(request, answer, session)


ROUTES: list[HTTPRouteHandler] = [
    confirm_page,
    confirm,
    invitation_page,
    invitation,
    reset_page,
    reset,
]
