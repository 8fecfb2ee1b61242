"""
Files as they are sent: in pieces by upload.js, or whole in a form. Rights are asked by the page, before.

In pieces: POST {"name", "size"} begins and answers {"upload", "offset"}; PATCH with the header Upload-Offset adds a
piece; GET tells the offset; the page's own POST ends it (`files.services.finishing`); DELETE gives it up. Each answer
holds the true `offset`, from which the next piece goes on; a refusal holds a `sentence` that says what to do.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException, InternalServerException
from litestar.status_codes import HTTP_408_REQUEST_TIMEOUT, HTTP_411_LENGTH_REQUIRED

from awards.files import services
from awards.files.arrived import WrongOffset
from awards.files.kinds import Refused, Why
from awards.files.limits import LARGEST_FILE, LARGEST_PIECE, MOST_HELD, MOST_UNDER_WAY, Allowed
from awards.files.queries import upload_of
from awards.web.arrival import arrival_of
from awards.web.fields import BadInput, clean
from awards.web.i18n import _, ngettext
from awards.web.site import site_of

Req = Request[Any, Any, Any]

# What routes pass as `request_max_body_size`: a larger body is refused by its announced length, unread.
LARGEST_FORM = LARGEST_FILE + 256 * 1024
LARGEST_ANNOUNCEMENT = 8 * 1024
SILENCE_SECONDS = 120.0
_TOO_MUCH = (Why.TOO_LARGE, Why.TOO_MANY, Why.QUOTA)


class _Announced(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    size: int


async def begin(
    request: Req, *, owner_id: int, subject: tuple[str, int], purpose: str, allowed: Allowed
) -> Response[bytes]:
    try:
        announced = msgspec.json.decode(await request.body(), type=_Announced)
        name = clean(announced.name)
    except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise BadInput("The announcement could not be read.") from problem
    try:
        token = await services.begin(
            owner_id=owner_id,
            subject=subject,
            purpose=purpose,
            name=name,
            size=announced.size,
            allowed=allowed,
            clock=arrival_of(request.scope).clock,
        )
    except Refused as problem:
        return refused(problem.why, allowed)
    return answer({"upload": token, "offset": 0, "piece": LARGEST_PIECE}, 201)


async def append(request: Req, token: str, *, owner_id: int) -> Response[bytes]:
    """One piece. What is too long, or has no length, is refused before a byte of it is read."""
    start = _offset(request)
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()):
        raise HTTPException(status_code=HTTP_411_LENGTH_REQUIRED)
    try:
        offset = await services.append(
            token=token,
            owner_id=owner_id,
            start=start,
            length=int(length),
            pieces=_pieces(request),
            files=site_of(request).files,
            clock=arrival_of(request.scope).clock,
        )
    except WrongOffset as problem:
        return wrong_offset(problem)
    except Refused as problem:
        return refused(problem.why)
    return answer({"offset": offset})


async def state(request: Req, token: str, *, owner_id: int) -> Response[bytes]:
    """`state` is open, kept, refused or cancelled."""
    found = await services.state_of(
        token=token, owner_id=owner_id, files=site_of(request).files, clock=arrival_of(request.scope).clock
    )
    told = {"offset": found.offset, "size": found.size, "name": found.name, "state": found.state}
    if found.state == "refused":
        told["sentence"] = sentence(Why(found.problem))
    return answer(told)


async def give_up(request: Req, token: str, *, owner_id: int) -> Response[bytes]:
    await services.cancel(token=token, owner_id=owner_id, files=site_of(request).files)
    return answer({"state": (await upload_of(token, owner_id)).state})


def wrong_offset(problem: WrongOffset) -> Response[bytes]:
    return answer({"offset": problem.offset}, 409)


def refused(why: Why, allowed: Allowed | None = None) -> Response[bytes]:
    told = {"problem": why.value, "sentence": sentence(why, allowed)}
    return answer(told, 413 if why in _TOO_MUCH else 422)


def answer(document: dict[str, Any], status: int = 200) -> Response[bytes]:
    headers = {"cache-control": "no-store"}
    if "offset" in document:
        headers["upload-offset"] = str(document["offset"])
    return Response(
        content=msgspec.json.encode(document),
        status_code=status,
        media_type="application/json",
        headers=headers,
    )


def chosen_files(form: Any, name: str) -> list[tuple[UploadFile, int]]:
    """The files that were chosen in a form, with their sizes. `file.file` is what `services.taking` reads."""
    found = [
        value
        for key, value in form.multi_items()
        if key == name and isinstance(value, UploadFile) and value.filename
    ]
    return [(file, _size_of(file)) for file in found]


def _size_of(file: UploadFile) -> int:
    size = file.file.seek(0, 2)
    file.file.seek(0)
    return size


def sentence(why: Why, allowed: Allowed | None = None) -> str:
    """What is the matter with a file, and what to do."""
    allowed = allowed or Allowed()
    match why:
        case Why.EMPTY:
            return _("This file is empty. Choose the file with the content in it.")
        case Why.TOO_LARGE:
            return _(
                "This file is too large: a file may have %(megabytes)s MB. Save it smaller, or in two parts.",
                megabytes=allowed.largest // (1024 * 1024),
            )
        case Why.ENDING:
            return _(
                "Files of this kind are not taken. Choose one of these: %(endings)s.",
                endings=", ".join(sorted(allowed.endings)),
            )
        case Why.CONTENT:
            return _(
                "What is in this file is not what its name says. Open it in the program that made it, "
                "save it again, and choose it once more."
            )
        case Why.BROKEN:
            return _(
                "This file cannot be read: it is damaged or not whole. Save it again and choose it once more."
            )
        case Why.PROTECTED:
            return _("This file is locked with a password. Save it without one: judges could not open it.")
        case Why.ACTIVE:
            return _(
                "This file holds a macro, a program or another archive. Save it without, as PDF for example."
            )
        case Why.UNPACKS_TOO_LARGE:
            return _(
                "What is packed in this file is too large. Make its pictures smaller, or save it as PDF."
            )
        case Why.TOO_MANY_PIXELS:
            return _("This picture has too many points to be shown. Save it at half its width and height.")
        case Why.TOO_MANY_PAGES:
            return _("This document has too many pages: it may have 300. Choose the pages that matter.")
        case Why.TOO_MANY:
            return _("No more files fit here. Remove one first.")
        case Why.QUOTA:
            return ngettext(
                "You have sent as much as one person can: %(gigabytes)s GB, or more than %(num)d file at a time. "
                "Wait until the others are here, or write to us.",
                "You have sent as much as one person can: %(gigabytes)s GB, or more than %(num)d files at a time. "
                "Wait until the others are here, or write to us.",
                MOST_UNDER_WAY,
                gigabytes=MOST_HELD // (1024 * 1024 * 1024),
            )
        case Why.INFECTED:
            return _(
                "The virus scanner found something in this file. Clean your computer, then make the file anew."
            )
        case Why.GIVEN_UP:
            return _("This file stopped half way too long ago, or was removed. Choose it again.")
        case Why.MISSING:
            return _(
                "The file is no longer where it was put. Ask who runs the server to look at `awards check`."
            )
        case Why.DAMAGED:
            return _(
                "The file is not as it was handed in. Ask who runs the server to look at `awards check`."
            )


def _offset(request: Req) -> int:
    text = request.headers.get("upload-offset", "")
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise BadInput("The piece does not say where it begins.")
    return int(text)


async def _pieces(request: Req) -> AsyncIterator[bytes]:
    """What comes. A line that is silent for long is as good as broken: what came counts, and the rest comes anew."""
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                piece = await anext(stream, None)
        except (InternalServerException, TimeoutError) as problem:
            raise BrokeOff from problem
        if piece is None:
            return
        yield piece


class BrokeOff(HTTPException):
    """The line broke while a body arrived: nobody reads the answer."""

    status_code = HTTP_408_REQUEST_TIMEOUT
