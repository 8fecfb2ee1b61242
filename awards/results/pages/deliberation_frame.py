"""What the pages of a deliberation share: whose it is, where it stands, and in which frame it is drawn."""

from typing import Any

from litestar import Request, Response

from awards.editions import desk
from awards.results import views_deliberation as drawn
from awards.results.deliberating import may_say
from awards.results.meeting import Sitting
from awards.results.queries.meeting import sitting
from awards.results.steps_deliberation import Place
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.render import render
from awards.web.session import actor_of

AnyRequest = Request[Any, Any, Any]
HERE = "/deliberations/{programme:str}/{edition:str}/{code:str}/{category:str}"
DESK, BENCH = "layouts/desk.html", "layouts/bench.html"


async def found_for(request: AnyRequest, *codes: str) -> Sitting:
    programme, edition, code, category = codes
    return await sitting(programme, edition, code, category, actor_of(request), arrival_of(request.scope).at)


def path_of(found: Sitting) -> str:
    return found.meeting.path


def place_of(found: Sitting) -> Place:
    return Place(found.meeting.round.id, found.meeting.category)


def layout_of(found: Sitting) -> str:
    return DESK if found.may_see_few else BENCH


def draw(
    request: AnyRequest, found: Sitting, template: str, page: object, *crumbs: Link, status: int = 200
) -> Response[bytes]:
    """On the desk for the secretariat and the auditor, on the bench for the panel."""
    edition = found.meeting.round.edition
    if found.may_see_few:
        before = (
            Link(f"{edition.desk}/results", _("Results")),
            Link(f"{edition.desk}/deliberations/{found.meeting.round.code}", _("Deliberations")),
        )
        actor = actor_of(request)
        return render(
            request,
            template,
            page,
            status=status,
            role=desk.role_of(edition, actor),
            place=desk.place(edition),
            side=desk.side(edition, f"{edition.desk}/results", actor),
            crumbs=(*before, *crumbs),
            demo=edition.demo,
        )
    return render(
        request,
        template,
        page,
        status=status,
        role=drawn.part(found.role),
        place=Link("/bench", found.meeting.round.name),
        crumbs=(Link("/deliberations", _("Deliberations")), *crumbs),
        demo=edition.demo,
    )


def refusal_of(found: Sitting) -> str:
    meeting = found.meeting
    refused = may_say(meeting.state, meeting.round.state, asked=meeting.asked, current=meeting.current)
    return refused.why if refused else ""
