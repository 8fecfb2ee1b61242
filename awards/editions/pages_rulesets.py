"""Where two people change what has frozen: the request with all that it changes, the consent, and those before."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.accounts.rules import FRESH_PROOF
from awards.actor import Actor
from awards.editions import services
from awards.editions.checks import problems_of
from awards.editions.differences import Line, difference, in_full
from awards.editions.document import EditionDocument
from awards.editions.forms import AskForRuleset, ByVersion, ConsentToRuleset, DeclineRuleset
from awards.editions.freezing import Frozen, frozen_among
from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, run_by, seen_by
from awards.editions.queries.answered import touched_in
from awards.editions.queries.rulesets import RequestRow, reliance_of, request_by_number, requests_of
from awards.editions.reading import Stored, stored_edition
from awards.editions.rules import Role, in_secretariat
from awards.editions.rulesets import (
    affected,
    consequences,
    document_from,
    facts,
    holds_still,
    obstacles,
    worthless,
)
from awards.editions.touching import Touched
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, read_fields
from awards.web.forms import BIGGEST_ID, parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in, proved_since

Req = Request[Any, Any, Any]
HERE = "/desk/{programme:str}/{edition:str}/rulesets"
ONE = HERE + "/{number:int}"


class What(Struct, frozen=True):
    """A change as both signers read it: in full, who relies on it, what follows, what stands in the way.

    `touched` says what becomes of the answers of which entries.
    """

    lines: tuple[Line, ...]
    facts: tuple[tuple[str, str], ...] = ()
    consequences: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()
    touched: tuple[Touched, ...] = ()


class ListPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    requests: tuple[RequestRow, ...]
    may_change: bool


class AskPage(Struct, frozen=True):
    """`waiting` is the address of the request that is open already."""

    title: str
    errors: FormErrors
    action: str
    back: str
    version: int
    document: str
    what: What
    waiting: str
    proved: bool
    prove: str
    reason: str = ""
    note: str = ""


class RequestPage(Struct, frozen=True):
    title: str
    errors: FormErrors
    edition: EditionRow
    request: RequestRow
    path: str
    what: What
    worthless: str
    own: bool
    may_change: bool
    proved: bool
    prove: str
    answer: str = ""

    @property
    def may_consent(self) -> bool:
        return self.may_change and not (self.own or self.worthless or self.what.obstacles)


@get(HERE, guards=[needs_sign_in])
async def rulesets_page(request: Req, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    actor = actor_of(request)
    row = await seen_by(actor, programme, edition, Role.AUDITOR)
    found = tuple(await requests_of(row.id))
    may_change = in_secretariat(actor, row.programme_id, row.id)
    page = ListPage(_("Rule changes"), row, found, may_change)
    return _shown(request, row, "editions/rulesets.html", page)


@post(HERE, guards=[needs_sign_in], status_code=303)
async def ask(request: Req, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    """Without `act` it shows what would be asked for; a refused page of the set-up leads here."""
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    fields = await read_fields(request)
    document = document_from(fields.get("document", ""))
    drawn = parse(ByVersion, fields)
    if document is None or isinstance(drawn, FormErrors) or problems_of(document):
        raise Invalid(
            {"": _("Make the change on its page of the set-up: where it is refused, that page leads here.")}
        )
    if fields.get("act") != "ask":
        return await _asking(request, row, document, fields, NO_ERRORS, 200)
    command = parse(AskForRuleset, fields)
    if isinstance(command, FormErrors):
        return await _asking(request, row, document, fields, command, 422)
    try:
        number = await services.ask_for_ruleset(
            edition_id=row.id,
            document=document,
            version=drawn.version,
            command=command,
            actor=actor,
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return await _asking(request, row, document, fields, FormErrors(problem.errors), 422)
    except Frozen as problem:
        return await _asking(request, row, document, fields, FormErrors({"": " ".join(problem.items)}), 409)
    except Denied as problem:
        return await _asking(request, row, document, fields, FormErrors({"": problem.why}), 409)
    except Stale:
        text = _(
            "Somebody changed the set-up since you asked. What would change now stands below: read it again, or make"
            " your change anew on the page of the set-up."
        )
        return await _asking(request, row, document, fields, FormErrors({"": text}), 409)
    said = Flash(
        "good", _("You have asked for a new ruleset"), _("Another person of the secretariat consents or declines.")
    )  # fmt: skip
    return redirect(request, f"{row.desk}/rulesets/{number}", flash=said)


@get(ONE, guards=[needs_sign_in])
async def request_page(
    request: Req, programme: FromPath[str], edition: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await seen_by(actor, programme, edition, Role.AUDITOR)
    return await _request_page(request, row, number, actor, NO_ERRORS)


@post(ONE + "/consent", guards=[needs_sign_in], status_code=303)
async def consent(
    request: Req, programme: FromPath[str], edition: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    arrival = arrival_of(request.scope)
    await request_by_number(row.id, _bounded(number))
    if not proved_since(actor, arrival.at - FRESH_PROOF):
        return redirect(request, _prove(f"{row.desk}/rulesets/{_bounded(number)}"))
    form = parse(ConsentToRuleset, await read_fields(request))
    if isinstance(form, FormErrors):
        return await _request_page(request, row, number, actor, form, 422)
    try:
        await services.consent_to_ruleset(
            edition_id=row.id, number=_bounded(number), sha256=form.sha256, actor=actor, clock=arrival.clock
        )
    except Frozen as problem:
        errors = FormErrors({"": " ".join(problem.items)})
        return await _request_page(request, row, number, actor, errors, 409)
    except Denied as problem:
        return await _request_page(request, row, number, actor, FormErrors({"": problem.why}), 409)
    except Stale:
        return await _request_page(request, row, number, actor, _answered(), 409)
    said = Flash("good", _("The new ruleset holds"), _("Everybody whose rules changed gets a mail."))
    return redirect(request, f"{row.desk}/rulesets/{number}", flash=said)


@post(ONE + "/decline", guards=[needs_sign_in], status_code=303)
async def decline(
    request: Req, programme: FromPath[str], edition: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    fields = await read_fields(request)
    form = parse(DeclineRuleset, fields)
    if isinstance(form, FormErrors):
        return await _request_page(request, row, number, actor, form, 422, fields.get("answer", ""))
    try:
        await services.decline_ruleset(
            edition_id=row.id,
            number=_bounded(number),
            reason=form.answer,
            actor=actor,
            clock=arrival_of(request.scope).clock,
        )
    except Denied as problem:
        errors = FormErrors({"": problem.why})
        return await _request_page(request, row, number, actor, errors, 409, form.answer)
    except Stale:
        return await _request_page(request, row, number, actor, _answered(), 409, form.answer)
    said = Flash(
        "good", _("The request is declined"), _("Nothing has changed. Who asked for it gets a mail.")
    )
    return redirect(request, f"{row.desk}/rulesets/{number}", flash=said)


@post(ONE + "/withdraw", guards=[needs_sign_in], status_code=303)
async def withdraw(
    request: Req, programme: FromPath[str], edition: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    try:
        await services.withdraw_ruleset(
            edition_id=row.id, number=_bounded(number), actor=actor, clock=arrival_of(request.scope).clock
        )
    except Denied as problem:
        return await _request_page(request, row, number, actor, FormErrors({"": problem.why}), 409)
    except Stale:
        return await _request_page(request, row, number, actor, _answered(), 409)
    said = Flash("good", _("The request is withdrawn"), _("Nothing has changed."))
    return redirect(request, f"{row.desk}/rulesets/{number}", flash=said)


# --- parts of the pages above -----------------------------------------------------------------------------


async def _asking(
    request: Req, row: EditionRow, document: EditionDocument, fields: Fields, errors: FormErrors, status: int
) -> Response[bytes]:
    stored = await stored_edition(row.id)
    what = await _what(stored, document, arrival_of(request.scope).at)
    waiting = next((one.number for one in await requests_of(row.id) if one.is_open), None)
    page = AskPage(
        title=_("Ask for a new ruleset"),
        errors=errors,
        action=f"{row.desk}/rulesets",
        back=f"{row.desk}/setup",
        version=row.version,
        document=fields.get("document", ""),
        what=what,
        waiting=f"{row.desk}/rulesets/{waiting}" if waiting else "",
        proved=proved_since(actor_of(request), arrival_of(request.scope).at - FRESH_PROOF),
        prove=_prove(f"{row.desk}/rulesets"),
        reason=fields.get("reason", "")[:3000],
        note=fields.get("public_note", "")[:3000],
    )
    return _shown(request, row, "editions/ruleset_ask.html", page, status)


async def _what(stored: Stored, new: EditionDocument, now: datetime) -> What:
    old, reliance = stored.document, await reliance_of(stored.edition_id)
    changes = difference(old, new)
    frozen = frozen_among(changes, old, new, stored.standing)
    of = affected(frozen, old, stored.standing)
    names = {part.code: part.name for part in old.rounds}
    return What(
        in_full(changes, old, new),
        facts(of, names, reliance),
        consequences(frozen, of, names, reliance),
        obstacles(frozen, old, new, stored.standing, reliance, now),
        await touched_in(stored.edition_id, old, new),
    )


async def _request_page(
    request: Req,
    row: EditionRow,
    number: int,
    actor: Actor,
    errors: FormErrors,
    status: int = 200,
    answer: str = "",
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    found = await request_by_number(row.id, _bounded(number))
    base, new = document_from(found.base), document_from(found.body)
    if base is None or new is None:
        raise NotFound
    lost = ""
    what = What(in_full(difference(base, new), base, new))
    if found.is_open:
        stored = await stored_edition(row.id)
        if holds_still(found.approval_sha256, stored.document, new, found.public_note):
            what = await _what(stored, new, now)
        else:
            lost = worthless()
    path = f"{row.desk}/rulesets/{number}"
    page = RequestPage(
        title=_("Rule change %(number)d", number=number),
        errors=errors,
        edition=row,
        request=found,
        path=path,
        what=what,
        worthless=lost,
        own=found.asked_by == actor.person_id,
        may_change=in_secretariat(actor, row.programme_id, row.id),
        proved=proved_since(actor, now - FRESH_PROOF),
        prove=_prove(path),
        answer=answer[:3000],
    )
    return _shown(request, row, "editions/ruleset.html", page, status)


def _prove(path: str) -> str:
    return f"/prove?next={quote(path)}"


def _answered() -> FormErrors:
    return FormErrors(
        {"": _("This request is not open any more, or is another one than you read. Read it again.")}
    )


def _bounded(number: int) -> int:
    if not 0 < number <= BIGGEST_ID:
        raise NotFound
    return number


def _shown(request: Req, row: EditionRow, template: str, page: Any, status: int = 200) -> Response[bytes]:
    above = () if template == "editions/rulesets.html" else (Link(f"{row.desk}/rulesets", _("Rule changes")),)
    crumbs = (Link(row.desk, row.name), *above, Link("", page.title, True))
    return on_desk(request, row, template, page, crumbs=crumbs, status=status)


ROUTES: list[HTTPRouteHandler] = [rulesets_page, ask, request_page, consent, decline, withdraw]
