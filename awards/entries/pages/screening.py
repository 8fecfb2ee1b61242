"""The secretariat's entries of an edition: the list, and one entry with the decision whether it is eligible."""

from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import seen_by
from awards.editions.rules import Role
from awards.entries import queries, services
from awards.entries.forms import DecideEligibility
from awards.entries.pages.frame import AnyRequest
from awards.entries.queries import EntryRow, screening
from awards.entries.queries.screening import CategoryCounts, ScreenedEntry
from awards.entries.rules import ENTRY_MOVES, MOST_DECISIONS, EntryState, may_screen
from awards.errors import Invalid, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse_drawn
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

PAGE = 50
SHOWN = (EntryState.SUBMITTED, EntryState.ELIGIBLE, EntryState.INELIGIBLE, EntryState.WITHDRAWN)


def state_words() -> dict[EntryState, str]:
    return {
        EntryState.SUBMITTED: _("Submitted"),
        EntryState.ELIGIBLE: _("Eligible"),
        EntryState.INELIGIBLE: _("Not eligible"),
        EntryState.WITHDRAWN: _("Withdrawn"),
    }


class EntriesPage(Struct, frozen=True):
    title: str
    path: str
    counts: tuple[CategoryCounts, ...]
    entries: tuple[EntryRow, ...]
    categories: tuple[Choice, ...]
    states: tuple[Choice, ...]
    category: str
    state: str
    before: str
    after: str
    counts_drafts: bool


@get("/desk/{programme:str}/{edition:str}/entries", guards=[needs_sign_in])
async def entries_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await seen_by(actor, programme, edition, Role.SCREENER, Role.AUDITOR)
    counts = await screening.counts_of(row.id)
    category = request.query_params.get("category", "")
    category = category if category in {count.code for count in counts} else ""
    state = next((s for s in SHOWN if s.value == request.query_params.get("state", "")), None)
    number = _page(request)
    found = await queries.entries_of(
        row.id, category=category, state=state, limit=PAGE + 1, offset=PAGE * (number - 1)
    )
    path = f"{row.desk}/entries"
    chosen = {"category": category, "state": state.value if state else ""}

    def address(page: int) -> str:
        return f"{path}?{urlencode({**chosen, 'page': page})}"

    page = EntriesPage(
        title=_("Entries"),
        path=path,
        counts=tuple(counts),
        entries=tuple(found[:PAGE]),
        categories=tuple(Choice(count.code, count.name) for count in counts),
        states=tuple(Choice(value.value, text) for value, text in state_words().items()),
        category=category,
        state=chosen["state"],
        before=address(number - 1) if number > 1 else "",
        after=address(number + 1) if len(found) > PAGE else "",
        counts_drafts=may_screen(actor, row.programme_id, row.id),
    )
    return on_desk(request, row, "entries/desk.html", page)


def _page(request: AnyRequest) -> int:
    text = request.query_params.get("page", "1")
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 6 and int(text) else 1


# --- one entry -----------------------------------------------------------------------------------------


class ScreeningPage(Struct, frozen=True):
    title: str
    path: str
    entry: ScreenedEntry
    words: dict[EntryState, str]
    choices: tuple[Choice, ...]
    is_appeal: bool
    is_call_over: bool
    outcome: str
    reason: str
    errors: FormErrors = NO_ERRORS


async def _screening(
    request: AnyRequest,
    programme: str,
    slug: str,
    reference: str,
    *,
    outcome: str = "",
    reason: str = "",
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    actor = actor_of(request)
    edition = await seen_by(actor, programme, slug, Role.SCREENER, Role.AUDITOR)
    entry = await screening.screened_entry(edition, reference)
    now = arrival_of(request.scope).at
    words = state_words()
    may_change = may_screen(actor, edition.programme_id, edition.id)
    page = ScreeningPage(
        title=entry.title,
        path=f"{edition.desk}/entries/{entry.reference}",
        entry=entry,
        words=words,
        choices=tuple(Choice(value.value, words[value]) for value in _outcomes(entry) if may_change),
        is_appeal=bool(entry.decisions),
        is_call_over=entry.closes is not None and now >= entry.closes,
        outcome=outcome,
        reason=reason,
        errors=errors,
    )
    path = f"{edition.desk}/entries"
    crumbs = (Link(path, _("Entries")), Link("", entry.reference, True))
    return on_desk(request, edition, "entries/screening.html", page, crumbs=crumbs, status=status)


def _outcomes(entry: ScreenedEntry) -> tuple[EntryState, ...]:
    """What may be decided now: after one decision only the appeal is left, and it may be upheld."""
    if len(entry.decisions) >= MOST_DECISIONS:
        return ()
    can = ENTRY_MOVES[entry.state] | ({entry.state} if entry.state is EntryState.INELIGIBLE else set())
    return tuple(value for value in (EntryState.ELIGIBLE, EntryState.INELIGIBLE) if value in can)


@get("/desk/{programme:str}/{edition:str}/entries/{reference:str}", guards=[needs_sign_in])
async def screening_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], reference: FromPath[str]
) -> Response[bytes]:
    return await _screening(request, programme, edition, reference)


@post(
    "/desk/{programme:str}/{edition:str}/entries/{reference:str}/decide",
    guards=[needs_sign_in],
    status_code=303,
)
async def decide(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], reference: FromPath[str]
) -> Response[bytes]:
    fields = await read_fields(request)
    row = await screening.screened_by(actor_of(request), programme, edition)
    kept = {"outcome": fields.get("outcome", ""), "reason": fields.get("reason", "")}
    command = parse_drawn(DecideEligibility, fields)
    if isinstance(command, FormErrors):
        return await _screening(request, programme, edition, reference, **kept, errors=command, status=422)
    try:
        await services.decide_eligibility(
            edition_id=row.id,
            reference=reference,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        errors = FormErrors(problem.errors)
        return await _screening(request, programme, edition, reference, **kept, errors=errors, status=422)
    except Stale:
        errors = FormErrors(
            {"": _("This entry changed since you opened the page. Look at it again, then decide.")}
        )
        return await _screening(request, programme, edition, reference, **kept, errors=errors, status=409)
    flash = Flash("good", _("Decided; the city gets a mail"))
    return redirect(request, f"{row.desk}/entries/{reference}", flash=flash)


ROUTES: list[HTTPRouteHandler] = [entries_page, screening_page, decide]
