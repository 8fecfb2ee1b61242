"""Planning a round before anybody is invited. Asking changes nothing: the address holds the whole question."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.rules import EditionState, Role, in_secretariat
from awards.panels.queries import RoundRow, round_seen_by
from awards.panels.rules import may_change_panel
from awards.results.forms import AskPlan, entries_expected
from awards.results.planning import (
    LEVELS,
    MOST_ENTRIES,
    MOST_FOR_RANGE,
    Answer,
    Ask,
    Known,
    answer,
    deviations,
    foreseen,
)
from awards.results.queries.planning import PastRound, Seated, known_of, past_rounds, seated_in
from awards.web.arrival import arrival_of
from awards.web.fields import clean
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Choice, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.session import actor_of, needs_sign_in
from judging import Expected

AnyRequest = Request[Any, Any, Any]
PAST = "past:"
MARKED = "criteria"


class EntriesField(Struct, frozen=True):
    name: str
    label: str
    hint: str


class PlanPage(Struct, frozen=True):
    title: str
    round: RoundRow
    path: str
    entries: tuple[EntriesField, ...]
    panels: tuple[Choice, ...]
    differ: tuple[Choice, ...]
    seated: str
    values: Mapping[str, str]
    marked: bool
    """Whether the round has marks at all: one that is passed or failed names no first place."""
    ask: Ask | None
    answer: Answer | None
    may_change: bool
    errors: FormErrors = NO_ERRORS


@get("/desk/{programme:str}/{edition:str}/panels/{round_code:str}/plan", guards=[needs_sign_in])
async def plan(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    found = await round_seen_by(actor, programme, edition, round_code, Role.AUDITOR)
    fields = {clean(name): clean(value) for name, value in request.query_params.items()}
    known = await known_of(found)
    seated = await seated_in(found.id)
    chosen = fields.get("differ", "").removeprefix(PAST) if fields.get("differ", "").startswith(PAST) else ""
    past = await past_rounds(found, chosen, arrival_of(request.scope).at)
    values = {**_suggested(found, known, seated), **fields}
    ask: Ask | FormErrors | None = _read(values, known, past, chosen)
    if found.kind != MARKED or (isinstance(ask, FormErrors) and not fields):
        # Nothing to plan, or nothing was typed yet: what is missing is no mistake.
        ask = None
    errors = ask if isinstance(ask, FormErrors) else NO_ERRORS
    asked = ask if isinstance(ask, Ask) else None
    page = PlanPage(
        title=_("Plan: %(round)s", round=found.name),
        round=found,
        path=f"{found.panel}/plan",
        entries=tuple(EntriesField(f"entries-{one.code}", one.name, _counted(one)) for one in known),
        panels=_panels(),
        differ=_differ(past),
        seated=_seated(seated),
        values=values,
        marked=found.kind == MARKED,
        ask=asked,
        answer=await _answer(asked, known, seated) if asked else None,
        may_change=in_secretariat(actor, found.edition.programme_id, found.edition.id)
        and may_change_panel(found.state) is None,
        errors=errors,
    )
    crumbs = (
        Link(f"{found.edition.desk}/panels", _("Panels")),
        Link(found.panel, found.name),
        Link("", _("Plan"), True),
    )
    return on_desk(
        request, found.edition, "results/plan.html", page, crumbs=crumbs, status=422 if errors else 200
    )


async def _answer(ask: Ask, known: Sequence[Known], seated: Seated) -> Answer:
    """Drawn in a thread: the same question is answered from what is kept."""
    plans = await asyncio.to_thread(foreseen, ask, ask.expected)
    others = []
    if sum(ask.entries) <= MOST_FOR_RANGE:
        others = [await asyncio.to_thread(foreseen, ask, LEVELS[level]) for level in ("small", "large")]
    return answer(ask, known, seated.limits, plans, others)


# --- what is known already ------------------------------------------------------------------------------


def _suggested(found: RoundRow, known: Sequence[Known], seated: Seated) -> dict[str, str]:
    """Entries that are in the round, or those that may come; judges who were asked; the round's own numbers."""
    here = any(one.in_round for one in known)
    drafts = found.edition.state is EditionState.OPEN
    criteria = max((one.criteria for one in known), default=0) or 5
    judges = seated.invited or ""
    values = {
        "judges": str(judges),
        "panels": "together",
        "reads": str(found.sheets_wanted),
        "minutes": "30",
        "criteria": str(criteria),
        "places": str(max((one.places for one in known), default=0) or 3),
        "differ": "usual",
    }
    for one in known:
        coming = one.waiting + one.eligible + (one.drafts if drafts else 0)
        values[f"entries-{one.code}"] = str(one.in_round if here else coming)
    return values


def _counted(one: Known) -> str:
    if one.in_round:
        return ngettext("%(num)d is in the round", "%(num)d are in the round", one.in_round)
    return _(
        "drafts: %(drafts)d, submitted: %(waiting)d, eligible: %(eligible)d",
        drafts=one.drafts,
        waiting=one.waiting,
        eligible=one.eligible,
    )


def _seated(seated: Seated) -> str:
    if not seated.invited:
        return _("Nobody is invited yet.")
    return _(
        "%(invited)d are on the panel, %(accepted)d of them have accepted.",
        invited=seated.invited,
        accepted=seated.accepted,
    )


# --- the question ---------------------------------------------------------------------------------------


def _panels() -> tuple[Choice, ...]:
    return (
        Choice("together", _("Judges read in all categories"), _("How strict each is shows best this way.")),
        Choice(
            "apart", _("Each category has its own judges"), _("Shared out so that loads are nearly equal.")
        ),
    )


def _differ(past: Sequence[PastRound]) -> tuple[Choice, ...]:
    says = {
        "small": (_("Little"), _("like trained judges of diving and figure skating")),
        "usual": (_("As juries usually do"), _("like those who mark essays")),
        "large": (_("Much"), _("like wine tasters")),
    }
    levels = tuple(Choice(level, text, _spoken(LEVELS[level], like)) for level, (text, like) in says.items())
    return levels + tuple(
        Choice(
            PAST + one.key, _("As in %(edition)s, %(round)s", edition=one.edition, round=one.name), _past(one)
        )
        for one in past
    )


def _past(one: PastRound) -> str:
    """What that round says of judges: told once it is chosen, because only then it is read."""
    found = deviations(one.body) if one.body else None
    if found is None:
        return _("What its judges were like is read from its adopted results.")
    return _spoken(found, _("as estimated there"))


def _spoken(expected: Expected, like: str) -> str:
    return _(
        "Where entries differ by 10 points, judges differ by %(judges)s in strictness and one sheet strays by %(noise)s: %(like)s.",
        judges=f"{10 * expected.judges:.1f}",
        noise=f"{10 * expected.noise:.1f}",
        like=like,
    )


def _read(
    fields: Mapping[str, str], known: Sequence[Known], past: Sequence[PastRound], chosen: str
) -> Ask | FormErrors:
    entries, errors = entries_expected(fields, [one.code for one in known])
    parsed = parse(AskPlan, fields)
    if isinstance(parsed, FormErrors):
        return FormErrors({**errors, **parsed})
    first = f"entries-{known[0].code}" if known else ""
    if not errors and not any(count > 1 for count in entries):
        errors[first] = _("Enter how many entries you expect: two in a category at least")
    if not errors and sum(entries) > MOST_ENTRIES:
        errors[first] = _("Plan for %(most)d entries at most", most=MOST_ENTRIES)
    apart = parsed.panels == "apart"
    needed = sum(1 for count in entries if count) if apart else 1
    if parsed.judges < needed:
        errors["judges"] = _("Separate panels need a judge each: %(needed)d at least", needed=needed)
    elif not apart and parsed.reads > parsed.judges:
        errors["reads"] = _(
            "With %(judges)d judges an entry can have %(judges)d sheets at most", judges=parsed.judges
        )
    expected = LEVELS.get(parsed.differ)
    if chosen:
        body = next((one.body for one in past if one.key == chosen), None)
        expected = deviations(body) if body else None
    if expected is None:
        errors["differ"] = (
            _("The results of that round do not tell its entries and judges apart. Choose another answer.")
            if any(one.key == chosen for one in past)
            else _("Choose one of the answers for “{label}”").format(
                label=_("How different judges usually are")
            )
        )
    if errors or expected is None:
        return FormErrors(errors)
    return _within(
        Ask(
            entries=entries,
            judges=parsed.judges,
            apart=apart,
            reads=parsed.reads,
            minutes=parsed.minutes,
            criteria=parsed.criteria,
            places=parsed.places,
            differ=parsed.differ,
            expected=expected,
        )
    )


def _within(ask: Ask) -> Ask | FormErrors:
    if ask.reads > ask.largest:
        return FormErrors(
            {
                "reads": _(
                    "The largest panel has %(judges)d judges: ask for so many sheets at most",
                    judges=ask.largest,
                )
            }
        )
    return ask


ROUTES: list[HTTPRouteHandler] = [plan]
