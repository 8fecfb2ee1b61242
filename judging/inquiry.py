"""Everything there is to ask of the judges of a round, in ids: one call for a report.

It informs and decides nothing. Numbers are floats in scale units, NaN where refused.
The measures' sources stand in their modules; asking them all at once is this project's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from judging.alpha import Level, krippendorff_alpha
from judging.intraclass import Intraclass, measure_intraclass
from judging.patterns import Halo, Patterns, Slope, halo, order_drift, own_country_lift
from judging.profiles import Profile, judge_profiles
from judging.residuals import additive_fit
from judging.rounds import Method, RoundInputs
from judging.scoring import Table, calibrations_of, tabulate


@dataclass(frozen=True, slots=True)
class OddSheet:
    """A mark that nothing explains; numbers as in `judging.residuals.UnusualSheet`."""

    entry: str
    judge: str
    residual: float
    ratio: float
    chance: float


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern over the round and by judge id; as in `judging.patterns.Patterns`."""

    everybody: Slope
    judges: tuple[tuple[str, Slope], ...]


@dataclass(frozen=True, slots=True)
class CriterionInquiry:
    """
    What one criterion shows of its judges.

    Parameters
    ----------
    criterion : str
    intraclass : Intraclass
    alpha : tuple of (Level, float)
        Krippendorff's alpha at each level; the ratio level only where no mark is negative.
    profiles : tuple of (judge id, Profile)
    unusual : tuple of OddSheet
        The most unusual first.
    own_country : Pattern or None
        None where no judge shares a known country with an entry.
    drift : Pattern or None
        Along each judge's order; None where no positions were given.
    """

    criterion: str
    intraclass: Intraclass
    alpha: tuple[tuple[Level, float], ...]
    profiles: tuple[tuple[str, Profile], ...]
    unusual: tuple[OddSheet, ...]
    own_country: Pattern | None
    drift: Pattern | None


@dataclass(frozen=True, slots=True)
class Inquiry:
    """All criteria by code, and the halo across them: over all judges, and by judge id."""

    criteria: tuple[CriterionInquiry, ...]
    halo: float
    halo_of: tuple[tuple[str, Halo], ...]


def inquire(inputs: RoundInputs, *, positions: Mapping[tuple[str, str], int] | None = None) -> Inquiry:
    """
    Look at the judges of a round from every side.

    Parameters
    ----------
    inputs : RoundInputs
        The method that decides does not matter here: strictness is the calibrated one.
    positions : mapping of a pair to int, optional
        A pair is an entry's id and a judge's.
        When each judge marked what, in the judge's own order; sheets without a position are left out of the
        drift.

    Returns
    -------
    Inquiry
    """
    table = tabulate(inputs)
    calibrations = calibrations_of(table, Method())
    own = {*inputs.own_country_sheets()}
    found, fits, shares = [], [], []
    scales = {criterion.code: criterion.scale for criterion in inputs.criteria}
    for number, code in enumerate(table.criteria):
        e, j = table.entry[number], table.judge[number]
        y = table.milli[number] / 1000.0
        profiles, unusual = judge_profiles(calibrations[number], y)
        sheets = [(table.entries[a].id, table.judges[b]) for a, b in zip(e.tolist(), j.tolist(), strict=True)]
        shared = np.array([sheet in own for sheet in sheets], dtype=np.bool_)
        drift = None
        if positions is not None:
            known = np.array([sheet in positions for sheet in sheets], dtype=np.bool_)
            at = [positions[sheet] for sheet in sheets if sheet in positions]
            drift = _named(table, order_drift(e[known], j[known], y[known], at))
        fits.append(additive_fit(e, j, y, entries=len(table.entries), judges=len(table.judges)))
        scale = scales[code]
        shares.append((table.milli[number] - scale.origin_milli) / max(scale.step_milli * scale.top, 1))
        found.append(
            CriterionInquiry(
                criterion=code,
                intraclass=measure_intraclass(e, j, y),
                alpha=tuple(
                    (level, krippendorff_alpha(e, y, level))
                    for level in Level
                    if level is not Level.RATIO or not (y < 0).any()
                ),
                profiles=tuple((table.judges[profile.judge], profile) for profile in profiles),
                unusual=tuple(
                    OddSheet(table.entries[s.entry].id, table.judges[s.judge], s.residual, s.ratio, s.chance)
                    for s in unusual
                ),
                own_country=_named(table, own_country_lift(e, j, y, shared)) if shared.any() else None,
                drift=drift,
            )
        )
    overall, judges = halo(fits, shares=shares, judges=len(table.judges))
    return Inquiry(tuple(found), overall, tuple((table.judges[one.judge], one) for one in judges))


def _named(table: Table, patterns: Patterns) -> Pattern:
    return Pattern(
        patterns.everybody, tuple((table.judges[judge], slope) for judge, slope in patterns.judges)
    )
