"""Files in answer to a question: attached, replaced, removed, described, put in order. Nothing is deleted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.queries import rules_of
from awards.entries import queries
from awards.entries.answering import Frozen
from awards.entries.attaching import LONGEST_ALT, AttachedFile, isolated, room_problem
from awards.entries.queries import AnswerRow, OwnEntry
from awards.entries.rules import Late
from awards.entries.steps import CITY_OFFICIAL, must_be_in_time, own_locked
from awards.entries.tables import Attachment
from awards.errors import Invalid, NotFound, Stale
from awards.files.arrived import Arrived
from awards.files.steps import keep
from awards.web.i18n import _

FILE = "file"


class Writing(Struct, frozen=True):
    """The entry, nobody else's until the transaction ends; `late` where it may not be written any more."""

    entry: OwnEntry
    row: AnswerRow
    in_entry: int
    late: Late | None

    def file(self, number: int) -> AttachedFile:
        """One that is attached at present. Raises Stale for one that was replaced or removed meanwhile."""
        for one in self.row.files:
            if one.number == number:
                return one
        raise Stale


async def check_attaching(*, reference: str, code: str, actor: Actor, clock: Clock) -> None:
    """Whether a file may be attached at this instant; a late try is on record."""
    now = clock.now()
    async with transaction():
        writing = await _writing(actor, reference, code, now, tried=f"attach {code}")
    if writing.late is not None:
        raise writing.late


async def attach_file(
    *, reference: str, code: str, replaces: int = 0, arrived: Arrived, actor: Actor, clock: Clock
) -> int:
    """A file that lies in the store becomes part of the answer; returns its number in the entry."""
    now = clock.now()
    number = 0
    async with transaction():
        writing = await _writing(actor, reference, code, now, tried=f"attach {code}")
        if writing.late is None:
            old = writing.file(replaces) if replaces else None
            await _must_fit(writing, old, arrived)
            if old is not None:
                await _end(writing.entry, old, actor, {Attachment.replaced_at: now})
            number = await _next_number(writing.entry.id)
            row = Attachment(
                entry=writing.entry.id,
                question=writing.row.question.id,
                number=number,
                file=await keep(arrived, at=now),
                name=arrived.name,
                position=await _position(writing, old),
                by=actor.person_id,
                replaces=replaces,
                created_at=now,
            )
            await row.save()
            after = {"number": number, "code": code, "name": arrived.name, "sha256": arrived.sha256}
            await record(
                Action.FILE_ATTACHED if old is None else Action.FILE_REPLACED,
                actor=actor,
                at=now,
                subject=("attachment", int(row.id)),
                edition_id=writing.entry.edition_id,
                as_role=CITY_OFFICIAL,
                before={"number": old.number, "name": old.name, "sha256": old.sha256} if old else None,
                after=after,
            )
    if writing.late is not None:
        raise writing.late
    return number


async def remove_file(*, reference: str, number: int, version: int, actor: Actor, clock: Clock) -> str:
    """Out of the draft; what was submitted keeps it. Returns the question's code."""
    now = clock.now()
    async with transaction():
        code = await _code_of(actor, reference, number, now)
        writing = await _writing(actor, reference, code, now, tried=f"remove a file of {code}")
        if writing.late is None:
            old = writing.file(number)
            if old.version != version:
                raise Stale
            row_id = await _end(writing.entry, old, actor, {Attachment.removed_at: now})
            await record(
                Action.FILE_REMOVED,
                actor=actor,
                at=now,
                subject=("attachment", row_id),
                edition_id=writing.entry.edition_id,
                as_role=CITY_OFFICIAL,
                before={"number": number, "name": old.name, "sha256": old.sha256},
            )
    if writing.late is not None:
        raise writing.late
    return code


async def describe_files(
    *, reference: str, code: str, alts: Mapping[int, tuple[int, str]], actor: Actor, clock: Clock
) -> int:
    """Number -> (version that the page was drawn from, words). Returns how many changed. Raises Stale whole."""
    now = clock.now()
    changed: dict[int, AttachedFile] = {}
    async with transaction():
        writing = await _writing(actor, reference, code, now, tried=f"describe a file of {code}")
        if writing.late is None:
            errors: dict[str, str] = {}
            for number, (version, alt) in alts.items():
                one = writing.file(number)
                if one.alt == alt:
                    continue
                if one.version != version:
                    raise Stale
                if len(alt) > LONGEST_ALT:
                    errors[f"alt-{number}"] = _(
                        "Describe it in %(most)d characters at most; there are %(count)d",
                        most=LONGEST_ALT,
                        count=len(alt),
                    )
                changed[number] = one
            if errors:
                raise Invalid(errors)
            for number in changed:
                await _step(writing.entry, changed[number], {Attachment.alt: alts[number][1]})
            if changed:
                await record(
                    Action.FILE_DESCRIBED,
                    actor=actor,
                    at=now,
                    subject=("entry", writing.entry.id),
                    edition_id=writing.entry.edition_id,
                    as_role=CITY_OFFICIAL,
                    before={str(number): one.alt for number, one in changed.items()},
                    after={str(number): alts[number][1] for number in changed},
                )
    if writing.late is not None:
        raise writing.late
    return len(changed)


async def move_file(*, reference: str, number: int, up: bool, actor: Actor, clock: Clock) -> str:
    """One place up or down among the files of its question; returns the question's code."""
    now = clock.now()
    async with transaction():
        code = await _code_of(actor, reference, number, now)
        writing = await _writing(actor, reference, code, now, tried=f"move a file of {code}")
        if writing.late is None:
            order = list(writing.row.files)
            here = order.index(writing.file(number))
            there = here - 1 if up else here + 1
            if 0 <= there < len(order):
                order[here], order[there] = order[there], order[here]
                for place, one in enumerate(order, 1):
                    await _step(writing.entry, one, {Attachment.position: place}, version=False)
                await record(
                    Action.FILE_MOVED,
                    actor=actor,
                    at=now,
                    subject=("entry", writing.entry.id),
                    edition_id=writing.entry.edition_id,
                    as_role=CITY_OFFICIAL,
                    before={"order": [one.number for one in writing.row.files]},
                    after={"order": [one.number for one in order]},
                )
    if writing.late is not None:
        raise writing.late
    return code


# --- steps ---------------------------------------------------------------------------------------------


async def _writing(actor: Actor, reference: str, code: str, now: datetime, *, tried: str) -> Writing:
    entry = await own_locked(actor, reference, now)
    rows = await queries.answers_of(entry.id, entry.edition_id, entry.category_id, now)
    row = next((row for row in rows if row.question.code == code and row.question.kind == FILE), None)
    if row is None:
        raise NotFound
    late = await must_be_in_time(entry, actor, now, tried=tried, code=code)
    if late is None and row.is_frozen and row.question.frozen_at is not None:
        raise Frozen(row.question.frozen_at)
    return Writing(entry, row, sum(len(each.files) for each in rows), late)


async def _code_of(actor: Actor, reference: str, number: int, now: datetime) -> str:
    entry = await own_locked(actor, reference, now)
    return (await queries.attached(entry.id, number)).code


async def _must_fit(writing: Writing, old: AttachedFile | None, arrived: Arrived) -> None:
    """Asked again now that nobody else can attach: two that arrived together may be one too many."""
    here = writing.row.files
    if any(one.sha256 == arrived.sha256 for one in here):
        said = _(
            "“%(name)s” is attached to this question already, byte for byte", name=isolated(arrived.name)
        )
        raise Invalid({FILE: said})
    if old is None:
        rules = await rules_of(writing.entry.edition_id)
        problem = room_problem(rules, writing.row.question, len(here), writing.in_entry)
        if problem:
            raise Invalid(
                {FILE: _("“%(name)s” was not added. %(why)s", name=isolated(arrived.name), why=problem)}
            )


async def _next_number(entry_id: int) -> int:
    rows = await Attachment.raw(
        "SELECT COALESCE(MAX(number), 0) AS number FROM attachment WHERE entry = {}", entry_id
    )
    return int(rows[0]["number"]) + 1


async def _position(writing: Writing, old: AttachedFile | None) -> int:
    """The old one's place, or the last."""
    rows = await Attachment.select(Attachment.number, Attachment.position).where(
        (Attachment.entry == writing.entry.id) & (Attachment.question == writing.row.question.id)
    )
    if old is not None:
        return int(next(row["position"] for row in rows if row["number"] == old.number))
    return 1 + max((int(row["position"]) for row in rows), default=0)


async def _end(entry: OwnEntry, old: AttachedFile, actor: Actor, values: dict[Any, Any]) -> int:
    return await _step(entry, old, {**values, Attachment.ended_by: actor.person_id})


async def _step(entry: OwnEntry, one: AttachedFile, values: dict[Any, Any], *, version: bool = True) -> int:
    """Returns the row. The order of files is no change of one of them."""
    more: dict[Any, Any] = {Attachment.version: Attachment.version + 1} if version else {}
    rows = (
        await Attachment.update({**values, **more})
        .where((Attachment.entry == entry.id) & (Attachment.number == one.number))
        .returning(Attachment.id)
    )
    return int(rows[0]["id"])
