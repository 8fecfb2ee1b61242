"""Numbers that a reader can work out again: by every method that an edition can choose."""

import re
from fractions import Fraction

import pytest

from awards.clock import FixedClock
from awards.editions.tables import Round
from awards.publication.method_words import way_of
from awards.publication.worked import formula
from awards.results import services as results
from awards.results.forms import JudgeRun
from awards.results.worked import one_mark
from judging import plain_scores
from judging.methods import Plain
from judging.rounds import Rule
from tests.awards.publication.published import ask, sign
from tests.awards.results.judged import judged
from tests.awards.results.two_rounds import method
from tests.page import Client


def worked_out(text: str) -> tuple[Fraction, Fraction]:
    """What is left and right of the sign of equality."""
    found = re.search(r"[(\d][\d.()×÷+ −]* = \d+(\.\d+)?", text)
    assert found is not None, text
    left, right = found[0].split(" = ")
    for sign_, operator in (("×", "*"), ("÷", "/"), ("−", "-")):
        left = left.replace(sign_, operator)
    whole = re.sub(r"\d+(\.\d+)?", lambda one: f"Fraction('{one[0]}')", left)
    return Fraction(eval(whole, {"Fraction": Fraction})), Fraction(right)  # of digits and signs alone


@pytest.mark.parametrize("rule", list(Rule))
def test_every_method_says_how_it_counts(rule: Rule) -> None:
    said = way_of(rule.value)
    assert said != rule.value
    if rule in (Rule.Z_SCORE, Rule.MIN_MAX):
        left, right = worked_out(said)
        assert left == right, said


@pytest.mark.parametrize("rule", [Rule.Z_SCORE, Rule.MIN_MAX])
def test_one_mark_is_worked_as_the_method_counts_it(rule: Rule) -> None:
    given = {"A": [4_000_000, 7_000_000, 8_000_000], "B": [2_000_000, 10_000_000], "C": [5_000_000]}
    entry, judge, milli = [0, 1, 2, 1, 2, 2], [0, 0, 0, 1, 1, 2], [4000, 7000, 8000, 2000, 10000, 5000]
    right = plain_scores(Plain(rule.value), entry, judge, milli, entries=3, judges=3).values[0]
    assert right is not None
    said = one_mark(rule, given, "A", 4_000_000, judge="Anna", criterion="Need")
    left, told = worked_out(said)
    assert told == round(right, 2)
    assert abs(left - told) <= Fraction(2, 100)
    assert one_mark(rule, given, "C", 5_000_000, judge="Carl", criterion="Need") == ""


def test_what_does_not_make_the_total_is_not_shown() -> None:
    parts = [(8_000_000, 60), (8_333_333, 40)]
    assert formula(parts, 8_133_333) == "(8.00 × 60 + 8.33 × 40) ÷ 100 = 8.13"
    assert formula(parts, 8_200_000) == ""
    assert formula(parts, 8_561_667, 100) == "(8.00 × 60 + 8.33 × 40 + 8.99 × 100) ÷ 200 = 8.56"
    assert formula(parts, 8_133_333, 100) == "(8.00 × 60 + 8.33 × 40) ÷ 100 = 8.13", "it started afresh"
    assert formula(parts[:1], 8_000_000) == ""


async def test_without_intervals_none_are_promised(client: Client, clock: FixedClock) -> None:
    season = await judged()
    await Round.update({Round.method: method(method="median")}).where(Round.id == season.season.round_id)
    actor, round_id = await season.actor(), season.season.round_id
    number = await results.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    await results.adopt_run(command=JudgeRun(round_id=round_id, number=number), actor=actor, clock=clock)
    await results.take_proposals(edition_id=season.season.edition_id, actor=actor, clock=clock)
    await sign(season, clock, await ask(season, clock, shows="full"))
    here = f"/awards/{season.season.programme}/{season.season.edition}"
    category = await client.get(f"{here}/inclusive")
    for promise in ("shaded bar", "90 of 100", "Error", "Place, 90"):
        assert promise not in category.text, promise
    assert 'class="raw"' in category.html
    assert 'class="cut"' in category.html
    whole = await client.get(f"{here}/method")
    assert "was recalculated" not in whole.text
    assert "Was first" not in whole.text
    winner = await client.get(f"{here}/inclusive/lindmere")
    left, right = worked_out(winner.text[winner.text.index("Each criterion by its weight:") :])
    assert left == right == 9
