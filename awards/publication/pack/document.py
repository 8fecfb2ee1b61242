"""The whole pack: what stands in it, its bytes, and its signature. Pure; the format is in awards/verifier/SPEC.md."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from awards.publication.document import Draft, document
from awards.publication.pack.ed25519 import public_key, sign
from awards.publication.pack.hiding import labels_tell, sums_tell, weights_differ
from awards.publication.pack.levels import Audience, Level, most
from awards.publication.pack.rounds import Counted, JudgedRound, counted, round_document
from awards.results.awarding import CASCADE, PAST, RING_FENCED, Candidate, PrizeRule
from judging import canonical_bytes, sha256_of

FORMAT = "awards-pack-1"
STEPS = (
    "bytes", "signature", "identity", "document", "reads", "parts", "ratio", "estimates", "totals", "order",
    "deliberation", "prizes", "published", "commitments", "chain",
)  # fmt: skip

Document = dict[str, Any]


class Prizes(Struct, frozen=True):
    """As the pack has them: see step 12 of the format."""

    rules: tuple[Mapping[str, Any], ...] = ()
    candidates: Mapping[str, Mapping[str, str]] = {}
    """By reference."""
    decided: tuple[Mapping[str, Any], ...] = ()


class Basis(Struct, frozen=True):
    """Everything that a publication rests on; `head` is the audit chain's, number and hash."""

    draft: Draft
    shows: str
    asked: Level
    rounds: tuple[JudgedRound, ...]
    prizes: Prizes
    head: tuple[int, str]


def rule_document(rule: PrizeRule) -> Document:
    """With the conditions that its kind looks at."""
    fits: dict[str, list[str]] = {}
    if rule.kind in (RING_FENCED, CASCADE):
        for key, text in rule.values:
            if key != PAST or rule.kind == CASCADE:
                fits.setdefault(key, []).append(text)
    return {
        "code": rule.code,
        "category": rule.category,
        "position": rule.position,
        "places": rule.places,
        "kind": rule.kind,
        "fits": fits,
    }


def candidate_document(candidate: Candidate) -> dict[str, str]:
    return {
        "category": candidate.category,
        "region": candidate.region,
        "country": candidate.country,
        "kind": candidate.kind,
    }


class Pack(Struct, frozen=True):
    audience: Audience
    level: Level
    body: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


def packs_of(basis: Basis, secret: bytes, *, step_down: bool = True) -> tuple[Pack, Pack]:
    """The auditor's pack and the public one, which names the auditor's.

    Without `step_down` the public one says what the edition's rules name, whoever could be told from it: for marks that
    were invented. Where marks weigh differently it steps down all the same.
    """
    rounds = [(one, counted(one)) for one in basis.rounds]
    auditor = _signed(_document(basis, Level.MARKS, Audience.AUDITOR, rounds, "", ()), secret)
    level, reasons = most(basis.shows, basis.asked), tuple[str, ...]()
    if step_down or any(weights_differ(numbers.table) for _one, numbers in rounds):
        level, reasons = level_of(basis, [numbers for _one, numbers in rounds])
    public = _signed(_document(basis, level, Audience.PUBLIC, rounds, auditor.sha256, reasons), secret)
    return auditor, public


def level_of(basis: Basis, rounds: Sequence[Counted]) -> tuple[Level, tuple[str, ...]]:
    """As much as the rules of the edition name, and less where a mark or a judge could be worked out."""
    level, reasons = most(basis.shows, basis.asked), list[str]()
    if level is not basis.asked:
        return level, ("This publication does not show every result.",)
    if level is Level.MARKS:
        reasons += (why for one in rounds for why in labels_tell(one.inputs))
        level = Level.SUMS if reasons else level
    if level is Level.SUMS:
        more = [why for one in rounds for why in sums_tell(one.table)]
        level, reasons = Level.RESULTS if more else level, reasons + more
    return level, tuple(dict.fromkeys(reasons))


def _document(
    basis: Basis,
    level: Level,
    audience: Audience,
    rounds: Sequence[tuple[JudgedRound, Counted]],
    auditor_sha256: str,
    reasons: Sequence[str],
) -> Document:
    published = document(basis.draft)
    shown = level is not Level.OUTCOME
    prizes = basis.prizes if shown else Prizes()
    return {
        "audience": audience.value,
        "level": level.value,
        "asked": basis.asked.value,
        "reasons": list(reasons),
        "document": published,
        "document_sha256": sha256_of(published),
        "auditor_sha256": auditor_sha256,
        "log": {"seq": basis.head[0], "hash": basis.head[1]},
        "rounds": [
            round_document(one, numbers, level, auditor=audience is Audience.AUDITOR)
            for one, numbers in rounds
            if shown
        ],
        "prizes": {
            "rules": [dict(one) for one in prizes.rules],
            "candidates": {reference: dict(one) for reference, one in prizes.candidates.items()},
            "decided": [dict(one) for one in prizes.decided],
        },
        "steps": list(STEPS),
    }


def _signed(pack: Document, secret: bytes) -> Pack:
    signature = {
        "algorithm": "Ed25519",
        "key": public_key(secret).hex(),
        "value": sign(secret, canonical_bytes(pack)).hex(),
    }
    body = canonical_bytes({"format": FORMAT, "pack": pack, "signature": signature})
    return Pack(Audience(pack["audience"]), Level(pack["level"]), body)
