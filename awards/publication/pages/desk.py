"""Where two people publish: the gate, the winners, who has signed, and what was signed so far."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct, field
from msgspec.structs import replace

from awards.accounts.rules import FRESH_PROOF
from awards.actor import Actor
from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, run_by, seen_by
from awards.editions.rules import Role, holds, in_secretariat
from awards.errors import NotFound
from awards.publication import gate, services
from awards.publication.gate import Desk
from awards.publication.rules import Kind
from awards.publication.signatures import Asked, Signed
from awards.results.rules import Lack
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import BIGGEST_ID
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in, proved_since

HERE = "/desk/{programme:str}/{edition:str}/publication"


class Typed(Struct, frozen=True):
    """What the first signer filled in, shown again where something is wrong."""

    shows: str = ""
    visible_at: str = ""
    note: str = ""


class WinnerLine(Struct, frozen=True):
    category: str
    prize: str
    name: str
    by_decision: bool


class DeskPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    lacks: tuple[Lack, ...]
    winners: tuple[WinnerLine, ...]
    asked: Asked | None
    signed: tuple[Signed, ...]
    own: bool
    """The reader gave the first signature."""
    conflict: bool
    proved: bool
    prove: str
    choices: tuple[Choice, ...]
    may_change: bool
    audits: bool
    """Auditors have a pack of their own."""
    typed: Typed = Typed()
    errors: FormErrors = field(default=NO_ERRORS)

    @property
    def path(self) -> str:
        return f"{self.edition.desk}/publication"

    @property
    def corrects(self) -> bool:
        """What is signed next stands in place of a publication that two have signed."""
        return any(not signed.withdrawn for signed in self.signed)


@get(HERE, guards=[needs_sign_in])
async def publication_page(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await seen_by(actor, programme, edition, Role.AUDITOR)
    return await desk_response(request, row, actor, Typed(), NO_ERRORS)


@post(HERE + "/end", guards=[needs_sign_in], status_code=303)
async def end(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    approval = _number((await read_fields(request)).get("approval", ""))
    clock = arrival_of(request.scope).clock
    await services.end_request(edition_id=row.id, approval_id=approval, actor=actor, clock=clock)
    return redirect(
        request, f"{row.desk}/publication", flash=Flash("good", _("The first signature is withdrawn"))
    )


@post(HERE + "/withdraw", guards=[needs_sign_in], status_code=303)
async def withdraw(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    number = _number((await read_fields(request)).get("number", ""))
    clock = arrival_of(request.scope).clock
    await services.withdraw_publication(edition_id=row.id, number=number, actor=actor, clock=clock)
    said = Flash(
        "good", _("Publication %(number)d is withdrawn", number=number), _("Nothing of it was public.")
    )
    return redirect(request, f"{row.desk}/publication", flash=said)


def to_prove(request: Request[Any, Any, Any], row: EditionRow, actor: Actor) -> Response[bytes] | None:
    """Who signs has typed the password a moment ago; else they do it now and come back."""
    if proved_since(actor, arrival_of(request.scope).at - FRESH_PROOF):
        return None
    return redirect(request, f"/prove?next={quote(row.desk + '/publication')}")


async def desk_response(
    request: Request[Any, Any, Any],
    row: EditionRow,
    actor: Actor,
    typed: Typed,
    errors: FormErrors,
    status: int = 200,
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    found = await gate.desk_of(row.id, actor.person_id, now)
    page = DeskPage(
        title=_("Publish the results of %(edition)s", edition=row.name),
        edition=row,
        lacks=tuple(found.lacks),
        winners=_winners(found),
        asked=found.asked,
        signed=tuple(found.signed),
        own=found.asked is not None and found.asked.asked_by == actor.person_id,
        conflict=found.judged or bool(found.hidden),
        proved=proved_since(actor, now - FRESH_PROOF),
        prove=f"/prove?next={quote(row.desk + '/publication')}",
        choices=steps_to_choose(final=found.several or typed.shows == Kind.FINALISTS),
        may_change=in_secretariat(actor, row.programme_id, row.id),
        audits=holds(actor, Role.AUDITOR, row.programme_id, row.id),
        typed=typed if typed.shows else replace(typed, shows=_usual(found)),
        errors=errors,
    )
    crumbs = (Link(f"{row.desk}/prizes", _("Prizes")), Link("", _("Publication"), True))
    return on_desk(request, row, "publication/desk.html", page, crumbs=crumbs, status=status)


def _winners(found: Desk) -> tuple[WinnerLine, ...]:
    return tuple(
        WinnerLine(
            row.category_name or _("Over all categories"),
            row.prize_name,
            row.entrant if row.reference else _("not awarded") if row.place is not None else "",
            bool(row.reason),
        )
        for row in found.decisions
    )


def steps_to_choose(*, final: bool = True) -> tuple[Choice, ...]:
    """What an announcement can show; each says more than the one above it."""
    choices = (
        Choice("finalists", _("Who is in the final"), _("the names of those who went on to the last round")),
        Choice("names", _("Who has won"), _("the names alone, by the alphabet; which prize comes later")),
        Choice("winners", _("The winners"), _("with their prizes and scores; nobody else is named")),
        Choice("ranks", _("The winners and the order"), _("everybody’s place; scores of the winners only")),
        Choice("full", _("Everything"), _("the whole order with all scores and intervals")),
    )
    return choices if final else choices[1:]


def _usual(found: Desk) -> str:
    """A correction shows at least what was shown, unless somebody says otherwise."""
    standing = (one.shows for one in found.signed if not one.withdrawn)
    return next(standing, Kind.WINNERS.value)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:12]) <= BIGGEST_ID):
        raise NotFound
    return int(text[:12])


ROUTES: list[HTTPRouteHandler] = [publication_page, end, withdraw]
