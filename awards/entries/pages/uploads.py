"""Sending a file in pieces, as upload.js does. Each request is in time or late by the arrival of its own head.

The piece that brings the last byte ends the upload in the same request: a body that crosses the deadline counts.
"""

from typing import Any

from litestar import Request, Response, delete, get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from awards.entries.pages.attachments import allowed_here, is_open, read, why_refused
from awards.entries.queries.files import number_of
from awards.entries.services import attachments
from awards.errors import Invalid, NotFound, Stale
from awards.files.arrived import AlreadyKept, WrongOffset
from awards.files.kinds import Refused
from awards.files.limits import LARGEST_FILE
from awards.files.queries import upload_of
from awards.files.services import finishing
from awards.web import uploads
from awards.web.arrival import arrival_of
from awards.web.i18n import _
from awards.web.session import BIGGEST_ID, actor_of, needs_sign_in
from awards.web.site import site_of

AnyRequest = Request[Any, Any, Any]
ALL = "/city/entries/{reference:str}/{code:str}/uploads"
ONE = f"{ALL}/{{token:str}}"


@post(ALL, guards=[needs_sign_in], status_code=201, request_max_body_size=uploads.LARGEST_ANNOUNCEMENT)
async def begin(request: AnyRequest, reference: FromPath[str], code: FromPath[str]) -> Response[bytes]:
    """Refused before a byte is sent, where it can be known by then."""
    await _must_be_open(request, reference, code)
    entry, every, row = await read(request, reference, code)
    return await uploads.begin(
        request,
        owner_id=actor_of(request).person_id,
        subject=("entry", entry.id),
        purpose=str(row.question.id),
        allowed=await allowed_here(entry, every, row, replaces=bool(_replaces(request))),
    )


@get(ONE, guards=[needs_sign_in])
async def state(
    request: AnyRequest, reference: FromPath[str], code: FromPath[str], token: FromPath[str]
) -> Response[bytes]:
    await _must_be_of(request, reference, code, token)
    return await uploads.state(request, token, owner_id=actor_of(request).person_id)


@patch(ONE, guards=[needs_sign_in], request_max_body_size=LARGEST_FILE)
async def append(
    request: AnyRequest, reference: FromPath[str], code: FromPath[str], token: FromPath[str]
) -> Response[bytes]:
    await _must_be_open(request, reference, code)
    size = await _must_be_of(request, reference, code, token)
    answer = await uploads.append(request, token, owner_id=actor_of(request).person_id)
    if answer.status_code == 200 and answer.headers["upload-offset"] == str(size):
        return await _finish(request, reference, code, token)
    return answer


@post(ONE, guards=[needs_sign_in], status_code=200, request_max_body_size=uploads.LARGEST_ANNOUNCEMENT)
async def finish(
    request: AnyRequest, reference: FromPath[str], code: FromPath[str], token: FromPath[str]
) -> Response[bytes]:
    """Where every byte came and the answer was lost. What an earlier request attached is answered alike."""
    await _must_be_of(request, reference, code, token)
    return await _finish(request, reference, code, token)


@delete(ONE, guards=[needs_sign_in], status_code=200)
async def give_up(
    request: AnyRequest, reference: FromPath[str], code: FromPath[str], token: FromPath[str]
) -> Response[bytes]:
    await _must_be_of(request, reference, code, token)
    return await uploads.give_up(request, token, owner_id=actor_of(request).person_id)


async def _finish(request: AnyRequest, reference: str, code: str, token: str) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    entry, every, row = await read(request, reference, code)
    try:
        async with finishing(
            token=token, owner_id=actor.person_id, files=site_of(request).files, clock=clock
        ) as arrived:
            number = await attachments.attach_file(
                reference=reference,
                code=code,
                replaces=_replaces(request),
                arrived=arrived,
                actor=actor,
                clock=clock,
            )
    except AlreadyKept as kept:
        number = await number_of(entry.id, kept.file_id)
    except WrongOffset as problem:
        return uploads.wrong_offset(problem)
    except Refused as problem:
        limits = await allowed_here(entry, every, row, replaces=bool(_replaces(request)))
        name = (await upload_of(token, actor.person_id)).name
        said = await why_refused(problem.why, name, entry, every, row, limits)
        return uploads.answer({"state": "refused", "sentence": said}, 422)
    except Invalid as problem:
        said = " ".join(problem.errors.values())
        return uploads.answer({"state": "refused", "sentence": said}, 422)
    except Stale:
        said = _("Somebody replaced or removed that file meanwhile. Load the page again, then choose yours.")
        return uploads.answer({"state": "refused", "sentence": said}, 422)
    return uploads.answer({"state": "attached", "number": number})


async def _must_be_open(request: AnyRequest, reference: str, code: str) -> None:
    """Raises Late, and keeps the try on record, before a byte is read that would be for nothing."""
    entry, _every, row = await read(request, reference, code)
    if is_open(request, entry, row):
        return
    await attachments.check_attaching(
        reference=reference, code=code, actor=actor_of(request), clock=arrival_of(request.scope).clock
    )


async def _must_be_of(request: AnyRequest, reference: str, code: str, token: str) -> int:
    """An upload is of one question of one entry; returns its size. Raises NotFound for any other."""
    entry, _every, row = await read(request, reference, code)
    upload = await upload_of(token, actor_of(request).person_id)
    mine = (upload.subject_kind, upload.subject_id, upload.purpose)
    if mine != ("entry", entry.id, str(row.question.id)):
        raise NotFound
    return upload.size


def _replaces(request: AnyRequest) -> int:
    """The number of the file whose place the new one takes; 0 is none."""
    text = str(request.query_params.get("replaces", ""))
    return int(text) if text.isascii() and text.isdigit() and int(text[:10]) <= BIGGEST_ID else 0


ROUTES: list[HTTPRouteHandler] = [begin, state, append, finish, give_up]
