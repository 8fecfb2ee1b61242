"""What the judging of a round leaves open before its results are published, and what two people let pass. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from awards.editions.approving import Deed
from awards.errors import Denied
from awards.results.rules import Lack, is_settled
from awards.web.i18n import _, ngettext
from awards.web.words import listing
from judging import sha256_of

ACTION = Deed.WAIVE
_OUT = ("withdrawn", "ineligible")


class Code(StrEnum):
    """Kinds of things; `ASKED` ends by an answer alone, and `ASIDE` is only told."""

    SHEETS = "sheets"
    UNSIGNED = "unsigned"
    PAPER = "paper"
    LATE = "late"
    ASKED = "asked"
    REVERSED = "reversed"
    DISCONNECTED = "disconnected"
    UNRANKED = "unranked"
    ASIDE = "aside"


class Item(Struct, frozen=True):
    """One thing; `public` names no judge, `facts` is what two people see when they let it pass."""

    code: Code
    round: str
    subject: str
    text: str
    public: str
    facts: tuple[int | str, ...]
    category: str = ""
    """Empty where it is of the whole round."""
    reference: str = ""

    @property
    def key(self) -> str:
        return f"{self.code.value}:{self.subject}"

    @property
    def sha256(self) -> str:
        return sha256_of({"item": self.key, "facts": list(self.facts)})

    @property
    def blocks(self) -> bool:
        return self.code is not Code.ASIDE

    @property
    def of_marks(self) -> bool:
        return self.code is Code.REVERSED

    @property
    def waivable(self) -> bool:
        return self.code not in (Code.ASIDE, Code.ASKED)


class Waiver(Struct, frozen=True):
    """`given_at` is empty while it waits for a second person."""

    round: str
    item: str
    item_sha256: str
    approval: int
    sha256: str
    reason: str
    asked_by: int
    asker: str
    at: datetime
    giver: str
    given_at: datetime | None

    def covers(self, item: Item) -> bool:
        return (self.round, self.item, self.item_sha256) == (item.round, item.key, item.sha256)


class Gate(Struct, frozen=True):
    """`passed` are the things, as they were, that two people let pass: round, key and hash of the facts."""

    items: tuple[Item, ...]
    passed: frozenset[tuple[str, str, str]]
    waivers: tuple[Waiver, ...] = ()
    """With their reasons and people, where those were asked for."""

    def of_round(self, code: str) -> "Gate":
        return Gate(
            tuple(one for one in self.items if one.round == code),
            self.passed,
            tuple(one for one in self.waivers if one.round == code),
        )

    def item(self, key: str) -> Item | None:
        return next((one for one in self.items if one.key == key), None)

    def waiver(self, item: Item) -> Waiver | None:
        """Of exactly this, whether it stands or waits."""
        return next((one for one in self.waivers if one.covers(item)), None)

    def is_waived(self, item: Item) -> bool:
        return (item.round, item.key, item.sha256) in self.passed

    @property
    def open(self) -> tuple[Item, ...]:
        return tuple(one for one in self.items if one.blocks and not self.is_waived(one))

    @property
    def lacks(self) -> list[Lack]:
        return [
            Lack(one.code.value, one.text, one.round, one.reference, one.category, one.of_marks)
            for one in self.open
        ]


class Counted(Struct, frozen=True):
    """An entry in a round with its sheets."""

    round: str
    round_state: str
    category: str
    reference: str
    entrant: str
    state: str
    wanted: int
    signed: int
    unsigned: int
    """Assignments that are neither signed nor ended by a recusal, a withdrawal or a setting aside."""


class Flag(Struct, frozen=True):
    """A row of the database that something hangs on, by its kind."""

    kind: str
    round: str
    category: str
    reference: str
    entrant: str
    label: str
    judge: str
    amount: int
    note: str


def items_of(
    rows: Sequence[Counted], flags: Sequence[Flag], bodies: Mapping[str, Mapping[str, Any]]
) -> list[Item]:
    """Of all rounds that are closed, in the order in which it is best settled; a round that is open says so itself."""
    settled = [row for row in rows if is_settled(row.round_state) and row.state not in _OUT]
    here = {(row.round, row.reference) for row in settled}
    single = [flag for flag in flags if (flag.round, flag.reference) in here]
    papers = [flag for flag in single if flag.kind == Code.PAPER]
    keyed: dict[tuple[str, str], int] = defaultdict(int)
    for flag in papers:
        keyed[flag.round, flag.reference] += 1
    found = [
        *_asked(single),
        *(_paper(flag) for flag in papers),
        *_late(single),
        *(item for row in settled for item in _sheets(row, keyed[row.round, row.reference])),
    ]
    names = {(flag.round, flag.label): flag.judge for flag in flags if flag.kind == "judge"}
    criteria = {(flag.round, flag.label): flag.judge for flag in flags if flag.kind == "criterion"}
    short = {(item.round, item.reference) for item in found if item.code is Code.SHEETS}
    for code, body in bodies.items():
        found += _reversed(code, body, names, criteria)
        found += _of_categories(code, body, short, {row.category for row in settled if row.round == code})
    return [*found, *_aside(single)]


def _sheets(row: Counted, keyed: int) -> Iterable[Item]:
    if row.signed < row.wanted:
        text = ngettext(
            "%(signed)s of %(num)d sheet is signed.", "%(signed)s of %(num)d sheets are signed.",
            row.wanted, signed=row.signed,
        )  # fmt: skip
        yield Item(
            Code.SHEETS, row.round, row.reference, f"{row.entrant}, {row.reference}: {text}",
            f"{row.entrant}: {text}", (row.signed, row.wanted), row.category, row.reference,
        )  # fmt: skip
    elif row.unsigned > keyed:
        text = ngettext(
            "%(num)d assignment is neither signed nor ended.",
            "%(num)d assignments are neither signed nor ended.",
            row.unsigned - keyed,
        )
        yield Item(
            Code.UNSIGNED, row.round, row.reference, f"{row.entrant}, {row.reference}: {text}",
            f"{row.entrant}: {text}", (row.unsigned - keyed,), row.category, row.reference,
        )  # fmt: skip


def _paper(flag: Flag) -> Item:
    return Item(
        Code.PAPER, flag.round, f"{flag.reference}.{flag.label}",
        _("%(entrant)s, %(reference)s: the paper sheet of %(judge)s is keyed in, and %(judge)s has not signed it off.",
          entrant=flag.entrant, reference=flag.reference, judge=flag.judge),
        _("%(entrant)s: a paper sheet is keyed in, and its judge has not signed it off.", entrant=flag.entrant),
        (), flag.category, flag.reference,
    )  # fmt: skip


def _late(flags: Iterable[Flag]) -> Iterable[Item]:
    for flag in flags:
        if flag.kind == Code.LATE:
            yield Item(
                Code.LATE, flag.round, f"{flag.reference}.{flag.label}",
                _("%(entrant)s, %(reference)s: marks of %(judge)s arrived late, and two people have not decided on them.",
                  entrant=flag.entrant, reference=flag.reference, judge=flag.judge),
                _("%(entrant)s: marks that arrived late were not decided on.", entrant=flag.entrant),
                (flag.amount,), flag.category, flag.reference,
            )  # fmt: skip


def _asked(flags: Iterable[Flag]) -> Iterable[Item]:
    for flag in flags:
        if flag.kind == Code.ASKED:
            text = _(
                "%(entrant)s, %(reference)s: what becomes of the sheet of %(judge)s waits for a second person.",
                entrant=flag.entrant, reference=flag.reference, judge=flag.judge,
            )  # fmt: skip
            yield Item(
                Code.ASKED, flag.round, f"{flag.reference}.{flag.label}", text, "", (), flag.category, flag.reference
            )  # fmt: skip


def _aside(flags: Iterable[Flag]) -> Iterable[Item]:
    for flag in flags:
        if flag.kind == Code.ASIDE:
            text = _(
                "%(entrant)s, %(reference)s: the sheet of %(judge)s is left out. %(reason)s",
                entrant=flag.entrant, reference=flag.reference, judge=flag.judge, reason=flag.note,
            )  # fmt: skip
            yield Item(
                Code.ASIDE, flag.round, f"{flag.reference}.{flag.label}", text, "", (), flag.category, flag.reference
            )  # fmt: skip


def _reversed(
    round_: str, body: Mapping[str, Any], names: Mapping[tuple[str, str], str],
    criteria: Mapping[tuple[str, str], str],
) -> Iterable[Item]:  # fmt: skip
    """Judges whose order runs against that of the others: perhaps the scale was taken the other way round."""
    suspects: dict[str, set[str]] = defaultdict(set)
    for remark in body.get("remarks", ()):
        if remark["code"] == "reversed-scale":
            for label in remark["judges"]:
                suspects[label] |= set(remark["scopes"])
    agreement = {(one["judge"], one["scope"]): one["agreement"] for one in body.get("judges", ())}
    for label, scopes in sorted(suspects.items()):
        codes = sorted(scopes)
        where = listing([criteria.get((round_, code), code) for code in codes])
        yield Item(
            Code.REVERSED, round_, label,
            _("%(judge)s orders entries against the other judges in %(criteria)s: the scale may have been taken the other way round.",
              judge=names.get((round_, label), label), criteria=where),
            _("A judge orders entries against the other judges in %(criteria)s.", criteria=where),
            (*codes, *(str(agreement.get((label, code))) for code in codes)),
        )  # fmt: skip


def _of_categories(
    round_: str, body: Mapping[str, Any], short: Collection[tuple[str, str]], categories: Collection[str]
) -> Iterable[Item]:
    for remark in body.get("remarks", ()):
        category = remark["category"]
        if category not in categories:
            continue
        if remark["code"] == "disconnected":
            text = _(
                "No judge joins the parts of this category, so no order over all of it follows from the marks."
            )
            yield Item(
                Code.DISCONNECTED, round_, category, text, text,
                (remark["sentence"], *sorted(remark["entries"])), category,
            )  # fmt: skip
        if remark["code"] == "unranked":
            missing = sorted(one for one in remark["entries"] if (round_, one) not in short)
            if missing:
                text = ngettext(
                    "%(num)d entry lacks all marks in a criterion, so it has no total and no place: %(entries)s.",
                    "%(num)d entries lack all marks in a criterion, so they have no total and no place: %(entries)s.",
                    len(missing), entries=listing(missing),
                )  # fmt: skip
                yield Item(Code.UNRANKED, round_, category, text, text, tuple(missing), category)


# --- who lets what pass ---------------------------------------------------------------------------------


def fingerprint(round_id: int, item: Item, reason: str) -> str:
    """Of exactly what the second person consents to."""
    return sha256_of(
        {"action": ACTION, "round": round_id, "item": item.key, "facts": list(item.facts), "reason": reason}
    )


def may_waive(item: Item, state: str) -> Denied | None:
    if not is_settled(state):
        return Denied("round open", _("What is missing is settled or let pass when the round is closed."))
    if not item.waivable:
        return Denied("not waivable", _("This cannot be let pass: a second person answers what is asked."))
    return None
