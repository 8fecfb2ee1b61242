"""Titles that are alike: found among many exactly as one finds them by comparing each with each."""

import random
from itertools import combinations

import pytest

from awards.entries.likeness import alike, kinds

TEXT = (
    "open data portal ferry tickets for the whole city lights that dim water billing made simple school meals "
    "ordered online كلنا ندفع الماء 디지털 시민 참여 플랫폼 電子政府 透明的城市 Ünïcode façade ① ② !"
)
WORDS = TEXT.split()


def _titles(number: int, seed: int) -> list[str]:
    """Every third is an earlier one with a letter or the order of its words changed."""
    rng = random.Random(seed)
    found = ["", "…", "a"]
    while len(found) < number:
        if rng.random() < 1 / 3:
            words = rng.choice(found).split()
            rng.shuffle(words)
            letters = list(" ".join(words)) or ["x"]
            letters[rng.randrange(len(letters))] = rng.choice("xy ")
            found.append("".join(letters))
        else:
            found.append(" ".join(rng.choices(WORDS, k=rng.randint(1, 8))))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_all_pairs_are_those_that_comparing_each_with_each_finds(seed: int) -> None:
    titles = _titles(120, seed)
    plain = {(one, other) for one, other in combinations(range(120), 2) if alike(titles[one], titles[other])}
    found = [pair for kind in kinds(titles) for pair in kind.pairs()]
    assert set(found) == plain
    assert len(found) == len(plain) == sum(map(len, kinds(titles))) > 10


def test_few_titles_have_few_pairs() -> None:
    assert list(kinds([])) == list(kinds(["One"])) == list(kinds(["", "…"])) == []
    (kind,) = kinds(["Floors low", "Budget", "Low floors!"])
    assert list(kind.pairs()) == [(0, 2)]


def test_of_a_thousand_titles_that_are_the_same_there_is_one_kind() -> None:
    (kind,) = kinds(["Short program"] * 1000)
    assert len(kind) == 499_500
