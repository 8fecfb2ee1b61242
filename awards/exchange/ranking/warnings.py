"""Warnings by the codes that are promised, with names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from awards.exchange.ranking.ballots import Ballot
from judging.notices import Notice

CODES = (
    "disconnected",
    "weak-link",
    "one-judge",
    "few-judges",
    "few-scores",
    "constant-judge",
    "all-equal",
    "exact-fit",
    "no-degrees-of-freedom",
    "no-judge-variance",
    "no-entry-variance",
    "severity-follows-quality",
    "not-converged",
    "similar-names",
    "reversed-scale",
)
# What `judging` tells apart and the promise does not, and what is no warning.
RENAMED = {"no-scores": "few-scores"}
NO_WARNING = frozenset({"balanced"})


@dataclass(frozen=True)
class Warned:
    code: str
    message: str
    judges: tuple[str, ...]
    entries: tuple[str, ...]


def of_notices(ballot: Ballot, notices: Iterable[Notice]) -> tuple[Warned, ...]:
    return tuple(
        Warned(
            RENAMED.get(notice.code, notice.code),
            f"{notice.sentence} {notice.remedy}".strip(),
            tuple(ballot.judges[judge] for judge in notice.judges),
            tuple(ballot.entries[entry] for entry in notice.entries),
        )
        for notice in notices
        if notice.code not in NO_WARNING
    )


def of_file(ballot: Ballot) -> tuple[Warned, ...]:
    """Names that are nearly the same, and entries of the list that nobody scored."""
    found = [
        Warned(
            "similar-names",
            f"These {similar.kind} differ in spaces or case only and are counted apart: "
            + ", ".join(f"“{name}”" for name in similar.names)
            + ". If they are one, write them alike.",
            similar.names if similar.kind == "judges" else (),
            similar.names if similar.kind == "entries" else (),
        )
        for similar in ballot.similar
    ]
    if ballot.unscored:
        found.append(
            Warned(
                "few-scores",
                f"{len(ballot.unscored)} entries of the list have no score and no place. Have them read.",
                (),
                ballot.unscored,
            )
        )
    return tuple(found)


def of_criteria(names: Sequence[str], warned: Sequence[Sequence[Warned]]) -> tuple[Warned, ...]:
    """Those of all criteria, each once, with the criteria to which it belongs."""
    where: dict[Warned, list[str]] = {}
    for name, some in zip(names, warned, strict=True):
        for one in some:
            where.setdefault(one, []).append(name)
    return tuple(
        one
        if len(criteria) == len(names)
        else Warned(one.code, f"{', '.join(criteria)}: {one.message}", one.judges, one.entries)
        for one, criteria in where.items()
    )


def within_categories(warned: Iterable[Warned]) -> tuple[Warned, ...]:
    """Parts that share nobody take nothing from rankings within categories, where each lies in one part."""
    return tuple(
        Warned(
            one.code,
            "The scores fall into parts that share no judge and no entry. Every category lies in one of them, so its "
            "ranking is whole; entries and judges of different parts cannot be compared.",
            one.judges,
            one.entries,
        )
        if one.code == "disconnected"
        else one
        for one in warned
    )


def incomplete(ballot: Ballot, missing: Sequence[int]) -> tuple[Warned, ...]:
    if not missing:
        return ()
    return (
        Warned(
            "few-scores",
            f"{len(missing)} entries lack all scores in a criterion, so they have no total and no place. "
            "Have the missing criteria scored.",
            (),
            tuple(ballot.entries[entry] for entry in missing),
        ),
    )


def in_order(warned: Iterable[Warned]) -> tuple[Warned, ...]:
    return tuple(sorted(warned, key=lambda one: (CODES.index(one.code), one.message)))
