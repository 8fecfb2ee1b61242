"""Holding what a judge kept of a receipt against the records: the line, a fingerprint, or a whole mail. Pure."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from awards.scoresheets.receipts import ReceiptLine

_PRINT = re.compile(r"(?<![0-9a-z])[0-9a-f]{64}(?![0-9a-z])", re.ASCII | re.IGNORECASE)
# A line holds one object inside another: its marks.
_LINE = re.compile(r"\{[^{}]*\{[^{}]*\}[^{}]*\}")


class Kept(Struct, frozen=True):
    lines: tuple[str, ...]
    prints: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.lines or self.prints)


class Checked(Struct, frozen=True):
    """`found` are the reader's own receipts that what was kept belongs to, the line having been kept or not."""

    found: tuple[ReceiptLine, ...]
    opened: frozenset[str]
    """Commitments of those whose whole line was kept."""
    heads: tuple[ReceiptLine, ...]
    """A receipt each at whose place the trail's head is the one that was kept."""
    altered: tuple[ReceiptLine, ...]
    """Receipts of the same signature as a kept line that says something else."""
    unknown: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Whether all that was kept is as it was."""
        return not self.altered and not self.unknown and all(one.holds for one in (*self.found, *self.heads))


def read_kept(text: str) -> Kept:
    """What can be checked of a text that somebody pasted. Line breaks that a printer or a mail put in are taken out."""
    lines = tuple(dict.fromkeys("".join(line.split()) for line in _LINE.findall(text)))
    rest = _LINE.sub(" ", text)
    return Kept(lines, tuple(dict.fromkeys(found.lower() for found in _PRINT.findall(rest))))


def check(kept: Kept, receipts: Sequence[ReceiptLine]) -> Checked:
    """`receipts` are the reader's own: of anybody else's nothing is known here, so nothing is told."""
    by_promise = {receipt.commitment: receipt for receipt in receipts}
    by_head = {receipt.head: receipt for receipt in reversed(receipts) if receipt.head}
    opened: set[str] = set()
    altered: list[ReceiptLine] = []
    unknown: list[str] = []
    for line in kept.lines:
        promise = hashlib.sha256(line.encode()).hexdigest()
        if promise in by_promise:
            opened.add(promise)
        elif same := _same_signature(line, receipts):
            altered.append(same)
        else:
            unknown.append(line)
    heads = [by_head[one] for one in kept.prints if one in by_head and one not in by_promise]
    unknown += [one for one in kept.prints if one not in by_head and one not in by_promise]
    found = opened | {one for one in kept.prints if one in by_promise}
    return Checked(
        found=tuple(receipt for receipt in receipts if receipt.commitment in found),
        opened=frozenset(opened),
        heads=tuple(heads),
        altered=tuple(altered),
        unknown=tuple(unknown),
    )


def _same_signature(line: str, receipts: Iterable[ReceiptLine]) -> ReceiptLine | None:
    try:
        document: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    names = ("round", "entry", "version")
    wanted = [document.get(name) for name in names]
    for receipt in receipts:
        own = json.loads(receipt.opened)
        if [own[name] for name in names] == wanted:
            return receipt
    return None
