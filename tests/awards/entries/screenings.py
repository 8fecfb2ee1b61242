"""Entries before screeners, for tests of the verbs: who screens, and what they answer."""

from datetime import datetime, timedelta
from typing import Any

from awards.accounts.tables import Approval
from awards.actor import Actor, Grant
from awards.clock import FixedClock
from awards.db import transaction
from awards.editions.checklist import CHECKLIST
from awards.entries import services
from awards.entries.forms_screening import (
    AskCity,
    ConfirmExclusion,
    DecideAppeal,
    EndExclusion,
    ScreenEntry,
    SettleEntry,
)
from awards.entries.queries.standing import screened
from awards.entries.rules import EntryState
from awards.entries.screening import Standing
from awards.entries.tables import Screening
from tests import factories
from tests.factories import AT, DAY, Season

CLOCK = FixedClock(AT)
YES = tuple((code, "yes", "") for code, _question in CHECKLIST)
NO = (("entrant", "no", "Not a city."), *YES[1:])


async def on_desk(season: Season, name: str, role: str = "screener", *, proved: bool = True) -> Actor:
    """Somebody whose role the database knows too, a moment after they showed who they are."""
    person = await factories.person(name)
    await factories.grant(person, role, season.scope)
    return Actor(
        person, name, grants=frozenset({Grant(role, season.scope)}), proved_at=AT if proved else None
    )


class Room:
    """One submitted entry, and those who screen it."""

    def __init__(self, season: Season, entry: int, reference: str, city: int) -> None:
        self.season, self.entry, self.reference, self.city = season, entry, reference, city

    def on(self, command: Any, actor: Actor, at: datetime = AT) -> dict[str, Any]:
        return {
            "edition_id": self.season.edition_id,
            "reference": self.reference,
            "command": command,
            "actor": actor,
            "clock": FixedClock(at),
        }

    async def standing(self, at: datetime = AT) -> Standing:
        async with transaction():
            found = await screened(self.season.edition_id, self.reference, 1, at)
        assert found is not None
        return found.standing

    async def version(self) -> int:
        async with transaction():
            found = await screened(self.season.edition_id, self.reference, 1, AT)
        assert found is not None
        return found.version

    async def screen(
        self,
        actor: Actor,
        outcome: str = "eligible",
        *,
        reason: str = "",
        number: int = 1,
        at: datetime = AT,
        **more: Any,
    ) -> Standing:
        rows = await Screening.select(Screening.version).where(
            (Screening.entry == self.entry) & (Screening.screener == actor.person_id)
        )
        values = {
            "version": rows[0]["version"] if rows else 0,
            "number": number,
            "items": YES if outcome == "eligible" else NO,
            "outcome": outcome,
            "reason": reason or ("Not a city." if outcome == "ineligible" else ""),
            "note": f"Between us: {actor.name}",
            "finish": True,
            **more,
        }
        return await services.screen_entry(**self.on(ScreenEntry.model_validate(values), actor, at))

    async def settle(self, actor: Actor, outcome: str, reason: str = "") -> Standing:
        command = SettleEntry(version=await self.version(), outcome=outcome, reason=reason)
        return await services.settle_entry(**self.on(command, actor))

    async def request(self) -> dict[str, Any]:
        rows = await Approval.select(Approval.id, Approval.subject_sha256).order_by(Approval.id)
        return {"approval": rows[-1]["id"], "sha256": rows[-1]["subject_sha256"]}

    async def confirm(self, actor: Actor, **more: Any) -> None:
        command = ConfirmExclusion(**{**await self.request(), **more})
        await services.confirm_exclusion(**self.on(command, actor))

    async def send_back(self, actor: Actor) -> None:
        command = EndExclusion(approval=(await self.request())["approval"])
        await services.end_exclusion(**self.on(command, actor))

    async def ask(
        self,
        actor: Actor,
        *codes: str,
        at: datetime = AT,
        lasts: timedelta = 7 * DAY,
        text: str = "Since when?",
    ) -> datetime:
        due = (at + lasts).replace(tzinfo=None).isoformat(timespec="minutes")
        command = AskCity(version=await self.version(), questions=codes or ("summary",), text=text, due=due)
        return await services.ask_city(**self.on(command, actor, at))

    async def decide_appeal(self, actor: Actor, outcome: str, reason: str = "It stays.") -> None:
        command = DecideAppeal(version=await self.version(), outcome=outcome, reason=reason)
        await services.decide_appeal(**self.on(command, actor))

    async def excluded(self, asks: Actor, confirms: Actor) -> None:
        await self.screen(asks, "ineligible")
        await self.confirm(confirms)


async def room(*, state: str = "submitted", **rules: str) -> Room:
    season = await factories.season(rules=rules)
    city = await factories.entrant("Lindmere", kind="city")
    entry = await factories.entry(season, city, state=state, reference="WG26-LIND1")
    return Room(season, entry, "WG26-LIND1", city)


async def official_of(made: Room, name: str = "Amina Okoro", **more: Any) -> Actor:
    person = await factories.person(name)
    await factories.official(person, made.city, **more)
    return Actor(person, name)


OUT, IN = EntryState.INELIGIBLE.value, EntryState.ELIGIBLE.value
