"""A list of judges on the desk: choose a file, see every row with what it would do, then store it.

Nothing is kept between the two steps but the form itself: the rows come back with it, are read again in full,
and are stored only where they still do what was shown.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, run_by
from awards.errors import Invalid
from awards.exchange.judge_list import (
    LARGEST_FILE,
    MOST_ROWS,
    BadList,
    Line,
    Row,
    compare,
    kept,
    kept_rows,
    read_list,
)
from awards.panels import services
from awards.panels.queries.known import known_for
from awards.web.arrival import arrival_of
from awards.web.fields import files_of, read_fields
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

Req = Request[Any, Any, Any]
HERE = "/desk/{programme:str}/{edition:str}/judges/import"


class ImportPage(Struct, frozen=True):
    """`lines` is what the list would do; None where nobody has looked yet."""

    title: str
    path: str
    lines: tuple[Line, ...] | None = None
    rows: str = ""
    seen: str = ""
    ignored: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    errors: FormErrors = NO_ERRORS

    @property
    def bad(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines or () if line.judge is None)

    @property
    def good(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines or () if line.judge is not None)

    @property
    def store(self) -> str:
        return ngettext("Store %(num)d judge", "Store %(num)d judges", len(self.good))

    @property
    def most(self) -> tuple[int, int]:
        return MOST_ROWS, LARGEST_FILE // 1024


@get(HERE, guards=[needs_sign_in])
async def import_page(request: Req, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    found = await run_by(actor_of(request), programme, edition)
    return _shown(request, found, ImportPage(_("Import a list of judges"), f"{found.desk}/judges"))


@post(HERE, guards=[needs_sign_in], status_code=303)
async def import_list(request: Req, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    actor = actor_of(request)
    found = await run_by(actor, programme, edition)
    fields = await read_fields(request)
    if fields.get("act") != "store":
        return await _look(request, found)
    rows = kept_rows(fields.get("rows", ""))
    page = await _preview(found, rows)
    if fields.get("seen") != page.seen or not page.good:
        again = _("Look at the list again: it does not do what was shown before.")
        return _shown(request, found, _with(page, FormErrors({"": again})))
    try:
        done = await services.import_judges(
            programme_id=found.programme_id,
            edition_id=found.id,
            judges=[line.judge for line in page.good if line.judge is not None],
            actor=actor,
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return _shown(request, found, _with(page, FormErrors({"": " ".join(problem.errors.values())})))
    flash = Flash(
        "good",
        ngettext("%(num)d judge is new in the pool", "%(num)d judges are new in the pool", done.added),
        ngettext("%(num)d was there and is updated.", "%(num)d were there and are updated.", done.updated)
        if done.updated
        else "",
    )
    return redirect(request, f"{found.desk}/judges", flash=flash)


async def _look(request: Req, found: EditionRow) -> Response[bytes]:
    title, path = _("Import a list of judges"), f"{found.desk}/judges"
    chosen = [file for file in files_of(await request.form(), "file") if file.filename]
    if not chosen:
        return _shown(
            request, found, ImportPage(title, path, errors=FormErrors({"file": _("Choose a file")}))
        )
    content = await chosen[0].read(LARGEST_FILE + 1)
    try:
        # A workbook is unpacked and parsed: others are served meanwhile.
        listed = await asyncio.to_thread(read_list, chosen[0].filename, content)
    except BadList as problem:
        errors = FormErrors({"file": _("The file cannot be read as a list of judges")})
        return _shown(request, found, ImportPage(title, path, problems=problem.problems, errors=errors))
    return _shown(request, found, await _preview(found, listed.rows, listed.ignored))


async def _preview(found: EditionRow, rows: Sequence[Row], ignored: tuple[str, ...] = ()) -> ImportPage:
    known = await known_for(found.programme_id, [row.cells.get("email", "") for row in rows])
    lines = await asyncio.to_thread(compare, rows, known)
    return ImportPage(
        title=_("Import a list of judges"),
        path=f"{found.desk}/judges",
        lines=lines,
        rows=kept(rows),
        seen=_digest(lines),
        ignored=ignored,
    )


def _digest(lines: Sequence[Line]) -> str:
    """Of what the person saw: if it is no longer what would happen, they see it again."""
    said = ["|".join((str(one.line), one.email, str(one.known), *one.problems, *one.notes)) for one in lines]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _with(page: ImportPage, errors: FormErrors) -> ImportPage:
    return ImportPage(page.title, page.path, page.lines, page.rows, page.seen, page.ignored, (), errors)


def _shown(request: Req, found: EditionRow, page: ImportPage) -> Response[bytes]:
    crumbs = (Link(page.path, _("Judges")), Link("", page.title, True))
    status = 422 if page.errors else 200
    return on_desk(request, found, "panels/import.html", page, crumbs=crumbs, status=status)


ROUTES: list[HTTPRouteHandler] = [import_page, import_list]
