"""How a round is decided, and who goes on from it. Pure."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from judging.rounds import Rule

# Who goes on to the next round: so many of each category by rank, who reaches a score, or whom people choose.
ADVANCE_RULES = ("", "top", "threshold")
BY_HAND = ("", "")


class RoundMethod(Struct, frozen=True):
    """How a round is decided; `tie_breaks` are (rule, value) as `judging.rounds.TieBreak` takes them.

    `confidence` follows the round's: what judges are asked for is what counts. `carried_weight` is what an entry's
    total of the round before weighs beside the criteria; 0 starts afresh. `advance` is (rule, value): who goes on to
    the next round; without a rule people choose, with a reason.
    """

    rule: str = Rule.CALIBRATED.value
    draws: int = 4000
    seed: int = 1
    tie_breaks: tuple[tuple[str, str], ...] = ()
    decimals: int | None = None
    confidence: bool = False
    carried_weight: int = 0
    advance: tuple[str, str] = BY_HAND

    def document(self) -> dict[str, Any]:
        return {
            "method": self.rule,
            "draws": self.draws,
            "seed": self.seed,
            "tie_breaks": [list(pair) for pair in self.tie_breaks],
            "decimals": self.decimals,
            "confidence": self.confidence,
            **({"carried_weight": self.carried_weight} if self.carried_weight else {}),
            **({"advance": list(self.advance)} if self.advance != BY_HAND else {}),
        }


def method_of(document: Mapping[str, Any]) -> RoundMethod:
    """From what a round keeps; what it does not name has its default."""
    default = RoundMethod()
    rule = str(document.get("method", default.rule))
    return RoundMethod(
        rule=Rule.CALIBRATED.value if rule == "gls" else rule,
        draws=int(document.get("draws", default.draws)),
        seed=int(document.get("seed", default.seed)),
        tie_breaks=tuple(_pair(one) for one in document.get("tie_breaks", ())),
        decimals=document.get("decimals"),
        confidence=bool(document.get("confidence", False)),
        carried_weight=int(document.get("carried_weight", 0)),
        advance=_pair(document.get("advance", BY_HAND)),
    )


def _pair(tie_break: Any) -> tuple[str, str]:
    if isinstance(tie_break, str):
        rule, _colon, value = tie_break.partition(":")
        return rule, value
    rule, value = tie_break
    return str(rule), str(value)
