"""Checking what was written, submitting it, withdrawing."""

from collections.abc import Mapping, Sequence

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from markupsafe import Markup
from msgspec import Struct

from awards.entries import queries, services
from awards.entries.declaring import declaration_of, fingerprint
from awards.entries.forms import SubmitEntry, WithdrawEntry
from awards.entries.language import language_warnings
from awards.entries.pages.frame import AnyRequest, render_entry, render_late
from awards.entries.queries import AnswerRow, OwnEntry, doubles, eligibility
from awards.entries.queries.doubles import Double
from awards.entries.rules import EntryState, Late, may_withdraw, may_write
from awards.entries.telling import Telling, own_tellings
from awards.errors import Invalid, NotFound, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse_drawn
from awards.web.frame import NO_ERRORS, Flash, FormErrors
from awards.web.i18n import _, name_of
from awards.web.markdown import to_html
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in
from awards.web.site import site_of


class CheckPage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    language: str
    sections: tuple[tuple[str, tuple[AnswerRow, ...]], ...]
    seen: str
    declaration: Markup
    declaration_sha256: str
    doubles: tuple[Double, ...]
    tellings: tuple[Telling, ...]
    """What would tell judges of a blind round who enters."""
    may_change: bool
    is_changed: bool
    is_ready: bool
    declared: bool
    warnings: Mapping[str, str]
    errors: FormErrors = NO_ERRORS


async def _check(
    request: AnyRequest,
    reference: str,
    problems: Mapping[str, str],
    status: int = 200,
    *,
    declared: bool = False,
) -> Response[bytes]:
    """`problems` are those of what was sent, by the question's code; without any, what the draft lacks is said."""
    now = arrival_of(request.scope).at
    entry = await queries.own_entry(actor_of(request), reference, now)
    answers = await queries.answers_of(entry.id, entry.edition_id, entry.category_id, now)
    may_change = entry.may_write and may_write(entry.state, entry.call, now) is None
    missing: Mapping[str, str] = {}
    said, found = "", list[Double]()
    told: tuple[Telling, ...] = ()
    if may_change:
        facts, rules = await eligibility.standing_of(entry, answers, now)
        missing = eligibility.problems_of(rules, answers)
        said = declaration_of(facts.rules, entrant=entry.entrant["name"], programme=entry.programme_name)
        found = await doubles.own_doubles(entry)
        told = await own_tellings(entry, answers, site_of(request).files.store)
    texts = {row.question.code: row.value for row in answers if row.question.is_text and may_change}
    _text, seen = queries.draft_of(entry, answers)
    page = CheckPage(
        title=_("Check your answers"),
        entry=entry,
        language=name_of(entry.lang),
        sections=by_section(answers),
        seen=seen,
        declaration=to_html(said, under=3),
        declaration_sha256=fingerprint(said),
        doubles=tuple(found),
        tellings=told,
        may_change=may_change,
        is_changed=seen != entry.submitted_sha256,
        is_ready=not missing,
        declared=declared,
        warnings=await language_warnings(texts, entry.languages),
        errors=FormErrors(_at_rows(problems or missing, answers)),
    )
    return render_entry(request, "entries/check.html", page, entry, here=page.title, status=status)


def by_section(answers: Sequence[AnswerRow]) -> tuple[tuple[str, tuple[AnswerRow, ...]], ...]:
    """In the order in which each section is first met."""
    found: dict[str, list[AnswerRow]] = {}
    for row in answers:
        found.setdefault(row.question.section, []).append(row)
    return tuple((section, tuple(rows)) for section, rows in found.items())


def _at_rows(problems: Mapping[str, str], answers: Sequence[AnswerRow]) -> dict[str, str]:
    """Each sentence names its question and leads to its row, or to the box for the declaration."""
    labels = {row.question.code: row.question.label for row in answers}
    return {
        code if code in ("", "declared") else f"row-{code}": _named(labels.get(code, ""), text)
        for code, text in problems.items()
    }


def _named(label: str, problem: str) -> str:
    if not label or label in problem:
        return problem
    return _("“%(question)s”: %(problem)s", question=label, problem=problem)


@get("/city/entries/{reference:str}/check", guards=[needs_sign_in])
async def check_page(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    return await _check(request, reference, {})


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
        return await _check(request, reference, problem.errors, 422, declared=command.declared)
    except Late as refusal:
        return render_late(request, refusal, back=f"/city/entries/{reference}")
    except Stale:
        said = _(
            "Somebody changed this entry since you opened the page. This is how it stands; check it again."
        )
        return await _check(request, reference, {"": said}, 409)
    return redirect(request, f"/city/entries/{reference}/versions/{number}")


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
    withdraw_page,
    withdraw,
]
