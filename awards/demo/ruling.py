"""The open call's rules at work: a firm that waits for its city, and an exception with its reason."""

from awards.actor import Actor
from awards.cities.rules import EntrantState, fold
from awards.cities.tables import Entrant, Official
from awards.clock import Clock
from awards.db import transaction
from awards.entries.facts import Rule
from awards.entries.forms import StartEntry
from awards.entries.forms_approval import GrantExemption
from awards.entries.services.drafts import start_entry
from awards.entries.services.exemptions import grant_exemption

NAME = "Tidewater Signs"
REASON = (
    "The town of Oldmere joined Lindmere in January. What both had begun before may enter, so Lindmere is not held "
    "to the number of entries of one city this year."
)


async def add_rules_at_work(
    edition: str, edition_id: int, city: int, *, secretariat: Actor, firm: Actor, clock: Clock
) -> None:
    """`edition` is its path, programme and slug."""
    now = clock.now()
    async with transaction():
        where = (
            await Entrant.select(Entrant.country, Entrant.country_label, Entrant.region).where(
                Entrant.id == city
            )
        )[0]
        entrant = Entrant(
            **where, kind="firm", name=NAME, folded=fold(NAME), city=city, state=EntrantState.APPROVED.value,
            decided_by=secretariat.person_id, created_at=now,
        )  # fmt: skip
        await entrant.save()
        official = Official(
            person=firm.person_id, entrant=entrant.id, role="owner", since=now, created_at=now
        )
        await official.save()
    command = StartEntry(
        edition=edition, entrant=entrant.id, category="digital-divide", title="Signs that speak at the pier"
    )
    await start_entry(command=command, actor=firm, clock=clock)
    exception = GrantExemption(entrant=city, rule=Rule.QUOTA, reason=REASON)
    await grant_exemption(edition_id=edition_id, command=exception, actor=secretariat, clock=clock)
