"""Every deed that takes two people against everything by which fewer, others or outdated words could do it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec.structs import replace

from awards.accounts.tables import Approval, Person
from awards.actor import Actor
from awards.cities.tables import EntrantLink
from awards.clock import FixedClock
from awards.db import transaction
from awards.editions.approving import Deed
from awards.editions.tables import ConflictRule, Halt, RoleGrant, Round
from awards.entries.tables import Entry
from awards.errors import AwardsError, Denied
from awards.jobs.tables import Job
from awards.panels.tables import Affiliation, Nomination, RoundEntry
from tests import factories
from tests.deeds import SCENES, Scene, acting, declared, hash_of, somebody
from tests.factories import AT, DAY, add

Tie = Callable[[Scene, int], Awaitable[object]]


async def entrant_of(scene: Scene) -> int:
    rows = await Entry.select(Entry.entrant).where(Entry.id == scene.entry)
    return int(rows[0]["entrant"])


async def acts_for_it(scene: Scene, person: int) -> None:
    await factories.official(person, await entrant_of(scene))


async def acts_for_a_twin(scene: Scene, person: int) -> None:
    twin = await factories.entrant("Twin", country="JP")
    await add(EntrantLink, a=twin, b=await entrant_of(scene), kind="twin", since=AT - DAY)
    await add(ConflictRule, edition=scene.season.edition_id, code="linked", effect="forbid")
    await factories.official(person, twin)


async def acts_for_a_rival(scene: Scene, person: int) -> None:
    city = await factories.entrant("Rival", country="JP")
    await factories.entry(scene.season, city, state="submitted")
    await factories.official(person, city)


async def lives_there(scene: Scene, person: int) -> None:
    await add(Affiliation, person=person, kind="home", country="KR", since=AT - DAY)


async def works_there(scene: Scene, person: int) -> None:
    await add(Affiliation, person=person, kind="employer", entrant=await entrant_of(scene), since=AT - DAY)


async def nominated_by_it(scene: Scene, person: int) -> None:
    await add(Nomination, person=person, by=await entrant_of(scene))
    await add(ConflictRule, edition=scene.season.edition_id, code="nominated_by", effect="forbid")


async def has_said_so(scene: Scene, person: int) -> None:
    await declared(scene.season, person, scene.entry)


async def judged_it(scene: Scene, person: int) -> None:
    """Another sheet than the one in question."""
    seat = await factories.seat(scene.season.round_id, person, label="J77")
    here = (RoundEntry.round == scene.season.round_id) & (RoundEntry.entry == scene.entry)
    rows = await RoundEntry.select(RoundEntry.id).where(here)
    place = rows[0]["id"] if rows else await factories.round_entry(scene.season.round_id, scene.entry)
    await factories.assignment(place, seat, state="signed")


TIES: tuple[Tie, ...] = (
    acts_for_it, acts_for_a_twin, acts_for_a_rival, lives_there, works_there, nominated_by_it, has_said_so, judged_it,
)  # fmt: skip


async def refused(work: Awaitable[object]) -> str:
    """By which code, or by which kind of refusal."""
    try:
        await work
    except Denied as refusal:
        return refusal.code
    except AwardsError as refusal:
        return type(refusal).__name__.lower()
    return ""


class Stage:
    """A deed that one has asked for, or is about to; nothing that happens on it lasts."""

    def __init__(self, scene: Scene, one: Actor, two: Actor) -> None:
        self.scene, self.one, self.two = scene, one, two
        self.approval, self.sha256 = 0, ""

    async def asked(self) -> "Stage":
        await self.scene.ask(self.one)
        rows = await Approval.select(Approval.id).order_by(Approval.id, ascending=False).limit(1)
        self.approval = rows[0]["id"]
        self.sha256 = await hash_of(self.approval)
        return self

    async def consent(self, actor: Actor | None = None, **more: Any) -> str:
        found = await refused(
            self.scene.consent(actor or self.two, self.approval, more.get("sha256", self.sha256))
        )
        given = await Approval.exists().where(
            (Approval.id == self.approval) & Approval.given_at.is_not_null()
        )
        assert given == (not found)
        return found


@pytest.fixture(params=list(Deed))
async def stage(request: pytest.FixtureRequest, clock: FixedClock) -> Stage:
    scene = await SCENES[request.param](clock)
    one, two = [await somebody(scene.season, name, clock) for name in ("First", "Second")]
    return Stage(scene, one, two)


async def test_two_words_and_no_third(stage: Stage) -> None:
    await stage.asked()
    assert await stage.consent() == ""
    count = await Approval.count().where(Approval.given_at.is_not_null())
    for again in (stage.two, stage.one):
        assert await refused(stage.scene.consent(again, stage.approval, stage.sha256)) != ""
    assert await Approval.count().where(Approval.given_at.is_not_null()) == count


async def test_not_by_one_nor_over_something_else(stage: Stage, clock: FixedClock) -> None:
    season = stage.scene.season
    unproved = acting(season, stage.one.person_id, clock, proved=False)
    assert await refused(stage.scene.ask(unproved)) == "not proved"
    assert not await Approval.exists().where(Approval.asked_by == stage.one.person_id)
    assert await refused(stage.scene.ask(replace(stage.one, grants=frozenset()))) == "notfound"

    await stage.asked()
    assert await stage.consent(stage.one) == "same person"
    assert await stage.consent(replace(stage.one, session_id=77, request_id="another tab")) == "same person"
    assert await stage.consent(acting(season, stage.two.person_id, clock, proved=False)) == "not proved"
    assert await stage.consent(replace(stage.two, grants=frozenset())) == "notfound"
    assert await stage.consent(sha256="0" * 64) == "stale"
    async with transaction() as level:
        level.discard()
        await stage.scene.change()
        assert await stage.consent() in ("changed", "stale", "incomplete")
    assert await stage.consent() == "", "so it was nothing else that refused it"


async def test_not_while_the_edition_is_stopped_or_its_round_is_taken_up_again(stage: Stage) -> None:
    season = stage.scene.season
    async with transaction() as level:
        level.discard()
        await stop(stage)
        assert await refused(stage.scene.ask(stage.one)) == "halted"
    await stage.asked()
    async with transaction() as level:
        level.discard()
        await stop(stage)
        assert await stage.consent() == "halted"
    if stage.scene.marks:
        async with transaction() as level:
            level.discard()
            await Round.update({Round.state: "extra"}).where(Round.id == season.round_id)
            assert await stage.consent() in (
                "round open",
                "round extra",
                "incomplete",
                "changed",
                "not possible",
                "round closed",
            )


async def stop(stage: Stage) -> None:
    await add(Halt, edition=stage.scene.season.edition_id, reason="A link leaked.", by=stage.one.person_id)


async def test_not_by_whom_it_touches_whoever_asks_and_whenever_the_tie_began(stage: Stage) -> None:
    async def found(tie: Tie, who: Actor, work: Callable[[], Awaitable[str]]) -> str:
        async with transaction() as level:
            level.discard()
            await tie(stage.scene, who.person_id)
            return await work()

    for tie in TIES:
        asked = await found(tie, stage.one, lambda: refused(stage.scene.ask(stage.one)))
        assert asked in ("in conflict", "notfound", "tied"), tie.__name__
    await stage.asked()
    for tie in TIES:
        assert await found(tie, stage.two, stage.consent) in ("in conflict", "notfound", "tied"), tie.__name__
        assert await found(tie, stage.one, stage.consent) == "first word", tie.__name__


async def test_not_after_who_asked_has_left(stage: Stage, clock: FixedClock) -> None:
    await stage.asked()
    asker = stage.one.person_id
    for gone in (
        RoleGrant.update({RoleGrant.until: clock.now()}).where(RoleGrant.person == asker),
        Person.update({Person.disabled_at: clock.now()}).where(Person.id == asker),
    ):
        async with transaction() as level:
            level.discard()
            await gone
            assert await stage.consent() == "first word"


async def test_nothing_is_signed_for_publication_while_a_round_is_calculated(clock: FixedClock) -> None:
    scene = await SCENES[Deed.PUBLISH](clock)
    one, two = [await somebody(scene.season, name, clock) for name in ("First", "Second")]
    stage = await Stage(scene, one, two).asked()
    await add(
        Job,
        kind="calibrate",
        subject_kind="round",
        subject_id=scene.season.round_id,
        state="queued",
        asked_by=0,
    )
    assert await stage.consent() == "incomplete"
