"""The form that comes with the software, to begin with: data in the words of an edition file."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from awards.editions.document import QuestionPart

# By the name that an edition file calls it.
STARTERS = {"wego": Path(__file__).parent / "starters" / "wego.toml"}


@cache
def questions_of(name: str) -> tuple[QuestionPart, ...]:
    with STARTERS[name].open("rb") as file:
        data = tomllib.load(file)
    return msgspec.convert(data["question"], tuple[QuestionPart, ...])
