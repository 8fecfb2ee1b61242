"""Saving while one writes: autosave.js posts one operation after the other. The Save button needs none of it."""

import json
from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from pydantic import Field, ValidationError

from awards.entries import queries, services
from awards.entries.answering import LONGEST_ANSWER, news
from awards.entries.forms import SaveAnswer, SaveWorkingText
from awards.entries.language import language_warnings
from awards.entries.services import Saved
from awards.entries.typed import ANSWER, field_name, typed_answer
from awards.errors import Denied, Invalid, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import BadInput, clean
from awards.web.forms import Form, Version
from awards.web.i18n import _
from awards.web.session import actor_of, needs_sign_in
from awards.web.words import iso

AnyRequest = Request[Any, Any, Any]


class Operation(Form):
    """The key marks a retry: the same one is answered as it was, and made once."""

    key: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    base_version: Version
    fields: Annotated[dict[str, str | list[str]], Field(max_length=200)]


@post("/city/entries/{reference:str}/{code:str}/save", guards=[needs_sign_in], status_code=200)
async def save(request: AnyRequest, reference: FromPath[str], code: FromPath[str]) -> Response[bytes]:
    operation = _read(await request.body())
    fields = _fields(operation)
    name = field_name(code) if any(each.startswith(field_name(code)) for each in fields) else ANSWER
    answer = typed_answer(fields, name)[:200]
    command = SaveAnswer(version=operation.base_version, answer=answer, draft=True, key=operation.key)
    here = f"/city/entries/{reference}/{code}"
    try:
        saved = await services.save_answer(
            reference=reference,
            code=code,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Stale:
        said = _("Somebody saved another answer meanwhile. Press Save to see both.")
        return _answer(409, state="conflict", version=operation.base_version, message=said, href=here)
    except (Invalid, Denied) as problem:
        return _refused(problem, operation)
    entry = await queries.own_entry(actor_of(request), reference, arrival_of(request.scope).at)
    closes = entry.call.closes
    if told := news(saved.opened, saved.closed):
        return _saved(saved, told, here, closes=closes)
    warnings = await language_warnings({code: saved.value}, entry.languages)
    return _saved(saved, " ".join(warnings.values()), closes=closes)


@post("/city/entries/{reference:str}/{code:str}/working/save", guards=[needs_sign_in], status_code=200)
async def save_working(request: AnyRequest, reference: FromPath[str], code: FromPath[str]) -> Response[bytes]:
    """The draft in any language beside an answer."""
    operation = _read(await request.body())
    fields = _fields(operation)
    text, lang = _one(fields, "working", code), _one(fields, "working_lang", code)
    if len(text or "") > LONGEST_ANSWER:
        said = _("A draft can have %(most)d characters at most; shorten it", most=LONGEST_ANSWER)
        return _refused(Invalid({"": said}), operation)
    try:
        command = SaveWorkingText(version=operation.base_version, text=text or "", lang=lang)
    except ValidationError as problem:
        raise BadInput("This is no operation of a form.") from problem
    try:
        saved = await services.save_working_text(
            reference=reference,
            code=code,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Stale:
        said = _("Somebody changed this draft meanwhile. Press Save to see both.")
        return _answer(409, state="conflict", version=operation.base_version, message=said)
    except (Invalid, Denied) as refusal:
        return _refused(refusal, operation)
    return _saved(saved, "")


def _one(fields: dict[str, list[str]], field: str, code: str) -> str | None:
    """The field by either of its names: the page of one question, or that of a section."""
    values = fields.get(field) or fields.get(f"{field}-{code}")
    return values[-1] if values else None


def _read(body: bytes) -> Operation:
    try:
        return Operation.model_validate_json(body)
    except ValidationError as problem:
        raise BadInput("This is no operation of a form.") from problem


def _fields(operation: Operation) -> dict[str, list[str]]:
    return {
        name: [clean(value) for value in ([given] if isinstance(given, str) else given)]
        for name, given in operation.fields.items()
    }


def _refused(problem: Invalid | Denied, operation: Operation) -> Response[bytes]:
    said = " ".join(problem.errors.values()) if isinstance(problem, Invalid) else problem.why
    status = 422 if isinstance(problem, Invalid) else 403
    return _answer(status, state="invalid", version=operation.base_version, message=said)


def _saved(saved: Saved, message: str, href: str = "", *, closes: datetime | None = None) -> Response[bytes]:
    """With the deadline as it stands now: a page that is open may have been drawn before it moved."""
    state = "already" if saved.already else "saved"
    told = {"closes": iso(closes)} if closes else {}
    return _answer(
        200, state=state, version=saved.version, at=iso(saved.at), message=message, href=href, **told
    )


def _answer(
    status: int,
    *,
    state: str,
    version: int,
    at: str = "",
    message: str = "",
    href: str = "",
    closes: str = "",
) -> Response[bytes]:
    answer = {"state": state, "version": version, "at": at, "message": message, "href": href}
    if closes:
        answer["closes"] = closes
    return Response(
        content=json.dumps(answer).encode(),
        status_code=status,
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )


ROUTES: list[HTTPRouteHandler] = [save, save_working]
