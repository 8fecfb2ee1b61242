"""A question that is answered by files: without a script one form does everything, upload.js sends in pieces."""

import re
from collections.abc import Mapping, Sequence
from typing import BinaryIO, cast

from litestar import Response, post
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.queries import rules_of
from awards.entries import queries
from awards.entries.answering import Asked
from awards.entries.attaching import MB, AttachedFile, allowed, isolated, most_of, room, room_problem
from awards.entries.pages.frame import AnyRequest, back_to_check, render_entry, render_late
from awards.entries.queries import AnswerRow, OwnEntry
from awards.entries.rules import Late
from awards.entries.services import attachments
from awards.entries.telling import Telling, own_tellings
from awards.errors import Invalid, NotFound, Stale
from awards.files.kinds import KINDS, Refused, Why
from awards.files.limits import Allowed
from awards.files.services import taking
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, clean, read_fields
from awards.web.frame import NO_ERRORS, Flash, FormErrors
from awards.web.i18n import _, ngettext
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in
from awards.web.site import site_of
from awards.web.uploads import LARGEST_FORM, chosen_files, sentence
from awards.web.words import NBSP

FILE = "file"
# What the window of the browser offers to choose from; the content decides.
ACCEPT = ",".join(f".{kind.ending}" for kind in KINDS)
ENDINGS = ", ".join(kind.ending.upper() for kind in KINDS)
_ALT = re.compile(r"alt-(\d{1,6})")


class FilesPage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    question: Asked
    files: tuple[AttachedFile, ...]
    alts: Mapping[int, str]
    """As typed, where that was not saved."""
    room: int
    most: int
    why_full: str
    largest: str
    accept: str
    endings: str
    position: int
    of: int
    before: str
    after: str
    may_change: bool
    tellings: tuple[Telling, ...]
    """What in these files would tell judges of a blind round who enters."""
    back: str
    refused: tuple[str, ...] = ()
    """What was not added, each with its file's name."""
    errors: FormErrors = NO_ERRORS

    @property
    def path(self) -> str:
        return f"{self.entry.path}/{self.question.code}"

    @property
    def files_path(self) -> str:
        return f"{self.entry.path}/files"


async def files_page(
    request: AnyRequest,
    entry: OwnEntry,
    every: Sequence[AnswerRow],
    row: AnswerRow,
    *,
    alts: Mapping[int, str] | None = None,
    refused: Sequence[str] = (),
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    """The page of the question; the caller has read the entry and all its answers."""
    rules = await rules_of(entry.edition_id)
    codes = [each.question.code for each in every if each.is_asked]
    place = codes.index(row.question.code) if row.question.code in codes else -1
    in_entry = sum(len(each.files) for each in every)
    may_change = is_open(request, entry, row)
    page = FilesPage(
        title=row.question.label,
        entry=entry,
        question=row.question,
        files=row.files,
        alts=alts or {},
        room=room(rules, row.question, len(row.files), in_entry),
        most=most_of(row.question),
        why_full=room_problem(rules, row.question, len(row.files), in_entry),
        largest=megabytes(rules.most_file_mb * MB),
        accept=ACCEPT,
        endings=ENDINGS,
        position=place + 1,
        of=len(codes),
        before=f"{entry.path}/{codes[place - 1]}" if place > 0 else "",
        after=f"{entry.path}/{codes[place + 1]}" if place + 1 < len(codes) else f"{entry.path}/check",
        may_change=may_change,
        tellings=await own_tellings(entry, [row], site_of(request).files.store, whole=False)
        if may_change and row.files
        else (),
        back=back_to_check(request, None),
        refused=tuple(refused),
        errors=errors,
    )
    here = _("Question %(position)d of %(most)d", position=page.position, most=page.of)
    return render_entry(request, "entries/files.html", page, entry, here=here, status=status)


async def read(request: AnyRequest, reference: str, code: str) -> tuple[OwnEntry, list[AnswerRow], AnswerRow]:
    """Raises NotFound where this is no question for files."""
    now = arrival_of(request.scope).at
    entry = await queries.own_entry(actor_of(request), reference, now)
    every = await queries.every_answer_of(entry.id, entry.edition_id, entry.category_id, now)
    row = next((one for one in every if one.question.code == code and one.question.kind == FILE), None)
    if row is None:
        raise NotFound
    return entry, every, row


def is_open(request: AnyRequest, entry: OwnEntry, row: AnswerRow) -> bool:
    now = arrival_of(request.scope).at
    return row.is_asked and not row.is_frozen and entry.may_change(row.question.code, now)


async def allowed_here(
    entry: OwnEntry, every: Sequence[AnswerRow], row: AnswerRow, *, replaces: bool
) -> Allowed:
    rules = await rules_of(entry.edition_id)
    in_entry = sum(len(each.files) for each in every)
    return allowed(rules, row.question, len(row.files), in_entry, replaces=replaces)


async def _again(
    request: AnyRequest,
    reference: str,
    code: str,
    *,
    alts: Mapping[int, str],
    refused: Sequence[str],
    errors: Mapping[str, str],
    status: int,
) -> Response[bytes]:
    entry, every, row = await read(request, reference, code)
    said = FormErrors(dict(errors) | _at_field(refused))
    return await files_page(
        request, entry, every, row, alts=alts, refused=refused, errors=said, status=status
    )


def _at_field(refused: Sequence[str]) -> dict[str, str]:
    """One sentence a file; the first stands at the field itself."""
    return {FILE if place == 1 else f"{FILE}-{place}": text for place, text in enumerate(refused, 1)}


def megabytes(size: int) -> str:
    """As the edition counts: what fits is what is said."""
    return f"{size // MB}{NBSP}MB"


# --- the one form --------------------------------------------------------------------------------------


@post(
    "/city/entries/{reference:str}/{code:str}/files",
    guards=[needs_sign_in],
    status_code=303,
    request_max_body_size=LARGEST_FORM,
)
async def save_files(request: AnyRequest, reference: FromPath[str], code: FromPath[str]) -> Response[bytes]:
    """Descriptions, new files, and what the button says; one that is refused stops none of the others."""
    fields = await read_fields(request)
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    alts, errors, status = _alts(fields), {}, 422
    back = f"/city/entries/{reference}"
    try:
        await attachments.describe_files(reference=reference, code=code, alts=alts, actor=actor, clock=clock)
        added, refused = await take(request, reference, code)
        if move := re.fullmatch(r"(up|down)-(\d{1,6})", fields.get("then", "")):
            await attachments.move_file(
                reference=reference, number=int(move[2]), up=move[1] == "up", actor=actor, clock=clock
            )
    except Late as refusal:
        typed = "\n".join(text for _version, text in alts.values())
        return render_late(request, refusal, back=back, typed=typed)
    except Invalid as problem:
        added, refused, errors = 0, [], problem.errors
    except Stale:
        added, refused, status = 0, [], 409
        errors = {"": _("Somebody changed these files meanwhile. This is how they stand; nothing was lost.")}
    if errors or refused:
        typed_alts = {number: text for number, (_version, text) in alts.items()}
        return await _again(
            request, reference, code, alts=typed_alts, refused=refused, errors=errors, status=status
        )
    return redirect(request, await _next(request, reference, code, fields), flash=_flash(added))


def _flash(added: int) -> Flash:
    if added:
        return Flash("good", ngettext("%(num)d file added", "%(num)d files added", added))
    return Flash("good", _("Saved"))


async def _next(request: AnyRequest, reference: str, code: str, fields: Fields) -> str:
    back = back_to_check(request, None)
    match fields.get("then", ""):
        case "list":
            return f"/city/entries/{reference}"
        case "continue" if back:
            return f"/city/entries/{reference}/check#row-{code}"
        case "continue":
            entry, every, _row = await read(request, reference, code)
            codes = [each.question.code for each in every if each.is_asked]
            place = codes.index(code)
            return f"{entry.path}/{codes[place + 1]}" if place + 1 < len(codes) else f"{entry.path}/check"
    return f"/city/entries/{reference}/{code}" + ("?back=check" if back else "")


def _alts(fields: Fields) -> dict[int, tuple[int, str]]:
    """Number -> (version that the page was drawn from, words)."""
    found = {}
    for name in fields:
        if match := _ALT.fullmatch(name):
            version = fields.get(f"version-{match[1]}", "")
            words = " ".join(fields[name].split())
            found[int(match[1])] = (
                int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0,
                words,
            )
    return found


async def take(request: AnyRequest, reference: str, code: str, *, replaces: int = 0) -> tuple[int, list[str]]:
    """Attach what was sent; returns how many, and a sentence for each that was not taken. Raises Late."""
    added, refused = 0, []
    for file, size in chosen_files(await request.form(), FILE):
        problem = await _take_one(request, reference, code, file, size, replaces)
        if problem:
            refused.append(problem)
        else:
            added += 1
    return added, refused


async def _take_one(
    request: AnyRequest, reference: str, code: str, file: UploadFile, size: int, replaces: int
) -> str:
    """Nothing, or why it was not added."""
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    entry, every, row = await read(request, reference, code)
    limits = await allowed_here(entry, every, row, replaces=bool(replaces))
    try:
        async with taking(
            source=cast("BinaryIO", file.file),
            name=file.filename,
            size=size,
            owner_id=actor.person_id,
            subject=("entry", entry.id),
            purpose=str(row.question.id),
            allowed=limits,
            files=site_of(request).files,
            clock=clock,
        ) as arrived:
            await attachments.attach_file(
                reference=reference, code=code, replaces=replaces, arrived=arrived, actor=actor, clock=clock
            )
    except Refused as problem:
        return await why_refused(problem.why, clean(file.filename), entry, every, row, limits)
    except Invalid as problem:
        return " ".join(problem.errors.values())
    return ""


async def why_refused(
    why: Why, name: str, entry: OwnEntry, every: Sequence[AnswerRow], row: AnswerRow, limits: Allowed
) -> str:
    """What is the matter with which file, and what to do."""
    said = sentence(why, limits)
    if why is Why.TOO_MANY:
        in_entry = sum(len(one.files) for one in every)
        said = room_problem(await rules_of(entry.edition_id), row.question, len(row.files), in_entry)
    return _("“%(name)s” was not added. %(why)s", name=isolated(name), why=said)


ROUTES: list[HTTPRouteHandler] = [save_files]
