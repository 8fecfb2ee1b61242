"""A sheet that is over, for the judge who wrote it: what happened, when and why, and their marks as they stand."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response
from msgspec import Struct

from awards.actor import Actor
from awards.panels.rules import AssignmentState
from awards.scoresheets import queries
from awards.scoresheets.forms import MARK, NOTE
from awards.scoresheets.pages.words import NOTES
from awards.scoresheets.queries import EndedSheet
from awards.scoresheets.rules import NO_EVIDENCE
from awards.scoresheets.steps import Where
from awards.web.frame import NO_ERRORS, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import render


class EndedPage(Struct, frozen=True):
    title: str
    sheet: EndedSheet
    happened: str
    text: str
    reason: str
    at: datetime | None
    path: str
    notes: tuple[tuple[str, str], ...]
    typed: tuple[tuple[str, str], ...]
    errors: FormErrors = NO_ERRORS


async def page_of(
    request: Request[Any, Any, Any],
    actor: Actor,
    where: Where,
    refused: str = "",
    fields: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """With what was typed, where a save met the end of the sheet."""
    sheet = await queries.ended_sheet(actor, where)
    happened, text = _words(sheet)
    page = EndedPage(
        title=sheet.title,
        sheet=sheet,
        happened=happened,
        text=text,
        reason=sheet.reason,
        at=sheet.at,
        path=sheet.round.bench,
        notes=tuple((str(NOTES[audience]), note) for audience, note in sheet.notes),
        typed=tuple(_typed(sheet, fields or {})),
        errors=FormErrors({"": refused}) if refused else NO_ERRORS,
    )
    return render(
        request,
        "scoresheets/ended.html",
        page,
        status=403 if refused else 200,
        role=_("judge"),
        place=Link("/bench", sheet.round.name),
        crumbs=(
            Link("/bench", _("Your rounds")),
            Link(sheet.round.bench, _("Your entries")),
            Link("", sheet.reference, True),
        ),
        demo=sheet.round.edition.demo,
    )


def _typed(sheet: EndedSheet, fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What says something else than the sheet: marks in the words of their scale, what is none of it as it came."""
    for one, (_name, stands) in zip(sheet.criteria, sheet.marks, strict=True):
        sent = fields.get(MARK + one.code, "")
        word = {str(mark): one.said(mark) for mark in (*one.scale.marks, NO_EVIDENCE)}.get(sent, sent)
        if word and word != stands:
            yield one.name, word
    stood = dict(sheet.notes)
    for audience, label in NOTES.items():
        text = fields.get(NOTE + audience, "").strip()
        if text and text != stood.get(audience):
            yield str(label), text


def _words(sheet: EndedSheet) -> tuple[str, str]:
    """What happened, and what it means."""
    kept = _("Your sheet is kept as it stands, and does not count.") if sheet.written else ""
    if sheet.state == AssignmentState.WITHDRAWN.value:
        return _("The secretariat took this entry back"), _(
            "You had not begun its sheet. Nothing is left to do."
        )
    if sheet.code == "declared":
        return _("You declared a conflict"), kept or _("You had not begun its sheet.")
    if sheet.code == "secretariat":
        return _("The secretariat learnt of a conflict"), kept or _("You had not begun its sheet.")
    if sheet.code == "rule":
        return _("A conflict rule keeps you from this entry"), kept or _("You had not begun its sheet.")
    if sheet.code == "voided":
        return _("Two people of the secretariat left this sheet out"), kept
    return _("You stepped aside from this entry"), kept or _("You had not begun its sheet.")
