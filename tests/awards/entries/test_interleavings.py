"""Two people, two tabs, lost answers and retries in every order that a seed can think of: nothing is overwritten unseen.

R4: 500 generated interleavings in the drill, fewer in the usual run; each failure names its seed.
"""

import asyncio
import random
from dataclasses import dataclass, field

import pytest

from awards.actor import Actor
from awards.entries import services
from awards.entries.forms import SaveAnswer
from awards.entries.tables import Answer, AnswerRevision
from awards.errors import Stale
from tests.awards.entries.scene import CLOCK, ready, scene
from tests.databases import DRILL

SEEDS = range(500 if DRILL else 25)
STEPS = 30


@dataclass
class Tab:
    """A page as autosave.js keeps it: what is typed, the version it is based on, one operation under way."""

    name: str
    actor: Actor
    version: int
    text: str
    seen: set[int]
    operation: SaveAnswer | None = None
    stopped: bool = False
    acknowledged: dict[int, str] = field(default_factory=dict)


async def send(
    tab: Tab, reference: str, made: dict[int, tuple[str, int, str]], chance: random.Random
) -> None:
    """One request; its answer may get lost on the way back, and then the same operation goes again."""
    if tab.stopped:
        return
    if tab.operation is None:
        key = f"{chance.getrandbits(128):032x}"
        tab.operation = SaveAnswer(version=tab.version, answer=(tab.text,), draft=True, key=key)
    operation = tab.operation
    try:
        saved = await services.save_answer(
            reference=reference, code="summary", command=operation, actor=tab.actor, clock=CLOCK
        )
    except Stale:
        tab.stopped = True
        return
    if not saved.already:
        made[saved.version] = (tab.name, operation.version, operation.answer[0])
    if chance.random() < 0.35:
        return  # the line broke: the tab does not know
    tab.operation = None
    tab.version = saved.version
    tab.seen.add(saved.version)
    tab.acknowledged[saved.version] = operation.answer[0]


def load(tab: Tab, version: int, text: str) -> None:
    """The person looks at both texts and goes on from what stands."""
    tab.stopped, tab.operation, tab.version = False, None, version
    tab.text = f"{text} {tab.name}"
    tab.seen.add(version)


@pytest.mark.parametrize("seed", SEEDS)
async def test_no_interleaving_overwrites_what_its_writer_has_not_seen(seed: int) -> None:
    chance = random.Random(seed)
    s = await scene()
    reference = await ready(s)
    start = "Buses that lower their floor."
    tabs = [
        Tab(name, actor, 1, start, {1})
        for name, actor in (("amina", s.amina), ("amina's other", s.amina), ("bao", s.bao))
    ]
    made: dict[int, tuple[str, int, str]] = {}
    for step in range(STEPS):
        tab = chance.choice(tabs)
        act = chance.random()
        if act < 0.5:
            tab.text += f" {step}"
        if act < 0.75:
            await send(tab, reference, made, chance)
        elif tab.stopped or act < 0.9:
            (row,) = await Answer.select(Answer.version, Answer.value)
            load(tab, row["version"], row["value"])
    revisions = await AnswerRevision.select(AnswerRevision.version, AnswerRevision.value).order_by(
        AnswerRevision.version
    )
    kept = {row["version"]: row["value"] for row in revisions}
    (now,) = await Answer.select(Answer.version, Answer.value)
    assert list(kept) == list(range(1, len(kept) + 1))
    assert (now["version"], now["value"]) == (len(kept), kept[len(kept)])
    for version, (name, base, text) in made.items():
        tab = next(tab for tab in tabs if tab.name == name)
        assert (kept[version], version) == (text, base + 1), f"seed {seed}"
        assert base in tab.seen, f"seed {seed}: {name} wrote over version {base} without having seen it"
    for tab in tabs:
        for version, text in tab.acknowledged.items():
            assert kept[version] == text, f"seed {seed}: an acknowledged text of {tab.name} is gone"


@pytest.mark.commits
async def test_one_operation_fifty_times_at_once_is_one_revision() -> None:
    """R5: the same key in parallel gives one row and one answer."""
    s = await scene()
    reference = await ready(s)
    command = SaveAnswer(version=1, answer=("Once.",), draft=True, key="a" * 32)
    found = await asyncio.gather(
        *(
            services.save_answer(
                reference=reference, code="summary", command=command, actor=s.amina, clock=CLOCK
            )
            for _ in range(50)
        )
    )
    assert {(one.version, one.value) for one in found} == {(2, "Once.")}
    assert sum(not one.already for one in found) == 1
    assert await AnswerRevision.count() == 2
