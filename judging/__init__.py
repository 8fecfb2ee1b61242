"""The science of judging: fair rankings from marks, and how sure they are.

Pure functions: index arrays and frozen dataclasses in, frozen results out. No clock, no files, no logging, no
global random state: who has the inputs can recompute the result.
"""

from judging.agreement import Agreement, measure_agreement
from judging.assignment import Assignment, Objective, assign
from judging.calibration import Calibration, Covariance, Model, Part, calibrate
from judging.canonical import canonical_bytes, sha256_of
from judging.conflicts import EntryFacts, Finding, JudgeFacts, find_conflicts
from judging.criteria import Total, combine
from judging.documents import inputs_document, inputs_from_document, verdict_document
from judging.linkage import Linkage, measure_linkage
from judging.methods import Plain, PlainScores, plain_scores
from judging.notices import Notice
from judging.ranking import by_places, competition_ranks, cut_after
from judging.remarks import Remark
from judging.rounds import (
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
from judging.standings import Standing
from judging.uncertainty import Outlook, draw_scores, outlook
from judging.verdict import JudgeEffect, PrizeResult, Verdict, decide

__all__ = [
    "Agreement",
    "Assignment",
    "Calibration",
    "Covariance",
    "Criterion",
    "Depth",
    "Entry",
    "EntryFacts",
    "Finding",
    "Judge",
    "JudgeEffect",
    "JudgeFacts",
    "Linkage",
    "Method",
    "Model",
    "Notice",
    "Objective",
    "Outlook",
    "Part",
    "Plain",
    "PlainScores",
    "Prize",
    "PrizeResult",
    "Remark",
    "Remedy",
    "RoundInputs",
    "Rule",
    "Scale",
    "Sheet",
    "Shortage",
    "Standing",
    "TieBreak",
    "Total",
    "Variant",
    "Verdict",
    "assign",
    "by_places",
    "calibrate",
    "canonical_bytes",
    "combine",
    "competition_ranks",
    "cut_after",
    "decide",
    "draw_scores",
    "find_conflicts",
    "inputs_document",
    "inputs_from_document",
    "measure_agreement",
    "measure_linkage",
    "outlook",
    "plain_scores",
    "scale_for",
    "sha256_of",
    "sheet_score",
    "verdict_document",
]
