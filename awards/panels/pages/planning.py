"""What a plan decides: how many sheets an entry the round asks for. The plan itself stands beside the results."""

from typing import Any

from litestar import Request, Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from awards.errors import Invalid
from awards.panels import queries, services
from awards.panels.forms import PlanSheets
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse_drawn
from awards.web.frame import Flash, FormErrors
from awards.web.i18n import ngettext
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in


@post(
    "/desk/{programme:str}/{edition:str}/panels/{round_code:str}/plan",
    guards=[needs_sign_in],
    status_code=303,
)
async def plan_sheets(
    request: Request[Any, Any, Any],
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
) -> Response[bytes]:
    actor = actor_of(request)
    found = await queries.round_run_by(actor, programme, edition, round_code)
    command = parse_drawn(PlanSheets, await read_fields(request))
    if isinstance(command, FormErrors):
        raise Invalid(command)
    count = await services.plan_sheets(
        round_id=found.id, command=command, actor=actor, clock=arrival_of(request.scope).clock
    )
    flash = Flash(
        "good",
        ngettext(
            "The round asks for %(num)d sheet an entry",
            "The round asks for %(num)d sheets an entry",
            command.sheets,
        ),
        ngettext("%(num)d entry follows.", "%(num)d entries follow.", count) if count else "",
    )
    return redirect(request, found.panel, flash=flash)


ROUTES: list[HTTPRouteHandler] = [plan_sheets]
