"""Keeping the packs of a publication: worked out before the second signature, kept in its own transaction."""

import asyncio
from datetime import datetime

from awards.db import in_transaction
from awards.publication.document import Draft
from awards.publication.pack.disclosing import Disclosed, disclosed
from awards.publication.pack.document import packs_of
from awards.publication.pack.ed25519 import public_key
from awards.publication.pack.keys import secret_key
from awards.publication.pack.queries import basis_of, given_of
from awards.publication.tables import ResultPack


async def worked_out(edition_id: int, shows: str, known: Disclosed | None = None) -> Disclosed:
    """What packs say of the rounds as they are now; `known` where nothing of them has changed since."""
    given = await given_of(edition_id, shows)
    if known is not None and known.given == given:
        return known
    # A second of arithmetic, beside the loop that serves everybody.
    return await asyncio.to_thread(disclosed, given)


async def keep_packs(
    publication_id: int, edition_id: int, draft: Draft, known: Disclosed | None, now: datetime
) -> None:
    assert in_transaction()
    of_rounds = await worked_out(edition_id, str(draft.figures["shows"]), known)
    basis, secret = await basis_of(edition_id, draft, now), secret_key()
    packs = await asyncio.to_thread(packs_of, basis, secret, of_rounds)
    await ResultPack.insert(
        *(
            ResultPack(
                publication=publication_id,
                audience=pack.audience.value,
                level=pack.level.value,
                key=public_key(secret).hex(),
                sha256=pack.sha256,
                body=pack.body.decode(),
                created_at=now,
            )
            for pack in packs
        )
    )
