"""What mail servers said of an address."""

from collections.abc import Iterable, Mapping

from awards.outbox.tables import Message

# As many as one statement asks about; of more addresses the refused mails are read and compared here.
MOST = 300
_FAILED = "SELECT id, \"to\" AS address, problem FROM message WHERE state = 'failed'"
_SENT = 'SELECT id, "to" AS address FROM message WHERE state = \'sent\' AND id > {} AND "to" IN '


async def came_back(addresses: Iterable[str]) -> Mapping[str, str]:
    """Of these addresses those whose newest mail was refused or came back, and what the server said."""
    wanted = sorted({address for address in addresses if address})
    if not wanted:
        return {}
    few = len(wanted) <= MOST
    only = f' AND "to" IN ({_places(wanted)})' if few else ""
    rows = await Message.raw(f"{_FAILED}{only} ORDER BY id DESC LIMIT 5000", *(wanted if few else ()))
    known = set(wanted)
    refused: dict[str, tuple[int, str]] = {}
    for row in rows:
        if row["address"] in known:
            refused.setdefault(row["address"], (row["id"], row["problem"]))
    if not refused:
        return {}
    asked = list(refused)[:MOST]
    oldest = min(number for number, _problem in refused.values())
    # One that arrived later says that the address is good again.
    for row in await Message.raw(f"{_SENT}({_places(asked)}) ORDER BY id", oldest, *asked):
        if row["address"] in refused and refused[row["address"]][0] < row["id"]:
            del refused[row["address"]]
    return {address: problem for address, (_number, problem) in refused.items()}


def _places(values: list[str]) -> str:
    return ", ".join("{}" for _value in values)
