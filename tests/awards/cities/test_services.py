"""Entrants and officials: proposed, decided on, invited, ended."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from awards.accounts.tables import Ticket
from awards.actor import Actor, Grant
from awards.audit.tables import Event
from awards.cities import queries, services
from awards.cities.forms import (
    ChangeEntrant,
    DecideEntrant,
    DeclineEntrant,
    DeclineOfficial,
    InviteOfficial,
    ProposeEntrant,
)
from awards.cities.regions import Region
from awards.cities.rules import EntrantKind, EntrantState, OfficialRole
from awards.cities.tables import Entrant, Official
from awards.clock import FixedClock
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.outbox.tables import Message
from tests import factories
from tests.factories import AT
from tests.people import EUN_JI, FARID, GRACE, give, id_of

CLOCK = FixedClock(AT)
LINDMERE = ProposeEntrant(kind=EntrantKind.CITY, name="Lindmere", country="NO")


async def actor(name: str = "Amina Okoro", *grants: Grant) -> Actor:
    return Actor(await factories.person(name), name, grants=frozenset(grants))


async def secretariat() -> Actor:
    return await actor("Eun-ji Park", Grant("secretariat", "edition:1"))


async def letters(template: str) -> list[dict[str, Any]]:
    return list(await Message.select().where(Message.template == template).order_by(Message.id))


async def owner_of(entrant: int) -> Actor:
    person = await actor()
    await factories.official(person.person_id, entrant, role="owner")
    return person


async def last_action() -> str:
    rows = await Event.select(Event.action).order_by(Event.seq, ascending=False).limit(1)
    return str(rows[0]["action"])


def proposal(name: str) -> ProposeEntrant:
    return ProposeEntrant(kind=EntrantKind.CITY, name=name, country="NO")


async def test_the_secretariat_is_told_once_a_day_and_nothing_is_forgotten() -> None:
    season = await factories.season()
    for member, scope in ((EUN_JI, season.scope), (FARID, "instance")):
        await give(member, "secretariat", scope)
    # An administrator does not decide, and who proposes is told nothing.
    await give(GRACE, "admin")
    amina = await actor()
    for name, later in (("Lindmere", 0), ("Norvik", 1), ("Sandholm", 2), ("Ostby", 26), ("Fjordal", 27)):
        clock = FixedClock(AT + timedelta(hours=later))
        await services.propose_entrant(command=proposal(name), actor=amina, clock=clock)
    sent = await letters("entrant-proposed")
    told = [json.loads(mail["values"])["entrant"] for mail in sent if mail["to"] == EUN_JI.email]
    assert told == ["Lindmere", "Norvik", "Ostby"]
    assert [mail["not_before"] for mail in sent if mail["to"] == FARID.email] == [
        AT,
        datetime(2026, 3, 11, tzinfo=UTC),
        datetime(2026, 3, 12, tzinfo=UTC),
    ]
    assert {mail["to"] for mail in sent} == {EUN_JI.email, FARID.email}


async def test_who_asks_to_act_is_announced_and_does_not_announce_themselves() -> None:
    entrant = await factories.entrant("Lindmere")
    await give(EUN_JI, "secretariat", "instance")
    await services.ask_to_join(entrant_id=entrant, actor=await actor(), clock=CLOCK)
    assert [mail["to"] for mail in await letters("official-asked")] == [EUN_JI.email]
    own = Actor(await id_of(EUN_JI), EUN_JI.name)
    await services.propose_entrant(command=proposal("Norvik"), actor=own, clock=CLOCK)
    assert await letters("entrant-proposed") == []


async def test_a_proposed_entrant_waits_with_its_first_official() -> None:
    amina = await actor()
    entrant_id = await services.propose_entrant(command=LINDMERE, actor=amina, clock=CLOCK)
    assert await last_action() == "entrant proposed"
    (mine,) = await queries.entrants_of(amina.person_id, AT)
    assert (mine.id, mine.state, mine.role) == (entrant_id, EntrantState.PROPOSED, None)
    assert (mine.region, mine.country_label) == ("Europe", "Norway")
    assert await queries.role_of(amina.person_id, entrant_id, AT) is None


async def test_approval_makes_the_first_official_the_owner_and_tells_them() -> None:
    amina, desk = await actor(), await secretariat()
    entrant_id = await services.propose_entrant(command=LINDMERE, actor=amina, clock=CLOCK)
    bao = await actor("Bao Tran")
    await services.ask_to_join(entrant_id=entrant_id, actor=bao, clock=CLOCK)
    await services.approve_entrant(
        entrant_id=entrant_id, command=DecideEntrant(version=1), actor=desk, clock=CLOCK
    )
    assert await queries.role_of(amina.person_id, entrant_id, AT) is OfficialRole.OWNER
    assert await queries.role_of(bao.person_id, entrant_id, AT) is None
    (letter,) = await letters("entrant-approved")
    assert json.loads(letter["values"])["link"] == f"/city/entrants/{entrant_id}"
    with pytest.raises(Stale):
        await services.approve_entrant(
            entrant_id=entrant_id, command=DecideEntrant(version=2), actor=desk, clock=CLOCK
        )


async def test_a_declined_entrant_tells_the_reason_and_may_be_approved_later() -> None:
    amina, desk = await actor(), await secretariat()
    entrant_id = await services.propose_entrant(command=LINDMERE, actor=amina, clock=CLOCK)
    await services.decline_entrant(
        entrant_id=entrant_id,
        command=DeclineEntrant(version=1, reason="Lindmere is a district."),
        actor=desk,
        clock=CLOCK,
    )
    (letter,) = await letters("entrant-declined")
    assert json.loads(letter["values"])["reason"] == "Lindmere is a district."
    assert await queries.entrants_of(amina.person_id, AT) == []
    await services.approve_entrant(
        entrant_id=entrant_id, command=DecideEntrant(version=2), actor=desk, clock=CLOCK
    )
    assert await queries.role_of(amina.person_id, entrant_id, AT) is OfficialRole.OWNER


async def test_only_the_secretariat_decides() -> None:
    amina = await actor()
    entrant_id = await services.propose_entrant(command=LINDMERE, actor=amina, clock=CLOCK)
    judge = await actor("Chiara Fontana", Grant("auditor", "instance"))
    for person in (amina, judge):
        with pytest.raises(NotFound):
            await services.approve_entrant(
                entrant_id=entrant_id, command=DecideEntrant(version=1), actor=person, clock=CLOCK
            )
        with pytest.raises(NotFound):
            await queries.waiting_entrants(person)


async def test_likely_doubles_are_shown_and_never_merged() -> None:
    known = await factories.entrant("City of Lindmere", country="NO")
    amina = await actor()
    with pytest.raises(services.LikelyDoubles) as told:
        await services.propose_entrant(command=LINDMERE, actor=amina, clock=CLOCK)
    assert [double.id for double in told.value.doubles] == [known]
    sure = LINDMERE.model_copy(update={"sure": True})
    assert await services.propose_entrant(command=sure, actor=amina, clock=CLOCK) != known
    assert await Entrant.count() == 2


async def test_asking_to_join_twice_is_refused() -> None:
    lindmere = await factories.entrant("Lindmere")
    amina, desk = await actor(), await secretariat()
    await services.ask_to_join(entrant_id=lindmere, actor=amina, clock=CLOCK)
    with pytest.raises(Invalid):
        await services.ask_to_join(entrant_id=lindmere, actor=amina, clock=CLOCK)
    (ask,) = await queries.asking(desk)
    await services.decline_official(
        official_id=ask.official_id, command=DeclineOfficial(reason="Unknown."), actor=desk, clock=CLOCK
    )
    assert len(await letters("official-declined")) == 1
    await services.ask_to_join(entrant_id=lindmere, actor=amina, clock=CLOCK)
    (ask,) = await queries.asking(desk)
    await services.approve_official(official_id=ask.official_id, actor=desk, clock=CLOCK)
    assert await queries.role_of(amina.person_id, lindmere, AT) is OfficialRole.EDITOR


@pytest.mark.parametrize(
    ("country", "region", "expected"),
    [
        ("TR", None, "Europe"),
        ("TR", Region.MIDDLE_EAST, "Middle East"),
        ("EG", Region.MIDDLE_EAST, "Middle East"),
        ("RU", Region.ASIA, "Asia"),
        ("PE", None, "Americas"),
        ("PE", Region.ASIA, ""),
    ],
)
async def test_the_region_follows_the_country(country: str, region: Region | None, expected: str) -> None:
    command = ProposeEntrant(kind=EntrantKind.CITY, name="Altos", country=country, region=region)
    if not expected:
        with pytest.raises(Invalid) as told:
            await services.propose_entrant(command=command, actor=await actor(), clock=CLOCK)
        assert "region" in told.value.errors
        return
    entrant_id = await services.propose_entrant(command=command, actor=await actor(), clock=CLOCK)
    assert (await queries.entrant_by_id(entrant_id)).region == expected


async def test_an_invited_official_accepts_by_their_own_hand() -> None:
    lindmere = await factories.entrant("Lindmere")
    amina, nadia = await owner_of(lindmere), await actor("Nadia")
    invite = InviteOfficial(email="bao@lindmere.example", name="Bao Tran", role=OfficialRole.EDITOR)
    await services.invite_official(entrant_id=lindmere, command=invite, actor=amina, clock=CLOCK)
    (letter,) = await letters("official-invited")
    assert re.fullmatch(r"/invitation/[\w-]{40,}", json.loads(letter["values"])["link"])
    (row,) = await Official.objects().where(Official.ticket.is_not_null())
    bao = Actor(row.person, "Bao Tran")
    (invitation,) = await queries.invitations_of(bao.person_id, AT)
    assert await queries.entrants_of(bao.person_id, AT) == []
    with pytest.raises(NotFound):
        await services.accept_invitation(official_id=invitation.official_id, actor=nadia, clock=CLOCK)
    assert (
        await services.accept_invitation(official_id=invitation.official_id, actor=bao, clock=CLOCK)
        == lindmere
    )
    assert await queries.role_of(bao.person_id, lindmere, AT) is OfficialRole.EDITOR
    with pytest.raises(Stale):
        await services.accept_invitation(official_id=invitation.official_id, actor=bao, clock=CLOCK)
    with pytest.raises(Invalid):
        await services.invite_official(entrant_id=lindmere, command=invite, actor=amina, clock=CLOCK)


async def test_a_second_invitation_ends_the_first_link() -> None:
    lindmere = await factories.entrant("Lindmere")
    amina = await owner_of(lindmere)
    invite = InviteOfficial(email="bao@lindmere.example", name="Bao Tran", role=OfficialRole.READER)
    for _time in range(2):
        await services.invite_official(entrant_id=lindmere, command=invite, actor=amina, clock=CLOCK)
    tickets = await Ticket.select(Ticket.used_at).order_by(Ticket.id)
    assert [row["used_at"] for row in tickets] == [AT, None]
    assert len(await letters("official-invited")) == 2


async def test_an_invitation_ends_at_its_instant() -> None:
    lindmere = await factories.entrant("Lindmere")
    amina = await owner_of(lindmere)
    invite = InviteOfficial(email="bao@lindmere.example", name="Bao Tran", role=OfficialRole.READER)
    await services.invite_official(entrant_id=lindmere, command=invite, actor=amina, clock=CLOCK)
    (row,) = await Official.objects().where(Official.ticket.is_not_null())
    over = AT + timedelta(days=14)
    assert await queries.invitations_of(row.person, over) == []
    with pytest.raises(Denied):
        await services.accept_invitation(
            official_id=row.id, actor=Actor(row.person, "Bao"), clock=FixedClock(over)
        )


async def test_only_owners_invite_and_the_last_owner_stays() -> None:
    lindmere = await factories.entrant("Lindmere")
    amina, bao = await owner_of(lindmere), await actor("Bao Tran")
    editor = await factories.official(bao.person_id, lindmere, role="editor")
    invite = InviteOfficial(email="x@y.example", name="X", role=OfficialRole.READER)
    with pytest.raises(Denied):
        await services.invite_official(entrant_id=lindmere, command=invite, actor=bao, clock=CLOCK)
    with pytest.raises(NotFound):
        await services.invite_official(
            entrant_id=lindmere, command=invite, actor=await actor("Nadia"), clock=CLOCK
        )
    (first,) = [o for o in await queries.officials_of(lindmere, AT) if o.person_id == amina.person_id]
    with pytest.raises(Denied):
        await services.end_official(entrant_id=lindmere, official_id=first.id, actor=bao, clock=CLOCK)
    with pytest.raises(Denied):
        await services.end_official(entrant_id=lindmere, official_id=first.id, actor=amina, clock=CLOCK)
    await services.end_official(entrant_id=lindmere, official_id=editor, actor=amina, clock=CLOCK)
    assert await queries.role_of(bao.person_id, lindmere, AT) is None
    with pytest.raises(NotFound):
        await services.end_official(
            entrant_id=lindmere, official_id=first.id, actor=await actor("Nadia"), clock=CLOCK
        )


async def test_the_desk_changes_an_entrant_once_from_each_page() -> None:
    lindmere = await factories.entrant("Lindmere")
    desk = await secretariat()
    change = ChangeEntrant(version=1, kind=EntrantKind.CITY, name="Lindmere", country="HK", country_label="")
    await services.change_entrant(
        entrant_id=lindmere,
        command=change.model_copy(update={"country_label": "Hong Kong SAR, China"}),
        actor=desk,
        clock=CLOCK,
    )
    assert (await queries.entrant_by_id(lindmere)).country_label == "Hong Kong SAR, China"
    with pytest.raises(Stale):
        await services.change_entrant(entrant_id=lindmere, command=change, actor=desk, clock=CLOCK)
