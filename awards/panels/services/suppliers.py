"""Firms that supply what an entry is about, told by its city or by the secretariat."""

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.rules import in_secretariat
from awards.entries.queries import own_entry
from awards.entries.tables import Entry
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.panels.forms_conflicts import AddSupplier, EndSupplier
from awards.panels.tables import EntrySupplier
from awards.web.i18n import _
from judging.names import folded

MOST_SUPPLIERS = 40
CITY, SECRETARIAT = "city", "secretariat"


async def add_supplier(
    *, reference: str, source: str, command: AddSupplier, actor: Actor, clock: Clock
) -> int:
    """`source` is on whose page it was told; the right to tell it is asked here."""
    now = clock.now()
    async with transaction():
        entry, edition_id = await _entry(actor, reference, source, clock)
        known = await EntrySupplier.select(EntrySupplier.folded).where(
            (EntrySupplier.entry == entry) & EntrySupplier.ended_at.is_null()
        )
        if len(known) >= MOST_SUPPLIERS:
            raise Invalid({"name": _("An entry names %(most)d firms at most", most=MOST_SUPPLIERS)})
        if folded(command.name)[:300] in {row["folded"] for row in known}:
            raise Invalid({"name": _("This firm is on the list already")})
        supplier = EntrySupplier(
            entry=entry,
            name=command.name,
            folded=folded(command.name)[:300],
            source=source,
            by=actor.person_id,
            created_at=now,
        )
        await supplier.save()
        await record(
            Action.SUPPLIER_CHANGED,
            actor=actor,
            at=now,
            subject=("entry", entry),
            edition_id=edition_id,
            as_role=_role(source),
            after={"supplier": supplier.id},
        )
    return int(supplier.id)


async def end_supplier(
    *, reference: str, source: str, command: EndSupplier, actor: Actor, clock: Clock
) -> None:
    """From now on. A city takes back what it told itself; the secretariat ends any."""
    now = clock.now()
    async with transaction():
        entry, edition_id = await _entry(actor, reference, source, clock)
        rows = await EntrySupplier.select(EntrySupplier.source).where(
            (EntrySupplier.id == command.supplier) & (EntrySupplier.entry == entry)
        )
        if not rows or (source == CITY and rows[0]["source"] != CITY):
            raise NotFound
        ended = (
            await EntrySupplier.update({EntrySupplier.ended_at: now})
            .where((EntrySupplier.id == command.supplier) & EntrySupplier.ended_at.is_null())
            .returning(EntrySupplier.id)
        )
        if not ended:
            raise Stale
        await record(
            Action.SUPPLIER_CHANGED,
            actor=actor,
            at=now,
            subject=("entry", entry),
            edition_id=edition_id,
            as_role=_role(source),
            before={"supplier": command.supplier},
        )


async def _entry(actor: Actor, reference: str, source: str, clock: Clock) -> tuple[int, int]:
    """The entry and its edition, for who may tell this of it."""
    if source == CITY:
        own = await own_entry(actor, reference, clock.now())
        if not own.may_write:
            raise Denied("reader", _("You may read this entry and not change it."))
        return own.id, own.edition_id
    rows = await Entry.raw(
        "SELECT e.id, e.edition, d.programme FROM entry e JOIN edition d ON d.id = e.edition WHERE e.reference = {}",
        reference.upper(),
    )
    if not rows or not in_secretariat(actor, rows[0]["programme"], rows[0]["edition"]):
        raise NotFound
    return rows[0]["id"], rows[0]["edition"]


def _role(source: str) -> str:
    return "city official" if source == CITY else SECRETARIAT
