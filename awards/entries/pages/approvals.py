"""A city's answer to those who want to enter on its behalf."""

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.document import EditionRules
from awards.entries.eligibility import has_place_for
from awards.entries.facts import CityWord
from awards.entries.forms_approval import ApproveEntry, DeclineEntry
from awards.entries.pages.frame import AnyRequest, render_late
from awards.entries.queries import approvals, facts_about
from awards.entries.queries.approvals import BehalfEntry
from awards.entries.rules import Late, may_write
from awards.entries.services.approvals import approve_entry, decline_entry
from awards.errors import Invalid, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in


class ApprovalPage(Struct, frozen=True):
    """`taken` and `rules` say how many places the city has; `is_stale` that somebody answered meanwhile."""

    title: str
    entry: BehalfEntry
    rules: EditionRules
    taken: int
    has_place: bool
    may_answer: bool
    is_open: bool
    reason: str = ""
    errors: FormErrors = NO_ERRORS


async def _page(
    request: AnyRequest,
    reference: str,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
    *,
    reason: str = "",
) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    entry = await approvals.one_on_behalf(actor, reference, now)
    facts = await facts_about(entry.edition_id, entry.entrant_id, entry.city_id, now, entry_id=entry.id)
    titles = {
        CityWord.WAITING: _("%(entrant)s wants to enter on behalf of %(city)s", entrant=entry.entrant, city=entry.city),
        CityWord.GIVEN: _("%(entrant)s enters on behalf of %(city)s", entrant=entry.entrant, city=entry.city),
        CityWord.DECLINED: _("%(city)s declined an entry on its behalf", city=entry.city),
    }  # fmt: skip
    is_open = may_write(entry.state, entry.call, now) is None
    page = ApprovalPage(
        title=titles[entry.word],
        entry=entry,
        rules=facts.rules,
        taken=sum(1 for one in facts.siblings if one.counts),
        has_place=has_place_for(facts),
        may_answer=entry.may_write and is_open,
        is_open=is_open,
        reason=reason,
        errors=errors,
    )
    crumbs = (Link("/city", _("Your entries")), Link("", entry.reference, True))
    return render(
        request, "entries/approval.html", page, status=status, crumbs=crumbs, role=_("city official"),
        place=Link("", entry.edition_name), demo=entry.demo,
    )  # fmt: skip


@get("/city/approvals/{reference:str}", guards=[needs_sign_in])
async def approval_page(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    return await _page(request, reference)


@post("/city/approvals/{reference:str}/approve", guards=[needs_sign_in], status_code=303)
async def approve(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    command = parse(ApproveEntry, await read_fields(request))
    if isinstance(command, FormErrors):
        return await _page(request, reference, command, 422)
    try:
        await approve_entry(
            reference=reference,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return await _page(request, reference, FormErrors(problem.errors), 422)
    except Stale:
        return await _page(request, reference, _answered(), 409)
    except Late as refusal:
        return render_late(request, refusal, back="/city")
    said = Flash("good", _("Approved"), _("Who enters on your behalf gets a mail."))
    return redirect(request, f"/city/approvals/{reference}", flash=said)


@post("/city/approvals/{reference:str}/decline", guards=[needs_sign_in], status_code=303)
async def decline(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    fields = await read_fields(request)
    typed = fields.get("reason", "")
    command = parse(DeclineEntry, fields)
    if isinstance(command, FormErrors):
        return await _page(request, reference, command, 422, reason=typed)
    try:
        await decline_entry(
            reference=reference,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return await _page(request, reference, FormErrors(problem.errors), 422, reason=typed)
    except Stale:
        return await _page(request, reference, _answered(), 409, reason=typed)
    except Late as refusal:
        return render_late(request, refusal, back="/city", typed=typed)
    said = Flash("good", _("Declined"), _("Who wanted to enter gets a mail with your reason."))
    return redirect(request, f"/city/approvals/{reference}", flash=said)


def _answered() -> FormErrors:
    said = _(
        "Somebody answered since you opened the page. This is how it stands now; look at it, then answer."
    )
    return FormErrors({"": said})


ROUTES: list[HTTPRouteHandler] = [approval_page, approve, decline]
