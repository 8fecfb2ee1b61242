"""A panel that deliberates on a judged season: Chiara in the chair, Daniyar and Leila of the jury, Leila in conflict."""

from collections.abc import Collection
from dataclasses import dataclass

from msgspec import structs

from awards.actor import Actor
from awards.clock import FixedClock
from awards.editions.tables import EditionRule
from awards.panels.rules import terms_hash
from awards.panels.tables import DeclaredConflict, TermsAcceptance
from awards.results import services as results
from awards.results.forms import JudgeRun
from awards.results.forms_deliberation import AskToConclude, ConsentToConclude, OpenDeliberation
from awards.results.meeting import Meeting
from awards.results.queries.meeting import sitting_by_id
from awards.results.services import concluding, deliberation
from awards.results.steps_deliberation import Place
from tests import factories
from tests.awards.results.judged import Judged, judged
from tests.factories import AT, add
from tests.people import CHIARA, DANIYAR, EUN_JI, FARID, LEILA, Member, id_of


@dataclass(frozen=True, slots=True)
class Met:
    season: Judged
    place: Place
    clock: FixedClock

    async def actor(self, member: Member = CHIARA) -> Actor:
        """Of the panel without any role over the edition; Eun-ji and Farid of the secretariat."""
        if member in (EUN_JI, FARID):
            found = await self.season.actor(member)
        else:
            found = Actor(person_id=await id_of(member), name=member.name)
        return structs.replace(found, proved_at=self.clock.now())

    async def meeting(self) -> Meeting:
        actor = await self.actor(EUN_JI)
        return (await sitting_by_id(self.place.round_id, "inclusive", actor, self.clock.now())).meeting

    async def order(self) -> list[str]:
        """Names of the entries by their references' last digit, the first place first."""
        order = (await self.meeting()).order
        return [ref[-1] for ref, _rank in sorted(order.items(), key=lambda pair: (pair[1] or 99, pair[0]))]

    async def sign(self, member: Member = CHIARA, statement: str = "") -> int:
        command = AskToConclude(sha256=(await self.meeting()).fingerprint(), statement=statement)
        return await concluding.ask_to_conclude(
            place=self.place, command=command, actor=await self.actor(member), clock=self.clock
        )

    async def consent(self, approval: int, member: Member = EUN_JI) -> None:
        asked = (await self.meeting()).conclusion
        command = ConsentToConclude(approval=approval, sha256=asked.sha256 if asked else "0" * 64)
        await concluding.consent_to_conclude(
            place=self.place, command=command, actor=await self.actor(member), clock=self.clock
        )


async def adopted(clock: FixedClock, **more: object) -> Judged:
    season = await judged(**more)
    await adopt_another(season, clock)
    return season


async def adopt_another(season: Judged, clock: FixedClock) -> None:
    actor, round_id = await season.actor(), season.season.round_id
    number = await results.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    await results.adopt_run(command=JudgeRun(round_id=round_id, number=number), actor=actor, clock=clock)


async def seated(season: Judged) -> None:
    """Leila declared a conflict with the entry that the marks put first."""
    terms = await EditionRule.select(EditionRule.value).where(
        (EditionRule.edition == season.season.edition_id) & (EditionRule.code == "terms")
    )
    for member, role in ((CHIARA, "chair"), (DANIYAR, "jury"), (LEILA, "jury")):
        person = await id_of(member)
        await factories.make_judge(person, country="FR")
        await factories.seat(season.season.round_id, person, role=role, conflicts_declared_at=AT)
        await add(
            TermsAcceptance, person=person, edition=season.season.edition_id, accepted_at=AT,
            terms_sha256=terms_hash(terms[0]["value"]),
        )  # fmt: skip
    await add(
        DeclaredConflict, person=await id_of(LEILA), edition=season.season.edition_id, entry=season.entries[0],
        code="declared", source="judge", reason="I advised this city.",
    )  # fmt: skip


async def met(
    clock: FixedClock, *, who: str = "jury", absent: Collection[Member] = (), **more: object
) -> Met:
    season = await adopted(clock, **more)
    await seated(season)
    made = Met(season, Place(season.season.round_id, "inclusive"), clock)
    present = [await id_of(one) for one in (CHIARA, DANIYAR, LEILA) if one not in absent]
    await deliberation.open_deliberation(
        place=made.place,
        command=OpenDeliberation.model_validate({"who": who, "present": (*present, *season.judges)}),
        actor=await made.actor(EUN_JI),
        clock=clock,
    )
    return made
