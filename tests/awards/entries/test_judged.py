"""What judges read of an entry: what is for them, and in a blind round not who entered."""

from awards.editions.tables import Question
from awards.entries import queries, services
from awards.entries.forms import SaveAnswer, SubmitEntry
from awards.entries.tables import EntryVersion
from tests import factories
from tests.awards.entries.scene import CLOCK, ready, scene


async def test_judges_read_only_what_is_for_them() -> None:
    s = await scene()
    for position, (code, audience, hidden) in enumerate(
        [("budget", "secretariat", False), ("mayor", "judges", True), ("story", "public", False)], start=2
    ):
        await factories.add(
            Question, edition=s.season.edition_id, code=code, label=code, kind="short text",
            position=position, audience=audience, hidden_when_blind=hidden,
        )  # fmt: skip
    reference = await ready(s)
    for code in ("budget", "mayor", "story"):
        await services.save_answer(
            reference=reference,
            code=code,
            command=SaveAnswer(version=0, answer=(f"secret {code}",)),
            actor=s.amina,
            clock=CLOCK,
        )
    await services.submit_entry(
        reference=reference, command=SubmitEntry(declared=True, version=1), actor=s.amina, clock=CLOCK
    )
    (version,) = await EntryVersion.select(EntryVersion.id)
    seen = await queries.version_for_judges(version["id"], blind=False)
    assert isinstance(seen, queries.JudgedEntry)
    assert [a.code for a in seen.answers] == ["summary", "mayor", "story"]
    blind = await queries.version_for_judges(version["id"], blind=True)
    assert [a.code for a in blind.answers] == ["summary", "story"]
    assert not isinstance(blind, queries.JudgedEntry)
    assert "Lindmere" not in repr(blind)
