"""Checking what was written, submitting it, the receipt, earlier versions, withdrawing."""

from collections.abc import Mapping

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.entries import queries, services
from awards.entries.forms import SubmitEntry, WithdrawEntry
from awards.entries.pages.frame import AnyRequest, render_entry, render_late
from awards.entries.queries import AnswerRow, OwnEntry, VersionRow
from awards.entries.rules import EntryState, Late, may_withdraw, may_write
from awards.errors import Invalid, NotFound, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse_drawn
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _, name_of
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in


class CheckPage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    language: str
    answers: tuple[AnswerRow, ...]
    seen: str
    may_change: bool
    is_changed: bool
    errors: FormErrors = NO_ERRORS


async def _check(
    request: AnyRequest, reference: str, errors: FormErrors, status: int = 200
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    entry = await queries.own_entry(actor_of(request), reference, now)
    answers = await queries.answers_of(entry.id, entry.edition_id, entry.category_id)
    may_change = entry.may_write and may_write(entry.state, entry.call, now) is None
    if may_change and not errors:
        errors = FormErrors(_at_rows(await queries.submission_problems(entry, answers, arrival_of(request.scope).at)))
    _text, seen = queries.draft_of(entry, answers)
    page = CheckPage(
        title=_("Check your answers"),
        entry=entry,
        language=name_of(entry.lang),
        answers=tuple(answers),
        seen=seen,
        may_change=may_change,
        is_changed=seen != entry.submitted_sha256,
        errors=errors,
    )
    return render_entry(request, "entries/check.html", page, entry, here=page.title, status=status)


def _at_rows(problems: Mapping[str, str]) -> dict[str, str]:
    """Each sentence leads to the row of its question."""
    return {f"row-{code}" if code else "": text for code, text in problems.items()}


@get("/city/entries/{reference:str}/check", guards=[needs_sign_in])
async def check_page(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    return await _check(request, reference, NO_ERRORS)


@post("/city/entries/{reference:str}/submit", guards=[needs_sign_in], status_code=303)
async def submit(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    command = parse_drawn(SubmitEntry, await read_fields(request))
    if isinstance(command, FormErrors):
        raise Invalid(command)
    try:
        number = await services.submit_entry(
            reference=reference,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return await _check(request, reference, FormErrors(_at_rows(problem.errors)), 422)
    except Late as refusal:
        return render_late(request, refusal, back=f"/city/entries/{reference}")
    except Stale:
        said = _(
            "Somebody changed this entry since you opened the page. This is how it stands; check it again."
        )
        return await _check(request, reference, FormErrors({"": said}), 409)
    return redirect(request, f"/city/entries/{reference}/versions/{number}")


# --- versions ------------------------------------------------------------------------------------------


class ReceiptPage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    version: VersionRow
    is_last: bool
    is_open: bool
    entry_title: str
    category: str
    answers: tuple[tuple[str, str], ...]


@get("/city/entries/{reference:str}/versions/{number:int}", guards=[needs_sign_in])
async def receipt(request: AnyRequest, reference: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    now = arrival_of(request.scope).at
    entry = await queries.own_entry(actor_of(request), reference, now)
    versions = await queries.versions_of(entry.id)
    version = next((row for row in versions if row.number == number), None)
    if version is None:
        raise NotFound
    questions = await queries.questions_asked(entry.edition_id)
    given = version.body.get("answers", {})
    is_last = version.number == versions[0].number
    page = ReceiptPage(
        title=_("Your entry is submitted") if is_last else _("An earlier version of your entry"),
        entry=entry,
        version=version,
        is_last=is_last,
        is_open=entry.call.is_open(now),
        entry_title=version.body.get("title") or entry.title,
        category=version.body.get("category") or entry.category,
        answers=tuple((q.label, given[q.code]) for q in questions if q.code in given),
    )
    crumbs = (Link("/city", _("Your entries")), Link(entry.path, entry.title), Link("", page.title, True))
    return render(
        request, "entries/receipt.html", page, crumbs=crumbs, role=_("city official"), demo=entry.demo
    )


class VersionsPage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    versions: tuple[VersionRow, ...]


@get("/city/entries/{reference:str}/versions", guards=[needs_sign_in])
async def versions_page(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    entry = await queries.own_entry(actor_of(request), reference, arrival_of(request.scope).at)
    page = VersionsPage(_("Submitted versions"), entry, tuple(await queries.versions_of(entry.id)))
    return render_entry(request, "entries/versions.html", page, entry, here=page.title)


# --- withdrawing ---------------------------------------------------------------------------------------


class WithdrawPage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    is_open: bool
    errors: FormErrors = NO_ERRORS


async def _withdraw(
    request: AnyRequest, reference: str, errors: FormErrors, status: int = 200
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    entry = await queries.own_entry(actor_of(request), reference, now)
    if entry.state is EntryState.WITHDRAWN or not entry.may_write:
        raise NotFound
    if refusal := may_withdraw(entry.state, entry.call.state):
        raise refusal
    page = WithdrawPage(_("Withdraw this entry"), entry, entry.call.is_open(now), errors)
    return render_entry(request, "entries/withdraw.html", page, entry, here=page.title, status=status)


@get("/city/entries/{reference:str}/withdraw", guards=[needs_sign_in])
async def withdraw_page(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    return await _withdraw(request, reference, NO_ERRORS)


@post("/city/entries/{reference:str}/withdraw", guards=[needs_sign_in], status_code=303)
async def withdraw(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    command = parse_drawn(WithdrawEntry, await read_fields(request))
    if isinstance(command, FormErrors):
        return await _withdraw(request, reference, command, 422)
    try:
        await services.withdraw_entry(
            reference=reference,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return await _withdraw(request, reference, FormErrors(problem.errors), 422)
    return redirect(request, f"/city/entries/{reference}", flash=Flash("", _("The entry is withdrawn")))


ROUTES: list[HTTPRouteHandler] = [
    check_page,
    submit,
    receipt,
    versions_page,
    withdraw_page,
    withdraw,
]
