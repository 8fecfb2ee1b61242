"""How much a pack discloses, from every mark down to what the publication itself says."""

from enum import StrEnum

from awards.publication.rules import Kind


class Level(StrEnum):
    MARKS = "marks"
    SUMS = "sums"
    RESULTS = "results"
    OUTCOME = "outcome"

    @property
    def depth(self) -> int:
        return list(Level).index(self)


class Audience(StrEnum):
    PUBLIC = "public"
    AUDITOR = "auditor"


def most(shows: str, asked: Level) -> Level:
    """A publication of names or ranks alone says no score, and neither does its pack."""
    return asked if shows == Kind.FULL else Level.OUTCOME
