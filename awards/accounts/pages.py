"""Signing up, in and out; the links of mails; a person's own account."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from awards import ids
from awards.accounts import queries, services
from awards.accounts.forms import (
    AskByMail,
    ChangePassword,
    ChangePerson,
    ChoosePassword,
    CompleteAccount,
    EndSession,
    ProveIdentity,
    SignIn,
    parse_with_password,
)
from awards.accounts.queries import LinkRow, LinkState, SessionRow
from awards.accounts.rules import ABSOLUTE, INVITATIONS, Purpose, zones
from awards.errors import Denied, Invalid, NotFound
from awards.web import i18n
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import own_path, redirect, render
from awards.web.session import actor_of, needs_sign_in, signed_in
from awards.web.site import site_of

AnyRequest = Request[Any, Any, Any]
CONFIRM = frozenset({Purpose.CONFIRM})
RESET = frozenset({Purpose.RESET})

# Where an invited person goes on once they are signed in; there they accept or decline.
DESTINATIONS: Mapping[Purpose, str] = {
    Purpose.CONFIRM: "/start",
    Purpose.SEAT: "/bench",
    Purpose.OFFICIAL: "/city/invitations",
    Purpose.ROLE: "/start",
}


# --- signing in and out -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SignInPage:
    title: str
    email: str
    next: str
    errors: FormErrors = NO_ERRORS


@get("/sign-in")
async def sign_in_page(request: AnyRequest) -> Response[bytes]:
    to = own_path(request.query_params.get("next", ""), "/start")
    if signed_in(request) is not None:
        return redirect(request, to)
    return render(request, "accounts/sign_in.html", SignInPage(_("Sign in"), "", to))


@post("/sign-in", status_code=303)
async def sign_in(request: AnyRequest) -> Response[bytes]:
    fields = await read_fields(request)
    command = parse(SignIn, fields)
    to = own_path(fields.get("next", ""), "/start")
    if isinstance(command, FormErrors):
        errors = command
    else:
        try:
            token = await services.sign_in(
                command=command, origin=_origin(request), clock=arrival_of(request.scope).clock
            )
        except Invalid as problem:
            errors = FormErrors(problem.errors)
        else:
            return redirect(request, to, cookies=_session_cookies(request, token, shared=command.shared))
    page = SignInPage(_("Sign in"), fields.get("email", ""), to, errors)
    return render(request, "accounts/sign_in.html", page, status=422)


@post("/sign-out", guards=[needs_sign_in], status_code=303)
async def sign_out(request: AnyRequest) -> Response[bytes]:
    await services.sign_out(actor=actor_of(request), clock=arrival_of(request.scope).clock)
    cookies = site_of(request).cookies
    answer = redirect(
        request,
        "/sign-in",
        flash=Flash("good", _("You are signed out")),
        cookies=[cookies.drop(cookies.session)],
    )
    # What the browser kept of pages for one person goes; the cookies of the next page stay.
    answer.headers["clear-site-data"] = '"cache", "storage"'
    return answer


# --- asking for a mail --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AskPage:
    title: str
    email: str = ""
    errors: FormErrors = NO_ERRORS


@get("/sign-up")
async def sign_up_page(request: AnyRequest) -> Response[bytes]:
    return render(request, "accounts/sign_up.html", AskPage(_("Create an account")))


@post("/sign-up", status_code=303)
async def sign_up(request: AnyRequest) -> Response[bytes]:
    fields = await read_fields(request)
    command = parse(AskByMail, fields)
    if isinstance(command, FormErrors):
        page = AskPage(_("Create an account"), fields.get("email", ""), command)
        return render(request, "accounts/sign_up.html", page, status=422)
    await services.ask_to_sign_up(
        command=command, origin=_origin(request), clock=arrival_of(request.scope).clock
    )
    return redirect(request, "/check-mail")


@get("/reset")
async def ask_reset_page(request: AnyRequest) -> Response[bytes]:
    return render(request, "accounts/ask_reset.html", AskPage(_("Choose a new password")))


@post("/reset", status_code=303)
async def ask_reset(request: AnyRequest) -> Response[bytes]:
    fields = await read_fields(request)
    command = parse(AskByMail, fields)
    if isinstance(command, FormErrors):
        page = AskPage(_("Choose a new password"), fields.get("email", ""), command)
        return render(request, "accounts/ask_reset.html", page, status=422)
    await services.ask_for_reset(
        command=command, origin=_origin(request), clock=arrival_of(request.scope).clock
    )
    return redirect(request, "/check-mail")


@dataclass(frozen=True, slots=True)
class PlainPage:
    title: str


@get("/check-mail")
async def check_mail(request: AnyRequest) -> Response[bytes]:
    """The same for a known and an unknown address."""
    return render(request, "accounts/check_mail.html", PlainPage(_("Look into your mail")))


# --- links of mails: to open one changes nothing ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkPage:
    """A link that cannot be used: why, and what to do instead."""

    title: str
    text: str
    href: str
    action: str


@dataclass(frozen=True, slots=True)
class CompletePage:
    title: str
    action: str
    purpose: str
    email: str
    name: str
    errors: FormErrors = NO_ERRORS


@dataclass(frozen=True, slots=True)
class InvitationPage:
    title: str
    purpose: str
    email: str
    next: str
    other_name: str = ""
    errors: FormErrors = NO_ERRORS


@dataclass(frozen=True, slots=True)
class ResetPage:
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
        origin=_origin(request),
        clock=arrival_of(request.scope).clock,
    )
    flash = Flash("good", _("Your password is changed"), _("You have been signed out everywhere else."))
    return redirect(request, "/start", flash=flash, cookies=_session_cookies(request, session))


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
            origin=_origin(request),
            clock=arrival_of(request.scope).clock,
        )
    except Denied as problem:
        return redirect(request, "/sign-in", flash=Flash("now", _("Sign in"), problem.why))
    flash = Flash("good", _("Your account is ready"), _("You sign in with %(email)s.", email=link.email))
    return redirect(
        request, DESTINATIONS[link.purpose], flash=flash, cookies=_session_cookies(request, session)
    )


# --- one's own account --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AccountPage:
    title: str
    email: str
    values: Mapping[str, str]
    languages: tuple[Choice, ...]
    zones: tuple[Choice, ...]
    sessions: tuple[SessionRow, ...]
    errors: FormErrors = field(default=NO_ERRORS)


@get("/account", guards=[needs_sign_in])
async def account_page(request: AnyRequest) -> Response[bytes]:
    return await _account(request)


async def _account(
    request: AnyRequest, values: Mapping[str, str] | None = None, errors: FormErrors = NO_ERRORS
) -> Response[bytes]:
    actor = actor_of(request)
    page = AccountPage(
        title=_("Your account"),
        email=await queries.address_of(actor.person_id),
        values={"name": actor.name, "lang": actor.lang, "zone": actor.zone, **(values or {})},
        languages=tuple(Choice(code, i18n.name_of(code)) for code in site_of(request).languages),
        zones=tuple(Choice(zone, zone.replace("_", " ")) for zone in zones()),
        sessions=tuple(await queries.sessions_of(actor, arrival_of(request.scope).at)),
        errors=errors,
    )
    crumbs = (Link("/start", _("Start")), Link("", page.title, current=True))
    return render(request, "accounts/account.html", page, status=422 if errors else 200, crumbs=crumbs)


@post("/account", guards=[needs_sign_in], status_code=303)
async def change_person(request: AnyRequest) -> Response[bytes]:
    fields = await read_fields(request)
    command = parse(ChangePerson, fields)
    if isinstance(command, ChangePerson) and command.lang not in site_of(request).languages:
        command = FormErrors({"lang": _("Choose one of the languages")})
    if isinstance(command, FormErrors):
        typed = {name: fields[name] for name in ("name", "lang", "zone") if name in fields}
        return await _account(request, typed, command)
    await services.change_person(
        command=command, actor=actor_of(request), clock=arrival_of(request.scope).clock
    )
    return redirect(request, "/account", flash=Flash("good", _("Saved")))


@post("/account/password", guards=[needs_sign_in], status_code=303)
async def change_password(request: AnyRequest) -> Response[bytes]:
    actor = actor_of(request)
    address = await queries.address_of(actor.person_id)
    command = parse_with_password(ChangePassword, await read_fields(request), address=address)
    if isinstance(command, FormErrors):
        return await _account(request, errors=command)
    try:
        await services.change_password(command=command, actor=actor, clock=arrival_of(request.scope).clock)
    except Invalid as problem:
        return await _account(request, errors=FormErrors(problem.errors))
    flash = Flash("good", _("Your password is changed"), _("You have been signed out everywhere else."))
    return redirect(request, "/account", flash=flash)


@post("/account/sessions/end", guards=[needs_sign_in], status_code=303)
async def end_session(request: AnyRequest) -> Response[bytes]:
    command = parse(EndSession, await read_fields(request))
    if isinstance(command, FormErrors):
        raise NotFound
    await services.end_session(
        command=command, actor=actor_of(request), clock=arrival_of(request.scope).clock
    )
    return redirect(request, "/account", flash=Flash("good", _("That device is signed out")))


@dataclass(frozen=True, slots=True)
class ProvePage:
    title: str
    next: str
    email: str
    errors: FormErrors = NO_ERRORS


@get("/prove", guards=[needs_sign_in])
async def prove_page(request: AnyRequest) -> Response[bytes]:
    to = own_path(request.query_params.get("next", ""), "/start")
    return await _prove(request, to)


@post("/prove", guards=[needs_sign_in], status_code=303)
async def prove(request: AnyRequest) -> Response[bytes]:
    fields = await read_fields(request)
    to = own_path(fields.get("next", ""), "/start")
    command = parse(ProveIdentity, fields)
    if isinstance(command, FormErrors):
        return await _prove(request, to, command)
    try:
        await services.prove_identity(
            command=command, actor=actor_of(request), clock=arrival_of(request.scope).clock
        )
    except Invalid as problem:
        return await _prove(request, to, FormErrors(problem.errors))
    return redirect(request, to)


async def _prove(request: AnyRequest, to: str, errors: FormErrors = NO_ERRORS) -> Response[bytes]:
    email = await queries.address_of(actor_of(request).person_id)
    page = ProvePage(_("Your password once more"), to, email, errors)
    return render(request, "accounts/prove.html", page, status=422 if errors else 200)


# --- shared -------------------------------------------------------------------------------------------


def _origin(request: AnyRequest) -> services.From:
    arrival = arrival_of(request.scope)
    found = signed_in(request)
    return services.From(
        address=arrival.address,
        agent=request.headers.get("user-agent", "").replace("\x00", ""),
        request_id=arrival.request_id,
        lang=i18n.current(),
        session_id=found.actor.session_id if found else None,
    )


def _session_cookies(request: AnyRequest, token: str, *, shared: bool = False) -> list[Cookie]:
    """The new session's; the visitor's form token dies with the visit."""
    cookies = site_of(request).cookies
    lasting = None if shared else int(ABSOLUTE.total_seconds())
    return [cookies.set(cookies.session, token, max_age=lasting), cookies.drop(cookies.visit)]


ROUTES: list[HTTPRouteHandler] = [
    sign_in_page,
    sign_in,
    sign_out,
    sign_up_page,
    sign_up,
    ask_reset_page,
    ask_reset,
    check_mail,
    confirm_page,
    confirm,
    invitation_page,
    invitation,
    reset_page,
    reset,
    account_page,
    change_person,
    change_password,
    end_session,
    prove_page,
    prove,
]
