"""What froze is changed by two people: asked for, consented to, told to whom it concerns."""

import asyncio
import json
from typing import Any

import pytest
from msgspec.structs import replace

from awards import data_dir
from awards.accounts.tables import Approval
from awards.audit.queries import chain_breaks
from awards.audit.tables import Event
from awards.editions import services
from awards.editions.queries.rulesets import (
    open_request,
    request_by_number,
    rules_changes,
)
from awards.editions.readiness import frozen_document
from awards.editions.rulesets import hash_of
from awards.editions.tables import Ruleset, RulesetRequest
from awards.invariants import broken
from awards.outbox.tables import Message
from awards.web import templating
from judging import sha256_of
from tests import factories
from tests.awards.editions.ruleset_requests import (
    CLOCK,
    NOTE,
    Judged,
    mails,
    reweighted,
    secretary,
)
from tests.factories import AT
from tests.people import AMINA, CHIARA, EUN_JI, FARID, HIROSHI, id_of
from tests.rulesets import latest_ruleset


async def test_two_people_change_the_weights_of_an_open_round(judged: Judged) -> None:
    old = await judged.document()
    new = reweighted(old, impact=50, new=50)
    number = await judged.ask(new)
    assert await judged.document() == old, "asking changes nothing"
    assert await mails() == [("ruleset-asked", FARID.email)]
    assert await open_request(judged.of.edition_id) == number == 1

    made = await judged.consent(number)
    assert await judged.document() == new
    ruleset = await latest_ruleset(judged.of.round_id)
    assert (ruleset.id, ruleset.version, ruleset.public_note) == (made[0], 2, NOTE)
    assert json.loads(ruleset.body) == frozen_document(new, "first")
    assert ruleset.sha256 == sha256_of(frozen_document(new, "first"))
    rows = await Ruleset.select(Ruleset.approval).where(Ruleset.id == ruleset.id)
    request = await request_by_number(judged.of.edition_id, number)
    assert rows[0]["approval"] == request.approval_id
    assert (request.asker, request.giver, request.given) == (EUN_JI.name, FARID.name, AT)
    assert await open_request(judged.of.edition_id) is None
    changes = await rules_changes(judged.of.edition_id)
    assert [(one.at, one.note, one.rounds) for one in changes] == [(AT, NOTE, ("First round",))]
    assert await mails() == [
        ("ruleset-asked", FARID.email),
        ("ruleset-changed", EUN_JI.email),
        ("ruleset-judge", CHIARA.email),
    ]
    assert await broken() == []


async def test_the_trail_tells_who_asked_who_consented_and_why(judged: Judged) -> None:
    await judged.consent(await judged.ask(reweighted(await judged.document(), impact=50)))
    rows = (
        await Event.select(Event.actor_id, Event.action, Event.subject_kind, Event.edition_id)
        .where(Event.action.is_in(["approval asked", "ruleset changed", "edition changed"]))
        .order_by(Event.seq)
    )
    assert [(row["actor_id"], row["action"], row["subject_kind"]) for row in rows] == [
        (judged.asker.person_id, "approval asked", "approval"),
        (judged.second.person_id, "ruleset changed", "approval"),
    ]
    assert {row["edition_id"] for row in rows} == {judged.of.edition_id}
    assert await chain_breaks() == []


async def test_a_change_of_the_call_is_told_to_the_cities(tx: Any) -> None:
    of = await factories.season(state="open")
    both = Judged(of, await secretary(EUN_JI, of.scope), await secretary(FARID, of.scope))
    city = await factories.entrant("Lindmere")
    await factories.official(await id_of(AMINA), city)
    await factories.entry(of, city, state="draft")
    old = await both.document()
    await both.consent(await both.ask(replace(old, rules=replace(old.rules, entries_per_city=3))))
    rows = await Ruleset.select(Ruleset.round_id, Ruleset.version, Ruleset.body)
    assert [(row["round_id"], row["version"]) for row in rows] == [(None, 1)]
    assert json.loads(rows[0]["body"])["entries_per_city"] == 3
    assert ("ruleset-city", AMINA.email) in await mails()
    assert not [one for one in await mails() if one[0] == "ruleset-judge"]
    assert await broken() == []


async def test_prizes_are_told_to_judges_and_cities(judged: Judged) -> None:
    old = await judged.document()
    prizes = tuple(replace(one, places=2) for one in old.prizes)
    await judged.consent(await judged.ask(replace(old, prizes=prizes)))
    assert {one[0] for one in await mails()} >= {"ruleset-judge", "ruleset-city"}


@pytest.mark.commits
async def test_two_who_consent_at_once_make_one_ruleset() -> None:
    of = await factories.season(state="open")
    asker, second = await secretary(EUN_JI, of.scope), await secretary(FARID, of.scope)
    third = await secretary(HIROSHI, of.scope)
    both = Judged(of, asker, second)
    old = await both.document()
    new = replace(old, rules=replace(old.rules, entries_per_city=3))
    number = await both.ask(new)
    answers = await asyncio.gather(
        both.consent(number), both.consent(number, third), both.consent(number), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in answers) == ["Stale", "Stale", "tuple"]
    assert await Ruleset.count() == 1
    assert hash_of(await both.document()) == hash_of(new)
    given = await Approval.select(Approval.given_by)
    assert given[0]["given_by"] in (second.person_id, third.person_id)
    assert await chain_breaks() == []
    assert await broken() == []


@pytest.mark.commits
async def test_two_who_ask_at_once_make_one_request() -> None:
    of = await factories.season(state="open")
    both = Judged(of, await secretary(EUN_JI, of.scope), await secretary(FARID, of.scope))
    old = await both.document()
    new = replace(old, rules=replace(old.rules, entries_per_city=3))
    answers = await asyncio.gather(both.ask(new), both.ask(new, both.second), return_exceptions=True)
    assert sorted(type(one).__name__ for one in answers) == ["Denied", "int"]
    assert await RulesetRequest.count() == 1


async def test_every_mail_is_drawn_from_what_was_queued(judged: Judged) -> None:
    old = await judged.document()
    number = await judged.ask(reweighted(old, impact=50))
    await services.decline_ruleset(
        edition_id=judged.of.edition_id,
        number=number,
        reason="Judges began.",
        actor=judged.second,
        clock=CLOCK,
    )
    await judged.consent(
        await judged.ask(replace(old, prizes=tuple(replace(one, places=2) for one in old.prizes)))
    )
    templates = templating.environment(data_dir("templates"))
    rows = await Message.select(Message.template, Message.values, Message.to)
    assert {row["template"] for row in rows} == {
        "ruleset-asked", "ruleset-declined", "ruleset-changed", "ruleset-judge", "ruleset-city",
    }  # fmt: skip
    for row in rows:
        values = json.loads(row["values"])
        said = "Judges began." if row["template"] == "ruleset-declined" else NOTE
        for part in ("body.txt", "body.html"):
            drawn = templates.get_template(f"mail/{row['template']}/{part}").render(
                mail=values, programme_name="WeGO Awards", contact_email="a@b.example", lang="en", dir="ltr"
            )
            assert said in drawn
            assert values["link"] in drawn
            assert values["name"] in drawn
        subject = templates.get_template(f"mail/{row['template']}/subject.txt").render(mail=values)
        assert len(subject.splitlines()) == 1
