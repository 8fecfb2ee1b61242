"""Style and scripts go packed to who takes them so, and plain to who does not."""

import gzip

import pytest

from awards.web.packing import takes_packed
from awards.web.templating import assets
from tests.page import Client


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
