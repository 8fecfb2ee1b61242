"""Random tests that can be repeated, and their counts: few in `make test`, all of them in `make drill`."""

import os
import random

from tests.databases import DRILL, WHOLE


def chance() -> random.Random:
    """Prints its seed; AWARDS_SEED repeats a run."""
    seed = int(os.environ.get("AWARDS_SEED") or random.SystemRandom().randrange(2**32))
    print(f"AWARDS_SEED={seed}")
    return random.Random(seed)


def times(few: int, *, drill: int, plain: int | None = None) -> int:
    """`plain`: what is dear, in a `make test` that is not CI's."""
    if DRILL:
        return drill
    return few if WHOLE or plain is None else plain
