"""Errors as calm pages: what happened, what to do next. They need no session and no database."""

import json
import logging
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from awards import errors
from awards.files.kinds import Refused
from awards.web import i18n
from awards.web.arrival import arrival_of
from awards.web.error_page import error_page
from awards.web.i18n import ngettext
from awards.web.render import HTML, bare_frame, draw
from awards.web.session import BadOrigin, NotSignedIn
from awards.web.site import site_of
from awards.web.uploads import sentence

log = logging.getLogger("awards.errors")


def problem_page(
    request: Request[Any, Any, Any], status: int, *, why: str = "", headers: dict[str, str] | None = None
) -> Response[Any]:
    site = site_of(request)
    frame = bare_frame(request)
    with i18n.use(frame.lang):
        page = error_page(status, arrival_of(request.scope).request_id, why)
    sent = {"cache-control": "no-store", **(headers or {})}
    if _wants_json(request):
        problem = {
            "status": status,
            "title": page.title,
            "detail": page.paragraphs[0],
            "reference": page.reference,
        }
        return Response(
            content=json.dumps(problem).encode(),
            status_code=status,
            media_type="application/problem+json",
            headers=sent,
        )
    return Response(
        content=draw(site, "errors/error.html", page, frame),
        status_code=status,
        media_type=HTML,
        headers=sent,
    )


def _wants_json(request: Request[Any, Any, Any]) -> bool:
    accepts = request.headers.get("accept", "")
    return "json" in request.headers.get("content-type", "") or "application/json" in accepts


def _not_signed_in(request: Request[Any, Any, Any], _problem: Exception) -> Response[Any]:
    if request.method != "GET" or _wants_json(request):
        return problem_page(request, 401)
    query = request.scope["query_string"].decode("latin-1")
    here = quote(request.scope["path"] + (f"?{query}" if query else ""), safe="/")
    return Response(
        content=b"",
        status_code=303,
        media_type=HTML,
        headers={"location": f"/sign-in?next={here}", "cache-control": "no-store"},
    )


def _bad_origin(request: Request[Any, Any, Any], _problem: Exception) -> Response[Any]:
    return problem_page(request, 403)


def _not_found(request: Request[Any, Any, Any], _problem: Exception) -> Response[Any]:
    return problem_page(request, 404)


def _denied(request: Request[Any, Any, Any], problem: Exception) -> Response[Any]:
    return problem_page(request, 403, why=problem.why if isinstance(problem, errors.Denied) else "")


def _changed(request: Request[Any, Any, Any], _problem: Exception) -> Response[Any]:
    return problem_page(request, 409)


def _too_many(request: Request[Any, Any, Any], problem: Exception) -> Response[Any]:
    seconds = int(problem.wait.total_seconds()) if isinstance(problem, errors.TooMany) else 60
    with i18n.use(bare_frame(request).lang):
        why = ngettext(
            "Wait %(num)d minute, then try again.", "Wait %(num)d minutes, then try again.", -(-seconds // 60)
        )
    return problem_page(request, 429, why=why, headers={"retry-after": str(seconds)})


def _invalid(request: Request[Any, Any, Any], problem: Exception) -> Response[Any]:
    texts = problem.errors.values() if isinstance(problem, errors.Invalid) else ()
    return problem_page(request, 422, why=" ".join(texts))


def _away(request: Request[Any, Any, Any], problem: Exception) -> Response[Any]:
    log.warning("database away: %s (request %s)", problem, arrival_of(request.scope).request_id)
    return problem_page(request, 503, headers={"retry-after": "30"})


def _halted(request: Request[Any, Any, Any], problem: Exception) -> Response[Any]:
    why = problem.why if isinstance(problem, errors.Halted) else ""
    return problem_page(request, 503, why=why, headers={"retry-after": "60"})


def _http(request: Request[Any, Any, Any], problem: Exception) -> Response[Any]:
    status = problem.status_code if isinstance(problem, HTTPException) else 500
    if status >= 500:
        return _unexpected(request, problem)
    allowed = (problem.headers or {}).get("Allow", "") if isinstance(problem, HTTPException) else ""
    return problem_page(request, status, headers={"allow": allowed} if allowed else None)


def _unexpected(request: Request[Any, Any, Any], problem: Exception) -> Response[Any]:
    reference = arrival_of(request.scope).request_id
    log.error("unexpected error (request %s)", reference, exc_info=problem)
    return problem_page(request, 500)


def _file_refused(request: Request[Any, Any, Any], problem: Exception) -> Response[Any]:
    with i18n.use(bare_frame(request).lang):
        why = sentence(problem.why) if isinstance(problem, Refused) else ""
    return problem_page(request, 422, why=why)


HANDLERS: ExceptionHandlersMap = {
    NotSignedIn: _not_signed_in,
    BadOrigin: _bad_origin,
    errors.NotFound: _not_found,
    errors.Denied: _denied,
    errors.TooMany: _too_many,
    errors.Invalid: _invalid,
    errors.Conflict: _changed,
    errors.BrokenReference: _changed,
    Refused: _file_refused,
    errors.Stale: _changed,
    errors.Busy: _away,
    errors.Halted: _halted,
    errors.Unavailable: _away,
    HTTPException: _http,
    Exception: _unexpected,
}
