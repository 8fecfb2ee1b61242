import pytest

from judging.conflicts import Code, Effect, EntryFacts, JudgeFacts, Rule, find_conflicts, strongest

ENTRY = EntryFacts(
    "E1", entrant="firm", for_city="city", country="KR", organisations=frozenset({"Étoile  Ltd"})
)


@pytest.mark.parametrize(
    ("judge", "code"),
    [
        (JudgeFacts("J", entrants=frozenset({"city"})), Code.OWN_CITY),
        (JudgeFacts("J", home_country="KR"), Code.OWN_COUNTRY),
        (JudgeFacts("J", nationalities=frozenset({"DE", "KR"})), Code.OWN_COUNTRY),
        (JudgeFacts("J", employers=frozenset({"e\u0301toile ltd"})), Code.EMPLOYER),
        (JudgeFacts("J", nominated_by=frozenset({"firm"})), Code.NOMINATED_BY),
        (JudgeFacts("J", declared_entrants=frozenset({"city"})), Code.DECLARED),
        (JudgeFacts("J", declared_entries=frozenset({"E1"})), Code.DECLARED),
        (JudgeFacts("J", refused_by_entries=frozenset({"E1"})), Code.DECLARED_BY_ENTRANT),
        (JudgeFacts("J", secretariat_entrants=frozenset({"firm"})), Code.SECRETARIAT),
    ],
)
def test_each_kind_of_conflict_is_found_alone(judge: JudgeFacts, code: Code) -> None:
    findings = find_conflicts([judge], [ENTRY])
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
