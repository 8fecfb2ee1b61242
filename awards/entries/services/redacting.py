"""Putting other words in place of what would tell judges of a blind round who entered."""

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.entries.forms_redaction import RedactVersion
from awards.entries.queries.redactions import redacted_version, standing_of
from awards.entries.redacting import problems, state_of, wanted
from awards.entries.steps import SECRETARIAT
from awards.entries.steps_screening import case_of
from awards.entries.tables import EntryVersion, Redaction
from awards.errors import Invalid, NotFound, Stale


async def redact_version(
    *, edition_id: int, reference: str, number: int, command: RedactVersion, actor: Actor, clock: Clock
) -> int:
    """From now on judges of blind rounds read this; how many parts are in other words than they were submitted."""
    now = clock.now()
    async with transaction():
        case = await case_of(actor, edition_id, reference, now)
        if case.as_role != SECRETARIAT:
            raise NotFound
        version = await redacted_version(edition_id, reference, number)
        if found := problems(version.parts, command.texts):
            raise Invalid(found)
        await lock_rows(EntryVersion.objects().where(EntryVersion.id == version.id))
        standing = await standing_of(version.id)
        if command.seen != state_of(standing):
            raise Stale
        target = wanted(version.parts, command.texts)
        changed = {part for part in standing.keys() | target.keys() if standing.get(part) != target.get(part)}
        if not changed:
            return len(target)
        await Redaction.update({Redaction.ended_at: now, Redaction.ended_by: actor.person_id}).where(
            (Redaction.entry_version == version.id)
            & Redaction.part.is_in(sorted(changed))
            & Redaction.ended_at.is_null()
        )
        rows = [
            Redaction(
                entry_version=version.id, part=part, text=target[part], by=actor.person_id, created_at=now
            )
            for part in sorted(changed & target.keys())
        ]
        if rows:
            await Redaction.insert(*rows)
        await record(
            Action.ENTRY_REDACTED,
            actor=actor,
            at=now,
            subject=("entry_version", version.id),
            edition_id=edition_id,
            as_role=SECRETARIAT,
            before={"redacted": standing},
            after={"redacted": target},
        )
        return len(target)
