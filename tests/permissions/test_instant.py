"""A publication comes out at its instant: a millisecond before nothing of it is anywhere, at it everything is everywhere.

Every address that anybody can open, asked by the same service before, at and after: pages that were kept before the instant
must not outlive it. What is made of a publication beside its pages is made by the worker, at the instant or after it.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from awards.accounts.tables import Approval
from awards.actor import Actor, Grant
from awards.app import create_app
from awards.clock import FixedClock
from awards.db import transaction
from awards.editions.tables import Edition
from awards.outbox.tables import Message
from awards.publication.forms import AskToPublish, SignPublication
from awards.publication.services import SWEEPS, ask_to_publish, sign_publication, withdraw_publication
from awards.publication.tables import Certificate, Feedback, PracticeTerm, Publication, PublishedEntry
from awards.results.tables import Standing
from awards.settings import Settings
from tests.people import EUN_JI, FARID, id_of
from tests.permissions.asking import VISITOR, Answer, ask
from tests.permissions.declared import declared
from tests.permissions.results import with_nothing_asked
from tests.permissions.world import OUT, PHASES, World, world

MILLISECOND = timedelta(milliseconds=1)
# What the table opens to whoever has no session, at whatever time.
PUBLIC = sorted(
    route.path
    for route, row in declared().items()
    if route.method == "GET"
    and row["visitor"].strip("?.x~")
    and not route.path.startswith(("/static", "/health"))
)
SEARCHED = ("/practices?q=canary", "/winners?q=canary")
# Where a reader finds the winner; others may be added, none of these may be lost.
TELL = (
    "/", "/results", "/archive", "/practices?q=canary", "/awards/{programme}/{edition}",
    "/awards/{programme}/{edition}/{category}", "/awards/{programme}/{edition}/{category}/{slug}",
    "/awards/{programme}/{edition}/results.csv", "/awards/{programme}/{edition}/results.json",
)  # fmt: skip
_EDITION = "/awards/{programme}/{edition}"
_WINNER = _EDITION + "/{category}/{slug}"
OPENED = {
    _WINNER, _WINNER + "/card.png", _WINNER + "/badge.svg", _EDITION + "/card.png", _EDITION + "/pack.json",
    _EDITION + "/results.csv", _EDITION + "/results.json", _EDITION + "/versions/{number}",
    _EDITION + "/versions/{number}/results.json", _EDITION + "/versions/{number}/results.csv",
}  # fmt: skip
# They name no winner, and change all the same.
MENTION = ("/feed.xml", "/sitemap.xml", "/data")


@pytest.fixture
def now(clock: FixedClock) -> FixedClock:
    clock.move_to(PHASES["embargo"])
    return clock


async def asked(service: Any, made: World) -> Mapping[str, Answer]:
    """Without any cookie, as whoever shares a link is asked, and so by way of the pages that are kept as bytes."""
    return {path: await ask(service, "GET", made.address(path), None) for path in (*PUBLIC, *SEARCHED)}


async def canaries() -> tuple[bytes, ...]:
    """The winner's title and why it won: neither stands anywhere else in the world of these tests."""
    row = (await PublishedEntry.select().order_by(PublishedEntry.id))[0]
    return row["title"].encode(), row["citation"].encode()


def telling(found: Mapping[str, Answer], told: tuple[bytes, ...]) -> set[str]:
    return {path for path, answer in found.items() if any(canary in answer.body for canary in told)}


async def made_beside() -> dict[str, int]:
    return {table.__name__: await table.count() for table in (Message, PracticeTerm, Feedback, Certificate)}


def trace(answer: Answer) -> tuple[int, bytes, str]:
    """What somebody could tell one world from another by; every answer has a random number of its own."""
    number = answer.headers["x-request-id"].encode()
    return answer.status, answer.body.replace(number, b"#"), answer.headers.get("etag", "")


async def nothing_scheduled(settings: Settings, made: World) -> dict[str, tuple[int, bytes, str]]:
    """The same a millisecond before, from a service of a world in which the publication was withdrawn."""
    other = create_app(settings, clock=FixedClock(OUT - MILLISECOND))
    async with transaction() as level:
        level.discard()
        await Publication.update({Publication.withdrawn_at: made.now}, force=True)
        # What the worker has noted since the instant is not there yet either.
        await Edition.update({Edition.state: "decided"}).where(Edition.id == made.season.edition_id)
        return {path: trace(found) for path, found in (await asked(other, made)).items()}


async def test_everything_comes_out_together(service: Any, settings: Settings, now: FixedClock) -> None:
    made = await world("embargo")
    beside, told = await made_beside(), await canaries()
    seen, first = {}, {}
    for at in (OUT - MILLISECOND, OUT, OUT + MILLISECOND):
        now.move_to(at)
        # The second time as it was kept.
        first[at], seen[at] = await asked(service, made), await asked(service, made)
        assert [path for path, answer in seen[at].items() if answer.status >= 500] == []
        for sweep in SWEEPS:
            await sweep(now)
        if at < OUT:
            assert await made_beside() == beside, "nothing is made of it before"
    before, at_it, after = seen.values()
    assert telling(before, told) == set()
    other = await nothing_scheduled(settings, made)
    # A page with a form is drawn with a token of its own each time.
    drawn_alike = [
        path for path, found in before.items() if trace(found) == trace(first[OUT - MILLISECOND][path])
    ]
    assert [path for path in drawn_alike if trace(before[path]) != other[path]] == []
    assert len(drawn_alike) > 40
    opened = {path for path, found in at_it.items() if found.status == 200 and before[path].status == 404}
    assert opened >= OPENED, "pictures, badges and files are there with the pages that name them"
    assert {path for path in MENTION if trace(before[path]) == trace(at_it[path])} == set()
    assert set(TELL) <= telling(at_it, told)
    assert telling(at_it, told) == telling(after, told), "what comes out a moment later was not in time"
    assert {path: answer.status for path, answer in at_it.items()} == {
        path: answer.status for path, answer in after.items()
    }
    grown = {name for name, count in (await made_beside()).items() if count > beside[name]}
    assert grown >= {"Message", "PracticeTerm", "Feedback"}
    # A signed-in reader, whom nothing is kept for, is neither earlier nor later.
    for at, is_out in ((OUT - MILLISECOND, False), (OUT, True)):
        now.move_to(at)
        for path in ("/", made.address("/awards/{programme}/{edition}/{category}")):
            answer = await ask(service, "GET", path, VISITOR)
            assert (told[0] in answer.body) is is_out, (path, at)


async def test_names_alone_come_without_a_prize_anywhere(service: Any, now: FixedClock) -> None:
    """The step before the prizes: who has won is told, and on no address why, what, or with which score."""
    made = await world("embargo")
    title, citation = await canaries()
    estimates = {str(row["estimate"]).encode() for row in await Standing.select(Standing.estimate)}
    clock = FixedClock(made.now)
    edition_id = made.season.edition_id
    grants = frozenset({Grant("secretariat", made.season.scope)})
    one, two = [
        Actor(await id_of(member), member.name, grants=grants, proved_at=made.now)
        for member in (EUN_JI, FARID)
    ]
    await withdraw_publication(edition_id=edition_id, number=1, actor=one, clock=clock)
    wish = AskToPublish(edition_id=edition_id, shows="names", visible_at=OUT)

    async def published() -> None:
        approval = await ask_to_publish(command=wish, actor=one, clock=clock)
        rows = await Approval.select(Approval.subject_sha256).where(Approval.id == approval)
        command = SignPublication(
            edition_id=edition_id, approval_id=approval, sha256=rows[0]["subject_sha256"]
        )
        await sign_publication(command=command, actor=two, clock=clock)

    await with_nothing_asked(published())
    made.values["number"] = "2"
    now.move_to(OUT)
    for sweep in SWEEPS:
        await sweep(now)
    found = await asked(service, made)
    assert {"/", "/results"} & telling(found, (title,)) == {"/results"}
    scores = (citation, *(one for one in estimates if len(one) > 5))
    assert telling(found, scores) <= {"/verify/example-pack.json"}, "which is of another competition"
    assert found[_WINNER].status == 404
    letters = await Message.select(Message.values).where(Message.template == "result-winner")
    assert letters
    assert all('"prizes": ""' in row["values"] for row in letters)
    assert await Feedback.count() == 0
