"""From a refused page of the set-up to a new ruleset: asked for by one, consented to by another, read by everybody."""

import re

import pytest

from awards.actor import SYSTEM
from awards.clock import FixedClock
from awards.db import Transaction, counting
from awards.editions import services
from awards.editions.queries import document_of, edition_by_slugs, round_by_code
from awards.editions.tables import Ruleset
from awards.exchange.edition_file import load, show
from awards.invariants import broken
from tests.awards.editions.test_pages import DESK, EXAMPLE
from tests.factories import AT, DAY
from tests.page import Client, Page
from tests.people import EUN_JI, FARID, HIROSHI, NADIA, PASSWORD, give
from tests.serving import ClientFor

NEED = f"{DESK}/setup/criteria/first/need"
NOTE = "The weight of the need is as the call said."


@pytest.fixture
async def judging(tx: Transaction, clock: FixedClock) -> FixedClock:
    """The example, called and with its first round open."""
    report = await load(EXAMPLE, actor=SYSTEM, clock=FixedClock(AT))
    document = await document_of(report.edition_id)
    opens, closes = document.milestone("opens"), document.milestone("closes")
    assert opens is not None
    assert closes is not None
    edition = await edition_by_slugs("wego-awards", "2027")
    await services.open_call(
        edition_id=edition.id, version=edition.version, actor=SYSTEM, clock=FixedClock(opens)
    )
    clock.move_to(closes + DAY)
    first = await round_by_code(edition.id, "first")
    await services.open_round(round_id=first.id, version=first.version, actor=SYSTEM, clock=clock)
    return clock


async def proved(client: Client, path: str) -> None:
    await client.get(f"/prove?next={path}")
    page = await client.submit("Go on", password=PASSWORD)
    assert page.path == path


async def sent(client: Client, path: str, status: int, **fields: str) -> Page:
    """A form that no page of ours offers, with the token of one that does."""
    assert client.page is not None
    token = re.search(r'name="csrf" value="([^"]+)"', client.page.html)
    assert token is not None
    return await client.post(path, {"csrf": token[1], **fields}, status=status)


async def asked(client_for: ClientFor) -> Client:
    """Eun-ji has asked for another weight."""
    await give(EUN_JI, "secretariat")
    await give(FARID, "secretariat")
    client = await client_for(EUN_JI)
    await client.get(NEED)
    await client.submit("Save the set-up", {"weight-services": "31"}, status=409)
    await client.submit("Ask for a new ruleset")
    await client.submit("Ask for the second signature", reason="It was printed so.", public_note=NOTE)
    return client


async def test_a_refused_change_leads_to_two_people(client_for: ClientFor, judging: FixedClock) -> None:
    await give(EUN_JI, "secretariat")
    await give(FARID, "secretariat")
    eun_ji = await client_for(EUN_JI)
    await eun_ji.get(NEED)
    page = await eun_ji.submit("Save the set-up", {"weight-services": "31"}, status=409)
    assert "it froze when a round opened" in page.errors[0]
    assert "Two people can change what has frozen" in page.text

    page = await eun_ji.submit("Ask for a new ruleset", status=200)
    assert "round “first” criterion “need” weight in services" in page.text
    assert "31" in page.text
    page = await eun_ji.submit("Ask for the second signature", status=422)
    assert page.errors == ["Enter an answer for “Reason”", "Enter an answer for “Public note”"]
    page = await eun_ji.submit("Ask for the second signature", reason="It was printed so.", status=422)
    assert "It was printed so." in page.html
    page = await eun_ji.submit("Ask for the second signature", reason="It was printed so.", public_note=NOTE)
    here = page.path
    assert here == f"{DESK}/rulesets/1"
    assert page.flash.startswith("You have asked for a new ruleset")
    assert "Consent: let it hold" not in page.text

    farid = await client_for(FARID)
    page = await farid.get(DESK)
    assert "A new ruleset waits for its second signature" in page.text
    page = await farid.get(here)
    assert NOTE in page.text
    await proved(farid, here)
    page = await farid.submit("Consent: let it hold from now on", status=422)
    assert page.errors == ["Read what changes and what follows, then tick the box"]
    page = await farid.submit("Consent: let it hold from now on", read="1")
    assert page.flash.startswith("The new ruleset holds")
    document = await document_of((await edition_by_slugs("wego-awards", "2027")).id)
    assert dict(document.rounds[0].criteria[0].weights)["services"] == 31
    assert await broken() == []


async def test_the_public_reads_the_note_at_once(
    client_for: ClientFor, client: Client, judging: FixedClock
) -> None:
    page = await client.get("/awards/wego-awards/2027")
    assert "Changes of the rules" not in page.text
    await asked(client_for)
    assert NOTE not in (await client.get("/awards/wego-awards/2027")).text
    farid = await client_for(FARID)
    await proved(farid, f"{DESK}/rulesets/1")
    await farid.submit("Consent: let it hold from now on", read="1")
    page = await client.get("/awards/wego-awards/2027")
    assert "Changes of the rules" in page.text
    assert NOTE in page.text
    assert "It was printed so." not in page.text, "the reason is the secretariat’s"


async def test_who_asked_cannot_consent_and_can_withdraw(client_for: ClientFor, judging: FixedClock) -> None:
    eun_ji = await asked(client_for)
    await proved(eun_ji, f"{DESK}/rulesets/1")
    page = await eun_ji.get(f"{DESK}/rulesets/1")
    assert "Another person of the secretariat consents or declines here." in page.text
    page = await sent(eun_ji, f"{DESK}/rulesets/1/consent", 409, sha256="0" * 64, read="1")
    assert page.errors
    await eun_ji.get(f"{DESK}/rulesets/1")
    page = await eun_ji.submit("Withdraw the request")
    assert page.flash.startswith("The request is withdrawn")
    farid = await client_for(FARID)
    page = await farid.get(f"{DESK}/rulesets/1")
    assert "Consent: let it hold" not in page.text
    page = await farid.get(f"{DESK}/rulesets")
    assert "Withdrawn" in page.text
    assert await Ruleset.count() == 1


async def test_a_decline_says_why(client_for: ClientFor, judging: FixedClock) -> None:
    eun_ji = await asked(client_for)
    farid = await client_for(FARID)
    await farid.get(f"{DESK}/rulesets/1")
    page = await farid.submit("Decline the request", status=422)
    assert page.errors == ["Enter an answer for “Why not”"]
    await farid.submit("Decline the request", answer="Judges have begun.")
    page = await eun_ji.get(f"{DESK}/rulesets/1")
    assert "Judges have begun." in page.text
    assert FARID.name in page.text


async def test_an_edition_that_changed_is_said_calmly(client_for: ClientFor, judging: FixedClock) -> None:
    eun_ji = await asked(client_for)
    farid = await client_for(FARID)
    await proved(farid, f"{DESK}/rulesets/1")
    await eun_ji.get(f"{DESK}/setup/details")
    await eun_ji.submit("Save the set-up", summary="Other words for the public page.")
    page = await farid.submit("Consent: let it hold from now on", read="1", status=409)
    assert "the first signature is worth nothing" in page.errors[0]
    assert "Consent: let it hold" not in page.text
    await farid.submit("Decline the request", answer="Ask anew.")
    assert await Ruleset.count() == 1


async def test_two_tabs_consent_once(client_for: ClientFor, judging: FixedClock) -> None:
    await asked(client_for)
    one, two = await client_for(FARID), await client_for(FARID)
    for tab in (one, two):
        await proved(tab, f"{DESK}/rulesets/1")
    await one.submit("Consent: let it hold from now on", read="1")
    page = await two.submit("Consent: let it hold from now on", read="1", status=409)
    assert "not open any more" in page.errors[0]
    assert await Ruleset.count() == 2


async def test_what_nobody_can_change_says_why(client_for: ClientFor, judging: FixedClock) -> None:
    await give(EUN_JI, "secretariat")
    client = await client_for(EUN_JI)
    edition = await edition_by_slugs("wego-awards", "2027")
    first = await round_by_code(edition.id, "first")
    await services.close_round(round_id=first.id, version=first.version, actor=SYSTEM, clock=judging)
    await client.get(NEED)
    page = await client.submit("Save the set-up", {"weight-services": "31"}, status=409)
    assert "Two people cannot change this either" in page.text
    assert "its marks are known" in page.text
    assert "Ask for a new ruleset" not in page.text


async def test_a_whole_file_is_asked_for_at_once(client_for: ClientFor, judging: FixedClock) -> None:
    await give(EUN_JI, "secretariat")
    client = await client_for(EUN_JI)
    document = await document_of((await edition_by_slugs("wego-awards", "2027")).id)
    text = show(document).replace("entries_per_city = ", "entries_per_city = 1")
    assert text != show(document)
    await client.get(f"{DESK}/setup/file")
    page = await client.submit("Show what would change", text=text, status=422)
    assert "it froze when the call opened" in page.text
    page = await client.submit("Ask for a new ruleset", status=200)
    assert "entries per city" in page.text


async def test_a_form_without_its_document_asks_for_nothing(
    client_for: ClientFor, judging: FixedClock
) -> None:
    await give(EUN_JI, "secretariat")
    client = await client_for(EUN_JI)
    for document in ("", "{}", "not JSON"):
        await client.get(NEED)
        await sent(client, f"{DESK}/rulesets", 422, document=document, version="1", act="ask")


async def test_auditors_read_and_strangers_find_nothing(client_for: ClientFor, judging: FixedClock) -> None:
    await asked(client_for)
    await give(HIROSHI, "auditor")
    auditor, stranger = await client_for(HIROSHI), await client_for(NADIA)
    page = await auditor.get(f"{DESK}/rulesets/1")
    assert "It was printed so." in page.text
    assert "Decline the request" not in page.text
    await auditor.get(f"{DESK}/rulesets")
    for path in (f"{DESK}/rulesets", f"{DESK}/rulesets/1"):
        await stranger.get(path, status=404)
    for number in ("0", "2", "99999999999999"):
        await auditor.get(f"{DESK}/rulesets/{number}", status=404)


async def test_the_pages_ask_few_questions(client_for: ClientFor, judging: FixedClock) -> None:
    await asked(client_for)
    farid = await client_for(FARID)
    for path in (DESK, f"{DESK}/rulesets", f"{DESK}/rulesets/1"):
        await farid.get(path)
        with counting() as counter:
            await farid.get(path)
        assert len(counter) <= 6, counter.statements
