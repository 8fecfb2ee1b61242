"""What stands in the way of a publication, and who may not sign it."""

from datetime import datetime

from awards.editions.tables import Round
from awards.entries.tables import Entry
from awards.panels.tables import Assignment
from awards.results.queries import (
    DecisionRow,
    conflicted_categories,
    decision_rows,
    entries_in_rounds,
)
from awards.results.rules import EntryInRound, Lack, is_settled, sheet_lacks
from awards.web.i18n import _, ngettext


async def lacks_of(edition_id: int) -> list[Lack]:
    """Everything that is open, in the order in which it is best settled."""
    in_rounds = await entries_in_rounds(edition_id)
    runs = await rounds_and_runs(edition_id)
    waiting = await unscreened(edition_id)
    return lacks(waiting, in_rounds, runs, await decision_rows(edition_id))


def lacks(
    waiting: int,
    in_rounds: list[EntryInRound],
    runs: dict[str, tuple[str, str, int | None]],
    decisions: list[DecisionRow],
) -> list[Lack]:
    found = []
    if waiting:
        found.append(
            Lack("screening", ngettext("%(num)d entry is not screened.", "%(num)d entries are not screened.", waiting))
        )
    for code, (name, state, run_id) in runs.items():
        if not is_settled(state):
            found.append(Lack("round", _("%(round)s is still judged.", round=name), code))
        elif run_id is None and any(row.round == code for row in in_rounds):
            found.append(Lack("run", _("%(round)s has no adopted run.", round=name), code))
    found.extend(sheet_lacks(in_rounds))
    found.extend(_prize_lacks(decisions, {run_id for _name, _state, run_id in runs.values()}))
    return found


def _prize_lacks(decisions: list[DecisionRow], adopted: set[int | None]) -> list[Lack]:
    found = []
    by_prize: dict[str, list[DecisionRow]] = {}
    for row in decisions:
        by_prize.setdefault(row.prize, []).append(row)
    for code, rows in by_prize.items():
        first = rows[0]
        name = f"{first.category_name}: {first.prize_name}" if first.category_name else first.prize_name
        decided = {row.place for row in rows if row.place is not None}
        if len(decided & set(range(1, first.places + 1))) < first.places:
            found.append(Lack("prize", _("%(prize)s is not decided.", prize=name), reference=code))
        elif any(row.run_id is not None and row.run_id not in adopted for row in rows):
            found.append(
                Lack(
                    "superseded",
                    _("%(prize)s was decided by a run that another has replaced. Decide it again.", prize=name),
                    reference=code,
                )
            )
    return found


async def rounds_and_runs(edition_id: int) -> dict[str, tuple[str, str, int | None]]:
    """Rounds with marks by code: name, state and the adopted run."""
    rows = await Round.raw(
        "SELECT r.code, r.name, r.state, c.id FROM round r"
        " LEFT JOIN calibration_run c ON c.round = r.id AND c.state = 'adopted'"
        " WHERE r.edition = {} AND r.kind = 'criteria' ORDER BY r.position",
        edition_id,
    )
    return {row["code"]: (row["name"], row["state"], row["id"]) for row in rows}


async def unscreened(edition_id: int) -> int:
    return int(await Entry.count().where((Entry.edition == edition_id) & (Entry.state == "submitted")))


async def conflicts_of(edition_id: int, person_id: int, now: datetime) -> frozenset[str]:
    """Categories in which the person acts for an entrant or judged an entry."""
    judged = await Assignment.raw(
        "SELECT DISTINCT c.code FROM assignment a JOIN seat s ON s.id = a.seat JOIN round_entry re ON re.id = a.round_entry"
        " JOIN entry en ON en.id = re.entry JOIN category c ON c.id = en.category"
        " WHERE s.person = {} AND en.edition = {} AND a.state NOT IN ('recused', 'withdrawn')",
        person_id, edition_id,
    )  # fmt: skip
    return await conflicted_categories(edition_id, person_id, now) | {row["code"] for row in judged}
