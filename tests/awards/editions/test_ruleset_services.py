"""What froze is changed by two people: asked for, consented to, declined, withdrawn, or worth nothing any more."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import pytest
from msgspec.structs import replace

from awards import data_dir
from awards.accounts.tables import Approval
from awards.actor import Actor, Grant
from awards.audit.queries import chain_breaks, head
from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.db import transaction
from awards.editions import services
from awards.editions.document import EditionDocument
from awards.editions.forms import AskForRuleset
from awards.editions.queries import document_of, edition_by_id, round_by_id
from awards.editions.queries.rulesets import (
    open_request,
    reliance_of,
    request_by_number,
    requests_of,
    rules_changes,
)
from awards.editions.readiness import frozen_document
from awards.editions.rulesets import hash_of
from awards.editions.tables import Ruleset, RulesetRequest
from awards.errors import Conflict, Denied, Invalid, NotFound, Stale
from awards.invariants import broken
from awards.outbox.tables import Message
from awards.web import templating
from judging import sha256_of
from tests import factories
from tests.factories import AT, DAY, Season
from tests.people import AMINA, CHIARA, EUN_JI, FARID, HIROSHI, NADIA, give, id_of
from tests.rulesets import latest_ruleset

CLOCK = FixedClock(AT)
NOTE = "Impact counts a little less: the two criteria were announced as equal."
COMMAND = AskForRuleset(reason="The announcement said so.", public_note=NOTE)


@dataclass(frozen=True)
class Judged:
    """An open round with a panel of one, who has begun one sheet of two."""

    of: Season
    asker: Actor
    second: Actor

    async def document(self) -> EditionDocument:
        return await document_of(self.of.edition_id)

    async def ask(self, document: EditionDocument, actor: Actor | None = None, version: int = 0) -> int:
        if not version:
            version = (await edition_by_id(self.of.edition_id)).version
        return await services.ask_for_ruleset(
            edition_id=self.of.edition_id, document=document, version=version, command=COMMAND,
            actor=actor or self.asker, clock=CLOCK,
        )  # fmt: skip

    async def consent(self, number: int, actor: Actor | None = None, sha256: str = "") -> tuple[int, ...]:
        request = await request_by_number(self.of.edition_id, number)
        return await services.consent_to_ruleset(
            edition_id=self.of.edition_id, number=number, sha256=sha256 or request.approval_sha256,
            actor=actor or self.second, clock=CLOCK,
        )  # fmt: skip


async def secretary(member: Any, scope: str, *, proved: bool = True) -> Actor:
    person_id = await give(member, "secretariat", scope)
    grants = frozenset({Grant("secretariat", scope)})
    return Actor(person_id, member.name, grants=grants, proved_at=AT if proved else None)


@pytest.fixture
async def judged(tx: Any) -> Judged:
    of = await factories.season(
        state="open", closes=AT - DAY, round_opens=AT - DAY, round_closes=AT + 30 * DAY
    )
    asker, second = await secretary(EUN_JI, of.scope), await secretary(FARID, of.scope)
    city = await factories.entrant("Lindmere")
    await factories.official(await id_of(AMINA), city)
    entries = [await factories.entry(of, city, state="eligible") for _number in range(2)]
    await factories.make_judge(await id_of(CHIARA))
    seat = await factories.seat(of.round_id, await id_of(CHIARA))
    await services.open_round(round_id=of.round_id, version=1, actor=asker, clock=CLOCK)
    sheets = [
        await factories.assignment(await factories.round_entry(of.round_id, entry), seat) for entry in entries
    ]
    await factories.scoresheet(sheets[0], {"impact": 7}, signed=False)
    return Judged(of, asker, second)


def reweighted(document: EditionDocument, **weights: int) -> EditionDocument:
    """The first round with other weights in the category of the factories."""
    part = document.rounds[0]
    criteria = tuple(
        replace(one, weights=(("inclusive", weights[one.code]),)) if one.code in weights else one
        for one in part.criteria
    )
    return replace(document, rounds=(replace(part, criteria=criteria), *document.rounds[1:]))


async def mails() -> list[tuple[str, str]]:
    rows = await Message.select(Message.template, Message.to).order_by(Message.template, Message.to)
    return [(row["template"], row["to"]) for row in rows]


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
    for change in (
        {RulesetRequest.public_note: "Other words."},
        {RulesetRequest.body: json.dumps({"slug": "other"})},
    ):
        async with transaction() as level:
            level.discard()
            await RulesetRequest.update(change).where(RulesetRequest.number == number)
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
