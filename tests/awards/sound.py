"""A small database in which every truth holds: a season that is decided and published."""

import json
from dataclasses import dataclass
from typing import Any

from awards.accounts.tables import Approval, Session, Ticket
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.audit.tables import Event
from awards.db import transaction
from awards.entries.tables import ScreeningDecision
from awards.files.tables import FileCopy, StoredFile, Upload
from awards.jobs.tables import Job
from awards.messages.tables import Mailing, MailingRecipient
from awards.outbox.tables import Message
from awards.publication.document import fingerprint
from awards.publication.outcome import Wish, draft_from_rows
from awards.publication.tables import Publication
from awards.results.tables import JudgeEffect, PrizeDecision, Standing
from tests import factories
from tests.factories import AT, DAY, add
from tests.people import AMINA, CHIARA, EUN_JI, FARID, give, id_of


@dataclass(frozen=True, slots=True)
class World:
    """A season whose round is decided, with a stranger season beside it."""

    season: factories.Season
    other: factories.Season
    amina: int
    chiara: int
    city: int
    entry: int
    seat: int
    in_round: int
    assignment: int
    sheet: int
    waiting: int
    ruleset: int
    run: int
    decision: int
    approval: int
    publication: int
    published: int


async def world() -> World:
    season = await factories.season(
        state="published", round_state="decided", opens=AT - 60 * DAY, closes=AT - 10 * DAY,
        round_opens=AT - 10 * DAY, round_closes=AT + DAY,
    )  # fmt: skip
    other = await factories.season()
    amina, chiara = await id_of(AMINA), await id_of(CHIARA)
    city = await factories.entrant("Lindmere", country="KR")
    await factories.official(amina, city)
    await factories.make_judge(chiara, country="IT")
    entry = await factories.entry(season, city, state="eligible", by=amina)
    await Event.raw("UPDATE entry_version SET arrived_at = {} WHERE entry = {}", AT - 20 * DAY, entry)
    await add(ScreeningDecision, entry=entry, number=1, outcome="eligible", by=await id_of(EUN_JI))
    seat = await factories.seat(season.round_id, chiara, label="KESTREL")
    in_round = await factories.round_entry(season.round_id, entry)
    assignment = await factories.assignment(in_round, seat)
    sheet = await factories.scoresheet(assignment, {"impact": 7, "new": 5}, signed=True)
    waiting_seat = await factories.seat(season.round_id, await factories.judge("Leila", country="LB"))
    waiting = await factories.assignment(in_round, waiting_seat)
    ruleset = await factories.ruleset(season.edition_id, round_id=season.round_id)
    reference = (await Event.raw("SELECT reference FROM entry WHERE id = {}", entry))[0]["reference"]
    standing = {"scope": "all", "entry": reference, "sheets": 1, "raw": 6_200_000, "estimate": 6_200_000,
                "error": None, "rank": 1, "rank_low": 1, "rank_high": 1}  # fmt: skip
    effect = {"scope": "all", "judge": "KESTREL", "severity": 0, "error": None, "spread": None, "fit": None}
    run = await factories.run(
        season.round_id, ruleset, state="adopted", body={"standings": [standing], "judges": [effect]}
    )
    del standing["entry"], effect["judge"]
    standing["raw_mean"] = standing.pop("raw")
    await add(Standing, run=run, round_entry=in_round, **standing)
    await add(JudgeEffect, run=run, seat=seat, **effect)
    secretary, second = await give(EUN_JI, "secretariat", season.scope), await id_of(FARID)
    decision = await add(PrizeDecision, prize=season.prize_id, entry=entry, run=run, by=secretary)
    wish = Wish("winners", AT, "", correction=False)
    approval = await factories.approval(secretary, second, reason=wish.text())
    publication = await factories.publication(
        season.edition_id, kind="winners", approval=approval, visible_at=AT,
        figures=json.dumps({"edition_name": "Edition 2026"}),
    )  # fmt: skip
    published = await factories.published_entry(
        publication, entry=entry, figures=json.dumps({"reference": reference})
    )
    sealed = fingerprint((await draft_from_rows(publication))[0])
    await Approval.update({Approval.subject_sha256: sealed}).where(Approval.id == approval)
    await Publication.update({Publication.pack_sha256: sealed}).where(Publication.id == publication)
    await add(Session, person=amina, token_sha256="a" * 64, seen_at=AT, proved_at=AT, expires_at=AT + DAY)
    await add(Ticket, purpose="reset", token_sha256="b" * 64, expires_at=AT + DAY, used_at=AT)
    await add(
        Message, dedupe_key="one", message_id="one", to="a@b.example", template="confirm", values="{}",
        not_before=AT, state="sent", attempts=1, sent_at=AT,
    )  # fmt: skip
    await written(season, amina, by=secretary)
    await add(Job, kind="run", state="done", ended_at=AT)
    await copied(amina)
    async with transaction():
        said: dict[str, Any] = {"edition_id": season.edition_id, "reason": "as agreed", "at": AT}
        amina_acts = Actor(amina, "Amina")
        await record(Action.ENTRY_SUBMITTED, actor=amina_acts, subject=("entry", entry), **said)
        await record(
            Action.PUBLISHED, actor=amina_acts, subject=("publication", publication),
            after={"number": 1, "document": sealed}, **said,
        )  # fmt: skip
    return World(
        season, other, amina, chiara, city, entry, seat, in_round, assignment, sheet, waiting, ruleset, run,
        decision, approval, publication, published,
    )  # fmt: skip


async def written(season: factories.Season, to: int, *, by: int) -> None:
    """A message to the winners, once they could be known."""
    mailing = await add(
        Mailing, edition=season.edition_id, group_code="winners", by=by, sent_by=by, state="sent", sent_at=AT,
        recipients=1, texts='{"en": {"body": "Dear {name}", "subject": "Results"}}',
    )  # fmt: skip
    mail = await add(
        Message, dedupe_key="two", message_id="two", to="a@b.example", template="mailing", values="{}",
        edition_id=season.edition_id, not_before=AT, state="sent", attempts=1, sent_at=AT,
    )  # fmt: skip
    await add(MailingRecipient, mailing=mailing, person=to, message=mail)


async def copied(owner: int) -> None:
    """A document of one page, with what was made of it, and how it came."""
    file = await add(
        StoredFile, sha256="c" * 64, size=10, media_type="application/pdf", ending="pdf", storage_key="aa/key",
        owner_id=owner, state="ready",
    )  # fmt: skip
    for kind, number in (("judge", 0), ("page", 1), ("thumbnail", 0)):
        await add(
            FileCopy, file=file, kind=kind, number=number, storage_key=f"aa/key.{kind}-{number}", sha256="d" * 64,
            media_type="image/webp", size=5,
        )  # fmt: skip
    await add(
        Upload, token_sha256="e" * 64, owner_id=owner, name="Plan.pdf", size=10, offset=10, state="kept", file=file,
        storage_key="aa/key", expires_at=AT + DAY,
    )  # fmt: skip
