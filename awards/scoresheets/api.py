"""The JSON that autosave.js speaks: one operation in, its outcome out."""

import json
from datetime import datetime
from typing import Any

from litestar import Request, Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from awards.errors import Denied, Invalid, Stale
from awards.scoresheets import services
from awards.scoresheets.forms import operation_of_json
from awards.scoresheets.late import LateState
from awards.scoresheets.steps import Where
from awards.web.arrival import arrival_of
from awards.web.i18n import _
from awards.web.session import actor_of, needs_sign_in

# Two notes at their longest, in the widest escapes, with every mark beside them.
LARGEST = 256 * 1024


@post(
    "/bench/{programme:str}/{edition:str}/{round_code:str}/{reference:str}/save",
    guards=[needs_sign_in],
    status_code=200,
    request_max_body_size=LARGEST,
)
async def save(
    request: Request[Any, Any, Any],
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    reference: FromPath[str],
) -> Response[bytes]:
    arrival, actor = arrival_of(request.scope), actor_of(request)
    where = Where(programme, edition, round_code, reference)
    try:
        command = operation_of_json(await request.body())
        try:
            saved = await services.save_sheet(where=where, command=command, actor=actor, clock=arrival.clock)
        except Denied as problem:
            if problem.code != "round closed" or command.device_at is None:
                raise
            return _late(
                await services.hold_late(where=where, command=command, actor=actor, clock=arrival.clock),
                arrival.at,
            )
    except Invalid as problem:
        return _answer(422, "invalid", arrival.at, message=" ".join(problem.errors.values()))
    except Denied as problem:
        return _answer(403, "invalid", arrival.at, message=problem.why)
    except Stale:
        # No link: leaving the page would lose what is typed. The form's own button shows both.
        message = _("Saved elsewhere meanwhile, in another tab or on another device. Press Save to see both.")
        return _answer(409, "conflict", arrival.at, message=message)
    return _answer(200, "already" if saved.already else "saved", saved.at, version=saved.version)


def _late(kept: services.Kept, at: datetime) -> Response[bytes]:
    if kept.state is LateState.REFUSED:
        message = _(
            "It arrived after the deadline, and two people refused it: %(reason)s", reason=kept.reason
        )
        return _answer(403, "invalid", at, message=message)
    message = _("Arrived after the deadline. Two people of the secretariat decide whether it counts")
    return _answer(200, "held", at, message=message)


def _answer(
    status: int, state: str, at: datetime, *, version: int | None = None, message: str = ""
) -> Response[bytes]:
    answer = {
        "state": state,
        "version": version,
        "at": at.isoformat().replace("+00:00", "Z"),
        "message": message,
        "href": None,
    }
    return Response(
        content=json.dumps(answer).encode(),
        status_code=status,
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )


ROUTES: list[HTTPRouteHandler] = [save]
