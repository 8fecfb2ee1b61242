"""Keeping the packs of a publication: one step of the second signature, in its own transaction."""

import asyncio
from datetime import datetime

from awards.db import in_transaction
from awards.editions.queries import edition_by_id
from awards.publication.document import Draft
from awards.publication.pack.document import packs_of
from awards.publication.pack.ed25519 import public_key
from awards.publication.pack.keys import secret_key
from awards.publication.pack.queries import basis_of
from awards.publication.tables import ResultPack


async def keep_packs(publication_id: int, edition_id: int, draft: Draft, now: datetime) -> None:
    assert in_transaction()
    basis = await basis_of(await edition_by_id(edition_id), draft, str(draft.figures["shows"]), now)
    secret = secret_key()
    # A second of arithmetic, beside the loop that serves everybody.
    packs = await asyncio.to_thread(packs_of, basis, secret)
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
