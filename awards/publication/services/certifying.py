"""Winners and finalists get a certificate with a code, at the instant of their publication or after it."""

from awards.actor import SYSTEM
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.editions.queries.halts import is_halted
from awards.editions.tables import Edition
from awards.publication.certificate_facts import Uncertified, certificates_of, uncertified
from awards.publication.certificates import facts_of, kind_of, new_code
from awards.publication.queries import visible_rows
from awards.publication.tables import Certificate


async def make_certificates(clock: Clock) -> int:
    """Looked at once for each publication; a step that says no more of a winner makes no second paper."""
    count = 0
    for owed in await uncertified(clock.now()):
        if await is_halted(owed.edition_id):
            continue
        async with transaction():
            await lock_rows(Edition.select(Edition.id).where(Edition.id == owed.edition_id))
            # Stopped meanwhile, or another worker was here first.
            if not await is_halted(owed.edition_id) and owed in await uncertified(clock.now()):
                count += await _certify(owed, clock)
    return count


async def _certify(owed: Uncertified, clock: Clock) -> int:
    now = clock.now()
    known = {facts_of(one.row, one.kind) for one in await certificates_of(owed.edition_id, now)}
    wanted = [
        (row, kind)
        for row in await visible_rows(now, [owed.publication_id])
        if (kind := kind_of(row)) is not None and facts_of(row, kind) not in known
    ]
    for row, kind in wanted:
        await Certificate(
            published_entry=row.id, kind=kind.value, check_code=new_code(), created_at=now
        ).save()
    await record(
        Action.CERTIFICATES_MADE,
        actor=SYSTEM,
        at=now,
        subject=("publication", owed.publication_id),
        edition_id=owed.edition_id,
        as_role="service",
        after={"number": owed.number, "certificates": len(wanted)},
    )
    return len(wanted)
