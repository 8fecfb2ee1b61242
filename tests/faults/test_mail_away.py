"""A mail server that hangs, refuses or is not there holds up no judge and no page: mail waits, with its reason."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from awards.clock import SystemClock
from awards.db import transaction
from awards.outbox.services import enqueue
from awards.outbox.tables import Message
from tests.chance import chance, times
from tests.faults.conftest import Place
from tests.faults.mail_server import mail_server
from tests.faults.saving import Ledger
from tests.faults.together import until
from tests.panel_at_work import panel_at_work
from tests.processes import free_port
from tests.wire import Wire

pytestmark = pytest.mark.faults

NO_TLS = {"AWARDS_SMTP_HOST": "127.0.0.1", "AWARDS_SMTP_TLS": "none"}


@asynccontextmanager
async def hanging() -> AsyncIterator[dict[str, str]]:
    """It takes every connection and never says a word."""
    held: list[asyncio.StreamWriter] = []

    async def hold(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)

    port = free_port()
    async with await asyncio.start_server(hold, "127.0.0.1", port):
        yield {**NO_TLS, "AWARDS_SMTP_PORT": str(port)}
        assert held, "nobody came"
        for writer in held:
            writer.close()


@asynccontextmanager
async def refusing() -> AsyncIterator[dict[str, str]]:
    """It listens to the whole mail, then says "not now"."""
    with mail_server() as server:
        server.refuses = True
        yield server.settings
        assert server.begun.is_set(), "nobody came"


@asynccontextmanager
async def nobody() -> AsyncIterator[dict[str, str]]:
    yield {**NO_TLS, "AWARDS_SMTP_PORT": str(free_port())}


@pytest.mark.parametrize("away", [hanging, refusing, nobody])
async def test_judges_save_and_pages_are_served(away: object, place: Place) -> None:
    mails, saves = 5, times(100, drill=3000)
    now = SystemClock().now()
    panel = await panel_at_work(judges=6, entries=6, sheets_per_judge=3, now=now)
    async with transaction():
        for number in range(mails):
            values = {"link": "/reset/t0ken", "name": "A"}
            await enqueue("reset", to=f"n{number}@b.example", at=now, dedupe_key=f"{number}", values=values)
    ledger, ended = Ledger(panel, chance()), asyncio.Event()

    async def tried() -> bool:
        return await Message.exists().where(Message.attempts > 0)

    async def all_wait() -> bool:
        rows = await Message.select(Message.state, Message.problem)
        return all(row["state"] == "queued" and row["problem"] for row in rows)

    async with away() as settings, place.server(worker=True, **settings) as server:
        await until(tried, "a mail is tried")
        saving = [
            asyncio.create_task(ledger.judge_until(judge, server.port, ended)) for judge in panel.judges
        ]
        async with Wire(server.port) as wire:
            while len(ledger.acknowledged) < saves:
                for path in ("/", "/sign-in", "/health/ready"):
                    assert (await wire.get(path)).status == 200
        ended.set()
        await asyncio.gather(*saving)
        assert ledger.refused == 0
        if away is not hanging:  # there the first one is still being tried, for a minute
            await until(all_wait, "each mail waits with its reason")
        assert await server.terminate() in (0, -15), "it stops although a mail is in hand"
        assert "Traceback" not in server.said(), server.said()[-3000:]
    assert not await Message.exists().where(Message.state != "queued")
    await ledger.check()
    await place.engine.close()
    print(f"{len(ledger.acknowledged)} saves acknowledged while no mail went out")
