"""What comes with the software to begin with: a form, and the prizes of past editions. Data, in words of an edition file."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from awards.editions.document import PrizePart, QuestionPart

HERE = Path(__file__).parent / "starters"
# By the name that an edition file calls it.
STARTERS = {"wego": HERE / "wego.toml"}


@cache
def questions_of(name: str) -> tuple[QuestionPart, ...]:
    with STARTERS[name].open("rb") as file:
        data = tomllib.load(file)
    return msgspec.convert(data["question"], tuple[QuestionPart, ...])


class PrizeStart(Struct, frozen=True):
    """A prize of each category, or `over_all` one of the whole edition."""

    code: str
    name: str
    places: int = 1
    kind: str = "ranked"
    values: tuple[tuple[str, str], ...] = ()
    over_all: bool = False


class PrizeSet(Struct, frozen=True):
    code: str
    name: str
    prize: tuple[PrizeStart, ...]

    def prizes(self, categories: Sequence[str]) -> tuple[PrizePart, ...]:
        return tuple(
            PrizePart(
                one.code if one.over_all else f"{one.code}-{category}",
                one.name, position, one.places, "" if one.over_all else category, one.kind, one.values,
            )
            for position, one in enumerate(self.prize, 1)
            for category in (("",) if one.over_all else categories)
        )  # fmt: skip


@cache
def prize_sets() -> dict[str, PrizeSet]:
    with (HERE / "prizes.toml").open("rb") as file:
        data = tomllib.load(file)
    return {one.code: one for one in msgspec.convert(data["set"], tuple[PrizeSet, ...])}
