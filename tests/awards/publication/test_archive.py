"""The archive: real records of past editions, unknowns empty, the same file twice changes nothing."""

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from awards.actor import SYSTEM
from awards.audit.tables import Event
from awards.cities.countries import code_of
from awards.cities.regions import usual_region
from awards.clock import FixedClock
from awards.editions.tables import Edition
from awards.errors import Invalid
from awards.publication import services
from awards.publication.archive import prize_shape, published_rows, read_rows
from awards.publication.tables import Publication, PublishedEntry
from tests import factories

HERE = Path(__file__).parent
LINE = {
    "programme": "WeGO Awards", "edition": "2012", "year": "2012", "category": "Services", "prize": "Gold",
    "project_title": "One desk", "city": "Lindmere", "country": "Republic of Korea",
    "source_url": "https://example.org/a",
}  # fmt: skip


def lines() -> list[Mapping[str, str]]:
    with (HERE / "winners.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def test_the_records_become_published_rows_at_once(clock: FixedClock) -> None:
    report = await services.import_archive(rows=read_rows(lines()), actor=SYSTEM, clock=clock)
    assert (report.editions_added, report.publications, report.winners, report.unchanged) == (7, 7, 58, 0)
    rows = await PublishedEntry.select()
    assert len(rows) == 58
    assert all(row["country"] and row["region"] for row in rows if row["country_label"])
    unknown = next(row for row in rows if row["title"] == "1999 Citizen Hotline upgrade")
    assert (unknown["entrant_name"], unknown["country"], unknown["region"]) == ("", "", "")
    tierless = next(row for row in rows if row["entrant_name"] == "Kampala")
    assert (tierless["prize"], tierless["prize_position"]) == ("", None)
    assert {row["kind"] for row in await Publication.select()} == {"archive"}
    assert {row["state"] for row in await Edition.select()} == {"archived"}


async def test_the_same_file_twice_changes_nothing(clock: FixedClock) -> None:
    rows = read_rows(lines())
    await services.import_archive(rows=rows, actor=SYSTEM, clock=clock)
    events, publications = await Event.count(), await Publication.count()
    clock.advance(factories.DAY)
    report = await services.import_archive(rows=rows, actor=SYSTEM, clock=clock)
    assert (report.editions_added, report.publications, report.winners, report.unchanged) == (0, 0, 0, 7)
    assert (await Event.count(), await Publication.count()) == (events, publications)


async def test_a_found_winner_makes_a_new_publication_of_that_edition_only(clock: FixedClock) -> None:
    await services.import_archive(rows=read_rows(lines()), actor=SYSTEM, clock=clock)
    more = [*lines(), {**lines()[0], "city": "Tallinn", "country": "Estonia", "project_title": ""}]
    report = await services.import_archive(rows=read_rows(more), actor=SYSTEM, clock=clock)
    assert (report.publications, report.unchanged) == (1, 6)
    assert await PublishedEntry.count() == 58 + 5


async def test_an_edition_that_was_run_here_is_not_overwritten(clock: FixedClock) -> None:
    programme = await factories.programme(slug="wego-awards", name="WeGO Awards")
    await factories.edition(programme, slug="2012")
    with pytest.raises(Invalid):
        await services.import_archive(rows=read_rows([LINE]), actor=SYSTEM, clock=clock)
    assert await Publication.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"year": "twelve"}, {"year": "²012"}, {"programme": " "}, {"edition": "!"},
        {"source_url": "javascript:alert(1)"}, {"city": "", "project_title": ""}, {"awarded": "many"},
        {"country_code": "KOR"}, {"project_title": "x" * 301},
    ],
)  # fmt: skip
def test_every_bad_line_is_named(wrong: Mapping[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        read_rows([LINE, {**LINE, **wrong}])
    assert list(refused.value.errors) == ["row 3"]


def test_a_missing_column_and_a_contradiction_are_named() -> None:
    with pytest.raises(Invalid) as refused:
        read_rows([{key: value for key, value in LINE.items() if key != "prize"}])
    assert "row 2" in refused.value.errors
    with pytest.raises(Invalid) as refused:
        read_rows([LINE, {**LINE, "year": "2013"}])
    assert "wego-awards/2012" in refused.value.errors


@pytest.mark.parametrize(
    ("name", "code", "region"),
    [
        ("Republic of Korea", "KR", "Asia"), ("Hong Kong SAR, China", "HK", "Asia"), ("Türkiye", "TR", "Europe"),
        ("Viet Nam", "VN", "Asia"), ("Iran", "IR", "Middle East"), ("Czechia", "CZ", "Europe"),
        ("United States", "US", "Americas"), ("New Zealand", "NZ", "Oceania"), ("Uganda", "UG", "Africa"),
        ("Atlantis", "", ""),
    ],
)  # fmt: skip
def test_countries_are_known_by_the_names_that_records_use(name: str, code: str, region: str) -> None:
    assert (code_of(name), usual_region(code_of(name))) == (code, region)


def test_prizes_have_a_shape_by_their_order() -> None:
    assert prize_shape("Gold") == ("medal", 1)
    assert prize_shape("Outstanding e-Government Prize") == ("best", 2)
    assert prize_shape("Third place") == ("place", 3)
    assert prize_shape("Special Mention")[0] == "mention"
    assert prize_shape("")[0] == "unknown"


def test_a_category_takes_no_other_pages_address() -> None:
    rows = read_rows([LINE, {**LINE, "category": "Data", "city": "Port Amaranth"}])
    assert [row.category_code for row in published_rows(rows)] == ["services", "category-data"]
