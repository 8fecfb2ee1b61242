"""Autosave: one operation after another, a retry is answered, a lost race overwrites nothing."""

import json
from typing import Any

import pytest

from awards.editions.tables import Milestone
from awards.entries.tables import Answer, AnswerRevision
from tests.awards.entries.test_pages import city_of, start
from tests.factories import AT
from tests.page import Client, Page
from tests.people import AMINA, BAO
from tests.serving import ClientFor

KEY = "0" * 32


def operation(text: Any, base: int = 0, key: str = KEY) -> str:
    return json.dumps({"key": key, "base_version": base, "fields": {"answer": text}})


async def send(client: Client, path: str, body: str | bytes, status: int) -> Page:
    page = await client.get("/city")
    token = page.form("/sign-out")[0].find(".//*[@name='csrf']")
    assert token is not None
    headers = {"content-type": "application/json", "x-csrf-token": token.get("value", "")}
    return await client.post(f"{path}/save", content=body, headers=headers, status=status)


async def test_a_save_is_acknowledged_and_its_retry_too(client_for: ClientFor) -> None:
    season, _city = await city_of()
    amina = await client_for(AMINA)
    path = f"{await start(amina, season)}/summary"
    page = await send(amina, path, operation("One"), 200)
    assert page.json() == {
        "state": "saved",
        "version": 1,
        "at": "2026-03-10T09:00:00Z",
        "message": "",
        "href": "",
        "closes": "2026-04-09T09:00:00Z",
    }
    page = await send(amina, path, operation("One"), 200)
    assert (page.json()["state"], page.json()["version"]) == ("already", 1)
    page = await send(amina, path, operation("Two", 1), 422)
    assert "used for another save" in page.json()["message"]
    await send(amina, path, operation("Two", 1, "1" * 32), 200)
    assert await AnswerRevision.count() == 2


async def test_a_lost_race_is_a_conflict(client_for: ClientFor) -> None:
    season, _city = await city_of()
    amina, bao = await client_for(AMINA), await client_for(BAO)
    path = f"{await start(amina, season)}/summary"
    await send(bao, path, operation("Bao"), 200)
    page = await send(amina, path, operation("Amina"), 409)
    assert page.json()["state"] == "conflict"
    assert page.json()["href"] == path
    assert (await Answer.select(Answer.value))[0]["value"] == "Bao"


async def test_what_is_too_long_is_invalid(client_for: ClientFor) -> None:
    season, _city = await city_of()
    amina = await client_for(AMINA)
    path = f"{await start(amina, season)}/summary"
    page = await send(amina, path, operation("x" * 100_001), 422)
    assert page.json()["state"] == "invalid"
    assert "100001" in page.json()["message"]


async def test_a_late_save_stops(client_for: ClientFor) -> None:
    season, _city = await city_of()
    amina = await client_for(AMINA)
    path = f"{await start(amina, season)}/summary"
    await Milestone.update({Milestone.at: AT}).where(
        (Milestone.edition == season.edition_id) & (Milestone.kind == "closes")
    )
    await send(amina, path, operation("Late"), 403)
    assert await Answer.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"NaN", b'{"key": NaN}', b"\xff\xfe", b"[" * 100_000,
        operation("x", base=-1).encode(), operation("x", base=10**22).encode(),
        operation("x", key="KEY").encode(), operation({"a": 1}).encode(), operation(7).encode(),
        operation("\x00").encode(), operation("\ud800").encode(), operation(["\ud800"]).encode(),
    ],
)  # fmt: skip
async def test_odd_bytes_are_refused(client_for: ClientFor, body: bytes) -> None:
    season, _city = await city_of()
    amina = await client_for(AMINA)
    path = f"{await start(amina, season)}/summary"
    page = await send(amina, path, body, 400)
    assert page.status == 400
    assert await Answer.count() == 0


async def test_without_the_token_nothing_is_saved(client_for: ClientFor) -> None:
    season, _city = await city_of()
    amina = await client_for(AMINA)
    path = f"{await start(amina, season)}/summary"
    await amina.post(
        f"{path}/save", content=operation("x"), headers={"content-type": "application/json"}, status=403
    )
    assert await Answer.count() == 0
