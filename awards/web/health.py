"""For whoever watches the server: is the process alive, can it serve."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from awards.errors import AwardsError

# Given by the application: raises an AwardsError with a sentence where the server cannot serve.
Ready = Callable[[], Awaitable[None]]


def health_routes(ready: Ready) -> list[HTTPRouteHandler]:
    @get("/health/live", opt={"public": True}, include_in_schema=False)
    async def live(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
        return _answer(200, "alive")

    @get("/health/ready", opt={"public": True}, include_in_schema=False)
    async def is_ready(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
        try:
            await ready()
        except AwardsError as problem:
            return _answer(503, str(problem) or "not ready")
        return _answer(200, "ready")

    return [live, is_ready]


def _answer(status: int, text: str) -> Response[dict[str, str]]:
    return Response(
        content={"status": text},
        status_code=status,
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )
