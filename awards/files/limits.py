"""How much may be sent: asked of what is announced, before a byte of it is read. Pure."""

from datetime import timedelta

from msgspec import Struct

from awards.files.kinds import BY_ENDING, Why
from awards.files.names import ending_of

LARGEST_FILE = 50 * 1024 * 1024
LARGEST_PIECE = 8 * 1024 * 1024
# Of one person: what is kept, and what is promised by uploads that are under way.
MOST_HELD = 2 * 1024 * 1024 * 1024
MOST_UNDER_WAY = 30
# An upload is given up when nothing has come for so long.
LIFETIME = timedelta(hours=24)


class Allowed(Struct, frozen=True):
    """What the place that takes the file says: `room` is how many more files it has place for."""

    room: int = 1
    largest: int = LARGEST_FILE
    endings: frozenset[str] = frozenset(BY_ENDING)


class Held(Struct, frozen=True):
    """What one person has here already."""

    size: int = 0
    under_way: int = 0


def why_not(name: str, size: int, *, allowed: Allowed, held: Held) -> Why | None:
    """Why a file of this name and size is not even begun."""
    if allowed.room < 1:
        return Why.TOO_MANY
    if ending_of(name) not in allowed.endings & BY_ENDING.keys():
        return Why.ENDING
    if size < 1:
        return Why.EMPTY
    if size > min(allowed.largest, LARGEST_FILE):
        return Why.TOO_LARGE
    if held.size + size > MOST_HELD or held.under_way >= MOST_UNDER_WAY:
        return Why.QUOTA
    return None
