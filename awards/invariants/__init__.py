"""Truths of the whole database. `broken()` asks every one; an empty answer is the only good one."""

from awards.invariants import (
    advancing,
    announced,
    attachments,
    deliberations,
    editions,
    entries,
    files,
    late,
    messages,
    packs,
    panels,
    papers,
    people,
    practices,
    published,
    results,
    scoresheets,
    screening,
    told,
    trail,
    waivers,
)
from awards.invariants.truth import Broken, Truth

TRUTHS: tuple[Truth, ...] = (
    *people.TRUTHS,
    *editions.TRUTHS,
    *entries.TRUTHS,
    *screening.TRUTHS,
    *panels.TRUTHS,
    *scoresheets.TRUTHS,
    *late.TRUTHS,
    *papers.TRUTHS,
    *results.TRUTHS,
    *waivers.TRUTHS,
    *advancing.TRUTHS,
    *deliberations.TRUTHS,
    *published.TRUTHS,
    *practices.TRUTHS,
    *announced.TRUTHS,
    *told.TRUTHS,
    *packs.TRUTHS,
    *messages.TRUTHS,
    *files.TRUTHS,
    *attachments.TRUTHS,
    *trail.TRUTHS,
)

__all__ = ["TRUTHS", "Broken", "Truth", "broken"]


async def broken() -> list[Broken]:
    """Everything that does not hold, in the order of the features."""
    return [problem for truth in TRUTHS for problem in await truth.broken()]
