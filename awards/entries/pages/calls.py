"""Before an entry is started: what the edition asks and allows, and who of one's own entrants may enter."""

from datetime import datetime

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.cities.queries import MyEntrant, entrants_of
from awards.cities.rules import WRITERS, EntrantKind, EntrantState
from awards.editions.document import EditionRules
from awards.editions.queries import (
    CallTimes,
    EditionRow,
    QuestionRow,
    call_of,
    edition_by_slugs,
    open_calls,
    questions_of,
    rules_of,
)
from awards.editions.rules import EditionState, Phase, call_phase
from awards.entries.asked_words import AskedRow, asked_rows
from awards.entries.eligibility import eligibility
from awards.entries.facts import OF_THE_CITY, Facts, RuleState, Stage
from awards.entries.pages.frame import AnyRequest
from awards.entries.queries.eligibility import facts_about_all
from awards.entries.rule_words import RuleLine, in_words, lines, rule_names
from awards.errors import NotFound
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.render import render
from awards.web.session import actor_of, needs_sign_in

# Of so many entrants a page says how they stand; nobody acts for more.
MOST = 20


class EntrantLine(Struct, frozen=True):
    """One's own entrant: may it enter, and how each rule stands for it.

    `for_another`: what stops it is of the city that it belongs to, and it can name another.
    """

    entrant: MyEntrant
    may: bool
    for_another: bool
    why: str
    rules: tuple[RuleLine, ...]


class CallPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    opens: datetime
    closes: datetime
    phase: Phase
    rules: tuple[tuple[str, str], ...]
    sections: tuple[tuple[str, tuple[AskedRow, ...]], ...]
    limits: EditionRules
    takes_files: bool
    entrants: tuple[EntrantLine, ...]
    start: str


@get("/city/calls/{programme:str}/{edition:str}", guards=[needs_sign_in])
async def call_page(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    row = await edition_by_slugs(programme, edition)
    mine = (await entrants_of(actor.person_id, now))[:MOST]
    pairs = [(one.id, one.id if one.kind is EntrantKind.CITY else one.city_id or one.id) for one in mine]
    facts = await facts_about_all(row.id, pairs, now)
    # Whoever acts for nobody yet has no facts to read the rules and the times from.
    rules = facts[0].rules if facts else await rules_of(row.id)
    times = CallTimes(facts[0].opens, facts[0].closes) if facts else await call_of(row.id)
    if row.state is EditionState.DRAFT or times.opens is None or times.closes is None:
        raise NotFound
    own = next((one for one in await open_calls(now, actor.person_id) if one.edition.id == row.id), None)
    closes = own.closes if own else times.closes
    questions = await questions_of(row.id)
    said = in_words(rules, row.programme_name, {one.code: one.label for one in questions})
    names = rule_names()
    found = tuple(_entrant(one, about) for one, about in zip(mine, facts, strict=True))
    page = CallPage(
        title=_("Before you start"),
        edition=row,
        opens=times.opens,
        closes=closes,
        phase=call_phase(row.state, times.opens, closes, now),
        rules=tuple((names[rule], text) for rule, text in said.items()),
        sections=_sections(questions),
        limits=rules,
        takes_files=any(one.kind.value == "file" for one in questions),
        entrants=found,
        start=f"/city/entries/new?edition={row.programme}/{row.slug}"
        if any(one.may for one in found)
        else "",
    )
    crumbs = (Link("/city", _("Your entries")), Link("", page.title, True))
    return render(
        request, "entries/call.html", page, crumbs=crumbs, role=_("city official"), place=Link("", row.name),
        demo=row.demo,
    )  # fmt: skip


def _entrant(one: MyEntrant, facts: Facts) -> EntrantLine:
    why = ""
    if one.state is EntrantState.DECLINED:
        why = _("The secretariat declined this entrant.")
    elif one.role is None or one.state is not EntrantState.APPROVED:
        why = _("The secretariat has still to agree that you act for it.")
    elif one.role not in WRITERS:
        why = _("You may read its entries, not write them.")
    rows = eligibility(facts) if not why else ()
    stops = {row.rule for row in rows if row.state is RuleState.MISSING and row.stage is not Stage.SUBMIT}
    for_another = bool(stops) and stops <= OF_THE_CITY and one.kind is not EntrantKind.CITY
    return EntrantLine(
        one, not why and (for_another or not stops), for_another, why, lines(rows, started=False)
    )


def _sections(questions: list[QuestionRow]) -> tuple[tuple[str, tuple[AskedRow, ...]], ...]:
    """In the order in which each section is first met."""
    found: dict[str, list[QuestionRow]] = {}
    for row in questions:
        found.setdefault(row.section, []).append(row)
    return tuple((section, asked_rows(rows)) for section, rows in found.items())


ROUTES: list[HTTPRouteHandler] = [call_page]
