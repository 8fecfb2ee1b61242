"""What tests of sheets that are left out share: one asks, another consents."""

from datetime import timedelta

from msgspec import structs

from awards.accounts.rules import FRESH_PROOF
from awards.accounts.tables import Approval
from awards.actor import Actor
from awards.clock import FixedClock
from awards.editions.tables import Round
from awards.results import services
from awards.results.forms import AskAboutSheet, ConsentAboutSheet
from tests.awards.results.judged import Judged
from tests.people import EUN_JI, FARID

MOMENT = timedelta(microseconds=1)
WHY = "Keyed from the wrong paper"


async def ask_about(
    season: Judged,
    clock: FixedClock,
    *,
    to: str = "aside",
    entry: int = 0,
    seat: int = 0,
    member: object = EUN_JI,
    proved: bool = True,
) -> int:
    command = AskAboutSheet.model_validate(
        {
            "round_id": season.season.round_id,
            "reference": season.references[entry],
            "seat": season.seats[seat],
            "to": to,
            "reason": WHY,
        }
    )
    return await services.ask_about_sheet(
        command=command,
        actor=await signer(season, clock, member, proved),
        clock=clock,
    )


async def signer(season: Judged, clock: FixedClock, member: object, proved: bool = True) -> Actor:
    """One of the cast, who has typed the password a moment ago."""
    actor = await season.actor(member)
    return structs.replace(actor, proved_at=clock.now() if proved else clock.now() - FRESH_PROOF - MOMENT)


async def consent(
    season: Judged, clock: FixedClock, approval: int, member: object = FARID, *, proved: bool = True
) -> str:
    rows = await Approval.select(Approval.subject_sha256).where(Approval.id == approval)
    command = ConsentAboutSheet(
        round_id=season.season.round_id, approval=approval, sha256=rows[0]["subject_sha256"]
    )
    return await services.consent_about_sheet(
        command=command,
        actor=await signer(season, clock, member, proved),
        clock=clock,
    )


async def left_out(season: Judged, clock: FixedClock, *, entry: int = 0, seat: int = 0) -> None:
    await consent(season, clock, await ask_about(season, clock, entry=entry, seat=seat))


async def state_of(season: Judged) -> str:
    rows = await Round.select(Round.state).where(Round.id == season.season.round_id)
    return str(rows[0]["state"])


async def version_of(season: Judged) -> int:
    rows = await Round.select(Round.version).where(Round.id == season.season.round_id)
    return int(rows[0]["version"])
