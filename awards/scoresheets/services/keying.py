"""Keying in a paper sheet for its judge, and the judge's word that it is not as on the paper.

That it is right the judge says by signing it off, as any sheet: until then nothing that was keyed in counts.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.errors import Conflict, Denied, Invalid, NotFound, Stale
from awards.outbox.services import enqueue
from awards.panels.queries.conflicts import conflicts_of_pair
from awards.panels.queries.rounds import RoundRow, own_round, round_by_id
from awards.panels.rules import SeatState
from awards.panels.steps import refuse_involved
from awards.scoresheets import steps
from awards.scoresheets.forms import SaveSheet
from awards.scoresheets.forms_paper import KeySheet, RefuseKeying
from awards.scoresheets.keying import OPEN, check_paper_date, may_key
from awards.scoresheets.queries.keyed import PaperSheet, own_keying, papers_of
from awards.scoresheets.rules import check_marks
from awards.scoresheets.services.writing import write_change
from awards.scoresheets.steps import Desk, Where
from awards.scoresheets.tables import Keying, Scoresheet, SheetRevision
from awards.web.i18n import _
from awards.web.words import day_in_mail

KEYED = "sheet-keyed"
WRONG = "sheet-keyed-wrong"


class Keyed(Struct, frozen=True):
    """`mailed` says whether the judge has an address that a mail could go to."""

    version: int
    mailed: bool
    already: bool = False


async def key_in_sheet(*, round_id: int, command: KeySheet, actor: Actor, clock: Clock) -> Keyed:
    """By the rules of the judge's own saves: in time, of what is theirs to judge, on the version it was made from."""
    now = clock.now()
    try:
        async with transaction():
            return await _key_in(round_id, command, actor, now)
    except (Stale, Conflict):
        # Another was first. If it was this very one, sent twice at once, its answer stands by now.
        async with transaction():
            found = await own_round(actor, round_id)
            sheet = await _sheet(found, command)
            if (answer := await _answered(sheet, command.operation, actor)) is not None:
                return answer
        raise Stale from None


async def _key_in(round_id: int, command: KeySheet, actor: Actor, now: datetime) -> Keyed:
    found = await own_round(actor, round_id)
    sheet = await _sheet(found, command)
    operation = command.operation
    if (answer := await _answered(sheet, operation, actor)) is not None:
        return answer
    judge = Actor(person_id=sheet.person_id, name=sheet.judge)
    where = Where(found.edition.programme, found.edition.slug, found.code, sheet.reference)
    desk, judged = await steps.desk_and_judged(judge, where, "")
    steps.refuse_halted(desk.halted)
    for refused in (
        _own_sheet(sheet, actor),
        desk.closed(now),
        _owed(desk),
        may_key(state=desk.state, version=desk.sheet_version, keyed_version=sheet.keyed_version),
    ):
        if refused is not None:
            raise refused
    await _refuse_conflict(sheet, found, now)
    await refuse_involved(actor, found, sheet.entry_id, now)
    paper_date = check_paper_date(command.paper_date, opens=found.opens, now=now)
    check_marks(operation.change.marks, judged, evidence_may_lack=desk.evidence_may_lack)
    if operation.change.confidence and not desk.confidence_asked:
        raise Invalid({"confidence": _("This round does not ask how sure you are")})
    if operation.base_version != desk.sheet_version:
        raise Stale
    sheet_id = await steps.sheet_of(judge, where, desk, now)
    version = operation.base_version + 1
    await write_change(desk, judged, sheet_id, operation, actor, now)
    await Scoresheet.update({Scoresheet.keyed_by: actor.person_id}).where(Scoresheet.id == sheet_id)
    await Keying.insert(
        Keying(
            scoresheet=sheet_id,
            version=version,
            keyed_by=actor.person_id,
            paper_date=paper_date.isoformat(),
            created_at=now,
        )
    )
    if sheet.address:
        await enqueue(
            KEYED,
            to=sheet.address,
            at=now,
            dedupe_key=f"{KEYED}:{sheet_id}:{version}",
            lang=sheet.lang,
            values={
                **_named(found, sheet),
                "day": day_in_mail(paper_date, sheet.lang),
                "link": f"{found.bench}/{sheet.reference}/paper",
            },
            edition_id=found.edition.id,
        )
    await record(
        Action.SHEET_KEYED,
        actor=actor,
        at=now,
        subject=("scoresheet", sheet_id),
        edition_id=found.edition.id,
        as_role="secretariat",
        before={"version": operation.base_version},
        after={"version": version, "change": operation.change.document(), "paper": paper_date.isoformat()},
    )
    return Keyed(version, bool(sheet.address))


async def refuse_keying(*, where: Where, command: RefuseKeying, actor: Actor, clock: Clock) -> None:
    """The judge says what is not as on the paper: the sheet goes back to who keyed it in, and counts no more than before."""
    now = clock.now()
    async with transaction():
        desk = await steps.desk_of(actor, where, "")
        keying = await own_keying(actor, where)
        if keying is None:
            raise NotFound
        if keying.paper not in OPEN or keying.version != command.version:
            raise Stale
        await Keying.update({Keying.refused_at: now, Keying.remark: command.remark}).where(
            (Keying.scoresheet == keying.sheet_id) & (Keying.version == keying.version)
        )
        found = await round_by_id(desk.round_id)
        if keying.keyer_address:
            await enqueue(
                WRONG,
                to=keying.keyer_address,
                at=now,
                dedupe_key=f"{WRONG}:{keying.sheet_id}:{keying.version}:{now.isoformat()}",
                lang=keying.keyer_lang,
                values={
                    "name": keying.keyed_by,
                    "judge": actor.name,
                    "reference": where.reference,
                    "round": found.name,
                    "edition": found.edition.name,
                    "link": f"{found.progress}/paper/{desk.seat_id}/{where.reference}",
                },
                edition_id=desk.edition_id,
            )
        await record(
            Action.KEYING_REFUSED,
            actor=actor,
            at=now,
            subject=("scoresheet", keying.sheet_id),
            edition_id=desk.edition_id,
            as_role="judge",
            before={"version": keying.version},
            after={"version": keying.version, "refused": True},
            reason=command.remark,
        )


async def _sheet(found: RoundRow, command: KeySheet) -> PaperSheet:
    sheets = await papers_of(found.id, command.seat, command.reference)
    if not sheets or sheets[0].seat_state != SeatState.ACCEPTED.value:
        raise NotFound
    return sheets[0]


async def _answered(sheet: PaperSheet, operation: SaveSheet, actor: Actor) -> Keyed | None:
    """The stored answer to this key. The same key with other content, or of another sheet, is no retry."""
    rows = await SheetRevision.select(
        SheetRevision.scoresheet, SheetRevision.version, SheetRevision.base_version, SheetRevision.change
    ).where((SheetRevision.actor_id == actor.person_id) & (SheetRevision.operation == operation.key))
    if not rows:
        return None
    known = rows[0]
    same = known["change"] == operation.change.canonical and known["base_version"] == operation.base_version
    if known["scoresheet"] != sheet.id or not same:
        raise Invalid({"": _("This key was used for another save. Reload the page and save again.")})
    return Keyed(known["version"], bool(sheet.address), already=True)


def _own_sheet(sheet: PaperSheet, actor: Actor) -> Denied | None:
    if sheet.person_id != actor.person_id:
        return None
    return Denied(
        "own sheet", _("This sheet is your own: mark it on your bench, or let a colleague key it in.")
    )


def _owed(desk: Desk) -> Denied | None:
    if not desk.terms_accepted:
        return Denied(
            "terms", _("The judge has not accepted the terms of the edition yet. Nothing was saved.")
        )
    if not desk.declared:
        return Denied("conflicts", _("The judge has not declared their conflicts yet. Nothing was saved."))
    return None


async def _refuse_conflict(sheet: PaperSheet, found: RoundRow, now: datetime) -> None:
    pair = sheet.entry_id, found.id, found.edition.id, now
    if steps.closed_by(await conflicts_of_pair(sheet.person_id, *pair)) is not None:
        raise Denied("in conflict", _("A conflict rule keeps the judge from this entry. Nothing was saved."))


def _named(found: RoundRow, sheet: PaperSheet) -> Mapping[str, str]:
    return {
        "name": sheet.judge,
        "title": sheet.title,
        "reference": sheet.reference,
        "round": found.name,
        "edition": found.edition.name,
    }
