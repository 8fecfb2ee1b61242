"""What packs say of rounds, and how much of it to everybody: the long arithmetic of a publication. Pure."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from awards.publication.pack.hiding import labels_tell, sums_tell, weights_differ
from awards.publication.pack.levels import Level, most
from awards.publication.pack.rounds import Counted, JudgedRound, counted, round_document
from awards.publication.pack.versions import Changed


class Given(Struct, frozen=True):
    """What it depends on, and nothing else: whoever finds the same again need not work it out again."""

    rounds: tuple[JudgedRound, ...]
    asked: Level
    shows: str
    changed: Changed = Changed()


class Disclosed(Struct, frozen=True):
    given: Given
    level: Level
    reasons: tuple[str, ...]
    to_auditors: tuple[dict[str, Any], ...]
    to_all: tuple[dict[str, Any], ...]

    @property
    def asked(self) -> Level:
        return self.given.asked


def disclosed(given: Given, *, step_down: bool = True) -> Disclosed:
    """
    Without `step_down` everybody is told what the edition's rules name, whoever could be told from it: for marks that
    were invented. Where marks weigh differently it steps down all the same.
    """
    rounds = [(one, counted(one)) for one in given.rounds]
    level, reasons = most(given.shows, given.asked), tuple[str, ...]()
    if step_down or any(weights_differ(numbers.table) for _one, numbers in rounds):
        level, reasons = level_of(given, [numbers for _one, numbers in rounds])
    return Disclosed(
        given=given,
        level=level,
        reasons=reasons,
        to_auditors=tuple(round_document(one, numbers, Level.MARKS, auditor=True) for one, numbers in rounds),
        to_all=tuple(
            round_document(one, numbers, level, untold=given.changed.told)
            for one, numbers in rounds
            if level is not Level.OUTCOME
        ),
    )


def level_of(given: Given, rounds: Sequence[Counted]) -> tuple[Level, tuple[str, ...]]:
    """As much as the rules of the edition name, and less where a mark or a judge could be worked out."""
    level, reasons = most(given.shows, given.asked), list[str]()
    if level is not given.asked:
        return level, ("This publication does not show every result.",)
    if level is Level.MARKS:
        reasons += (why for one in rounds for why in labels_tell(one.inputs))
        level = Level.SUMS if reasons else level
    if level is Level.SUMS:
        more = [why for one in rounds for why in sums_tell(one.table)]
        more += [
            f"Sheets are not those of publication {number}: the difference of the sums would tell their marks."
            for number in given.changed.since
        ]
        level, reasons = Level.RESULTS if more else level, reasons + more
    if level is Level.RESULTS and given.changed.told:
        reasons.append(
            "Where sheets are not those of an earlier publication, means are left out: two would tell a mark."
        )
    return level, tuple(dict.fromkeys(reasons))
