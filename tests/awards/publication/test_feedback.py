"""What a city is told of its own entry: at the instant and not before, nothing that tells who judged."""

import json
from datetime import timedelta

import pytest

from awards.accounts.tables import Person
from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import Halt
from awards.panels.tables import Assignment, Seat
from awards.publication.anonymity import STRUCK, Traits, struck, tells
from awards.publication.feedback import (
    FEWEST_ENTRIES,
    ReadEntry,
    ReadRound,
    Words,
    feedback_of,
    read_feedback,
    spread,
    text_of,
)
from awards.publication.feedback_facts import rounds_read
from awards.publication.services import make_certificates, make_feedback
from awards.publication.tables import Feedback
from awards.scoresheets.tables import Scoresheet, SheetNote
from tests import factories
from tests.awards.publication.published import ask, decided, published, sign
from tests.awards.results.judged import Judged, signed_sheet
from tests.factories import AT, DAY, add
from tests.people import AMINA, INES, id_of
from tests.serving import ClientFor

AUTHOR = Traits(
    frozenset({"Chiara Rossetti", "chiara@judges.example"}), frozenset({"Italy", "Polytechnic of Vallora"})
)
PANEL = (AUTHOR, Traits(frozenset({"Daniyar Akhmetov", "김은지"}), frozenset({"Kazakhstan"})))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Clear goals, and honest about what failed.", 0),
        ("In Kazakhstan this would not work.", 0),  # not where its own writer lives
        ("We rose to the challenge in the rossetti style.", 0),  # no name without its capital
        ("I agree with Daniyar here.", 1),
        ("Signed, CHIARA ROSSETTI", 1),
        ("심사위원 김은지", 1),
        ("Write to chiara@judges.example", 2),
        ("Here in Italy we tried the same.", 1),
        ("My university studied this.", 1),
        ("As the former mayor I know this.", 1),
        ("Notre équipe à l’université en dit autant.", 1),
        ("En tant qu’ancienne directrice je le sais.", 1),
        ("En mi país no hay nada igual.", 1),
        ("Onde moro isto não existe.", 1),
        ("Als frühere Bürgermeisterin weiß ich das.", 1),
        ("Votre ville le dit; su país también, und Ihre Universität.", 0),
        ("Call +82 2 1234 5678", 1),
        ("See https://example.org", 1),
    ],
)
def test_what_would_tell_who_wrote_it(text: str, found: int) -> None:
    assert len(tells(text, AUTHOR, PANEL, "Lindmere, Korea")) == found


def test_the_entrants_own_country_tells_nothing() -> None:
    assert tells("The best in Italy.", AUTHOR, PANEL, "Vallora, Italy") == ()


def test_words_are_struck_whatever_their_case() -> None:
    assert struck("As Chiara said, chiara rossetti", ["Chiara", "Chiara Rossetti"]) == (
        f"As {STRUCK} said, {STRUCK}"
    )


def test_the_middle_half_of_too_few_is_not_shown() -> None:
    assert spread([1] * (FEWEST_ENTRIES - 1)) is None
    found = spread([50, 10, 40, 20, 30])
    assert found is not None
    assert (found.low, found.middle, found.high) == (20, 30, 40)


def _round(sheets: int, *words: Words) -> ReadRound:
    standing = {"category": "c", "entry": "E", "sheets": sheets, "raw": 5, "estimate": 7, "rank": 1,
                "rank_low": 1, "rank_high": 2, "quantiles": [4, 5, 8, 9]}  # fmt: skip
    return ReadRound(
        "first", "First round", 1, (("need", "Need"),), (0, 10_000_000),
        {"standings": [{**standing, "scope": "all"}, {**standing, "scope": "need"}]},
        {"E": ReadEntry("E", "c", "Category", sheets, words)},
    )  # fmt: skip


def test_of_fewer_than_three_sheets_nothing_is_said() -> None:
    found = feedback_of("E", [_round(2, Words("Well done", held=False))])
    assert found is not None
    assert not found.rounds[0].enough
    assert "Well done" not in text_of(found)
    assert found.rounds[0].estimate is None
    assert found.rounds[0].criteria == ()


def test_words_come_in_an_order_of_their_own_and_are_read_back() -> None:
    said = [Words(f"Words {number}", held=False) for number in range(6)]
    one = feedback_of("E", [_round(3, *said, Words("Held", held=True))])
    other = feedback_of("E", [_round(3, Words("Held", held=True), *reversed(said))])
    assert one == other
    assert one is not None
    assert one.rounds[0].words != tuple(words.text for words in said)
    assert one.rounds[0].held == 1
    assert read_feedback(text_of(one)) == one


async def noted(season: Judged) -> list[tuple[int, str]]:
    """A note of every judge to every city, as (sheet, text); two of them would tell who wrote them."""
    made = []
    sheets = await Scoresheet.raw(
        "SELECT sh.id, en.reference, s.label, p.name FROM scoresheet sh JOIN assignment a ON a.id = sh.assignment"
        " JOIN seat s ON s.id = a.seat JOIN person p ON p.id = s.person JOIN round_entry re ON re.id = a.round_entry"
        " JOIN entry en ON en.id = re.entry ORDER BY sh.id"
    )
    for number, row in enumerate(sheets):
        text = f"Note {number} on {row['reference']}"
        if number == 1:
            text += f", says {row['name']}"
        if number == 2:
            text += ", write to me@judges.example"
        await add(SheetNote, scoresheet=row["id"], audience="city", text=text)
        await add(SheetNote, scoresheet=row["id"], audience="secretariat", text="Between us")
        made.append((row["id"], text))
    await Person.raw("UPDATE person SET name = 'Zacharias Quillfeather' WHERE id = {}", season.judges[0])
    return made


async def test_it_is_made_at_the_instant_and_not_before(clock: FixedClock) -> None:
    season = await decided(clock)
    notes = await noted(season)
    await sign(season, clock, await ask(season, clock, at=AT + DAY))
    clock.move_to(AT + DAY - timedelta(milliseconds=1))
    assert await make_feedback(clock) == 0
    clock.move_to(AT + DAY)
    assert await make_feedback(clock) == 6
    assert await make_feedback(clock) == 0
    first = (await Feedback.select().where(Feedback.entry == season.entries[0]))[0]
    told = json.loads(first["body"])["rounds"][0]
    assert told["sheets"] == 3
    assert told["rank_low"] == 1
    assert [told["held"], len(told["words"])] == [2, 1]
    assert told["words"] == [notes[0][1]]
    assert "raw" not in first["body"]
    assert "Between us" not in first["body"]


async def test_a_sheet_that_does_not_count_says_nothing(clock: FixedClock) -> None:
    season = await decided(clock)
    await noted(season)
    await signed_sheet(season.season, season.round_entries[5], season.seats[0], (1, 1), state="set aside")
    await sign(season, clock, await ask(season, clock))
    await make_feedback(clock)
    row = (await Feedback.select().where(Feedback.entry == season.entries[5]))[0]
    assert json.loads(row["body"])["rounds"][0]["sheets"] == 3


async def test_the_city_reads_its_own_and_nobody_elses(client_for: ClientFor, clock: FixedClock) -> None:
    season = await decided(clock)
    await noted(season)
    await factories.official(await id_of(AMINA), season.entrants[3], role="owner")
    await factories.official(await id_of(INES), season.entrants[0], role="owner")
    own, other = (f"/city/entries/{season.references[number]}/feedback" for number in (3, 0))
    amina = await client_for(AMINA)
    await sign(season, clock, await ask(season, clock, at=AT + DAY))
    early = await amina.get(own)
    assert "Not yet" in early.text
    entry = own.removesuffix("/feedback")
    for before in (await amina.get(entry), await amina.get("/city")):
        assert "Eligible" in before.text
        assert "results are out" not in before.text.casefold()
    assert (await amina.get(f"{own}/pdf", status=404)).status == 404
    clock.move_to(AT + DAY)
    assert "It is being made" in (await (await client_for(AMINA)).get(own)).text
    await make_feedback(clock)
    amina = await client_for(AMINA)
    page = await amina.get(own)
    assert "of 6 in" in page.text
    assert "Zacharias" not in page.html
    assert "Quillfeather" not in page.html
    assert page.text.count("Note ") == 3
    labels = [row["label"] for row in await Assignment.raw("SELECT label FROM seat")]
    assert not any(f" {label} " in page.text for label in labels)
    assert (await amina.get(other, status=404)).status == 404
    for after in (await amina.get(entry), await amina.get("/city")):
        assert "results are out" in after.text.casefold()
        assert own in [target for _words, target in after.links]
    winner = await client_for(INES)
    assert "Gold: congratulations" in (await winner.get(other.removesuffix("/feedback"))).text


async def test_a_correction_makes_it_anew(clock: FixedClock) -> None:
    season = await published(clock)
    assert await make_feedback(clock) == 6
    clock.advance(timedelta(minutes=1))
    await sign(season, clock, await ask(season, clock, note="A name was misspelt"))
    clock.advance(timedelta(minutes=1))
    assert await make_feedback(clock) == 6
    assert await Feedback.count() == 12


async def test_whoever_the_judges_are_the_city_reads_the_same(clock: FixedClock) -> None:
    """Two worlds that differ only in who sat on which seat: not a byte tells one from the other."""
    season = await decided(clock)
    for row in await Scoresheet.select(Scoresheet.id):
        await add(SheetNote, scoresheet=row["id"], audience="city", text=f"Words {row['id'] * 7919 % 101}")

    async def told() -> list[str]:
        rounds, entries = await rounds_read(season.season.edition_id, {})
        found = [feedback_of(reference, rounds) for reference in entries]
        return [text_of(one) for one in found if one is not None]

    before = await told()
    first, second, third, _fourth = season.seats
    people = [season.judges[1], season.judges[2], season.judges[0]]
    for seat in (first, second, third):  # no two of a round may be one person for a moment
        await Seat.update({Seat.person: await factories.judge()}).where(Seat.id == seat)
    for seat, person in zip((first, second, third), people, strict=True):
        await Seat.update({Seat.person: person}).where(Seat.id == seat)
    assert len(before) == 6
    assert await told() == before


async def test_nothing_goes_out_while_the_edition_is_stopped(clock: FixedClock) -> None:
    season = await published(clock)
    halt = await add(Halt, edition=season.season.edition_id, reason="Something is wrong", by=season.judges[0])
    assert await make_feedback(clock) == await make_certificates(clock) == 0
    await Halt.update({Halt.ended_at: AT}).where(Halt.id == halt)
    assert await make_feedback(clock) == 6
    assert await make_certificates(clock) == 2


async def test_the_page_asks_little(client_for: ClientFor, clock: FixedClock) -> None:
    season = await decided(clock)
    await noted(season)
    await sign(season, clock, await ask(season, clock))
    await make_feedback(clock)
    await make_certificates(clock)
    await factories.official(await id_of(AMINA), season.entrants[0], role="owner")
    amina = await client_for(AMINA)
    entry = f"/city/entries/{season.references[0]}"
    for path, most in ((f"{entry}/feedback", 7), (entry, 6), ("/city", 6)):
        with counting() as asked:
            await amina.get(path)
        assert len(asked) <= most, (path, len(asked))
