"""Entries as long as real ones, judged on as much as real rounds ask, for a bench."""

from awards.editions.tables import Criterion, CriterionWeight, Question, RubricLevel
from awards.entries.tables import Entry, EntryVersion
from tests import factories
from tests.awards.scoresheets.benches import Bench

SECTIONS = ("The problem", "The practice", "What changed")
LEVELS = (
    (0, "asserted, without anything that a reader could look up or ask somebody about"),
    (4, "described, with some figures, and with a word on where they come from"),
    (7, "shown with data and with those concerned, before and after, with its limits named"),
    (9, "shown so that a stranger could check all of it and would come to the same end"),
)
_WORDS = "the city’s buses now stop where people live and the fare is one coin for every ride in it"


def text(words: int) -> str:
    """In paragraphs of some hundred words."""
    known = _WORDS.split()
    every = [known[number % len(known)] for number in range(words)]
    return "\n\n".join(" ".join(every[start : start + 100]) for start in range(0, words, 100))


async def lengthen(made: Bench, *, words: int, questions: int = 9) -> None:
    """Every entry of the bench says `words` words over the three sections, and leads out once."""
    for number in range(questions):
        await factories.add(
            Question, edition=made.season.edition_id, section=SECTIONS[number * 3 // questions],
            code=f"q{number}", kind="long text", label=f"Question {number + 1} of the form?", position=10 + number,
        )  # fmt: skip
    await factories.add(
        Question, edition=made.season.edition_id, section=SECTIONS[-1], code="film", kind="web address",
        label="Where can it be seen?", position=50,
    )  # fmt: skip
    answers = {f"q{number}": text(words // questions) for number in range(questions)}
    answers["film"] = "https://seoul.go.kr@films.example/a?b=1"
    body, sha256 = factories.sealed({"answers": answers})
    entries = Entry.select(Entry.id).where(Entry.edition == made.season.edition_id)
    await EntryVersion.update({EntryVersion.body: body, EntryVersion.sha256: sha256}).where(
        EntryVersion.entry.is_in([row["id"] for row in await entries])
    )


async def deepen(made: Bench, *, criteria: int = 0) -> tuple[str, ...]:
    """A rubric for every criterion, after `criteria` more of them; the codes of all."""
    for number in range(criteria):
        await factories.criterion(
            made.season.round_id, made.season.scale_id, {made.season.category_id: 10}, code=f"more{number}",
            name=f"One more criterion {number}", question="Is it so, and how does a reader know?", position=3 + number,
        )  # fmt: skip
    rows = await Criterion.select(Criterion.id, Criterion.code).order_by(Criterion.position)
    for row in rows:
        for mark, words in LEVELS:
            await factories.add(RubricLevel, criterion=row["id"], mark=mark, text=words)
    assert await CriterionWeight.count() == len(rows)
    return tuple(row["code"] for row in rows)
