"""Files as answers: never as a page of ours, whatever they hold. Rights are asked by the page, before."""

import logging
import re
from collections.abc import AsyncIterator
from typing import Any, Protocol

from litestar import Request, Response
from litestar.response import Stream

from awards.errors import NotFound
from awards.files.names import disposition
from awards.files.store import Missing, Store
from awards.web.edge import HEAD_ONLY
from awards.web.site import site_of

log = logging.getLogger("awards.files")

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"
# Drawn by us from pixels: these alone are shown inside a page.
DRAWN = "image/webp"
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")
MOST_TEXT = 2 * 1024 * 1024


class Kept(Protocol):
    """A `FileRow` or one of its copies."""

    @property
    def storage_key(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def size(self) -> int: ...


async def send_file(
    request: Request[Any, Any, Any], kept: Kept, *, name: str, public: bool = False
) -> Response[Any]:
    """As a download under this name, from the byte on that the browser asks for."""
    return await _answer(request, kept, {"content-disposition": disposition(name)}, public)


async def show_picture(request: Request[Any, Any, Any], kept: Kept, *, public: bool = False) -> Response[Any]:
    """Inside a page: a thumbnail, a page of a PDF, a picture that was drawn anew."""
    if kept.media_type != DRAWN:
        raise NotFound
    return await _answer(request, kept, {"content-disposition": "inline"}, public)


async def text_of(store: Store, kept: Kept) -> str:
    """The text of a PDF, for a page to print; what is longer than anybody reads is cut."""
    found = bytearray()
    try:
        async for piece in store.read(kept.storage_key):
            found += piece
            if len(found) >= MOST_TEXT:
                break
    except Missing as problem:
        raise _lost(kept) from problem
    return bytes(found[:MOST_TEXT]).decode("utf-8", "ignore")


async def _answer(
    request: Request[Any, Any, Any], kept: Kept, headers: dict[str, str], public: bool
) -> Response[Any]:
    """What is public may be kept by whoever fetches it, if they ask each time whether it still is."""
    etag = f'"{kept.sha256[:32]}"'
    sent = {
        **headers,
        "content-security-policy": SANDBOX,
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "public, max-age=0, must-revalidate" if public else "no-store",
        "accept-ranges": "bytes",
        "etag": etag,
    }
    if public and etag in request.headers.get("if-none-match", ""):
        return Response(content=b"", status_code=304, media_type=kept.media_type, headers=sent)
    start, end = _range(request, kept.size, etag)
    if start >= kept.size:
        unmet = {**sent, "content-range": f"bytes */{kept.size}"}
        return Response(content=b"", status_code=416, media_type=kept.media_type, headers=unmet)
    status = 200
    if (start, end) != (0, kept.size):
        status, sent["content-range"] = 206, f"bytes {start}-{end - 1}/{kept.size}"
    sent["content-length"] = str(end - start)
    if request.scope["state"].get(HEAD_ONLY):
        return Stream(_nothing(), status_code=status, media_type=kept.media_type, headers=sent)
    pieces = site_of(request).files.store.read(kept.storage_key, start)
    try:
        first = await anext(pieces)  # while a calm page can still be sent instead
    except (Missing, StopAsyncIteration) as problem:
        raise _lost(kept) from problem
    body = _until(first, pieces, end - start)
    return Stream(body, status_code=status, media_type=kept.media_type, headers=sent)


def _range(request: Request[Any, Any, Any], size: int, etag: str) -> tuple[int, int]:
    """[start, end) of what is asked for: one range of the same bytes, or everything."""
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    if found is None or request.headers.get("if-range", etag) != etag:
        return 0, size
    start, last = int(found[1]), int(found[2] or size - 1)
    return (start, min(last + 1, size)) if start <= last or start >= size else (0, size)


async def _until(first: bytes, rest: AsyncIterator[bytes], length: int) -> AsyncIterator[bytes]:
    yield first[:length]
    length -= len(first)
    while length > 0:
        try:
            piece = await anext(rest)
        except StopAsyncIteration:
            return  # shorter than its row says: the browser sees that the download is not whole
        yield piece[:length]
        length -= len(piece)


async def _nothing() -> AsyncIterator[bytes]:
    yield b""


def _lost(kept: Kept) -> NotFound:
    log.error("a file is missing in the store: %s", kept.storage_key)
    return NotFound()
