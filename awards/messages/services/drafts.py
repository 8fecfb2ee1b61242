"""A message before it is sent: begun, written, looked at, dropped. Nobody outside the secretariat hears of it."""

from collections.abc import Sequence
from datetime import datetime

from awards.actor import Actor
from awards.clock import Clock
from awards.db import advisory_lock, transaction
from awards.editions.queries import EditionRow, edition_by_id
from awards.editions.rules import may_run
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.messages import queries
from awards.messages.forms import ALL, ChooseGroup, SaveTexts
from awards.messages.queries import MailingRow, Of, Ready
from awards.messages.rules import (
    MAILING_MOVES,
    MailingState,
    Scope,
    Texts,
    document_of_texts,
    fingerprints,
    is_unfilled,
    scope_of,
)
from awards.messages.tables import Mailing
from awards.messages.wording import ours
from awards.web.i18n import _
from judging import canonical_bytes


async def start_mailing(
    *, edition_id: int, command: ChooseGroup, languages: Sequence[str], actor: Actor, clock: Clock
) -> int:
    """A draft with the edition's words, or ours, in these languages. A second press finds the first one's draft."""
    now = clock.now()
    async with transaction():
        edition = await edition_run_by(actor, edition_id)
        of = await _offered(edition, command, now)
        await advisory_lock(f"mailing {edition_id}")
        listed = await queries.mailings_of(edition_id)
        for one in listed:
            same = (one.mailing.of, one.mailing.by_id) == (of, actor.person_id)
            if same and one.mailing.state is MailingState.DRAFT and one.mailing.version == 1:
                return one.mailing.number
        own = {row.lang: row.text for row in await queries.templates_of(edition_id, of.group) if row.stands}
        written = {lang: own.get(lang) or ours(of.group, lang) for lang in languages}
        texts = {lang: text for lang, text in written.items() if text is not None}
        numbers = await Mailing.raw(
            "SELECT number FROM mailing WHERE edition = {} ORDER BY number DESC LIMIT 1", edition_id
        )
        mailing = Mailing(
            edition=edition_id,
            number=numbers[0]["number"] + 1 if numbers else 1,
            group_code=of.group.value,
            round=of.round.id if of.round else None,
            category=of.category_id,
            texts=canonical_bytes(document_of_texts(texts)).decode(),
            state=MailingState.DRAFT.value,
            by=actor.person_id,
            created_at=now,
        )
        await mailing.save()
    return int(mailing.number)


async def save_texts(*, edition_id: int, command: SaveTexts, actor: Actor, clock: Clock) -> None:
    """The forms have checked what may stand in them."""
    now = clock.now()
    async with transaction():
        await edition_run_by(actor, edition_id)
        mailing = await draft_locked(edition_id, command.number)
        if mailing.version != command.version:
            raise Stale
        if mailing.texts != command.texts:
            await write_draft(mailing, texts=command.texts, at=now)


async def see_recipients(*, edition_id: int, number: int, actor: Actor, clock: Clock) -> Ready:
    """Keep whom the sender sees, so that the last question is about these people and this text."""
    now = clock.now()
    async with transaction():
        edition = await edition_run_by(actor, edition_id)
        mailing = await draft_locked(edition_id, number)
        ready = await queries.ready_for(edition, mailing.of, now)
        must_go_out(ready, mailing.texts)
        await note_seen(mailing, ready)
    return ready


async def drop_mailing(*, edition_id: int, number: int, actor: Actor) -> None:
    async with transaction():
        await edition_run_by(actor, edition_id)
        mailing = await draft_locked(edition_id, number)
        await Mailing.update(
            {Mailing.state: MailingState.DROPPED.value, Mailing.version: Mailing.version + 1}
        ).where(Mailing.id == mailing.id)


# --- steps ---------------------------------------------------------------------------------------------


async def edition_run_by(actor: Actor, edition_id: int) -> EditionRow:
    edition = await edition_by_id(edition_id)
    if (denied := may_run(actor, edition.programme_id, edition.id)) is not None:
        raise denied
    return edition


async def draft_locked(edition_id: int, number: int) -> MailingRow:
    mailing = await queries.mailing_locked(edition_id, number)
    if not MAILING_MOVES[mailing.state]:
        raise Denied("not a draft", _("This message was sent or dropped already. Begin a new one."))
    return mailing


def must_go_out(ready: Ready, texts: Texts) -> None:
    if ready.over:
        raise Invalid({"": _("This group has come to its end, so there is nobody to write to any more.")})
    if not ready.written_to:
        raise Invalid({"": _("There is nobody to write to at present.")})
    if is_unfilled(texts, ready.common.announcement):
        raise Invalid(
            {
                "": _(
                    "The text names {announcement}, and this edition has no day of announcement yet. "
                    "Set it, or take it out of the text."
                )
            }
        )


async def write_draft(mailing: MailingRow, *, texts: Texts, at: datetime) -> None:
    """Other words: what was seen of it is worth nothing."""
    await Mailing.update(
        {
            Mailing.texts: canonical_bytes(document_of_texts(texts)).decode(),
            Mailing.seen: "",
            Mailing.seen_sha256: "",
            Mailing.version: Mailing.version + 1,
        }
    ).where(Mailing.id == mailing.id)


async def note_seen(mailing: MailingRow, ready: Ready) -> str:
    sha256 = ready.seal(mailing.texts)
    await Mailing.update(
        {
            Mailing.seen: canonical_bytes(fingerprints(ready.recipients)).decode(),
            Mailing.seen_sha256: sha256,
        }
    ).where(Mailing.id == mailing.id)
    return sha256


async def _offered(edition: EditionRow, command: ChooseGroup, now: datetime) -> Of:
    """A group that is not offered is a wrong answer like any other: it tells nothing of what is to come."""
    offers = await queries.offers_of(edition, now)
    offer = next((one for one in offers if one.group is command.group), None)
    if offer is None:
        raise Invalid({"group": _("Choose who is written to")})
    part = "" if command.of in (None, ALL) else command.of
    needed = scope_of(command.group) is Scope.ROUND
    if scope_of(command.group) is Scope.EDITION:
        part = ""
    elif (needed or part) and part not in {code for code, _name in offer.parts}:
        raise Invalid({"of": _("Choose which one is meant")})
    try:
        return await queries.of_parts(edition.id, command.group, part)
    except NotFound:
        raise Invalid({"of": _("Choose which one is meant")}) from None
