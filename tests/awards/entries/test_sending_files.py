"""A file that comes in pieces over HTTP, as upload.js sends it: broken off, gone on with, late, too many at once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from awards.clock import FixedClock
from awards.entries.tables import Attachment, LateTry
from awards.files.tables import StoredFile
from tests.awards.entries.attached import attach, city_with_files, draft
from tests.awards.files.corpus import pdf, picture
from tests.factories import AT
from tests.page import Client
from tests.people import AMINA, BAO
from tests.serving import ClientFor

PDF = pdf(pages=4)
HALF = len(PDF) // 2
MS = timedelta(milliseconds=1)


class Sender:
    """The requests of one browser for one question."""

    def __init__(self, client: Client, path: str, csrf: str) -> None:
        self.client, self.url, self.csrf = client, f"{path}/evidence/uploads", csrf

    async def ask(self, method: str, path: str = "", **options: Any) -> tuple[int, dict[str, Any]]:
        headers = {"x-csrf-token": self.csrf, "accept": "application/json", "origin": self.client.base_url,
                   "sec-fetch-site": "same-origin", **options.pop("headers", {})}  # fmt: skip
        answer = await self.client.http.request(method, self.url + path, headers=headers, **options)
        return answer.status_code, answer.json()

    async def begin(self, name: str = "plan.pdf", size: int = len(PDF), query: str = "") -> str:
        status, answer = await self.ask("POST", query, json={"name": name, "size": size})
        assert status == 201, answer
        return str(answer["upload"])

    async def piece(self, token: str, start: int, end: int, data: bytes = PDF) -> tuple[int, dict[str, Any]]:
        headers = {"upload-offset": str(start), "content-type": "application/octet-stream"}
        return await self.ask("PATCH", f"/{token}", content=data[start:end], headers=headers)


async def sender(client: Client, path: str) -> Sender:
    page = await client.get(f"{path}/evidence")
    form, _button = page.form("#question")
    csrf = next(field.get("value") for field in form.iter("input") if field.get("name") == "csrf")
    return Sender(client, path, str(csrf))


async def test_half_a_file_a_lost_line_and_the_rest(client_for: ClientFor) -> None:
    season = await city_with_files()
    amina, bao = await client_for(AMINA), await client_for(BAO)
    path = await draft(amina, season)
    send = await sender(amina, path)
    token = await send.begin()
    assert await send.piece(token, 0, HALF) == (200, {"offset": HALF})
    # The answer was lost: the same piece again is told how far it is.
    assert await send.piece(token, 0, HALF) == (409, {"offset": HALF})
    status, told = await send.ask("GET", f"/{token}")
    assert (status, told["offset"], told["state"]) == (200, HALF, "open")
    assert (await send.ask("POST", f"/{token}")) == (409, {"offset": HALF})
    assert await send.piece(token, HALF, len(PDF)) == (200, {"state": "attached", "number": 1})
    # And this answer too.
    assert await send.ask("POST", f"/{token}") == (200, {"state": "attached", "number": 1})
    assert (await send.ask("GET", f"/{token}"))[1]["state"] == "kept"
    assert await Attachment.count() == 1
    # A colleague writes the same entry, and has no upload of hers.
    theirs = await sender(bao, path)
    assert (await theirs.ask("GET", f"/{token}"))[0] == 404
    assert (await bao.get(f"{path}/files/1/original")).response.content == PDF


async def test_what_cannot_be_taken_is_said_with_its_name(client_for: ClientFor) -> None:
    season = await city_with_files(rules={"most_file_mb": "1"})
    amina = await client_for(AMINA)
    path = await draft(amina, season)
    send = await sender(amina, path)
    status, told = await send.ask("POST", json={"name": "film.pdf", "size": 1024 * 1024 + 1})
    assert (status, told["problem"]) == (413, "too large")
    assert "1 MB" in told["sentence"]
    page = b"<!doctype html><p>no picture"
    token = await send.begin("map.png", len(page))
    status, told = await send.piece(token, 0, len(page), page)
    assert (status, told["state"]) == (422, "refused")
    assert "map.png" in told["sentence"]
    assert await StoredFile.count() == 0
    token = await send.begin()
    assert (await send.ask("DELETE", f"/{token}"))[1] == {"state": "cancelled"}
    assert (await send.piece(token, 0, HALF))[0] == 422


async def test_each_piece_counts_by_the_arrival_of_its_head(client_for: ClientFor, clock: FixedClock) -> None:
    closes = AT + timedelta(hours=2)
    season = await city_with_files(closes=closes)
    amina = await client_for(AMINA)
    path = await draft(amina, season)
    send = await sender(amina, path)
    first, second = await send.begin(), await send.begin("map.png", 10)
    await send.piece(first, 0, HALF)
    clock.move_to(closes - MS)

    async def across() -> Any:
        """The head is here; the deadline passes before the body is."""
        clock.move_to(closes + timedelta(minutes=5))
        yield PDF[HALF:]

    headers = {"upload-offset": str(HALF), "content-length": str(len(PDF) - HALF)}
    status, told = await send.ask("PATCH", f"/{first}", content=across(), headers=headers)
    assert (status, told) == (200, {"state": "attached", "number": 1})
    for method, way in (("POST", ""), ("PATCH", f"/{second}"), ("POST", f"/{first}?replaces=1")):
        status, told = await send.ask(method, way, json={"name": "map.png", "size": 10})
        assert status in (200, 403), told
    assert (await send.piece(second, 0, 10))[0] == 403
    assert await Attachment.count() == 1
    assert await LateTry.count() >= 2


@pytest.mark.commits
async def test_two_that_arrive_together_do_not_both_take_the_last_place(client_for: ClientFor) -> None:
    season = await city_with_files()
    amina, bao = await client_for(AMINA), await client_for(BAO)
    path = await draft(amina, season)
    await attach(amina, path, ("a.png", picture(size=(10, 10)), "image/png"),
                 ("b.png", picture(size=(11, 11)), "image/png"))  # fmt: skip
    senders = [await sender(amina, path), await sender(bao, path)]
    files = (PDF, pdf(pages=5))
    tokens = [
        await each.begin(f"{len(file)}.pdf", len(file)) for each, file in zip(senders, files, strict=True)
    ]
    answers = await asyncio.gather(
        *(
            each.piece(token, 0, len(file), file)
            for each, token, file in zip(senders, tokens, files, strict=True)
        )
    )
    assert sorted(status for status, _told in answers) == [200, 422]
    refused = next(told for status, told in answers if status == 422)
    assert "takes 3 files" in refused["sentence"]
    assert await Attachment.count() == 3
