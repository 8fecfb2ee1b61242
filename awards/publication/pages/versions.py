"""Every publication of an edition that is out, each as it was signed, and what each said otherwise than the one before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.queries import EditionRow, document_of
from awards.errors import NotFound
from awards.publication import opendata, queries
from awards.publication.differences import Change, changes, in_short
from awards.publication.document import Draft
from awards.publication.meetings_said import Meeting, meetings
from awards.publication.opendata import DataFile
from awards.publication.outcome import draft_from_rows
from awards.publication.pages.parts import EditionWinners, by_category
from awards.publication.queries import PublicationRow, WinnerRow
from awards.publication.rules import Kind
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.render import render_public
from awards.web.site import site_of

PUBLIC = {"public": True}
HERE = "/awards/{programme:str}/{edition:str}/versions"
AnyRequest = Request[Any, Any, Any]


class Version(Struct, frozen=True):
    publication: PublicationRow
    draft: Draft
    what: str
    href: str
    changes: tuple[Change, ...]
    """What it says otherwise than the one before it."""


class VersionsPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    versions: tuple[Version, ...]


class VersionPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    version: Version
    newest: PublicationRow
    winners: EditionWinners
    rows: tuple[WinnerRow, ...]
    """Those with a place, category by category."""
    files: tuple[DataFile, ...]
    meetings: tuple[Meeting, ...]


@get(HERE, opt=PUBLIC)
async def versions_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    row, versions = await _versions(programme, edition, now)
    page = VersionsPage(_("Versions of the results of %(edition)s", edition=row.name), row, tuple(versions))
    return render_public(
        request, "publication/versions.html", page, until=await queries.next_change(now), demo=row.demo,
        crumbs=(Link(row.path, row.name), Link("", _("Versions"), True)),
    )  # fmt: skip


@get(f"{HERE}/{{number:int}}", opt=PUBLIC)
async def version_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    row, versions = await _versions(programme, edition, now)
    version = next((one for one in versions if one.publication.number == number), None)
    if version is None:
        raise NotFound
    rows = await queries.rows_of_version(version.publication.id, now)
    page = VersionPage(
        _("%(edition)s, version %(number)d of the results", edition=row.name, number=number),
        row,
        version,
        versions[0].publication,
        by_category(version.publication, rows),
        tuple(_placed(rows)),
        opendata.files_of(version.draft, site_of(request).settings.base_url),
        tuple(meetings(version.draft.figures, rows, await document_of(row.id))),
    )
    return render_public(
        request, "publication/version.html", page, until=await queries.next_change(now), demo=row.demo,
        crumbs=(Link(row.path, row.name), Link(f"{row.path}/versions", _("Versions")),
                Link("", _("Version %(number)d", number=number), True)),
    )  # fmt: skip


def _placed(rows: Sequence[WinnerRow]) -> list[WinnerRow]:
    categories = list(dict.fromkeys(row.category_code for row in rows))
    found = [(categories.index(row.category_code), row.place, row) for row in rows if row.place is not None]
    return [row for _category, _place, row in sorted(found, key=lambda one: one[:2])]


async def _versions(programme: str, edition: str, now: datetime) -> tuple[EditionRow, list[Version]]:
    """The newest first. NotFound while nothing is out."""
    row = await queries.public_edition(programme, edition)
    heads = await queries.visible_versions(row.id, now)
    if not heads:
        raise NotFound
    drafts = {head.id: (await draft_from_rows(head.id))[0] for head in heads}
    found = []
    for place, head in enumerate(heads):
        before = heads[place + 1] if place + 1 < len(heads) else None
        changed = changes(drafts[before.id], drafts[head.id]) if before and head.kind != Kind.ARCHIVE else ()
        told, path = tuple(in_short(changed)), f"{row.path}/versions/{head.number}"
        found.append(Version(head, drafts[head.id], what_is(head), path, told))
    return row, found


def what_is(publication: PublicationRow) -> str:
    """Which step of the announcement it is."""
    return {
        Kind.ARCHIVE.value: _("The records of a past edition"),
        Kind.FINALISTS.value: _("The finalists"),
        Kind.NAMES.value: _("The winners’ names"),
        Kind.WINNERS.value: _("The winners and their prizes"),
        Kind.RANKS.value: _("Places of all who were judged"),
        Kind.FULL.value: _("Places and scores of all who were judged"),
        Kind.CORRECTION.value: _("A correction"),
    }.get(publication.kind, publication.kind)


ROUTES: list[HTTPRouteHandler] = [versions_page, version_page]
