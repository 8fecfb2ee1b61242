"""Every rule of an edition in each of its states, and with its exception. Pure."""

import ast
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

import awards
from awards.cities.rules import EntrantKind
from awards.editions.document import EditionRules
from awards.entries.eligibility import eligibility, has_place_for, months_between, needs_word, stopping
from awards.entries.facts import (
    CityWord,
    Draft,
    Facts,
    Named,
    Rule,
    RuleRow,
    RuleState,
    Said,
    Sibling,
    Stage,
    Win,
)
from awards.entries.rule_words import in_words, rule_names

CLOSES = datetime(2027, 4, 30, 12, 0, tzinfo=UTC)
NONE_AT_ALL = EditionRules(entries_per_city=None, one_category_per_entry=False)
OWN = Sibling("WG27-00001", "Trees", "green")
OTHER = Sibling("WG27-00002", "Low floors", "green", own=False)
WAITING = Sibling("WG27-00003", "Buses", "green", own=False, counts=False)
WIN = Win("Edition 2025", 2025, "Low floors")
SINCE = {"since": Named("Since when", value="2026-04-30")}
LETTER = {"letter": Named("Letter of the city", files=1)}


def facts(
    kind: str = "city", *, city: str = "Lindmere", rules: dict[str, Any] | None = None, **more: Any
) -> Facts:
    return Facts(
        rules=replace(NONE_AT_ALL, **(rules or {})),
        programme="WeGO Awards",
        year=2027,
        zone="Asia/Seoul",
        closes=CLOSES,
        entrant="Lindmere" if kind == "city" else "Lindmere Lifts",
        kind=EntrantKind(kind),
        **{"city": city, "city_people": 1, **more},
    )


def draft(**more: Any) -> Draft:
    return Draft(**{"title": "Low floors", "category": "inclusive", "lang": "en", **more})


HOLDS, MISSING, NONE = RuleState.HOLDS, RuleState.MISSING, RuleState.NONE
ASKS: dict[str, Any] = {"city_approval": True}
MATURE: dict[str, Any] = {"maturity_months": 12, "maturity_question": "since"}
# The rule, what stands, what is entered, and how the rule stands.
CASES: list[tuple[Rule, Facts, Draft | None, RuleState, str]] = [
    (Rule.KIND, facts("firm"), None, NONE, ""),
    (Rule.KIND, facts(rules={"who_may_enter": ("city",)}), None, HOLDS, ""),
    (Rule.KIND, facts("firm", rules={"who_may_enter": ("city", "public body")}), None, MISSING, "public bodies"),
    (Rule.MEMBERS, facts(), None, NONE, ""),
    (Rule.MEMBERS, facts(rules={"members_only": True}, is_member=True), None, HOLDS, ""),
    (Rule.MEMBERS, facts(rules={"members_only": True}), None, MISSING, "Lindmere"),
    (Rule.WINNERS, facts(wins=(WIN,)), draft(), NONE, ""),
    (Rule.WINNERS, facts(rules={"earlier_winners": "another practice"}, wins=(WIN,)), None, HOLDS, "Low floors"),
    (Rule.WINNERS, facts(rules={"earlier_winners": "another practice"}, wins=(WIN,)), draft(title="Trees"), HOLDS, ""),
    (Rule.WINNERS, facts(rules={"earlier_winners": "another practice"}, wins=(WIN,)), draft(title="LOW  floors!"),
     MISSING, "Edition 2025"),
    (Rule.WINNERS, facts(rules={"earlier_winners": "after some years", "winner_years": 1}, wins=(WIN,)), None, HOLDS, ""),
    (Rule.WINNERS, facts(rules={"earlier_winners": "after some years", "winner_years": 2}, wins=(WIN,)), None,
     MISSING, "again in 2028"),
    (Rule.QUOTA, facts(siblings=(OWN,) * 9), None, NONE, ""),
    (Rule.QUOTA, facts(rules={"entries_per_city": 2}, siblings=(OWN,)), None, HOLDS, "1 place left"),
    (Rule.QUOTA, facts(rules={"entries_per_city": 2}, siblings=(OWN,)), draft(), HOLDS, "2 of 2"),
    (Rule.QUOTA, facts(rules={"entries_per_city": 2}, siblings=(OWN, OTHER)), None, MISSING, "2 of 2"),
    (Rule.QUOTA, facts(rules={"entries_per_city": 2}, siblings=(OWN, WAITING)), None, HOLDS, ""),
    (Rule.QUOTA, facts("firm", rules={"entries_per_city": 1}, siblings=(OTHER,)), None, MISSING, "No place is left"),
    (Rule.CATEGORY, facts(siblings=(OTHER,)), draft(), NONE, ""),
    (Rule.CATEGORY, facts(rules={"one_category_per_entry": True}, siblings=(OTHER,)), draft(category="green"), HOLDS, ""),
    (Rule.CATEGORY, facts(rules={"one_category_per_entry": True}, siblings=(OTHER,)), draft(), MISSING, "WG27-00002"),
    (Rule.APPROVAL, facts("firm"), draft(), NONE, ""),
    (Rule.APPROVAL, facts(rules=ASKS), draft(), NONE, ""),
    (Rule.APPROVAL, facts("firm", city="", rules=ASKS), None, MISSING, "Name the city"),
    (Rule.APPROVAL, facts("firm", rules=ASKS), None, MISSING, "asked once you start"),
    (Rule.APPROVAL, facts("firm", rules=ASKS), draft(), MISSING, "Waits for Lindmere"),
    (Rule.APPROVAL, facts("firm", rules=ASKS, city_people=0), draft(), MISSING, "ask the secretariat"),
    (Rule.APPROVAL, facts("firm", rules=ASKS, said=Said(CityWord.GIVEN)), draft(), HOLDS, "approves"),
    (Rule.APPROVAL, facts("firm", rules=ASKS, said=Said(CityWord.DECLINED, text="Not ours.")), draft(),
     MISSING, "Not ours."),
    (Rule.APPROVAL, facts("firm", rules={**ASKS, "letter_question": "letter"}, questions=LETTER), draft(), HOLDS, "letter"),
    (Rule.APPROVAL, facts("firm", rules={**ASKS, "letter_question": "letter"}, questions=LETTER,
                          said=Said(CityWord.DECLINED)), draft(), MISSING, "does not want"),
    (Rule.MATURITY, facts(questions=SINCE), draft(), NONE, ""),
    (Rule.MATURITY, facts(rules=MATURE, questions=SINCE), draft(), HOLDS, "12 months"),
    (Rule.MATURITY, facts(rules=MATURE, questions={"since": Named("Since when")}), draft(), MISSING, "Since when"),
    (Rule.MATURITY, facts(rules=MATURE, questions={"since": Named("Since when", value="2026-05-01")}), draft(),
     MISSING, "11 months"),
    (Rule.MATURITY, facts(rules=MATURE, questions={"since": Named("Since when", asked=False)}), draft(), NONE, ""),
    (Rule.LANGUAGE, facts(), draft(), HOLDS, "English"),
    (Rule.LANGUAGE, facts(), draft(lang="fr"), MISSING, "English"),
    (Rule.WORDS, facts(), draft(), HOLDS, ""),
    (Rule.WORDS, facts(), draft(words=("What is it?",)), MISSING, "What is it?"),
]  # fmt: skip


def row_of(rule: Rule, of: Facts, entered: Draft | None) -> RuleRow:
    return next(row for row in eligibility(of, entered) if row.rule is rule)


@pytest.mark.parametrize(("rule", "of", "entered", "state", "said"), CASES)
def test_each_rule_says_how_it_stands(
    rule: Rule, of: Facts, entered: Draft | None, state: RuleState, said: str
) -> None:
    row = row_of(rule, of, entered)
    assert row.state is state
    assert said in row.text
    assert row.text


@pytest.mark.parametrize(("rule", "of", "entered", "state", "said"), CASES)
def test_each_rule_has_its_exception_and_no_other(
    rule: Rule, of: Facts, entered: Draft | None, state: RuleState, said: str
) -> None:
    excepted = replace(of, exemptions={rule.value: "A flood."})
    row = row_of(rule, excepted, entered)
    assert row.state is (RuleState.NONE if state is NONE else RuleState.EXEMPTED)
    assert row.reason == ("" if state is NONE else "A flood.")
    others = [one for one in eligibility(excepted, entered) if one.rule is not rule]
    assert others == [one for one in eligibility(of, entered) if one.rule is not rule]


def test_what_stops_a_start_a_change_and_a_submission() -> None:
    of = facts("firm", rules={"entries_per_city": 1, **ASKS, "members_only": True}, siblings=(OTHER,))
    rows = eligibility(of, draft(lang="fr", words=("A",)))
    assert set(stopping(rows, Stage.CHANGE)) == {"lang"}
    assert set(stopping(rows, Stage.START, Stage.CHANGE)) == {"", "entrant", "lang"}
    every = stopping(rows, *Stage)
    assert "No place is left" in every[""]
    assert "Waits for Lindmere" in every[""]
    # Each answer says for itself that it has too many words.
    assert "words" not in " ".join(every.values())


def test_a_firm_never_reads_what_others_entered_for_the_city() -> None:
    """Of the city's other entries it learns that there is no place, or that the practice is there already."""
    of = facts("firm", rules={"entries_per_city": 1, "one_category_per_entry": True}, siblings=(OTHER,))
    said = " ".join(row.text for row in eligibility(of, draft()))
    assert "WG27-00002" not in said
    assert "1 of 1" not in said
    assert "another category for Lindmere" in said


def test_what_only_waits_for_the_city_takes_no_place_of_the_city() -> None:
    of = facts("firm", rules={"entries_per_city": 1, **ASKS}, siblings=(WAITING,))
    assert has_place_for(of)
    assert not has_place_for(replace(of, siblings=(OTHER,)))
    assert has_place_for(replace(of, siblings=(OTHER,), exemptions={"quota": "A flood."}))
    # Its own drafts count against who made them: nobody starts a hundred.
    assert row_of(Rule.QUOTA, replace(of, siblings=(replace(WAITING, own=True),)), None).state is MISSING


def test_whose_word_is_needed() -> None:
    assert needs_word(facts("firm", rules=ASKS))
    assert needs_word(facts("public body", rules=ASKS))
    assert not needs_word(facts(rules=ASKS))
    assert not needs_word(facts("firm"))
    assert not needs_word(facts("firm", rules=ASKS, exemptions={"approval": "It has no office."}))


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [("2026-04-30", "2027-04-30", 12), ("2026-05-01", "2027-04-30", 11), ("2026-01-31", "2026-02-28", 1),
     ("2026-01-31", "2026-03-30", 1), ("2024-02-29", "2025-02-28", 12), ("2027-06-01", "2027-04-30", -2)],
)  # fmt: skip
def test_months_are_whole(since: str, until: str, months: int) -> None:
    assert months_between(date.fromisoformat(since), date.fromisoformat(until)) == months


def test_the_deadline_is_the_day_that_it_is_in_the_zone_of_the_edition() -> None:
    """At 20:00 UTC it is the next day in Seoul: who began on 1 May has been at it for a year."""
    late = CLOSES.replace(hour=20)
    of = facts(rules=MATURE, questions={"since": Named("Since when", value="2026-05-01")})
    assert row_of(Rule.MATURITY, of, draft()).state is MISSING
    assert row_of(Rule.MATURITY, replace(of, closes=late), draft()).state is HOLDS


def test_an_edition_says_its_rules_before_anybody_starts() -> None:
    rules = EditionRules(
        who_may_enter=("city", "firm"), members_only=True, earlier_winners="after some years",
        city_approval=True, letter_question="letter", **MATURE,
    )  # fmt: skip
    said = in_words(rules, "WeGO Awards", {"letter": "Letter of the city"})
    assert set(said) == set(Rule) - {Rule.WORDS} == set(rule_names()) - {Rule.WORDS}
    assert "2 entries" in said[Rule.QUOTA]
    assert "Letter of the city" in said[Rule.APPROVAL]
    assert set(in_words(NONE_AT_ALL, "WeGO Awards", {})) == {Rule.LANGUAGE}


# The rules of entering; what a form asks in which languages is everybody's business.
RULES = {"entries_per_city", "one_category_per_entry", "who_may_enter", "members_only", "earlier_winners",
         "winner_years", "maturity_months", "maturity_question", "city_approval"}  # fmt: skip
# One module decides; the others say rules in words, count places, and show a form.
MAY_READ = {"eligibility.py", "rule_words.py", "queries/eligibility.py", "pages/drafts.py"}


def test_no_other_place_decides() -> None:
    folder = Path(awards.__file__).parent
    readers = {
        path.relative_to(folder).as_posix().removeprefix("entries/")
        for path in folder.rglob("*.py")
        if path.relative_to(folder).parts[0] not in ("editions", "exchange")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in RULES
    }
    assert readers == MAY_READ
