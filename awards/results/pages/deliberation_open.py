"""Before a panel meets: who would deliberate, in which order, and how often somebody would leave the room."""

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.errors import Denied, Invalid, NotFound
from awards.results import views_deliberation as drawn
from awards.results.agenda import agenda
from awards.results.deliberating import may_open
from awards.results.forms_deliberation import OpenDeliberation
from awards.results.meeting import SCORER, SECRETARIAT, Meeting, Member, Sitting
from awards.results.pages.deliberation_frame import DESK, HERE, AnyRequest, draw, found_for, path_of, place_of
from awards.results.services import deliberation as services
from awards.results.views_deliberation import Item
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in


class OpeningPage(Struct, frozen=True):
    title: str
    layout: str
    path: str
    back: str
    meeting: Meeting
    refused: str
    may_open: bool
    who: tuple[Choice, ...]
    chosen: str
    members: tuple[Choice, ...]
    scorers: tuple[Choice, ...]
    present: tuple[str, ...]
    undeclared: tuple[str, ...]
    items: tuple[Item, ...]
    leavings: int
    by_list: int
    errors: FormErrors = NO_ERRORS


def opening_page(
    request: AnyRequest, found: Sitting, fields: Fields | None = None, errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:  # fmt: skip
    meeting = found.meeting
    if not found.may_see_few:
        raise NotFound
    refused = may_open(meeting.round.state, meeting.round.kind, meeting.adopted_id)
    jury = [one for one in found.members if one.role != SCORER]
    chosen = fields.get("who", "") if fields is not None else ("jury" if jury else "panel")
    members = jury if chosen == "jury" else list(found.members)
    order = agenda({ref: _out(found, ref, members) for ref in found.entries})
    page = OpeningPage(
        title=_("Deliberation: %(category)s", category=meeting.name),
        layout=DESK,
        path=path_of(found),
        back=f"{meeting.round.edition.desk}/deliberations/{meeting.round.code}",
        meeting=meeting,
        refused=refused.why if refused else "",
        may_open=found.role == SECRETARIAT,
        who=(
            Choice("jury", _("The chair and the jury"), _("Who marked does not take part.")),
            Choice(
                "panel", _("The whole panel"), _("The scorers see the order too, and are heard by the chair.")
            ),
        ),
        chosen=chosen,
        members=tuple(
            Choice(str(one.person_id), f"{one.name}, {drawn.part(one.role)}")
            for one in found.members
            if one.role != SCORER
        ),
        scorers=tuple(Choice(str(one.person_id), one.name) for one in found.members if one.role == SCORER),
        present=tuple(fields.all("present"))
        if fields is not None
        else tuple(str(m.person_id) for m in found.members),
        undeclared=tuple(one.name for one in members if not one.declared),
        items=tuple(
            Item(number, found.entries[ref], tuple(one.name for one in members if _kept(found, one, ref)), 0)
            for number, ref in enumerate(order, 1)
        ),
        leavings=drawn.how_often(found, order, members),
        by_list=drawn.how_often(found, sorted(order), members),
        errors=errors,
    )
    crumb = Link("", meeting.name, True)
    return draw(request, found, "results/deliberation_open.html", page, crumb, status=status)


def _out(found: Sitting, reference: str, members: list[Member]) -> frozenset[int]:
    return frozenset(one.person_id for one in members if _kept(found, one, reference))


def _kept(found: Sitting, member: Member, reference: str) -> bool:
    return reference in found.conflicts.get(member.person_id, ())


@post(HERE, guards=[needs_sign_in], status_code=303)
async def open_it(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    code: FromPath[str],
    category: FromPath[str],
) -> Response[bytes]:
    found = await found_for(request, programme, edition, code, category)
    if found.role != SECRETARIAT:
        raise NotFound
    fields = await read_fields(request)
    command = parse(OpenDeliberation, fields)
    try:
        if isinstance(command, FormErrors):
            return opening_page(request, found, fields, command, 422)
        await services.open_deliberation(
            place=place_of(found),
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return opening_page(request, found, fields, FormErrors(problem.errors), 422)
    except Denied as problem:
        if found.meeting.id is not None:
            return redirect(request, path_of(found))
        return opening_page(request, found, fields, FormErrors({"": problem.why}), 403)
    flash = Flash(
        "good", _("The deliberation is open"), _("Chair and jury find it on their own screens now.")
    )
    return redirect(request, path_of(found), flash=flash)


ROUTES: list[HTTPRouteHandler] = [open_it]
