"""A person's own account, and proving who they are."""

from collections.abc import Mapping

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct, field

from awards.accounts import queries, services
from awards.accounts.forms import (
    ChangePassword,
    ChangePerson,
    EndSession,
    ProveIdentity,
    parse_with_password,
)
from awards.accounts.pages.parts import AnyRequest
from awards.accounts.queries import SessionRow
from awards.accounts.rules import zones
from awards.errors import Invalid, NotFound
from awards.web import i18n
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import own_path, redirect, render
from awards.web.session import actor_of, needs_sign_in
from awards.web.site import site_of


class AccountPage(Struct, frozen=True):
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


class ProvePage(Struct, frozen=True):
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


ROUTES: list[HTTPRouteHandler] = [
    account_page,
    change_person,
    change_password,
    end_session,
    prove_page,
    prove,
]
