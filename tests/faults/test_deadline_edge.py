"""The edge of the deadline on the real server: what counts is when the head arrives, not the body, nor the answer.

Nobody waits for a clock here: the deadline is set behind what the server has seen already. `Expect: 100-continue`
tells when that is: the server says to go on once it has the head and wants the body.
"""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime

import pytest

from awards.accounts import sessions
from awards.accounts.tables import Session
from awards.clock import SystemClock
from awards.db import transaction
from awards.editions.tables import Milestone
from awards.entries.tables import Answer, EntryVersion, LateTry
from tests import factories
from tests.chance import chance, times
from tests.factories import DAY, Season
from tests.faults.conftest import Place
from tests.wire import Wire

pytestmark = pytest.mark.faults

TEXT = "Buses that lower their floor, and drivers who wait until everybody sits. "


@dataclass(frozen=True, slots=True)
class Official:
    season: Season
    path: str
    headers: dict[str, str]


async def official() -> Official:
    now = SystemClock().now()
    season = await factories.season(opens=now - DAY, closes=now + DAY)
    async with transaction():
        person = await factories.person("Amina Okoro")
        city = await factories.entrant("Lindmere", kind="city")
        await factories.official(person, city)
        await factories.entry(season, city, state="draft", by=person, reference="WG26-EDGE0")
        token = await sessions.start(person, at=now, agent="tests", address="127.0.0.1")
        (row,) = await Session.select(Session.csrf).where(Session.person == person)
    headers = {"cookie": f"session={token}", "x-csrf-token": row["csrf"], "accept": "application/json"}
    return Official(season, "/city/entries/WG26-EDGE0", headers)


async def closes(of: Official, at: datetime) -> None:
    await Milestone.update({Milestone.at: at}).where(
        (Milestone.edition == of.season.edition_id) & (Milestone.kind == "closes")
    )


class Dribbled:
    """One request whose head is sent first and whose body comes in drops, when the test wants it."""

    def __init__(self, port: int, of: Official, path: str, body: bytes, kind: str) -> None:
        self.port, self.body = port, body
        lines = [f"POST {path} HTTP/1.1", f"host: 127.0.0.1:{port}", "expect: 100-continue", f"content-type: {kind}",
                 f"content-length: {len(body)}", *(f"{name}: {value}" for name, value in of.headers.items())]  # fmt: skip
        self.head = "\r\n".join([*lines, "", ""]).encode()

    async def begin(self) -> datetime:
        """Returns at an instant that lies after the arrival of the head."""
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(self.head)
        assert (await self.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
        return SystemClock().now()

    async def drops(self, count: int) -> None:
        for piece in range(count):
            start = len(self.body) * piece // count
            self.writer.write(self.body[start : len(self.body) * (piece + 1) // count])
            await self.writer.drain()
            await asyncio.sleep(0)

    async def status(self) -> int:
        head = await self.reader.readuntil(b"\r\n\r\n")
        self.writer.close()
        return int(head.split()[1])


async def test_a_body_that_arrives_across_the_deadline_is_let_finish(place: Place) -> None:
    of, random = await official(), chance()
    async with place.server() as server:
        for number in range(times(5, drill=50)):
            text = f"{TEXT * random.randint(1, 40)}{number}"
            operation = {"key": f"{number:032x}", "base_version": number + 1, "fields": {"answer": text}}
            saving = Dribbled(
                server.port, of, f"{of.path}/summary/save", json.dumps(operation).encode(), "application/json"
            )
            await closes(of, SystemClock().now() + DAY)
            passed = await saving.begin()
            # The deadline is over before the first byte of the body.
            await closes(of, passed)
            await saving.drops(random.randint(2, 60))
            assert await saving.status() == 200
            # The same from the beginning, now: its head arrives after the deadline.
            late = Dribbled(
                server.port, of, f"{of.path}/summary/save", json.dumps(operation).encode(), "application/json"
            )
            await late.begin()
            await late.drops(2)
            assert await late.status() == 403
    (answer,) = await Answer.select(Answer.value, Answer.version, Answer.saved_at)
    assert answer["version"] == times(5, drill=50) + 1
    (last,) = (
        await LateTry.select(LateTry.closed, LateTry.created_at)
        .order_by(LateTry.id, ascending=False)
        .limit(1)
    )
    assert answer["saved_at"] < last["closed"] <= last["created_at"]
    assert await LateTry.count() == times(5, drill=50)


async def test_a_submission_counts_from_its_head(place: Place) -> None:
    of = await official()
    async with (
        place.server() as server,
        Wire(server.port, headers={**of.headers, "accept": "text/html"}) as wire,
    ):
        page = (await wire.get(f"{of.path}/check")).text
        hidden = {
            name: page.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]
            for name in ("csrf", "version", "seen", "declaration")
        }
        body = "&".join(f"{name}={value}" for name, value in {**hidden, "declared": "1"}.items()).encode()
        submitting = Dribbled(server.port, of, f"{of.path}/submit", body, "application/x-www-form-urlencoded")
        passed = await submitting.begin()
        await closes(of, passed)
        await submitting.drops(30)
        assert await submitting.status() == 303
    (version,) = await EntryVersion.select(EntryVersion.arrived_at)
    assert version["arrived_at"] < passed


async def test_who_dribbles_keeps_nobody_waiting(place: Place) -> None:
    """The full form is `python -m benchmarks dribbling`: 500 of them for a minute."""
    of = await official()
    async with place.server() as server:
        held = []
        for number in range(times(120, drill=500)):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            half = (
                b"POST /sign-in HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 500\r\n\r\nemail="
                if number % 2
                else b"GET /city HTTP/1.1\r\nho"
            )
            writer.write(half)
            held.append((reader, writer))
        async with Wire(server.port, headers=of.headers) as wire:
            for version in range(1, 11):
                operation = {
                    "key": f"{version:032x}",
                    "base_version": version,
                    "fields": {"answer": TEXT * version},
                }
                answer = await wire.post_json(f"{of.path}/summary/save", operation)
                assert answer.status == 200, answer.text
                for _reader, writer in held:
                    writer.write(b"x")
        for _reader, writer in held:
            writer.close()
