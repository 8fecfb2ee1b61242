"""Addresses that nobody types: 404 or 400, never an error of ours, on both engines."""

import pytest

from tests.awards.entries.test_pages import city_of, start, submitted
from tests.people import AMINA, EUN_JI, give
from tests.serving import ClientFor

ODD = ("%00", "%ED%A0%80", "%FF", "%2e%2e%2f", "a" * 3000, "WG26-%F0%9F%8F%99", "-1", "9" * 23, "'--")


@pytest.mark.parametrize("odd", ODD)
async def test_odd_references_and_codes(client_for: ClientFor, odd: str) -> None:
    season, _city = await city_of()
    await give(EUN_JI, "secretariat", season.scope)
    amina, desk = await client_for(AMINA), await client_for(EUN_JI)
    path = await start(amina, season)
    for address in (
        f"/city/entries/{odd}",
        f"/city/entries/{odd}/check",
        f"{path}/{odd}",
        f"{path}/versions/{odd}",
        f"/city/entries/new?edition={odd}",
        f"/city/entries/new?edition={season.programme}/{odd}",
        f"/city/entrants/{odd}",
    ):
        page = await amina.get(address, status=None, follow=False)
        assert page.status in (301, 302, 303, 307, 400, 404), address
    for address in (f"{season.desk}/entries/{odd}", f"/desk/cities/{odd}", f"/desk/{odd}/x/entries"):
        page = await desk.get(address, status=None, follow=False)
        assert page.status in (301, 302, 303, 307, 400, 404), address
    for address in (f"{season.desk}/entries?category={odd}&state={odd}&page={odd}", f"/desk/cities?q={odd}"):
        page = await desk.get(address, status=None)
        assert page.status in (200, 400), address


@pytest.mark.parametrize(
    "content",
    [
        b"answer=%00",
        b"answer=%ED%A0%80&version=1",
        b"version=99999999999999999999999",
        b"version=NaN",
        b"&&&==",
    ],
)
async def test_odd_forms_store_nothing(client_for: ClientFor, content: bytes) -> None:
    season, _city = await city_of()
    amina = await client_for(AMINA)
    path = await submitted(amina, season)
    page = await amina.get(f"{path.partition('/versions')[0]}/summary")
    token = page.form("#question")[0].find(".//*[@name='csrf']")
    assert token is not None
    page = await amina.post(
        page.path,
        content=b"csrf=" + token.get("value", "").encode() + b"&" + content,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert 400 <= page.status < 500
