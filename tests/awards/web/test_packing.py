"""Pages, style and scripts go packed to who takes them so, and plain to who does not."""

import gzip

import pytest

from awards.web.packing import packed_apart, takes_packed
from awards.web.templating import assets
from tests.page import Client
from tests.people import AMINA
from tests.serving import ClientFor


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        ("gzip", True), ("gzip, deflate, br, zstd", True), ("br;q=1.0, gzip;q=0.8, *;q=0.1", True), ("GZIP", True),
        ("", False), ("identity", False), ("br", False), ("gzip;q=0", False), ("gzip; q=0.000, br", False),
        ("notgzip", False), ("gzip;q=0.5;x", False),
    ],
)  # fmt: skip
def test_who_takes_what_is_packed(header: str, takes: bool) -> None:
    assert takes_packed(header) is takes


async def test_the_style_is_sent_packed(client: Client) -> None:
    url = assets().url("awards.css")
    plain = await client.http.get(url, headers={"accept-encoding": "identity"})
    packed = await client.http.get(url, headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    for answer in (plain, packed):
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["content-type"].startswith("text/css")
        assert "immutable" in answer.headers["cache-control"]
    # The client unpacks it.
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) == len(gzip.compress(plain.content, 9, mtime=0)) < 15_000


async def test_a_kept_page_is_packed_once_and_asked_about_in_both_ways(client: Client) -> None:
    plain = await client.http.get("/")
    packed = await client.http.get("/", headers={"accept-encoding": "gzip"})
    again = await client.http.get("/", headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    assert packed.headers["content-length"] == again.headers["content-length"]
    assert packed.headers["etag"] == f"W/{plain.headers['etag']}"
    assert "Accept-Encoding" in plain.headers["vary"]
    for tag in (plain.headers["etag"], packed.headers["etag"]):
        known = await client.http.get("/", headers={"accept-encoding": "gzip", "if-none-match": tag})
        assert (known.status_code, known.content) == (304, b"")
    asked = await client.http.head("/", headers={"accept-encoding": "gzip"})
    assert (asked.headers["content-length"], asked.content) == (packed.headers["content-length"], b"")


async def test_the_length_of_a_page_of_ones_own_says_nothing_exact(client_for: ClientFor) -> None:
    amina = await client_for(AMINA)
    plain = await amina.http.get("/account")
    packed = [await amina.http.get("/account", headers={"accept-encoding": "gzip"}) for _time in range(8)]
    assert {answer.text for answer in packed} == {plain.text}
    lengths = {int(answer.headers["content-length"]) for answer in packed}
    assert len(lengths) > 3
    assert max(lengths) < len(plain.content) / 2


@pytest.mark.parametrize("text", ["", "<p>Short</p>", "<p>Größe 大きさ</p>" * 5000])
def test_what_is_packed_apart_is_gzip(text: str) -> None:
    content = text.encode()
    assert gzip.decompress(packed_apart(content)) == content
