"""What screeners answer, when they are done, who keeps an entry out and who decides on an appeal. Pure."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from awards.editions.approving import Deed
from awards.editions.checklist import Checklist
from awards.editions.document import EditionRules
from awards.entries.rules import EntryState, Late
from awards.errors import Denied
from awards.web.i18n import _
from awards.web.words import utc
from judging import canonical_bytes, sha256_of


class Reply(StrEnum):
    """What a screener answers to one question of the checklist; `ask` is for the city to say."""

    YES = "yes"
    NO = "no"
    ASK = "ask"


class Standing(StrEnum):
    """How far the screening of a submitted entry is. Derived from facts, never stored."""

    TO_SCREEN = "to screen"
    SECOND = "second opinion"
    DIFFER = "they differ"
    AGREED = "reason wanted"
    CONFIRM = "to confirm"
    WAITING = "waiting for the city"
    OVERDUE = "no answer"
    APPEALED = "appealed"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


# Where a screener's answers are taken.
OPEN_TO_ANSWERS = frozenset({Standing.TO_SCREEN, Standing.SECOND, Standing.OVERDUE, Standing.WAITING})
# Where screening can be finished: the city has been heard, or its time is over.
OPEN_TO_OUTCOMES = OPEN_TO_ANSWERS - {Standing.WAITING}
# Where somebody decides who did not screen, or gives the reason of those who did.
OPEN_TO_SETTLING = frozenset({Standing.DIFFER, Standing.AGREED})
# Where the city may be asked: nothing is decided, nothing waits for its answer.
OPEN_TO_ASKING = frozenset({Standing.TO_SCREEN, Standing.SECOND, Standing.DIFFER, Standing.AGREED})

OUTCOMES = (EntryState.ELIGIBLE, EntryState.INELIGIBLE)
EXCLUDE = Deed.EXCLUDE
LONGEST_NOTE, LONGEST_REASON = 2_000, 5_000


class Item(Struct, frozen=True):
    code: str
    reply: str = ""
    note: str = ""


def items_text(items: Sequence[Item]) -> str:
    """Canonical, in the order of the checklist; what says nothing is left out."""
    kept = [[one.code, one.reply, one.note] for one in items if one.reply or one.note]
    return canonical_bytes(kept).decode()


def items_of(column: str) -> tuple[Item, ...]:
    return tuple(Item(*row) for row in json.loads(column)) if column else ()


def item_problems(checklist: Checklist, items: Sequence[Item]) -> dict[str, str]:
    """What not even unfinished answers may be: field -> sentence."""
    known, replies = {code for code, _question in checklist}, {"", *Reply}
    found: dict[str, str] = {}
    for item in items:
        if item.code not in known or item.reply not in replies:
            found[f"item-{item.code}"] = _("Answer yes, no or ask")
        if len(item.note) > LONGEST_NOTE:
            found[f"note-{item.code}"] = _(
                "The note can have %(most)d characters at most; it has %(count)d",
                most=LONGEST_NOTE,
                count=len(item.note),
            )
    return found


def finish_problems(checklist: Checklist, items: Sequence[Item], outcome: str, reason: str) -> dict[str, str]:
    """What keeps a screening from being finished; the outcome follows from the answers."""
    replies: Mapping[str, str] = {item.code: item.reply for item in items}
    found = {
        f"item-{code}": _("Answer “%(question)s”", question=question)
        for code, question in checklist
        if not replies.get(code)
    }
    asked = [question for code, question in checklist if replies.get(code) == Reply.ASK]
    failed = [question for code, question in checklist if replies.get(code) == Reply.NO]
    if outcome not in OUTCOMES:
        found["outcome"] = _("Choose what you find")
    elif asked:
        found["outcome"] = _(
            "“%(question)s” is for the city to say. Ask the city, or answer yes or no.", question=asked[0]
        )
    elif outcome == EntryState.ELIGIBLE and failed:
        found["outcome"] = _(
            "“%(question)s” is answered no. Choose not eligible, or change the answer.", question=failed[0]
        )
    elif outcome == EntryState.INELIGIBLE and checklist and not failed:
        found["outcome"] = _("Every question is answered yes. Answer no to what the entry fails.")
    if outcome == EntryState.INELIGIBLE and not reason:
        found["reason"] = _("Write the reason; the city reads it")
    return found


def reason_problem(outcome: str, reason: str) -> str:
    if outcome == EntryState.INELIGIBLE and not reason:
        return _("Write the reason; the city reads it")
    if len(reason) > LONGEST_REASON:
        return _(
            "The reason can have %(most)d characters at most; it has %(count)d",
            most=LONGEST_REASON,
            count=len(reason),
        )
    return ""


def agreement(outcomes: Sequence[str], rules: EditionRules) -> EntryState | None:
    """What the screeners of one submission agree on, when as many are done as the edition wants."""
    if len(outcomes) < rules.screeners or len(set(outcomes)) != 1:
        return None
    return EntryState(outcomes[0])


# --- who ---------------------------------------------------------------------------------------------


def not_tied(tied: bool) -> Denied | None:
    if not tied:
        return None
    return Denied(
        "tied",
        _("You act for this entrant, belong to it, or have a conflict on record. Another person screens it."),
    )


def may_settle(standing: Standing, person: int, screeners: Collection[int]) -> Denied | None:
    """Where two differ a third decides; where they agree on no, any of them writes the reason."""
    if standing not in OPEN_TO_SETTLING:
        return Denied("settled", _("This entry is not waiting for that any more. Open it again."))
    if standing is Standing.DIFFER and person in screeners:
        return Denied("differ", _("You are one of the two who differ. Another person decides."))
    return None


def may_decide_appeal(person: int, first: Collection[int], others: Collection[int]) -> Denied | None:
    """Not who decided first, while there is anybody else; `others` may screen here and are not tied to the entry."""
    if person in first and set(others) - set(first):
        return Denied("decided first", _("You took part in the first decision. Another person decides now."))
    return None


def exclusion_sha256(entry_id: int, version_id: int, reason: str) -> str:
    """Of exactly what a second person confirms."""
    return sha256_of({"action": EXCLUDE, "entry": entry_id, "version": version_id, "reason": reason})


# --- the appeal ----------------------------------------------------------------------------------------


def appeal_ends(decided_at: datetime, rules: EditionRules) -> datetime | None:
    return decided_at + timedelta(days=rules.appeal_days) if rules.appeal_days else None


class LateAppeal(Late):
    """An appeal that came when its time was over."""

    def __init__(self, until: datetime) -> None:
        super().__init__(
            until,
            _(
                "The time to appeal ended at %(time)s. What arrives before that instant is in; yours came at it or later.",
                time=utc(until, seconds=True),
            ),
        )


def may_appeal(
    state: EntryState, number: int, until: datetime | None, appealed: bool, now: datetime
) -> Denied | None:
    """Once, against the first decision, before the instant that the decision named."""
    if appealed or number > 1:
        return Denied("appealed", _("You have appealed already; there is no second appeal."))
    if state is not EntryState.INELIGIBLE:
        return Denied("no decision", _("There is no decision that you could appeal against."))
    if until is None:
        return Denied("no appeal", _("In this edition there is no appeal. Write to the secretariat."))
    if now >= until:
        return LateAppeal(until)
    return None
