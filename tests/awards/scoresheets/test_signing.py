"""Sheets are signed off together: all of them, or none."""

import hashlib
import json

import pytest

from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.db import counting
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.invariants import broken
from awards.panels.queries import own_seat
from awards.scoresheets.forms import SignSheets
from awards.scoresheets.queries.receipts import own_receipts
from awards.scoresheets.receipts import Fate, commitment_of
from awards.scoresheets.services import Signature, save_sheet, sign_sheets
from awards.scoresheets.tables import Receipt, SheetRevision
from tests import factories
from tests.awards.scoresheets.benches import CLOSES, Bench, bench, save
from tests.people import CHIARA, HIROSHI, id_of
from tests.serving import ClientFor


async def signed(made: Bench, clock: FixedClock, *sheets: str, agree: str = "1", mail: str = "") -> Signature:
    return await sign_sheets(
        programme=made.season.programme,
        edition=made.season.edition,
        round_code="first",
        command=SignSheets(sheets=sheets, agree=agree, mail=mail),
        actor=made.judge,
        clock=clock,
    )


async def marked(made: Bench, clock: FixedClock, number: int = 0, **marks: int) -> None:
    await save_sheet(
        where=made.where(number),
        command=save(f"sheet {number}", 0, dict(marks)),
        actor=made.judge,
        clock=clock,
    )


async def test_all_of_the_sheets_are_signed_or_none(clock: FixedClock) -> None:
    made = await bench(entries=2)
    await marked(made, clock, 0, impact=7, new=9)
    await marked(made, clock, 1, impact=5)
    good, half = f"{made.references[0]}:1", f"{made.references[1]}:1"
    for sheets, problem in (
        ((good, half), Invalid),
        ((good, "WG26-XXXXX:1"), NotFound),
        ((f"{made.references[0]}:0",), Stale),
        ((), Invalid),
        (("no version",), Invalid),
        ((f"{made.references[0]}:٣",), Invalid),
    ):
        with pytest.raises(problem):
            await signed(made, clock, *sheets)
    with pytest.raises(Invalid):
        await signed(made, clock, good, agree="")
    assert await SheetRevision.count() == 2
    first = await signed(made, clock, good)
    assert first.sheets == 1
    # The button pressed twice is one signature, with one receipt.
    assert await signed(made, clock, good) == first
    assert await Receipt.count() == 1
    with pytest.raises(Denied, match="signed off"):
        await signed(made, clock, f"{made.references[0]}:2")
    with pytest.raises(Denied, match="signed off"):
        await signed(made, clock, good, half)
    clock.move_to(CLOSES)
    with pytest.raises(Denied, match="closed"):
        await signed(made, clock, half)


async def test_each_signature_gives_a_receipt_that_can_be_checked(clock: FixedClock) -> None:
    made = await bench(entries=2)
    for number in (0, 1):
        await marked(made, clock, number, impact=7, new=9)
    assert (await signed(made, clock, *(f"{one}:1" for one in made.references))).sheets == 2
    seat = await own_seat(made.judge, made.season.programme, made.season.edition, "first")
    receipts = await own_receipts(seat)
    assert {one.reference for one in receipts} == set(made.references)
    assert len({one.commitment for one in receipts}) == 2
    event = await Event.select(Event.seq, Event.hash).where(Event.action == "sheet signed off").first()
    for one in receipts:
        assert one.holds
        assert (one.fate, one.number, one.reason) == (Fate.STANDS, 1, "")
        assert [text for _name, text in one.marks] == ["7", "9"]
        assert hashlib.sha256(one.opened.encode()).hexdigest() == one.commitment
        assert event is not None
        assert (one.event_seq, one.head) == (event["seq"], event["hash"])
    assert await broken() == []


async def test_no_promise_gives_its_marks_away_by_trying_them(clock: FixedClock) -> None:
    made = await bench()
    await marked(made, clock, 0, impact=7, new=9)
    await signed(made, clock, f"{made.references[0]}:1")
    row = (await Receipt.select(Receipt.document, Receipt.commitment, Receipt.nonce))[0]
    document = json.loads(row["document"])
    assert len(bytes.fromhex(row["nonce"])) == 16
    tried = {
        commitment_of({**document, "marks": {"impact": a, "new": b}, "nonce": nonce})
        for a in range(11)
        for b in range(11)
        for nonce in ("", "0" * 32)
    }
    assert row["commitment"] not in tried


async def test_a_mark_that_was_changed_by_hand_breaks_the_promise(clock: FixedClock) -> None:
    made = await bench()
    await marked(made, clock, 0, impact=7, new=9)
    await signed(made, clock, f"{made.references[0]}:1")
    text = (await Receipt.select(Receipt.document))[0]["document"]
    await Receipt.update({Receipt.document: text.replace('"impact":7', '"impact":8')}, force=True)
    seat = await own_seat(made.judge, made.season.programme, made.season.edition, "first")
    assert [one.holds for one in await own_receipts(seat)] == [False]
    assert "receipts-keep-their-promise" in {one.rule for one in await broken()}


async def test_a_judge_reads_own_receipts_alone(client_for: ClientFor, clock: FixedClock) -> None:
    chiara = await client_for(CHIARA)
    await factories.make_judge(await id_of(CHIARA))
    made = await bench(await id_of(CHIARA))
    page = await chiara.get(f"{made.path}/receipts")
    assert "No receipt yet" in page.text
    await save_sheet(
        where=made.where(), command=save("sheet", 0, {"impact": 7, "new": 9}), actor=made.judge, clock=clock
    )
    await chiara.get(f"{made.path}/sign")
    page = await chiara.submit("Sign off", sheets=f"{made.references[0]}:1", agree="1")
    assert page.flash.startswith("1 sheet is signed off")
    assert (page.h1, "Impact7 Novelty9" in page.text) == ("Receipt of your signature", True)
    await chiara.click("All your receipts of this round")
    with counting() as counter:
        page = await chiara.get(f"{made.path}/receipts")
    assert len(counter) <= 6, counter.statements
    hiroshi = await client_for(HIROSHI)
    await hiroshi.get(f"{made.path}/receipts", status=404)
