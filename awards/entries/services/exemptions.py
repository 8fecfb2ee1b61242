"""An exception from one rule for one entrant, with its reason: granted, and ended."""

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.cities.queries import entrant_by_id, recipients_of
from awards.cities.rules import EntrantState
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.editions.queries import EditionRow, edition_by_id
from awards.editions.rules import EditionState, in_secretariat
from awards.entries.facts import Rule
from awards.entries.forms_approval import EndExemption, GrantExemption
from awards.entries.rule_words import rule_names
from awards.entries.steps import SECRETARIAT
from awards.entries.tables import Exemption
from awards.errors import Conflict, Denied, Invalid, NotFound
from awards.outbox.services import enqueue
from awards.web.i18n import _, available, negotiate, use


async def grant_exemption(*, edition_id: int, command: GrantExemption, actor: Actor, clock: Clock) -> None:
    """From now on until it is ended; the entrant is told and reads the reason."""
    now = clock.now()
    async with transaction():
        edition = await _run(actor, edition_id)
        try:
            entrant = await entrant_by_id(command.entrant)
        except NotFound:
            raise Invalid({"entrant": _("Choose an entrant")}) from None
        if entrant.state is not EntrantState.APPROVED:
            raise Invalid({"entrant": _("Choose an entrant that is approved")})
        if not command.reason:
            raise Invalid({"reason": _("Write the reason; the entrant reads it")})
        try:
            async with transaction():
                rows = await Exemption.insert(
                    Exemption(
                        edition=edition_id,
                        entrant=entrant.id,
                        rule=command.rule.value,
                        reason=command.reason,
                        by=actor.person_id,
                        created_at=now,
                    )
                )
        except Conflict:
            raise Invalid(
                {"": _("This exception is there already; end it first to give another reason.")}
            ) from None
        await _tell(edition, "exemption-granted", rows[0]["id"], entrant.id, entrant.name, command.rule.value,
                    clock, command.reason)  # fmt: skip
        await record(
            Action.EXEMPTION_GRANTED, actor=actor, at=now, subject=("exemption", rows[0]["id"]),
            edition_id=edition_id, as_role=SECRETARIAT,
            after={"entrant": entrant.id, "rule": command.rule.value}, reason=command.reason,
        )  # fmt: skip


async def end_exemption(
    *, edition_id: int, exemption_id: int, command: EndExemption, actor: Actor, clock: Clock
) -> None:
    """The rule holds again from now on; what was submitted stays submitted."""
    now = clock.now()
    async with transaction():
        edition = await _run(actor, edition_id)
        rows = await lock_rows(Exemption.objects().where(Exemption.id == exemption_id))
        if not rows or rows[0].edition != edition_id:
            raise NotFound
        if not command.sure:
            raise Invalid({"sure": _("Tick the box to end this exception")})
        row = rows[0]
        if row.ended_at is not None:
            return
        await Exemption.update({Exemption.ended_at: now, Exemption.ended_by: actor.person_id}).where(
            Exemption.id == exemption_id
        )
        entrant = await entrant_by_id(row.entrant)
        await _tell(edition, "exemption-ended", exemption_id, entrant.id, entrant.name, row.rule, clock, "")
        await record(
            Action.EXEMPTION_ENDED, actor=actor, at=now, subject=("exemption", exemption_id),
            edition_id=edition_id, as_role=SECRETARIAT, before={"entrant": entrant.id, "rule": row.rule},
        )  # fmt: skip


async def _run(actor: Actor, edition_id: int) -> EditionRow:
    edition = await edition_by_id(edition_id)
    if not in_secretariat(actor, edition.programme_id, edition.id):
        raise NotFound
    if edition.state not in (EditionState.DRAFT, EditionState.OPEN):
        raise Denied("judging", _("The judging has begun: which entries are in it is decided."))
    return edition


async def _tell(
    edition: EditionRow, template: str, exemption_id: int, entrant_id: int, entrant: str, rule: str, clock: Clock,
    reason: str,
) -> None:  # fmt: skip
    now = clock.now()
    for person in await recipients_of(entrant_id, now):
        await enqueue(
            template,
            to=person.address,
            at=now,
            dedupe_key=f"{template}:{exemption_id}:{person.person_id}",
            lang=person.lang,
            values={
                "name": person.name,
                "entrant": entrant,
                "edition": edition.name,
                "rule": _name(rule, person.lang),
                "reason": reason,
                "link": f"/city/calls/{edition.programme}/{edition.slug}",
            },
            edition_id=edition.id,
        )


def _name(rule: str, lang: str) -> str:
    """As the mail's reader knows the rule."""
    with use(negotiate("", lang, available(pseudo=True))):
        return rule_names()[Rule(rule)]
