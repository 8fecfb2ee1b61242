"""A form that arrives without a session is not lost: its sender signs in on the page that keeps it, and sends it again.

What was typed stands in hidden fields of that page, never in an address, a cookie or a row. It is given back only to
the person for whom the form was drawn: the form's own token tells, also after its session is over.
"""

from collections.abc import Sequence

from litestar import Response, get
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from awards import ids
from awards.accounts import queries
from awards.accounts.pages.parts import AnyRequest
from awards.actor import Actor
from awards.web.fields import Fields, read_fields
from awards.web.frame import NO_ERRORS, Flash, FormErrors
from awards.web.i18n import _
from awards.web.render import redirect, render
from awards.web.session import KEY, NotSignedIn, SignedIn, person_key, signed_in

PREFIX = "kept."
# What the reader has not typed: the form's own fields and buttons, and what was chosen by a press.
OWN = (
    *("csrf", "version", "working_version", "working_lang", "draft", "add", "closes", "back", "key"),
    *("next", "stay", "go", "undo", "mark_", "confidence"),
)


class SignInPage(Struct, frozen=True):
    title: str
    email: str
    next: str
    kept: tuple[tuple[str, str], ...] = ()
    errors: FormErrors = NO_ERRORS


class AgainPage(Struct, frozen=True):
    title: str
    action: str
    kept: tuple[tuple[str, str], ...]
    typed: tuple[str, ...]


async def ask_again(request: AnyRequest) -> Response[bytes]:
    """The sign-in page with the form inside. The caller has checked where the request comes from."""
    fields = await read_fields(request)
    if not fields.get("csrf"):
        raise NotSignedIn
    kept = tuple((name, value) for name in fields for value in fields.all(name))
    page = SignInPage(_("Sign in again"), "", request.scope["path"], kept)
    return render(request, "accounts/sign_in.html", page, status=401)


def kept_in(fields: Fields) -> tuple[tuple[str, str], ...]:
    """What the sign-in page carried along."""
    return tuple(
        (name.removeprefix(PREFIX), value)
        for name in fields
        if name.startswith(PREFIX)
        for value in fields.all(name)
    )


async def give_back(
    request: AnyRequest, kept: Sequence[tuple[str, str]], to: str, token: str, cookies: list[Cookie]
) -> Response[bytes]:
    """After signing in: the form once more, to be sent by its writer."""
    session = await queries.session_of(ids.token_hash(token))
    if not await queries.drawn_for(session.person_id, dict(kept).get("csrf", "")):
        said = _("What was typed before was not yours to send, so it was left out.")
        return redirect(request, to, flash=Flash("warn", _("Signed in"), said), cookies=cookies)
    # The page that follows is drawn for the session that has just begun.
    actor = Actor(person_id=session.person_id, name=session.name, lang=session.lang, zone=session.zone)
    request.scope["state"][KEY] = SignedIn(actor, session.csrf)
    page = AgainPage(
        title=_("You are signed in again"),
        action=to,
        kept=tuple((name, value) for name, value in kept if name != "csrf"),
        typed=tuple(value for name, value in kept if not name.startswith(OWN) and value.strip()),
    )
    answer = render(request, "accounts/again.html", page)
    answer.cookies.extend(cookies)
    return answer


@get("/session")
async def session_state(request: AnyRequest) -> dict[str, str]:
    """For a page that waits until its writer is signed in again: who is, and the token of their forms."""
    found = signed_in(request)
    if found is None:
        return {"person": "", "csrf": ""}
    return {"person": person_key(found.actor.person_id), "csrf": found.csrf}


ROUTES: list[HTTPRouteHandler] = [session_state]
