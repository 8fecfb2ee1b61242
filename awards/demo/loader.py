"""Loads the demonstration: real winners, real judging, and invented editions in each phase."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from awards.actor import SYSTEM, Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock, FixedClock
from awards.db import transaction
from awards.demo import people
from awards.demo.answers import add_picture, give_answers
from awards.demo.attaching import Attaching
from awards.demo.awarding import Signers, award_and_publish, correct
from awards.demo.competitions import add_competition, calibrate_rounds, publish
from awards.demo.deciding import DECIDING, GOING_ON, ROUND, add_edition_at_the_decision
from awards.demo.plant import JUDGES
from awards.demo.running import PROGRAMME, RUNNING, accept_terms, add_open_call, add_running_edition
from awards.demo.screening import Cities, Desk, cities_needed, screen_entries, write_entries
from awards.editions.queries import EditionRow, editions
from awards.editions.rules import Role
from awards.exchange.records import read_records
from awards.files.place import Files
from awards.publication.services import import_archive
from awards.results.services import take_proposals

HERE = Path(__file__).parent
Say = Callable[[str], None]
STORY = timedelta(days=12)


async def load_demo(*, clock: Clock, base_url: str, files: Files, say: Say) -> str:
    """Load what is not there yet; returns the addresses to open and the sign-ins."""
    if not any(edition.slug == RUNNING for edition in await editions()):
        await _load(clock, files, say)
    else:
        say("The demonstration is loaded already; FRESH=1 starts over.")
    return await _sign_ins(base_url)


async def _load(clock: Clock, files: Files, say: Say) -> None:
    """The story begins some days ago, so that judges have been at work for a while: its clock only goes on."""
    today = clock.now()
    clock = FixedClock(today - STORY)
    now = clock.now()
    say("Loading the winners of 2012 to 2025 …")
    await import_archive(rows=read_records(HERE / "archive/winners.csv"), actor=SYSTEM, clock=clock)
    accounts = await people.add_accounts(now)
    say("Loading real judging: 9,090 marks of the 2017 skating championships …")
    skating = await add_competition("skating-2017/import", clock=clock)
    say("Loading a closed edition with planted severities …")
    planted = await add_competition("planted", clock=clock, moved_to=today)
    programmes = {edition.id: edition.programme_id for edition in await editions()}
    chosen = [programmes[skating.edition_id], programmes[planted.edition_id]]
    await people.add_roles(accounts, chosen, now)
    judges = await people.open_to_judges([name for name, _country, _severity in JUDGES], accounts, now)
    await accept_terms(planted.edition_id, list(judges.values()), now)
    scopes = [f"programme:{programme}" for programme in chosen]
    first, second = _secretariat(accounts, scopes, now)
    await give_answers(planted.edition_id, clock=clock)
    await add_picture(planted.edition_id, actor=first, files=files, clock=clock)
    say("Calibrating the skating rounds, deciding prizes, publishing with two signatures …")
    await calibrate_rounds(skating.edition_id, actor=first, clock=clock)
    await take_proposals(edition_id=skating.edition_id, actor=first, clock=clock)
    await publish(skating.edition_id, first=first, second=second, clock=clock)
    say("Calibrating the closed edition; two panels meet, prizes are decided and published …")
    await award_and_publish(planted.edition_id, by=Signers(first, second), clock=clock)
    say("Loading an edition at the decision …")
    first, second = _secretariat(accounts, scopes, clock.now())
    await add_edition_at_the_decision(first=first, second=second, accounts=accounts, today=today, clock=clock)
    say("Loading a running edition: entries, panel, assignment, sheets …")
    await people.add_officials(accounts, now - timedelta(days=80))
    attaching = Attaching(files, today)
    cities = await _cities(accounts, now)
    written = await write_entries(secretariat=first, cities=cities, attaching=attaching, clock=clock)
    await add_running_edition(
        secretariat=first,
        people=judges,
        still_to_declare=people.JUDGES[1].name,
        on_paper=people.JUDGES[0].name,
        today=today,
        clock=clock,
    )
    say("Correcting what the closed edition published …")
    signers = Signers(*_secretariat(accounts, scopes, clock.now()))
    await correct(planted.edition_id, by=signers, clock=clock)
    say("Opening a call …")
    clock.move_to(today)
    firm = people.as_actor(people.FIRM, accounts, today)
    await add_open_call(
        secretariat=first,
        official=cities.first,
        second=cities.second,
        firm=firm,
        attaching=attaching,
        clock=clock,
    )
    say("Screening the entries of a call that has closed …")
    one, two = (
        people.as_actor(account, accounts, today, scopes[-1], role=Role.SCREENER)
        for account in people.SCREENERS
    )
    desk = Desk(people.as_actor(people.SECRETARIAT[0], accounts, today, *scopes), (one, two))
    await screen_entries(written, desk=desk, cities=cities, clock=clock)
    async with transaction():
        subject = ("edition", planted.edition_id)
        await record(Action.DEMO_LOADED, actor=SYSTEM, at=clock.now(), subject=subject)


def _secretariat(accounts: dict[str, int], scopes: list[str], now: datetime) -> tuple[Actor, Actor]:
    first, second = (people.as_actor(account, accounts, now, *scopes) for account in people.SECRETARIAT)
    return first, second


async def _cities(accounts: dict[str, int], now: datetime) -> Cities:
    since = now - timedelta(days=60)
    names = cities_needed().values()
    others = {name: await people.add_clerk(name, number, since) for number, name in enumerate(names)}
    first, second = (
        people.as_actor(account, accounts, now) for account in (people.OFFICIAL, people.SECOND_OFFICIAL)
    )
    return Cities(first, second, others)


async def _sign_ins(base_url: str) -> str:
    places = [f"  {base_url}{path:<56} {what}" for path, what in await _addresses()]
    known = [f"  {account.email:<24} {account.part}" for account in people.SHOWN]
    return "\n".join(
        [
            "",
            "Open",
            *places,
            "",
            f"Sign in at {base_url}/sign-in with the password “{people.PASSWORD}” as",
            *known,
            "",
        ]
    )


async def _addresses() -> list[tuple[str, str]]:
    by_slug: dict[str, EditionRow] = {edition.slug: edition for edition in await editions()}
    return [
        ("/", "the open call, the latest winners"),
        (by_slug["demo-closed"].path, "results with intervals (invented)"),
        ("/practices", "what won, as its cities tell of it"),
        ("/demonstration/planted", "the truth planted there, beside what was found"),
        (by_slug["skating-2017"].path, "real judging"),
        ("/archive", "winners since 2012"),
        (
            f"/deliberations/{PROGRAMME}/{DECIDING}/{ROUND}/{GOING_ON}",
            "a jury at work, for who signs in as its chair",
        ),
    ]
