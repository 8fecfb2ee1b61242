"""One submitted entry before those who screen it: what it says, what was found, and what may be done now."""

from collections.abc import Mapping
from urllib.parse import quote

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.accounts.rules import FRESH_PROOF
from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, seen_by
from awards.editions.rules import Role, in_secretariat, scopes_of
from awards.entries.pages.frame import AnyRequest
from awards.entries.pages.queue import standing_words
from awards.entries.pages.timeline import Step, history_of
from awards.entries.queries import screening
from awards.entries.queries.screening import ScreenedEntry
from awards.entries.queries.standing import others_who_may
from awards.entries.queries.trail import Finding, Request, Trail
from awards.entries.rules import SIGNED, EntryState, may_screen
from awards.entries.screening import (
    OPEN_TO_ANSWERS,
    OPEN_TO_ASKING,
    OPEN_TO_OUTCOMES,
    OPEN_TO_SETTLING,
    Item,
    Reply,
    Standing,
)
from awards.entries.telling import Shown, Telling, tellings
from awards.files.store import Store
from awards.web.arrival import arrival_of
from awards.web.frame import NO_ERRORS, Choice, FormErrors, Link
from awards.web.i18n import _
from awards.web.session import actor_of, needs_sign_in, proved_since
from awards.web.site import site_of

HERE = "/desk/{programme:str}/{edition:str}/entries/{reference:str}"


class Check(Struct, frozen=True):
    """A question of the checklist with the reader's own answer, as kept or as typed."""

    code: str
    question: str
    reply: str
    note: str


class May(Struct, frozen=True):
    """What the reader may do now. What they may not is not drawn."""

    screen: bool = False
    finish: bool = False
    settle: bool = False
    confirm: bool = False
    end_exclusion: bool = False
    ask: bool = False
    end_enquiry: bool = False
    decide_appeal: bool = False
    take_up: bool = False


class ScreeningPage(Struct, frozen=True):
    title: str
    path: str
    back: str
    entry: ScreenedEntry
    word: str
    trail: Trail
    checks: tuple[Check, ...]
    own: Finding | None
    others: tuple[Finding, ...]
    request: Request | None
    reasons: str
    """What those who found it not eligible would tell the city, to begin from."""
    wanted: int
    done: int
    history: tuple[Step, ...]
    tellings: tuple[Telling, ...]
    """What would tell judges of a blind round who entered."""
    redact: str
    """Where other words are put in its place, by who may."""
    may: May
    replies: tuple[Choice, ...]
    outcomes: tuple[Choice, ...]
    words: Mapping[EntryState, str]
    is_call_over: bool
    is_overdue: bool
    proved: bool
    prove: str
    questions: Mapping[str, str]
    values: Mapping[str, str]
    form: str
    errors: FormErrors = NO_ERRORS

    @property
    def is_drawn(self) -> bool:
        """Whether the form that was sent stands on the page: another person may have decided meanwhile."""
        may = {
            "screen": self.may.screen,
            "settle": self.may.settle,
            "confirm": self.request is not None,
            "decide": self.may.decide_appeal,
            "take-up": self.may.take_up,
        }
        return may.get(self.form, False)

    @property
    def typed(self) -> tuple[str, ...]:
        return tuple(text for name in ("reason", "note", "text") if (text := self.values.get(name, "")))

    def errors_in(self, form: str) -> FormErrors:
        """The errors of one of the page's forms: the others stay as they were."""
        return self.errors if self.form == form else NO_ERRORS

    def value(self, form: str, name: str, kept: str = "") -> str:
        return self.values.get(name, kept) if self.form == form else kept


def outcome_words() -> dict[EntryState, str]:
    return {EntryState.ELIGIBLE: _("Eligible"), EntryState.INELIGIBLE: _("Not eligible")}


async def draw(
    request: AnyRequest,
    programme: str,
    slug: str,
    reference: str,
    *,
    form: str = "",
    values: Mapping[str, str] | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    edition = await seen_by(actor, programme, slug, Role.SCREENER, Role.AUDITOR)
    entry, trail = await screening.screened_entry(edition, reference, actor, now)
    path = f"{edition.desk}/entries/{entry.reference}"
    own = next((one for one in trail.findings if one.person_id == actor.person_id), None)
    typed = values if form == "screen" and values is not None else None
    waiting = next((one for one in trail.requests if one.waits), None)
    screens = may_screen(actor, edition.programme_id, edition.id) and not entry.tied
    first = _decided_first(trail)
    alone = False
    if screens and entry.standing is Standing.APPEALED and actor.person_id in first:
        scopes = scopes_of(edition.programme_id, edition.id)
        alone = not (await others_who_may(scopes, entry.id, actor.person_id, now)) - first
    page = ScreeningPage(
        title=entry.title,
        path=path,
        back=f"{edition.desk}/entries",
        entry=entry,
        word=standing_words()[entry.standing],
        trail=trail,
        checks=tuple(_checks(trail, own, typed)),
        own=own,
        others=tuple(
            one for one in trail.findings if one.person_id != actor.person_id and one.done_at is not None
        ),
        request=waiting if entry.standing is Standing.CONFIRM else None,
        reasons="\n\n".join(
            one.reason
            for one in trail.findings
            if one.done_at is not None and one.number == entry.number and one.reason
        ),
        wanted=trail.rules.screeners,
        done=entry.done,
        history=history_of(entry, trail),
        tellings=await tellings_of(entry, trail, site_of(request).files.store),
        redact=f"{path}/versions/{entry.number}/redact"
        if not entry.tied and in_secretariat(actor, edition.programme_id, edition.id)
        else "",
        may=_may(
            entry, trail, own, waiting, actor.person_id, edition, alone=alone,
            staff=in_secretariat(actor, edition.programme_id, edition.id),
        ) if screens else May(),
        replies=(Choice(Reply.YES.value, _("Yes")), Choice(Reply.NO.value, _("No")), Choice(Reply.ASK.value, _("Ask"))),
        outcomes=tuple(Choice(one.value, text) for one, text in outcome_words().items()),
        words=outcome_words(),
        is_call_over=entry.closes is not None and now >= entry.closes,
        is_overdue=entry.standing is Standing.OVERDUE,
        proved=proved_since(actor, now - FRESH_PROOF),
        prove=f"/prove?next={quote(path)}",
        questions={question.code: question.label for question, _said in entry.answers},
        values=values or {},
        form=form,
        errors=errors,
    )  # fmt: skip
    crumbs = (Link(f"{edition.desk}/entries", _("Entries")), Link("", entry.reference, True))
    return on_desk(request, edition, "entries/screening.html", page, crumbs=crumbs, status=status)


async def tellings_of(entry: ScreenedEntry, trail: Trail, store: Store) -> tuple[Telling, ...]:
    return await tellings(
        trail.naming,
        store,
        title=entry.title,
        answers=[(question, said.plain) for question, said in entry.answers],
        files={
            code: [Shown(file.number, file.name, file.alt) for file in files]
            for code, files in entry.files.items()
        },
    )


def _checks(trail: Trail, own: Finding | None, typed: Mapping[str, str] | None) -> list[Check]:
    found = []
    for code, question in trail.rules.checklist:
        item = own.item(code) if own else Item(code)
        if typed is not None:
            item = Item(code, typed.get(f"item-{code}", ""), typed.get(f"note-{code}", ""))
        found.append(Check(code, question, item.reply, item.note))
    return found


def _decided_first(trail: Trail) -> frozenset[int]:
    """Who decided, and who asked for the exclusion that another confirmed."""
    asked = {one.asked_by for one in trail.requests if one.given_at is not None}
    return frozenset({one.by_id for one in trail.decisions} | asked)


def _may(
    entry: ScreenedEntry,
    trail: Trail,
    own: Finding | None,
    waiting: Request | None,
    person: int,
    edition: EditionRow,
    *,
    alone: bool,
    staff: bool,
) -> May:
    standing, complete = entry.standing, entry.done >= trail.rules.screeners
    screened = own is not None and own.number == entry.number and own.done_at is not None
    return May(
        screen=standing in OPEN_TO_ANSWERS and not complete,
        finish=standing in OPEN_TO_OUTCOMES and not complete,
        settle=standing in OPEN_TO_SETTLING and not (standing is Standing.DIFFER and screened),
        confirm=standing is Standing.CONFIRM and waiting is not None and waiting.asked_by != person,
        end_exclusion=standing is Standing.CONFIRM and waiting is not None,
        ask=standing in OPEN_TO_ASKING | {Standing.OVERDUE},
        end_enquiry=entry.enquiry is not None,
        decide_appeal=standing is Standing.APPEALED and (alone or person not in _decided_first(trail)),
        take_up=staff
        and entry.state is EntryState.INELIGIBLE
        and standing is Standing.DECIDED
        and len(trail.decisions) == 1
        and edition.state not in SIGNED,
    )


@get(HERE, guards=[needs_sign_in])
async def screening_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], reference: FromPath[str]
) -> Response[bytes]:
    return await draw(request, programme, edition, reference)


ROUTES: list[HTTPRouteHandler] = [screening_page]
