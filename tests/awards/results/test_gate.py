"""What the judging of a round leaves open before publication, and what two people let pass."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from awards.accounts.rules import FRESH_PROOF
from awards.accounts.tables import Approval
from awards.clock import FixedClock
from awards.editions.tables import Round
from awards.errors import Denied, NotFound, Stale
from awards.invariants import broken
from awards.panels.tables import Assignment
from awards.publication.gate import lacks_of
from awards.results import services
from awards.results.forms import AskWaiver, ConsentWaiver, EndWaiver
from awards.results.gate import Code, Counted, Flag, Gate, items_of
from awards.results.queries.gate import gate_of, waived
from awards.results.rules import Lack
from awards.scoresheets.tables import HeldOperation, Scoresheet
from tests import factories
from tests.awards.results.judged import Judged, judged
from tests.awards.results.leaving_out import left_out
from tests.awards.results.ties import TIES, Tie
from tests.factories import AT, add
from tests.people import EUN_JI, FARID, HIROSHI, give
from tests.serving import ClientFor

ENTRY = Counted("first", "closed", "energy", "A", "Lindmere", "eligible", 3, 3, 0)
WHY = "The judge fell ill, and two sheets agree."


async def short(season: Judged, *, entry: int = 0) -> str:
    """The entry was to have one sheet more, which somebody began; returns what the gate calls it."""
    await factories.assignment(
        season.round_entries[entry], season.seats[3 if entry == 0 else 0], state="started"
    )
    return f"unsigned:{season.references[entry]}"


async def ask(
    season: Judged, clock: FixedClock, item: str, member: object = EUN_JI, *, proved: bool = True
) -> int:
    actor = await season.actor(member, proved=proved)
    command = AskWaiver(round_id=season.season.round_id, item=item, reason=WHY)
    return await services.ask_waiver(command=command, actor=actor, clock=clock)


async def consent(season: Judged, clock: FixedClock, approval: int, member: object = FARID) -> None:
    rows = await Approval.select(Approval.subject_sha256).where(Approval.id == approval)
    command = ConsentWaiver(
        round_id=season.season.round_id, approval=approval, sha256=rows[0]["subject_sha256"]
    )
    await services.consent_waiver(command=command, actor=await season.actor(member), clock=clock)


async def opened(season: Judged) -> list[str]:
    return [item.key for item in (await gate_of(season.season.edition_id)).open]


async def test_two_people_let_a_thing_pass_and_the_reason_is_public(clock: FixedClock) -> None:
    season = await judged()
    assert await opened(season) == []
    key = await short(season)
    assert await opened(season) == [key]
    approval = await ask(season, clock, key)
    assert await opened(season) == [key]
    with pytest.raises(Denied, match="Another person"):
        await consent(season, clock, approval, EUN_JI)
    await consent(season, clock, approval)
    assert await opened(season) == []
    assert [one for one in await broken() if one.rule.startswith("waivers-")] == []
    (told,) = await waived(season.season.edition_id)
    assert (told.reason, told.code, told.reference) == (WHY, "unsigned", season.references[0])
    assert "1 assignment is neither signed nor ended" in told.text
    end = EndWaiver(round_id=season.season.round_id, approval=approval)
    await services.end_waiver(command=end, actor=await season.actor(), clock=clock)
    assert await opened(season) == [key]
    assert await waived(season.season.edition_id) == []


async def test_what_was_let_pass_is_open_again_when_it_is_not_what_it_was(clock: FixedClock) -> None:
    season = await judged()
    await left_out(season, clock)
    (key,) = await opened(season)
    assert key == f"sheets:{season.references[0]}"
    await consent(season, clock, await ask(season, clock, key))
    assert await opened(season) == []
    await left_out(season, clock, seat=1)
    assert await opened(season) == [key]
    await consent(season, clock, await ask(season, clock, key))
    assert await opened(season) == []


async def test_a_consent_to_what_has_changed_meanwhile_is_refused(clock: FixedClock) -> None:
    season = await judged()
    await left_out(season, clock)
    (key,) = await opened(season)
    approval = await ask(season, clock, key)
    await left_out(season, clock, seat=1)
    with pytest.raises(Denied, match="asked anew"):
        await consent(season, clock, approval)
    command = ConsentWaiver(round_id=season.season.round_id, approval=approval, sha256="0" * 64)
    with pytest.raises(Stale):
        await services.consent_waiver(command=command, actor=await season.actor(FARID), clock=clock)


async def test_who_may_not_let_it_pass(clock: FixedClock) -> None:
    season = await judged()
    key = await short(season)
    with pytest.raises(Denied, match="password"):
        await ask(season, clock, key, proved=False)
    judge = replace(await season.actor(), person_id=season.judges[1])
    await factories.grant(judge.person_id, "secretariat", season.season.scope)
    command = AskWaiver(round_id=season.season.round_id, item=key, reason=WHY)
    with pytest.raises(Denied, match="judged in it"):
        await services.ask_waiver(command=command, actor=judge, clock=clock)
    stale = replace(await season.actor(), proved_at=clock.now() - FRESH_PROOF - timedelta(microseconds=1))
    with pytest.raises(Denied, match="password"):
        await services.ask_waiver(command=command, actor=stale, clock=clock)
    await ask(season, clock, key)
    with pytest.raises(Denied, match="asked for already"):
        await ask(season, clock, key, FARID)
    await Round.update({Round.state: "extra"}).where(Round.id == season.season.round_id)
    assert await opened(season) == []


@pytest.mark.parametrize("tie", TIES[:2])
async def test_nobody_lets_pass_what_concerns_their_own(clock: FixedClock, tie: Tie) -> None:
    season = await judged()
    key = await short(season)
    actor = await season.actor()
    await tie(season, actor.person_id)
    with pytest.raises(NotFound):
        await ask(season, clock, key)


async def test_paper_late_marks_and_what_waits_for_a_second_person(clock: FixedClock) -> None:
    season = await judged()
    paper = await factories.assignment(season.round_entries[0], season.seats[3], state="started")
    await add(Scoresheet, assignment=paper, version=1, keyed_by=(await season.actor()).person_id)
    (sheet,) = await Assignment.select(Assignment.id).where(
        (Assignment.round_entry == season.round_entries[1]) & (Assignment.seat == season.seats[1])
    )
    await add(HeldOperation, assignment=sheet["id"], actor_id=1, operation="held", device_at=AT, deadline=AT)
    keys = await opened(season)
    assert keys == [f"paper:{season.references[0]}.J4", f"late:{season.references[1]}.J2"]
    gate = await gate_of(season.season.edition_id)
    for item in gate.open:
        assert "Person" in item.text
        assert "Person" not in item.public
    found = {lack.code for lack in await lacks_of(season.season.edition_id, clock.now())}
    assert {"paper", "late"} <= found


def _flags(*names: str) -> list[Flag]:
    return [Flag("judge", "first", "", "", "", f"J{n}", name, 0, "") for n, name in enumerate(names, 1)]


def test_a_run_tells_of_reversed_scales_and_of_parts() -> None:
    body = {
        "judges": [{"judge": "J1", "scope": "impact", "agreement": -612_000}],
        "remarks": [
            {"code": "reversed-scale", "scopes": ["impact"], "category": None, "judges": ["J1"], "entries": [], "sentence": ""},
            {"code": "disconnected", "scopes": ["all"], "category": "energy", "judges": [], "entries": ["B", "A"], "sentence": "2 parts"},
            {"code": "disconnected", "scopes": ["all"], "category": "gone", "judges": [], "entries": ["C"], "sentence": "2 parts"},
        ],
    }  # fmt: skip
    items = items_of([ENTRY], _flags("Hana Kim"), {"first": body})
    assert [(item.code, item.subject) for item in items] == [
        (Code.REVERSED, "J1"),
        (Code.DISCONNECTED, "energy"),
    ]
    assert "Hana Kim" in items[0].text
    assert "Hana Kim" not in items[0].public
    assert items[0].facts == ("impact", "-612000")
    assert Gate(tuple(items), frozenset()).open == tuple(items)


def test_an_entry_that_is_no_longer_in_lacks_nothing() -> None:
    assert items_of([replace(ENTRY, signed=0, state="withdrawn")], [], {}) == []
    assert items_of([replace(ENTRY, signed=0, round_state="open")], [], {}) == []
    assert [item.facts for item in items_of([replace(ENTRY, signed=0)], [], {})] == [(0, 3)]


async def test_a_judge_who_took_the_scale_the_other_way_round_is_looked_at(clock: FixedClock) -> None:
    season = await judged(marks={(1, 3): (2, 2), (2, 3): (4, 4), (3, 3): (7, 7), (5, 3): (9, 9)})
    await services.calibrate_round(round_id=season.season.round_id, actor=await season.actor(), clock=clock)
    assert await opened(season) == ["reversed:J4"]
    await consent(season, clock, await ask(season, clock, "reversed:J4"))
    (told,) = await waived(season.season.edition_id)
    assert told.text.startswith("A judge orders entries against the other judges in Impact")
    assert await opened(season) == []


async def test_the_page_of_the_gate_says_what_to_do(client_for: ClientFor, clock: FixedClock) -> None:
    season = await judged()
    key = await short(season)
    for member in (EUN_JI, FARID):
        await give(member, "secretariat", season.season.scope)
    await give(HIROSHI, "auditor", season.season.scope)
    eun_ji = await client_for(EUN_JI)
    page = await eun_ji.get(f"{season.season.desk}/results")
    assert "1 thing" in page.text
    page = await eun_ji.get(f"{season.season.desk}/gate/first")
    assert "Have it read once more" in page.text
    await eun_ji.get(f"{season.season.desk}/gate/first?item={key}")
    page = await eun_ji.submit("Ask for consent", reason="", status=422)
    assert page.errors
    page = await eun_ji.submit("Ask for consent", reason=WHY)
    assert "You asked for it" in page.text
    farid = await client_for(FARID)
    page = await farid.get(f"{season.season.desk}/gate/first")
    page = await farid.submit("Consent")
    assert "Let pass" in page.text
    assert WHY in page.text
    hiroshi = await client_for(HIROSHI)
    page = await hiroshi.get(f"{season.season.desk}/gate/first")
    assert WHY in page.text
    assert "End this" not in page.text


async def test_who_is_tied_to_a_category_reads_nothing_of_its_marks(
    client_for: ClientFor, clock: FixedClock
) -> None:
    season = await judged()
    await short(season)
    actor = await season.actor()
    await TIES[0](season, actor.person_id)
    await give(EUN_JI, "secretariat", season.season.scope)
    page = await (await client_for(EUN_JI)).get(f"{season.season.desk}/gate/first")
    assert "Some categories are not shown" in page.text
    assert "Lindmere" not in page.text
    hidden = {"inclusive"}
    assert not Lack("reversed", "A judge", of_marks=True).is_shown(hidden)
    assert not Lack("sheets", "An entry", category="inclusive").is_shown(hidden)
    assert Lack("sheets", "An entry", category="energy").is_shown(hidden)
