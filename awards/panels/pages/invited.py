"""Before and after an invitation: what would stand between a judge and the entries; who has answered, and how."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions import desk
from awards.errors import Denied, Invalid, NotFound
from awards.panels import queries, services
from awards.panels.forms import RemindJudges
from awards.panels.queries import RoundRow
from awards.panels.queries.conflicts import Tested, tested
from awards.panels.queries.invited import InHand, Invitation, in_hand, invitations_of
from awards.panels.queries.objections import may_be_one
from awards.panels.rules import may_change_panel
from awards.panels.sentences import conflict_words
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import BIGGEST_ID, parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in
from judging.conflicts import FORCE, Effect

AnyRequest = Request[Any, Any, Any]
PANEL = "/desk/{programme:str}/{edition:str}/panels/{round_code:str}"
MOST_NAMED = 12


class RuleLine(Struct, frozen=True):
    """One kind of conflict: what it is, what it does, and the entries that it touches."""

    words: str
    effect: Effect
    entries: tuple[str, ...]

    @property
    def named(self) -> str:
        return "; ".join(self.entries[:MOST_NAMED])

    @property
    def more(self) -> int:
        return max(len(self.entries) - MOST_NAMED, 0)


class TestPage(Struct, frozen=True):
    title: str
    round: RoundRow
    judge: InHand
    person_id: int
    rules: tuple[RuleLine, ...]
    entries: int
    forbidden: int
    warned: int
    may_invite: bool
    objections: tuple[tuple[str, str], ...]
    """What cities asked about a name that may be this one, and nobody has decided yet or nobody was meant."""


@get(f"{PANEL}/test/{{person:int}}", guards=[needs_sign_in])
async def test_judge(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    person: FromPath[int],
) -> Response[bytes]:
    found = await queries.round_run_by(actor_of(request), programme, edition, round_code)
    judge = await in_hand(found.edition.id, person) if 0 < person <= BIGGEST_ID else None
    if judge is None:
        raise NotFound
    result = await tested(person, found.id, found.edition.id, arrival_of(request.scope).at)
    forbidden = {entry for entry in result.entries if result.conflicts.forbidden(person, entry)}
    warned = {entry for entry in result.entries if result.conflicts.warned(person, entry)} - forbidden
    page = TestPage(
        title=judge.name,
        round=found,
        judge=judge,
        person_id=person,
        rules=_rules(result),
        entries=len(result.entries),
        forbidden=len(forbidden),
        warned=len(warned),
        may_invite=may_change_panel(found.state) is None,
        objections=tuple(one for one in result.objections if may_be_one(one[0], judge.name)),
    )
    return _render(request, "panels/test.html", page, found)


def _rules(result: Tested) -> tuple[RuleLine, ...]:
    """The rule that forbids most first."""
    touched: dict[tuple[str, Effect], list[str]] = defaultdict(list)
    for (_person, entry), findings in result.conflicts.findings.items():
        for finding in findings:
            touched[conflict_words(finding), finding.effect].append(result.entries[entry])
    return tuple(
        sorted(
            (RuleLine(words, effect, tuple(sorted(names))) for (words, effect), names in touched.items()),
            key=lambda one: (-FORCE[one.effect], -len(one.entries), one.words),
        )
    )


# --- who has answered -----------------------------------------------------------------------------------


class InvitationsPage(Struct, frozen=True):
    title: str
    round: RoundRow
    now: datetime
    invitations: tuple[Invitation, ...]
    to_remind: tuple[Choice, ...]
    ticked: tuple[str, ...]
    errors: FormErrors = NO_ERRORS


@get(f"{PANEL}/invitations", guards=[needs_sign_in])
async def invitations(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    found = await queries.round_run_by(actor_of(request), programme, edition, round_code)
    return await _invitations(request, found)


@post(f"{PANEL}/invitations", guards=[needs_sign_in], status_code=303)
async def remind(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    found = await queries.round_run_by(actor, programme, edition, round_code)
    fields = await read_fields(request)
    command = parse(RemindJudges, fields)
    ticked = tuple(fields.all("seats"))
    if isinstance(command, FormErrors):
        errors = FormErrors({"seats": _("Choose who is to be reminded")})
        return await _invitations(request, found, ticked, errors, 422)
    try:
        count = await services.remind_judges(
            round_id=found.id, command=command, actor=actor, clock=arrival_of(request.scope).clock
        )
    except Invalid as problem:
        return await _invitations(request, found, ticked, FormErrors(problem.errors), 422)
    except Denied as problem:
        return await _invitations(request, found, ticked, FormErrors({"": problem.why}), 403)
    text = ngettext(
        "A reminder is on its way to %(num)d judge", "Reminders are on their way to %(num)d judges", count
    )
    return redirect(request, f"{found.panel}/invitations", flash=Flash("good", text))


async def _invitations(
    request: AnyRequest,
    found: RoundRow,
    ticked: tuple[str, ...] = (),
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    listed = await invitations_of(found.id)
    may = may_change_panel(found.state) is None
    page = InvitationsPage(
        title=_("Invitations: %(round)s", round=found.name),
        round=found,
        now=now,
        invitations=tuple(listed),
        to_remind=tuple(
            Choice(str(one.seat_id), one.name, one.address)
            for one in listed
            if may and one.may_be_reminded(now)
        ),
        ticked=ticked,
        errors=errors,
    )
    return _render(request, "panels/invitations.html", page, found, status)


def _render(
    request: AnyRequest, template: str, page: TestPage | InvitationsPage, found: RoundRow, status: int = 200
) -> Response[bytes]:
    return render(
        request,
        template,
        page,
        status=status,
        role=_("secretariat"),
        place=desk.place(found.edition),
        side=desk.side(found.edition, request.url.path, actor_of(request)),
        crumbs=(
            Link(f"{found.edition.desk}/panels", _("Panels")),
            Link(found.panel, found.name),
            Link("", page.title, True),
        ),
        demo=found.edition.demo,
    )


ROUTES: list[HTTPRouteHandler] = [test_judge, invitations, remind]
