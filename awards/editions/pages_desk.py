"""The desk's first page and the overview of an edition."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.cities.queries import how_many_wait
from awards.cities.rules import may_decide
from awards.editions import desk
from awards.editions.document import EditionDocument
from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, editions, seen_by
from awards.editions.queries.census import EntryCounts, RoundCounts, count_entries, count_rounds
from awards.editions.queries.rulesets import open_request
from awards.editions.readiness import call_obstacles
from awards.editions.reading import Stored, stored_edition
from awards.editions.rules import (
    EditionState,
    Phase,
    Role,
    RoundState,
    call_phase,
    holds,
    in_secretariat,
    is_screener,
    may_add_editions,
    round_phase,
)
from awards.errors import NotFound
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _, ngettext
from awards.web.render import render
from awards.web.session import actor_of, needs_sign_in


class DeskPage(Struct, frozen=True):
    title: str
    editions: Sequence[EditionRow]
    may_add: bool
    may_name_people: bool
    may_decide_on_cities: bool
    waiting_cities: int
    keeps_server: bool


class Step(Struct, frozen=True):
    """One line of the timeline."""

    text: str
    at: datetime | None
    state: str
    note: str = ""


class RoundView(Struct, frozen=True):
    code: str
    name: str
    state: str
    phase: Phase
    opens: datetime
    closes: datetime
    counts: RoundCounts
    act: Link | None


class OverviewPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    timeline: tuple[Step, ...]
    next_steps: tuple[Link, ...]
    entries: EntryCounts
    rounds: tuple[RoundView, ...]
    deadline: datetime | None
    may_change: bool
    counts_drafts: bool


@get("/desk", guards=[needs_sign_in])
async def desk_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    actor = actor_of(request)
    if not actor.on_staff:
        raise NotFound
    seen = (Role.SECRETARIAT, Role.SCREENER, Role.AUDITOR)
    own = [
        one for one in await editions() if any(holds(actor, role, one.programme_id, one.id) for role in seen)
    ]
    may_name = any(grant.role in (Role.ADMIN.value, Role.SECRETARIAT.value) for grant in actor.grants)
    decides = may_decide(actor)
    waiting = await how_many_wait() if decides else 0
    keeps_server = actor.has(Role.ADMIN.value)
    page = DeskPage(_("The desk"), own, may_add_editions(actor), may_name, decides, waiting, keeps_server)
    return render(
        request, "editions/desk.html", page, role=desk.in_words(Role(one.role) for one in actor.grants)
    )


@get("/desk/{programme:str}/{edition:str}", guards=[needs_sign_in])
async def overview(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await seen_by(actor, programme, edition, Role.SCREENER, Role.AUDITOR)
    may_change = in_secretariat(actor, row.programme_id, row.id)
    screens = is_screener(actor, row.programme_id, row.id)
    now = arrival_of(request.scope).at
    stored = await stored_edition(row.id)
    counts = await count_rounds(row.id)
    entries = await count_entries(row.id)
    rounds = tuple(_round_view(row, stored, code, counts[code], now, may_change) for code in counts)
    page = OverviewPage(
        title=row.name,
        edition=row,
        timeline=_timeline(stored.document, now),
        next_steps=(
            *await _asked(row),
            *_from_cities(row, entries),
            *_next_steps(row, stored.document, rounds, entries, now),
        )
        if may_change
        else _to_screen(row, entries)
        if screens
        else (),
        entries=entries,
        rounds=rounds,
        deadline=stored.document.milestone("closes"),
        may_change=may_change,
        counts_drafts=may_change or screens,
    )
    return on_desk(request, row, "editions/overview.html", page)


def _timeline(document: EditionDocument, now: datetime) -> tuple[Step, ...]:
    moments = [(one.at, desk.milestone_name(one.kind)) for one in document.milestones]
    for part in document.rounds:
        moments.append((part.opens, _("%(round)s begins", round=part.name)))
        moments.append((part.closes, _("%(round)s ends", round=part.name)))
    moments.sort()
    coming = next((place for place, (at, _text) in enumerate(moments) if at > now), len(moments))
    return tuple(
        Step(text, at, "past" if place < coming - 1 else "here" if place == coming - 1 else "")
        for place, (at, text) in enumerate(moments)
    )


def _round_view(
    row: EditionRow, stored: Stored, code: str, counts: RoundCounts, now: datetime, may_change: bool
) -> RoundView:  # fmt: skip
    part = next(one for one in stored.document.rounds if one.code == code)
    state = (stored.standing.rounds or {})[code]
    act = None
    if state is RoundState.DRAFT:
        act = Link(f"{row.desk}/rounds/{code}/open", _("Open"))
    elif state in (RoundState.OPEN, RoundState.EXTRA):
        act = Link(f"{row.desk}/rounds/{code}/close", _("Close"))
    return RoundView(
        code,
        part.name,
        state.value,
        round_phase(state, part.opens, part.closes, now),
        part.opens,
        part.closes,
        counts,
        act if may_change else None,
    )


def _from_cities(row: EditionRow, counts: EntryCounts) -> Iterator[Link]:
    if counts.helps:
        text = ngettext(
            "%(num)d city asks for help with its draft", "%(num)d cities ask for help with their drafts", counts.helps
        )  # fmt: skip
        yield Link(f"{row.desk}/drafts", text)
    if counts.appeals:
        text = ngettext(
            "Decide on %(num)d appeal of a city", "Decide on %(num)d appeals of cities", counts.appeals
        )
        yield Link(f"{row.desk}/entries?standing=appealed", text)
    if counts.objections:
        text = ngettext(
            "Answer %(num)d city that asks for another judge",
            "Answer %(num)d cities that ask for another judge",
            counts.objections,
        )
        yield Link(f"{row.desk}/judges/objections", text)
    if counts.nominations:
        text = ngettext(
            "Decide on %(num)d person whom a city named as a judge",
            "Decide on %(num)d people whom cities named as judges",
            counts.nominations,
        )
        yield Link(f"{row.desk}/judges/nominations", text)


def _to_screen(row: EditionRow, entries: EntryCounts) -> tuple[Link, ...]:
    """Submitted is what nobody has decided on yet."""
    text = ngettext(
        "Screen %(num)d submitted entry", "Screen %(num)d submitted entries", entries.submitted
    )  # fmt: skip
    return (Link(f"{row.desk}/entries", text),) if entries.submitted else ()


async def _asked(row: EditionRow) -> tuple[Link, ...]:
    number = await open_request(row.id)
    text = _("A new ruleset waits for its second signature")
    return (Link(f"{row.desk}/rulesets/{number}", text),) if number else ()


def _next_steps(
    row: EditionRow,
    document: EditionDocument,
    rounds: tuple[RoundView, ...],
    entries: EntryCounts,
    now: datetime,
) -> tuple[Link, ...]:
    """What the secretariat does next, most urgent first."""
    steps: list[Link] = []
    if row.state is EditionState.DRAFT:
        ready = not call_obstacles(document, row.state, now)
        steps.append(
            Link(f"{row.desk}/open", _("Open the call"))
            if ready
            else Link(f"{row.desk}/setup", _("Complete the set-up, then open the call"))
        )
    phase = call_phase(row.state, document.milestone("opens"), document.milestone("closes"), now)
    if phase is Phase.OVER:
        steps.append(Link(f"{row.desk}/entries", _("Screen the entries: the deadline is over")))
        if entries.drafts:
            text = ngettext(
                "%(num)d draft was not submitted", "%(num)d drafts were not submitted", entries.drafts
            )
            steps.append(Link(f"{row.desk}/drafts", text))
    for view in rounds:
        if view.phase is Phase.OVER:
            steps.append(Link(f"{row.desk}/rounds/{view.code}/close", _("Close %(round)s", round=view.name)))
        elif view.phase is Phase.RUNNING:
            steps.append(
                Link(
                    f"{row.desk}/progress/{view.code}", _("Watch the progress of %(round)s", round=view.name)
                )
            )
        elif view.phase is Phase.DRAFT and row.state is not EditionState.DRAFT:
            steps.append(
                Link(
                    f"{row.desk}/panels/{view.code}",
                    _("Put the panel of %(round)s together", round=view.name),
                )
            )
            if phase is not Phase.RUNNING:
                steps.append(
                    Link(f"{row.desk}/rounds/{view.code}/open", _("Open %(round)s", round=view.name))
                )
        elif view.state == RoundState.EXTRA.value:
            text = (
                _("Close %(round)s again: its further reads are over", round=view.name)
                if view.counts.reads_until is not None and view.counts.reads_until <= now
                else _("Watch the further reads of %(round)s", round=view.name)
            )
            steps.append(Link(f"{row.desk}/extra/{view.code}", text))
        elif view.state == RoundState.CLOSED.value:
            steps.append(
                Link(
                    f"{row.desk}/results/{view.code}", _("Look at the results of %(round)s", round=view.name)
                )
            )
    if (
        row.state is EditionState.JUDGING
        and rounds
        and all(view.state in (RoundState.CLOSED.value, RoundState.DECIDED.value) for view in rounds)
    ):
        steps.append(Link(f"{row.desk}/prizes", _("Decide the prizes")))
        steps.append(Link(f"{row.desk}/stage/decided", _("Mark the edition as decided")))
    if row.state is EditionState.DECIDED:
        text = (
            _("See what two people signed, and when it comes out")
            if entries.signed
            else _("Publish the results")
        )
        steps.append(Link(f"{row.desk}/publication", text))
    if row.state is EditionState.PUBLISHED:
        steps.append(Link(f"{row.desk}/stage/archived", _("Archive the edition")))
    return tuple(steps)


ROUTES: list[HTTPRouteHandler] = [desk_page, overview]
