"""Open data: what was signed, told by what it means, and nothing of it a moment early."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from msgspec.structs import replace
from PIL import Image

from awards.app import routes_of
from awards.clock import FixedClock
from awards.editions.licences import RESERVED
from awards.editions.tables import EditionRule
from awards.entries.tables import Entry
from awards.errors import Invalid
from awards.publication.badges import badge
from awards.publication.feeds import ATOM, SITEMAP
from awards.publication.opendata import CRITERIA, RESULTS, table
from awards.publication.queries import visible_rows
from awards.publication.tables import Publication, PublishedEntry
from tests import factories
from tests.awards.publication.published import ask, decided, published, sign
from tests.awards.results.judged import Judged
from tests.factories import AT, DAY
from tests.page import Client
from tests.serving import Service

FILES = ("results.csv", "criteria.csv", "results.json", "datapackage.json", "data", "card.png")


def home(season: Judged) -> str:
    return f"/awards/{season.season.programme}/{season.season.edition}"


def rows_in(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


async def test_the_document_is_what_was_signed(client: Client, clock: FixedClock) -> None:
    season = await published(clock, shows="full")
    sealed = (await Publication.select())[0]["pack_sha256"]
    answer = (await client.get(f"{home(season)}/results.json")).response
    assert hashlib.sha256(answer.content).hexdigest() == sealed
    assert answer.headers["access-control-allow-origin"] == "*"
    page = await client.get(f"{home(season)}/data")
    assert sealed in page.text
    package = (await client.get(f"{home(season)}/datapackage.json")).json()
    for one in package["resources"]:
        content = (await client.get(f"{home(season)}/{one['path']}")).response.content
        assert one["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert one["bytes"] == len(content)
        if "schema" in one:
            names = [field["name"] for field in one["schema"]["fields"]]
            assert list(rows_in(content)[0]) == names


async def test_tables_say_what_pages_say(client: Client, clock: FixedClock) -> None:
    season = await published(clock, shows="full")
    rows = rows_in((await client.get(f"{home(season)}/results.csv")).response.content)
    assert [row["place"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    gold = rows[0]
    assert (gold["entrant"], gold["prize"], gold["country"]) == ("Lindmere", "Gold", "KR")
    assert gold["page"].endswith(f"{home(season)}/inclusive/lindmere")
    shown = (await visible_rows(clock.now()))[0].figures["estimate"]
    assert round(float(gold["score"]) * 1_000_000) == shown
    assert rows[5]["page"] == ""
    criteria = rows_in((await client.get(f"{home(season)}/criteria.csv")).response.content)
    assert len(criteria) == 12
    # Who is named in the winners' step only is in the tables only.
    season = await published(clock, shows="winners")
    rows = rows_in((await client.get(f"{home(season)}/results.csv")).response.content)
    assert [row["entrant"] for row in rows] == ["Lindmere", "Port Amaranth"]


def test_no_cell_is_a_formula_and_numbers_stay_numbers() -> None:
    made = table(RESULTS[:2], [["=1+1", "-2"]])
    assert made.endswith(b"'=1+1,'-2\r\n")
    assert {field.kind for field in (*RESULTS, *CRITERIA)} <= {"string", "integer", "number", "boolean"}


async def test_nothing_of_it_is_there_a_moment_early(client: Client, clock: FixedClock) -> None:
    season = await decided(clock)
    await Entry.update({Entry.title: "Canary title"}, force=True).where(Entry.id == season.entries[0])
    await sign(season, clock, await ask(season, clock, at=AT + DAY))
    winner = f"{home(season)}/inclusive/lindmere"
    closed = [*(f"{home(season)}/{name}" for name in FILES), f"{winner}/card.png", f"{winner}/badge.svg"]
    open_to_all = (
        "/data",
        "/data/editions.json",
        "/feed.xml",
        "/sitemap.xml",
        "/openapi.json",
        "/robots.txt",
    )
    clock.move_to(AT + DAY - timedelta(milliseconds=1))
    for path in closed:
        assert (await client.get(path, status=404)).status == 404, path
    for path in open_to_all:
        said = (await client.get(path)).response.text
        assert "lindmere" not in said.lower(), path
        assert "Canary" not in said, path
        assert not (path in ("/feed.xml", "/data/editions.json") and season.season.edition in said), path
    clock.move_to(AT + DAY)
    for path in closed:
        assert (await client.get(path)).status == 200, path
    for path in ("/feed.xml", "/data/editions.json"):
        assert season.season.edition in (await client.get(path)).response.text
    assert winner in (await client.get("/sitemap.xml")).response.text


async def test_the_feed_and_the_map_are_well_formed(client: Client, clock: FixedClock) -> None:
    season = await published(clock)
    clock.advance(timedelta(minutes=1))
    await sign(season, clock, await ask(season, clock, note="A name <was> misspelt & more"))
    sent = (await client.get("/feed.xml")).response
    assert sent.headers.get_list("vary") == ["Accept-Encoding, Accept-Language, Cookie"]
    feed = fromstring(sent.content)
    entries = feed.findall(f"{{{ATOM}}}entry")
    assert len(entries) == 2
    assert [entry.findtext(f"{{{ATOM}}}summary") for entry in entries] == [
        "A name <was> misspelt & more",
        "2 winners.",
    ]
    ids = [entry.findtext(f"{{{ATOM}}}id") for entry in entries]
    assert len(set(ids)) == 2
    assert feed.findtext(f"{{{ATOM}}}updated") == entries[0].findtext(f"{{{ATOM}}}updated")
    about = await client.get("/data")
    assert "/feed.xml" in about.text
    assert 'href="/feed.xml">' not in about.html.partition("</head>")[2], (
        "a reader is not led to what only machines read"
    )
    found = fromstring((await client.get("/sitemap.xml")).response.content)
    addresses = [url.findtext(f"{{{SITEMAP}}}loc") or "" for url in found]
    assert len(addresses) == len(set(addresses))
    for address in addresses:
        path = "/" + address.split("/", 3)[3]
        assert (await client.get(path)).status == 200, path


async def test_pictures(client: Client, clock: FixedClock) -> None:
    season = await published(clock)
    winner = f"{home(season)}/inclusive/lindmere"
    picture = (await client.get(f"{winner}/card.png")).response
    assert Image.open(io.BytesIO(picture.content)).size == (1200, 630)
    svg = (await client.get(f"{winner}/badge.svg")).response
    assert svg.headers["cross-origin-resource-policy"] == "cross-origin"
    drawn = fromstring(svg.content)
    assert "Gold" in (drawn.get("aria-label") or "")
    assert not any(name in svg.text for name in ("<script", "style=", "href", "http://1"))


async def test_a_badge_holds_whatever_a_name_is(clock: FixedClock) -> None:
    await published(clock)
    await PublishedEntry.update({PublishedEntry.category: 'Open "data" & <more> of it'}, force=True)
    row = (await visible_rows(clock.now()))[0]
    drawn = fromstring(badge(row, "Awards"))
    assert 'Open "data" & <more>' in "".join(drawn.itertext())
    label = 'Awards: Gold, Open "data" & <more> of it, Lindmere'
    assert (drawn.get("aria-label"), next(iter(drawn)).text) == (label, label)
    bare = fromstring(badge(replace(row, category="", prize=""), "Awards"))
    assert bare.get("aria-label") == "Awards: Winner, Lindmere", (
        "what the records do not say is no title of a prize"
    )


async def test_heads_tell_machines_who_won(client: Client, clock: FixedClock) -> None:
    season = await published(clock)
    page = await client.get(f"{home(season)}/inclusive/lindmere")
    told = json.loads(page.html.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert told["@type"] == "CreativeWork"
    assert told["award"].startswith("Gold, Inclusive City 2026, ")
    assert told["creator"]["name"] == "Lindmere"
    assert f"{home(season)}/inclusive/lindmere/card.png" in page.html
    page = await client.get(home(season))
    told = json.loads(page.html.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert told["@type"] == "Dataset"


TYPES = {"string": str, "integer": int, "object": dict, "array": list, "boolean": bool, "null": type(None)}


def faults(value: Any, schema: dict[str, Any], named: dict[str, Any], where: str = "") -> Iterator[str]:
    """What of the value is not as the few words of JSON Schema say that we use."""
    schema = named[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    kinds = schema.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if kinds and not any(type(value) is TYPES[kind] for kind in kinds):
        yield f"{where}: {value!r} is no {kinds}"
        return
    if value != schema.get("const", value):
        yield f"{where}: {value!r}"
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield f"{where}: {value!r} is not {schema['pattern']}"
    if isinstance(value, dict):
        yield from (f"{where}.{name} is missing" for name in schema.get("required", ()) if name not in value)
        for name, inside in schema.get("properties", {}).items():
            if name in value:
                yield from faults(value[name], inside, named, f"{where}.{name}")
    if isinstance(value, list):
        for one in value:
            yield from faults(one, schema.get("items", {}), named, f"{where}[]")


async def test_the_interface_is_as_it_is_described(
    client: Client, service: Service, clock: FixedClock
) -> None:
    season = await published(clock, shows="full")
    described = (await client.get("/openapi.json")).json()
    assert described["openapi"] == "3.1.0"
    known = {handler_path for route in routes_of(service.app.litestar) for handler_path in route.paths}
    values = {
        "programme": season.season.programme,
        "edition": season.season.edition,
        "category": "inclusive",
        "slug": "lindmere",
        "number": "1",
    }
    for path, asked in described["paths"].items():
        declared = path
        for name in values:
            declared = declared.replace(f"{{{name}}}", f"{{{name}:{'int' if name == 'number' else 'str'}}}")
        assert declared in known, path
        answer = (await client.get(path.format(**values))).response
        ((media_type, content),) = asked["get"]["responses"]["200"]["content"].items()
        assert answer.headers["content-type"].split(";")[0] == media_type, path
        if media_type == "application/json":
            assert list(faults(answer.json(), content["schema"], described["components"]["schemas"])) == [], (
                path
            )


async def test_the_licence_is_the_editions_and_signed_with_each_publication(
    client: Client, clock: FixedClock
) -> None:
    season = await published(clock)
    first = (await Publication.select(Publication.pack_sha256))[0]["pack_sha256"]
    rule = {"edition": season.season.edition_id, "code": "licence", "value": RESERVED}
    await factories.add(EditionRule, **rule)
    clock.advance(timedelta(minutes=1))
    with pytest.raises(Invalid):
        await ask(season, clock)
    await sign(season, clock, await ask(season, clock, note="The programme keeps its rights."))
    assert "All rights reserved" in (await client.get(f"{home(season)}/data")).text
    assert "creativecommons" not in (await client.get(home(season))).response.text
    licences = [
        (await client.get(f"{home(season)}/{at}datapackage.json")).json()["licenses"][0]
        for at in ("", "versions/1/")
    ]
    assert licences[0]["path"].endswith(f"{home(season)}/data")
    assert licences[1]["name"] == "CC-BY-4.0"
    assert first in (await client.get(f"{home(season)}/versions/1")).text, "what was signed stays as it was"
    edition = (await client.get("/data/editions.json")).json()["editions"][0]
    assert edition["licence"] == RESERVED


@pytest.mark.parametrize("path", ["/robots.txt", "/sitemap.xml"])
async def test_robots_are_told_where_nothing_is(path: str, client: Client) -> None:
    assert "http://127.0.0.1:8000" in (await client.get(path)).response.text
