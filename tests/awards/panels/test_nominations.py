"""A member city names somebody for the pool: the secretariat decides, and the person has the last word."""

import json
import re

import pytest

from awards.accounts.tables import EmailAddress, Person
from awards.actor import Actor
from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.editions.tables import ConflictRule, Edition, Membership
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.outbox.tables import Message
from awards.panels.forms_nominations import AnswerNomination, DecideNomination, NameJudge, WithdrawNaming
from awards.panels.queries import conflicts_of_round
from awards.panels.queries.nominations import editions_to_nominate_for, named_by
from awards.panels.services import answer_nomination, decide_nomination, name_judge, withdraw_naming
from awards.panels.tables import Affiliation, CityNomination, Judge, Nomination
from judging.conflicts import Code, Effect
from tests import factories
from tests.awards.panels.rooms import Room, room
from tests.factories import AT, DAY
from tests.page import Client
from tests.people import AMINA, EUN_JI, LEILA, give, id_of
from tests.serving import ClientFor

PERSON = {"name": "Leila Haddad", "email": "leila@judges.example", "country": "MA"}
SAID = {"expertise": "Ran three tram lines.", "reason": "Knows what works."}


async def member_city(**more: object) -> tuple[Room, Actor]:
    made = await room(("KR",))
    await factories.add(
        Membership,
        entrant=made.cities[0],
        programme=made.season.programme_id,
        kind="full",
        since=AT - DAY,
        **more,
    )
    person = await factories.person("Amina Diallo", email="amina@city.example")
    await factories.official(person, made.cities[0], role="owner")
    return made, Actor(person_id=person, name="Amina Diallo")


async def named(made: Room, actor: Actor, clock: FixedClock, **more: str) -> int:
    command = NameJudge.model_validate({"edition": made.season.edition_id, **PERSON, **SAID, **more})
    return await name_judge(entrant_id=made.cities[0], command=command, actor=actor, clock=clock)


async def decided(
    made: Room, clock: FixedClock, nomination: int, outcome: str = "accept", answer: str = ""
) -> str:
    return await decide_nomination(
        programme_id=made.season.programme_id,
        edition_id=made.season.edition_id,
        command=DecideNomination.model_validate(
            {"nomination": nomination, "outcome": outcome, "answer": answer}
        ),
        actor=made.secretariat,
        clock=clock,
    )


async def mails() -> list[str]:
    return [row["template"] for row in await Message.select(Message.template).order_by(Message.id)]


async def leila() -> Actor:
    rows = await EmailAddress.select(EmailAddress.person).where(EmailAddress.folded == PERSON["email"])
    return Actor(person_id=rows[0]["person"], name="Leila Haddad")


async def test_nobody_is_in_the_pool_before_they_agree(clock: FixedClock) -> None:
    made, actor = await member_city()
    nomination = await named(made, actor, clock)
    assert await Person.exists().where(Person.name == "Leila Haddad") is False
    assert await decided(made, clock, nomination) == "accepted"
    assert await mails() == ["nomination-asked", "nomination-accepted"]
    assert (await Judge.count(), await Nomination.count()) == (0, 0)
    person = await leila()
    await answer_nomination(
        nomination_id=nomination, command=AnswerNomination(answer="agree"), actor=person, clock=clock
    )
    assert await Judge.exists().where(Judge.person == person.person_id)
    homes = await Affiliation.select(Affiliation.country).where(Affiliation.person == person.person_id)
    assert [row["country"] for row in homes] == ["MA"]
    await factories.seat(made.round_id, person.person_id)
    found = await conflicts_of_round(made.round_id, made.season.edition_id, AT)
    assert [(one.code, one.effect) for one in found.of(person.person_id, made.entries[0])] == [
        (Code.NOMINATED_BY, Effect.WARN)
    ]
    with pytest.raises(Stale):
        await answer_nomination(
            nomination_id=nomination, command=AnswerNomination(answer="refuse"), actor=person, clock=clock
        )
    assert [row["action"] for row in await Event.select(Event.action).order_by(Event.seq)] == [
        "judge nominated", "nomination decided", "nomination answered",
    ]  # fmt: skip


async def test_who_refuses_is_not_in_the_pool_and_the_city_is_not_told(clock: FixedClock) -> None:
    made, actor = await member_city()
    nomination = await named(made, actor, clock)
    await decided(made, clock, nomination)
    sent = await mails()
    with pytest.raises(NotFound):
        await answer_nomination(
            nomination_id=nomination, command=AnswerNomination(answer="agree"), actor=actor, clock=clock
        )
    await answer_nomination(
        nomination_id=nomination, command=AnswerNomination(answer="refuse"), actor=await leila(), clock=clock
    )
    assert (await Judge.count(), await Nomination.count()) == (0, 0)
    assert await mails() == sent


async def test_the_city_reads_the_same_of_who_has_an_account_and_who_has_none(clock: FixedClock) -> None:
    made, actor = await member_city()
    known = await factories.judge("Known Judge", email="known@judges.example")
    first = await named(made, actor, clock, name="Known Judge", email="KNOWN@judges.example")
    second = await named(made, actor, clock)
    assert {one.state.value for one in await named_by(made.cities[0])} == {"asked"}
    assert await decided(made, clock, first) == "agreed"
    assert await decided(made, clock, second) == "accepted"
    told = await Message.raw(
        'SELECT "to", template, "values" FROM message WHERE template LIKE \'nomination-accepted%\' ORDER BY id'
    )
    texts = [json.loads(row["values"]) | {"judge": ""} for row in told]
    assert len(told) == 2
    assert texts[0] == texts[1]
    assert await Nomination.exists().where(Nomination.person == known)


async def test_declined_with_a_reason_that_the_city_reads(clock: FixedClock) -> None:
    made, actor = await member_city()
    nomination = await named(made, actor, clock)
    with pytest.raises(Invalid, match="Tell the city why"):
        await decided(made, clock, nomination, "decline")
    assert await decided(made, clock, nomination, "decline", "No field of ours.") == "declined"
    (mail,) = await Message.select(Message.values)
    assert json.loads(mail["values"])["reason"] == "No field of ours."
    with pytest.raises(Stale):
        await decided(made, clock, nomination)
    await named(made, actor, clock)  # may be named anew


async def test_named_once_withdrawn_and_not_too_many(clock: FixedClock) -> None:
    made, actor = await member_city()
    nomination = await named(made, actor, clock)
    with pytest.raises(Invalid, match="already"):
        await named(made, actor, clock, email="LEILA@judges.example")
    command = WithdrawNaming(nomination=nomination)
    await withdraw_naming(entrant_id=made.cities[0], command=command, actor=actor, clock=clock)
    with pytest.raises(Stale):
        await withdraw_naming(entrant_id=made.cities[0], command=command, actor=actor, clock=clock)
    for number in range(5):
        await named(made, actor, clock, email=f"judge-{number}@judges.example")
    with pytest.raises(Invalid, match="5 people"):
        await named(made, actor, clock)


async def test_only_members_and_only_while_an_edition_is_under_way(clock: FixedClock) -> None:
    made, actor = await member_city()
    assert [one.id for one in await editions_to_nominate_for(made.cities[0], AT)] == [made.season.edition_id]
    reader = await factories.person("A reader")
    await factories.official(reader, made.cities[0], role="reader")
    with pytest.raises(Denied, match="reader"):
        await named(made, Actor(person_id=reader, name="A reader"), clock)
    with pytest.raises(NotFound):
        await named(made, made.secretariat, clock)
    with pytest.raises(NotFound):
        await decide_nomination(
            programme_id=made.season.programme_id,
            edition_id=made.season.edition_id,
            command=DecideNomination(nomination=await named(made, actor, clock), outcome="accept"),
            actor=actor,
            clock=clock,
        )
    await Edition.update({Edition.state: "decided"}).where(Edition.id == made.season.edition_id)
    with pytest.raises(Invalid, match="edition"):
        await named(made, actor, clock, email="other@judges.example")
    await Edition.update({Edition.state: "open"}).where(Edition.id == made.season.edition_id)
    await Membership.update({Membership.until: AT}).where(Membership.entrant == made.cities[0])
    with pytest.raises(Invalid, match="edition"):
        await named(made, actor, clock, email="other@judges.example")


async def test_the_whole_way(client_for: ClientFor) -> None:
    made, _actor = await member_city()
    await factories.add(ConflictRule, edition=made.season.edition_id, code="nominated_by", effect="forbid")
    await factories.official(await id_of(AMINA), made.cities[0])
    await give(EUN_JI, "secretariat", made.season.scope)
    city, desk = await client_for(AMINA), await client_for(EUN_JI)
    await city.get(f"/city/entrants/{made.cities[0]}")
    await city.click("Name judges for the pool")
    page = await city.submit("Send to the secretariat", status=422)
    assert "What they know" in page.text
    fields = {"edition": str(made.season.edition_id), **PERSON, **SAID, "email": LEILA.email}
    page = await city.submit("Send to the secretariat", fields)
    assert "With the secretariat" in page.text

    await desk.get(f"/desk/{made.season.programme}/{made.season.edition}")
    await desk.click("Decide on 1 person whom a city named as a judge")
    rows = await CityNomination.select(CityNomination.id)
    page = await desk.submit(f"#decide-{rows[0]['id']}", outcome="decline", status=422)
    assert "Tell the city why" in page.text
    page = await desk.submit(f"#decide-{rows[0]['id']}", outcome="accept")
    assert "Asked, no answer yet" in page.text
    assert (
        LEILA.email
        not in (await desk.get(f"/desk/{made.season.programme}/{made.season.edition}/judges")).text
    )

    person = await client_for(LEILA)
    mail = (await Message.select(Message.values).where(Message.template == "nomination-asked"))[0]["values"]
    link = re.search(r"/invitation/[^\"]+", mail)
    assert link
    page = await person.get(link[0])  # signed in as the person: straight to the question
    assert "named you" in page.text
    page = await person.submit("Send your answer", status=422)
    page = await person.submit("Send your answer", answer="agree")
    assert "You are in the pool of judges" in page.text
    assert "Nothing waits" in (await person.get("/bench/nominations")).text
    assert "Accepted" in (await city.get(f"/city/entrants/{made.cities[0]}/nominations")).text


async def test_who_has_no_account_makes_one_on_the_way(client: Client, clock: FixedClock) -> None:
    made, actor = await member_city()
    await decided(made, clock, await named(made, actor, clock))
    mail = (await Message.select(Message.values).where(Message.template == "nomination-asked"))[0]["values"]
    link = re.search(r"/invitation/[^\"]+", mail)
    assert link
    page = await client.get(link[0])
    assert "A city named you as a judge" in page.text
    page = await client.submit("", name="Leila Haddad", password="a tram line in Rabat")
    assert page.path == "/bench/nominations"
    page = await client.submit("Send your answer", answer="refuse")
    assert "You are not in the pool" in page.text
    assert await Judge.count() == 0
