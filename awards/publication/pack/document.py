"""The whole pack: what stands in it, its bytes, and its signature. Pure; the format is in awards/verifier/SPEC.md."""

import hashlib
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from awards.publication.document import Draft, document
from awards.publication.pack.disclosing import Disclosed
from awards.publication.pack.ed25519 import public_key, sign
from awards.publication.pack.levels import Audience, Level
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
    """What a publication rests on besides its rounds; `head` is the audit chain's, number and hash."""

    draft: Draft
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


def packs_of(basis: Basis, secret: bytes, disclosed: Disclosed) -> tuple[Pack, Pack]:
    """The auditor's pack and the public one, which names the auditor's."""
    auditor = _signed(_document(basis, disclosed, Audience.AUDITOR, ""), secret)
    return auditor, _signed(_document(basis, disclosed, Audience.PUBLIC, auditor.sha256), secret)


def _document(basis: Basis, disclosed: Disclosed, audience: Audience, auditor_sha256: str) -> Document:
    published = document(basis.draft)
    to_all = audience is Audience.PUBLIC
    level = disclosed.level if to_all else Level.MARKS
    prizes = basis.prizes if level is not Level.OUTCOME else Prizes()
    return {
        "audience": audience.value,
        "level": level.value,
        "asked": disclosed.asked.value,
        "reasons": list(disclosed.reasons) if to_all else [],
        "document": published,
        "document_sha256": sha256_of(published),
        "auditor_sha256": auditor_sha256,
        "log": {"seq": basis.head[0], "hash": basis.head[1]},
        "rounds": list(disclosed.to_all if to_all else disclosed.to_auditors),
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
