"""What the outbox holds for an address, as its reader would use it."""

import json
from typing import Any

from awards.outbox.tables import Message


async def mails_to(address: str) -> list[dict[str, Any]]:
    """Oldest first; `values` is parsed."""
    rows = await Message.raw('SELECT template, "values" FROM message WHERE "to" = {} ORDER BY id', address)
    return [{"template": row["template"], **json.loads(row["values"])} for row in rows]


async def last_link(address: str) -> str:
    return str((await mails_to(address))[-1]["link"])
