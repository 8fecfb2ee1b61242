"""A judge's booklet as the data of its printed document: entries as the judge reads them, with empty sheets. Pure."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from awards.entries.queries import BlindEntry, JudgedEntry
from awards.entries.queries.judged import JudgedAnswer
from awards.scoresheets.criteria import DrawnCriterion
from awards.web.i18n import _, current, dir_of, ngettext
from awards.web.printed import language, paragraphs, printed

# So many entries stand in one document; a judge with more has several.
PART = 20
# A longer row of boxes fits on no page: the mark is written in.
MOST_BOXES = 16


class BookletEntry(Struct, frozen=True):
    """`number` is the entry's place in the judge's own order."""

    number: int
    entry: BlindEntry
    criteria: tuple[DrawnCriterion, ...]


class Around(Struct, frozen=True):
    """What stands on the cover and on every sheet; `facts` are pairs of a name and what it is."""

    edition: str
    round: str
    judge: str
    contact: str
    facts: Sequence[tuple[str, str]]
    confidence: bool
    evidence_may_lack: bool
    passing: bool


def document(around: Around, entries: Sequence[BookletEntry]) -> dict[str, Any]:
    own = language(current()) or "en"
    return {
        "lang": own,
        "dir": dir_of(current()),
        "edition": printed(around.edition),
        "round": printed(around.round),
        "title": printed(_("%(round)s: entries and sheets", round=around.round)),
        "judge": printed(_("Judge: %(name)s", name=around.judge)),
        "facts": [{"name": name, "value": printed(value)} for name, value in around.facts],
        "how": [printed(text) for text in _how(around)],
        "entries": [_entry(one, own, passing=around.passing) for one in entries],
        "confidences": [_("Sure"), _("Fairly sure"), _("Unsure")] if around.confidence else [],
        "notes": [
            {"label": _("To the city"), "hint": _("Sent after publication, without your name.")},
            {"label": _("To the secretariat"), "hint": _("Never shown to the city.")},
        ],
        "words": {
            "page": _("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
            "how": _("How to use this booklet"),
            "contents": _("Entries, in your own order"),
            "number": _("No."),
            "entry": _("Entry"),
            "reference": _("Reference"),
            "page_short": _("Page"),
            "none": _("The entry holds no answers for judges."),
            "on_screen": _("The file itself is on your page of this entry, on screen."),
            "sheet": _("Your sheet"),
            "no_evidence": _("Not enough evidence to mark this") if around.evidence_may_lack else "",
            "confidence": _("How sure are you of these marks?"),
            "date": _("Date"),
            "signature": _("Signature"),
            "indicator": _("Indicator"),
            "unit": _("Unit"),
            "before": _("Before"),
            "after": _("After"),
            "incomplete": _(
                "Some letters are boxes here: the machine that made this paper has no font for them. The text in"
                " the service is whole."
            ),
        },
    }


def parts_of(total: int) -> tuple[tuple[int, int], ...]:
    """First and last entry of each document, counted from 1."""
    return tuple((first, min(first + PART - 1, total)) for first in range(1, total + 1, PART))


def _how(around: Around) -> tuple[str, ...]:
    send = (
        _("Send the sheets to the secretariat, %(contact)s, well before the deadline: what is keyed in after it does"
          " not count.", contact=around.contact)
        if around.contact
        else _("Send the sheets to the secretariat well before the deadline: what is keyed in after it does not count.")
    )  # fmt: skip
    return (
        _("Put one cross for each criterion. Was it the wrong box, fill it wholly and put a cross into another."),
        _("Write the date on each sheet and sign it."),
        send,
        _("The secretariat keys in what stands on the paper, and you get a mail. A sheet counts once you have"
          " confirmed it there."),
        _("What you have saved on screen stays as it is: go on with that sheet there."),
        _("Entries and marks are confidential. Destroy the paper when the round is over."),
    )  # fmt: skip


def _entry(one: BookletEntry, own: str, *, passing: bool) -> dict[str, Any]:
    entry = one.entry
    where = f"{entry.entrant}, {entry.country_label} · " if isinstance(entry, JudgedEntry) else ""
    return {
        "place": str(one.number),
        "number": _("No. %(number)d", number=one.number),
        "reference": entry.reference,
        "title": printed(entry.title),
        "lang": language(entry.lang) or own,
        "where": printed(where + entry.category_name),
        "answers": [_answer(answer) for answer in entry.answers],
        "criteria": [
            _criterion(number, drawn, passing=passing) for number, drawn in enumerate(one.criteria, 1)
        ],
    }


def _answer(answer: JudgedAnswer) -> dict[str, Any]:
    said = answer.said
    return {
        "label": printed(answer.label),
        "paragraphs": [] if answer.files else paragraphs(said.text or said.ours),
        "items": [printed(one) for one in said.items],
        "address": said.address,
        "indicators": [
            [printed(one.indicator), printed(one.unit), printed(one.before or "–"), printed(one.after or "–")]
            for one in said.indicators
        ],
        "files": [
            {
                "title": printed(file.title),
                "kind": "" if file.kind in file.title else file.kind,
                "alt": printed(file.alt),
            }
            for file in answer.files
        ],
    }


def _criterion(number: int, criterion: DrawnCriterion, *, passing: bool) -> dict[str, Any]:
    texts = [text for _mark, text in criterion.marks]
    return {
        "label": printed(f"{number}. {criterion.label}"),
        "weight": criterion.weight,
        "question": printed(criterion.question),
        "rubric": [{"range": marks, "words": printed(words)} for marks, words in criterion.rubric],
        "boxes": texts,
        "named": passing,
        "write": ""
        if len(texts) <= MOST_BOXES
        else _("Mark, from %(low)s to %(high)s", low=texts[0], high=texts[-1]),
        "low": printed(criterion.low),
        "high": printed(criterion.high),
    }


def part_name(first: int, last: int) -> str:
    if first == last:
        return _("Entry %(number)d", number=first)
    return _("Entries %(first)d to %(last)d", first=first, last=last)


def in_all(count: int) -> str:
    return ngettext("%(num)d entry", "%(num)d entries", count)
