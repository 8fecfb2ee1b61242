"""One step back by a button of the sheet."""

from typing import Any

from litestar import Request, Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from awards.errors import Denied, Invalid, Stale
from awards.scoresheets import services
from awards.scoresheets.forms import undo_of_form
from awards.scoresheets.pages.sheet import refused
from awards.scoresheets.steps import Where
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.frame import Flash
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in


@post(
    "/bench/{programme:str}/{edition:str}/{round_code:str}/{reference:str}/undo",
    guards=[needs_sign_in],
    status_code=303,
)
async def undo(
    request: Request[Any, Any, Any],
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    reference: FromPath[str],
) -> Response[bytes]:
    where = Where(programme, edition, round_code, reference)
    fields = await read_fields(request)
    try:
        undone = await services.undo_change(
            where=where,
            command=undo_of_form(fields),
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except (Invalid, Denied, Stale) as problem:
        return await refused(request, where, fields, problem)
    if undone is None:
        flash = Flash(
            "",
            _("Nothing to undo"),
            _("No change of yours is left to undo here. The history shows all of them."),
        )
    else:
        flash = Flash(
            "good",
            _("Undone. Saved %(time)s UTC", time=f"{undone.saved.at:%H:%M:%S}"),
            _("Undo again to go further back. The history keeps what you took back."),
        )
    return redirect(request, f"/bench/{programme}/{edition}/{round_code}/{reference}", flash=flash)


ROUTES: list[HTTPRouteHandler] = [undo]
