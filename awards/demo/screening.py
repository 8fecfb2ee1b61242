"""A call that has closed and is being screened: what each of its entries waits for, and two that came too late.

Cities write and submit while the call is open; the desk works on it at the end of the demonstration's story.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from awards.accounts.tables import Approval
from awards.actor import Actor
from awards.cities.tables import Entrant
from awards.clock import Clock, FixedClock
from awards.demo.attaching import Attaching, attach
from awards.demo.competitions import moved_file
from awards.demo.practices import practices_left
from awards.editions.checklist import CHECKLIST
from awards.editions.queries import edition_by_id
from awards.editions.services import apply_document, open_call
from awards.entries import queries, services
from awards.entries.extensions import ENTRANT
from awards.entries.forms import SaveAnswer, StartEntry, SubmitEntry
from awards.entries.forms_deadlines import Extend
from awards.entries.forms_screening import (
    AppealEntry,
    AskCity,
    ConfirmExclusion,
    ScreenEntry,
    SettleEntry,
)
from awards.entries.queries.extensions import call_for, whom
from awards.entries.rules import EntryState, Late
from awards.entries.services.extensions import extend, seen_of
from awards.entries.tables import Entry

EDITION = "wego-awards/demo-screening"
IN, OUT = EntryState.ELIGIBLE.value, EntryState.INELIGIBLE.value
NOT_RUNNING = "The answers tell of a plan: nothing of it runs yet, and the call asks for a practice in use."
PIERS = {
    "title": "Boards at the pier that tell the truth",
    "category": "services",
    "problem": "People walked to boats that had left with the tide. In Lindmere the board at the pier was right on two "
    "days in three, and who missed the last boat slept in the waiting room.",
    "solution": "A board at each of three piers shows when the rope is really loosed. The crew sets it with one button "
    "on the boat, and it speaks the line aloud for who cannot read it.",
    "results": "Of the passengers counted on fourteen days 212 came to a boat that had left before, and 34 after. The "
    "second count was in a calmer month; how much of it is the weather we do not know.",
}
BELL = {
    "title": "A bell for fog, rung by a neighbour",
    "category": "digital-divide",
    "problem": "On foggy mornings people without a telephone do not learn that the boat waits.",
    "solution": "Neighbours who live at the pier ring a bell when the crew calls them, by a rota of the school.",
    "results": "Since spring the bell was rung on nineteen mornings, and nobody was left behind on any of them.",
}


class Written(Struct, frozen=True):
    """References by what is to become of the entry; `edition_id` is of the call."""

    edition_id: int
    by_part: Mapping[str, str]
    late_city: int


class Cities(Struct, frozen=True):
    """Who acts for the cities: two for Lindmere, and one for each of the others by its name."""

    first: Actor
    second: Actor
    others: Mapping[str, Actor]


class Desk(Struct, frozen=True):
    secretariat: Actor
    screeners: tuple[Actor, Actor]


# What becomes of those of other cities, in the order of the practices that no other edition shows.
PARTS = ("to screen", "second opinion", "to confirm", "eligible", "double", "never sent")


def cities_needed() -> dict[str, str]:
    """Part -> the city whose entry plays it."""
    return {part: row["city"] for part, row in zip(PARTS, practices_left(), strict=False)}


async def write_entries(
    *, secretariat: Actor, cities: Cities, attaching: Attaching, clock: FixedClock
) -> Written:
    applied = await apply_document(
        document=moved_file("screening", attaching.today), actor=secretariat, clock=clock
    )
    edition = await edition_by_id(applied.edition_id)
    await open_call(edition_id=edition.id, version=edition.version, actor=secretariat, clock=clock)
    ids = await _entrants(["Lindmere", *cities.others])
    by_part = {}
    for part, practice in (("asked", PIERS), ("appealed", BELL)):
        by_part[part] = await _write(cities.first, ids["Lindmere"], practice, clock)
    papers = ("report.pdf", "letter.docx")
    await attach(by_part["asked"], "documents", papers, cities.first, attaching, clock)
    await attach(by_part["asked"], "pictures", ("pier.jpg",), cities.second, attaching, clock)
    for part, row in zip(PARTS, practices_left(), strict=False):
        actor = cities.others[row["city"]]
        by_part[part] = await _write(actor, ids[row["city"]], row, clock)
        if part == "double":
            again = {**row, "category": "urban-management", "title": f"{row['title']} at night"}
            by_part["doubled"] = await _write(actor, ids[row["city"]], again, clock)
            await _submit(by_part["doubled"], actor, clock)
        if part != "never sent":
            await _submit(by_part[part], actor, clock)
    for part in ("asked", "appealed"):
        await _submit(by_part[part], cities.first, clock)
    return Written(edition.id, by_part, ids[cities_needed()["never sent"]])


async def _entrants(names: list[str]) -> dict[str, int]:
    rows = await Entrant.select(Entrant.id, Entrant.name).where(Entrant.name.is_in(names))
    return {row["name"]: row["id"] for row in rows}


async def _write(actor: Actor, entrant: int, practice: Mapping[str, str], clock: Clock) -> str:
    command = StartEntry(
        edition=EDITION, entrant=entrant, category=practice["category"], title=practice["title"], lang="en"
    )
    reference = await services.start_entry(command=command, actor=actor, clock=clock)
    answers = {name: practice[name] for name in ("problem", "solution", "results")}
    for code, text in {**answers, "contact": f"{actor.name}, the town office"}.items():
        await services.save_answer(
            reference=reference,
            code=code,
            command=SaveAnswer(version=0, answer=(text,), draft=True),
            actor=actor,
            clock=clock,
        )
    return reference


async def _submit(reference: str, actor: Actor, clock: FixedClock) -> None:
    clock.move_to(clock.now() + timedelta(minutes=43))
    entry = await queries.own_entry(actor, reference, clock.now())
    command = SubmitEntry(version=entry.version, declared=True)
    await services.submit_entry(reference=reference, command=command, actor=actor, clock=clock)


# --- at the desk ---------------------------------------------------------------------------------------


async def screen_entries(written: Written, *, desk: Desk, cities: Cities, clock: Clock) -> None:
    """Each entry as far as its part says; the last of them is given more time, and one city comes too late."""
    one, two = desk.screeners
    by_part = written.by_part
    await _screen(written, by_part["second opinion"], two, IN, clock)
    await _screen(written, by_part["eligible"], one, IN, clock)
    await _screen(written, by_part["eligible"], two, IN, clock)
    for part in ("to confirm", "appealed"):
        await _screen(written, by_part[part], one, OUT, clock)
        await _screen(written, by_part[part], two, OUT, clock)
        command = SettleEntry(version=await _version(by_part[part]), reason=NOT_RUNNING)
        await services.settle_entry(
            edition_id=written.edition_id, reference=by_part[part], command=command, actor=two, clock=clock
        )
    await _appeal(written, by_part["appealed"], desk.secretariat, cities.second, clock)
    due = (clock.now() + timedelta(days=6)).replace(minute=0, second=0, microsecond=0)
    local = due.astimezone(ZoneInfo((await edition_by_id(written.edition_id)).zone))
    ask = AskCity(
        version=await _version(by_part["asked"]),
        questions=("results", "documents"),
        text="Who counted the passengers, and may we see the raw list? Take the name of your town out of the report.",
        due=local.replace(tzinfo=None).isoformat(timespec="minutes"),
    )
    await services.ask_city(
        edition_id=written.edition_id, reference=by_part["asked"], command=ask, actor=one, clock=clock
    )
    await _give_more_time(written, desk.secretariat, due, clock)
    late = StartEntry(
        edition=EDITION,
        entrant=(await _entrants(["Lindmere"]))["Lindmere"],
        category="open-city",
        title="Minutes of the council, read aloud",
    )
    with suppress(Late):
        await services.start_entry(command=late, actor=cities.first, clock=clock)


async def _give_more_time(written: Written, secretariat: Actor, until: datetime, clock: Clock) -> None:
    chosen = f"{ENTRANT}{written.late_city}"
    edition = await edition_by_id(written.edition_id)
    call = await call_for(edition, await whom(edition.id, chosen))
    command = Extend(
        whom=chosen,
        until=until.isoformat(),
        reason="The storm took the town’s line away on the last two days of the call.",
        seen=seen_of(call),
    )
    await extend(edition_id=edition.id, command=command, until=until, actor=secretariat, clock=clock)


async def _screen(written: Written, reference: str, actor: Actor, outcome: str, clock: Clock) -> None:
    replies = {code: "yes" for code, _question in CHECKLIST}
    if outcome == OUT:
        replies["running"] = "no"
    command = ScreenEntry(
        version=0,
        number=1,
        items=tuple((code, reply, "") for code, reply in replies.items()),
        outcome=outcome,
        reason=NOT_RUNNING if outcome == OUT else "",
        finish=True,
    )
    await services.screen_entry(
        edition_id=written.edition_id, reference=reference, command=command, actor=actor, clock=clock
    )


async def _appeal(written: Written, reference: str, secretariat: Actor, city: Actor, clock: Clock) -> None:
    rows = await Approval.select(Approval.id, Approval.subject_sha256).order_by(Approval.id, ascending=False)
    confirm = ConfirmExclusion(approval=rows[0]["id"], sha256=rows[0]["subject_sha256"])
    await services.confirm_exclusion(
        edition_id=written.edition_id, reference=reference, command=confirm, actor=secretariat, clock=clock
    )
    text = "The bell has been rung since spring, on nineteen mornings. We wrote of the rota as a plan, the rest runs."
    await services.appeal_entry(
        reference=reference, command=AppealEntry(text=text, sure=True), actor=city, clock=clock
    )


async def _version(reference: str) -> int:
    rows = await Entry.select(Entry.version).where(Entry.reference == reference)
    return int(rows[0]["version"])
