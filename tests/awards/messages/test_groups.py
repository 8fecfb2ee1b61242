"""Who is of a group, once, with all that is theirs; who is left out of it, and why."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from awards.accounts.tables import EmailAddress, Person
from awards.clock import FixedClock
from awards.editions.queries import edition_by_id
from awards.editions.tables import Category, Milestone, Round
from awards.errors import Invalid
from awards.messages import queries
from awards.messages.queries import Ready
from awards.messages.rules import SILENT_FOR, Group, LeftOut
from awards.panels.queries import round_by_id
from awards.panels.rules import AssignmentState
from awards.panels.tables import Assignment
from awards.scoresheets.board import Standing, judge_line
from awards.scoresheets.queries.board import places_of, times_of
from tests import factories
from tests.awards.messages.season import Cast, cast, group, start
from tests.factories import AT, DAY, Season, add
from tests.people import AMINA, BAO, INES

TITLE = "Nobody but its writers knows this title"


async def ready(season: Season, clock: FixedClock, which: Group, of: str = "") -> Ready:
    edition = await edition_by_id(season.edition_id)
    return await queries.ready_for(edition, await queries.of_parts(season.edition_id, which, of), clock.now())


async def test_drafts_go_to_who_may_submit_them(clock: FixedClock) -> None:
    """Inês reads Lindmere's entries and owns Portaleda: one mail, about the draft that is hers to submit."""
    made = await cast()
    first = await factories.entry(made.season, made.lindmere, state="draft", title=TITLE)
    await factories.entry(made.season, made.lindmere, state="draft")
    await factories.entry(made.season, made.portaleda, state="draft")
    await factories.entry(made.season, made.portaleda, state="submitted")
    found = await ready(made.season, clock, Group.DRAFTS)
    assert [(one.name, len(one.entries)) for one in found.recipients] == [
        (AMINA.name, 2),
        (BAO.name, 2),
        (INES.name, 1),
    ]
    assert all(not part.title for one in found.recipients for part in one.entries), "a draft is unread"
    assert found.recipients[0].deadline == AT + 30 * DAY
    await Person.raw("UPDATE entry SET state = 'withdrawn' WHERE id = {}", first)
    assert [len(one.entries) for one in (await ready(made.season, clock, Group.DRAFTS)).recipients] == [
        1,
        1,
        1,
    ]


async def test_drafts_are_over_when_the_call_closes(clock: FixedClock) -> None:
    made = await cast()
    await factories.entry(made.season, made.lindmere, state="draft")
    number = await start(made.season, clock, Group.DRAFTS)
    clock.move_to(AT + 30 * DAY)
    mailing = await queries.mailing_of(made.season.edition_id, number)
    edition = await edition_by_id(made.season.edition_id)
    assert (await queries.ready_for(edition, mailing.of, clock.now())).over
    with pytest.raises(Invalid):
        await start(made.season, clock, Group.DRAFTS)


async def test_entrants_of_a_category_or_of_all(clock: FixedClock) -> None:
    made = await cast()
    other = await add(Category, edition=made.season.edition_id, code="open", name="Open City", position=2)
    await factories.entry(made.season, made.lindmere, state="submitted", title="Lifts")
    await factories.entry(made.season, made.portaleda, state="eligible", category=other)
    await factories.entry(made.season, made.portaleda, state="ineligible")
    await factories.entry(made.season, made.portaleda, state="draft")
    found = await ready(made.season, clock, Group.ENTRANTS, "inclusive")
    assert [one.name for one in found.recipients] == [AMINA.name, BAO.name, INES.name]
    assert {part.title for one in found.recipients for part in one.entries} == {"Lifts"}
    assert await group(made.season, clock, Group.ENTRANTS, "open") == [INES.name]
    everybody = (await ready(made.season, clock, Group.ENTRANTS)).recipients
    assert [(one.name, len(one.entries)) for one in everybody] == [
        (AMINA.name, 1),
        (BAO.name, 1),
        (INES.name, 2),
    ]


async def test_who_no_longer_acts_is_not_written_to(clock: FixedClock) -> None:
    made = await cast()
    await factories.entry(made.season, made.lindmere)
    await Person.raw('UPDATE official SET "until" = {} WHERE person = {}', AT, made.amina)
    await Person.raw("UPDATE official SET since = NULL WHERE person = {}", made.bao)
    assert await group(made.season, clock, Group.ENTRANTS) == [INES.name]


async def test_who_is_left_out_and_why(clock: FixedClock) -> None:
    made = await cast()
    await factories.entry(made.season, made.lindmere)
    await EmailAddress.update({EmailAddress.confirmed_at: None}).where(EmailAddress.person == made.amina)
    await Person.update({Person.disabled_at: AT}).where(Person.id == made.bao)
    await EmailAddress.delete().where(EmailAddress.person == made.ines)
    found = await ready(made.season, clock, Group.ENTRANTS)
    assert found.written_to == []
    assert {one.name: one.left_out for one in found.left_out} == {
        AMINA.name: LeftOut.NOT_CONFIRMED, BAO.name: LeftOut.DISABLED, INES.name: LeftOut.NO_ADDRESS,
    }  # fmt: skip
    await Person.update({Person.erased_at: AT}).where(Person.id == made.bao)
    assert BAO.name not in {one.name for one in (await ready(made.season, clock, Group.ENTRANTS)).recipients}


class Panel:
    """Five judges: one is done, one works, one is late, one has nothing, one was asked."""

    names = ("Done", "Working", "Late", "Without", "Asked")

    def __init__(self, season: Season) -> None:
        self.season = season
        self.seats: dict[str, int] = {}

    async def sit(self) -> "Panel":
        entries = [
            await factories.round_entry(self.season.round_id, await factories.entry(self.season))
            for _number in range(2)
        ]
        long_ago = AT - SILENT_FOR - DAY
        for name in self.names:
            state = "invited" if name == "Asked" else "accepted"
            person = await factories.judge(name)
            self.seats[name] = await factories.seat(self.season.round_id, person, state=state)
        for name, values in (
            ("Done", {"state": "signed", "signed_at": AT - DAY}),
            ("Working", {"state": "started", "saved_at": AT - DAY}),
            ("Late", {"state": "opened", "opened_at": long_ago}),
        ):
            for entry in entries:
                await factories.assignment(entry, self.seats[name], created_at=long_ago, **values)
        return self


@pytest.fixture
async def panel(tx: Any) -> Panel:
    season = await factories.season(
        state="judging",
        round_state="open",
        opens=AT - 90 * DAY,
        closes=AT - 30 * DAY,
        round_closes=AT + 30 * DAY,
    )
    return await Panel(season).sit()


async def test_judges_of_a_round(panel: Panel, clock: FixedClock) -> None:
    season = panel.season
    assert await group(season, clock, Group.JUDGES, "first") == ["Done", "Late", "Without", "Working"]
    assert await group(season, clock, Group.UNFINISHED, "first") == ["Late", "Working"]
    assert await group(season, clock, Group.SILENT, "first") == ["Late"]
    assert await group(season, clock, Group.INVITED, "first") == ["Asked"]
    found = await ready(season, clock, Group.JUDGES, "first")
    assert {one.name: one.sheets_left for one in found.recipients} == {
        "Done": 0, "Late": 2, "Without": 0, "Working": 2,
    }  # fmt: skip
    assert {one.deadline for one in found.recipients} == {AT + 30 * DAY}


async def test_a_sign_of_life_ends_the_silence(panel: Panel, clock: FixedClock) -> None:
    late, quiet = panel.seats["Late"], AT - SILENT_FOR
    for column in ("opened_at", "saved_at", "signed_at"):
        one = f"UPDATE assignment SET {column} = {{}} WHERE id = (SELECT MAX(id) FROM assignment WHERE seat = {{}})"
        await Assignment.raw(one, quiet + timedelta(milliseconds=1), late)
        assert await group(panel.season, clock, Group.SILENT, "first") == []
        await Assignment.raw(one, quiet, late)
    assert await group(panel.season, clock, Group.SILENT, "first") == ["Late"]


async def test_nobody_is_silent_about_what_has_just_begun(panel: Panel, clock: FixedClock) -> None:
    late, lately = panel.seats["Late"], AT - SILENT_FOR + timedelta(milliseconds=1)
    # One of two that was given long ago waits; where both are new, nobody is called silent.
    for expected in (["Late"], []):
        await Assignment.raw(
            "UPDATE assignment SET created_at = {} WHERE id = (SELECT MIN(id) FROM assignment"
            " WHERE seat = {} AND created_at < {})",
            lately, late, lately,
        )  # fmt: skip
        assert await group(panel.season, clock, Group.SILENT, "first") == expected
    await Assignment.raw("UPDATE assignment SET created_at = {} WHERE seat = {}", AT - 20 * DAY, late)
    await Round.update({Round.opens: lately}).where(Round.id == panel.season.round_id)
    assert await group(panel.season, clock, Group.SILENT, "first") == []


async def test_messages_and_the_board_agree_who_is_silent_and_who_has_sheets_left(
    panel: Panel, clock: FixedClock
) -> None:
    """Two hundred panels by chance, each asked both ways."""
    chance, season = Random(11), panel.season
    found = await round_by_id(season.round_id)
    states = [*(state.value for state in AssignmentState if state is not AssignmentState.SET_ASIDE)]
    rows = await Assignment.select(Assignment.id)
    silent = 0
    for _panel in range(200):
        for row in rows:
            state = chance.choice(states)
            opened, saved, signed = [AT - timedelta(days=chance.randrange(3, 12)) for _instant in range(3)]
            await Assignment.update(
                {
                    Assignment.state: state,
                    Assignment.created_at: AT - timedelta(days=chance.randrange(5, 15)),
                    Assignment.opened_at: None if state == "given" else opened,
                    Assignment.saved_at: max(opened, saved) if state in ("started", "signed") else None,
                    Assignment.signed_at: max(opened, saved, signed) if state == "signed" else None,
                }
            ).where(Assignment.id == row["id"])
        lines = [judge_line(place, times_of(found), AT) for place in await places_of(found.id)]
        board = sorted(line.name for line in lines if line.standing is Standing.SILENT)
        assert await group(season, clock, Group.SILENT, "first") == board
        left = {
            one.name: one.sheets_left
            for one in (await ready(season, clock, Group.UNFINISHED, "first")).recipients
        }
        assert left == {line.name: line.left for line in lines if line.left}
        silent += len(board)
    assert silent > 50


async def test_while_single_entries_are_read_once_more_only_their_judges_have_sheets_left(
    panel: Panel, clock: FixedClock
) -> None:
    await Round.update({Round.state: "extra"}).where(Round.id == panel.season.round_id)
    until = AT + 3 * DAY
    await Assignment.raw(
        "UPDATE assignment SET extra_until = {} WHERE id = (SELECT id FROM assignment WHERE seat = {} ORDER BY id LIMIT 1)",
        until, panel.seats["Working"],
    )  # fmt: skip
    found = await ready(panel.season, clock, Group.UNFINISHED, "first")
    assert [(one.name, one.sheets_left, one.deadline) for one in found.recipients] == [("Working", 1, until)]


async def test_an_invited_judge_has_not_confirmed_and_is_written_to(panel: Panel, clock: FixedClock) -> None:
    await EmailAddress.raw("UPDATE email_address SET confirmed_at = NULL")
    assert await group(panel.season, clock, Group.INVITED, "first") == ["Asked"]
    assert await group(panel.season, clock, Group.JUDGES, "first") == []


async def test_screeners_of_the_edition_of_its_programme_and_of_everything(clock: FixedClock) -> None:
    season, other = await factories.season(), await factories.season()
    for name, scope in (
        ("Of all", "instance"), ("Of the programme", f"programme:{season.programme_id}"),
        ("Of this", season.scope), ("Of another", other.scope),
    ):  # fmt: skip
        await factories.grant(await factories.person(name), "screener", scope)
    twice = await factories.person("Twice")
    await factories.grant(twice, "screener", season.scope)
    await factories.grant(twice, "screener")
    await factories.grant(await factories.person("Over"), "screener", season.scope, until=AT)
    assert await group(season, clock, Group.SCREENERS) == ["Of all", "Of the programme", "Of this", "Twice"]


async def test_a_group_of_another_edition_is_no_answer(clock: FixedClock) -> None:
    season = await factories.season()
    for which, of in (
        (Group.JUDGES, "no-such-round"),
        (Group.JUDGES, ""),
        (Group.ENTRANTS, "no-such-category"),
    ):
        with pytest.raises(Invalid) as wrong:
            await start(season, clock, which, of)
        assert set(wrong.value.errors) == {"of"}


async def test_a_milestone_that_is_not_set_is_not_promised(clock: FixedClock) -> None:
    made: Cast = await cast()
    await factories.entry(made.season, made.lindmere)
    assert (await ready(made.season, clock, Group.ENTRANTS)).common.announcement == AT + 90 * DAY
    await Milestone.delete().where(
        (Milestone.edition == made.season.edition_id) & (Milestone.kind == "announcement")
    )
    assert (await ready(made.season, clock, Group.ENTRANTS)).common.announcement is None
