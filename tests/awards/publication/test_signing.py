"""Two people publish: both freshly proved, neither in conflict, over one exact document."""

import json
from datetime import timedelta

import pytest

from awards.accounts.tables import Approval
from awards.audit.tables import Event
from awards.cities.tables import Entrant
from awards.clock import FixedClock
from awards.editions.tables import Edition
from awards.entries.tables import Entry
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.publication import services
from awards.publication.document import fingerprint
from awards.publication.forms import AskToPublish, SignPublication
from awards.publication.outcome import draft_from_rows
from awards.publication.tables import Publication, PublishedEntry
from awards.results import services as results
from awards.results.forms import JudgeRun
from tests import factories
from tests.awards.publication.published import ask, decided, published, sign
from tests.awards.results.judged import Judged, judged, secretary
from tests.factories import AT
from tests.people import AMINA, EUN_JI, FARID, id_of

LATER = AT + timedelta(days=3)


async def test_the_second_signature_seals_exactly_what_was_asked_for(clock: FixedClock) -> None:
    season = await decided(clock)
    approval = await ask(season, clock, at=LATER)
    assert await Publication.count() == 0
    assert await sign(season, clock, approval) == 1
    publication = (await Publication.select())[0]
    asked = (await Approval.select())[0]
    assert publication["visible_at"] == LATER
    assert publication["pack_sha256"] == asked["subject_sha256"]
    draft, sha256 = await draft_from_rows(publication["id"])
    assert fingerprint(draft) == sha256
    rows = await PublishedEntry.select().order_by(PublishedEntry.id)
    assert [(row["entrant_name"], row["prize"], row["rank"]) for row in rows] == [
        ("Lindmere", "Gold", 1), ("Port Amaranth", "Silver", 2),
    ]  # fmt: skip
    figures = json.loads(rows[0]["figures"])
    assert figures["quantiles"][0] < figures["estimate"] < figures["quantiles"][3]
    assert (await Edition.select(Edition.state))[0]["state"] == "decided"


async def test_the_same_person_twice_is_refused(clock: FixedClock) -> None:
    season = await decided(clock)
    approval = await ask(season, clock)
    asked = (await Approval.select())[0]
    command = SignPublication(
        edition_id=season.season.edition_id, approval_id=approval, sha256=asked["subject_sha256"]
    )
    with pytest.raises(Denied) as refused:
        await services.sign_publication(command=command, actor=await season.actor(EUN_JI), clock=clock)
    assert refused.value.code == "same person"
    assert await Publication.count() == 0


@pytest.mark.parametrize("signature", ["first", "second"])
async def test_both_prove_anew_who_they_are(signature: str, clock: FixedClock) -> None:
    season = await decided(clock)
    if signature == "second":
        await ask(season, clock)
    clock.advance(timedelta(minutes=15, milliseconds=1))
    signed = ask(season, clock) if signature == "first" else sign(season, clock, await _asked())
    with pytest.raises(Denied) as refused:
        await signed
    assert refused.value.code == "not proved"


async def _asked() -> int:
    return int((await Approval.select(Approval.id))[0]["id"])


@pytest.mark.parametrize("tie", ["official", "judge"])
async def test_who_acts_for_an_entrant_or_judged_does_not_sign(tie: str, clock: FixedClock) -> None:
    season = await decided(clock)
    approval = await ask(season, clock)
    farid = await id_of(FARID)
    if tie == "official":
        await factories.official(farid, season.entrants[5])
    else:
        seat = await factories.seat(season.season.round_id, farid, label="J9")
        await factories.assignment(season.round_entries[5], seat, state="signed")
    with pytest.raises(Denied) as refused:
        await sign(season, clock, approval)
    assert refused.value.code == "in conflict"


async def test_a_change_since_the_first_signature_is_refused(clock: FixedClock) -> None:
    season = await decided(clock)
    approval = await ask(season, clock)
    await Entrant.update({Entrant.name: "Lindmere by the Sea"}).where(Entrant.id == season.entrants[0])
    with pytest.raises(Denied) as refused:
        await sign(season, clock, approval)
    assert refused.value.code == "changed"
    assert await PublishedEntry.count() == 0


async def test_a_replay_and_an_old_tab_are_refused(clock: FixedClock) -> None:
    season = await decided(clock)
    approval = await ask(season, clock)
    await sign(season, clock, approval)
    with pytest.raises(Stale):
        await sign(season, clock, approval)
    assert await Publication.count() == 1
    other = SignPublication(edition_id=season.season.edition_id, approval_id=approval, sha256="0" * 64)
    with pytest.raises(Stale):
        await services.sign_publication(command=other, actor=await season.actor(FARID), clock=clock)


async def test_a_signature_that_was_taken_back_cannot_be_answered(clock: FixedClock) -> None:
    season = await decided(clock)
    approval = await ask(season, clock)
    with pytest.raises(Denied) as refused:
        await ask(season, clock)
    assert refused.value.code == "asked already"
    actor = await season.actor(EUN_JI)
    edition_id = season.season.edition_id
    await services.end_request(edition_id=edition_id, approval_id=approval, actor=actor, clock=clock)
    with pytest.raises(Stale):
        await sign(season, clock, approval)
    with pytest.raises(Stale):
        await services.end_request(edition_id=edition_id, approval_id=approval, actor=actor, clock=clock)
    await sign(season, clock, await ask(season, clock))


async def test_an_instant_that_passed_before_the_second_signature_is_refused(clock: FixedClock) -> None:
    season = await decided(clock)
    approval = await ask(season, clock, at=AT + timedelta(minutes=5))
    clock.advance(timedelta(minutes=5))
    with pytest.raises(Denied) as refused:
        await sign(season, clock, approval)
    assert refused.value.code == "too late"
    with pytest.raises(Invalid):
        await ask(await decided(clock), clock, at=clock.now())


async def test_a_stranger_learns_nothing(clock: FixedClock) -> None:
    season, other = await decided(clock), await judged()
    command = AskToPublish(edition_id=season.season.edition_id, shows="winners")
    with pytest.raises(NotFound):
        await services.ask_to_publish(
            command=command, actor=await secretary(other.season, AMINA), clock=clock
        )


@pytest.mark.parametrize("who", [EUN_JI, FARID])
async def test_either_signer_withdraws_until_the_instant(who: object, clock: FixedClock) -> None:
    season = await published(clock, at=LATER)
    clock.move_to(LATER - timedelta(milliseconds=1))
    actor = await season.actor(who)
    edition_id = season.season.edition_id
    third = await secretary(season.season, AMINA)
    with pytest.raises(Denied):
        await services.withdraw_publication(edition_id=edition_id, number=1, actor=third, clock=clock)
    await services.withdraw_publication(edition_id=edition_id, number=1, actor=actor, clock=clock)
    assert (await Publication.select(Publication.withdrawn_at))[0]["withdrawn_at"] is not None
    with pytest.raises(Denied):
        await services.withdraw_publication(edition_id=edition_id, number=1, actor=actor, clock=clock)


async def test_after_the_instant_there_are_corrections_only(clock: FixedClock) -> None:
    season = await published(clock, at=LATER)
    clock.move_to(LATER)
    actor = await season.actor(EUN_JI)
    with pytest.raises(Denied) as refused:
        await services.withdraw_publication(
            edition_id=season.season.edition_id, number=1, actor=actor, clock=clock
        )
    assert refused.value.code == "already public"
    clock.move_to(AT)
    with pytest.raises(Invalid) as early:
        await ask(season, clock, note="The name of a city was wrong.")
    assert list(early.value.errors) == ["visible_at"], "the first one is still to come"
    await Publication.update({Publication.visible_at: AT}, force=True)
    await Entrant.update({Entrant.name: "Lindmere by the Sea"}).where(Entrant.id == season.entrants[0])
    with pytest.raises(Invalid) as unsaid:
        await ask(season, clock, shows="full")
    assert list(unsaid.value.errors) == ["note"], "a step that says something otherwise corrects"
    await sign(season, clock, await ask(season, clock, shows="full", note="The name of a city was wrong."))
    rows = await Publication.select(Publication.number, Publication.kind, Publication.note).order_by(
        Publication.number
    )
    assert [(row["number"], row["kind"]) for row in rows] == [(1, "winners"), (2, "correction")]
    slugs = await PublishedEntry.select(PublishedEntry.slug, PublishedEntry.entry).order_by(PublishedEntry.id)
    assert slugs[0]["slug"] == slugs[2]["slug"] == "lindmere"


@pytest.mark.parametrize(
    ("what", "code"), [("sheet", "incomplete"), ("entry", "incomplete"), ("prize", "incomplete")]
)
async def test_nothing_incomplete_is_published(what: str, code: str, clock: FixedClock) -> None:
    season = await decided(clock)
    if what == "sheet":
        await factories.assignment(season.round_entries[0], season.seats[3], state="started")
    elif what == "entry":
        await factories.entry(season.season, state="submitted")
    else:
        await factories.add(
            factories.Prize, edition=season.season.edition_id, category=season.season.category_id,
            code="bronze", name="Bronze", position=3, places=1,
        )  # fmt: skip
    with pytest.raises(Denied) as refused:
        await ask(season, clock)
    assert refused.value.code == code


@pytest.mark.parametrize(("shows", "count"), [("winners", 2), ("ranks", 6), ("full", 6)])
async def test_what_is_shown_below_the_winners_is_chosen(shows: str, count: int, clock: FixedClock) -> None:
    season: Judged = await published(clock, shows=shows)
    rows = await PublishedEntry.select().order_by(PublishedEntry.id)
    assert len(rows) == count
    below = json.loads(rows[-1]["figures"])
    assert ("estimate" in below) == (shows != "ranks")
    whole = (await Publication.select(Publication.figures))[0]["figures"]
    for city in ("Hanbyeol", season.references[2]):
        assert (city in whole) is False
    everything = whole + "".join(row["figures"] + row["slug"] for row in rows)
    assert ("hanbyeol" in everything) == (shows != "winners")


async def test_slugs_do_not_tell_of_entries_that_are_not_shown(clock: FixedClock) -> None:
    season = await judged()
    # The last city's second entry and the winner share a name.
    await Entrant.update({Entrant.name: "Lindmere"}).where(Entrant.id == season.entrants[5])
    await Entry.update({Entry.title: "Another practice"}).where(Entry.id == season.entries[5])
    actor = await season.actor()
    await results.calibrate_round(round_id=season.season.round_id, actor=actor, clock=clock)
    await results.adopt_run(
        command=JudgeRun(round_id=season.season.round_id, number=1), actor=actor, clock=clock
    )
    await results.take_proposals(edition_id=season.season.edition_id, actor=actor, clock=clock)
    await sign(season, clock, await ask(season, clock))
    slugs = [row["slug"] for row in await PublishedEntry.select(PublishedEntry.slug)]
    assert "lindmere" in slugs


async def test_every_step_is_in_the_audit_trail(clock: FixedClock) -> None:
    await published(clock, at=LATER)
    actions = [row["action"] for row in await Event.select(Event.action).order_by(Event.seq)]
    assert actions == [
        "run stored", "run adopted", "prize decided", "approval asked", "publication signed",
    ]  # fmt: skip
