"""What screeners do on the page of an entry: finish, settle, confirm, send back, decide on an appeal."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from awards.accounts.rules import FRESH_PROOF
from awards.editions.approving import NOT_PROVED
from awards.editions.queries import EditionRow
from awards.entries import services
from awards.entries.forms_screening import (
    ConfirmExclusion,
    DecideAppeal,
    EndExclusion,
    ScreenEntry,
    SettleEntry,
    TakeUpEntry,
)
from awards.entries.pages.frame import AnyRequest
from awards.entries.pages.screening import HERE, draw
from awards.entries.queries import screening
from awards.entries.rules import EntryState
from awards.entries.screening import Standing
from awards.errors import Denied, Invalid, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, read_fields
from awards.web.forms import Parsed, parse
from awards.web.frame import Flash, FormErrors
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in, proved_since


async def _act(
    request: AnyRequest,
    where: tuple[str, str, str],
    name: str,
    form: type[Parsed],
    values: Mapping[str, Any],
    verb: Callable[[EditionRow, Parsed], Awaitable[Flash]],
) -> Response[bytes]:
    """Parse, do it, and come back; or the page again with every error and what was typed."""
    row = await screening.screened_by(actor_of(request), where[0], where[1])
    command = parse(form, values)
    kept = {key: value for key, value in values.items() if isinstance(value, str)}
    try:
        if isinstance(command, FormErrors):
            errors, status = command, 422
        else:
            flash = await verb(row, command)
            return redirect(request, f"{row.desk}/entries/{where[2]}", flash=flash)
    except Invalid as problem:
        errors, status = FormErrors(problem.errors), 422
    except Stale:
        said = _("This entry changed since you opened the page. Read it again; what you typed is still here.")
        errors, status = FormErrors({"": said}), 409
    except Denied as refusal:
        if refusal.code == NOT_PROVED:
            return redirect(request, f"/prove?next={quote(f'{row.desk}/entries/{where[2]}')}")
        errors, status = FormErrors({"": refusal.why}), 409
    return await draw(request, *where, form=name, values=kept, errors=errors, status=status)


def _given(request: AnyRequest, reference: str, row: EditionRow) -> dict[str, Any]:
    return {
        "edition_id": row.id,
        "reference": reference,
        "actor": actor_of(request),
        "clock": arrival_of(request.scope).clock,
    }


@post(f"{HERE}/screen", guards=[needs_sign_in], status_code=303)
async def screen(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], reference: FromPath[str]
) -> Response[bytes]:
    fields = await read_fields(request)
    against = fields.get("finish") and fields.get("outcome") == EntryState.INELIGIBLE
    at = arrival_of(request.scope).at
    unproved = bool(against) and not proved_since(actor_of(request), at - FRESH_PROOF)
    values: dict[str, Any] = {**fields, "items": _items(fields)}
    if unproved:
        # What was written is kept before the password is asked for: nobody types it again.
        values["finish"] = ""

    async def verb(row: EditionRow, command: ScreenEntry) -> Flash:
        standing = await services.screen_entry(command=command, **_given(request, reference, row))
        return _screened(standing, finished=command.finish)

    answer = await _act(request, (programme, edition, reference), "screen", ScreenEntry, values, verb)
    if unproved and answer.status_code == 303:
        here = f"/desk/{programme}/{edition}/entries/{reference}"
        said = Flash(
            "now", _("Your answers are kept"), _("Enter your password again, then finish screening.")
        )
        return redirect(request, f"/prove?next={quote(here)}", flash=said)
    return answer


def _items(fields: Fields) -> tuple[tuple[str, str, str], ...]:
    codes = dict.fromkeys(
        name.removeprefix(prefix)
        for name in fields
        for prefix in ("item-", "note-")
        if name.startswith(prefix)
    )
    return tuple(
        (code, fields.get(f"item-{code}", "").strip(), fields.get(f"note-{code}", "").strip())
        for code in codes
    )


def _screened(standing: Standing, *, finished: bool) -> Flash:
    if not finished:
        return Flash("good", _("Your answers are kept"))
    match standing:
        case Standing.DECIDED:
            return Flash("good", _("Decided; the city gets a mail"))
        case Standing.CONFIRM:
            return Flash("good", _("Another person confirms it now"), _("Until then nothing is decided."))
        case Standing.SECOND:
            return Flash(
                "good", _("You are done"), _("Another person screens it now, without seeing your answers.")
            )
        case Standing.AGREED:
            return Flash(
                "good", _("Both find it not eligible"), _("One of you writes the reason for the city now.")
            )
    return Flash("now", _("You two differ"), _("A third person decides."))


@post(f"{HERE}/settle", guards=[needs_sign_in], status_code=303)
async def settle(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], reference: FromPath[str]
) -> Response[bytes]:
    async def verb(row: EditionRow, command: SettleEntry) -> Flash:
        standing = await services.settle_entry(command=command, **_given(request, reference, row))
        return _screened(standing, finished=True)

    fields = await read_fields(request)
    return await _act(request, (programme, edition, reference), "settle", SettleEntry, fields, verb)


@post(f"{HERE}/confirm", guards=[needs_sign_in], status_code=303)
async def confirm(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], reference: FromPath[str]
) -> Response[bytes]:
    async def verb(row: EditionRow, command: ConfirmExclusion) -> Flash:
        await services.confirm_exclusion(command=command, **_given(request, reference, row))
        return Flash("good", _("Decided; the city gets a mail"))

    fields = await read_fields(request)
    return await _act(request, (programme, edition, reference), "confirm", ConfirmExclusion, fields, verb)


@post(f"{HERE}/send-back", guards=[needs_sign_in], status_code=303)
async def send_back(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], reference: FromPath[str]
) -> Response[bytes]:
    async def verb(row: EditionRow, command: EndExclusion) -> Flash:
        await services.end_exclusion(command=command, **_given(request, reference, row))
        return Flash("", _("Nothing is decided; the entry is open again"))

    fields = await read_fields(request)
    return await _act(request, (programme, edition, reference), "confirm", EndExclusion, fields, verb)


@post(f"{HERE}/decide", guards=[needs_sign_in], status_code=303)
async def decide(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], reference: FromPath[str]
) -> Response[bytes]:
    """The decision after the appeal."""

    async def verb(row: EditionRow, command: DecideAppeal) -> Flash:
        await services.decide_appeal(command=command, **_given(request, reference, row))
        return Flash("good", _("Decided for good; the city gets a mail"))

    fields = await read_fields(request)
    return await _act(request, (programme, edition, reference), "decide", DecideAppeal, fields, verb)


@post(f"{HERE}/take-up", guards=[needs_sign_in], status_code=303)
async def take_up(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], reference: FromPath[str]
) -> Response[bytes]:
    async def verb(row: EditionRow, command: TakeUpEntry) -> Flash:
        await services.take_up_entry(command=command, **_given(request, reference, row))
        return Flash("good", _("Another person decides now"))

    fields = await read_fields(request)
    return await _act(request, (programme, edition, reference), "take-up", TakeUpEntry, fields, verb)


ROUTES: list[HTTPRouteHandler] = [screen, settle, confirm, send_back, decide, take_up]
