"""Bytes that everybody may see, packed once for browsers that unpack them: on a slow line style and scripts are most of
what the first page waits for. Pages of signed-in people are not packed here: their length would tell of what is in them.
"""

import gzip
import re
from functools import lru_cache

_TAKES = re.compile(
    r"(?:^|,)\s*(?:x-)?gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[0-9.]+\s*)?(?:,|$)", re.IGNORECASE
)


def takes_packed(accept_encoding: str) -> bool:
    return _TAKES.search(accept_encoding[:500]) is not None


@lru_cache(maxsize=256)
def packed(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)
