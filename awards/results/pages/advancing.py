"""Who goes on from a round to the next: chosen on one page, what follows and the reasons on the next, then done."""

from collections.abc import Collection, Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, run_by, seen_by
from awards.editions.rules import Role, RoundKind, in_secretariat
from awards.errors import Denied, Invalid, Stale
from awards.results import services
from awards.results.advancing import THRESHOLD, TOP, Choice, Outcome, Stand, may_advance, near_the_line
from awards.results.forms import AdvanceEntries
from awards.results.queries.advancing import AdvancingTable, Going, advancing_table
from awards.results.rules import may_judge_results
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]
HERE = "/desk/{programme:str}/{edition:str}/advancing/{code:str}"
LONGEST = 2000


class Row(Struct, frozen=True):
    """An entry at the end of its round; `score` in millionths, `share` in whole percent of a round of pass or fail."""

    reference: str
    entrant: str
    title: str
    rank: int | None
    score: int | None
    share: int | None
    rank_low: int | None
    rank_high: int | None
    by_rule: bool
    near: bool
    ticked: bool
    outcome: str
    reason: str


class Section(Struct, frozen=True):
    code: str
    name: str
    rows: tuple[Row, ...]

    @property
    def going(self) -> int:
        return sum(row.by_rule for row in self.rows)


class AdvancingPage(Struct, frozen=True):
    title: str
    path: str
    back: str
    rule: str
    next: str
    refused: str
    last: bool
    hidden: bool
    passing: bool
    said: bool
    """Whether it was said before who goes on."""
    sections: tuple[Section, ...]
    may_change: bool
    errors: FormErrors = NO_ERRORS


class Asked(Struct, frozen=True):
    """An entry that is not as the rule has it, and why."""

    field: str
    label: str
    hint: str
    reason: str


class CheckPage(Struct, frozen=True):
    title: str
    path: str
    back: str
    seen: int
    next: str
    carried: bool
    counts: tuple[tuple[str, int, int], ...]
    """Category, how many go on, and of how many."""
    going: tuple[str, ...]
    asked: tuple[Asked, ...]
    removed: tuple[str, ...]
    errors: FormErrors


@get(HERE, guards=[needs_sign_in])
async def advancing_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    row = await seen_by(actor_of(request), programme, edition, Role.AUDITOR)
    return await _draw(request, row, code)


@get(HERE + "/check", guards=[needs_sign_in])
async def check(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    table = await advancing_table(row.id, code, actor_of(request), arrival_of(request.scope).at)
    going = frozenset(request.query_params.getall("go", []))
    if why := _refused(table):
        return await _draw(request, row, code, FormErrors({"": why}), 403)
    if not going & set(table.names):
        wrong = FormErrors({"": _("Choose at least one entry that goes on")})
        return await _draw(request, row, code, wrong, 422)
    before = {one.reference: one.reason for one in table.entries}
    return _check_page(request, row, table, going, before, NO_ERRORS)


@post(HERE, guards=[needs_sign_in], status_code=303)
async def advance(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    actor, arrival = actor_of(request), arrival_of(request.scope)
    row = await run_by(actor, programme, edition)
    fields = await read_fields(request)
    table = await advancing_table(row.id, code, actor, arrival.at)
    if why := _refused(table):
        return await _draw(request, row, code, FormErrors({"": why}), 403)
    going = frozenset(fields.all("go"))
    reasons = {ref: fields.get(f"reason-{ref}", "").strip() for ref in table.names}
    seen = fields.get("seen", "")
    try:
        if long := [ref for ref, reason in reasons.items() if len(reason) > LONGEST]:
            text = _("Shorten this to %(count)d characters at most", count=LONGEST)
            raise Invalid({f"reason-{ref}": text for ref in long})
        command = AdvanceEntries(
            row.id,
            code,
            tuple(Choice(ref, ref in going, reasons[ref]) for ref in table.names),
            int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else -1,
        )
        count = await services.advance_entries(command=command, actor=actor, clock=arrival.clock)
    except Invalid as problem:
        return _check_page(request, row, table, going, reasons, FormErrors(problem.errors), 422)
    except Stale:
        why = _("Somebody said who goes on since you opened the page. Look at it again, and choose again.")
        return await _draw(request, row, code, FormErrors({"": why}), 409)
    except Denied as problem:
        return await _draw(request, row, code, FormErrors({"": problem.why}), 403)
    said = ngettext("%(num)d entry goes on", "%(num)d entries go on", count)
    return redirect(request, f"{row.desk}/advancing/{code}", flash=Flash("good", said))


def rule_in_words(rule: tuple[str, str], *, passing: bool) -> str:
    kind, value = rule
    if kind == TOP:
        return ngettext(
            "The first of each category goes on, and whoever is tied with it.",
            "The first %(num)d of each category go on, and whoever is tied at the line.",
            int(value),
        )
    if kind == THRESHOLD and passing:
        return _("Who reaches a share of passes of %(value)s goes on.", value=value)
    if kind == THRESHOLD:
        return _("Who reaches a score of %(value)s goes on.", value=value)
    return _("No rule was set: the secretariat chooses, with a reason for each entry that goes on.")


# --- parts of the handlers above -------------------------------------------------------------------------


def _refused(table: AdvancingTable) -> str:
    refusal = may_advance(table.state, table.next.state if table.next else None)
    refusal = refusal or may_judge_results(table.hidden)
    return refusal.why if refusal else ""


async def _draw(
    request: AnyRequest, row: EditionRow, code: str, errors: FormErrors = NO_ERRORS, status: int = 200
) -> Response[bytes]:
    actor = actor_of(request)
    table = await advancing_table(row.id, code, actor, arrival_of(request.scope).at)
    passing, proposed = table.kind == RoundKind.PASSING, table.proposed
    shown = [one for one in table.entries if one.category not in table.hidden]
    sections = tuple(
        Section(category, name, _rows([one for one in shown if one.category == category], table, proposed))
        for category, name in dict.fromkeys((one.category, one.category_name) for one in shown)
    )
    page = AdvancingPage(
        title=_("Who goes on from %(round)s", round=table.name),
        path=f"{row.desk}/advancing/{code}",
        back=f"{row.desk}/results/{code}",
        rule=rule_in_words(table.rule, passing=passing),
        next=table.next.name if table.next else "",
        refused=_refused(table),
        last=table.next is None,
        hidden=bool(table.hidden),
        passing=passing,
        said=any(one.outcome for one in table.entries),
        sections=sections,
        may_change=in_secretariat(actor, row.programme_id, row.id),
        errors=errors,
    )
    return on_desk(request, row, "results/advancing.html", page, crumbs=_crumbs(row, table), status=status)


def _rows(entries: list[Going], table: AdvancingTable, proposed: Collection[str]) -> tuple[Row, ...]:
    found = [_row(one, table.stands.get(one.reference), table, proposed) for one in entries]
    last = 10**9
    return tuple(sorted(found, key=lambda one: (one.rank or last, -(one.share or 0), one.entrant.casefold())))


def _row(one: Going, stand: Stand | None, table: AdvancingTable, proposed: Collection[str]) -> Row:
    stand = stand or Stand(one.reference, one.category)
    score = stand.score
    passing = table.kind == RoundKind.PASSING
    return Row(
        reference=one.reference,
        entrant=one.entrant,
        title=one.title,
        rank=stand.rank,
        score=None if score is None or passing else int(score * 1_000_000),
        share=None if score is None or not passing else int(score * 100),
        rank_low=stand.rank_low,
        rank_high=stand.rank_high,
        by_rule=one.reference in proposed,
        near=near_the_line(stand, table.rule),
        ticked=one.outcome == Outcome.ADVANCED if one.outcome else one.reference in proposed,
        outcome=one.outcome,
        reason=one.reason,
    )


def _check_page(
    request: AnyRequest, row: EditionRow, table: AdvancingTable, going: Collection[str],
    reasons: Mapping[str, str], errors: FormErrors, status: int = 200,
) -> Response[bytes]:  # fmt: skip
    proposed = table.proposed
    asked = tuple(
        Asked(
            f"reason-{one.reference}",
            _("Why %(entry)s goes on", entry=one.entrant)
            if one.reference in going
            else _("Why %(entry)s does not go on", entry=one.entrant),
            one.title,
            reasons.get(one.reference, ""),
        )
        for one in table.entries
        if (one.reference in going) != (one.reference in proposed)
    )
    categories = dict.fromkeys((one.category, one.category_name) for one in table.entries)
    page = CheckPage(
        title=_("Let these entries go on?"),
        path=f"{row.desk}/advancing/{table.code}",
        back=f"{row.desk}/advancing/{table.code}",
        seen=table.seen,
        next=table.next.name if table.next else "",
        carried=bool(table.next and table.next.carried_weight),
        counts=tuple(
            (
                name,
                sum(one.reference in going for one in table.entries if one.category == category),
                sum(one.category == category for one in table.entries),
            )
            for category, name in categories
        ),
        going=tuple(one.reference for one in table.entries if one.reference in going),
        asked=asked,
        removed=tuple(
            one.entrant
            for one in table.entries
            if one.in_next is not None and one.reference not in going and not one.assigned
        ),
        errors=errors,
    )
    crumbs = (*_crumbs(row, table)[:-1], Link("", page.title, True))
    return on_desk(request, row, "results/advancing_check.html", page, crumbs=crumbs, status=status)


def _crumbs(row: EditionRow, table: AdvancingTable) -> tuple[Link, ...]:
    home = f"{row.desk}/results"
    return (
        Link(home, _("Results")),
        Link(f"{home}/{table.code}", table.name),
        Link("", _("Who goes on"), True),
    )


ROUTES: list[HTTPRouteHandler] = [advancing_page, check, advance]
