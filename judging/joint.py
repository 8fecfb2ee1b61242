"""Several criteria by a model that stands beside the calibration: the errors of their estimates together.

A good entry is often good in every criterion, a severe judge severe in every one, and a sheet that came out too high in
one often did in another. So qualities, severities, gains and the noise of sheets correlate between criteria. Each pair
of criteria has four bilinear forms: of the predicted qualities, severities and gains and of what is left on the
sheets. What is expected of them is linear in the four covariances, with coefficients known from the linear step of
each model (`judging.responses`), which gives the covariances: REML's equations, whose quadratic forms these are for
one criterion, carried over to two (Henderson 1984, Applications of Linear Models in Animal Breeding, chapter 5; Rao
1971, MINQUE, J. Multivariate Anal. 1, 257-275). Errors then follow without approximation for given variances, whatever
cells are missing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from judging.arrays import Floats, Integers
from judging.criteria import nearest_root
from judging.responses import Response, Source
from judging.watching import tell

# Every source is pushed through by itself up to so many multiplications; beyond, random signs stand for all of them.
EXACT_UP_TO = 3_000_000_000
SIGNS = 256
CHUNK_NUMBERS = 2_000_000


@dataclass(frozen=True)
class Joint:
    """
    C criteria together: how their errors hang together, and draws of them.

    Parameters
    ----------
    responses : tuple of C Response
        Over the same E entries and J judges.
    correlations : tuple of 4 ndarrays, shape (C, C)
        Of qualities, severities, gains, noise between criteria.
    exact : bool
        Off where random signs stood for the sources, and a covariance of two criteria is right to a few in a hundred.
    """

    responses: tuple[Response, ...]
    correlations: tuple[Floats, Floats, Floats, Floats]
    exact: bool
    _of_estimates: Floats
    _of_effects: Floats
    _sheets: tuple[Integers, ...]

    def estimate_variances(self, share: Floats) -> Floats:
        """
        Variance of weighted sums of the estimates.

        Parameters
        ----------
        share : ndarray, shape (C, E)
            What is made of each criterion for each entry; 0 for one that does not count there.

        Returns
        -------
        ndarray, shape (E,)
            NaN where a criterion counts whose error is refused, or where no criterion that counts has any noise.
        """
        variance = np.einsum("ae,be,abe->e", share, share, self._of_estimates)
        errors = np.stack([response.se for response in self.responses])
        counts = share != 0
        refused = (counts & ~np.isfinite(errors)).any(axis=0)
        loud = (counts & (errors > 0)).any(axis=0)
        return np.where(refused | ~loud, np.nan, np.maximum(variance, 0.0))

    def effect_variances(self, share: Floats) -> Floats:
        """Variance of weighted sums of the judges' effects, shapes (C, J) to (J,)."""
        variance = np.einsum("aj,bj,abj->j", share, share, self._of_effects)
        result: Floats = np.maximum(variance, 0.0)
        return result

    def draw(self, draws: int, generator: np.random.Generator) -> Iterator[list[Floats]]:
        """Errors of the estimates, a few draws at a time: for each criterion an array of shape (E, some)."""
        count, sheets = (
            len(self.responses),
            max((int(s.max(initial=-1)) + 1 for s in self._sheets), default=0),
        )
        first = self.responses[0]
        sizes = first.entries, first.judges, first.judges, sheets * first.per_sheet
        at_once = max(1, CHUNK_NUMBERS // (count * max(sum(sizes), 1)))
        roots = [nearest_root(correlation) for correlation in self.correlations]
        there = [any(response.has[source] for response in self.responses) for source in Source]
        drawn, wanted = 0, draws
        while draws > 0:
            tell("draws", drawn + 1, wanted)
            columns = min(at_once, draws)
            draws -= columns
            drawn += columns
            mixed = [
                np.tensordot(root, generator.standard_normal((count, size, columns)), axes=1)
                if used
                else np.zeros((count, size, columns))
                for root, size, used in zip(roots, sizes, there, strict=True)
            ]
            yield [
                response.answer([*(one[number] for one in mixed[:3]), mixed[3][number][of_sheet]]).estimate
                for number, (response, of_sheet) in enumerate(
                    zip(self.responses, self._noise_rows(), strict=True)
                )
            ]

    def _noise_rows(self) -> list[Integers]:
        return [
            _rows(sheet, response.per_sheet)
            for sheet, response in zip(self._sheets, self.responses, strict=True)
        ]


def join(responses: Sequence[Response], seed: int = 0) -> Joint:
    """
    Find how the errors of several criteria hang together.

    Parameters
    ----------
    responses : sequence of C Response
        Over the same E entries and J judges, by the same model.
    seed : int
        Of random signs, for rounds that are too large to look at every source by itself: there a covariance of two
        criteria is right to a few in a hundred of the product of their standard errors.

    Returns
    -------
    Joint
        Covariances in squared units of the responses.
    """
    count, first = len(responses), responses[0]
    codes = [response.entry * max(first.judges, 1) + response.judge for response in responses]
    union = np.unique(np.concatenate(codes))
    sheets = tuple(np.searchsorted(union, code) for code in codes)
    sizes = first.entries, first.judges, first.judges, len(union) * first.per_sheet
    there = [any(response.has[source] for response in responses) for source in Source]
    work = sum(size for size, used in zip(sizes, there, strict=True) if used) * sum(r.cost for r in responses)
    shared = [
        [_common(a, b, codes, source, (p, q)) for source in Source]
        for p, a in enumerate(responses)
        for q, b in enumerate(responses)
    ]
    expected = np.zeros((count * count, len(Source), len(Source)))
    of_estimates = np.zeros((len(Source), count, count, first.entries))
    of_effects = np.zeros((len(Source), count, count, first.judges))
    generator = np.random.default_rng(seed)
    rows = [_rows(sheet, first.per_sheet) for sheet in sheets]
    steps = itertools.count(1)
    for source in Source:
        if not there[source]:
            continue
        for block, weight in _columns(sizes[source], work > EXACT_UP_TO, sum(sizes), generator):
            tell("what criteria have in common", next(steps))
            answers = []
            for number, response in enumerate(responses):
                pushed = [np.zeros((size, block.shape[1])) for size in response.sizes()]
                pushed[source] = block[rows[number]] if source is Source.NOISE else block
                answers.append(response.answer(pushed))
            for a, one in enumerate(answers):
                for b, other in enumerate(answers):
                    of_estimates[source, a, b] += weight * np.einsum("ek,ek->e", one.estimate, other.estimate)
                    of_effects[source, a, b] += weight * np.einsum("jk,jk->j", one.effect, other.effect)
                    for form, (left, right) in zip(Source, shared[a * count + b], strict=True):
                        product = one.predicted[form][left] * other.predicted[form][right]
                        expected[a * count + b, form, source] += weight * float(product.sum())
    correlations = _correlations(
        responses, shared, expected.reshape(count, count, len(Source), len(Source)), there
    )
    by_estimates: Floats = np.einsum("sab,sabe->abe", np.stack(correlations), of_estimates)
    by_effects: Floats = np.einsum("sab,sabj->abj", np.stack(correlations), of_effects)
    if work > EXACT_UP_TO:
        by_estimates = _as_stated(by_estimates, np.stack([response.se for response in responses]))
    exact = work <= EXACT_UP_TO
    return Joint(tuple(responses), correlations, exact, by_estimates, by_effects, sheets)


def _rows(sheets: Integers, per_sheet: int) -> Integers:
    """Rows of the noise of a criterion's sheets among those of all sheets."""
    result: Integers = (sheets[:, None] * per_sheet + np.arange(per_sheet)).ravel()
    return result


def _columns(
    size: int, random: bool, numbers: int, generator: np.random.Generator
) -> Iterator[tuple[Floats, float]]:
    """Every source by itself, some at a time, or random signs for all of them; and what each column weighs."""
    at_once = max(1, CHUNK_NUMBERS // max(numbers, 1))
    if random:
        for start in range(0, SIGNS, at_once):
            columns = min(at_once, SIGNS - start)
            yield generator.choice((-1.0, 1.0), (size, columns)), 1 / SIGNS
        return
    for start in range(0, size, at_once):
        columns = min(at_once, size - start)
        block = np.zeros((size, columns))
        block[start + np.arange(columns), np.arange(columns)] = 1.0
        yield block, 1.0


def _common(
    first: Response, second: Response, codes: Sequence[Integers], source: Source, places: tuple[int, int]
) -> tuple[Integers, Integers]:
    """Members of a form that both criteria have: where they stand in each."""
    if source is Source.NOISE:
        _, left, right = np.intersect1d(
            codes[places[0]], codes[places[1]], assume_unique=True, return_indices=True
        )
        return left, right
    size = first.entries if source is Source.QUALITY else first.judges
    seen = [
        np.bincount(one.entry if source is Source.QUALITY else one.judge, minlength=size) > 0
        for one in (first, second)
    ]
    both = np.flatnonzero(seen[0] & seen[1])
    return both, both


def _correlations(
    responses: Sequence[Response],
    shared: Sequence[Sequence[tuple[Integers, Integers]]],
    expected: Floats,
    there: Sequence[bool],
) -> tuple[Floats, Floats, Floats, Floats]:
    count = len(responses)
    found = np.zeros((len(Source), count, count))
    for a, first in enumerate(responses):
        for b, second in enumerate(responses):
            forms = np.array(
                [
                    float(first.predicted[form][left] @ second.predicted[form][right])
                    for form, (left, right) in zip(Source, shared[a * count + b], strict=True)
                ]
            )
            used = [source for source in Source if there[source] and expected[a, b, source, source] > 1e-9]
            if used:
                matrix = expected[a, b][np.ix_(used, used)]
                # Near to singular: each form then only says of its own source.
                scaled = matrix / np.diag(matrix)[:, None]
                clear = np.linalg.cond(scaled) < 1e3
                found[used, a, b] = (
                    np.linalg.solve(matrix, forms[used]) if clear else forms[used] / np.diag(matrix)
                )
    result = []
    for table in found:
        own = np.diag(table).copy()
        # A source whose own form is at a boundary stands in its fit with the variance 1 all the same.
        own = np.where(own > 0, own, 1.0)
        correlation = np.clip(table / np.sqrt(own[:, None] * own[None, :]), -1.0, 1.0)
        np.fill_diagonal(correlation, 1.0)
        root = nearest_root((correlation + correlation.T) / 2)
        result.append(root @ root.T)
    return result[0], result[1], result[2], result[3]


def _as_stated(covariances: Floats, stated: Floats) -> Floats:
    """Covariances of criteria with the variances that the fits state, shape (C, C, E)."""
    drawn = np.sqrt(np.einsum("aae->ae", covariances))
    known = np.isfinite(stated) & (drawn > 0)
    factor = np.where(known, stated / np.where(drawn > 0, drawn, 1.0), 1.0)
    return covariances * factor[:, None, :] * factor[None, :, :]
