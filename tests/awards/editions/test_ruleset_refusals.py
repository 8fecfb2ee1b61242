"""When a request for another ruleset comes to nothing: the same person, a lost race, a change of mind, begun sheets."""

import json

import pytest
from msgspec.structs import replace

from awards.actor import Actor, Grant
from awards.audit.queries import head
from awards.db import transaction
from awards.editions import services
from awards.editions.queries import edition_by_id, round_by_id
from awards.editions.queries.rulesets import (
    reliance_of,
    request_by_number,
    requests_of,
    rules_changes,
)
from awards.editions.tables import Ruleset, RulesetRequest
from awards.errors import Conflict, Denied, Invalid, NotFound, Stale
from awards.invariants import broken
from tests import factories
from tests.awards.editions.ruleset_requests import CLOCK, Judged, mails, reweighted
from tests.factories import AT, DAY
from tests.people import EUN_JI, FARID, NADIA, id_of
from tests.rulesets import latest_ruleset


async def test_the_same_person_never_gives_both_signatures(judged: Judged) -> None:
    number = await judged.ask(reweighted(await judged.document(), impact=50))
    before = await head()
    with pytest.raises(Denied) as refused:
        await judged.consent(number, judged.asker)
    assert refused.value.code == "same person"
    with pytest.raises(Denied):
        await services.decline_ruleset(
            edition_id=judged.of.edition_id, number=number, reason="No.", actor=judged.asker, clock=CLOCK
        )
    with pytest.raises(Denied):
        await services.withdraw_ruleset(
            edition_id=judged.of.edition_id, number=number, actor=judged.second, clock=CLOCK
        )
    assert await head() == before


async def test_the_second_person_proves_anew_who_it_is(judged: Judged) -> None:
    number = await judged.ask(reweighted(await judged.document(), impact=50))
    for proved_at in (None, AT - DAY):
        with pytest.raises(Denied) as refused:
            await judged.consent(number, replace(judged.second, proved_at=proved_at))
        assert refused.value.code == "not proved"


async def test_nobody_else_knows_of_it(judged: Judged) -> None:
    document = reweighted(await judged.document(), impact=50)
    stranger = Actor(await id_of(NADIA), NADIA.name, proved_at=AT)
    auditor = replace(stranger, grants=frozenset({Grant("auditor", judged.of.scope)}))
    number = await judged.ask(document)
    for actor in (stranger, auditor):
        with pytest.raises(NotFound):
            await judged.ask(document, actor)
        with pytest.raises(NotFound):
            await judged.consent(number, actor)
        with pytest.raises(NotFound):
            await services.decline_ruleset(
                edition_id=judged.of.edition_id, number=number, reason="No.", actor=actor, clock=CLOCK
            )
    with pytest.raises(NotFound):
        await request_by_number(judged.of.edition_id, 2)


async def test_an_edition_that_changed_makes_the_first_signature_worth_nothing(judged: Judged) -> None:
    old = await judged.document()
    number = await judged.ask(reweighted(old, impact=50))
    edition = await edition_by_id(judged.of.edition_id)
    await services.change_edition(
        edition_id=edition.id, document=replace(old, summary="Other words."), version=edition.version,
        actor=judged.second, clock=CLOCK,
    )  # fmt: skip
    before = await head()
    with pytest.raises(Denied) as refused:
        await judged.consent(number)
    assert refused.value.code == "changed"
    assert await head() == before
    assert (await latest_ruleset(judged.of.round_id)).version == 1
    await services.decline_ruleset(
        edition_id=edition.id, number=number, reason="Ask anew.", actor=judged.second, clock=CLOCK
    )
    again = await judged.ask(reweighted(await judged.document(), impact=50))
    await judged.consent(again)
    assert again == 2


async def test_what_was_read_is_what_is_signed(judged: Judged) -> None:
    number = await judged.ask(reweighted(await judged.document(), impact=50))
    with pytest.raises(Stale):
        await judged.consent(number, sha256="0" * 64)
    # Whoever could write to the database between the signatures gains nothing by it.
    for column, text in (
        (RulesetRequest.public_note, "Other words."),
        (RulesetRequest.body, json.dumps({"slug": "other"})),
    ):
        async with transaction() as level:
            level.discard()
            await RulesetRequest.update({column: text}).where(RulesetRequest.number == number)
            with pytest.raises(Denied):
                await judged.consent(number)


async def test_a_declined_request_changes_nothing_and_says_why(judged: Judged) -> None:
    old = await judged.document()
    number = await judged.ask(reweighted(old, impact=50))
    await services.decline_ruleset(
        edition_id=judged.of.edition_id,
        number=number,
        reason="Judges began.",
        actor=judged.second,
        clock=CLOCK,
    )
    request = await request_by_number(judged.of.edition_id, number)
    assert (request.ender, request.answer, request.is_open) == (FARID.name, "Judges began.", False)
    assert not request.is_withdrawn
    assert ("ruleset-declined", EUN_JI.email) in await mails()
    with pytest.raises(Stale):
        await judged.consent(number)
    assert await judged.document() == old
    assert await rules_changes(judged.of.edition_id) == []
    assert await broken() == []


async def test_a_withdrawn_request_is_over_and_another_can_be_asked_for(judged: Judged) -> None:
    document = reweighted(await judged.document(), impact=50)
    number = await judged.ask(document)
    with pytest.raises(Denied) as refused:
        await judged.ask(document, judged.second)
    assert refused.value.code == "asked already"
    await services.withdraw_ruleset(
        edition_id=judged.of.edition_id, number=number, actor=judged.asker, clock=CLOCK
    )
    with pytest.raises(Stale):
        await judged.consent(number)
    assert (await request_by_number(judged.of.edition_id, number)).is_withdrawn
    assert await judged.ask(document, judged.second) == 2
    assert [one.number for one in await requests_of(judged.of.edition_id)] == [2, 1]
    await judged.consent(2, judged.asker)


async def test_a_second_tab_consents_to_nothing(judged: Judged) -> None:
    number = await judged.ask(reweighted(await judged.document(), impact=50))
    await judged.consent(number)
    before = await head()
    with pytest.raises(Stale):
        await judged.consent(number)
    assert await head() == before
    assert await Ruleset.count() == 2


async def test_a_form_drawn_from_an_older_edition_asks_for_nothing(judged: Judged) -> None:
    document = reweighted(await judged.document(), impact=50)
    with pytest.raises(Stale):
        await judged.ask(document, version=99)
    assert await RulesetRequest.count() == 0


async def test_what_is_not_frozen_and_what_is_nonsense_are_not_asked_for(judged: Judged) -> None:
    old = await judged.document()
    with pytest.raises(Denied) as refused:
        await judged.ask(replace(old, summary="Other words."))
    assert refused.value.code == "not frozen"
    with pytest.raises(Denied) as refused:
        await judged.ask(reweighted(replace(old, programme=replace(old.programme, name="Ours")), impact=50))
    assert refused.value.code == "programme"
    with pytest.raises(Invalid):
        await judged.ask(reweighted(old, impact=-1))


async def test_marks_forbid_what_they_stand_on(judged: Judged) -> None:
    reliance = await reliance_of(judged.of.edition_id)
    assert (reliance.entries, reliance.of("first").judges, reliance.of("first").sheets) == (2, 1, 2)
    assert (reliance.of("first").begun, reliance.of("first").signed) == (1, 0)
    old = await judged.document()
    part = old.rounds[0]
    without = replace(old, rounds=(replace(part, criteria=part.criteria[:1]),))
    steps = replace(old, scales=tuple(replace(one, top=5) for one in old.scales))
    for document in (without, steps):
        with pytest.raises(Denied) as refused:
            await judged.ask(document)
        assert refused.value.code == "not possible"
        assert "1 sheet is begun" in refused.value.why


async def test_a_round_that_closed_between_the_signatures_keeps_its_rules(judged: Judged) -> None:
    number = await judged.ask(reweighted(await judged.document(), impact=50))
    version = (await round_by_id(judged.of.round_id)).version
    await services.close_round(round_id=judged.of.round_id, version=version, actor=judged.asker, clock=CLOCK)
    with pytest.raises(Denied) as refused:
        await judged.consent(number)
    assert refused.value.code == "not possible"
    assert "its marks are known" in refused.value.why


async def test_when_a_later_step_fails_nothing_has_happened(judged: Judged) -> None:
    old = await judged.document()
    number = await judged.ask(reweighted(old, impact=50))
    # The version that the new ruleset would have is taken.
    body, sha256 = factories.sealed({})
    await factories.add(Ruleset, edition=judged.of.edition_id, version=3, body=body, sha256=sha256)
    before, sent = await head(), await mails()
    with pytest.raises(Conflict):
        await judged.consent(number)
    assert await judged.document() == old
    assert (await head(), await mails()) == (before, sent)
    assert (await request_by_number(judged.of.edition_id, number)).is_open
    assert await Ruleset.count() == 2
