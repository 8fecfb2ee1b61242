"""Who won exists for messages from the publication's own instant on: a millisecond before it there is no such group."""

import re
from datetime import timedelta
from typing import Any

import pytest

from awards.cities.tables import Official
from awards.clock import FixedClock
from awards.db import transaction
from awards.editions.queries import edition_by_id
from awards.entries.tables import Entry
from awards.errors import Invalid, NotFound
from awards.messages import queries
from awards.messages.rules import RESULTS, Group
from awards.outbox.tables import Message
from awards.publication.tables import PublishedEntry
from tests import factories
from tests.awards.messages.season import group, mails, see, send, start
from tests.awards.publication.published import published
from tests.awards.results.judged import Judged
from tests.factories import DAY
from tests.page import Client
from tests.people import EUN_JI, give
from tests.serving import ClientFor

MOMENT = timedelta(milliseconds=1)


@pytest.fixture
async def signed(tx: Any, clock: FixedClock) -> Judged:
    """Signed by two and public in ten days; every city has somebody who acts for it."""
    season = await published(clock, at=clock.now() + 10 * DAY)
    rows = await Entry.raw(
        "SELECT DISTINCT entrant FROM entry WHERE edition = {} ORDER BY entrant", season.season.edition_id
    )
    for row in rows:
        await factories.official(await factories.person(f"Official of {row['entrant']}"), row["entrant"])
    return season


async def officials_of(which: str, edition_id: int) -> set[str]:
    rows = await Official.raw(
        "SELECT p.name FROM official o JOIN person p ON p.id = o.person JOIN entry n ON n.entrant = o.entrant"
        f" WHERE n.edition = {{}} AND n.id {which} (SELECT w.entry FROM published_entry w WHERE w.prize <> '')",
        edition_id,
    )
    return {row["name"] for row in rows if row["name"].startswith("Official of")}


async def test_before_its_instant_there_are_no_winners_to_write_to(signed: Judged, clock: FixedClock) -> None:
    season = signed.season
    clock.advance(10 * DAY - MOMENT)
    offered = await queries.offers_of(await edition_by_id(season.edition_id), clock.now())
    assert not RESULTS & {one.group for one in offered}
    for which in sorted(RESULTS):
        with pytest.raises(Invalid) as refused:
            await start(season, clock, which)
        # The same words as for a group that is not offered for another reason.
        with pytest.raises(Invalid) as other:
            await start(season, clock, Group.DRAFTS)
        assert refused.value.errors == other.value.errors
        with pytest.raises(NotFound):
            await group(season, clock, which)
    clock.advance(MOMENT)
    offered = await queries.offers_of(await edition_by_id(season.edition_id), clock.now())
    assert {one.group for one in offered} >= RESULTS
    winners = set(await group(season, clock, Group.WINNERS))
    others = set(await group(season, clock, Group.WITHOUT_PRIZE))
    assert {name for name in winners if name.startswith("Official of")} == await officials_of(
        "IN", season.edition_id
    )
    assert winners
    assert others
    assert not winners & others


async def test_no_page_of_messages_differs_with_who_won(
    signed: Judged, clock: FixedClock, client_for: ClientFor
) -> None:
    """The same bytes when another entry wins: nothing that is shown can follow from who does."""
    season = signed.season
    await give(EUN_JI, "secretariat", season.scope)
    number = await start(season, clock, Group.ENTRANTS)
    clock.advance(10 * DAY - MOMENT)
    client = await client_for(EUN_JI)
    base = f"{season.desk}/messages"
    paths = [base, f"{base}/new", f"{base}/new?group=winners", f"{base}/new?group=without-prize",
             f"{base}/{number}", f"{base}/{number}/check", f"{base}/texts", f"{base}/texts/winners/en"]  # fmt: skip

    async def read() -> list[str]:
        return [(await client.get(path)).html for path in paths]

    before = await read()
    assert 'value="winners"' not in "".join(before)
    async with transaction() as level:
        level.discard()
        await other_winners(season.edition_id)
        after = await read()
    assert before == after
    # From the instant on they do differ: the comparison can tell.
    clock.advance(MOMENT)
    winners = await winners_page(client, base)
    async with transaction() as level:
        level.discard()
        await other_winners(season.edition_id)
        assert await winners_page(client, base) != winners


async def winners_page(client: Client, base: str) -> list[str]:
    page = await client.get(f"{base}/new")
    page = await client.submit("Continue", group="winners")
    number = re.findall(r"/messages/(\d+)", page.path)[0]
    page = await client.get(f"{base}/{number}/check")
    return page.text.split()


async def test_a_group_asked_for_too_early_is_a_wrong_answer_like_any_other(
    signed: Judged, clock: FixedClock, client_for: ClientFor
) -> None:
    season = signed.season
    await give(EUN_JI, "secretariat", season.scope)
    client = await client_for(EUN_JI)
    said = set()
    for wish in ("winners", "without-prize", "no-such-group"):
        page = await client.get(f"{season.desk}/messages/new")
        form, _button = page.form("Continue")
        csrf = next(field.get("value") for field in form.iter() if field.get("name") == "csrf")
        page = await client.post(
            f"{season.desk}/messages/new", {"csrf": csrf, "group": wish, "of": ""}, status=422
        )
        said.add(tuple(page.errors))
    assert said == {("Choose who is written to",)}
    assert not await Message.exists().where(Message.template == "mailing")


async def test_winners_get_one_mail_after_publication(signed: Judged, clock: FixedClock) -> None:
    season = signed.season
    clock.advance(10 * DAY)
    number = await start(season, clock, Group.WINNERS)
    assert (await send(season, clock, number)).sent
    wanted = await group(season, clock, Group.WINNERS)
    assert len(await mails()) == len(wanted) == len(set(wanted))


async def test_a_correction_before_the_button_is_asked_about_again(signed: Judged, clock: FixedClock) -> None:
    season = signed.season
    clock.advance(10 * DAY)
    number = await start(season, clock, Group.WINNERS)
    from_before = await queries.mailing_of(season.edition_id, number)
    assert from_before.of.group is Group.WINNERS
    await send_seen_then(season, clock, number)
    assert not await mails()


async def send_seen_then(season: factories.Season, clock: FixedClock, number: int) -> None:
    sha256 = await see(season, clock, number)
    await other_winners(season.edition_id)
    outcome = await send(season, clock, number, sha256)
    assert not outcome.sent
    assert outcome.change is not None
    assert outcome.change.came
    assert outcome.change.went


async def other_winners(edition_id: int) -> None:
    """Another entry of the edition in the place of each that won."""
    rows = await PublishedEntry.raw(
        "SELECT w.id, w.entry FROM published_entry w JOIN publication p ON p.id = w.publication"
        " WHERE p.edition = {} AND w.entry IS NOT NULL ORDER BY w.id",
        edition_id,
    )
    won = {row["entry"] for row in rows}
    free = [
        row["id"]
        for row in await Entry.raw("SELECT id FROM entry WHERE edition = {} ORDER BY id", edition_id)
        if row["id"] not in won
    ]
    for row, entry_id in zip(rows, free, strict=False):
        await PublishedEntry.raw("UPDATE published_entry SET entry = {} WHERE id = {}", entry_id, row["id"])
