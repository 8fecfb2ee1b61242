"""The science of judging: fair rankings from marks, and how sure they are.

Pure functions: index arrays and frozen dataclasses in, frozen results out. No clock, no files, no logging, no
global random state: who has the inputs can recompute the result.

A name's module is imported when the name is first used: who wants only `canonical_bytes` does not wait for numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from judging.agreement import Agreement, measure_agreement
    from judging.alpha import Level, krippendorff_alpha
    from judging.assignment import Assignment, Objective, Proof, assign
    from judging.bridging import Bridges, offer_bridges
    from judging.calibration import Calibration, Covariance, Model, Part, calibrate
    from judging.canonical import canonical_bytes, sha256_of
    from judging.confidence import confidence_weights
    from judging.conflicts import EntryFacts, Finding, JudgeFacts, find_conflicts
    from judging.criteria import Total, combine
    from judging.documents import inputs_document, inputs_from_document, verdict_document
    from judging.gains import Gains, gain_offset
    from judging.inquiry import Inquiry, inquire
    from judging.intraclass import Intraclass, measure_intraclass
    from judging.joint import Joint, join
    from judging.large import Large, calibrate_large
    from judging.linkage import Linkage, measure_linkage
    from judging.linking import Linked, Swap, link_better
    from judging.methods import Plain, PlainScores, plain_scores, trimmed_mean
    from judging.mixed import Mixed, mixed_model
    from judging.notices import Notice
    from judging.opinions import Opinion, opinion_estimates
    from judging.ordinal import Ordinal, ordinal_model
    from judging.patterns import Halo, Patterns, Slope, covariate_slope, halo, order_drift, own_country_lift
    from judging.planning import Expected, Prospect, prospect, prospects, spread_reads
    from judging.plans import Plan, expected_of, plan_round
    from judging.profiles import Interval, MeanSquares, Profile, judge_profiles, mean_squares
    from judging.ranking import by_places, competition_ranks, cut_after
    from judging.reliability import Reliable, reliability_weighted
    from judging.remarks import Remark
    from judging.repairing import Aim, Repair, repair
    from judging.residuals import Additive, UnusualSheet, additive_fit, unusual_sheets
    from judging.responses import Response, gain_response, mixed_response, ordinal_response
    from judging.rounds import (
        Carried,
        Criterion,
        Depth,
        Entry,
        Judge,
        Method,
        Prize,
        RoundInputs,
        Rule,
        Sheet,
        TieBreak,
        Variant,
    )
    from judging.scales import Scale, scale_for, sheet_score
    from judging.shortage import Remedy, Shortage
    from judging.stability import Shift, WeightTip, prize_shifts, weight_tips
    from judging.standings import Standing
    from judging.uncertainty import Outlook, draw_scores, outlook, widening
    from judging.verdict import JudgeEffect, PrizeResult, Verdict, decide
    from judging.watching import Progress, Stopped

__all__ = [
    "Additive",
    "Agreement",
    "Aim",
    "Assignment",
    "Bridges",
    "Calibration",
    "Carried",
    "Covariance",
    "Criterion",
    "Depth",
    "Entry",
    "EntryFacts",
    "Expected",
    "Finding",
    "Gains",
    "Halo",
    "Inquiry",
    "Interval",
    "Intraclass",
    "Joint",
    "Judge",
    "JudgeEffect",
    "JudgeFacts",
    "Large",
    "Level",
    "Linkage",
    "Linked",
    "MeanSquares",
    "Method",
    "Mixed",
    "Model",
    "Notice",
    "Objective",
    "Opinion",
    "Ordinal",
    "Outlook",
    "Part",
    "Patterns",
    "Plain",
    "PlainScores",
    "Plan",
    "Prize",
    "PrizeResult",
    "Profile",
    "Progress",
    "Proof",
    "Prospect",
    "Reliable",
    "Remark",
    "Remedy",
    "Repair",
    "Response",
    "RoundInputs",
    "Rule",
    "Scale",
    "Sheet",
    "Shift",
    "Shortage",
    "Slope",
    "Standing",
    "Stopped",
    "Swap",
    "TieBreak",
    "Total",
    "UnusualSheet",
    "Variant",
    "Verdict",
    "WeightTip",
    "additive_fit",
    "assign",
    "by_places",
    "calibrate",
    "calibrate_large",
    "canonical_bytes",
    "combine",
    "competition_ranks",
    "confidence_weights",
    "covariate_slope",
    "cut_after",
    "decide",
    "draw_scores",
    "expected_of",
    "find_conflicts",
    "gain_offset",
    "gain_response",
    "halo",
    "inputs_document",
    "inputs_from_document",
    "inquire",
    "join",
    "judge_profiles",
    "krippendorff_alpha",
    "link_better",
    "mean_squares",
    "measure_agreement",
    "measure_intraclass",
    "measure_linkage",
    "mixed_model",
    "mixed_response",
    "offer_bridges",
    "opinion_estimates",
    "order_drift",
    "ordinal_model",
    "ordinal_response",
    "outlook",
    "own_country_lift",
    "plain_scores",
    "plan_round",
    "prize_shifts",
    "prospect",
    "prospects",
    "reliability_weighted",
    "repair",
    "scale_for",
    "sha256_of",
    "sheet_score",
    "spread_reads",
    "trimmed_mean",
    "unusual_sheets",
    "verdict_document",
    "weight_tips",
    "widening",
]

_NAMES_OF = {
    "agreement": "Agreement measure_agreement",
    "alpha": "Level krippendorff_alpha",
    "assignment": "Assignment Objective Proof assign",
    "bridging": "Bridges offer_bridges",
    "calibration": "Calibration Covariance Model Part calibrate",
    "canonical": "canonical_bytes sha256_of",
    "confidence": "confidence_weights",
    "conflicts": "EntryFacts Finding JudgeFacts find_conflicts",
    "criteria": "Total combine",
    "documents": "inputs_document inputs_from_document verdict_document",
    "gains": "Gains gain_offset",
    "inquiry": "Inquiry inquire",
    "intraclass": "Intraclass measure_intraclass",
    "joint": "Joint join",
    "large": "Large calibrate_large",
    "linkage": "Linkage measure_linkage",
    "linking": "Linked Swap link_better",
    "methods": "Plain PlainScores plain_scores trimmed_mean",
    "mixed": "Mixed mixed_model",
    "notices": "Notice",
    "opinions": "Opinion opinion_estimates",
    "ordinal": "Ordinal ordinal_model",
    "patterns": "Halo Patterns Slope covariate_slope halo order_drift own_country_lift",
    "planning": "Expected Prospect prospect prospects spread_reads",
    "plans": "Plan expected_of plan_round",
    "profiles": "Interval MeanSquares Profile judge_profiles mean_squares",
    "ranking": "by_places competition_ranks cut_after",
    "reliability": "Reliable reliability_weighted",
    "remarks": "Remark",
    "repairing": "Aim Repair repair",
    "residuals": "Additive UnusualSheet additive_fit unusual_sheets",
    "responses": "Response gain_response mixed_response ordinal_response",
    "rounds": "Carried Criterion Depth Entry Judge Method Prize RoundInputs Rule Sheet TieBreak Variant",
    "scales": "Scale scale_for sheet_score",
    "shortage": "Remedy Shortage",
    "stability": "Shift WeightTip prize_shifts weight_tips",
    "standings": "Standing",
    "uncertainty": "Outlook draw_scores outlook widening",
    "verdict": "JudgeEffect PrizeResult Verdict decide",
    "watching": "Progress Stopped",
}
_HOME = {name: module for module, names in _NAMES_OF.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'judging' has no attribute {name!r}")
    globals()[name] = found = getattr(import_module(f"judging.{_HOME[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted(globals() | _HOME)
