"""Pages, style and scripts go packed to browsers that unpack them: on a slow line they are most of what a page waits for.

What everybody may see is packed once. A page of one person has secrets in it, and its length must not tell of them to
who makes it repeat a guess and listens to the line (BREACH, CVE-2013-3587): no cookie of ours comes along from another
site but with a page that the person opens, and a random number of bytes in the head of the packed page hides the rest.
"""

import gzip
import re
import secrets
import struct
import zlib
from functools import lru_cache

from litestar.types import Message, Send

# Shorter ones fit into one packet as they are.
LEAST = 1000
# A page of one person is packed while they wait; what is kept is packed once.
QUICK, BEST = 3, 9
MOST_PADDING = 256
_TAKES = re.compile(
    r"(?:^|,)\s*(?:x-)?gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[0-9.]+\s*)?(?:,|$)", re.IGNORECASE
)


@lru_cache(maxsize=256)
def takes_packed(accept_encoding: str) -> bool:
    return _TAKES.search(accept_encoding[:500]) is not None


@lru_cache(maxsize=256)
def packed(content: bytes) -> bytes:
    return gzip.compress(content, BEST, mtime=0)


def packed_apart(content: bytes) -> bytes:
    """As gzip (RFC 1952) with a name of random length in its head, which browsers skip."""
    name = b"-" * (1 + secrets.randbelow(MOST_PADDING))
    deflate = zlib.compressobj(QUICK, zlib.DEFLATED, -zlib.MAX_WBITS)
    return b"".join(
        (
            b"\x1f\x8b\x08\x08\0\0\0\0\0\xff",
            name + b"\0",
            deflate.compress(content),
            deflate.flush(),
            struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF),
        )
    )


def packing(send: Send) -> Send:
    """Packs the page that goes through it; what comes in pieces, and what is no page, goes as it is."""
    held: Message | None = None

    async def pack(message: Message) -> None:
        nonlocal held
        if message["type"] == "http.response.start":
            if _is_page(message):
                held = message
                return
        elif held is not None:
            start, held = held, None
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                _pack(start, message)
            await send(start)
        await send(message)

    return pack


def _is_page(start: Message) -> bool:
    assert start["type"] == "http.response.start"
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in start["headers"]
    )


def _pack(start: Message, message: Message) -> None:
    assert start["type"] == "http.response.start"
    assert message["type"] == "http.response.body"
    body = message["body"]
    if len(body) < LEAST:
        return
    headers = [(name.lower(), value) for name, value in start["headers"]]
    own = any(name == b"cache-control" and b"no-store" in value for name, value in headers)
    message["body"] = body = packed_apart(body) if own else packed(body)
    kept = []
    for name, value in headers:
        if name == b"etag":
            # The same page in other bytes.
            value = value if value.startswith(b"W/") else b"W/" + value
        if name != b"content-length":
            kept.append((name, value))
    start["headers"] = [*kept, (b"content-encoding", b"gzip"), (b"content-length", str(len(body)).encode())]
