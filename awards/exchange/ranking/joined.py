"""Several criteria by a second opinion: the errors of their weighted sum."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from awards.exchange.ranking.fitted import Errors, Fitted, Linear
from judging.arrays import Floats, Integers
from judging.joint import Joint, join
from judging.uncertainty import NORMAL_FROM


@dataclass(frozen=True)
class Joined:
    """Standard errors of the weighted sum and of the judges' severities in it, and what draws come from."""

    se: Floats
    severity_se: Floats
    errors: Errors


def joined(criteria: Sequence[Fitted], share: Floats, judge_share: Floats) -> Joined | None:
    """
    `share`, shape (C, E), and `judge_share`, (C, J): how much each criterion counts. None where a method states no
    errors of its own.
    """
    found = [one.linear() for one in criteria if one.linear is not None]
    if len(found) < len(criteria):
        return None
    joint = join([one.response for one in found])
    slopes = np.stack([np.ones(share.shape[1]) if one.curve is None else one.curve.slopes() for one in found])
    se = np.sqrt(joint.estimate_variances(share * slopes))
    dof = np.full(share.shape[1], np.iinfo(np.int64).max)
    for part, one in zip(share, found, strict=True):
        dof = np.where((part > 0) & (one.response.se > 0), np.minimum(dof, one.dof), dof)
    stated = np.stack([one.severity_se for one in criteria])
    unknown = ((judge_share > 0) & ~np.isfinite(stated)).any(axis=0)
    severity_se = np.sqrt(joint.effect_variances(judge_share))
    return Joined(
        se=se,
        severity_se=np.where(unknown, np.nan, severity_se),
        errors=JoinedErrors(joint, tuple(found), share, np.where(np.isfinite(se), dof, 0)),
    )


@dataclass(frozen=True)
class JoinedErrors:
    """`joint.exact`: whether covariances of the criteria are."""

    joint: Joint
    found: tuple[Linear, ...]
    share: Floats
    dof: Integers

    def can_draw(self, members: Integers) -> bool:
        return bool(self.dof[members].min(initial=1) > 0)

    def draw(self, estimate: Floats, members: Integers, draws: int, seed: tuple[int, ...]) -> Floats:
        generator = np.random.default_rng(seed)
        dof = int(self.dof[members].min())
        result = np.empty((draws, len(members)))
        start = 0
        for errors in self.joint.draw(draws, generator):
            some = errors[0].shape[1]
            wide = np.ones(some) if dof >= NORMAL_FROM else np.sqrt(dof / generator.chisquare(dof, some))
            total = np.zeros((some, len(members)))
            for share, one, error in zip(self.share, self.found, errors, strict=True):
                moved = error[members].T * wide[:, None]
                if one.curve is not None:
                    moved = one.curve.beyond(moved, members)
                total += share[members] * moved
            result[start : start + some] = total
            start += some
        return result + estimate[members]
