"""Defects of overrides, objections and nominations, planted in a sound database."""

from awards.panels.tables import CityNomination, ConflictOverride, Objection
from tests.awards.sound import World
from tests.factories import AT, add


async def overridden_by_another_consent(made: World) -> None:
    await add(ConflictOverride, seat=made.seat, entry=made.entry, code="own_country", approval=made.approval)


async def objection_without_its_judge(made: World) -> None:
    await add(
        Objection, entry=made.entry, name="Chiara Fontana", folded="chiara fontana", reason="A rival",
        by=made.amina, state="accepted", decided_by=made.amina, decided_at=AT,
    )  # fmt: skip


async def in_the_pool_unasked(made: World) -> None:
    await add(
        CityNomination, edition=made.season.edition_id, entrant=made.city, by=made.amina, name="Amina Diallo",
        email="a@b.example", folded="a@b.example", country="KR", state="agreed", person=made.amina,
        decided_by=made.amina, decided_at=AT,
    )  # fmt: skip
