"""The outermost layer: stamps the arrival, refuses foreign hosts, adds security headers, packs pages, writes the log line."""

import json
import logging
import re
from collections.abc import Callable
from typing import Any

from litestar import Litestar
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from awards import ids
from awards.clock import Clock
from awards.db import counting
from awards.settings import Settings
from awards.web.arrival import KEY, Arrival, client_address
from awards.web.packing import packing, takes_packed

access = logging.getLogger("awards.access")

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
HEADERS = [
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]
HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?", re.IGNORECASE)
# In the scope's state of a request that asks for no body.
HEAD_ONLY = "awards.head_only"
# Paths whose last part is a secret: the log keeps the first part only.
SECRET_PATH = re.compile(r"^/(confirm|reset|invitation)/.+")


class Edge:
    def __init__(
        self,
        app: ASGIApp,
        *,
        litestar: Litestar,
        settings: Settings,
        clock: Clock,
        ticks: Callable[[], float],
    ) -> None:
        self.app, self.litestar = app, litestar
        self.settings, self.clock, self.ticks = settings, clock, ticks
        self.headers = [*HEADERS, HSTS] if settings.secure else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        started = self.ticks()
        headers = scope["headers"]
        arrival = Arrival(self.clock.now(), ids.salt()[:16], self._address(scope))
        scope.setdefault("state", {})[KEY] = arrival
        method, path, status = scope["method"], scope["path"], 500
        head_only = method == "HEAD"
        if head_only:
            # The routes know GET alone. The server keeps its own: it would miss the body otherwise.
            scope = {**scope, "method": "GET"}
            scope["state"][HEAD_ONLY] = True

        async def reply(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = list(message.get("headers", []))
                said = {name.lower() for name, _value in own}
                message["headers"] = [
                    *own,
                    *(pair for pair in self.headers if pair[0] not in said),
                    (b"x-request-id", arrival.request_id.encode()),
                ]
            elif head_only and message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        with counting() as counter:
            try:
                if self._is_foreign(headers, path):
                    await _plain(reply, 400, b"This host name is not served here.")
                else:
                    await self.app(scope, receive, packing(reply) if _takes_packed(headers) else reply)
            finally:
                signed_in = scope["state"].get("awards.signed_in")
                self._log(
                    id=arrival.request_id,
                    method=method,
                    path=SECRET_PATH.sub(r"/\1/…", path)[:300],
                    status=status,
                    ms=round((self.ticks() - started) * 1000, 1),
                    queries=len(counter),
                    person=getattr(getattr(signed_in, "actor", None), "person_id", None),
                    address=arrival.address,
                )

    def _address(self, scope: Scope) -> str:
        client = scope.get("client")
        forwarded = [
            value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"
        ]
        return client_address(client[0] if client else "", forwarded, self.settings.trusted_proxies)

    def _is_foreign(self, headers: Any, path: str) -> bool:
        """Links never come from Host; in production a request for another name is refused as well."""
        hosts = [value.decode("latin-1") for name, value in headers if name == b"host"]
        if len(hosts) > 1 or any(not HOST.fullmatch(host) for host in hosts):
            return True
        if not self.settings.production or path.startswith("/health/"):
            return False
        return [host.lower() for host in hosts] != [self.settings.base_host.lower()]

    def _log(self, **fields: Any) -> None:
        access.info(json.dumps({"at": self.clock.now().isoformat(), **fields}, ensure_ascii=True))


def _takes_packed(headers: Any) -> bool:
    said = [value.decode("latin-1") for name, value in headers if name == b"accept-encoding"]
    return bool(said) and takes_packed(",".join(said))


async def _plain(send: Send, status: int, text: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text, "more_body": False})
