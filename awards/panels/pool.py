"""Steps of the pool of judges: where somebody belongs, what they know. Each needs an open transaction."""

from collections.abc import Mapping
from datetime import datetime

from awards.cities.tables import Entrant
from awards.db import in_transaction
from awards.panels import steps
from awards.panels.tables import Affiliation, Expertise, Nomination

Fact = tuple[str, str, int | None]
"""Country, organisation, entrant."""


async def belong(
    person_id: int, *, kind: str, wanted: Fact | None, at: datetime, but_keep: bool = False
) -> None:
    """What a judge's page shows of one kind becomes this: what it showed ends now, the new begins now.

    Others of the kind stay. Nothing is deleted: conflicts are asked at a date. With `but_keep` nothing ends
    where nothing new is said.
    """
    assert in_transaction()
    rows = (
        await Affiliation.select(
            Affiliation.id, Affiliation.country, Affiliation.organisation, Affiliation.entrant
        )
        .where((Affiliation.person == person_id) & (Affiliation.kind == kind) & Affiliation.until.is_null())
        .order_by(Affiliation.id)
    )
    present = [(row["country"], row["organisation"], row["entrant"]) for row in rows]
    if (wanted is None and (but_keep or not present)) or (present and present[-1] == wanted):
        return
    if rows:
        await Affiliation.update({Affiliation.until: at}).where(Affiliation.id == rows[-1]["id"])
    if wanted is not None and wanted not in present[:-1]:
        country, organisation, entrant = wanted
        await steps.affiliate(
            person_id, kind=kind, country=country, organisation=organisation, entrant_id=entrant, at=at
        )


async def is_city(entrant_id: int) -> bool:
    """Whether this is a city that judges may be said to belong to, or to be nominated by."""
    return await Entrant.exists().where(
        (Entrant.id == entrant_id) & (Entrant.kind == "city") & (Entrant.state == "approved")
    )


async def know(person_id: int, levels: Mapping[int, int | None], at: datetime) -> int:
    """Store what differs, by field; None takes back what was said. Returns how many changed."""
    assert in_transaction()
    rows = await Expertise.select(Expertise.field, Expertise.level).where(Expertise.person == person_id)
    present = {row["field"]: row["level"] for row in rows}
    differing = {field: level for field, level in levels.items() if present.get(field) != level}
    if gone := [field for field, level in differing.items() if level is None]:
        await Expertise.delete().where((Expertise.person == person_id) & Expertise.field.is_in(gone))
    for field, level in differing.items():
        if level is not None and field in present:
            await Expertise.update({Expertise.level: level}).where(
                (Expertise.person == person_id) & (Expertise.field == field)
            )
        elif level is not None:
            await Expertise.insert(Expertise(person=person_id, field=field, level=level, created_at=at))
    return len(differing)


async def nominate(person_id: int, entrant_id: int, at: datetime) -> bool:
    """False where the city nominated this judge already."""
    assert in_transaction()
    if await Nomination.exists().where((Nomination.person == person_id) & (Nomination.by == entrant_id)):
        return False
    await Nomination.insert(Nomination(person=person_id, by=entrant_id, created_at=at))
    return True
