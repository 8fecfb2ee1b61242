"""A round of pass or fail as its page shows it: how the judges answered, category by category."""

from collections.abc import Collection, Mapping

from msgspec import Struct

from awards.editions.rules import RoundKind
from awards.results.passing import Answers, Passing, passing_of
from awards.results.queries import EntryName, RoundResults
from awards.results.queries.passing import passing_facts
from awards.results.rules import is_settled
from awards.web.figures import Axis, counting_axis


class PassingRow(Struct, frozen=True):
    """`criteria` as the head of the table has them; one that the category is not judged on is empty."""

    entry: EntryName
    sheets: Answers
    criteria: tuple[Answers | None, ...]


class PassingSection(Struct, frozen=True):
    code: str
    name: str
    criteria: tuple[str, ...]
    axis: Axis
    rows: tuple[PassingRow, ...]


async def sections_of(
    found: RoundResults, entries: Mapping[str, EntryName], hidden: Collection[str]
) -> tuple[PassingSection, ...]:
    """Nothing before the round is closed, nor while entries are read once more: nothing is stored of the time before."""
    if found.kind != RoundKind.PASSING or not is_settled(found.state):
        return ()
    facts = await passing_facts(found.id)
    # Level ones stand by name.
    by_name = sorted(facts.references, key=lambda name: (entries[name].entrant.casefold(), name))
    counted = passing_of(by_name, facts.sheets)
    shown = dict.fromkeys(
        (entry.category, entry.category_name) for entry in entries.values() if entry.category not in hidden
    )
    return tuple(
        _section(
            code,
            name,
            facts.criteria,
            [one for one in counted if entries[one.reference].category == code],
            entries,
        )
        for code, name in shown
    )


def _section(
    code: str,
    name: str,
    criteria: Mapping[str, str],
    found: list[Passing],
    entries: Mapping[str, EntryName],
) -> PassingSection:
    judged = [key for key in criteria if any(key in one.criteria for one in found)]
    return PassingSection(
        code,
        name,
        criteria=tuple(criteria[key] for key in judged),
        axis=counting_axis(max((one.sheets.all for one in found), default=0)),
        rows=tuple(
            PassingRow(entries[one.reference], one.sheets, tuple(one.criteria.get(key) for key in judged))
            for one in found
        ),
    )
