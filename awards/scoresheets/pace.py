"""How long a judge took, as far as their own openings and saves tell, and where to look again. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from msgspec import Struct

# Who did nothing for so long was away from the page, as far as anybody can tell.
PAUSE = timedelta(minutes=15)
# So many of the first are looked at again, where there are at least twice as many.
FIRST = 3


class Trace(Struct, frozen=True):
    """What a sheet tells of one judge's work on it: the first opening, and each own save."""

    opened_at: datetime | None
    saves: tuple[datetime, ...]

    @property
    def begun_at(self) -> datetime | None:
        return min((at for at in (self.opened_at, *self.saves) if at is not None), default=None)


def time_spent(traces: Mapping[str, Trace]) -> dict[str, timedelta]:
    """
    By reference, an estimate that never counts an instant twice.

    What lies between one thing done and the next counts where it is shorter than a pause: for the sheet that the
    next save is on, and before an opening for the sheet that was left.
    """
    done = [(at, 0, reference) for reference, trace in traces.items() for at in trace.saves]
    # What is saved at the instant at which another is opened was saved before.
    done += [(trace.opened_at, 1, reference) for reference, trace in traces.items() if trace.opened_at]
    spent = dict.fromkeys(traces, timedelta())
    for (since, _kind, left), (until, is_opening, reached) in pairwise(sorted(done)):
        if until - since < PAUSE:
            spent[left if is_opening else reached] += until - since
    return spent


def to_look_at_again(traces: Mapping[str, Trace], open_still: Iterable[str]) -> list[str]:
    """
    The first ones begun, once all are marked: they were judged before the judge had seen what came after.

    Empty where there are few, and without those that were saved again after the last one was begun. Only what can
    still be changed is named.
    """
    begun = sorted((trace.begun_at, reference) for reference, trace in traces.items() if trace.begun_at)
    if len(begun) < 2 * FIRST:
        return []
    last = begun[-1][0]
    open_ones = set(open_still)
    return [
        reference
        for _at, reference in begun[:FIRST]
        if reference in open_ones and not _after(traces[reference].saves, last)
    ]


def _after(saves: Sequence[datetime], last: datetime) -> bool:
    return any(at > last for at in saves)
