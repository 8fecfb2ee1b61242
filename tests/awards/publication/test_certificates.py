"""A certificate comes with its code at the instant, and whoever holds the paper learns whether it stands."""

import io
from datetime import timedelta

import pytest
from msgspec.structs import replace
from pypdf import PdfReader

from awards.clock import FixedClock
from awards.entries.tables import Entry
from awards.publication.certificates import CertificateKind, kind_of, new_code, stands, typed_code
from awards.publication.queries import visible_rows
from awards.publication.services import make_certificates
from awards.publication.tables import Certificate
from tests import factories
from tests.awards.publication.published import ask, decided, published, sign
from tests.factories import AT, DAY
from tests.page import Client
from tests.people import AMINA, EUN_JI, give, id_of
from tests.serving import ClientFor


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("7KQ4M-2XJ8P", "7KQ4M-2XJ8P"),
        (" 7kq4m 2xj8p ", "7KQ4M-2XJ8P"),
        ("7kq4m2xjop", "7KQ4M-2XJ0P"),
        ("IKQ4M-2XJ8L", "1KQ4M-2XJ81"),
        ("7KQ4M", ""),
        ("", ""),
        ("7KQ4M-2XJ8P9", ""),
    ],
)
def test_a_code_is_read_as_people_copy_it(typed: str, code: str) -> None:
    assert typed_code(typed) == code


def test_codes_are_codes() -> None:
    assert all(typed_code(code) == code for code in (new_code() for _n in range(50)))


async def codes() -> list[str]:
    return [row["check_code"] for row in await Certificate.select().order_by(Certificate.id)]


async def test_winners_get_theirs_at_the_instant_and_once(client: Client, clock: FixedClock) -> None:
    season = await published(clock, at=AT + DAY)
    clock.move_to(AT + DAY - timedelta(milliseconds=1))
    assert await make_certificates(clock) == 0
    clock.move_to(AT + DAY)
    assert await make_certificates(clock) == 2
    assert await make_certificates(clock) == 0
    gold = (await codes())[0]
    page = await client.get(f"/check/{gold}")
    assert page.h1 == "This certificate stands"
    assert "Gold" in page.text
    assert "Lindmere" in page.text
    pdf = await client.get(f"/check/{gold}/certificate.pdf")
    text = PdfReader(io.BytesIO(pdf.response.content)).pages[0].extract_text()
    assert "Lindmere" in text
    assert gold in text
    found = await client.get(f"/check?code={gold.lower().replace('-', ' ')}")
    assert found.path == f"/check/{gold}"
    assert "This is no code of ours" in (await client.get("/check?code=7KQ4M")).text
    assert "This is no code of ours" in (await client.get("/check/00000-00000", status=404)).text
    assert (await client.get(f"/check/{gold.lower()}", status=404)).status == 404
    assert season.references[0] not in page.html


async def test_a_further_step_makes_no_second_paper_and_a_correction_ends_one(
    client: Client, clock: FixedClock
) -> None:
    season = await published(clock)
    assert await make_certificates(clock) == 2
    gold, silver = await codes()
    clock.advance(timedelta(minutes=1))
    await sign(season, clock, await ask(season, clock, shows="full"))
    clock.advance(timedelta(minutes=1))
    assert await make_certificates(clock) == 0
    assert (await client.get(f"/check/{gold}")).h1 == "This certificate stands"
    await Entry.update({Entry.title: "Practice, renamed"}, force=True).where(Entry.id == season.entries[0])
    await sign(season, clock, await ask(season, clock, shows="full", note="A title was misspelt"))
    clock.advance(timedelta(minutes=1))
    assert await make_certificates(clock) == 1
    # With a word behind it the page is not taken from what is kept.
    assert (await client.get(f"/check/{gold}?now=1")).h1 == "This certificate does not stand any more"
    assert (await client.get(f"/check/{gold}/certificate.pdf", status=404)).status == 404
    assert (await client.get(f"/check/{silver}")).h1 == "This certificate stands"


async def test_who_has_won_waits_for_what(client: Client, clock: FixedClock) -> None:
    season = await decided(clock)
    await sign(season, clock, await ask(season, clock, shows="names"))
    assert await make_certificates(clock) == 0  # who has won, and not yet what
    clock.advance(timedelta(minutes=1))
    await sign(season, clock, await ask(season, clock, shows="winners"))
    assert await make_certificates(clock) == 2
    assert {row["kind"] for row in await Certificate.select()} == {"winner"}
    assert "This certificate stands" in (await client.get(f"/check/{(await codes())[0]}")).text


async def test_a_finalist_stays_one_whatever_the_prize(clock: FixedClock) -> None:
    season = await published(clock)
    row = (await visible_rows(clock.now()))[0]
    named = replace(
        row, prize="", figures={"reference": season.references[0], "awards": [], "finalist": True}
    )
    assert kind_of(named) is CertificateKind.FINALIST
    assert kind_of(row) is CertificateKind.WINNER
    won = replace(row, figures={**row.figures, "finalist": True})
    assert stands(named, CertificateKind.FINALIST, won)
    assert not stands(named, CertificateKind.FINALIST, row)
    assert not stands(named, CertificateKind.FINALIST, replace(won, entrant_name="Another"))
    assert not stands(named, CertificateKind.FINALIST, None)
    assert kind_of(replace(row, figures={})) is None


async def test_the_city_and_the_desk_find_it(client_for: ClientFor, clock: FixedClock) -> None:
    season = await published(clock)
    await make_certificates(clock)
    await factories.official(await id_of(AMINA), season.entrants[0], role="owner")
    await give(EUN_JI, "secretariat", season.season.scope)
    gold = (await codes())[0]
    own = await (await client_for(AMINA)).get(f"/city/entries/{season.references[0]}/feedback")
    assert f"/check/{gold}" in own.text
    desk = f"/desk/{season.season.programme}/{season.season.edition}/publication/certificates"
    page = await (await client_for(EUN_JI)).get(desk)
    assert [row[1] for row in page.table("Certificates of this edition")] == ["Certificate", "Gold", "Silver"]
