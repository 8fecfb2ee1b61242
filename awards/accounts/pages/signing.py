"""Signing up, in and out, and asking for a new password."""

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from awards.accounts import services
from awards.accounts.forms import (
    AskByMail,
    SignIn,
)
from awards.accounts.pages.again import SignInPage, give_back, kept_in
from awards.accounts.pages.parts import AnyRequest, after_others, clear, origin_of, session_cookies
from awards.errors import Invalid
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors
from awards.web.i18n import _
from awards.web.render import own_path, redirect, render
from awards.web.session import actor_of, needs_sign_in, signed_in
from awards.web.site import site_of


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
    to, kept = own_path(fields.get("next", ""), "/start"), kept_in(fields)
    if isinstance(command, FormErrors):
        errors = command
    else:
        try:
            token = await services.sign_in(
                command=command, origin=origin_of(request), clock=arrival_of(request.scope).clock
            )
        except Invalid as problem:
            errors = FormErrors(problem.errors)
        else:
            cookies = session_cookies(request, token, shared=command.shared)
            if kept:
                answer = await give_back(request, kept, to, token, cookies)
            else:
                answer = redirect(request, to, cookies=cookies)
            return await after_others(request, answer, token)
    page = SignInPage(_("Sign in"), fields.get("email", ""), to, kept, errors)
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
    clear(request, answer)
    return answer


class AskPage(Struct, frozen=True):
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
        command=command, origin=origin_of(request), clock=arrival_of(request.scope).clock
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
        command=command, origin=origin_of(request), clock=arrival_of(request.scope).clock
    )
    return redirect(request, "/check-mail")


class PlainPage(Struct, frozen=True):
    title: str


@get("/check-mail")
async def check_mail(request: AnyRequest) -> Response[bytes]:
    """The same for a known and an unknown address."""
    return render(request, "accounts/check_mail.html", PlainPage(_("Look into your mail")))


ROUTES: list[HTTPRouteHandler] = [
    sign_in_page,
    sign_in,
    sign_out,
    sign_up_page,
    sign_up,
    ask_reset_page,
    ask_reset,
    check_mail,
]
