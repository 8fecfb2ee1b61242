"""Rounds and their runs: what the marks say, how sure it is, and the choice to adopt it."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.actor import Actor
from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, run_by, seen_by
from awards.editions.rules import Role, RoundState, in_secretariat
from awards.errors import Denied, Invalid, NotFound
from awards.results import queries, services, views
from awards.results.chances import Chances, chances, followed
from awards.results.forms import JudgeRun, RunDecision
from awards.results.pages.passing import PassingSection, sections_of
from awards.results.queries import RoundLine, RoundResults, read_body
from awards.results.queries.gate import judged_lacks
from awards.results.rules import RunState, is_settled, shows_runs
from awards.results.views import Judges, MethodLine, Ranking, Said
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import BIGGEST_ID, parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

HERE = "/desk/{programme:str}/{edition:str}/results"


class RoundsPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    rounds: tuple[RoundLine, ...]
    open: Mapping[str, int]
    """Things that each round leaves open at the gate."""
    may_change: bool


@get(HERE, guards=[needs_sign_in])
async def rounds_page(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await seen_by(actor, programme, edition, Role.AUDITOR)
    rounds = await queries.round_lines(row.id)
    open_: Counter[str] = Counter()
    if any(one.settled for one in rounds):
        now = arrival_of(request.scope).at
        hidden = await queries.conflicted_categories(row.id, actor.person_id, now)
        open_ = Counter(lack.round for lack in await judged_lacks(row.id, now) if lack.is_shown(hidden))
    page = RoundsPage(_("Results"), row, tuple(rounds), open_, _may_change(actor, row))
    crumbs = (Link(row.desk, row.name), Link("", _("Results"), True))
    return on_desk(request, row, "results/rounds.html", page, crumbs=crumbs)


class LeftOutLine(Struct, frozen=True):
    """A sheet that is kept and does not count."""

    entrant: str
    judge: str
    reason: str
    at: datetime


class RoundPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    round: RoundResults
    readable: bool
    categories: tuple[tuple[str, str], ...]
    hidden: bool
    sheets: int
    judges: Judges | None
    remarks: tuple[Said, ...]
    method: str
    may_change: bool
    current: bool
    """Whether the run that is shown was computed from the sheets and entries that count now."""
    left_out: tuple[LeftOutLine, ...]
    papers: int
    """Sheets that count and were keyed in from paper."""
    open: int
    """Things that stand open at the gate before publication."""
    passing: tuple[PassingSection, ...] = ()
    """Of a round that is passed or failed: how it was answered."""
    errors: FormErrors = NO_ERRORS
    reason: str = ""

    @property
    def path(self) -> str:
        return f"{self.edition.desk}/results/{self.round.code}"

    @property
    def settled(self) -> bool:
        return is_settled(self.round.state)

    @property
    def adopted(self) -> bool:
        return any(run.state == RunState.ADOPTED for run in self.round.runs)

    @property
    def superseding(self) -> int | None:
        """The adopted run that the shown one would take the place of."""
        return next((run.number for run in self.round.runs if run.state == RunState.ADOPTED), None)

    @property
    def newer(self) -> int | None:
        """A run that waits to be adopted while the one that is shown no longer holds."""
        waiting = [run.number for run in self.round.runs if run.state == RunState.PROVISIONAL]
        return waiting[0] if waiting and self.round.run and waiting[0] > self.round.run.number else None

    @property
    def may_decide(self) -> bool:
        """Whether the round can be declared decided; the page that does it says what may still be in the way."""
        return (
            self.may_change
            and self.round.state == RoundState.CLOSED
            and (self.adopted or self.round.kind != "criteria")
        )

    @property
    def may_calculate(self) -> bool:
        """In a decided round a run only corrects."""
        return (
            self.may_change
            and not self.reading
            and (self.round.state != RoundState.DECIDED or not self.current)
        )

    @property
    def reading(self) -> bool:
        """Whether entries are read once more, so that no outcome is made."""
        return self.round.state == RoundState.EXTRA

    @property
    def may_read_more(self) -> bool:
        return self.may_change and self.round.state in (RoundState.CLOSED, RoundState.EXTRA)


async def _round_page(
    request: Request[Any, Any, Any], programme: str, edition: str, code: str, number: int | None,
    errors: FormErrors = NO_ERRORS, reason: str = "", status: int = 200,
) -> Response[bytes]:  # fmt: skip
    actor = actor_of(request)
    row = await seen_by(actor, programme, edition, Role.AUDITOR)
    found = await queries.round_results(row.id, code, number)
    inside = await queries.in_round(found.id, actor, arrival_of(request.scope).at)
    entries, hidden = inside.entries, queries.conflicted(inside.entries)
    names = await queries.names_of(found)
    shown = dict.fromkeys((e.category, e.category_name) for e in entries.values() if e.category not in hidden)
    page = RoundPage(
        title=_("%(round)s: results", round=found.name),
        edition=row,
        round=found,
        readable=shows_runs(found.state),
        categories=tuple(shown),
        hidden=bool(hidden),
        sheets=sum(s["sheets"] for s in found.body.get("standings", ()) if s["scope"] == "all"),
        # How strict each judge is, and what is said of the round as a whole, rest on the marks of every category.
        judges=None if hidden else views.judges(found.body, names.judges),
        remarks=() if hidden else tuple(views.remarks(found.body, entries, names.judges, None, hidden)),
        method=views.method_name(found.run.method) if found.run else "",
        may_change=_may_change(actor, row),
        current=found.newest_rules and inside.carries(found.inputs),
        left_out=tuple(
            LeftOutLine(
                entries[sheet.reference].entrant,
                names.judges[sheet.label].name if sheet.label in names.judges else sheet.label,
                sheet.reason,
                sheet.at,
            )
            for sheet in inside.left_out
            if entries[sheet.reference].category not in hidden and shows_runs(found.state)
        ),
        passing=await sections_of(found, entries, hidden),
        open=sum(
            lack.round == code and lack.is_shown(hidden)
            for lack in await judged_lacks(row.id, arrival_of(request.scope).at)
        ),
        papers=inside.papers if is_settled(found.state) else 0,
        errors=errors,
        reason=reason,
    )
    crumbs = (Link(f"{row.desk}/results", _("Results")), Link("", found.name, True))
    return on_desk(request, row, "results/round.html", page, crumbs=crumbs, status=status)


@get(HERE + "/{code:str}", guards=[needs_sign_in])
async def round_page(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    return await _round_page(request, programme, edition, code, None)


@get(HERE + "/{code:str}/runs/{number:int}", guards=[needs_sign_in])
async def run_page(
    request: Request[Any, Any, Any],
    programme: FromPath[str],
    edition: FromPath[str],
    code: FromPath[str],
    number: FromPath[int],
) -> Response[bytes]:
    return await _round_page(request, programme, edition, code, bounded(number))


@post(HERE + "/{code:str}", guards=[needs_sign_in], status_code=303)
async def ask(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    found = await queries.round_results(row.id, code)
    try:
        await services.ask_for_run(round_id=found.id, actor=actor, clock=arrival_of(request.scope).clock)
    except Denied as refused:
        return await _round_page(
            request, programme, edition, code, None, FormErrors({"": refused.why}), status=403
        )
    return redirect(
        request, f"{row.desk}/results/{code}",
        flash=Flash("good", _("The calculation is under way"), _("Open this page again in a moment.")),
    )  # fmt: skip


@post(HERE + "/{code:str}/runs/{number:int}", guards=[needs_sign_in], status_code=303)
async def judge_run(
    request: Request[Any, Any, Any],
    programme: FromPath[str],
    edition: FromPath[str],
    code: FromPath[str],
    number: FromPath[int],
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    row = await run_by(actor, programme, edition)
    found = await queries.round_results(row.id, code, bounded(number))
    fields = await read_fields(request)
    form = parse(RunDecision, fields)
    if isinstance(form, FormErrors):
        return await _round_page(
            request, programme, edition, code, number, form, fields.get("reason", ""), 422
        )
    command = JudgeRun(round_id=found.id, number=number, reason=form.reason)
    verb = services.adopt_run if form.decision == "adopt" else services.drop_run
    try:
        await verb(command=command, actor=actor, clock=clock)
    except Invalid as wrong:
        errors = FormErrors(wrong.errors)
        return await _round_page(request, programme, edition, code, number, errors, form.reason, 422)
    except Denied as refused:
        errors = FormErrors({"": refused.why})
        return await _round_page(request, programme, edition, code, number, errors, form.reason, 403)
    said = (
        _("Run %(number)d is adopted", number=number)
        if form.decision == "adopt"
        else _("Run %(number)d is dropped", number=number)
    )
    return redirect(request, f"{row.desk}/results/{code}", flash=Flash("good", said))


class CategoryPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    round: RoundResults
    category: str
    name: str
    ranking: Ranking | None
    steps: tuple[str, ...]
    remarks: tuple[Said, ...]
    otherwise: tuple[Said, ...]
    chances: Chances | None
    notes: tuple[str, ...]
    """Prizes that the numbers do not follow, in sentences."""
    methods: tuple[str, ...]
    lines: tuple[MethodLine, ...]
    own_country: tuple[tuple[str, str, str], ...]
    balanced: bool
    sheets: int
    method: str
    criteria: tuple[tuple[str, str], ...]

    @property
    def path(self) -> str:
        return f"{self.edition.desk}/results/{self.round.code}"


@get(HERE + "/{code:str}/{category:str}", guards=[needs_sign_in])
async def category_page(
    request: Request[Any, Any, Any],
    programme: FromPath[str],
    edition: FromPath[str],
    code: FromPath[str],
    category: FromPath[str],
) -> Response[bytes]:
    actor = actor_of(request)
    row = await seen_by(actor, programme, edition, Role.AUDITOR)
    found = await queries.round_results(row.id, code)
    entries = await queries.entry_names(found.id, actor, arrival_of(request.scope).at)
    own = [entry for entry in entries.values() if entry.category == category]
    if not own or category in queries.conflicted(entries) or not shows_runs(found.state):
        raise NotFound
    names = await queries.names_of(found)
    ranking = None
    if found.inputs:
        ranking = views.ranking(found.body, read_body(found.inputs), category, entries)
    given = followed(found.body, names, category, queries.conflicted(entries))
    order = [line for band in ranking.bands for line in band.rows] if ranking else []
    methods, lines = views.methods(found.body, category, entries, order)
    page = CategoryPage(
        title=_("%(category)s: results of %(round)s", category=own[0].category_name, round=found.name),
        edition=row,
        round=found,
        category=category,
        name=own[0].category_name,
        ranking=ranking,
        steps=tuple(views.steps(found.body, category, entries)),
        remarks=tuple(views.remarks(found.body, entries, names.judges, category, frozenset())),
        otherwise=tuple(views.otherwise(found.body, entries, names, given)),
        chances=chances(found.body, category, entries, names, given),
        notes=given.notes,
        methods=methods,
        lines=lines,
        own_country=tuple(views.own_country(found.body, category, entries, names.judges)),
        balanced=any(
            r["code"] == "balanced" and r["category"] == category for r in found.body.get("remarks", ())
        ),
        sheets=sum(line.sheets for line in order),
        method=views.method_name(found.run.method) if found.run else "",
        criteria=tuple(names.judged(found.inputs, category).items()),
    )
    crumbs = (
        Link(f"{row.desk}/results", _("Results")),
        Link(f"{row.desk}/results/{code}", found.name),
        Link("", page.name, True),
    )
    return on_desk(request, row, "results/category.html", page, crumbs=crumbs)


def bounded(number: int) -> int:
    if not 1 <= number <= BIGGEST_ID:
        raise NotFound
    return number


def _may_change(actor: Actor, row: EditionRow) -> bool:
    return in_secretariat(actor, row.programme_id, row.id)


ROUTES: list[HTTPRouteHandler] = [
    rounds_page, round_page, run_page, ask, judge_run, category_page,
]  # fmt: skip
