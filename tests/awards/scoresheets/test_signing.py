"""Sheets are signed off together: all of them, or none."""

import hashlib
import json
from datetime import timedelta

import pytest

from awards.accounts.tables import EmailAddress
from awards.actor import Actor, Grant
from awards.audit.tables import Event
from awards.cities.tables import Official
from awards.clock import FixedClock
from awards.db import counting
from awards.editions.rules import Role
from awards.editions.tables import EditionRule
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.invariants import broken
from awards.outbox.tables import Message
from awards.panels.queries import own_seat
from awards.panels.tables import Assignment, RoundEntry, Seat
from awards.scoresheets.checking import check, read_kept
from awards.scoresheets.forms import ReopenSheet, SignSheets
from awards.scoresheets.queries import my_entries
from awards.scoresheets.queries.receipts import own_receipts, receipts_of
from awards.scoresheets.receipts import Fate, commitment_of, document_text
from awards.scoresheets.services import Signature, reopen_sheet, save_sheet, sign_sheets
from awards.scoresheets.tables import Mark, Receipt, SheetRevision
from tests import factories
from tests.awards.scoresheets.benches import CLOSES, Bench, bench, save
from tests.factories import AT
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
        ((good, "WG26-ELSE0:1"), NotFound),
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


async def test_a_forgery_that_agrees_with_itself_is_found_by_the_trail(clock: FixedClock) -> None:
    made = await bench()
    await marked(made, clock, 0, impact=7, new=9)
    await signed(made, clock, f"{made.references[0]}:1")
    row = (await Receipt.select(Receipt.document))[0]
    document = {**json.loads(row["document"]), "marks": {"impact": 8, "new": 9}}
    await Receipt.update(
        {Receipt.document: document_text(document), Receipt.commitment: commitment_of(document)}, force=True
    )
    await Mark.update({Mark.value: 8}).where(Mark.value == 7)
    change = (await SheetRevision.select(SheetRevision.change).where(SheetRevision.version == 1))[0]["change"]
    await SheetRevision.update({SheetRevision.change: change.replace('"impact":7', '"impact":8')}).where(
        SheetRevision.version == 1
    )
    seat = await own_seat(made.judge, made.season.programme, made.season.edition, "first")
    assert [one.holds for one in await own_receipts(seat)] == [False]
    assert {one.rule for one in await broken()} == {"receipts-keep-their-promise"}


async def test_the_mail_holds_promises_and_no_mark(clock: FixedClock) -> None:
    made = await bench(entries=2)
    for number in (0, 1):
        await marked(made, clock, number, impact=7, new=9)
    place = (await signed(made, clock, *(f"{one}:1" for one in made.references), mail="1")).place
    (row,) = await Message.select(Message.values, Message.template)
    values = json.loads(row["values"])
    head = await Event.select(Event.hash).where(Event.seq == place).first()
    assert head is not None
    assert (row["template"], values["place"], values["head"]) == ("sheets-signed", str(place), head["hash"])
    assert "impact" not in row["values"]
    # The whole mail, pasted back, is known again line by line.
    checked = check(read_kept(row["values"]), await receipts_of(made.judge.person_id))
    assert (len(checked.found), len(checked.heads), checked.is_well) == (2, 1, True)


async def test_a_reopened_sheet_is_told_from_the_one_that_was_signed(clock: FixedClock) -> None:
    made = await bench()
    reference = made.references[0]
    await marked(made, clock, 0, impact=7, new=9)
    await signed(made, clock, f"{reference}:1")
    desk = Actor(
        await factories.person("Eun-ji Han"),
        "Eun-ji Han",
        grants=frozenset({Grant(Role.SECRETARIAT, made.season.scope)}),
    )
    reopening = ReopenSheet(reference=reference, seat=made.seat_id, reason="Two criteria were swapped")
    # A signature that its own judge may take back is none.
    both = Actor(made.judge.person_id, made.judge.name, grants=desk.grants)
    with pytest.raises(Denied, match="your own"):
        await reopen_sheet(round_id=made.season.round_id, command=reopening, actor=both, clock=clock)
    assert await reopen_sheet(round_id=made.season.round_id, command=reopening, actor=desk, clock=clock)
    seat = await own_seat(made.judge, made.season.programme, made.season.edition, "first")
    (one,) = await own_receipts(seat)
    assert (one.fate, one.reason, one.reopened_at) == (Fate.REOPENED, "Two criteria were swapped", AT)
    assert [entry.reopened for entry in await my_entries(seat)] == ["Two criteria were swapped"]
    await signed(made, clock, f"{reference}:3")
    newest, oldest = await own_receipts(seat)
    assert [(two.fate, two.number, two.holds) for two in (newest, oldest)] == [
        (Fate.STANDS, 2, True), (Fate.SIGNED_AGAIN, 1, True),
    ]  # fmt: skip
    assert newest.name != oldest.name
    assert [entry.reopened for entry in await my_entries(seat)] == [""]
    await Assignment.update({Assignment.state: "set aside"}, force=True)
    assert [one.fate for one in await own_receipts(seat)] == [Fate.LEFT_OUT, Fate.SIGNED_AGAIN]


async def test_a_judge_without_an_address_is_told_otherwise(clock: FixedClock) -> None:
    made = await bench()
    await marked(made, clock, 0, impact=7, new=9)
    await signed(made, clock, f"{made.references[0]}:1", mail="1")
    await EmailAddress.delete().where(EmailAddress.person == made.judge.person_id)
    reopening = ReopenSheet(reference=made.references[0], seat=made.seat_id, reason="Swapped")
    desk = Actor(0, "Desk", grants=frozenset({Grant(Role.SECRETARIAT, made.season.scope)}))
    assert not await reopen_sheet(round_id=made.season.round_id, command=reopening, actor=desk, clock=clock)
    # Who stepped aside meanwhile is not brought back by a page that was drawn before.
    await signed(made, clock, f"{made.references[0]}:3", mail="1")
    await Assignment.update({Assignment.state: "recused"}, force=True)
    with pytest.raises(Denied, match="Only a sheet that is signed off"):
        await reopen_sheet(round_id=made.season.round_id, command=reopening, actor=desk, clock=clock)
    assert await Message.count() == 1


async def test_the_page_says_what_is_missing_and_what_looks_odd(
    client_for: ClientFor, clock: FixedClock
) -> None:
    chiara = await client_for(CHIARA)
    await factories.make_judge(await id_of(CHIARA))
    closes = AT + timedelta(hours=1)
    made = await bench(await id_of(CHIARA), entries=7, closes=closes)
    for number in range(5):
        await marked(made, clock, number, impact=2 * number, new=10 - 2 * number)
    await marked(made, clock, 5, impact=4)
    with counting() as counter:
        page = await chiara.get(f"{made.path}/sign?sheet={made.references[1]}")
    assert len(counter) <= 6, counter.statements
    assert page.h1 == "Sign off 5 sheets"
    rows = {row[-1] for row in page.table("Sheets that cannot be signed off yet")[1:]}
    assert rows == {"Novelty", "all of it"}
    assert "“Impact” and “Novelty” run against each other" in page.text
    assert page.html.count(" checked") == 2  # the sheet that was asked for, and the mail
    page = await chiara.submit("Sign off", agree="1")
    assert page.flash.startswith("1 sheet is signed off")
    clock.move_to(closes)
    page = await chiara.get(f"{made.path}/sign")
    assert "Nothing can be signed now" in page.text
    assert "mine and final" not in page.text


async def test_a_kept_receipt_is_checked_by_whoever_it_belongs_to(
    client_for: ClientFor, clock: FixedClock
) -> None:
    chiara = await client_for(CHIARA)
    await factories.make_judge(await id_of(CHIARA))
    made = await bench(await id_of(CHIARA))
    await marked(made, clock, 0, impact=7, new=9)
    await signed(made, clock, f"{made.references[0]}:1")
    row = (await Receipt.select(Receipt.document, Receipt.commitment))[0]
    page = await chiara.get("/bench/receipts")
    page = await chiara.submit("Check it", status=422, kept="Keep this mail")
    assert len(page.errors) == 1
    with counting() as counter:
        page = await chiara.submit("Check it", kept=row["document"])
    assert len(counter) <= 6, counter.statements
    assert page.h1 == "What you kept holds"
    # A receipt outlives the seat; and nobody else learns that there is one.
    await Seat.update({Seat.state: "ended"}, force=True)
    page = await chiara.submit("Check it", kept=row["document"])
    assert page.h1 == "What you kept holds"
    hiroshi = await client_for(HIROSHI)
    for kept in (row["document"], row["commitment"]):
        await hiroshi.get("/bench/receipts")
        page = await hiroshi.submit("Check it", kept=kept)
        assert "Not known among your receipts" in page.text
        assert made.references[0] not in page.text.replace(kept, "")


async def test_nobody_signs_what_they_may_not_save(clock: FixedClock) -> None:
    made = await bench()
    await marked(made, clock, 0, impact=7, new=9)
    sheet = f"{made.references[0]}:1"
    await Seat.update({Seat.conflicts_declared_at: None}).where(Seat.id == made.seat_id)
    with pytest.raises(Denied, match="conflicts"):
        await signed(made, clock, sheet)
    await Seat.update({Seat.conflicts_declared_at: AT}).where(Seat.id == made.seat_id)
    terms = (EditionRule.edition == made.season.edition_id) & (EditionRule.code == "terms")
    await EditionRule.update({EditionRule.value: "Other terms."}).where(terms)
    with pytest.raises(Denied, match="terms"):
        await signed(made, clock, sheet)


async def test_who_has_a_hand_in_an_entry_reopens_no_sheet_of_it(clock: FixedClock) -> None:
    made = await bench()
    await marked(made, clock, 0, impact=7, new=9)
    await signed(made, clock, f"{made.references[0]}:1")
    grants = frozenset({Grant(Role.SECRETARIAT, made.season.scope)})
    reopening = ReopenSheet(reference=made.references[0], seat=made.seat_id, reason="Swapped")

    async def reopen(person_id: int) -> None:
        desk = Actor(person_id, "Eun-ji Han", grants=grants)
        await reopen_sheet(round_id=made.season.round_id, command=reopening, actor=desk, clock=clock)

    official, judge, eun_ji = [await factories.person() for _ in range(3)]
    (row,) = await RoundEntry.raw(
        "SELECT re.id, e.id AS entry, e.entrant FROM round_entry re JOIN entry e ON e.id = re.entry"
    )
    await factories.add(Official, person=official, entrant=row["entrant"], role="owner", since=AT)
    with pytest.raises(Denied, match="in conflict"):
        await reopen(official)
    seat = await factories.seat(made.season.round_id, judge)
    await factories.assignment(row["id"], seat)
    with pytest.raises(Denied, match="judges it"):
        await reopen(judge)
    # A sheet that nobody could sign again would be left out by one person alone.
    await Seat.update({Seat.state: "ended"}).where(Seat.id == made.seat_id)
    with pytest.raises(Denied, match="seat ended"):
        await reopen(eun_ji)
    await Seat.update({Seat.state: "accepted"}).where(Seat.id == made.seat_id)
    await reopen(eun_ji)
