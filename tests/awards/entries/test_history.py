"""What an answer was before, and two submitted versions side by side, as their people see them."""

from datetime import timedelta

from awards.clock import FixedClock
from tests.awards.entries.test_pages import city_of, start
from tests.awards.entries.test_writing import inserted, values
from tests.people import AMINA, BAO
from tests.serving import ClientFor


async def test_the_history_shows_who_changed_what_and_puts_it_back(
    client_for: ClientFor, clock: FixedClock
) -> None:
    season, _city = await city_of()
    amina, bao = await client_for(AMINA), await client_for(BAO)
    path = f"{await start(amina, season)}/summary"
    page = await amina.get(f"{path}/history")
    assert "Nothing is written yet" in page.text
    for client, text in ((amina, "Low floors."), (amina, "Low floors in buses."), (bao, "Lifts.")):
        await client.get(path)
        await client.submit("Save and return", answer=text, status=200)
        clock.move_to(clock.now() + timedelta(minutes=1))
    page = await amina.get(f"{path}/history")
    rows = page.table("All changes")
    assert [(row[0], row[2]) for row in rows[1:]] == [("3", "Bao Tran"), ("2", "Amina Okoro")]
    assert "2 saves in one sitting" in rows[2][1]
    page = await amina.get(f"{path}/history?change=2")
    assert inserted(page) == ["Low floors in buses."]
    page = await amina.submit("Restore this text", status=200)
    assert "Restored" in page.flash
    assert await values() == {"summary": "Low floors in buses."}
    await bao.get(f"{path}/history?change=1")
    await bao.get(f"{path}/history?change={'9' * 30}")


async def test_two_submitted_versions_stand_side_by_side(client_for: ClientFor) -> None:
    season, _city = await city_of()
    amina = await client_for(AMINA)
    path = await start(amina, season)
    await amina.get(f"{path}/versions/compare", status=404)
    for text in ("Low floors.", "Low floors and lifts."):
        await amina.get(f"{path}/summary")
        await amina.submit("#question", answer=text, status=200)
        await amina.get(f"{path}/check")
        await amina.submit("Submit the entry", declared="1", status=200)
    await amina.get(f"{path}/versions")
    page = await amina.click("Compare any two of them")
    assert "What did the city do?" in page.text
    assert any("lifts" in each for each in inserted(page))
    page = await amina.get(f"{path}/versions/compare?first=2&second=2")
    assert "The two versions hold the same." in page.text
    await amina.get(f"{path}/versions/compare?first=2&second=7", status=404)
