"""Exceptions from rules and approvals of cities, as the secretariat grants, records and ends them."""

from collections.abc import Mapping

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct
from msgspec.structs import replace

from awards.cities.queries import approved_entrants
from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, run_by, seen_by
from awards.editions.rules import EditionState, Role, in_secretariat
from awards.entries.eligibility import eligibility
from awards.entries.facts import CityWord, Facts, Rule
from awards.entries.forms_approval import EndExemption, GrantExemption, RecordApproval
from awards.entries.pages.frame import AnyRequest
from awards.entries.queries import approvals, exemptions, facts_about
from awards.entries.queries.approvals import BehalfEntry
from awards.entries.queries.exemptions import Concerned, ExemptionRow
from awards.entries.rule_words import RuleLine, lines, rule_names
from awards.entries.rules import WRITABLE
from awards.entries.services.approvals import LETTER, TOLD, record_approval
from awards.entries.services.exemptions import end_exemption, grant_exemption
from awards.errors import Invalid, NotFound, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import BIGGEST_ID, parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

HERE = "/desk/{programme:str}/{edition:str}/exemptions"
APPROVAL = HERE + "/approvals/{reference:str}"
WHILE = (EditionState.DRAFT, EditionState.OPEN)


class ExemptionsPage(Struct, frozen=True):
    title: str
    path: str
    exemptions: tuple[ExemptionRow, ...]
    names: Mapping[Rule, str]
    behalf: tuple[BehalfEntry, ...]
    entrants: tuple[Choice, ...]
    rules: tuple[Choice, ...]
    values: Mapping[str, str]
    may_grant: bool
    errors: FormErrors = NO_ERRORS


class GrantPage(Struct, frozen=True):
    title: str
    path: str
    entrant: Concerned
    rule: Rule
    name: str
    now: RuleLine | None
    holds_already: bool
    reason: str
    errors: FormErrors = NO_ERRORS


class EndPage(Struct, frozen=True):
    title: str
    path: str
    exemption: ExemptionRow
    name: str
    entrant: Concerned
    then: RuleLine | None
    may_end: bool
    errors: FormErrors = NO_ERRORS


class RecordPage(Struct, frozen=True):
    title: str
    path: str
    action: str
    entry: BehalfEntry
    ways: tuple[Choice, ...]
    values: Mapping[str, str]
    may_record: bool
    errors: FormErrors = NO_ERRORS


# --- all of them ---------------------------------------------------------------------------------------


async def _list(
    request: AnyRequest, row: EditionRow, values: Mapping[str, str], errors: FormErrors = NO_ERRORS
) -> Response[bytes]:
    names = rule_names()
    may_grant = in_secretariat(actor_of(request), row.programme_id, row.id) and row.state in WHILE
    page = ExemptionsPage(
        title=_("Exceptions and approvals"),
        path=f"{row.desk}/exemptions",
        exemptions=tuple(await exemptions.exemptions_of(row.id)),
        names=names,
        behalf=tuple(await approvals.of_edition(row.id)),
        entrants=tuple(Choice(str(one), f"{name}, {where}") for one, name, where in await approved_entrants())
        if may_grant
        else (),
        rules=tuple(Choice(rule.value, name) for rule, name in names.items()),
        values={"entrant": values.get("entrant", ""), "rule": values.get("rule", "")},
        may_grant=may_grant,
        errors=errors,
    )
    return on_desk(request, row, "entries/exemptions.html", page, status=422 if errors else 200)


@get(HERE, guards=[needs_sign_in])
async def exemptions_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    row = await seen_by(actor_of(request), programme, edition, Role.AUDITOR)
    return await _list(request, row, {})


# --- granting: what follows stands on the page before the button ---------------------------------------


async def _grant(
    request: AnyRequest, row: EditionRow, values: Mapping[str, str], errors: FormErrors = NO_ERRORS
) -> Response[bytes]:
    """Step two; who or what is not known leads back to step one."""
    command = parse(GrantExemption, {name: values.get(name, "") for name in ("entrant", "rule")})
    if isinstance(command, FormErrors):
        return await _list(request, row, values, command)
    now = arrival_of(request.scope).at
    try:
        entrant = await exemptions.concerned(row.id, command.entrant, now)
    except NotFound:
        return await _list(request, row, values, FormErrors({"entrant": _("Choose an entrant")}))
    facts = await facts_about(row.id, entrant.id, entrant.counts_for, now)
    name = rule_names()[command.rule]
    page = GrantPage(
        title=_("Make an exception for %(entrant)s?", entrant=entrant.name),
        path=f"{row.desk}/exemptions",
        entrant=entrant,
        rule=command.rule,
        name=name,
        now=_line(facts, command.rule),
        holds_already=command.rule in facts.exemptions,
        reason=values.get("reason", ""),
        errors=errors,
    )
    crumbs = (Link(page.path, _("Exceptions and approvals")), Link("", _("Make an exception"), True))
    return on_desk(
        request, row, "entries/exemption_grant.html", page, crumbs=crumbs, status=422 if errors else 200
    )


def _line(facts: Facts, rule: Rule) -> RuleLine | None:
    """How the rule stands for the entrant without an entry; nothing where the edition does not set it."""
    found = (row for row in eligibility(facts) if row.rule is rule)
    return next(iter(lines(found, started=True)), None)


@get(HERE + "/new", guards=[needs_sign_in])
async def grant_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    return await _grant(request, row, request.query_params)


@post(HERE, guards=[needs_sign_in], status_code=303)
async def grant(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    fields = await read_fields(request)
    command = parse(GrantExemption, fields)
    if isinstance(command, FormErrors):
        return await _grant(request, row, fields, command)
    try:
        await grant_exemption(
            edition_id=row.id,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return await _grant(request, row, fields, FormErrors(problem.errors))
    said = Flash("good", _("The exception holds"), _("The people of the entrant get a mail with the reason."))
    return redirect(request, f"{row.desk}/exemptions", flash=said)


# --- ending --------------------------------------------------------------------------------------------


async def _end(
    request: AnyRequest, row: EditionRow, number: int, errors: FormErrors = NO_ERRORS
) -> Response[bytes]:
    if not 1 <= number <= BIGGEST_ID:
        raise NotFound
    now = arrival_of(request.scope).at
    kept = await exemptions.exemption(row.id, number)
    entrant = await exemptions.concerned(row.id, kept.entrant_id, now)
    facts = await facts_about(row.id, entrant.id, entrant.counts_for, now)
    without = {rule: reason for rule, reason in facts.exemptions.items() if rule != kept.rule.value}
    page = EndPage(
        title=_("End the exception for %(entrant)s?", entrant=entrant.name),
        path=f"{row.desk}/exemptions",
        exemption=kept,
        name=rule_names()[kept.rule],
        entrant=entrant,
        then=_line(replace(facts, exemptions=without), kept.rule),
        may_end=kept.ended_at is None and row.state in WHILE,
        errors=errors,
    )
    crumbs = (Link(page.path, _("Exceptions and approvals")), Link("", _("End an exception"), True))
    return on_desk(
        request, row, "entries/exemption_end.html", page, crumbs=crumbs, status=422 if errors else 200
    )


@get(HERE + "/{number:int}/end", guards=[needs_sign_in])
async def end_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    return await _end(request, await run_by(actor_of(request), programme, edition), number)


@post(HERE + "/{number:int}/end", guards=[needs_sign_in], status_code=303)
async def end(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    command = parse(EndExemption, await read_fields(request))
    if isinstance(command, FormErrors) or not 1 <= number <= BIGGEST_ID:
        raise NotFound
    try:
        await end_exemption(
            edition_id=row.id,
            exemption_id=number,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return await _end(request, row, number, FormErrors(problem.errors))
    return redirect(request, f"{row.desk}/exemptions", flash=Flash("good", _("The exception has ended")))


# --- the approval of a city that does not answer here --------------------------------------------------


async def _record(
    request: AnyRequest,
    row: EditionRow,
    reference: str,
    values: Mapping[str, str],
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    entry = await approvals.one_of_edition(row.id, reference)
    page = RecordPage(
        title=_("Record the approval of %(city)s", city=entry.city),
        path=f"{row.desk}/exemptions",
        action=f"{row.desk}/exemptions/approvals/{entry.reference}",
        entry=entry,
        ways=(
            Choice(LETTER, _("I have read a letter of the city")),
            Choice(TOLD, _("The city told us in another way")),
        ),
        values={"way": values.get("way", ""), "reason": values.get("reason", "")},
        may_record=row.state is EditionState.OPEN
        and entry.state in WRITABLE
        and entry.word is not CityWord.GIVEN,
        errors=errors,
    )
    crumbs = (Link(page.path, _("Exceptions and approvals")), Link("", entry.reference, True))
    return on_desk(request, row, "entries/approval_record.html", page, crumbs=crumbs, status=status)


@get(APPROVAL, guards=[needs_sign_in])
async def record_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], reference: FromPath[str]
) -> Response[bytes]:
    return await _record(request, await run_by(actor_of(request), programme, edition), reference, {})


@post(APPROVAL, guards=[needs_sign_in], status_code=303)
async def record(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], reference: FromPath[str]
) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    fields = await read_fields(request)
    command = parse(RecordApproval, fields)
    if isinstance(command, FormErrors):
        return await _record(request, row, reference, fields, command, 422)
    try:
        await record_approval(
            edition_id=row.id,
            reference=reference,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return await _record(request, row, reference, fields, FormErrors(problem.errors), 422)
    except Stale:
        said = _("The city answered since you opened the page. This is how it stands now.")
        return await _record(request, row, reference, fields, FormErrors({"": said}), 409)
    said = _("The city and the entrant get a mail with what you wrote.")
    return redirect(
        request, f"{row.desk}/exemptions", flash=Flash("good", _("The approval is on record"), said)
    )


ROUTES: list[HTTPRouteHandler] = [
    exemptions_page,
    grant_page,
    grant,
    end_page,
    end,
    record_page,
    record,
]
