"""The desk reads a version as judges of a blind round will, and puts other words where it tells who entered."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, run_by
from awards.entries.forms_redaction import redaction_of
from awards.entries.naming import names_in
from awards.entries.pages.frame import AnyRequest
from awards.entries.queries import screening
from awards.entries.queries.naming import naming_of
from awards.entries.queries.redactions import redacted_version
from awards.entries.redacting import Part, state_of
from awards.entries.services.redacting import redact_version
from awards.errors import Invalid, NotFound, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

HERE = "/desk/{programme:str}/{edition:str}/entries/{reference:str}/versions/{number:int}/redact"


class PartField(Struct, frozen=True):
    part: Part
    value: str
    names: tuple[str, ...]
    """What the words that stand now tell of who entered: a guess."""

    @property
    def is_line(self) -> bool:
        return len(self.part.text) <= 100 and "\n" not in self.value

    @property
    def is_long(self) -> bool:
        return len(self.part.text) > 400

    @property
    def is_changed(self) -> bool:
        return self.value.strip() != self.part.text.strip()


class RedactPage(Struct, frozen=True):
    title: str
    reference: str
    number: int
    path: str
    back: str
    lang: str
    seen: str
    fields: tuple[PartField, ...]
    is_blind: bool
    errors: FormErrors = NO_ERRORS


async def _draw(
    request: AnyRequest,
    edition: EditionRow,
    reference: str,
    number: int,
    *,
    typed: Mapping[str, str] | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    entry, _trail = await screening.screened_entry(edition, reference, actor, now, beside=False)
    if entry.tied:
        raise NotFound
    version = await redacted_version(edition.id, reference, number)
    naming = await naming_of(version.entry_id)
    values = {part.name: version.standing.get(part.name, part.text) for part in version.parts} | dict(
        typed or {}
    )
    back = f"{edition.desk}/entries/{entry.reference}"
    page = RedactPage(
        title=_("What judges of blind rounds read"),
        reference=entry.reference,
        number=number,
        path=f"{back}/versions/{number}/redact",
        back=back,
        lang=version.lang,
        seen=state_of(version.standing),
        fields=tuple(
            PartField(part, values[part.name], names_in(values[part.name], naming.who))
            for part in version.parts
        ),
        is_blind=naming.is_blind,
        errors=errors,
    )
    crumbs = (
        Link(f"{edition.desk}/entries", _("Entries")),
        Link(back, entry.reference),
        Link("", page.title, True),
    )
    return on_desk(request, edition, "entries/redact.html", page, crumbs=crumbs, status=status)


@get(HERE, guards=[needs_sign_in])
async def redact_page(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    reference: FromPath[str],
    number: FromPath[int],
) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    return await _draw(request, row, reference, number)


@post(HERE, guards=[needs_sign_in], status_code=303)
async def redact(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    reference: FromPath[str],
    number: FromPath[int],
) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    command = redaction_of(await read_fields(request))
    again: dict[str, Any] = {"typed": command.texts}
    try:
        count = await redact_version(
            edition_id=row.id, reference=reference, number=number, command=command,
            actor=actor_of(request), clock=arrival_of(request.scope).clock,
        )  # fmt: skip
    except Invalid as problem:
        errors = FormErrors(problem.errors)
        return await _draw(request, row, reference, number, **again, errors=errors, status=422)
    except Stale:
        errors = FormErrors(
            {
                "": _(
                    "Somebody changed this since you opened the page. What you typed is below; save to keep it."
                )
            }
        )
        return await _draw(request, row, reference, number, **again, errors=errors, status=409)
    flash = Flash(
        "good",
        ngettext("%(num)d part is in other words", "%(num)d parts are in other words", count)
        if count
        else _("Judges of blind rounds read it as it was submitted"),
        _("Judges of other rounds read everything as it was submitted."),
    )
    return redirect(request, f"{row.desk}/entries/{reference.upper()}", flash=flash)


ROUTES: list[HTTPRouteHandler] = [redact_page, redact]
