"""One file of an entry, for its own people: seen as judges will, saved, replaced, removed."""

import json
from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.entries import queries
from awards.entries.attaching import AttachedFile, BlindFile, files_said, judged_files
from awards.entries.forms_files import RemoveFile
from awards.entries.pages.attachments import ACCEPT, ENDINGS, allowed_here, is_open, megabytes, read, take
from awards.entries.pages.frame import AnyRequest, render_entry, render_late
from awards.entries.queries import OwnEntry
from awards.entries.releasing import practice_from, released
from awards.entries.rules import Late
from awards.entries.services import attachments
from awards.entries.viewing import ViewedFile, copy_for, first_of, saved_as, viewed
from awards.errors import Invalid, NotFound, Stale
from awards.files.queries import FileRow, file_by_id
from awards.web.arrival import arrival_of
from awards.web.downloads import send_file, show_picture
from awards.web.fields import read_fields
from awards.web.forms import parse_drawn
from awards.web.frame import NO_ERRORS, Flash, FormErrors
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in
from awards.web.site import site_of
from awards.web.uploads import LARGEST_FORM

BASE = "/city/entries/{reference:str}/files/{number:int}"


PREVIEW = "/city/entries/{reference:str}/preview/{eyes:str}/files/{number:int}"
# Whose eyes: judges who are told everything, those who are not told who entered, and everybody.
JUDGES, BLIND, PUBLIC = "judges", "blind", "public"


class PreviewedPage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    file: ViewedFile
    back: str


class FilePage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    file: ViewedFile
    code: str


@get(BASE, guards=[needs_sign_in])
async def file_page(request: AnyRequest, reference: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    entry = await queries.own_entry(actor_of(request), reference, arrival_of(request.scope).at)
    found = await queries.attached(entry.id, number)
    base = f"{entry.path}/files/{number}"
    file = await viewed(
        await file_by_id(found.file_id),
        site_of(request).files.store,
        title=found.name,
        alt=found.alt,
        base=base,
        first=first_of(request.query_params.get("from", "")),
        original=f"{base}/original",
    )
    page = FilePage(title=found.name, entry=entry, file=file, code=found.code)
    return render_entry(request, "entries/file.html", page, entry, here=found.name)


@get(f"{BASE}/{{part:str}}", guards=[needs_sign_in])
async def file_part(
    request: AnyRequest, reference: FromPath[str], number: FromPath[int], part: FromPath[str]
) -> Response[Any]:
    """The original under its own name, or one of the copies."""
    entry = await queries.own_entry(actor_of(request), reference, arrival_of(request.scope).at)
    found = await queries.attached(entry.id, number)
    file = await file_by_id(found.file_id)
    if part == "original":
        return await send_file(request, file, name=found.name)
    copy, saved = copy_for(file, part)
    if saved:
        return await send_file(request, copy, name=saved_as(f"file-{number}", file.ending))
    return await show_picture(request, copy)


# --- as judges get it, from the draft ----------------------------------------------------------------


@get(PREVIEW, guards=[needs_sign_in])
async def previewed_page(
    request: AnyRequest, reference: FromPath[str], eyes: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    entry, file, row = await _previewed(request, reference, eyes, number)
    back = f"{entry.path}/preview/{eyes}"
    shown = await viewed(
        row,
        site_of(request).files.store,
        title=file.title,
        alt=file.alt,
        base=f"{back}/files/{number}",
        first=first_of(request.query_params.get("from", "")),
    )
    page = PreviewedPage(title=file.title, entry=entry, file=shown, back=back)
    return render_entry(request, "entries/file_preview.html", page, entry, here=file.title)


@get(f"{PREVIEW}/{{part:str}}", guards=[needs_sign_in])
async def previewed_part(
    request: AnyRequest,
    reference: FromPath[str],
    eyes: FromPath[str],
    number: FromPath[int],
    part: FromPath[str],
) -> Response[Any]:
    entry, file, row = await _previewed(request, reference, eyes, number)
    copy, saved = copy_for(row, part)
    if saved:
        return await send_file(request, copy, name=f"{entry.reference}-{file.download}")
    return await show_picture(request, copy)


async def _previewed(
    request: AnyRequest, reference: str, eyes: str, number: int
) -> tuple[OwnEntry, BlindFile, FileRow]:
    """The file that these readers would know by this number, if the draft were submitted as it stands."""
    if eyes not in (JUDGES, BLIND, PUBLIC):
        raise NotFound
    now = arrival_of(request.scope).at
    entry = await queries.own_entry(actor_of(request), reference, now)
    answers = await queries.answers_of(entry.id, entry.edition_id, entry.category_id, now)
    if eyes == PUBLIC:
        text, _sha256 = queries.draft_of(entry, answers)
        parts = released(json.loads(text), [row.question for row in answers])
        shown_file, stored = practice_from(parts, await queries.facts_of(entry.id), entry.lang).file(number)
        return entry, shown_file, await file_by_id(stored.file_id)
    said = files_said({row.question.code: row.files for row in answers})
    codes = [row.question.code for row in answers if row.question.is_seen(blind=eyes == BLIND)]
    shown, order = judged_files(said, codes, await queries.facts_of(entry.id), blind=eyes == BLIND)
    for file, fact in zip((one for files in shown.values() for one in files), order, strict=True):
        if file.number == number:
            return entry, file, await file_by_id(fact.file_id)
    raise NotFound


# --- taken out -----------------------------------------------------------------------------------------


class RemovePage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    file: AttachedFile
    code: str
    is_submitted: bool
    """Whether the version that was submitted last names it."""
    is_needed: bool
    """Whether the question would then lack a file."""
    errors: FormErrors = NO_ERRORS


@get(f"{BASE}/remove", guards=[needs_sign_in])
async def remove_page(
    request: AnyRequest, reference: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    return await _remove_page(request, reference, number)


async def _remove_page(
    request: AnyRequest, reference: str, number: int, errors: FormErrors = NO_ERRORS, status: int = 200
) -> Response[bytes]:
    entry, row, file = await _current(request, reference, number)
    versions = await queries.versions_of(entry.id) if entry.submitted else []
    named = versions[0].body.get("files", {}).get(row.question.code, ()) if versions else ()
    page = RemovePage(
        title=_("Remove this file"),
        entry=entry,
        file=file,
        code=row.question.code,
        is_submitted=any(one["sha256"] == file.sha256 for one in named),
        is_needed=row.question.required and len(row.files) == 1,
        errors=errors,
    )
    return render_entry(request, "entries/file_remove.html", page, entry, here=page.title, status=status)


@post(f"{BASE}/remove", guards=[needs_sign_in], status_code=303)
async def remove(request: AnyRequest, reference: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    command = parse_drawn(RemoveFile, await read_fields(request))
    back = f"/city/entries/{reference}"
    if isinstance(command, FormErrors):
        raise Invalid(command)
    try:
        code = await attachments.remove_file(
            reference=reference,
            number=number,
            version=command.version,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Late as refusal:
        return render_late(request, refusal, back=back)
    flash = Flash("good", _("The file is removed"), _("Versions that you submitted keep it."))
    return redirect(request, f"{back}/{code}", flash=flash)


# --- another one in its place --------------------------------------------------------------------------


class ReplacePage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    file: AttachedFile
    code: str
    largest: str
    accept: str
    endings: str
    errors: FormErrors = NO_ERRORS


@get(f"{BASE}/replace", guards=[needs_sign_in])
async def replace_page(
    request: AnyRequest, reference: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    return await _replace_page(request, reference, number)


async def _replace_page(
    request: AnyRequest, reference: str, number: int, errors: FormErrors = NO_ERRORS, status: int = 200
) -> Response[bytes]:
    entry, row, file = await _current(request, reference, number)
    limits = await allowed_here(entry, (row,), row, replaces=True)
    page = ReplacePage(
        title=_("Replace this file"),
        entry=entry,
        file=file,
        code=row.question.code,
        largest=megabytes(limits.largest),
        accept=ACCEPT,
        endings=ENDINGS,
        errors=errors,
    )
    return render_entry(request, "entries/file_replace.html", page, entry, here=page.title, status=status)


@post(f"{BASE}/replace", guards=[needs_sign_in], status_code=303, request_max_body_size=LARGEST_FORM)
async def replace(request: AnyRequest, reference: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    await read_fields(request)
    entry, row, _file = await _current(request, reference, number)
    try:
        if not is_open(request, entry, row):
            await attachments.check_attaching(
                reference=reference,
                code=row.question.code,
                actor=actor_of(request),
                clock=arrival_of(request.scope).clock,
            )
        added, refused = await take(request, reference, row.question.code, replaces=number)
    except Late as refusal:
        return render_late(request, refusal, back=entry.path)
    except Stale:
        errors = FormErrors(
            {"file": _("Somebody replaced or removed it meanwhile. Look at the files again.")}
        )
        return await _replace_page(request, reference, number, errors, 409)
    if not added:
        why = refused[0] if refused else _("Choose the file that takes its place")
        return await _replace_page(request, reference, number, FormErrors({"file": why}), 422)
    flash = Flash("good", _("The file is replaced"), _("Versions that you submitted keep the one before."))
    return redirect(request, f"{entry.path}/{row.question.code}", flash=flash)


async def _current(
    request: AnyRequest, reference: str, number: int
) -> tuple[OwnEntry, queries.AnswerRow, AttachedFile]:
    """One that is attached at present and may be changed; raises NotFound for any other."""
    entry = await queries.own_entry(actor_of(request), reference, arrival_of(request.scope).at)
    code = (await queries.attached(entry.id, number)).code
    entry, _every, row = await read(request, reference, code)
    file = next((one for one in row.files if one.number == number), None)
    if file is None:
        raise NotFound
    if request.method == "GET" and not is_open(request, entry, row):
        raise NotFound
    return entry, row, file


ROUTES: list[HTTPRouteHandler] = [
    file_page,
    previewed_page,
    previewed_part,
    remove_page,
    remove,
    replace_page,
    replace,
    file_part,
]
