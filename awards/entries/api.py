"""Saving while one writes: autosave.js posts one operation after the other. The Save button needs none of it."""

import json
from typing import Annotated, Any

from litestar import Request, Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from pydantic import Field, ValidationError

from awards.entries import services
from awards.entries.forms import SaveAnswer
from awards.errors import Invalid, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import BadInput, clean
from awards.web.forms import Form, Version
from awards.web.i18n import _
from awards.web.session import actor_of, needs_sign_in
from awards.web.words import iso


class Operation(Form):
    """The key marks a retry; what tells that it is one is the revision that the first try made."""

    key: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    base_version: Version
    fields: dict[str, str | list[str]]


@post("/city/entries/{reference:str}/{code:str}/save", guards=[needs_sign_in], status_code=200)
async def save(
    request: Request[Any, Any, Any], reference: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    operation = _read(await request.body())
    given = operation.fields.get("answer", "")
    values = tuple(clean(value) for value in ([given] if isinstance(given, str) else given))
    here = f"/city/entries/{reference}/{code}"
    try:
        saved = await services.save_answer(
            reference=reference,
            code=code,
            command=SaveAnswer(version=operation.base_version, answer=values, draft=True),
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Stale:
        said = _("Somebody saved another answer meanwhile. Press Save to see both.")
        return _answer(409, state="conflict", version=operation.base_version, message=said, href=here)
    except Invalid as problem:
        said = " ".join(problem.errors.values())
        return _answer(422, state="invalid", version=operation.base_version, message=said)
    state = "already" if saved.already else "saved"
    return _answer(200, state=state, version=saved.version, at=iso(saved.at))


def _read(body: bytes) -> Operation:
    try:
        return Operation.model_validate_json(body)
    except ValidationError as problem:
        raise BadInput("This is no operation of a form.") from problem


def _answer(
    status: int, *, state: str, version: int, at: str = "", message: str = "", href: str = ""
) -> Response[bytes]:
    answer = {"state": state, "version": version, "at": at, "message": message, "href": href}
    return Response(
        content=json.dumps(answer).encode(),
        status_code=status,
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )


ROUTES: list[HTTPRouteHandler] = [save]
