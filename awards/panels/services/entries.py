"""Entries of a round."""

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.steps import locked_edition
from awards.editions.tables import Edition, Round
from awards.entries.tables import Entry
from awards.errors import Invalid, NotFound, Stale
from awards.panels.forms import ChangeSheetsWanted, PlanSheets, PutIntoRound
from awards.panels.queries.rounds import own_round
from awards.panels.steps import round_to_change
from awards.panels.tables import RoundEntry
from awards.web.i18n import _

# Eligible entries of the edition that are not in the round yet, each with the newest version that was submitted. Who was
# in a round before it comes into it by going on from there, with whatever reason that has.
_CANDIDATES = """
SELECT e.id, e.reference, c.code AS category,
       (SELECT v.id FROM entry_version v WHERE v.entry = e.id ORDER BY v.number DESC LIMIT 1) AS version_id
FROM entry e JOIN category c ON c.id = e.category
WHERE e.edition = {} AND e.state = 'eligible'
  AND NOT EXISTS (SELECT 1 FROM round_entry re JOIN round b ON b.id = re.round JOIN round r ON r.id = {}
    WHERE re.entry = e.id AND b.edition = r.edition AND b.position <= r.position)
ORDER BY e.id
"""


async def put_into_round(*, round_id: int, command: PutIntoRound, actor: Actor, clock: Clock) -> int:
    """Each entry with the version that its judges will read; returns how many were put in."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id)
        rows = await Entry.raw(_CANDIDATES, found.edition.id, round_id)
        if command.category:
            rows = [row for row in rows if row["category"] == command.category]
        if command.references:
            rows = [row for row in rows if row["reference"] in command.references]
        if not rows:
            raise Invalid({"": _("No eligible entry is left to put into this round.")})
        await RoundEntry.insert(
            *(
                RoundEntry(
                    round=round_id,
                    entry=row["id"],
                    entry_version=row["version_id"],
                    sheets_wanted=command.sheets_wanted or found.sheets_wanted,
                    created_at=now,
                )
                for row in rows
            )
        )
        await record(
            Action.ENTRY_IN_ROUND,
            actor=actor,
            at=now,
            subject=("round", round_id),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={"entries": [row["id"] for row in rows]},
        )
    return len(rows)


async def change_sheets_wanted(
    *, round_id: int, command: ChangeSheetsWanted, actor: Actor, clock: Clock
) -> None:
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id)
        rows = await RoundEntry.raw(
            "UPDATE round_entry SET sheets_wanted = {} WHERE round = {} AND entry IN"
            " (SELECT id FROM entry WHERE reference = {}) RETURNING id",
            command.sheets_wanted,
            round_id,
            command.reference,
        )
        if not rows:
            raise NotFound
        await record(
            Action.ENTRY_IN_ROUND,
            actor=actor,
            at=now,
            subject=("round_entry", rows[0]["id"]),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={"sheets_wanted": command.sheets_wanted},
        )


async def plan_sheets(*, round_id: int, command: PlanSheets, actor: Actor, clock: Clock) -> int:
    """What the round asks for an entry from now on; entries that wanted as many as the round did follow it.

    Returns how many entries of the round follow. An entry whose number was chosen for itself keeps it.
    """
    now = clock.now()
    async with transaction():
        # The set-up writes the whole edition: one that was drawn before this must not undo it.
        await locked_edition((await own_round(actor, round_id)).edition.id)
        found = await round_to_change(actor, round_id)
        if found.version != command.version:
            raise Stale
        await Round.update({Round.sheets_wanted: command.sheets, Round.version: Round.version + 1}).where(
            Round.id == round_id
        )
        await Edition.update({Edition.version: Edition.version + 1}).where(Edition.id == found.edition.id)
        rows = (
            await RoundEntry.update({RoundEntry.sheets_wanted: command.sheets})
            .where((RoundEntry.round == round_id) & (RoundEntry.sheets_wanted == found.sheets_wanted))
            .returning(RoundEntry.id)
        )
        await record(
            Action.EDITION_CHANGED,
            actor=actor,
            at=now,
            subject=("round", round_id),
            edition_id=found.edition.id,
            as_role="secretariat",
            before={"sheets_wanted": found.sheets_wanted},
            after={"sheets_wanted": command.sheets, "entries": [row["id"] for row in rows]},
        )
    return len(rows)
