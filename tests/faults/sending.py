"""Officials who send files in pieces while something goes wrong, and a ledger of what the server told them."""

import asyncio
import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from PIL import Image

from awards import ids
from awards.accounts import sessions
from awards.accounts.tables import Session
from awards.db import transaction
from awards.editions.tables import Question
from awards.files.tables import StoredFile
from tests import factories
from tests.factories import DAY
from tests.faults.saving import CALM
from tests.wire import Answer, ConnectionLost, Wire

LARGEST = 256 * 1024


def photograph(seed: int, side: int) -> bytes:
    """Noise, which no format makes smaller: three bytes a point."""
    drawn = Image.frombytes("RGB", (side, side), random.Random(seed).randbytes(3 * side * side))
    out = BytesIO()
    drawn.save(out, "PNG", compress_level=0)
    return out.getvalue()


@dataclass
class Sender:
    """One official with a browser and one file to send. `acknowledged` is the last offset that an answer named."""

    path: str
    headers: Mapping[str, str]
    data: bytes
    random: random.Random
    token: str = ""
    acknowledged: int = 0
    attached: bool = False
    lost: int = 0
    refused: int = 0

    async def send(self, port: int) -> None:
        """Until the file is attached, or the server is gone. What it cannot take now is sent again."""
        async with Wire(port, headers=self.headers) as wire:
            try:
                await self._go_on(wire)
                while not self.attached:
                    if not await self._piece(wire):
                        await asyncio.sleep(0.01)
                        await self._go_on(wire)
            except ConnectionLost:
                self.lost += 1

    async def _go_on(self, wire: Wire) -> None:
        """What was acknowledged is there, whatever happened since."""
        if not self.token:
            begun = await wire.post_json(self.path, {"name": "map.png", "size": len(self.data)})
            assert begun.status == 201, begun.text
            self.token = begun.json()["upload"]
        told = (await wire.get(f"{self.path}/{self.token}")).json()
        assert told["offset"] >= self.acknowledged, f"acknowledged {self.acknowledged}, then {told}"
        self.acknowledged = told["offset"]
        if told["offset"] == len(self.data):
            self._is_taken(await wire.request("POST", f"{self.path}/{self.token}"))

    async def _piece(self, wire: Wire) -> bool:
        end = min(len(self.data), self.acknowledged + self.random.randint(1, LARGEST))
        piece = self.data[self.acknowledged : end]
        headers = {"upload-offset": str(self.acknowledged)}
        if not self._is_taken(await wire.request("PATCH", f"{self.path}/{self.token}", piece, headers)):
            return False
        self.acknowledged = end
        return True

    def _is_taken(self, answer: Answer) -> bool:
        if answer.status in CALM:
            self.refused += 1
            return False
        assert answer.status == 200, f"{answer.status} {answer.text}"
        self.attached = answer.json().get("state") == "attached"
        return True


@dataclass
class Call:
    """An open call with a question for files, and a draft of a city whose official is signed in."""

    path: str
    headers: dict[str, str]

    def senders(self, count: int, chance: random.Random, *, side: int) -> list[Sender]:
        return [
            Sender(self.path, self.headers, photograph(number, side), random.Random(chance.random()))
            for number in range(count)
        ]


async def open_call(now: datetime, *, most_files: int = 10) -> Call:
    season = await factories.season(state="open", opens=now - DAY, closes=now + 30 * DAY)
    await factories.add(
        Question, edition=season.edition_id, code="evidence", section="Evidence", kind="file", label="Evidence",
        position=9, limits=f'{{"most_files": {most_files}}}',
    )  # fmt: skip
    person = await factories.person("Amina Okoro")
    city = await factories.entrant("Lindmere", kind="city")
    await factories.official(person, city)
    await factories.entry(season, city, reference="WG26-00001", state="draft")
    async with transaction():
        token = await sessions.start(person, at=now, agent="tests", address="127.0.0.1")
    rows = await Session.select(Session.csrf).where(Session.token_sha256 == ids.token_hash(token))
    headers = {"cookie": f"session={token}", "x-csrf-token": rows[0]["csrf"], "accept": "application/json"}
    return Call("/city/entries/WG26-00001/evidence/uploads", headers)


async def kept() -> set[tuple[str, int]]:
    rows: list[dict[str, Any]] = await StoredFile.select(StoredFile.sha256, StoredFile.size)
    return {(row["sha256"], row["size"]) for row in rows}


def digests(senders: list[Sender]) -> set[tuple[str, int]]:
    return {(hashlib.sha256(sender.data).hexdigest(), len(sender.data)) for sender in senders}


async def all_at_once(senders: list[Sender], port: int) -> None:
    await asyncio.gather(*(sender.send(port) for sender in senders if not sender.attached))
