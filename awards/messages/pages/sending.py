"""Before a message goes out: who gets it and how it reads, a test to oneself, the last question."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, run_by
from awards.errors import Invalid, NotFound
from awards.messages import queries, services
from awards.messages.forms import SendMailing
from awards.messages.pages.frame import (
    ONE,
    AnyRequest,
    Shown,
    crumb,
    group_words,
    messages_path,
    shown_to,
)
from awards.messages.pages.listing import left_out_words
from awards.messages.queries import MailingRow, Ready
from awards.messages.rules import APART, LATELY, SOON, Change, LeftOut, MailingState, shown_first
from awards.outbox.queries import came_back
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

MOST_NAMED = 50


class Out(Struct, frozen=True):
    """Somebody of the group who gets nothing, or whose last mail came back."""

    name: str
    why: str
    href: str = ""


class CheckPage(Struct, frozen=True):
    title: str
    path: str
    mailing: MailingRow
    group: str
    count: int
    entries: int
    languages: int
    shown: tuple[Shown, ...]
    left_out: tuple[Out, ...]
    returned: tuple[Out, ...]
    over: bool
    errors: FormErrors = NO_ERRORS


class SendPage(Struct, frozen=True):
    title: str
    path: str
    mailing: MailingRow
    group: str
    count: int
    sha256: str
    last: datetime | None
    lasts: timedelta
    lately: int
    """How many of them had another message within the week."""
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    changed: bool = False
    errors: FormErrors = NO_ERRORS


@get(ONE + "/check", guards=[needs_sign_in])
async def check(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    found = await run_by(actor_of(request), programme, edition)
    mailing = await queries.mailing_of(found.id, number)
    return await _check_page(request, found, mailing)


async def _check_page(
    request: AnyRequest,
    edition: EditionRow,
    mailing: MailingRow,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    if mailing.state is not MailingState.DRAFT:
        if mailing.state is MailingState.DROPPED:
            raise NotFound
        return redirect(request, f"{messages_path(edition)}/{mailing.number}")
    ready = await queries.ready_for(edition, mailing.of, arrival_of(request.scope).at)
    to = ready.written_to
    texts = dict(mailing.texts)
    returned = await came_back(one.address for one in to)
    words = left_out_words()
    page = CheckPage(
        title=_("Check the message to: %(group)s", group=group_words(mailing.of)),
        path=f"{messages_path(edition)}/{mailing.number}",
        mailing=mailing,
        group=group_words(mailing.of),
        count=len(to),
        entries=len({part.reference for one in to for part in one.entries}),
        languages=len(texts),
        shown=tuple(
            shown_to(request, one, texts, ready.common, edition)
            for one in shown_first(to, texts, edition.lang)
        ),
        left_out=tuple(_out(ready, words)),
        returned=tuple(Out(one.name, returned[one.address]) for one in to if one.address in returned),
        over=ready.over,
        errors=errors,
    )
    crumbs = crumb(edition, Link(page.path, group_words(mailing.of)), Link("", _("Check"), current=True))
    return on_desk(request, edition, "messages/check.html", page, crumbs=crumbs, status=status)


def _out(ready: Ready, words: dict[str, str]) -> list[Out]:
    return [Out(one.name, words[(one.left_out or LeftOut.NO_ADDRESS).value]) for one in ready.left_out]


@post(ONE + "/check", guards=[needs_sign_in], status_code=303)
async def see(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    """Whom the sender saw is kept; the last question is about them."""
    actor = actor_of(request)
    found = await run_by(actor, programme, edition)
    try:
        await services.see_recipients(
            edition_id=found.id, number=number, actor=actor, clock=arrival_of(request.scope).clock
        )
    except Invalid as wrong:
        mailing = await queries.mailing_of(found.id, number)
        return await _check_page(request, found, mailing, FormErrors(wrong.errors), 422)
    return redirect(request, f"{messages_path(found)}/{number}/send")


@post(ONE + "/test", guards=[needs_sign_in], status_code=303)
async def test(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    actor = actor_of(request)
    found = await run_by(actor, programme, edition)
    try:
        address = await services.send_test(
            edition_id=found.id, number=number, actor=actor, clock=arrival_of(request.scope).clock
        )
    except Invalid as wrong:
        mailing = await queries.mailing_of(found.id, number)
        return await _check_page(request, found, mailing, FormErrors(wrong.errors), 422)
    said = Flash(
        "good",
        _("A test is on its way to you"),
        _("It goes to %(address)s and to nobody else.", address=address),
    )
    return redirect(request, f"{messages_path(found)}/{number}/check", flash=said)


# --- the last question ---------------------------------------------------------------------------------


@get(ONE + "/send", guards=[needs_sign_in])
async def ask(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    found = await run_by(actor_of(request), programme, edition)
    mailing = await queries.mailing_of(found.id, number)
    if mailing.state is not MailingState.DRAFT or not mailing.seen_sha256:
        # Nothing was seen of what would go out.
        return await _check_page(request, found, mailing)
    return await _send_page(request, found, mailing)


@post(ONE + "/send", guards=[needs_sign_in], status_code=303)
async def send(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    actor = actor_of(request)
    found = await run_by(actor, programme, edition)
    command = parse(SendMailing, await read_fields(request))
    if isinstance(command, FormErrors):
        raise Invalid({"": _("The form has lost what it was about. Check the message again.")})
    try:
        outcome = await services.send_mailing(
            edition_id=found.id,
            number=number,
            command=command,
            actor=actor,
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as wrong:
        mailing = await queries.mailing_of(found.id, number)
        return await _send_page(request, found, mailing, errors=FormErrors(wrong.errors), status=422)
    mailing = await queries.mailing_of(found.id, number)
    if not outcome.sent:
        return await _send_page(request, found, mailing, change=outcome.change, status=409)
    said = Flash(
        "good",
        ngettext(
            "The message is on its way to %(num)d person",
            "The message is on its way to %(num)d people",
            mailing.recipients,
        ),
        _("This page says what becomes of each mail."),
    )
    return redirect(request, f"{messages_path(found)}/{number}", flash=said)


@post(ONE + "/stop", guards=[needs_sign_in], status_code=303)
async def stop(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    actor = actor_of(request)
    found = await run_by(actor, programme, edition)
    stopped = await services.stop_mailing(
        edition_id=found.id, number=number, actor=actor, clock=arrival_of(request.scope).clock
    )
    text = ngettext("%(num)d mail is stopped", "%(num)d mails are stopped", stopped)
    said = Flash("good", text, _("What had left already goes on."))
    return redirect(request, f"{messages_path(found)}/{number}", flash=said)


async def _send_page(
    request: AnyRequest,
    edition: EditionRow,
    mailing: MailingRow,
    *,
    change: Change | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    last = await queries.newest_to(edition.id, mailing.of, now)
    lately = await queries.written_since(edition.id, now - LATELY)
    count = len(mailing.seen)
    page = SendPage(
        title=ngettext("Send the message to %(num)d person?", "Send the message to %(num)d people?", count),
        path=f"{messages_path(edition)}/{mailing.number}",
        mailing=mailing,
        group=group_words(mailing.of),
        count=count,
        sha256=mailing.seen_sha256,
        last=last if last is not None and now < last + SOON else None,
        lasts=APART * count,
        lately=len(lately & {int(person) for person in mailing.seen}),
        came=await _names(change.came) if change else (),
        went=await _names(change.went) if change else (),
        other=await _names(change.other) if change else (),
        changed=change is not None,
        errors=errors,
    )
    crumbs = crumb(edition, Link(page.path, group_words(mailing.of)), Link("", _("Send"), current=True))
    return on_desk(request, edition, "messages/send.html", page, crumbs=crumbs, status=status)


async def _names(people: Sequence[int]) -> tuple[str, ...]:
    return tuple(await queries.names_of(people)) if people else ()


ROUTES: list[HTTPRouteHandler] = [check, see, test, ask, send, stop]
