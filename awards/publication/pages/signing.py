"""What follows from a publication, read before either signature: the first asks for it there, the second seals it."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct, field

from awards.accounts.rules import FRESH_PROOF
from awards.actor import Actor
from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, run_by, seen_by
from awards.editions.rules import Role, in_secretariat
from awards.errors import Invalid
from awards.publication import services
from awards.publication.announcing import announcement_of
from awards.publication.consequences import Consequences, consequences_of
from awards.publication.forms import AskToPublish, CheckForm, RequestForm, SignForm, SignPublication
from awards.publication.letters import Letter
from awards.publication.outcome import ground_of
from awards.publication.pages.desk import HERE, Typed, desk_response, steps_to_choose, to_prove
from awards.publication.signatures import Asked, signatures
from awards.publication.standing import standing_of
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in, proved_since
from awards.web.words import zone_of

AnyRequest = Request[Any, Any, Any]


class SigningPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    follows: Consequences
    step: str
    """What is shown, in words."""
    asked: Asked | None
    own: bool
    """The reader gave the first signature."""
    may_change: bool
    proved: bool
    prove: str
    letters: tuple[tuple[str, int], ...]
    typed: Typed = Typed()
    errors: FormErrors = field(default=NO_ERRORS)

    @property
    def path(self) -> str:
        return f"{self.edition.desk}/publication"


@get(HERE + "/check", guards=[needs_sign_in])
async def check(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    actor = actor_of(request)
    row = await seen_by(actor, programme, edition, Role.AUDITOR)
    return await _page(request, row, actor, dict(request.query_params), NO_ERRORS)


@post(HERE, guards=[needs_sign_in], status_code=303)
async def ask(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    if (answer := to_prove(request, row, actor)) is not None:
        return answer
    fields = dict(await read_fields(request))
    form = parse(RequestForm, fields)
    if isinstance(form, FormErrors):
        return await _page(request, row, actor, fields, form, 422)
    command = AskToPublish(
        edition_id=row.id, shows=form.shows, visible_at=_instant(form.visible_at, row.zone), note=form.note,
        seen=form.seen,
    )  # fmt: skip
    try:
        await services.ask_to_publish(command=command, actor=actor, clock=arrival_of(request.scope).clock)
    except Invalid as wrong:
        return await _page(request, row, actor, fields, FormErrors(wrong.errors), 422)
    said = Flash(
        "good", _("You have signed first"), _("Another person of the secretariat gives the second signature.")
    )
    return redirect(request, f"{row.desk}/publication", flash=said)


@post(HERE + "/sign", guards=[needs_sign_in], status_code=303)
async def sign(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    if (answer := to_prove(request, row, actor)) is not None:
        return answer
    form = parse(SignForm, await read_fields(request))
    if isinstance(form, FormErrors):
        return await _page(request, row, actor, {}, form, 422)
    command = SignPublication(edition_id=row.id, approval_id=form.approval, sha256=form.sha256)
    number = await services.sign_publication(
        command=command, actor=actor, clock=arrival_of(request.scope).clock
    )
    said = Flash("good", _("Publication %(number)d is signed by two", number=number))
    return redirect(request, f"{row.desk}/publication", flash=said)


async def _page(
    request: AnyRequest,
    row: EditionRow,
    actor: Actor,
    fields: dict[str, str],
    errors: FormErrors,
    status: int = 200,
) -> Response[bytes]:
    """Of what was asked for first, where somebody has; else of what the first signer chose."""
    now = arrival_of(request.scope).at
    typed = Typed(*(fields.get(name, "")[:3000] for name in ("shows", "visible_at", "note")))
    standing = await standing_of(row.id, actor.person_id, now)
    if standing.conflicts:
        # What they own or judged stands among it: the desk says so, and shows them nothing of it.
        return await desk_response(request, row, actor, typed, errors, status)
    asked, _signed = await signatures(row.id, actor.person_id, now)
    shows: str
    if asked is None:
        if status == 200 and not fields.get("shows"):
            said = Flash(
                "now", _("Nothing is chosen yet"),
                _("What follows can be read once somebody of the secretariat has chosen what is shown, and when."),
            )  # fmt: skip
            return redirect(request, f"{row.desk}/publication", flash=said)
        choice = parse(CheckForm, fields)
        if isinstance(choice, FormErrors):
            return await desk_response(request, row, actor, typed, choice, 422)
        shows, visible_at, note = str(choice.shows), _instant(choice.visible_at, row.zone), ""
        if errors and ("visible_at" in errors or "shows" in errors):
            return await desk_response(request, row, actor, typed, errors, status)
    else:
        shows, visible_at, note = asked.wish.shows, asked.wish.visible_at, asked.wish.note
    ground = await ground_of(row.id, standing, now)
    coming = await announcement_of(row, ground, shows, visible_at, note)
    follows = await consequences_of(row, coming, ground, now)
    here = f"{row.desk}/publication/check"
    back = here if asked else f"{here}?{urlencode({'shows': typed.shows, 'visible_at': typed.visible_at})}"
    page = SigningPage(
        title=_("What follows from this correction")
        if coming.wish.correction
        else _("What follows from this publication"),
        edition=row,
        follows=follows,
        step=next((one.text for one in steps_to_choose() if one.value == shows), shows),
        asked=asked,
        own=asked is not None and asked.asked_by == actor.person_id,
        may_change=in_secretariat(actor, row.programme_id, row.id),
        proved=proved_since(actor, now - FRESH_PROOF),
        prove=f"/prove?next={quote(back)}",
        letters=tuple((str(_LETTERS[letter]()), count) for letter, count in follows.letters.items()),
        typed=typed,
        errors=errors,
    )
    crumbs = (Link(f"{row.desk}/publication", _("Publication")), Link("", page.title, True))
    return on_desk(request, row, "publication/signing.html", page, crumbs=crumbs, status=status)


_LETTERS = {
    Letter.WINNER: lambda: _("that they have won"),
    Letter.FINALIST: lambda: _("that they are in the final"),
    Letter.PUBLISHED: lambda: _("that results are public, and where"),
    Letter.CORRECTED: lambda: _("that what concerns them is corrected, with the note"),
}


def _instant(local: datetime | None, zone: str) -> datetime | None:
    """The typed time is the edition's own; of an hour that comes twice a year, the first."""
    return None if local is None else local.replace(tzinfo=zone_of(zone)).astimezone(UTC)


ROUTES: list[HTTPRouteHandler] = [check, ask, sign]
