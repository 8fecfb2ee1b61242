"""A season from the meeting of its panel to a correction: at every step nobody reads what is not theirs, or not out yet.

One world goes through all of it, asked as those who may know least: at each step as everybody outside and the city of another
entry, before the announcement and at the end also as a judge of the panel that meets, as one who left it for a conflict, and
as the people of other houses.
"""

from datetime import datetime
from typing import Any

import pytest

from awards.clock import FixedClock
from awards.editions.tables import Halt
from awards.publication import services as publication
from awards.publication.forms import Shows
from awards.publication.tables import PublishedEntry
from awards.results.forms_deliberation import OpenDeliberation
from awards.results.tables import Standing
from tests.factories import DAY, add
from tests.people import CHIARA, EUN_JI, FARID, LEILA, id_of
from tests.permissions import canaries, deliberations
from tests.permissions.announcing import calibrate, decide, secretary, sign_first, sign_second
from tests.permissions.asking import ask
from tests.permissions.canaries import CITATION, FILE, HALT, NOTE, REASON, VISIT, VISITED, WINNER
from tests.permissions.declared import declared
from tests.permissions.results import with_nothing_asked
from tests.permissions.world import OUT, PHASES, World, sign_in, world

OUTSIDE = ("visitor", "neighbour")
INSIDE = ("judge", "recused", "other-secretariat", "admin")
# Whatever the table opens to the role at any time from the closing on.
LATER = slice(list(PHASES).index("closed"), None)
PAGES = {
    role: sorted(
        route.path for route, row in declared().items() if route.method == "GET" and "+" in row[role][LATER]
    )
    for role in OUTSIDE + INSIDE
}
CORRECTED = "Canarycorrected citation"
# The last of the ranking: named with the places, its score with everything.
LAST = "Practice of Vallmora"
STEPS: tuple[Shows, ...] = ("winners", "ranks", "full")


pytestmark = pytest.mark.only("sqlite")  # on PostgreSQL other walks ask every page


class Walk:
    def __init__(self, service: Any, made: World, now: FixedClock) -> None:
        self.service, self.made, self.now = service, made, now
        self.wrong: list[str] = []

    async def step(
        self, name: str, at: datetime, out: set[str], hidden: set[str], asked: tuple[str, ...] = OUTSIDE
    ) -> None:
        """`out` is read by everybody, `hidden` is in nothing that is read from outside."""
        self.now.move_to(at)
        for sweep in publication.SWEEPS:
            await sweep(self.now)
        self.made.now = at
        await sign_in(self.made)
        met: set[str] = set()
        for role in asked:
            # The judge sits on the panel that meets.
            known = out | ({NOTE, VISITED, VISIT} if role == "judge" else set())
            for path in PAGES[role]:
                answer = await ask(self.service, "GET", self.made.address(path), self.made.askers[role])
                found = set(canaries.told("embargo", role, answer, known))
                if role in OUTSIDE:
                    words = canaries.in_words(answer)
                    found |= {word for word in hidden if word in words}
                    met |= {word for word in out if word in words}
                self.wrong += [f"{name}: {path} tells {role}: {word}" for word in sorted(found)]
        assert met == out, f"{name}: what is out is found"


async def test_at_every_step_nobody_reads_what_is_not_out(service: Any, now: FixedClock) -> None:
    made = await world("closed")
    now.move_to(made.now)
    walk = Walk(service, made, now)
    await with_nothing_asked(_through(walk, FixedClock(made.now)))
    assert walk.wrong == [], "\n".join(walk.wrong)


async def _through(walk: Walk, clock: FixedClock) -> None:
    made, at = walk.made, clock.now()
    season, winner = made.season, made.references[0]
    eun_ji, farid = [await secretary(made, member, at) for member in (EUN_JI, FARID)]
    await calibrate(made, clock)
    # Daniyar, who recused himself from the entry that is spoken of, is not in the room.
    room = OpenDeliberation(who="panel", present=(await id_of(CHIARA), await id_of(LEILA)))
    await deliberations.met(season, winner, room, eun_ji, clock)
    score = await last_score()
    await walk.step("deliberating", at, set(), {LAST, score}, OUTSIDE + INSIDE)
    await deliberations.conclude(season, eun_ji, farid, clock)
    await decide(made, winner, CITATION, clock)
    approval = await sign_first(made, "names", OUT, clock)
    await walk.step("signed by one", at, set(), {LAST, score})
    await sign_second(made, approval, clock)
    for number, shows in enumerate(STEPS, 1):
        await sign_second(made, await sign_first(made, shows, OUT + number * 10 * DAY, clock), clock)
    made.values["slug"] = (await PublishedEntry.select(PublishedEntry.slug))[0]["slug"]
    await walk.step("sealed", OUT - DAY, set(), {LAST, score}, OUTSIDE + INSIDE)
    halt = await add(Halt, edition=season.edition_id, reason=HALT, by=eun_ji.person_id)
    await walk.step("names, and halted", OUT + DAY, {WINNER}, {LAST, score})
    await Halt.update({Halt.ended_at: OUT + DAY}).where(Halt.id == halt)
    told = {WINNER, CITATION, REASON, FILE}
    await walk.step("winners", OUT + 11 * DAY, told, {LAST, score})
    await walk.step("places", OUT + 21 * DAY, told | {LAST}, {score})
    # What a visit is called is published with everything, what it found is not.
    every = told | {VISITED}
    later = FixedClock(OUT + 31 * DAY)
    await decide(made, winner, CORRECTED, later, version=1)
    corrected = await sign_first(made, "full", OUT + 40 * DAY, later, "Another citation.")
    await sign_second(made, corrected, later)
    await walk.step("everything", later.now(), every | {LAST, score}, {CORRECTED})
    await walk.step("corrected", OUT + 41 * DAY, every | {CORRECTED}, set(), OUTSIDE + INSIDE)


async def last_score() -> str:
    """As pages write it."""
    (row,) = await Standing.raw(
        "SELECT s.estimate FROM standing s JOIN round_entry re ON re.id = s.round_entry"
        " JOIN entry e ON e.id = re.entry WHERE s.scope = 'all' AND e.title = {}",
        LAST,
    )
    return f"{row['estimate'] / 1_000_000:.2f}"
