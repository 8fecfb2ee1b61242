"""The running edition and the open call: entries in, judges at work, some sheets signed, most still to do."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from awards import ids
from awards.actor import Actor
from awards.cities.tables import Entrant, Official
from awards.clock import Clock, FixedClock
from awards.db import transaction
from awards.demo.attaching import Attaching, attach
from awards.demo.competitions import moved_file
from awards.demo.jury import describe_judges, judge_for_days
from awards.demo.papers import key_in_a_paper
from awards.demo.practices import practices_judged
from awards.demo.ruling import add_rules_at_work
from awards.editions.queries import categories_of, edition_by_id, questions_of, round_by_code, rules_of
from awards.editions.rules import EditionState
from awards.editions.services import apply_document, open_call, open_round
from awards.editions.tables import Edition
from awards.entries.forms import SaveAnswer, SaveWorkingText, StartEntry
from awards.entries.forms_deadlines import AskForHelp
from awards.entries.rules import entry_body, reference_prefix
from awards.entries.services import save_answer, save_working_text, start_entry
from awards.entries.services.help import ask_for_help
from awards.entries.tables import Answer, AnswerRevision, Entry, EntryVersion
from awards.exchange.steps import insert_all, random_labels
from awards.jobs.services import Work
from awards.panels.forms import DecideProposal, PutIntoRound
from awards.panels.rules import terms_hash
from awards.panels.services import apply_proposal, propose, put_into_round
from awards.panels.tables import RoundEntry, Seat, TermsAcceptance
from awards.scoresheets.steps import Where
from judging import canonical_bytes, sha256_of

ANSWERED = ("problem", "solution", "results")
DRAFT = (
    "Biljetten känner tidvattnet. På telefonen eller på papper står det när båten verkligen lägger ut, och den som "
    "väntar på bryggan hör det i högtalaren."
)
HELP = "May we count the passengers of the harbour company, or only those of the city’s own boats?"
PROGRAMME, RUNNING, CALL, ROUND = "wego-awards", "demo-running", "demo-call", "first"


async def add_running_edition(
    *,
    secretariat: Actor,
    people: dict[str, int],
    still_to_declare: str,
    on_paper: str,
    today: datetime,
    clock: FixedClock,
) -> int:
    """`people` are the judges by name; one has terms and conflicts still ahead, of one a sheet came on paper."""
    document = moved_file("running", today)
    applied = await apply_document(document=document, actor=secretariat, clock=clock)
    edition_id = applied.edition_id
    edition = await edition_by_id(edition_id)
    await describe_judges(edition.programme_id, people, clock.now())
    round_ = await round_by_code(edition_id, ROUND)
    async with transaction():
        await _add_entries(edition_id, today)
        await Edition.update({Edition.state: EditionState.JUDGING.value}).where(Edition.id == edition_id)
    await put_into_round(round_id=round_.id, command=PutIntoRound(), actor=secretariat, clock=clock)
    async with transaction():
        await _add_seats(round_.id, people, still_to_declare, clock.now())
        await _link_the_panel(round_.id)
    ready = [person for name, person in people.items() if name != still_to_declare]
    await accept_terms(edition_id, ready, clock.now())
    work = Work(0, "propose", "round", round_.id, {"seed": 1}, secretariat.person_id)
    proposal = await propose(work, _go_on, clock)
    await apply_proposal(
        round_id=round_.id,
        command=DecideProposal(proposal=proposal["proposal"]),
        actor=secretariat,
        clock=clock,
    )
    clock.move_to(round_.opens)
    await open_round(round_id=round_.id, version=round_.version, actor=secretariat, clock=clock)
    where = Where(PROGRAMME, RUNNING, ROUND, "")
    until = today - timedelta(hours=1)
    await judge_for_days(where, round_.id, people, idle=still_to_declare, until=until, clock=clock)
    clock.move_to(max(clock.now(), until))
    await key_in_a_paper(round_.id, people[on_paper], secretariat=secretariat, clock=clock)
    return edition_id


async def add_open_call(
    *,
    secretariat: Actor,
    official: Actor,
    second: Actor,
    firm: Actor,
    attaching: Attaching,
    clock: Clock,
) -> int:
    """A call that is open, with an entry that two write and need help with, one that waits for its city, and one
    exception."""
    applied = await apply_document(document=moved_file("call", clock.now()), actor=secretariat, clock=clock)
    edition = await Edition.select(Edition.version).where(Edition.id == applied.edition_id)
    await open_call(
        edition_id=applied.edition_id, version=edition[0]["version"], actor=secretariat, clock=clock
    )
    cities = await Official.select(Official.entrant).where(Official.person == official.person_id)
    reference = await start_entry(
        command=StartEntry(
            edition=f"{PROGRAMME}/{CALL}",
            entrant=cities[0]["entrant"],
            category="services",
            title="A ferry ticket that knows the tide",
            lang="en",
        ),
        actor=official,
        clock=clock,
    )
    for code, answer in _begun(clock.now()).items():
        await save_answer(
            reference=reference,
            code=code,
            command=SaveAnswer(version=0, answer=answer, draft=True),
            actor=official,
            clock=clock,
        )
    await _write_together(reference, official, second, clock)
    await attach(reference, "pictures", ("pier.jpg",), second, attaching, clock)
    await add_rules_at_work(
        f"{PROGRAMME}/{CALL}",
        applied.edition_id,
        cities[0]["entrant"],
        secretariat=secretariat,
        firm=firm,
        clock=clock,
    )
    return applied.edition_id


async def _write_together(reference: str, official: Actor, second: Actor, clock: Clock) -> None:
    """A colleague changes an answer, drafts the next one in their own language, and asks for help."""
    summary = _begun(clock.now())["summary"][0]
    changed = summary.replace("and who waits is told at once", "and everybody who waits hears it at once")
    await save_answer(
        reference=reference,
        code="summary",
        command=SaveAnswer(version=1, answer=(changed,), draft=True),
        actor=second,
        clock=clock,
    )
    await save_working_text(
        reference=reference,
        code="solution",
        command=SaveWorkingText(version=0, text=DRAFT, lang="sv"),
        actor=second,
        clock=clock,
    )
    await ask_for_help(
        reference=reference,
        command=AskForHelp(text=HELP, sure=True),
        actor=official,
        clock=clock,
    )


def _begun(today: datetime) -> dict[str, tuple[str, ...]]:
    """What somebody has written who will go on tomorrow: some of it done, the problem half-way."""
    since = today - timedelta(days=500)
    return {
        "summary": (
            "Passengers of the island ferries get a ticket, on the telephone or on paper, that says when the boat "
            "really leaves. The time follows the tide and the weather, and who waits is told at once when it changes.",
        ),
        "running-since": (str(since.day), str(since.month), str(since.year)),
        "stage": ("In use in the whole city",),
        "users": ("41000",),
        "on-behalf": ("no",),
        "problem": (
            "Ferries to the outer islands leave with the tide, and the printed timetable was wrong on one day in "
            "three. People who missed the last boat slept in the waiting room.",
        ),
        "indicators": (
            "Boats that left at the time on the ticket", "of 100 boats", "64", "93",
            "People who missed the last boat", "people in a month", "120", "15",
        ),
    }  # fmt: skip


async def _go_on(_percent: int) -> bool:
    return True


async def _add_entries(edition_id: int, now: datetime) -> None:
    """Submitted in the last weeks of the call, found eligible since."""
    practices = practices_judged()
    categories = {row.code: row.id for row in await categories_of(edition_id)}
    questions = {row.code: row.id for row in await questions_of(edition_id)}
    known = await Entrant.select().where(Entrant.name.is_in([row["city"] for row in practices]))
    entrants = {row["name"]: row for row in known}
    edition = await Edition.select(Edition.year).where(Edition.id == edition_id)
    prefix = reference_prefix(PROGRAMME, edition[0]["year"])
    for number, row in enumerate(practices):
        arrived = now - timedelta(days=21 + number % 9, minutes=37 * number)
        entrant = entrants[row["city"]]
        entry = Entry(
            edition=edition_id,
            category=categories[row["category"]],
            reference=ids.reference(prefix),
            entrant=entrant["id"],
            title=row["title"],
            lang="en",
            state="eligible",
            submitted_at=arrived,
            created_at=arrived,
            version=2,
        )
        await entry.save()
        answers = {code: row[code] for code in ANSWERED}
        body = entry_body(
            title=row["title"],
            category=row["category"],
            lang="en",
            entrant={name: entrant[name] for name in ("name", "kind", "country", "country_label", "region")},
            answers=answers,
        )
        version = EntryVersion(
            entry=entry.id,
            number=1,
            body=canonical_bytes(body).decode(),
            sha256=sha256_of(body),
            arrived_at=arrived,
            created_at=arrived,
        )
        await version.save()
        rows = [
            Answer(entry=entry.id, question=questions[code], value=text, saved_at=arrived, created_at=arrived)
            for code, text in answers.items()
        ]
        written = await insert_all(Answer, rows)
        revisions = [
            AnswerRevision(answer=answer, version=1, value=text, created_at=arrived)
            for answer, text in zip(written, answers.values(), strict=True)
        ]
        await insert_all(AnswerRevision, revisions)


async def _link_the_panel(round_id: int) -> None:
    """One entry is read by all judges, and first."""
    entries = RoundEntry.select(RoundEntry.id).where(RoundEntry.round == round_id)
    rows = await entries.order_by(RoundEntry.id).limit(1)
    await RoundEntry.update({RoundEntry.bridge: True}).where(RoundEntry.id == rows[0]["id"])


async def accept_terms(edition_id: int, judges: Sequence[int], at: datetime) -> None:
    terms = terms_hash((await rules_of(edition_id)).terms)
    rows = [
        TermsAcceptance(person=judge, edition=edition_id, terms_sha256=terms, accepted_at=at, created_at=at)
        for judge in judges
    ]
    async with transaction():
        await insert_all(TermsAcceptance, rows)


async def _add_seats(round_id: int, people: dict[str, int], still_to_declare: str, now: datetime) -> None:
    invited = now - timedelta(days=10)
    seats = [
        Seat(
            round=round_id,
            person=person,
            state="accepted",
            label=label,
            conflicts_declared_at=None if name == still_to_declare else now,
            created_at=invited,
        )
        for label, (name, person) in zip(random_labels(len(people)), people.items(), strict=True)
    ]
    await insert_all(Seat, seats)
