"""A city with two officials in an open call, for tests of the verbs."""

from dataclasses import dataclass

from awards.actor import Actor
from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.entries import services
from awards.entries.forms import (
    SaveAnswer,
    StartEntry,
    SubmitEntry,
)
from tests import factories
from tests.factories import AT, Season

CLOCK = FixedClock(AT)
GOOD = ("Buses that lower their floor.",)


@dataclass
class Scene:
    season: Season
    city: int
    amina: Actor
    bao: Actor

    def start(self, **more: object) -> StartEntry:
        values = {"edition": f"{self.season.programme}/{self.season.edition}", "entrant": self.city,
                  "category": "inclusive", "title": "Low floors", **more}  # fmt: skip
        return StartEntry.model_validate(values)


async def scene(**more: object) -> Scene:
    season = await factories.season(**more)
    city = await factories.entrant("Lindmere", kind="city")
    people = []
    for name in ("Amina Okoro", "Bao Tran"):
        people.append(Actor(await factories.person(name), name))
        await factories.official(people[-1].person_id, city)
    return Scene(season, city, *people)


async def ready(s: Scene) -> str:
    """A draft that may be submitted."""
    reference = await services.start_entry(command=s.start(), actor=s.amina, clock=CLOCK)
    await services.save_answer(
        reference=reference,
        code="summary",
        command=SaveAnswer(version=0, answer=GOOD),
        actor=s.amina,
        clock=CLOCK,
    )
    return reference


async def submitted(s: Scene) -> str:
    reference = await ready(s)
    await services.submit_entry(
        reference=reference, command=SubmitEntry(declared=True, version=1), actor=s.amina, clock=CLOCK
    )
    return reference


async def actions() -> list[str]:
    return [row["action"] for row in await Event.select(Event.action).order_by(Event.seq)]
