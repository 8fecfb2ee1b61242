"""Defects of deliberations: each is planted in one that was sound."""

from collections.abc import Awaitable, Callable

from awards.audit.tables import Event
from awards.results.meeting import CONCLUDE, concluded
from awards.results.queries.meeting import meeting_at
from awards.results.tables import Deliberation, DeliberationAct
from tests import factories
from tests.awards.sound import World
from tests.factories import AT, add

Plant = Callable[[World], Awaitable[object]]


async def sound(made: World) -> int:
    """A note, and two who concluded."""
    season = made.season
    run = await factories.run(
        season.round_id, made.ruleset, number=2, state="superseded", body={"standings": []}
    )
    found = await add(
        Deliberation,
        round=season.round_id,
        category=season.category_id,
        run=run,
        agenda="[]",
        by=made.amina,
    )
    await add(
        DeliberationAct, deliberation=found, number=1, kind="note", run=run, round_entry=made.in_round,
        reason="Seen by all of us.", by=made.chiara, as_role="chair",
    )  # fmt: skip
    category = await Event.raw("SELECT code FROM category WHERE id = {}", season.category_id)
    meeting = await meeting_at(season.round_id, category[0]["code"])
    approval = await factories.approval(
        made.amina, made.chiara, action=CONCLUDE, subject_kind="deliberation", subject_id=found,
        subject_sha256=concluded(meeting.fingerprint(), ""), given_at=AT,
    )  # fmt: skip
    await Deliberation.update(
        {Deliberation.state: "concluded", Deliberation.approval: approval, Deliberation.concluded_at: AT}
    ).where(Deliberation.id == found)
    return found


def broken_by(sql: str, *names: str) -> Plant:
    """What was sound, after this statement about it."""

    async def plant(made: World) -> object:
        await sound(made)
        return await Event.raw(sql, *(getattr(made, name) for name in names))

    return plant


async def of_another_round(made: World) -> None:
    await sound(made)
    other = await factories.judging_round(made.season.edition_id, code="final", position=2)
    await Event.raw("UPDATE deliberation SET round = {}", other)


PLANTED: dict[str, Plant] = {
    "deliberations-are-numbered": broken_by("UPDATE deliberation_act SET number = 2"),
    "deliberations-stay-in-their-round": of_another_round,
    "deliberations-are-concluded-by-two": broken_by(
        "UPDATE approval SET ended_at = created_at WHERE action = 'conclude deliberation'"
    ),
    "what-was-concluded-is-what-was-signed": broken_by("UPDATE deliberation_act SET reason = 'Otherwise.'"),
}
