"""What stands in the way of a publication, and who may not sign it."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from awards.editions.tables import Edition
from awards.panels.tables import Assignment
from awards.publication.exclusions import standing_lacks
from awards.publication.rerun import rerun_lacks
from awards.publication.rules import Kind
from awards.publication.signatures import Asked, Signed, signatures
from awards.results.queries import (
    TIED,
    DecisionRow,
    conflicted_categories,
    decision_rows,
    outdated_rounds,
    tied_to,
    unexplained_prizes,
)
from awards.results.queries.deliberation import open_deliberations
from awards.results.queries.gate import judged_lacks
from awards.results.rules import EntryInRound, Lack, is_settled
from awards.web.i18n import _, ngettext
from awards.web.words import listing

# What is known elsewhere: each is asked of one edition at one instant, and says what is still open. One query each.
Source = Callable[[int, datetime], Awaitable[list[Lack]]]
SOURCES: tuple[Source, ...] = (
    standing_lacks,
    rerun_lacks,
    judged_lacks,
    open_deliberations,
)


class RoundState(Struct, frozen=True):
    """A round, and the run that was adopted for it where it has marks."""

    name: str
    state: str
    kind: str
    run_id: int | None
    outdated: bool
    """Whether other sheets or entries count now than those that the adopted run was computed from."""


class Standing(Struct, frozen=True):
    """How far the judging of an edition is; `hidden`: categories in which the reader is in conflict."""

    waiting: int
    rows: list[EntryInRound]
    rounds: dict[str, RoundState]
    hidden: frozenset[str]
    judged: bool


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
    """Entries with counts and rounds, prizes with decisions, signatures, and what others know of."""
    standing = await _standing(edition_id, person_id, now)
    decisions = await decision_rows(edition_id)
    asked, signed = await signatures(edition_id, person_id, now)
    hidden = standing.hidden
    shown = [row for row in decisions if row.category not in hidden and (row.category or not hidden)]
    found = lacks(standing, decisions) + await _elsewhere(edition_id, now)
    open_ = [lack for lack in found if lack.is_shown(hidden)]
    return Desk(open_, shown, asked, signed, hidden, standing.judged, len(standing.rounds) > 1)


async def lacks_of(edition_id: int, now: datetime, shows: str = Kind.WINNERS) -> list[Lack]:
    """Everything that is open, in the order in which it is best settled."""
    standing, outdated = await _standing(edition_id, 0, now), await outdated_rounds(edition_id)
    # The page compares how many sheets each entry has; here, where it is signed, sheet by sheet.
    rounds = {
        code: replace(round_, outdated=round_.outdated or code in outdated)
        for code, round_ in standing.rounds.items()
    }
    found = lacks(replace(standing, rounds=rounds), await decision_rows(edition_id))
    found += await _elsewhere(edition_id, now)
    # Three queries: asked where it is signed; until then the page of prizes says it.
    found += await unexplained_prizes(edition_id, now)
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


async def _elsewhere(edition_id: int, now: datetime) -> list[Lack]:
    return [lack for source in SOURCES for lack in await source(edition_id, now)]


def lacks(standing: Standing, decisions: list[DecisionRow]) -> list[Lack]:
    found = []
    if standing.waiting:
        text = ngettext(
            "%(num)d entry is not screened.", "%(num)d entries are not screened.", standing.waiting
        )
        found.append(Lack("screening", text))
    for code, round_ in standing.rounds.items():
        if not is_settled(round_.state):
            found.append(Lack("round", _("%(round)s is not closed.", round=round_.name), code))
        elif round_.kind != "criteria":
            continue
        elif round_.run_id is None and any(row.round == code for row in standing.rows):
            found.append(Lack("run", _("%(round)s has no adopted run.", round=round_.name), code))
        elif round_.outdated:
            text = _(
                "%(round)s: the adopted run is out of date, because other sheets or entries count now. Calculate again.",
                round=round_.name,
            )
            found.append(Lack("run", text, code))
    found.extend(_prize_lacks(decisions, {round_.run_id for round_ in standing.rounds.values()}))
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


async def _standing(edition_id: int, person_id: int, now: datetime) -> Standing:
    rows = await Edition.raw(
        "SELECT r.code AS round, r.name AS round_name, r.state AS round_state, r.kind, u.id AS run_id,"  # noqa: S608  # only texts of ours are put in
        " en.reference, en.title, t.name AS entrant, c.code AS category, en.state, re.sheets_wanted AS wanted,"
        " re.reason,"
        " (SELECT COUNT(*) FROM assignment a WHERE a.round_entry = re.id AND a.state = 'signed') AS signed,"
        " (SELECT COUNT(*) FROM assignment a WHERE a.round_entry = re.id"
        "  AND a.state IN ('given', 'opened', 'started')) AS unsigned,"
        " (SELECT st.sheets FROM standing st WHERE st.run = u.id AND st.round_entry = re.id"
        "  AND st.scope = 'all') AS counted,"
        " (SELECT COUNT(*) FROM entry w WHERE w.edition = e.id AND w.state = 'submitted') AS waiting,"
        f" CASE WHEN {TIED} THEN 1 ELSE 0 END AS acts,"
        " CASE WHEN EXISTS (SELECT 1 FROM assignment a JOIN seat s ON s.id = a.seat WHERE a.round_entry = re.id"
        "  AND s.person = {} AND a.state NOT IN ('recused', 'withdrawn')) THEN 1 ELSE 0 END AS judged"
        " FROM edition e LEFT JOIN round r ON r.edition = e.id"
        " LEFT JOIN calibration_run u ON u.round = r.id AND u.state = 'adopted'"
        " LEFT JOIN round_entry re ON re.round = r.id LEFT JOIN entry en ON en.id = re.entry"
        " LEFT JOIN entrant t ON t.id = en.entrant LEFT JOIN category c ON c.id = en.category"
        " WHERE e.id = {} ORDER BY r.position, c.position, en.reference",
        *tied_to(person_id, now), person_id, edition_id,
    )  # fmt: skip
    names = EntryInRound.__struct_fields__
    outdated = {
        row["round"]
        for row in rows
        if row["run_id"] is not None
        and row["reference"]
        and (row["counted"] or 0) != (0 if row["state"] in ("withdrawn", "ineligible") else row["signed"])
    }
    return Standing(
        waiting=int(rows[0]["waiting"]) if rows else 0,
        rows=[EntryInRound(**{name: row[name] for name in names}) for row in rows if row["reference"]],
        rounds={
            row["round"]: RoundState(
                row["round_name"], row["round_state"], row["kind"], row["run_id"], row["round"] in outdated
            )
            for row in rows
            if row["round"]
        },
        hidden=frozenset(row["category"] for row in rows if row["acts"]),
        judged=any(row["judged"] for row in rows),
    )


async def conflicts_of(edition_id: int, person_id: int, now: datetime) -> frozenset[str]:
    """Categories in which the person acts for an entrant or judged an entry."""
    judged = await Assignment.raw(
        "SELECT DISTINCT c.code FROM assignment a JOIN seat s ON s.id = a.seat"
        " JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry"
        " JOIN category c ON c.id = en.category"
        " WHERE s.person = {} AND en.edition = {} AND a.state NOT IN ('recused', 'withdrawn')",
        person_id, edition_id,
    )  # fmt: skip
    return await conflicted_categories(edition_id, person_id, now) | {row["code"] for row in judged}
