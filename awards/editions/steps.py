"""What several verbs share: each needs an open transaction and records nothing itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from awards.db import in_transaction, lock_rows
from awards.editions import storing
from awards.editions.document import EditionDocument, ProgrammePart
from awards.editions.queries import EditionRow, edition_by_id
from awards.editions.reading import stored_edition
from awards.editions.rules import EditionState, RoundState, edition_may_move, round_may_move
from awards.editions.tables import Edition, Programme, Round, Ruleset
from awards.errors import NotFound, Stale
from judging import canonical_bytes, sha256_of


async def locked_edition(edition_id: int, version: int | None = None) -> EditionRow:
    """The edition, held until this transaction ends. A version is the one that a form was drawn from."""
    assert in_transaction()
    if not await lock_rows(Edition.select(Edition.id).where(Edition.id == edition_id)):
        raise NotFound
    edition = await edition_by_id(edition_id)
    if version is not None and version != edition.version:
        raise Stale
    return edition


async def add_edition(document: EditionDocument, at: datetime) -> int:
    """An edition without its parts, and its programme where that is new."""
    assert in_transaction()
    programme_id = await _programme(document.programme, at)
    edition = Edition(
        programme=programme_id,
        slug=document.slug,
        name=document.name,
        year=document.year,
        zone=document.zone,
        lang=document.lang,
        origin=document.origin,
        demo=document.demo,
        summary=document.summary,
        created_at=at,
    )
    await edition.save()
    return edition.id


async def _programme(part: ProgrammePart, at: datetime) -> int:
    known = await Programme.select(Programme.id).where(Programme.slug == part.slug)
    if known:
        return int(known[0]["id"])
    programme = Programme(
        slug=part.slug, name=part.name, zone=part.zone, lang=part.lang, contact=part.contact, created_at=at
    )
    await programme.save()
    return programme.id


async def store(document: EditionDocument, *, now: datetime) -> int:
    """A new edition with all its parts; its id."""
    edition_id = await add_edition(document, now)
    await storing.store(await stored_edition(edition_id), document, now)
    return edition_id


async def add_ruleset(
    edition_id: int,
    round_id: int | None,
    frozen: Mapping[str, Any],
    now: datetime,
    *,
    approval_id: int | None = None,
    public_note: str = "",
) -> int:
    """What is frozen from now on, as the edition's next version; without a round it is the call's."""
    assert in_transaction()
    ruleset = Ruleset(
        edition=edition_id,
        version=1 + await Ruleset.count().where(Ruleset.edition == edition_id),
        round_id=round_id,
        body=canonical_bytes(frozen).decode(),
        sha256=sha256_of(frozen),
        approval=approval_id,
        public_note=public_note,
        created_at=now,
    )
    await ruleset.save()
    return int(ruleset.id)


async def move_edition(edition_id: int, to: EditionState, now: datetime) -> None:
    """From one stage to the next; raises where the table of moves does not know the move."""
    edition = await locked_edition(edition_id)
    if denied := edition_may_move(edition.state, to):
        raise denied
    await Edition.update({Edition.state: to.value, Edition.version: Edition.version + 1}).where(
        Edition.id == edition_id
    )


async def move_round(round_id: int, to: RoundState, now: datetime) -> None:
    """As `move_edition`, for a round."""
    assert in_transaction()
    rows = await lock_rows(Round.select(Round.state).where(Round.id == round_id))
    if not rows:
        raise NotFound
    if denied := round_may_move(RoundState(rows[0]["state"]), to):
        raise denied
    await Round.update({Round.state: to.value, Round.version: Round.version + 1}).where(Round.id == round_id)


async def hold_rounds(edition_id: int) -> None:
    """Until this transaction ends no sheet of these rounds is written: every save holds its round as it found it."""
    assert in_transaction()
    await lock_rows(Round.select(Round.id).where(Round.edition == edition_id).order_by(Round.id))


async def decide_rounds(edition_id: int, now: datetime) -> list[str]:
    """The outcome of every closed round of the edition stands from now on; returns their codes."""
    assert in_transaction()
    rows = (
        await Round.select(Round.id, Round.code)
        .where((Round.edition == edition_id) & (Round.state == RoundState.CLOSED.value))
        .order_by(Round.position)
    )
    for row in rows:
        await move_round(row["id"], RoundState.DECIDED, now)
    return [row["code"] for row in rows]
