"""Another ruleset in the place of one that froze: what it touches, who relies on that, what it can never be. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import DecodeError, Struct, field
from msgspec.json import Decoder

from awards.editions.approving import Deed
from awards.editions.differences import Change, Kind, in_words
from awards.editions.document import EditionDocument, normal, plain
from awards.editions.freezing import FrozenChange, Standing
from awards.editions.rules import EditionState, RoundState
from awards.editions.touching import READERS
from awards.errors import Denied
from awards.web.i18n import _, ngettext
from judging import canonical_bytes, sha256_of

ACTION = Deed.CHANGE_RULES
REQUEST_FORMAT = "awards-ruleset-request/1"

# From here on what was decided under the rules stands, and so do the rules.
_OVER = frozenset({EditionState.DECIDED, EditionState.PUBLISHED, EditionState.ARCHIVED})
_WEIGHT = "weight in "
# What an answer has to fit.
_FITTING = frozenset({"kind", "options", "min_words", "max_words", "unit", "most_files"})
# What decides whether a question is asked, and what judges read of it.
_READ = frozenset({"", "kind", "options", "audience", "hidden_when_blind", "show_if", "categories", "unit"})
_STEPS = frozenset({"origin_milli", "step_milli", "top"})
_DOCUMENT = Decoder(EditionDocument)


# --- documents as text ----------------------------------------------------------------------------------


def text_of(document: EditionDocument) -> str:
    return canonical_bytes(plain(document)).decode()


def document_from(text: str) -> EditionDocument | None:
    """The document that `text_of` wrote; none where the text is anything else."""
    try:
        return normal(_DOCUMENT.decode(text))
    except DecodeError:
        return None


def hash_of(document: EditionDocument) -> str:
    return sha256_of(plain(document))


def request_hash(base_sha256: str, sha256: str, public_note: str) -> str:
    """What two people consent to: this document in the place of that one, told in these words."""
    return sha256_of(
        {"format": REQUEST_FORMAT, "base": base_sha256, "document": sha256, "public_note": public_note}
    )


def holds_still(
    approval_sha256: str, current: EditionDocument, new: EditionDocument, public_note: str
) -> bool:
    """Whether the approval is worth anything: the edition is what it was, the document the one signed for."""
    return request_hash(hash_of(current), hash_of(new), public_note) == approval_sha256


def worthless() -> str:
    return _(
        "The edition has changed since this was asked for, so the first signature is worth nothing. Ask for it anew."
    )


# --- who relies on what -----------------------------------------------------------------------------------


class RoundReliance(Struct, frozen=True):
    """`begun` are sheets with at least one mark or note, signed ones among them."""

    entries: int = 0
    judges: int = 0
    invited: int = 0
    sheets: int = 0
    begun: int = 0
    signed: int = 0
    runs: int = 0


class Reliance(Struct, frozen=True):
    """`answers` by the question's code, `categories` are entries by the category's code."""

    drafts: int = 0
    entries: int = 0
    answers: Mapping[str, int] = field(default_factory=dict)
    categories: Mapping[str, int] = field(default_factory=dict)
    rounds: Mapping[str, RoundReliance] = field(default_factory=dict)

    def of(self, round_code: str) -> RoundReliance:
        return self.rounds.get(round_code, RoundReliance())


class Affected(Struct, frozen=True):
    """Whose rules change: `call` those of entering, `cities` anything that cities entered for, rounds by code."""

    call: bool
    cities: bool
    rounds: tuple[str, ...]


def affected(frozen: Iterable[FrozenChange], old: EditionDocument, standing: Standing) -> Affected:
    frozen = tuple(frozen)
    touched = {code for one in frozen for code in _rounds_of(one.change, old, standing)}
    call = any(_is_of_call(one.change) for one in frozen)
    prizes = any(one.change.address[0] == "prize" for one in frozen)
    return Affected(call, call or prizes, tuple(part.code for part in old.rounds if part.code in touched))


def _is_of_call(change: Change) -> bool:
    match change.address:
        case ("round" | "scale" | "prize" | "conflicts", *_) | (
            "rules",
            _,
            "disclosure" | "late_sync" | "further_reads",
        ):
            return False
    return True


def _rounds_of(change: Change, old: EditionDocument, standing: Standing) -> frozenset[str]:
    """Opened rounds that are judged by what changes."""
    match change.address:
        case ("round", code, *_rest) if code:
            return frozenset({code}) & standing.opened
        case ("scale", code, *_rest):
            users = (part for part in old.rounds if any(one.scale == code for one in part.criteria))
            return frozenset(part.code for part in users) & standing.opened
        case (
            ("prize" | "conflicts", *_)
            | ("rules", _, "disclosure" | "late_sync" | "further_reads")
            | ("category", _)
        ):
            return standing.opened
    return frozenset()


# --- what no new ruleset can do ---------------------------------------------------------------------------


def obstacles(
    frozen: Sequence[FrozenChange],
    old: EditionDocument,
    new: EditionDocument,
    standing: Standing,
    reliance: Reliance,
    now: datetime,
) -> tuple[str, ...]:
    """A sentence for each change that two people cannot make either."""
    if standing.edition in _OVER:
        return (_("The results of this edition are decided. The rules that they were found by stay."),)
    found: list[str] = []
    for one in frozen:
        why = _settled(one.change, old, standing) or next(
            _whys(one.change, old, new, standing, reliance, now), ""
        )
        if why:
            found.append(
                _("%(change)s: no new ruleset can do this, %(why)s.", change=in_words(one.change), why=why)
            )
    return tuple(found)  # fmt: skip


def _settled(change: Change, old: EditionDocument, standing: Standing) -> str:
    """Once a round has closed its marks are known: rules are not chosen by their outcome."""
    touched = _rounds_of(change, old, standing)
    states = standing.rounds or {}
    for part in old.rounds:
        if part.code in touched and states[part.code] is not RoundState.OPEN:
            return _("the round “%(name)s” was closed and its marks are known", name=part.name)
    return ""


def _whys(
    change: Change,
    old: EditionDocument,
    new: EditionDocument,
    standing: Standing,
    reliance: Reliance,
    now: datetime,
) -> Iterator[str]:
    match change.address:
        case ("edition", *_rest):
            yield _("it says what kind of edition this is")
        case ("milestone", *_rest):
            yield from _of_times(change, now)
        case ("category", code) if change.kind is Kind.REMOVED and reliance.categories.get(code):
            yield _entries_in(reliance.categories[code])
        case ("question", code, *_rest):
            yield from _of_question(change, code, new, standing, reliance.answers.get(code, 0), now)
        case ("round", "", "order"):
            yield _("rounds stay in their order once one has opened")
        case ("round", code):
            yield _("a round that has opened stays")
        case ("round", code, *rest):
            yield from _of_round(change, tuple(rest), old, new, reliance.of(code).begun, now)
        case ("scale", _, step) if step in _STEPS:
            begun = sum(reliance.of(code).begun for code in _rounds_of(change, old, standing))
            if begun:
                yield _marked(begun)


def _of_times(change: Change, now: datetime) -> Iterator[str]:
    match change.address:
        case ("milestone", _):
            yield _("a call needs both its times")
        case ("milestone", "opens", "at") if change.before <= now:
            yield _("the call has begun")
        case ("milestone", "closes", "at") if change.after <= now:
            yield _("that deadline would be over already")


def _of_question(
    change: Change, code: str, new: EditionDocument, standing: Standing, answers: int, now: datetime
) -> Iterator[str]:
    """Answers are never lost, but they are not shown to more people than their cities were told."""
    name = change.address[2] if len(change.address) > 2 else ""
    deadline = new.milestone("closes")
    over = deadline is not None and deadline <= now
    if answers and name in ("audience", "hidden_when_blind") and _shows_more(change):
        yield ngettext(
            "%(num)d entry has answered it as it stands", "%(num)d entries have answered it as it stands", answers
        )  # fmt: skip
    elif answers and standing.opened and name in _READ and change.kind is not Kind.ADDED:
        yield _("a round has opened and judges read its answers")
    elif answers and over and name in _FITTING:
        yield _("the deadline is over and nobody could give another answer")
    asks_more = (not name and change.kind is Kind.ADDED) or (name == "required" and change.after)
    if asks_more and over:
        yield _("the deadline is over and nobody could answer it")
    if name == "frozen_at" and change.after is not None and change.after <= now:
        yield _("that time is over already")


def _shows_more(change: Change) -> bool:
    if change.address[2] == "hidden_when_blind":
        return not change.after
    return READERS.index(change.after) > READERS.index(change.before)


def _of_round(
    change: Change, rest: tuple[str, ...], old: EditionDocument, new: EditionDocument, begun: int, now: datetime
) -> Iterator[str]:  # fmt: skip
    match rest:
        case ("opens",) if change.before <= now or begun:
            yield _("the round has begun")
        case ("closes",) if change.after <= now:
            yield _("that end would be over already")
    if not begun:
        return
    match rest:
        case ("kind" | "blind",) | ("criterion", _, "scale"):
            yield _marked(begun)
        case ("confidence",) if change.after:
            yield _lacking(begun)
        case ("not_enough_evidence",) if change.before:
            yield _marked(begun)
        case ("criterion", code) if code:
            yield _lacking(begun) if change.kind is Kind.ADDED else _marked(begun)
        case ("criterion", _, weight) if weight.startswith(_WEIGHT):
            category = weight.removeprefix(_WEIGHT)
            if change.kind is Kind.ADDED and any(one.code == category for one in old.categories):
                yield _lacking(begun)
            elif change.kind is Kind.REMOVED and any(one.code == category for one in new.categories):
                yield _marked(begun)


def _marked(begun: int) -> str:
    return ngettext(
        "%(num)d sheet is begun and was marked under it", "%(num)d sheets are begun and were marked under it", begun
    )  # fmt: skip


def _lacking(begun: int) -> str:
    return ngettext(
        "%(num)d sheet is begun and would lack it", "%(num)d sheets are begun and would lack it", begun
    )


def _entries_in(entries: int) -> str:
    return ngettext("%(num)d entry stands in it", "%(num)d entries stand in it", entries)


# --- what follows -----------------------------------------------------------------------------------------


def consequences(
    frozen: Sequence[FrozenChange], of: Affected, names: Mapping[str, str], reliance: Reliance
) -> tuple[str, ...]:
    """What two people should have read before they sign; `names` are those of the rounds by code."""
    return tuple(_consequences(frozen, of, names, reliance))


def _consequences(
    frozen: Sequence[FrozenChange], of: Affected, names: Mapping[str, str], reliance: Reliance
) -> Iterator[str]:
    fields = {one.change.address[-1] for one in frozen}
    if of.cities:
        yield ngettext(
            "%(num)d entry was made under the rules as they are. Everybody who acts for its city gets a mail.",
            "%(num)d entries were made under the rules as they are. Everybody who acts for their cities gets a mail.",
            reliance.entries + reliance.drafts,
        )
    if fields & {"entries_per_city", "who_may_enter", "one_category_per_entry", "languages"}:
        yield _("Entries that are sent already stay in; the new rule holds for those that come.")
    for code in of.rounds:
        part, name = reliance.of(code), names[code]
        yield ngettext(
            "%(round)s: %(num)d judge has accepted the rules as they are and gets a mail.",
            "%(round)s: %(num)d judges have accepted the rules as they are and get a mail.",
            part.judges, round=name,
        )  # fmt: skip
        if part.begun:
            yield ngettext(
                "%(round)s: %(num)d sheet is begun. Its marks stay, signed or not, and count under the new rules.",
                "%(round)s: %(num)d sheets are begun. Their marks stay, signed or not, and count under the new rules.",
                part.begun, round=name,
            )  # fmt: skip
    if "disclosure" in fields:
        yield _("Judges accepted what would be disclosed. Who does not agree can give the seat back.")
    if any(name.startswith("rubric from mark") for name in fields):
        yield _(
            "Sheets that are signed were marked with the old words of the rubric. They are not asked for again."
        )
    yield _("The public note stands on the page of the edition, with its date, for good.")


def facts(of: Affected, names: Mapping[str, str], reliance: Reliance) -> tuple[tuple[str, str], ...]:
    """Who relies on what changes, in numbers."""
    found = [(_("Entries"), str(reliance.entries)), (_("Drafts of entries"), str(reliance.drafts))]
    for code in of.rounds:
        part, name = reliance.of(code), names[code]
        found += [
            (_("%(round)s: judges", round=name), str(part.judges)),
            (_("%(round)s: sheets begun", round=name), _("%(begun)d of %(sheets)d", begun=part.begun, sheets=part.sheets)),
            (_("%(round)s: sheets signed", round=name), str(part.signed)),
            (_("%(round)s: runs", round=name), str(part.runs)),
        ]  # fmt: skip
    return tuple(found)


# --- who signs --------------------------------------------------------------------------------------------


def may_decline(person_id: int, asked_by: int) -> Denied | None:
    if person_id == asked_by:
        return Denied("own request", _("This is your own request. Withdraw it instead."))
    return None


def may_withdraw(person_id: int, asked_by: int) -> Denied | None:
    if person_id != asked_by:
        return Denied("not own request", _("Only who asked for it withdraws it. You can decline it."))
    return None


def call_body(document: EditionDocument) -> dict[str, Any]:
    """What a new ruleset of the call keeps: everything by which cities enter."""
    rules = document.rules
    return {
        "format": "awards-call-rules/1",
        "programme": document.programme.slug,
        "edition": document.slug,
        "opens": plain(document.milestone("opens")),
        "closes": plain(document.milestone("closes")),
        "entries_per_city": rules.entries_per_city,
        "one_category_per_entry": rules.one_category_per_entry,
        "who_may_enter": list(rules.who_may_enter),
        "languages": list(rules.languages),
        "categories": [{"code": one.code, "name": one.name} for one in document.categories],
        "questions": plain(document.questions),
    }
