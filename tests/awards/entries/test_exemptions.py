"""Rules as the database knows them, members and winners at their instants, and exceptions from each."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from awards.actor import Actor, Grant
from awards.db import counting
from awards.editions.tables import Edition, Membership, Question
from awards.entries import queries, services
from awards.entries.facts import Facts, Rule, RuleState
from awards.entries.forms import SaveAnswer, SubmitEntry
from awards.entries.forms_approval import EndExemption, GrantExemption
from awards.entries.queries.eligibility import facts_about_all
from awards.entries.services.exemptions import end_exemption, grant_exemption
from awards.entries.tables import Answer, Exemption
from awards.errors import Denied, Invalid, NotFound
from awards.invariants.entries import cities_keep_their_number
from awards.outbox.tables import Message
from awards.publication.tables import Publication
from tests import factories
from tests.awards.entries.scene import CLOCK, Scene, actions, ready, scene
from tests.factories import AT, DAY

MS = timedelta(milliseconds=1)
CLOSES = AT + 30 * DAY


async def facts(s: Scene, now: datetime = AT) -> Facts:
    return await queries.facts_about(s.season.edition_id, s.city, s.city, now)


async def secretary(s: Scene) -> Actor:
    grants = frozenset({Grant("secretariat", s.season.scope)})
    return Actor(await factories.person("Eun-ji Han"), "Eun-ji Han", grants=grants)


async def excepted(s: Scene, rule: Rule, entrant: int | None = None, actor: Actor | None = None) -> int:
    command = GrantExemption(entrant=entrant or s.city, rule=rule, reason="A flood took the office.")
    await grant_exemption(
        edition_id=s.season.edition_id, command=command, actor=actor or await secretary(s), clock=CLOCK
    )
    rows = await Exemption.select(Exemption.id).order_by(Exemption.id, ascending=False)
    return int(rows[0]["id"])


# --- members and winners -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until", "is_member"),
    [(AT - DAY, None, True), (CLOSES, None, True), (CLOSES + MS, None, False),
     (AT - DAY, CLOSES, False), (AT - DAY, CLOSES + MS, True)],
)  # fmt: skip
async def test_a_member_is_who_is_one_when_entries_close(
    since: datetime, until: datetime | None, is_member: bool
) -> None:
    s = await scene(rules={"members_only": "yes"})
    await factories.add(
        Membership, entrant=s.city, programme=s.season.programme_id, kind="full", since=since, until=until
    )
    other = await factories.programme()
    await factories.add(Membership, entrant=s.city, programme=other, kind="full", since=AT - DAY)
    assert (await facts(s)).is_member is is_member
    if is_member:
        await services.start_entry(command=s.start(), actor=s.amina, clock=CLOCK)
    else:
        with pytest.raises(Invalid, match="list of members"):
            await services.start_entry(command=s.start(), actor=s.amina, clock=CLOCK)


async def won(
    s: Scene, *, year: int = 2024, kind: str = "archive", visible_at: datetime = AT, **more: Any
) -> int:
    edition = await factories.edition(s.season.programme_id, year=year, state="archived")
    approval = await factories.approval(await factories.person(), await factories.person())
    publication = await factories.publication(
        edition, visible_at=visible_at, kind=kind, number=1, approval=approval
    )
    await factories.published_entry(publication, **{"title": "Low floors", "prize": "Gold", **more})
    return publication


async def test_winners_are_read_from_what_is_published_at_that_instant() -> None:
    s = await scene()
    publication = await won(s, visible_at=AT + DAY)
    assert (await facts(s)).wins == ()
    assert (await facts(s, AT + DAY - MS)).wins == ()
    assert [(win.title, win.year) for win in (await facts(s, AT + DAY)).wins] == [("Low floors", 2024)]
    await Publication.update({Publication.withdrawn_at: AT}).where(Publication.id == publication)
    assert (await facts(s, AT + 2 * DAY)).wins == ()


async def test_a_correction_says_who_won() -> None:
    s = await scene()
    first = await won(s, kind="winners")
    rows = await Publication.select(Publication.edition, Publication.approval).where(Publication.id == first)
    second = await factories.publication(
        rows[0]["edition"], kind="correction", number=2, approval=rows[0]["approval"], visible_at=AT + DAY
    )
    await factories.published_entry(second, title="Low floors", prize="")
    assert len((await facts(s, AT + DAY - MS)).wins) == 1
    assert (await facts(s, AT + DAY)).wins == ()


async def test_a_winner_is_the_same_city_by_its_entry_or_by_name_and_country() -> None:
    s = await scene()
    rows: tuple[dict[str, Any], ...] = (
        {"entrant_name": "City of  LINDMERE", "prize": ""},  # archives hold winners only
        {"entrant_name": "Lindmere", "country": ""},
        {"entrant_name": "Lindmere", "country": "NO"},
        {"entrant_name": "Lindmere Bay"},
    )
    for more in rows:
        await won(s, **more)
    assert len((await facts(s)).wins) == 2
    firm = await factories.entrant("Lifts", kind="firm", city=s.city)
    earlier = await factories.season()
    await Edition.update({Edition.programme: s.season.programme_id, Edition.year: 2025}).where(
        Edition.id == earlier.edition_id
    )
    entry = await factories.entry(earlier, firm, for_city=s.city, title="Lifts")
    publication = await factories.publication(earlier.edition_id)
    await factories.published_entry(
        publication, entry=entry, entrant_name="Lifts", title="Lifts", prize="Gold"
    )
    assert "Lifts" in {win.title for win in (await facts(s)).wins}


async def test_a_practice_that_won_is_not_entered_again_nor_is_a_title_changed_to_it() -> None:
    s = await scene(rules={"earlier_winners": "another practice"})
    await won(s)
    with pytest.raises(Invalid, match="Enter another practice") as told:
        await services.start_entry(command=s.start(title="LOW floors"), actor=s.amina, clock=CLOCK)
    assert list(told.value.errors) == ["title"]
    await excepted(s, Rule.WINNERS)
    await services.start_entry(command=s.start(title="LOW floors"), actor=s.amina, clock=CLOCK)


async def test_a_lately_winning_city_waits() -> None:
    s = await scene(rules={"earlier_winners": "after some years", "winner_years": "2"})
    await won(s, year=2024)
    with pytest.raises(Invalid, match="again in 2027"):
        await services.start_entry(command=s.start(), actor=s.amina, clock=CLOCK)


# --- dates, words and kinds ----------------------------------------------------------------------------


async def test_a_practice_is_old_enough_at_the_deadline() -> None:
    s = await scene(rules={"maturity_months": "12", "maturity_question": "since"})
    question = await factories.add(
        Question,
        edition=s.season.edition_id,
        section="",
        code="since",
        kind="date",
        label="Since when",
        position=2,
    )
    reference = await ready(s)
    entry = await queries.own_entry(s.amina, reference, AT)
    submit = SubmitEntry(version=1, declared=True)

    async def tried() -> dict[str, str]:
        with pytest.raises(Invalid) as told:
            await services.submit_entry(reference=reference, command=submit, actor=s.amina, clock=CLOCK)
        return dict(told.value.errors)

    assert "since" in await tried()
    await factories.add(Answer, entry=entry.id, question=question, value="2025-04-10", version=1, saved_at=AT)
    assert "at least 12 are needed" in (await tried())["since"]
    await excepted(s, Rule.MATURITY)
    await services.submit_entry(reference=reference, command=submit, actor=s.amina, clock=CLOCK)


async def test_limits_of_words_do_not_hold_for_whom_there_is_an_exception() -> None:
    s = await scene()
    reference = await services.start_entry(command=s.start(), actor=s.amina, clock=CLOCK)
    many = SaveAnswer(version=0, answer=("word " * 400,))
    with pytest.raises(Invalid, match="at most 300"):
        await services.save_answer(
            reference=reference, code="summary", command=many, actor=s.amina, clock=CLOCK
        )
    number = await excepted(s, Rule.WORDS)
    await services.save_answer(reference=reference, code="summary", command=many, actor=s.amina, clock=CLOCK)
    submit = SubmitEntry(version=1, declared=True)
    await end_exemption(
        edition_id=s.season.edition_id, exemption_id=number, command=EndExemption(sure=True),
        actor=await secretary(s), clock=CLOCK,
    )  # fmt: skip
    with pytest.raises(Invalid, match="at most 300"):
        await services.submit_entry(reference=reference, command=submit, actor=s.amina, clock=CLOCK)


async def test_a_kind_that_may_not_enter_may_by_an_exception_of_its_own() -> None:
    s = await scene(rules={"who_may_enter": "city"})
    firm = await factories.entrant("Lindmere Lifts", kind="firm", city=s.city)
    await factories.official(s.amina.person_id, firm)
    start = s.start(entrant=firm, title="Lifts")
    await excepted(s, Rule.KIND)  # of the city: it helps no firm
    with pytest.raises(Invalid, match="takes entries of cities only"):
        await services.start_entry(command=start, actor=s.amina, clock=CLOCK)
    await excepted(s, Rule.KIND, firm)
    await services.start_entry(command=start, actor=s.amina, clock=CLOCK)


# --- granting and ending -------------------------------------------------------------------------------


async def test_an_exception_is_granted_once_told_with_its_reason_and_ended() -> None:
    s = await scene(rules={"entries_per_city": "1"})
    eun_ji = await secretary(s)
    await services.start_entry(command=s.start(), actor=s.amina, clock=CLOCK)
    number = await excepted(s, Rule.QUOTA, actor=eun_ji)
    with pytest.raises(Invalid, match="there already"):
        await excepted(s, Rule.QUOTA, actor=eun_ji)
    second = await services.start_entry(command=s.start(title="Trees"), actor=s.amina, clock=CLOCK)
    entry = await queries.own_entry(s.amina, second, AT)
    _facts, rows = await queries.standing_of(entry, [], AT)
    row = next(row for row in rows if row.rule is Rule.QUOTA)
    assert (row.state, row.reason) == (RuleState.EXEMPTED, "A flood took the office.")
    assert await cities_keep_their_number.broken() == []
    with pytest.raises(Invalid, match="Tick the box"):
        await end_exemption(
            edition_id=s.season.edition_id,
            exemption_id=number,
            command=EndExemption(),
            actor=eun_ji,
            clock=CLOCK,
        )
    for _again in range(2):
        await end_exemption(
            edition_id=s.season.edition_id, exemption_id=number, command=EndExemption(sure=True), actor=eun_ji,
            clock=CLOCK,
        )  # fmt: skip
    with pytest.raises(Invalid, match="2 of 1"):
        await services.start_entry(command=s.start(title="Lifts"), actor=s.amina, clock=CLOCK)
    found = await Message.select(Message.template)
    assert sorted(row["template"] for row in found) == ["exemption-ended"] * 2 + ["exemption-granted"] * 2
    assert (await actions())[-1] == "exception ended"
    assert await excepted(s, Rule.QUOTA, actor=eun_ji) > number


async def test_who_may_make_exceptions_for_whom_and_until_when() -> None:
    s = await scene()
    with pytest.raises(NotFound):
        await excepted(s, Rule.QUOTA, actor=s.amina)
    for command in (
        GrantExemption(entrant=2**31 - 1, rule=Rule.QUOTA, reason="So."),
        GrantExemption(entrant=s.city, rule=Rule.QUOTA),
    ):
        with pytest.raises(Invalid):
            await grant_exemption(
                edition_id=s.season.edition_id, command=command, actor=await secretary(s), clock=CLOCK
            )
    await Edition.update({Edition.state: "judging"}).where(Edition.id == s.season.edition_id)
    with pytest.raises(Denied):
        await excepted(s, Rule.QUOTA)


async def test_facts_of_many_entrants_are_one_question() -> None:
    s = await scene()
    firms = [await factories.entrant(f"Firm {n}", kind="firm", city=s.city) for n in range(3)]
    free = await factories.entrant("Free", kind="firm")
    await services.start_entry(command=s.start(), actor=s.amina, clock=CLOCK)
    pairs = [(s.city, s.city), *((firm, s.city) for firm in firms), (free, free)]
    with counting() as counter:
        found = await facts_about_all(s.season.edition_id, pairs, AT)
    assert len(counter) == 1
    assert [one.entrant for one in found] == ["Lindmere", "Firm 0", "Firm 1", "Firm 2", "Free"]
    assert [one.city for one in found] == ["Lindmere"] * 4 + [""]
    assert [[sibling.own for sibling in one.siblings] for one in found] == [
        [True],
        [False],
        [False],
        [False],
        [],
    ]
