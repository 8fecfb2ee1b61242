"""The server's clock is set back by five minutes: what came later stays later, because numbers say so and not times."""

from datetime import timedelta

from awards.audit.queries import chain_breaks
from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.db import transaction
from awards.entries.tables import AnswerRevision
from awards.invariants import broken
from awards.jobs import services as jobs
from tests.awards.entries.test_pages import city_of, start
from tests.awards.entries.test_writing import values
from tests.factories import AT
from tests.page import Client
from tests.people import AMINA, BAO
from tests.serving import ClientFor

BACK = timedelta(minutes=5)


async def submits(client: Client, path: str, text: str) -> None:
    await client.get(f"{path}/summary")
    await client.submit("Save and return", answer=text, status=200)
    await client.get(f"{path}/check")
    await client.submit("Submit the entry", declared="1", status=200)


async def test_order_follows_numbers(client_for: ClientFor, clock: FixedClock) -> None:
    season, _city = await city_of(closes=AT + timedelta(days=1))
    amina, bao = await client_for(AMINA), await client_for(BAO)
    path = await start(amina, season)
    await submits(amina, path, "First.")
    clock.move_to(AT - BACK)
    # Whoever signed in "later" still is, and the newest text and version win.
    await submits(bao, path, "Second.")
    clock.move_to(AT - BACK + timedelta(seconds=1))
    await amina.get(f"{path}/summary")
    await amina.submit("Save and return", answer="Third.", status=200)

    assert await values() == {"summary": "Third."}
    revisions = await AnswerRevision.select().order_by(AnswerRevision.version)
    assert [(row["value"], row["created_at"] < AT) for row in revisions] == [
        ("First.", False), ("Second.", True), ("Third.", True),
    ]  # fmt: skip
    history = (await amina.get(f"{path}/summary/history")).table("All changes")
    assert [row[0] for row in history[1:]] == ["3", "2", "1"]
    receipt = await amina.get(f"{path}/versions/1")
    assert "A later version replaced this one" in receipt.text
    assert "Changed since you submitted version 2" in (await amina.get(path)).text
    preview = await bao.get(f"{path}/versions/compare?first=1&second=2")
    assert "Second." in preview.text

    events = await Event.select(Event.seq, Event.at, Event.action).order_by(Event.seq)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert [event["action"] for event in events if event["action"] == "entry submitted"] == [
        "entry submitted"
    ] * 2
    assert [event["at"] for event in events] != sorted(event["at"] for event in events)
    assert await chain_breaks() == []
    assert await broken() == []


async def test_work_is_done_as_it_was_asked_for_and_once() -> None:
    asked = []
    for number, at in enumerate((AT, AT - BACK, AT - BACK)):
        async with transaction():
            asked.append(await jobs.ask_for("copies", subject=("file", number), args={}, asked_by=0, at=at))
    first = await jobs.claim(AT)
    # Its lease ends later than anybody expected, and nobody else takes it meanwhile.
    rest = [await jobs.claim(AT - BACK) for _number in range(3)]
    assert [work and work.id for work in (first, *rest)] == [*asked, None]
