"""Rules about who sits together on an entry: expert seats, and judges who are kept apart."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from judging.arrays import Booleans, Integers


def read_seats(
    experts: npt.ArrayLike | None, seats: int | npt.ArrayLike, entries: int, judges: int
) -> tuple[Booleans, Integers]:
    """Check who is an expert, shape (E, J) by broadcast, and how many seats each entry has for them, shape (E,)."""
    expert = np.zeros(judges, dtype=np.bool_) if experts is None else np.asarray(experts)
    if expert.dtype != np.bool_ or expert.shape not in {(judges,), (entries, judges)}:
        raise ValueError(f"experts must be true or false, ({judges},) or ({entries}, {judges})")
    count = np.asarray(seats)
    if (count.size and count.dtype.kind not in "iu") or count.shape not in {(), (entries,)}:
        raise ValueError(f"seats must be an integer, or ({entries},) integers")
    if (count < 0).any():
        raise ValueError("an entry cannot have fewer than no expert seats")
    return np.broadcast_to(expert, (entries, judges)), np.broadcast_to(count.astype(np.int64), (entries,))


def read_groups(apart: Sequence[Collection[int]], judges: int) -> list[Integers]:
    """Check groups of judges who are kept apart; each as sorted, distinct indices."""
    groups = []
    for number, group in enumerate(apart):
        members = np.unique(np.array(list(group), dtype=np.int64))
        if len(members) and not (members[0] >= 0 and members[-1] < judges):
            raise ValueError(f"group {number} of judges kept apart names an unknown judge")
        groups.append(members)
    return groups
