"""A panel has concluded on the category by the time of the embargo: its chair is nobody of the table."""

from awards.actor import Actor
from awards.clock import Clock
from awards.results.forms_deliberation import AskToConclude, ConsentToConclude, Note, OpenDeliberation
from awards.results.queries.meeting import sitting_by_id
from awards.results.services import concluding, deliberation
from awards.results.steps_deliberation import Place
from tests import factories
from tests.factories import Season

_HERE = "/deliberations/{programme}/{edition}/{code}/{category}"
OF_ROUND = (
    "/desk/{programme}/{edition}/deliberations/{code}",
    *(
        _HERE + rest
        for rest in ("", "/room", "/conclude", "/renew", "/entries/{reference}", "/files/{number}", "/news")
    ),
)
NOTE = "Canarydeliberation of the panel"


async def concluded(season: Season, first: Actor, second: Actor, clock: Clock) -> None:
    chair = await factories.person("Noor Haddad", email="noor@panel.example")
    await factories.make_judge(chair)
    await factories.seat(season.round_id, chair, role="jury", label="J9", conflicts_declared_at=clock.now())
    place = Place(season.round_id, "inclusive")
    opening = OpenDeliberation(who="jury", present=(chair,))
    await deliberation.open_deliberation(place=place, command=opening, actor=first, clock=clock)
    await deliberation.put_note(place=place, command=Note(reason=NOTE), actor=first, clock=clock)
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
