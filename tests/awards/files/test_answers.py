"""Over HTTP: what is too much is refused unread, a file never becomes a page of ours, its name never a header."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest
from litestar import Litestar, Request, Response, delete, get, patch, post
from litestar.datastructures import State
from litestar.params import FromPath

from awards.clock import FixedClock
from awards.files.kinds import KINDS, Refused, Why
from awards.files.limits import LARGEST_FILE, LARGEST_PIECE, Allowed
from awards.files.names import disposition
from awards.files.queries import file_by_id
from awards.web import downloads, uploads
from awards.web.edge import Edge
from awards.web.fields import read_fields
from awards.web.problems import HANDLERS
from awards.web.site import Site, site_of
from tests.awards.files import corpus
from tests.awards.files.arriving import ENTRY, OWNER, kept, on_disk, place, work
from tests.serving import Service

Req = Request[Any, Any, Any]


class Raw(Protocol):
    async def __call__(
        self, method: str, path: str, headers: dict[str, str], body: bytes, *, gone: bool
    ) -> int: ...


PDF = corpus.pdf()


@post("/up", request_max_body_size=uploads.LARGEST_ANNOUNCEMENT)
async def begin(request: Req) -> Response[bytes]:
    allowed = Allowed(room=2, largest=20 * 1024 * 1024)
    return await uploads.begin(request, owner_id=OWNER, subject=ENTRY, purpose="evidence", allowed=allowed)


@patch("/up/{token:str}", request_max_body_size=LARGEST_PIECE)
async def append(request: Req, token: FromPath[str]) -> Response[bytes]:
    return await uploads.append(request, token, owner_id=OWNER)


@get("/up/{token:str}")
async def state(request: Req, token: FromPath[str]) -> Response[bytes]:
    return await uploads.state(request, token, owner_id=OWNER)


@delete("/up/{token:str}", status_code=200)
async def give_up(request: Req, token: FromPath[str]) -> Response[bytes]:
    return await uploads.give_up(request, token, owner_id=OWNER)


@post("/form", request_max_body_size=uploads.LARGEST_FORM)
async def form(request: Req) -> Response[bytes]:
    fields = await read_fields(request)
    chosen = uploads.chosen_files(await request.form(), "file")
    told = [[file.filename, size, len(file.file.read())] for file, size in chosen]
    return uploads.answer({"files": told, **fields})


@get("/file/{number:int}/{kind:str}")
async def download(request: Req, number: FromPath[int], kind: FromPath[str]) -> Response[Any]:
    file = await file_by_id(number)
    if kind == "original":
        return await downloads.send_file(request, file, name='Plan "ä".pdf')
    if kind == "text":
        text = await downloads.text_of(site_of(request).files.store, file.copy("text"))
        return uploads.answer({"text": text})
    if kind == "judge":
        return await downloads.show_picture(request, file.copy("judge"))
    return await downloads.show_picture(request, file.copy(kind, int(kind == "page")))


@get("/refused")
async def refused() -> None:
    raise Refused(Why.PROTECTED)


@pytest.fixture
def site(tmp_path: Path, shared_service: Service) -> Site:
    """That of the service, with files of the test's own."""
    whole: Site = shared_service.app.litestar.state.site
    return replace(whole, files=place(tmp_path))


@pytest.fixture
async def http(site: Site, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    app = Litestar(
        route_handlers=[begin, append, state, give_up, form, download, refused],
        exception_handlers=HANDLERS,
        state=State({"site": site}),
        openapi_config=None,
        logging_config=None,
    )
    # Both speak ASGI, and each library has types of its own for it.
    edge: Any = Edge(app, litestar=app, settings=site.settings, clock=clock, ticks=lambda: 0.0)
    transport = httpx.ASGITransport(app=edge)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.fixture
def raw(http: httpx.AsyncClient) -> Raw:
    """A request whose body does not come to its end; the status of the answer."""
    transport = http._transport
    assert isinstance(transport, httpx.ASGITransport)

    async def ask(method: str, path: str, headers: dict[str, str], body: bytes, *, gone: bool) -> int:
        sent = [{"type": "http.request", "body": body, "more_body": True}]
        sent += [{"type": "http.disconnect"}] if gone else []
        said: list[Any] = []

        async def receive() -> Any:
            return sent.pop(0) if sent else await asyncio.Event().wait()

        async def send(message: Any) -> None:
            said.append(message)

        head = [(b"host", b"127.0.0.1:8000"), *((k.encode(), v.encode()) for k, v in headers.items())]
        scope = {
            "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
            "headers": head, "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 8000),
            "client": ("127.0.0.1", 1), "root_path": "",
        }  # fmt: skip
        await transport.app(scope, receive, send)
        return int(said[0]["status"])

    return ask


async def test_in_pieces(http: httpx.AsyncClient, site: Site) -> None:
    begun = await http.post("/up", json={"name": "Plan.pdf", "size": len(PDF)})
    assert (begun.status_code, begun.headers["upload-offset"]) == (201, "0")
    at = f"/up/{begun.json()['upload']}"

    async def send(start: int, data: bytes) -> httpx.Response:
        return await http.patch(at, content=data, headers={"upload-offset": str(start)})

    assert (await send(0, PDF[:400])).json() == {"offset": 400}
    lost = await send(0, PDF[:400])
    assert (lost.status_code, lost.json(), lost.headers["upload-offset"]) == (409, {"offset": 400}, "400")
    told = (await http.get(at)).json()
    assert told == {"offset": 400, "size": len(PDF), "name": "Plan.pdf", "state": "open"}
    assert (await http.head(at)).headers["upload-offset"] == "400"
    too_much = await send(400, PDF)
    assert (too_much.status_code, too_much.json()["problem"]) == (413, "too large")
    assert (await send(400, PDF[400:])).json() == {"offset": len(PDF)}
    assert (await http.delete(at)).json() == {"state": "cancelled"}
    assert on_disk(site.files) == []
    assert (await send(len(PDF), b"")).status_code == 422


@pytest.mark.parametrize(
    ("announced", "status", "why"),
    [
        ({"name": "a.pdf", "size": 20 * 1024 * 1024 + 1}, 413, Why.TOO_LARGE),
        ({"name": "a.exe", "size": 10}, 422, Why.ENDING),
        ({"name": "a.pdf", "size": 0}, 422, Why.EMPTY),
        ({"name": "a.pdf", "size": True}, 400, None),
        ({"name": "a.pdf", "size": 1.5}, 400, None),
        ({"name": "a\0.pdf", "size": 1}, 400, None),
        ({"name": "a.pdf"}, 400, None),
        ([], 400, None),
    ],
)
async def test_announcements(
    http: httpx.AsyncClient, announced: object, status: int, why: Why | None
) -> None:
    answer = await http.post("/up", json=announced)
    assert answer.status_code == status
    if why is not None:
        assert answer.json() == {
            "problem": why.value,
            "sentence": uploads.sentence(why, Allowed(largest=20971520)),
        }


@pytest.mark.parametrize(
    "body", [b'{"name": "\xff"}', b'{"name": "\\ud800", "size": 1}', b'{"size": NaN}', b"{"]
)
async def test_odd_announcements(http: httpx.AsyncClient, body: bytes) -> None:
    assert (await http.post("/up", content=body)).status_code == 400


@pytest.mark.parametrize("offset", ["", "-1", "1.0", "٣", "9" * 40])
async def test_odd_offsets(http: httpx.AsyncClient, offset: str) -> None:
    at = "/up/nothing"
    headers = httpx.Headers({b"upload-offset": offset.encode()})
    assert (await http.patch(at, content=b"x", headers=headers)).status_code == 400


async def test_what_is_too_long_is_refused_unread(http: httpx.AsyncClient) -> None:
    """The body raises when somebody reads it."""

    async def unread() -> AsyncIterator[bytes]:
        assert not length, "it was read"
        yield b""

    begun = await http.post("/up", json={"name": "Plan.pdf", "size": 1000})
    at = f"/up/{begun.json()['upload']}"
    lengths: list[tuple[int | None, int]] = [(LARGEST_PIECE + 1, 413), (1001, 413), (None, 411)]
    for length, status in lengths:
        headers = {"upload-offset": "0"} | ({"content-length": str(length)} if length else {})
        assert (await http.patch(at, content=unread(), headers=headers)).status_code == status
    length = LARGEST_FILE * 2
    sized = {"content-length": str(length), "content-type": "multipart/form-data; boundary=x"}
    assert (await http.post("/form", content=unread(), headers=sized)).status_code == 413


async def test_a_form_with_files(http: httpx.AsyncClient) -> None:
    files = [("file", ("ä.pdf", PDF)), ("file", ("b.png", corpus.picture())), ("file", ("", b""))]
    answer = await http.post("/form", data={"csrf": "x"}, files=files)
    size = len(corpus.picture())
    nothing_chosen = {"file": ""}
    assert answer.json() == {
        "csrf": "x",
        **nothing_chosen,
        "files": [["ä.pdf", len(PDF), len(PDF)], ["b.png", size, size]],
    }


async def test_a_form_that_breaks_off(raw: Raw) -> None:
    """The server tells of it as of a wrong request, not as of an error of its own."""
    body = b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nabc'
    head = {"content-type": "multipart/form-data; boundary=x"}
    assert await raw("POST", "/form", head, body, gone=True) == 400


@pytest.mark.parametrize("gone", [True, False], ids=["gone", "silent"])
async def test_a_piece_that_breaks_off(
    http: httpx.AsyncClient, raw: Raw, monkeypatch: pytest.MonkeyPatch, gone: bool
) -> None:
    """What came of it is here, and the next piece goes on from there."""
    monkeypatch.setattr(uploads, "SILENCE_SECONDS", 0.05)
    at = f"/up/{(await http.post('/up', json={'name': 'Plan.pdf', 'size': len(PDF)})).json()['upload']}"
    head = {"upload-offset": "0", "content-length": str(len(PDF))}
    assert await raw("PATCH", at, head, PDF[:300], gone=gone) == 408
    assert (await http.get(at)).json()["offset"] == 300
    rest = await http.patch(at, content=PDF[300:], headers={"upload-offset": "300"})
    assert rest.json() == {"offset": len(PDF)}


async def test_a_download_is_a_download(http: httpx.AsyncClient, site: Site, clock: FixedClock) -> None:
    number = await kept("a.pdf", PDF, site.files, clock)
    at = f"/file/{number}/original"
    answer = await http.get(at)
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    name = "attachment; filename=\"Plan a.pdf\"; filename*=UTF-8''Plan%20%22%C3%A4%22.pdf"
    assert answer.headers["content-disposition"] == name
    assert answer.headers.get_list("content-security-policy") == [downloads.SANDBOX]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    head = await http.head(at)
    assert (head.content, head.headers["content-length"]) == (b"", str(len(PDF)))


async def test_parts_of_a_download(http: httpx.AsyncClient, site: Site, clock: FixedClock) -> None:
    at = f"/file/{await kept('a.pdf', PDF, site.files, clock)}/original"
    etag = (await http.head(at)).headers["etag"]
    last = len(PDF) - 1
    for asked, start, end in (
        (f"bytes=100-{last + 50}", 100, last),
        ("bytes=100-", 100, last),
        ("bytes=5-9", 5, 9),
    ):
        answer = await http.get(at, headers={"range": asked, "if-range": etag})
        assert (answer.status_code, answer.content) == (206, PDF[start : end + 1])
        assert answer.headers["content-range"] == f"bytes {start}-{end}/{len(PDF)}"
    whole: list[dict[str, str]] = [
        {"range": "bytes=9-5"},
        {"range": "lines=1-2"},
        {"range": "bytes=5-", "if-range": '"other"'},
    ]
    for headers in whole:
        assert (await http.get(at, headers=headers)).content == PDF
    beyond = await http.get(at, headers={"range": f"bytes={len(PDF)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(PDF)}")


async def test_only_what_we_drew_is_shown(http: httpx.AsyncClient, site: Site, clock: FixedClock) -> None:
    number = await kept("a.pdf", PDF, site.files, clock)
    await work(site.files, clock)
    page = await http.get(f"/file/{number}/page")
    assert (page.headers["content-type"], page.headers["content-disposition"]) == ("image/webp", "inline")
    assert page.headers["content-security-policy"] == downloads.SANDBOX
    assert "Page 1 of the practice" in (await http.get(f"/file/{number}/text")).json()["text"]
    assert (await http.get(f"/file/{number}/judge")).status_code == 404


async def test_what_the_store_lost_is_a_calm_page(
    http: httpx.AsyncClient, site: Site, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    number = await kept("a.pdf", PDF, site.files, clock)
    key = (await file_by_id(number)).storage_key
    await site.files.store.delete(key)
    assert (await http.get(f"/file/{number}/original")).status_code == 404
    assert key in caplog.text


async def test_a_refusal_that_no_page_catches_is_a_calm_page(http: httpx.AsyncClient) -> None:
    answer = await http.get("/refused")
    assert (answer.status_code, "locked with a password" in answer.text) == (422, True)


def test_every_refusal_has_a_sentence() -> None:
    said = {uploads.sentence(why) for why in Why}
    assert len(said) == len(Why)
    assert all(text.endswith(".") for text in said)
    assert all(kind.ending in uploads.sentence(Why.ENDING) for kind in KINDS)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Plan.pdf", "attachment; filename=\"Plan.pdf\"; filename*=UTF-8''Plan.pdf"),
        ("a b;c.pdf", "attachment; filename=\"a b;c.pdf\"; filename*=UTF-8''a%20b%3Bc.pdf"),
        ("100%.pdf", "attachment; filename=\"100.pdf\"; filename*=UTF-8''100%25.pdf"),
        ("خدمة.pdf", "attachment; filename=\"file.pdf\"; filename*=UTF-8''%D8%AE%D8%AF%D9%85%D8%A9.pdf"),
        ("Malmö.pdf", "attachment; filename=\"Malmo.pdf\"; filename*=UTF-8''Malm%C3%B6.pdf"),
        ("a\r\nB: c.pdf", "attachment; filename=\"aB: c.pdf\"; filename*=UTF-8''a%0D%0AB%3A%20c.pdf"),
    ],
)
def test_names_in_headers(name: str, header: str) -> None:
    assert disposition(name) == header
