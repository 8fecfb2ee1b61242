"""Canonical JSON: the same document always has the same bytes. This project's own, narrower than RFC 8785.

Keys sorted, no spaces, texts in NFC, UTF-8, integers and texts only; a number that is no integer is a decimal text.
"""

from __future__ import annotations

import hashlib
import json
import math
import unicodedata
from collections.abc import Mapping
from decimal import Decimal


def canonical_bytes(document: object) -> bytes:
    """
    Canonical JSON of plain data.

    Parameters
    ----------
    document : object
        None, bool, int, str, and lists, tuples and mappings of them.

    Returns
    -------
    bytes
        UTF-8.

    Raises
    ------
    ValueError
        A float, a value of any other kind than None, bool, int, str, list, tuple or mapping with text keys,
        two keys that are the same in NFC, or text that is no Unicode (a lone surrogate).
    """
    text = json.dumps(
        _plain(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("text with a lone surrogate cannot stand in a document") from None


def sha256_of(document: object) -> str:
    """
    SHA-256 of the canonical bytes.

    Parameters
    ----------
    document : object
        As `canonical_bytes` takes it, and with the same errors.

    Returns
    -------
    str
        64 digits, hexadecimal.
    """
    return hashlib.sha256(canonical_bytes(document)).hexdigest()


def decimal_string(value: float | None) -> str | None:
    """A float as plain decimal text with twelve significant digits; None for None, NaN and infinities."""
    if value is None or not math.isfinite(value):
        return None
    return format(Decimal(f"{value:.12g}"), "f")


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool) or type(value) is int:
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        result: dict[str, object] = {}
        for key, item in value.items():
            if not isinstance(key, str):
                raise ValueError(f"keys of a document must be texts, not {key!r}")
            name = unicodedata.normalize("NFC", key)
            if name in result:
                raise ValueError(f"two keys of a document are both {name!r}")
            result[name] = _plain(item)
        return result
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    raise ValueError(f"a document holds integers and texts, not {type(value).__name__} {value!r}")
