import numpy as np
import pytest

from judging import Assignment, assign, offer_bridges


def separate() -> tuple[Assignment, np.ndarray]:
    own = np.arange(40)[:, None] % 4 == np.arange(12) % 4
    affinity = np.where(own, 80, 20) + np.random.default_rng(1).integers(0, 9, (40, 12))
    found = assign(affinity, [2] * 40, allowed=own)
    assert isinstance(found, Assignment)
    return found, affinity


def test_bridges_join_separate_panels_and_say_their_cost() -> None:
    found, affinity = separate()
    one, two = offer_bridges(found.pairs, affinity, high=[9] * 12)
    assert one.before.parts == 4
    assert one.after.parts == two.after.parts == 1
    assert two.entries[:1] == one.entries
    assert len(one.added) == 10
    assert one.share == 10 / 80
    assert one.affinity == sum(int(affinity[pair]) for pair in one.added)
    assert not one.absent
    assert not one.over
    assert two.after.mean_se < one.after.mean_se
    assert not set(one.added) & set(found.pairs)
    assert offer_bridges(found.pairs, affinity, high=[7] * 12)[0].over


def test_bridges_break_no_conflict_and_leave_out_who_reads_nothing() -> None:
    found, affinity = separate()
    allowed = np.random.default_rng(2).random((40, 12)) < 0.8
    allowed[:, 5] = False
    (offer,) = offer_bridges(found.pairs, affinity, allowed=allowed, most=1)
    assert all(allowed[pair] for pair in offer.added)
    held = set(found.pairs) | set(offer.added)
    assert set(offer.absent) == {(offer.entries[0], j) for j in range(12)} - held
    few = [pair for pair in found.pairs if pair[1] != 3]
    assert all(j != 3 for _, j in offer_bridges(few, affinity, most=1)[0].added)
    assert offer_bridges([], affinity) == ()
    assert offer_bridges([(0, 0)], affinity[:1, :1]) == ()


def test_bridges_say_what_is_wrong() -> None:
    affinity = np.ones((3, 3), dtype=int)
    for pairs, more, text in [
        ([(0, 0), (0, 0)], {}, "twice"),
        ([(0, 0)], {"most": 0}, "at least one"),
        ([(0, 0)], {"high": [1]}, "high must"),
        ([(0, 0)], {"allowed": [[True]]}, "shape"),
    ]:
        with pytest.raises(ValueError, match=text):
            offer_bridges(pairs, affinity, **more)
