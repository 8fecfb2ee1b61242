"""What stands in the way of a publication, and who may not sign it."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from awards.editions.tables import Edition
from awards.publication.outcome import Ground, ground_of
from awards.publication.rules import Kind
from awards.publication.signatures import Asked, Signed, signatures
from awards.publication.standing import Standing, standing_of
from awards.results.queries import DecisionRow, decision_rows, outdated_rounds
from awards.results.queries.deliberation import open_deliberations
from awards.results.queries.gate import judged_lacks
from awards.results.queries.prizes import unexplained_in
from awards.results.rules import Lack, is_settled
from awards.web.i18n import _, ngettext
from awards.web.words import listing


class Desk(Struct, frozen=True):
    """All that the page of publication shows to one person."""

    lacks: list[Lack]
    decisions: list[DecisionRow]
    asked: Asked | None
    signed: list[Signed]
    hidden: frozenset[str]
    judged: bool
    several: bool
    """Whether there is a final to come into."""


async def desk_of(edition_id: int, person_id: int, now: datetime) -> Desk:
    """Prizes with decisions, signatures, and what is open, as far as this person may see it."""
    standing = await standing_of(edition_id, person_id, now)
    decisions = await decision_rows(edition_id)
    asked, signed = await signatures(edition_id, person_id, now)
    hidden = standing.tied
    shown = [row for row in decisions if row.category not in hidden and (row.category or not hidden)]
    found = lacks(standing, decisions) + await judged_lacks(edition_id, now)
    found += await open_deliberations(edition_id, now) if standing.deliberating else []
    open_ = [lack for lack in found if lack.is_shown(hidden)]
    return Desk(open_, shown, asked, signed, hidden, bool(standing.judged), len(standing.rounds) > 1)


async def lacks_of(
    edition_id: int, now: datetime, shows: str = Kind.WINNERS, ground: Ground | None = None
) -> list[Lack]:
    """Everything that is open, in the order in which it is best settled."""
    if ground is None:
        ground = await ground_of(edition_id, await standing_of(edition_id, 0, now), now)
    standing, outdated = ground.standing, await outdated_rounds(edition_id)
    # The page compares how many sheets each entry has; here, where it is signed, sheet by sheet.
    rounds = tuple(replace(one, outdated=one.outdated or one.code in outdated) for one in standing.rounds)
    found = lacks(replace(standing, rounds=rounds), ground.table.decisions) + ground.gate.lacks
    found += await open_deliberations(edition_id, now) if standing.deliberating else []
    # Asked where it is signed; until then the page of prizes says it.
    found += unexplained_in(ground.table)
    return found if shows != Kind.FINALISTS else await _before_the_final(edition_id, found)


_THROUGH = """
SELECT r.code FROM round r WHERE r.edition = {} AND r.position <= (SELECT MAX(o.position) FROM round_entry re
 JOIN round o ON o.id = re.round WHERE o.edition = r.edition AND re.outcome = 'advanced')
"""
# Open whatever round it is about.
_OF_ALL = ("screening", "halted", "excluded")


async def _before_the_final(edition_id: int, found: list[Lack]) -> list[Lack]:
    """Finalists rest on the rounds that they came through: neither the last one nor a prize is waited for."""
    through = {row["code"] for row in await Edition.raw(_THROUGH, edition_id)}
    if not through:
        return [Lack("finalists", _("Nobody has gone on to a next round, so there are no finalists."))]
    return [one for one in found if one.round in through or (not one.round and one.code in _OF_ALL)]


def lacks(standing: Standing, decisions: list[DecisionRow]) -> list[Lack]:
    found = []
    if standing.waiting:
        text = ngettext(
            "%(num)d entry is not screened.", "%(num)d entries are not screened.", standing.waiting
        )
        found.append(Lack("screening", text))
    for one in standing.rounds:
        if not is_settled(one.state):
            found.append(Lack("round", _("%(round)s is not closed.", round=one.name), one.code))
        elif one.kind != "criteria":
            continue
        elif one.run_id is None and one.has_entries:
            found.append(Lack("run", _("%(round)s has no adopted run.", round=one.name), one.code))
        elif one.outdated:
            text = _(
                "%(round)s: the adopted run is out of date, because other sheets or entries count now. Calculate again.",
                round=one.name,
            )
            found.append(Lack("run", text, one.code))
    found.extend(_prize_lacks(decisions, {one.run_id for one in standing.rounds}))
    found.extend(standing.lacks)
    return found


def _prize_lacks(decisions: list[DecisionRow], adopted: set[int | None]) -> list[Lack]:
    """One for all the prizes of a category that lack the same."""
    by_prize: dict[str, list[DecisionRow]] = {}
    for row in decisions:
        by_prize.setdefault(row.prize, []).append(row)
    found: dict[tuple[str, str], list[DecisionRow]] = {}
    for rows in by_prize.values():
        if code := _lacking(rows, adopted):
            found.setdefault((code, rows[0].category), []).append(rows[0])
    # Of a prize over all categories nobody who is in conflict in one of them hears.
    return [
        Lack(code, _prizes_said(code, prizes), category=category, of_marks=not category)
        for (code, category), prizes in found.items()
    ]


def _lacking(rows: list[DecisionRow], adopted: set[int | None]) -> str:
    decided = {row.place for row in rows if row.place is not None}
    if len(decided & set(range(1, rows[0].places + 1))) < rows[0].places:
        return "prize"
    if any(row.run_id is not None and row.run_id not in adopted for row in rows):
        return "superseded"
    if any(row.reference and row.entry_state != "eligible" for row in rows):
        return "gone"
    return ""


def _prizes_said(code: str, prizes: list[DecisionRow]) -> str:
    names, number = listing([one.prize_name for one in prizes]), len(prizes)
    said = {
        "prize": ngettext(
            "%(prizes)s is not decided.", "%(num)d prizes are not decided: %(prizes)s.", number, prizes=names
        ),
        "superseded": ngettext(
            "%(prizes)s was decided by a run that another has replaced. Decide it again.",
            "%(num)d prizes were decided by a run that another has replaced: %(prizes)s. Decide them again.",
            number, prizes=names,
        ),
        "gone": ngettext(
            "%(prizes)s went to an entry that is no longer in. Decide it again.",
            "%(num)d prizes went to entries that are no longer in: %(prizes)s. Decide them again.",
            number, prizes=names,
        ),
    }[code]  # fmt: skip
    return f"{prizes[0].category_name}: {said}" if prizes[0].category_name else said
