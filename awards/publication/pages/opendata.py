"""Open data of an edition, and what machines ask first: which editions there are, and what may be asked."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.licences import Licence, licence_of, title_of
from awards.editions.queries import EditionRow
from awards.errors import NotFound
from awards.publication import opendata, queries
from awards.publication.openapi import openapi
from awards.publication.opendata import DataFile, Field
from awards.publication.outcome import draft_from_rows
from awards.publication.queries import PublicationRow
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.render import public_file, render_public
from awards.web.site import site_of
from awards.web.words import iso

AnyRequest = Request[Any, Any, Any]
PUBLIC = {"public": True}
HERE = "/awards/{programme:str}/{edition:str}"
JSON = "application/json"
PACKAGE = "datapackage.json"
NAMES = ("results.csv", "criteria.csv", "results.json", PACKAGE)


class Found(Struct, frozen=True):
    edition: EditionRow
    publication: PublicationRow
    files: tuple[DataFile, ...]
    package: Mapping[str, Any]

    def file(self, name: str) -> DataFile:
        for one in self.files:
            if one.name == name:
                return one
        raise NotFound


class DataPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    publication: PublicationRow
    files: tuple[DataFile, ...]
    tables: tuple[tuple[str, tuple[Field, ...]], ...]
    licence: Licence
    licence_title: str


@get(HERE + "/data", opt=PUBLIC)
async def data_page(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    found, now = await _found(request, programme, edition), arrival_of(request.scope).at
    page = DataPage(
        title=_("Open data of %(edition)s", edition=found.edition.name),
        edition=found.edition,
        publication=found.publication,
        files=found.files,
        tables=tuple((one.name, one.fields) for one in found.files if one.fields),
        licence=(licence := licence_of(found.publication.figures)),
        licence_title=title_of(licence),
    )
    return render_public(
        request, "publication/data.html", page, until=await queries.next_change(now), demo=found.edition.demo,
        crumbs=(Link(found.edition.path, found.edition.name), Link("", _("Open data"), True)),
    )  # fmt: skip


@get([f"{at}/{name}" for at in (HERE, HERE + "/versions/{number:int}") for name in NAMES], opt=PUBLIC)
async def data_file(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    number: FromPath[int | None] = None,
) -> Response[bytes]:
    """Of the newest publication, and of each by its number: what was taken once can be taken again."""
    found, now = await _found(request, programme, edition, number), arrival_of(request.scope).at
    name = request.url.path.rpartition("/")[2]
    if name == PACKAGE:
        return free(_json(found.package), JSON, until=await queries.next_change(now))
    one = found.file(name)
    saved = f"{found.edition.programme}-{found.edition.slug}-{found.publication.number}-{name}"
    return free(one.content, one.media_type, until=await queries.next_change(now), name=saved)


class IndexPage(Struct, frozen=True):
    title: str
    editions: tuple[PublicationRow, ...]


@get("/data", opt=PUBLIC)
async def index_page(request: AnyRequest) -> Response[bytes]:
    now = arrival_of(request.scope).at
    published = await queries.visible_publications(now)
    page = IndexPage(_("Open data"), tuple(published))
    return render_public(
        request, "publication/data_index.html", page, until=await queries.next_change(now),
        demo=any(one.demo for one in published),
    )  # fmt: skip


@get("/data/editions.json", opt=PUBLIC)
async def index(request: AnyRequest) -> Response[bytes]:
    now, base_url = arrival_of(request.scope).at, site_of(request).settings.base_url
    published = await queries.visible_publications(now)
    content = _json({"editions": [_line(one, base_url) for one in published]})
    return free(content, JSON, until=await queries.next_change(now))


@get("/openapi.json", opt=PUBLIC)
async def described(request: AnyRequest) -> Response[bytes]:
    site, now = site_of(request), arrival_of(request.scope).at
    content = _json(openapi(site.settings.base_url, site.masthead.name))
    return free(content, JSON, until=await queries.next_change(now))


def free(content: bytes, media_type: str, *, until: datetime, name: str = "") -> Response[bytes]:
    """For everybody, scripts on other people's pages too: there is nothing of a person in it, and no cookie is read."""
    answer = public_file(content, media_type, until=until, name=name)
    answer.headers["access-control-allow-origin"] = "*"
    answer.headers["cross-origin-resource-policy"] = "cross-origin"
    return answer


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _line(one: PublicationRow, base_url: str) -> Mapping[str, Any]:
    home = base_url + one.path
    return {
        "programme": one.programme,
        "programme_name": one.programme_name,
        "edition": one.edition,
        "name": one.edition_name,
        "year": one.year,
        "publication": one.number,
        "kind": one.kind,
        "published": iso(one.visible_at),
        "note": one.note,
        "sha256": one.pack_sha256,
        "licence": licence_of(one.figures).code,
        "winners": one.winners,
        "demonstration": one.demo,
        "page": home,
        "results": f"{home}/results.json",
        "package": f"{home}/datapackage.json",
    }


async def _found(request: AnyRequest, programme: str, edition: str, number: int | None = None) -> Found:
    """Of what is visible now; of an edition without results there is no data, and no page that says so."""
    now, base_url = arrival_of(request.scope).at, site_of(request).settings.base_url
    row = await queries.public_edition(programme, edition)
    publication = (
        await queries.visible_publication(row.id, now)
        if number is None
        else await queries.visible_version(row.id, number, now)
    )
    if publication is None:
        raise NotFound
    draft, _sealed = await draft_from_rows(publication.id)
    files: Sequence[DataFile] = opendata.files_of(draft, base_url)
    home = base_url + (row.path if number is None else f"{row.path}/versions/{number}")
    package = opendata.data_package(
        draft, files, programme=row.programme_name, home=home,
        page=f"{home}/data" if number is None else home, visible_at=publication.visible_at,
    )  # fmt: skip
    return Found(row, publication, tuple(files), package)


ROUTES: list[HTTPRouteHandler] = [data_page, data_file, index_page, index, described]
