"""Errors as calm pages: what happened, what to do next. They need no session and no database."""

import json
import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from awards import errors
from awards.web.arrival import arrival_of
from awards.web.i18n import lazy
from awards.web.render import HTML, bare_frame, draw
from awards.web.session import BadOrigin, NotSignedIn
from awards.web.site import site_of

log = logging.getLogger("awards.errors")


@dataclass(frozen=True, slots=True)
class ErrorPage:
    status: int
    title: str
    paragraphs: tuple[str, ...]
    reference: str
    search: bool = False


_WORDS = {
    400: (
        lazy("The request could not be read"),
        lazy("Something in it was damaged on the way. Go back, check what you typed and send it again."),
    ),
    401: (
        lazy("You are signed out"),
        lazy(
            "Nothing was saved by this request. Sign in again in another tab, come back to this one, "
            "go back a page and send again: what you typed is still there."
        ),
    ),
    403: (
        lazy("This may not be done from here"),
        lazy("Open the page again from the start and try once more. If you signed in since, the old page is no longer valid."),
    ),
    404: (
        lazy("This page does not exist"),
        lazy("The address may be mistyped, or the page may not be public yet."),
    ),
    405: (
        lazy("This address cannot be used in that way"),
        lazy("Go to the first page and follow the links from there."),
    ),
    409: (
        lazy("Somebody changed this before you"),
        lazy("Nothing of yours overwrote it. Go back to copy what you typed, then open the page again."),
    ),
    413: (
        lazy("What you sent is too large"),
        lazy("Shorten the text or choose a smaller file, and send it again."),
    ),
    422: (
        lazy("Something in the form is missing or wrong"),
        lazy("Go back, check what you typed and send it again. Nothing was stored."),
    ),
    429: (
        lazy("Too many attempts"),
        lazy("Wait a few minutes and try again. This protects accounts against guessing."),
    ),
    500: (
        lazy("Something went wrong on our side"),
        lazy("It has been recorded. What you did may not have been saved: go back, keep a copy of long texts, and try again."),
    ),
    503: (
        lazy("The service is pausing for a moment"),
        lazy("Nothing is lost. Go back, keep the page open, and send again in a minute."),
    ),
}


def error_page(
    request: Request[Any, Any, Any], status: int, *, why: str = "", headers: dict[str, str] | None = None
) -> Response[Any]:
    site = site_of(request)
    arrival = arrival_of(request.scope)
    title, text = _WORDS.get(status, _WORDS[400 if status < 500 else 500])
    sent = {"cache-control": "no-store", **(headers or {})}
    if _wants_json(request):
        problem = {"status": status, "title": str(title), "detail": why or str(text), "reference": arrival.request_id}
        return Response(
            content=json.dumps(problem).encode(),
            status_code=status,
            media_type="application/problem+json",
            headers=sent,
        )
    frame = bare_frame(request)
    page = ErrorPage(
        status=status,
        title=str(title),
        paragraphs=(why, str(text)) if why and status in (403, 409) else (why or str(text),),
        reference=arrival.request_id,
        search=status == 404,
    )
    return Response(
        content=draw(site, "errors/error.html", page, frame), status_code=status, media_type=HTML, headers=sent
    )


def _wants_json(request: Request[Any, Any, Any]) -> bool:
    return "json" in request.headers.get("content-type", "") or "application/json" in request.headers.get("accept", "")


def _not_signed_in(request: Request[Any, Any, Any], _problem: Exception) -> Response[Any]:
    if request.method != "GET" or _wants_json(request):
        return error_page(request, 401)
    here = quote(request.url.path, safe="/")
    return Response(
        content=b"",
        status_code=303,
        media_type=HTML,
        headers={"location": f"/sign-in?next={here}", "cache-control": "no-store"},
    )


def _bad_origin(request: Request[Any, Any, Any], _problem: Exception) -> Response[Any]:
    return error_page(request, 403)


def _not_found(request: Request[Any, Any, Any], _problem: Exception) -> Response[Any]:
    return error_page(request, 404)


def _denied(request: Request[Any, Any, Any], problem: Exception) -> Response[Any]:
    return error_page(request, 403, why=problem.why if isinstance(problem, errors.Denied) else "")


def _changed(request: Request[Any, Any, Any], _problem: Exception) -> Response[Any]:
    return error_page(request, 409)


def _invalid(request: Request[Any, Any, Any], problem: Exception) -> Response[Any]:
    texts = problem.errors.values() if isinstance(problem, errors.Invalid) else ()
    return error_page(request, 422, why=" ".join(texts))


def _away(request: Request[Any, Any, Any], problem: Exception) -> Response[Any]:
    log.warning("database away: %s (request %s)", problem, arrival_of(request.scope).request_id)
    return error_page(request, 503, headers={"retry-after": "30"})


def _http(request: Request[Any, Any, Any], problem: Exception) -> Response[Any]:
    status = problem.status_code if isinstance(problem, HTTPException) else 500
    if status >= 500:
        return _unexpected(request, problem)
    allow = {"allow": (problem.headers or {}).get("Allow", "")} if status == 405 and isinstance(problem, HTTPException) else {}
    return error_page(request, status, headers={k: v for k, v in allow.items() if v})


def _unexpected(request: Request[Any, Any, Any], problem: Exception) -> Response[Any]:
    reference = arrival_of(request.scope).request_id
    log.error("unexpected error (request %s)", reference, exc_info=problem)
    return error_page(request, 500)


HANDLERS: ExceptionHandlersMap = {
    NotSignedIn: _not_signed_in,
    BadOrigin: _bad_origin,
    errors.NotFound: _not_found,
    errors.Denied: _denied,
    errors.Invalid: _invalid,
    errors.Conflict: _changed,
    errors.Stale: _changed,
    errors.Busy: _away,
    errors.Unavailable: _away,
    HTTPException: _http,
    Exception: _unexpected,
}
