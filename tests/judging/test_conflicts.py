from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.conflicts import (
    Code,
    Effect,
    EntryFacts,
    JudgeFacts,
    PastPost,
    Rule,
    find_conflicts,
    strongest,
)
from judging.names import Names, folded, words_of

DAY = date(2026, 3, 10)
ENTRY = EntryFacts(
    "E1",
    entrant="firm",
    for_city="city",
    country="KR",
    organisations=frozenset({"Étoile  Ltd"}),
    suppliers=frozenset({"Acme Mobility"}),
    linked=frozenset({"twin"}),
    linked_organisations=frozenset({"Union of Cities"}),
)


@pytest.mark.parametrize(
    ("judge", "code"),
    [
        (JudgeFacts("J", entrants=frozenset({"city"})), Code.OWN_CITY),
        (JudgeFacts("J", home_country="KR"), Code.OWN_COUNTRY),
        (JudgeFacts("J", nationalities=frozenset({"DE", "KR"})), Code.OWN_COUNTRY),
        (JudgeFacts("J", employers=frozenset({"e\u0301toile ltd"})), Code.EMPLOYER),
        (JudgeFacts("J", official_of=frozenset({"city"})), Code.OWN_CITY),
        (JudgeFacts("J", past=frozenset({PastPost(DAY, "étoile ltd")})), Code.PAST_EMPLOYER),
        (JudgeFacts("J", past=frozenset({PastPost(DAY, "acme mobility")})), Code.PAST_EMPLOYER),
        (JudgeFacts("J", past=frozenset({PastPost(DAY, entrant="city")})), Code.PAST_EMPLOYER),
        (JudgeFacts("J", entrants=frozenset({"twin"})), Code.LINKED),
        (JudgeFacts("J", official_of=frozenset({"twin"})), Code.LINKED),
        (JudgeFacts("J", employers=frozenset({"union of  cities"})), Code.LINKED),
        (JudgeFacts("J", employers=frozenset({"ACME Mobility"})), Code.SUPPLIER),
        (JudgeFacts("J", firms=frozenset({"acme mobility"})), Code.SUPPLIER),
        (JudgeFacts("J", nominated_by=frozenset({"firm"})), Code.NOMINATED_BY),
        (JudgeFacts("J", declared_entrants=frozenset({"city"})), Code.DECLARED),
        (JudgeFacts("J", declared_entries=frozenset({"E1"})), Code.DECLARED),
        (JudgeFacts("J", refused_by_entries=frozenset({"E1"})), Code.DECLARED_BY_ENTRANT),
        (JudgeFacts("J", secretariat_entrants=frozenset({"firm"})), Code.SECRETARIAT),
    ],
)
def test_each_kind_of_conflict_is_found_alone(judge: JudgeFacts, code: Code) -> None:
    findings = find_conflicts([judge], [ENTRY], at=DAY)
    assert [(f.code, f.effect, f.judge, f.entry) for f in findings] == [(code, Effect.FORBID, "J", "E1")]
    assert findings[0].parameters


def test_a_stranger_has_no_conflict_and_the_unknown_matches_nothing() -> None:
    assert find_conflicts([JudgeFacts("J", home_country="DE")], [ENTRY]) == ()
    assert find_conflicts([JudgeFacts("J", employers=frozenset({" "}))], [EntryFacts("E", "x")]) == ()


def test_rules_decide_the_effect() -> None:
    judge = JudgeFacts("J", home_country="KR", entrants=frozenset({"city"}))
    rules = (Rule(Code.OWN_COUNTRY, Effect.REPORT), Rule(Code.OWN_CITY, Effect.WARN))
    findings = find_conflicts([judge], [ENTRY], rules)
    assert [(f.code, f.effect) for f in findings] == [
        (Code.OWN_CITY, Effect.WARN),
        (Code.OWN_COUNTRY, Effect.REPORT),
    ]
    assert strongest(findings) == {("J", "E1"): Effect.WARN}
    assert find_conflicts([judge], [ENTRY], ()) == ()
    with pytest.raises(ValueError, match="two conflict rules"):
        find_conflicts([judge], [ENTRY], rules + rules)


@pytest.mark.parametrize(
    ("until", "counts"),
    [
        (date(2026, 3, 11), False),  # it has not ended yet
        (date(2026, 3, 10), True),
        (date(2024, 3, 11), True),
        (date(2024, 3, 10), False),  # two years ago to the day: half open, so it is over
        (date(2024, 2, 29), False),
    ],
)
def test_a_post_that_has_ended_counts_for_so_many_years(until: date, counts: bool) -> None:
    judge = JudgeFacts("J", past=frozenset({PastPost(until, entrant="city")}))
    findings = find_conflicts([judge], [ENTRY], (Rule(Code.PAST_EMPLOYER, Effect.WARN, years=2),), at=DAY)
    assert bool(findings) is counts


def test_a_leap_day_comes_round_on_the_first_of_march() -> None:
    judge = JudgeFacts("J", past=frozenset({PastPost(date(2024, 2, 29), entrant="city")}))
    rules = (Rule(Code.PAST_EMPLOYER, Effect.FORBID, years=1),)
    assert find_conflicts([judge], [ENTRY], rules, at=date(2025, 2, 28))
    assert not find_conflicts([judge], [ENTRY], rules, at=date(2025, 3, 1))


def test_years_are_counted_from_the_newest_post() -> None:
    posts = frozenset(
        {PastPost(date(2024, 5, 1), entrant="city"), PastPost(date(2025, 5, 1), entrant="city")}
    )
    (found,) = find_conflicts([JudgeFacts("J", past=posts)], [ENTRY], at=DAY)
    assert dict(found.parameters)["until"] == "2025-05-01"


def test_a_past_without_a_day_to_count_from_is_refused_only_where_years_count() -> None:
    judge = JudgeFacts("J", past=frozenset({PastPost(DAY, "Étoile Ltd")}))
    with pytest.raises(ValueError, match="judge J has worked elsewhere"):
        find_conflicts([judge], [ENTRY])
    assert find_conflicts([judge], [ENTRY], (Rule(Code.EMPLOYER, Effect.FORBID),)) == ()


@pytest.mark.parametrize(
    ("judge", "code"),
    [
        (JudgeFacts("J", employers=frozenset({"Etoile, Ltd."})), Code.EMPLOYER),
        (JudgeFacts("J", firms=frozenset({"Acme"})), Code.SUPPLIER),
        (JudgeFacts("J", firms=frozenset({"Acme Mobility GmbH"})), Code.SUPPLIER),
        (JudgeFacts("J", firms=frozenset({"Acme Mobilty"})), Code.SUPPLIER),
        (JudgeFacts("J", past=frozenset({PastPost(DAY, "ACME-Mobility")})), Code.PAST_EMPLOYER),
    ],
)
@pytest.mark.parametrize("effect", list(Effect))
def test_names_that_are_only_alike_never_forbid(judge: JudgeFacts, code: Code, effect: Effect) -> None:
    (found,) = find_conflicts([judge], [ENTRY], (Rule(code, effect),), at=DAY)
    assert found.effect is (Effect.WARN if effect is Effect.FORBID else effect)
    assert "alike" in dict(found.parameters)


def test_the_same_name_is_told_before_one_that_is_alike() -> None:
    judge = JudgeFacts("J", firms=frozenset({"Acme", "Acme Mobility"}))
    (found,) = find_conflicts([judge], [ENTRY])
    assert found.effect is Effect.FORBID
    assert dict(found.parameters) == {"supplier": "Acme Mobility"}


@pytest.mark.parametrize(
    ("one", "other", "longer", "alike"),
    [
        ("Télécom S.A.", "Telecom SA", False, True),
        ("Acme", "Acme", True, False),  # the same is not alike
        ("Acme", "ACME", True, False),
        ("Siemens", "Simens", False, False),  # too short for a letter to be dropped
        ("Tramworks", "Tramwork", False, True),
        ("Tramworks", "Tramwerks", False, True),
        ("City 10 of KR", "City 11 of KR", False, False),  # numbers are no slips
        ("Acme", "Acme Ltd", False, False),
        ("Acme", "Acme Ltd", True, True),
        ("Acme", "Acmela Ltd", True, False),
        ("서울시설공단", "서울시설공단 주식회사", True, True),
        ("--", "Acme", True, False),
    ],
)
def test_what_is_alike(one: str, other: str, longer: bool, alike: bool) -> None:
    for name, listed in ((one, other), (other, one)):
        assert Names([listed, "Something Else"]).alike(name, longer=longer) == (
            (folded(listed),) if alike else ()
        )


@given(
    st.lists(st.text("abcé1 .-", max_size=14), max_size=6), st.text("abcé1 .-", max_size=14), st.booleans()
)
def test_the_index_finds_what_comparing_every_name_finds(names: list[str], name: str, longer: bool) -> None:
    assert Names(names).alike(name, longer=longer) == tuple(
        sorted({folded(one) for one in names if _alike(one, name, longer)})
    )


def _alike(one: str, other: str, longer: bool) -> bool:
    """By the words of the definition."""
    a, b = words_of(one), words_of(other)
    x, y = "".join(a), "".join(b)
    if not x or not y or folded(one) == folded(other):
        return False
    if x == y:
        return True
    if longer and (a[: len(b)] == b or b[: len(a)] == a):
        return True

    def dropped(letters: str) -> set[str]:
        return {letters} | {
            letters[:at] + letters[at + 1 :] for at in range(len(letters)) if not letters[at].isdigit()
        }

    return len(x) >= 8 and len(y) >= 8 and bool(dropped(x) & dropped(y))


JUDGES = st.builds(
    JudgeFacts,
    st.sampled_from(["J1", "J2"]),
    home_country=st.sampled_from(["", "KR", "DE"]),
    entrants=st.frozensets(st.sampled_from(["city", "twin", "firm"])),
    employers=st.frozensets(st.sampled_from(["Acme", "Acme Mobility", "Union of Cities"])),
    nominated_by=st.frozensets(st.sampled_from(["city", "other"])),
    declared_entries=st.frozensets(st.sampled_from(["E1", "E2"])),
)


@given(
    st.lists(JUDGES, max_size=3), st.lists(st.sampled_from([ENTRY, EntryFacts("E2", "other", country="DE")]))
)
def test_many_at_once_find_what_each_pair_finds(judges: list[JudgeFacts], entries: list[EntryFacts]) -> None:
    one_by_one = [
        found for judge in judges for entry in entries for found in find_conflicts([judge], [entry])
    ]
    assert list(find_conflicts(judges, entries)) == one_by_one
