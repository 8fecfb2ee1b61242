"""What an answer was before: who changed what and when, and putting an earlier text back. Versions side by side."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.entries import queries, services
from awards.entries.answering import Asked
from awards.entries.comparing import Part, differences
from awards.entries.forms import RestoreAnswer
from awards.entries.pages.frame import AnyRequest, render_entry, render_late
from awards.entries.pages.writing import may_change
from awards.entries.queries import AnswerRow, OwnEntry, Revision, VersionRow, WholeRevision
from awards.entries.rules import Late
from awards.entries.saying import said
from awards.errors import Invalid, NotFound, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse_drawn
from awards.web.frame import Flash, FormErrors
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

# Saves of one person with shorter rests between them are one sitting.
SITTING = timedelta(minutes=15)
MOST_SHOWN = 50


class Sitting(Struct, frozen=True):
    """What one person changed in one go: its last revision, and the one that stood before it."""

    version: int
    before: int
    at: datetime
    by: str
    changes: int
    is_shown: bool


class HistoryPage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    row: AnswerRow
    sittings: tuple[Sitting, ...]
    more: int
    shown: WholeRevision | None
    parts: tuple[Part, ...]
    gone: tuple[Part, ...]
    may_restore: bool
    changed_by_others: bool


def sittings_of(revisions: Sequence[Revision], shown: int) -> tuple[Sitting, ...]:
    """The newest first, as the revisions come; `shown` is the one that is looked at."""
    groups: list[list[Revision]] = []
    for revision in revisions:
        last = groups[-1][-1] if groups else None
        if last is not None and last.person_id == revision.person_id and last.at - revision.at < SITTING:
            groups[-1].append(revision)
        else:
            groups.append([revision])
    return tuple(
        Sitting(
            version=group[0].version,
            before=group[-1].version - 1,
            at=group[0].at,
            by=group[0].by,
            changes=len(group),
            is_shown=group[-1].version <= shown <= group[0].version,
        )
        for group in groups
    )


async def _history(
    request: AnyRequest, reference: str, code: str, *, changed: bool = False
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    entry = await queries.own_entry(actor_of(request), reference, now)
    every = await queries.every_answer_of(entry.id, entry.edition_id, entry.category_id, now)
    row = next((row for row in every if row.question.code == code), None)
    if row is None or row.question.kind == "file":
        raise NotFound
    revisions = await queries.revisions_of(entry.id, row.question.id)
    sittings = sittings_of(revisions, _number(request, "change", row.version))
    looked = next((each for each in sittings if each.is_shown), None)
    found = (
        await queries.two_revisions(entry.id, row.question.id, looked.before, looked.version)
        if looked
        else {}
    )
    shown = found.get(looked.version) if looked else None
    gone: tuple[Part, ...] = ()
    parts: tuple[Part, ...] = ()
    if looked is not None and shown is not None:
        before = found.get(looked.before)
        gone, parts = differences(
            _plain(row.question, before.value if before else ""), _plain(row.question, shown.value)
        )
    page = HistoryPage(
        title=_("What changed in this answer"),
        entry=entry,
        row=row,
        sittings=sittings[:MOST_SHOWN],
        more=max(0, len(sittings) - MOST_SHOWN),
        shown=shown,
        parts=parts,
        gone=gone,
        may_restore=may_change(entry, row, now) and shown is not None and shown.value != row.value,
        changed_by_others=changed,
    )
    return render_entry(
        request, "entries/history.html", page, entry, here=page.title, status=409 if changed else 200
    )


def _plain(question: Asked, value: str) -> str:
    return value if question.is_text else said(question.kind, value, question.limits.unit).plain


def _number(request: AnyRequest, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default


@get("/city/entries/{reference:str}/{code:str}/history", guards=[needs_sign_in])
async def history_page(request: AnyRequest, reference: FromPath[str], code: FromPath[str]) -> Response[bytes]:
    return await _history(request, reference, code)


@post("/city/entries/{reference:str}/{code:str}/restore", guards=[needs_sign_in], status_code=303)
async def restore(request: AnyRequest, reference: FromPath[str], code: FromPath[str]) -> Response[bytes]:
    command = parse_drawn(RestoreAnswer, await read_fields(request))
    if isinstance(command, FormErrors):
        # For who may not know of the entry it does not exist, whatever they send.
        await queries.own_entry(actor_of(request), reference, arrival_of(request.scope).at)
        raise Invalid(command)
    try:
        await services.restore_answer(
            reference=reference,
            code=code,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Late as refusal:
        return render_late(request, refusal, back=f"/city/entries/{reference}")
    except Stale:
        return await _history(request, reference, code, changed=True)
    said_so = _("The earlier text stands again. What it replaced is in the history.")
    return redirect(request, f"/city/entries/{reference}/{code}", flash=Flash("good", _("Restored"), said_so))


# --- two versions that were submitted ------------------------------------------------------------------


class Difference(Struct, frozen=True):
    label: str
    before: tuple[Part, ...]
    after: tuple[Part, ...]


class ComparePage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    versions: tuple[VersionRow, ...]
    first: VersionRow
    second: VersionRow
    differences: tuple[Difference, ...]


@get("/city/entries/{reference:str}/versions/compare", guards=[needs_sign_in])
async def compare_page(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    """Any two, the earlier one first; without a choice the last two."""
    entry = await queries.own_entry(actor_of(request), reference, arrival_of(request.scope).at)
    versions = await queries.versions_of(entry.id)
    by_number = {version.number: version for version in versions}
    if len(versions) < 2:
        raise NotFound
    first = by_number.get(_number(request, "first", versions[1].number))
    second = by_number.get(_number(request, "second", versions[0].number))
    if first is None or second is None:
        raise NotFound
    if first.number > second.number:
        first, second = second, first
    questions = await queries.questions_asked(entry.edition_id)
    page = ComparePage(
        title=_("Compare submitted versions"),
        entry=entry,
        versions=tuple(versions),
        first=first,
        second=second,
        differences=differences_between(first.body, second.body, questions),
    )
    return render_entry(request, "entries/compare.html", page, entry, here=page.title)


def differences_between(
    first: Mapping[str, Any], second: Mapping[str, Any], questions: Sequence[Asked]
) -> tuple[Difference, ...]:
    """What is not the same, in the order of the form; files by their names."""
    pairs = [
        (_("Title of the practice"), str(first.get("title", "")), str(second.get("title", ""))),
        (_("Category"), str(first.get("category", "")), str(second.get("category", ""))),
        (_("Language"), str(first.get("lang", "")), str(second.get("lang", ""))),
    ]
    for question in questions:
        one, other = (body.get("answers", {}).get(question.code, "") for body in (first, second))
        pairs.append((question.label, _plain(question, one), _plain(question, other)))
        one, other = (_files(body, question.code) for body in (first, second))
        pairs.append((question.label, one, other))
    return tuple(Difference(label, *differences(one, other)) for label, one, other in pairs if one != other)


def _files(body: Mapping[str, Any], code: str) -> str:
    """A file with the same name and other content is another one."""
    return "\n".join(f"{file['name']} ({file['sha256'][:8]})" for file in body.get("files", {}).get(code, ()))


ROUTES: list[HTTPRouteHandler] = [history_page, restore, compare_page]
