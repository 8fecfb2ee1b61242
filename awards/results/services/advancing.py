"""The verb that lets entries go on from a decided round to the next one."""

from collections import Counter
from datetime import datetime
from typing import Any

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.steps import hold_rounds
from awards.errors import Denied, Stale
from awards.panels.tables import RoundEntry
from awards.results.advancing import Choice, Outcome, may_advance, wrong_among
from awards.results.forms import AdvanceEntries
from awards.results.queries import conflicted_categories
from awards.results.queries.advancing import AdvancingTable, Going, NextRound, advancing_table
from awards.results.rules import may_judge_results, require
from awards.results.steps import need_secretariat
from awards.results.tables import Advance
from awards.web.i18n import _


async def advance_entries(*, command: AdvanceEntries, actor: Actor, clock: Clock) -> int:
    """All entries of the round at once; the next round holds those who go on. Returns how many these are.

    Nobody is written to, and nothing of it is shown to entrants: they are told when it is published.
    """
    now = clock.now()
    async with transaction():
        await need_secretariat(command.edition_id, actor)
        await hold_rounds(command.edition_id)
        table = await advancing_table(command.edition_id, command.code, actor, now)
        if refusal := may_judge_results(
            await conflicted_categories(command.edition_id, actor.person_id, now)
        ):
            raise refusal
        later = refuse_or_next(table)
        if command.seen != table.seen:
            raise Stale
        require(problems(table, command.choices))
        await _write(table, later, command.choices, actor, now)
        goes_on = [choice.reference for choice in command.choices if choice.goes_on]
        await record(
            Action.ENTRIES_ADVANCED,
            actor=actor,
            at=now,
            subject=("round", table.id),
            edition_id=table.edition_id,
            as_role="secretariat",
            before={"advanced": _advanced(table)},
            after={
                "into": later.code,
                "rule": list(table.rule),
                "advanced": sorted(goes_on),
                "reasons": {one.reference: one.reason for one in command.choices if one.reason},
            },
        )
    return len(goes_on)


def refuse_or_next(table: AdvancingTable) -> NextRound:
    """The round into which entries go on; refused where nobody can."""
    if refusal := may_advance(table.state, table.next.state if table.next else None):
        raise refusal
    assert table.next is not None
    return table.next


def problems(table: AdvancingTable, choices: tuple[Choice, ...]) -> dict[str, str]:
    """What is wrong with the choices, by the fields of the form."""
    asked = Counter(one.reference for one in choices)
    if set(asked) != set(table.names) or any(count > 1 for count in asked.values()):
        return {"": _("Entries of this round came or went meanwhile. Open the page again.")}
    wrong = dict(wrong_among(choices, table.rule, table.proposed, table.names))
    if not any(one.goes_on for one in choices):
        wrong.setdefault("", _("Choose at least one entry that goes on"))
    going = {one.reference: one for one in table.entries}
    for choice in choices:
        if not choice.goes_on and going[choice.reference].assigned:
            wrong[f"go-{choice.reference}"] = _(
                "Judges of the next round were given %(entry)s already; take these assignments back first",
                entry=going[choice.reference].entrant,
            )
    return wrong


async def _write(
    table: AdvancingTable, later: NextRound, choices: tuple[Choice, ...], actor: Actor, now: datetime
) -> None:
    going = {one.reference: one for one in table.entries}
    said: list[Advance] = []
    moved: dict[Outcome, list[int]] = {Outcome.ADVANCED: [], Outcome.STOPPED: []}
    for choice in choices:
        one = going[choice.reference]
        outcome = Outcome.ADVANCED if choice.goes_on else Outcome.STOPPED
        if (one.outcome, one.reason) == (outcome.value, choice.reason):
            continue
        moved[outcome].append(one.round_entry)
        said.append(
            Advance(
                round_entry=one.round_entry,
                version=one.version + 1,
                outcome=outcome.value,
                run=table.run_id,
                reason=choice.reason,
                by=actor.person_id,
                created_at=now,
            )
        )
    for start in range(0, len(said), 500):
        await Advance.insert(*said[start : start + 500])
    for outcome, rows in moved.items():
        if rows:
            await RoundEntry.update({RoundEntry.outcome: outcome.value}).where(RoundEntry.id.is_in(rows))
    await _fill(later, [going[one.reference] for one in choices if one.goes_on], now)
    gone = [row for one in choices if not one.goes_on and (row := going[one.reference].in_next) is not None]
    if gone:
        # Nobody was given them, and the round is a draft: like a part of the set-up that is taken out again.
        await RoundEntry.delete().where(RoundEntry.id.is_in(gone))


async def _fill(later: NextRound, entries: list[Going], now: datetime) -> None:
    new: list[Any] = []
    for one in entries:
        if one.in_next is not None:
            continue
        if one.version_id is None:
            raise Denied("no version", _("%(entry)s was never submitted.", entry=one.entrant))
        new.append(
            RoundEntry(
                round=later.id,
                entry=one.entry,
                entry_version=one.version_id,
                sheets_wanted=later.sheets_wanted,
                created_at=now,
            )
        )
    for start in range(0, len(new), 500):
        await RoundEntry.insert(*new[start : start + 500])


def _advanced(table: AdvancingTable) -> list[str]:
    return sorted(one.reference for one in table.entries if one.outcome == Outcome.ADVANCED)
