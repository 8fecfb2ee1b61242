"""Whoever changes one published cell by hand is found, and told by edition and publication."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from awards.accounts.tables import Approval
from awards.actor import SYSTEM
from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.db import transaction
from awards.invariants.published import TRUTHS
from awards.invariants.truth import Broken
from awards.publication import services
from awards.publication.archive import read_rows
from awards.publication.document import fingerprint
from awards.publication.outcome import draft_from_rows
from awards.publication.tables import Publication, PublishedEntry
from tests.awards.publication.published import ask, published, sign
from tests.awards.publication.test_archive import lines
from tests.awards.results.judged import Judged
from tests.factories import AT, DAY

OWN = ("id", "created_at", "publication", "entry")
SIGNED = "published-is-what-was-signed"


def other(value: Any) -> Any:
    """The smallest change of its kind."""
    if value is None:
        return 1
    if isinstance(value, int):
        return value + 1
    return value[:-1] + chr(ord(value[-1]) ^ 1) if value else "x"


def other_figure(text: str) -> str:
    figures = json.loads(text)
    figures["estimate"] += 1
    return json.dumps(figures)


def columns(table: Any, *but: str) -> list[str]:
    return [column._meta.name for column in table._meta.columns if column._meta.name not in but]


async def found() -> list[Broken]:
    return [problem for truth in TRUTHS for problem in await truth.broken()]


def named(season: Judged, number: int = 1) -> str:
    return f"edition {season.season.programme}/{season.season.edition}, publication {number}"


@pytest.mark.parametrize("column", columns(PublishedEntry, *OWN))
async def test_one_cell_of_a_published_entry(column: str, clock: FixedClock) -> None:
    season = await published(clock, shows="full")
    assert await found() == []
    change: Callable[[Any], Any] = other_figure if column == "figures" else other
    row = (await PublishedEntry.select().order_by(PublishedEntry.id))[1]
    await PublishedEntry.update({column: change(row[column])}).where(PublishedEntry.id == row["id"])
    assert [(one.rule, one.what) for one in await found()] == [(SIGNED, named(season))]


async def test_a_number_taken_away(clock: FixedClock) -> None:
    season = await published(clock, shows="full")
    for column in ("rank", "prize_position"):
        await Event.raw(f"UPDATE published_entry SET {column} = NULL")
    assert [one.what for one in await found()] == [named(season)]


async def test_the_entry_behind_a_row(clock: FixedClock) -> None:
    season = await published(clock, shows="full")
    first, second = (await PublishedEntry.select().order_by(PublishedEntry.id))[:2]
    for entry in (second["entry"], None):
        await PublishedEntry.update({PublishedEntry.entry: entry}).where(PublishedEntry.id == first["id"])
        (problem,) = await found()
        assert problem.rule == "published-entries-are-their-entries"
        assert problem.what == f"{named(season)}, entry {first['slug']}"


@pytest.mark.parametrize("how", ["gone", "added", "exchanged", "moved"])
async def test_rows_as_a_whole(how: str, clock: FixedClock) -> None:
    season = await published(clock, shows="full")
    rows = await PublishedEntry.select().order_by(PublishedEntry.id)
    wrong = [named(season)]
    if how == "gone":
        await PublishedEntry.delete().where(PublishedEntry.id == rows[-1]["id"])
    elif how == "added":
        more = {name: rows[-1][name] for name in columns(PublishedEntry, "id")}
        await PublishedEntry.insert(PublishedEntry(**{**more, "slug": "one-more"}))
    elif how == "exchanged":  # the order is published, too
        for old, new in ((rows[0]["id"], -1), (rows[1]["id"], rows[0]["id"]), (-1, rows[1]["id"])):
            await Event.raw("UPDATE published_entry SET id = {} WHERE id = {}", new, old)
    else:
        await sign(season, clock, await ask(season, clock, note="A name was misspelt"))
        second = (await Publication.select(Publication.id).order_by(Publication.id, ascending=False))[0]
        await PublishedEntry.update(
            {PublishedEntry.publication: second["id"], PublishedEntry.slug: "moved"}
        ).where(PublishedEntry.id == rows[-1]["id"])
        wrong.append(named(season, 2))
    assert [one.what for one in await found() if one.rule == SIGNED] == wrong


@pytest.mark.parametrize("column", ["kind", "visible_at", "note", "figures", "pack_sha256"])
async def test_one_cell_of_a_publication(column: str, clock: FixedClock) -> None:
    season = await published(clock, at=AT + DAY)
    row = (await Publication.select())[0]
    changed: dict[str, Any] = {
        "visible_at": row["visible_at"] + timedelta(milliseconds=1),
        "kind": "full",
        "note": "never signed",
        "pack_sha256": "0" * 64,
        "figures": row["figures"].replace("Edition 2026", "Edition 2025"),
    }
    assert changed["figures"] != row["figures"]
    await Publication.update({column: changed[column]}, force=True)
    assert named(season) in {one.what for one in await found() if one.rule == SIGNED}


async def test_figures_that_cannot_be_read(clock: FixedClock) -> None:
    season = await published(clock)
    assert await found() == []
    for text in ("", "[]", "{", '{"shows": "winners"}'):
        await Publication.update({Publication.figures: text}, force=True)
        assert [one.what for one in await found()] == [named(season)]


async def test_what_was_signed_without_an_instant_came_out_at_the_second_signature(clock: FixedClock) -> None:
    season = await published(clock)
    assert await found() == []
    draft, _sealed = await draft_from_rows((await Publication.select())[0]["id"])
    later = AT + timedelta(hours=1)
    sealed = fingerprint(draft.at(later))
    await Publication.update({Publication.visible_at: later, Publication.pack_sha256: sealed}, force=True)
    assert {one.what for one in await found()} == {named(season)}


async def test_who_changes_the_hashes_alike_has_the_trail_against_them(clock: FixedClock) -> None:
    season = await published(clock, at=AT + DAY)
    await PublishedEntry.update({PublishedEntry.rank: 3}, force=True)
    draft, _sealed = await draft_from_rows((await Publication.select())[0]["id"])
    async with transaction():
        await Publication.update({Publication.pack_sha256: fingerprint(draft)}, force=True)
        await Approval.update({Approval.subject_sha256: fingerprint(draft)}, force=True)
    (problem,) = await found()
    assert (problem.rule, problem.what) == ("published-is-what-was-recorded", named(season))


async def test_a_winner_of_the_archive(clock: FixedClock) -> None:
    await services.import_archive(rows=read_rows(lines()), actor=SYSTEM, clock=clock)
    assert await found() == []
    row = (await PublishedEntry.select().order_by(PublishedEntry.id))[0]
    await PublishedEntry.update({PublishedEntry.prize: "Platinum"}).where(PublishedEntry.id == row["id"])
    (problem,) = await found()
    assert problem.rule == SIGNED
    assert problem.what.endswith("publication 1")
