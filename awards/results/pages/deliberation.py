"""The page that a panel deliberates on: the order, the agenda, the room, the record, and the two signatures."""

import json
from collections.abc import Awaitable, Callable, Mapping

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.accounts.rules import FRESH_PROOF
from awards.editions.approving import NOT_PROVED
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.results import views
from awards.results import views_deliberation as drawn
from awards.results.deliberating import DeliberationState, may_renew
from awards.results.forms_deliberation import (
    AskToConclude,
    ConsentToConclude,
    EndConclusion,
    LeaveRoom,
    Note,
    Renew,
    ReturnToRoom,
)
from awards.results.meeting import OWED, SECRETARIAT, Conclusion, Meeting, Sitting
from awards.results.pages.deliberation_frame import (
    HERE,
    AnyRequest,
    draw,
    found_for,
    layout_of,
    path_of,
    place_of,
    refusal_of,
)
from awards.results.pages.deliberation_open import opening_page
from awards.results.services import concluding
from awards.results.services import deliberation as services
from awards.results.views_deliberation import Item, Line, Order, Seated
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import Parsed, parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in, proved_since


class DeliberationPage(Struct, frozen=True):
    title: str
    layout: str
    path: str
    back: str
    meeting: Meeting
    method: str
    role: str
    order: Order
    items: tuple[Item, ...]
    room: tuple[Seated, ...]
    lines: tuple[Line, ...]
    hidden: int
    refused: str
    """Why nothing can be put on record now; empty where it can."""
    may_speak: bool
    out: bool
    """Whether the reader is out of the room, and says nothing while they are."""
    may_sign: bool
    may_renew: bool
    conclusion: Conclusion | None
    sha256: str
    reader: int
    proved: bool
    prove: str
    form: str
    values: Mapping[str, str]
    news: str
    errors: FormErrors = NO_ERRORS
    beside: bool = False
    """Whether the password is to be entered beside what was typed."""

    def errors_in(self, form: str) -> FormErrors:
        return self.errors if self.form == form else NO_ERRORS

    def value(self, form: str, name: str) -> str:
        return self.values.get(name, "") if self.form == form else ""


@get(HERE, guards=[needs_sign_in])
async def deliberation_page(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    code: FromPath[str],
    category: FromPath[str],
) -> Response[bytes]:
    try:
        found = await found_for(request, programme, edition, code, category)
    except Denied as problem:
        if problem.code != OWED:
            raise
        return redirect(request, f"/bench/{programme}/{edition}/{code}")
    return opening_page(request, found) if found.meeting.id is None else deliberation_of(request, found)


def deliberation_of(
    request: AnyRequest,
    found: Sitting,
    form: str = "",
    values: Mapping[str, str] | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
    beside: bool = False,
) -> Response[bytes]:
    meeting = found.meeting
    refused = refusal_of(found)
    again = may_renew(meeting.state, meeting.round.state, current=meeting.current)
    page = DeliberationPage(
        title=_("Deliberation: %(category)s", category=meeting.name),
        layout=layout_of(found),
        path=path_of(found),
        back=f"{meeting.round.edition.desk}/results/{meeting.round.code}/{meeting.category}",
        meeting=meeting,
        method=views.method_name(meeting.run_method),
        role=found.role,
        order=drawn.order_of(found),
        items=drawn.items_of(found),
        room=drawn.room_of(found),
        lines=drawn.lines_of(found),
        hidden=len(found.hidden),
        refused=refused,
        may_speak=found.speaks and not refused,
        out=found.is_out,
        may_sign=found.speaks and found.whole,
        may_renew=found.role == SECRETARIAT
        and again is None
        and not meeting.asked
        and meeting.adopted_id is not None,
        conclusion=meeting.conclusion,
        sha256=meeting.fingerprint(),
        reader=found.reader,
        proved=beside or proved_since(actor_of(request), arrival_of(request.scope).at - FRESH_PROOF),
        prove=f"/prove?next={path_of(found)}",
        form=form,
        values=values or {},
        news=drawn.news(found) if meeting.state == DeliberationState.OPEN else "",
        errors=errors,
        beside=beside,
    )
    crumb = Link("", meeting.name, True)
    return draw(request, found, "results/deliberation.html", page, crumb, status=status)


# --- what is put on record ---------------------------------------------------------------------------------


async def act(
    request: AnyRequest,
    found: Sitting,
    form: str,
    command: Parsed | FormErrors,
    fields: Mapping[str, str],
    verb: Callable[[Parsed], Awaitable[object]],
    flash: Flash | None = None,
) -> Response[bytes]:
    """Do it and come back to where the form stood; or the page again, with every error and what was typed."""
    beside = False
    try:
        if not isinstance(command, FormErrors):
            await verb(command)
            return redirect(request, back_to(found, fields), flash=flash)
        errors, status = command, 422
    except Invalid as problem:
        errors, status = FormErrors(problem.errors), 422
    except Denied as problem:
        beside = problem.code == NOT_PROVED
        if beside and not fields.get("statement"):
            return redirect(request, f"/prove?next={path_of(found)}")
        errors, status = FormErrors({"": problem.why}), 403
    except Stale:
        why = _("Something was put on record while you looked. Read it, and do it again.")
        errors, status = FormErrors({"": why}), 409
    again = await found_for(request, *path_of(found).split("/")[2:])
    return deliberation_of(request, again, form, fields, errors, status, beside)


def back_to(found: Sitting, fields: Mapping[str, str]) -> str:
    """The entry's own page where the form stood there."""
    here = fields.get("here", "")
    return f"{path_of(found)}/entries/{here}" if here in found.shown else path_of(found)


@get(HERE + "/news", guards=[needs_sign_in])
async def news(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    code: FromPath[str],
    category: FromPath[str],
) -> Response[bytes]:
    """For news.js: whether there is more on record than the page that asks was drawn from."""
    found = await found_for(request, programme, edition, code, category)
    if found.meeting.id is None:
        raise NotFound
    return Response(
        content=json.dumps({"seen": drawn.news(found)}).encode(),
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )


@post(HERE + "/room", guards=[needs_sign_in], status_code=303)
async def room(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    code: FromPath[str],
    category: FromPath[str],
) -> Response[bytes]:
    """Somebody leaves or comes back, or something is noted on the whole category."""
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await found_for(request, programme, edition, code, category)
    fields = await read_fields(request)
    place, do = place_of(found), fields.get("do", "")
    if do == "leave":
        return await act(
            request, found, do, parse(LeaveRoom, fields), fields,
            lambda command: services.leave_room(place=place, command=command, actor=actor, clock=clock),
        )  # fmt: skip
    if do == "return":
        return await act(
            request, found, do, parse(ReturnToRoom, fields), fields,
            lambda command: services.return_to_room(place=place, command=command, actor=actor, clock=clock),
        )  # fmt: skip
    return await act(
        request, found, "note", parse(Note, {"reason": fields.get("reason", "")}), fields,
        lambda command: services.put_note(place=place, command=command, actor=actor, clock=clock),
    )  # fmt: skip


@post(HERE + "/conclude", guards=[needs_sign_in], status_code=303)
async def conclude(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    code: FromPath[str],
    category: FromPath[str],
) -> Response[bytes]:
    """The first signature, the second, or neither: what was signed is taken back."""
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await found_for(request, programme, edition, code, category)
    fields = await read_fields(request)
    place, do = place_of(found), fields.get("do", "")
    if do == "consent":
        return await act(
            request, found, do, parse(ConsentToConclude, fields), fields,
            lambda command: concluding.consent_to_conclude(place=place, command=command, actor=actor, clock=clock),
            Flash("good", _("The deliberation is concluded"), _("Prizes are proposed by this order now.")),
        )  # fmt: skip
    if do == "end":
        return await act(
            request, found, do, parse(EndConclusion, fields), fields,
            lambda command: concluding.end_conclusion(place=place, command=command, actor=actor, clock=clock),
            Flash("", _("The signature is taken back"), _("The panel goes on.")),
        )  # fmt: skip
    return await act(
        request, found, "ask", parse(AskToConclude, fields), fields,
        lambda command: concluding.ask_to_conclude(place=place, command=command, actor=actor, clock=clock),
        Flash("", _("You signed"), _("It is concluded when another person signs exactly the same.")),
    )  # fmt: skip


@post(HERE + "/renew", guards=[needs_sign_in], status_code=303)
async def renew(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    code: FromPath[str],
    category: FromPath[str],
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await found_for(request, programme, edition, code, category)
    fields = await read_fields(request)
    place = place_of(found)
    return await act(
        request, found, "renew", parse(Renew, fields), fields,
        lambda command: services.renew_deliberation(place=place, command=command, actor=actor, clock=clock),
        Flash("good", _("The panel deliberates again")),
    )  # fmt: skip


ROUTES: list[HTTPRouteHandler] = [deliberation_page, news, room, conclude, renew]
