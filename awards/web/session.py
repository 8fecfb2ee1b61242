"""The cookie of a session, and what it is worth: the actor behind a request, and proof that a form is ours."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, cast

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send
from msgspec import Struct

from awards import ids
from awards.actor import Actor
from awards.errors import NotFound
from awards.settings import Settings
from awards.web import i18n
from awards.web.arrival import Arrival, arrival_of
from awards.web.fields import BadInput
from awards.web.frame import Closing

KEY = "awards.signed_in"
# The language under which the answer will be kept: decided once, before the page is drawn.
LANGUAGE = "awards.language"
BIGGEST_ID = 2**31 - 1


class SignedIn(Struct, frozen=True):
    actor: Actor
    csrf: str
    closing: Closing | None = None
    shared: bool = False
    """Said at sign-in: others use this device, so that nothing is ever kept on it."""


# Given by the application: the hash of a session's token and the arrival -> who is signed in.
Identify = Callable[[str, Arrival], Awaitable[SignedIn | None]]


class NotSignedIn(Exception):
    """The page needs a signed-in person: they are sent to sign in and come back."""


class BadOrigin(Exception):
    """The request was not made by a page of ours."""


class Cookies(Struct, frozen=True):
    """Names and attributes: `__Host-` and Secure wherever the base URL is https."""

    secure: bool

    @property
    def session(self) -> str:
        return "__Host-session" if self.secure else "session"

    @property
    def visit(self) -> str:
        return "__Host-visit" if self.secure else "visit"

    @property
    def flash(self) -> str:
        return "__Host-flash" if self.secure else "flash"

    @property
    def keeper(self) -> str:
        """Whose copies of entries this device keeps for work offline, as `person_key` says it."""
        return "__Host-keeper" if self.secure else "keeper"

    @property
    def language(self) -> str:
        return "__Host-language" if self.secure else "language"

    def set(self, key: str, value: str, *, max_age: int | None = None) -> Cookie:
        return Cookie(
            key=key, value=value, path="/", secure=self.secure, httponly=True, samesite="lax", max_age=max_age
        )

    def drop(self, key: str) -> Cookie:
        return self.set(key, "", max_age=0)


class SessionLayer:
    """Finds the actor of every request but those for public pages, which know nobody, and the language."""

    def __init__(self, app: ASGIApp, identify: Identify, cookies: Cookies, languages: Sequence[str]) -> None:
        self.app, self.identify, self.cookies, self.languages = app, identify, cookies, languages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request[Any, Any, Any](scope)
        _refuse_odd_address(scope)
        if not _is_public(scope):
            token = request.cookies.get(self.cookies.session)
            if token:
                found = await self.identify(ids.token_hash(token), arrival_of(scope))
                scope["state"][KEY] = found
        with i18n.use(language_of(request, self.cookies, self.languages)):
            await self.app(scope, receive, send)


def language_of(request: Request[Any, Any, Any], cookies: Cookies, languages: Sequence[str]) -> str:
    """An explicit choice, then the account's language, then the browser's."""
    decided = request.scope["state"].get(LANGUAGE)
    if decided is not None:
        return cast("str", decided)
    found = signed_in(request)
    chosen = request.query_params.get("lang") or request.cookies.get(cookies.language)
    if chosen not in languages and found is not None:
        chosen = found.actor.lang
    return i18n.negotiate(request.headers.get("accept-language", ""), chosen, languages)


def _refuse_odd_address(scope: Scope) -> None:
    """No address of ours holds a NUL, and no row has such a number: neither may reach the database."""
    if "\x00" in scope["path"] or b"%00" in scope["query_string"] or b"\x00" in scope["query_string"]:
        raise BadInput("The address holds characters that cannot be used.")
    # Litestar types these as text; a path's `:int` is one.
    values: list[object] = list(scope["path_params"].values())
    numbers = [value for value in values if isinstance(value, int)]
    if any(not 0 <= number <= BIGGEST_ID for number in numbers):
        raise NotFound


def _is_public(scope: Scope) -> bool:
    handler = scope.get("route_handler")
    return bool(handler is not None and handler.opt.get("public"))


def signed_in(request: ASGIConnection[Any, Any, Any, Any]) -> SignedIn | None:
    return cast("SignedIn | None", request.scope["state"].get(KEY))


def actor_of(request: ASGIConnection[Any, Any, Any, Any]) -> Actor:
    found = signed_in(request)
    if found is None:
        raise NotSignedIn
    return found.actor


def needs_sign_in(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Route guard. Rights on an object are asked where it is loaded, not here."""
    actor_of(connection)


def visit_csrf(visit: str) -> str:
    """The form token of a visitor without a session: derived from a cookie that only our pages can read."""
    return hmac.new(visit.encode("utf-8", "replace"), b"csrf", hashlib.sha256).hexdigest()


def expected_csrf(request: Request[Any, Any, Any], cookies: Cookies) -> str:
    found = signed_in(request)
    if found is not None:
        return found.csrf
    visit = request.cookies.get(cookies.visit, "")
    return visit_csrf(visit) if visit else ""


def check_origin(request: Request[Any, Any, Any], settings: Settings) -> None:
    """Browsers say where an unsafe request comes from. What says "elsewhere" is refused before its body."""
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    own = {settings.base_url}
    if not settings.production:
        # On one's own machine the service has several names: 127.0.0.1, localhost, its address in the network.
        own.add(f"{request.scope['scheme']}://{request.headers.get('host', '')}")
    if origin is not None and origin not in own:
        raise BadOrigin
    if site is not None and site not in ("same-origin", "none"):
        raise BadOrigin


def check_csrf(request: Request[Any, Any, Any], given: str, cookies: Cookies) -> None:
    expected = expected_csrf(request, cookies)
    if not expected or not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        raise BadOrigin


def proved_since(actor: Actor, earliest: datetime) -> bool:
    return actor.proved_at is not None and actor.proved_at >= earliest


def person_key(person_id: int) -> str:
    """Tells a page whether who signs in again is who wrote in it. It opens nothing and names nobody."""
    return hashlib.sha256(f"person {person_id}".encode()).hexdigest()[:16]
