"""What ties two entrants: twins, members of a body, suppliers. Conflicts of judges follow from it."""

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.cities.forms import EndLink, LinkEntrants
from awards.cities.queries import entrant_for_desk
from awards.cities.rules import EntrantState, LinkKind
from awards.cities.steps import SECRETARIAT
from awards.cities.tables import Entrant, EntrantLink
from awards.clock import Clock
from awards.db import transaction
from awards.errors import Invalid, NotFound, Stale
from awards.web.i18n import _


async def link_entrants(*, entrant_id: int, command: LinkEntrants, actor: Actor, clock: Clock) -> int:
    """From now on. Twins are so both ways; a member is of the other; a supplier, the other, supplies this one."""
    now = clock.now()
    async with transaction():
        entrant = await entrant_for_desk(actor, entrant_id)
        if command.other == entrant.id:
            raise Invalid({"other": _("Choose another entrant")})
        if not await Entrant.exists().where(
            (Entrant.id == command.other) & (Entrant.state == EntrantState.APPROVED.value)
        ):
            raise Invalid({"other": _("Choose an entrant from the list")})
        pair = (entrant.id, command.other)
        a, b = pair if command.kind is not LinkKind.SUPPLIER else pair[::-1]
        same = (EntrantLink.a == a) & (EntrantLink.b == b)
        if command.kind is LinkKind.TWIN:
            same = same | ((EntrantLink.a == b) & (EntrantLink.b == a))
        if await EntrantLink.exists().where(
            same & (EntrantLink.kind == command.kind.value) & EntrantLink.until.is_null()
        ):
            raise Invalid({"other": _("This is on record already")})
        link = EntrantLink(a=a, b=b, kind=command.kind.value, since=now, created_at=now)
        await link.save()
        await record(
            Action.ENTRANTS_LINKED,
            actor=actor,
            at=now,
            subject=("entrant", entrant.id),
            as_role=SECRETARIAT,
            after={"link": link.id, "kind": command.kind.value, "other": command.other},
        )
    return int(link.id)


async def end_link(*, entrant_id: int, command: EndLink, actor: Actor, clock: Clock) -> None:
    """It stays on record: conflicts are asked at a date."""
    now = clock.now()
    async with transaction():
        entrant = await entrant_for_desk(actor, entrant_id)
        own = (EntrantLink.a == entrant.id) | (EntrantLink.b == entrant.id)
        if not await EntrantLink.exists().where((EntrantLink.id == command.link) & own):
            raise NotFound
        ended = (
            await EntrantLink.update({EntrantLink.until: now})
            .where((EntrantLink.id == command.link) & EntrantLink.until.is_null())
            .returning(EntrantLink.id)
        )
        if not ended:
            raise Stale
        await record(
            Action.ENTRANTS_LINKED,
            actor=actor,
            at=now,
            subject=("entrant", entrant.id),
            as_role=SECRETARIAT,
            before={"link": command.link},
        )
