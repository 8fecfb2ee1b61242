"""Random tests that can be repeated, and their counts: few in `make test`, all of them in `make drill`."""

import os
import random

from tests.databases import DRILL


def chance() -> random.Random:
    """Prints its seed; AWARDS_SEED repeats a run."""
    seed = int(os.environ.get("AWARDS_SEED") or random.SystemRandom().randrange(2**32))
    print(f"AWARDS_SEED={seed}")
    return random.Random(seed)


def times(few: int, *, drill: int) -> int:
    return drill if DRILL else few
