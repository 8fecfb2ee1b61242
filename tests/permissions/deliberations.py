"""A panel has concluded on the category by the time of the embargo: its chair is nobody of the table."""

from awards.actor import Actor
from awards.clock import Clock
from awards.results.forms_deliberation import (
    AskToConclude,
    AttachResult,
    ConsentToConclude,
    Note,
    OpenDeliberation,
)
from awards.results.queries.meeting import sitting_by_id
from awards.results.services import concluding, deliberation
from awards.results.steps_deliberation import Place
from tests import factories
from tests.factories import Season
from tests.permissions.canaries import NOTE, VISIT, VISITED

_HERE = "/deliberations/{programme}/{edition}/{code}/{category}"
OF_ROUND = (
    "/desk/{programme}/{edition}/deliberations/{code}",
    *(
        _HERE + rest
        for rest in ("", "/room", "/conclude", "/renew", "/entries/{reference}", "/files/{number}", "/news")
    ),
)


async def concluded(season: Season, reference: str, first: Actor, second: Actor, clock: Clock) -> None:
    chair = await factories.person("Noor Haddad", email="noor@panel.example")
    await factories.make_judge(chair)
    await factories.seat(season.round_id, chair, role="jury", label="J9", conflicts_declared_at=clock.now())
    await met(season, reference, OpenDeliberation(who="jury", present=(chair,)), first, clock)
    await conclude(season, first, second, clock)


async def met(season: Season, reference: str, opening: OpenDeliberation, actor: Actor, clock: Clock) -> None:
    """Both words are of the entry that is named."""
    place = Place(season.round_id, "inclusive")
    await deliberation.open_deliberation(place=place, command=opening, actor=actor, clock=clock)
    note = Note(entry=reference, reason=NOTE)
    await deliberation.put_note(place=place, command=note, actor=actor, clock=clock)
    visited = AttachResult(entry=reference, title=VISITED, reason=VISIT)
    await deliberation.attach_result(place=place, command=visited, arrived=None, actor=actor, clock=clock)


async def conclude(season: Season, first: Actor, second: Actor, clock: Clock) -> None:
    place = Place(season.round_id, "inclusive")
    found = await sitting_by_id(season.round_id, "inclusive", first, clock.now())
    approval = await concluding.ask_to_conclude(
        place=place, command=AskToConclude(sha256=found.meeting.fingerprint()), actor=first, clock=clock
    )
    asked = (await sitting_by_id(season.round_id, "inclusive", first, clock.now())).meeting.conclusion
    assert asked is not None
    await concluding.consent_to_conclude(
        place=place,
        command=ConsentToConclude(approval=approval, sha256=asked.sha256),
        actor=second,
        clock=clock,
    )
