"""Certificates: whether one stands, for whoever holds the paper, and the paper itself."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, seen_by
from awards.editions.rules import Role
from awards.errors import NotFound
from awards.publication import queries
from awards.publication.certificate_facts import Certified, certificate_by, certificates_of
from awards.publication.certificates import TEMPLATE, document, typed_code
from awards.web import typeset
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _, negotiate, use
from awards.web.render import redirect, render_public
from awards.web.session import actor_of, needs_sign_in
from awards.web.site import site_of
from awards.web.spreadsheet import download

AnyRequest = Request[Any, Any, Any]
PUBLIC = {"public": True}
PDF = "application/pdf"


class AskPage(Struct, frozen=True):
    title: str
    typed: str
    unknown: bool


@get("/check", opt=PUBLIC)
async def ask_page(request: AnyRequest) -> Response[bytes]:
    typed = request.query_params.get("code", "")[:60]
    now = arrival_of(request.scope).at
    if code := typed_code(typed):
        return redirect(request, f"/check/{code}")
    page = AskPage(_("Check a certificate"), typed, bool(typed.strip()))
    return render_public(request, "publication/check.html", page, until=await queries.next_change(now))


class CertificatePage(Struct, frozen=True):
    title: str
    certified: Certified
    corrected: bool


@get("/check/{code:str}", opt=PUBLIC)
async def check_page(request: AnyRequest, code: FromPath[str]) -> Response[bytes]:
    now = arrival_of(request.scope).at
    try:
        found = await certificate_by(_known(code), now)
    except NotFound:
        # Whoever holds such a paper learns that it is none of ours, not that an address is wrong.
        asked = AskPage(_("Check a certificate"), code[:60], unknown=True)
        until = await queries.next_change(now)
        return render_public(request, "publication/check.html", asked, until=until, status=404)
    page = CertificatePage(
        _("This certificate stands") if found.stands else _("This certificate does not stand any more"),
        found,
        found.now is not None,
    )
    return render_public(
        request, "publication/certificate.html", page, until=await queries.next_change(now),
        demo=found.row.demo, crumbs=(Link("/check", _("Check a certificate")), Link("", found.code, True)),
    )  # fmt: skip


@get("/check/{code:str}/certificate.pdf", opt=PUBLIC)
async def paper(request: AnyRequest, code: FromPath[str]) -> Response[bytes]:
    """As long as it stands: what was taken back is not handed out anew."""
    found = await certificate_by(_known(code), arrival_of(request.scope).at)
    if not found.stands:
        raise NotFound
    site = site_of(request)
    with use(negotiate("", found.row.lang, site.languages)):
        data = document(
            found.row, found.kind, programme=found.programme_name, published=found.visible_at,
            address=f"{site.settings.base_url}{found.path}", code=found.code,
        )  # fmt: skip
    pdf = await typeset.pdf(TEMPLATE, data, found.visible_at)
    return download(pdf, f"certificate-{found.code}.pdf", PDF)


def _known(code: str) -> str:
    found = typed_code(code)
    if found != code:
        raise NotFound
    return found


class DeskCertificates(Struct, frozen=True):
    title: str
    edition: EditionRow
    certificates: tuple[Certified, ...]


@get("/desk/{programme:str}/{edition:str}/publication/certificates", guards=[needs_sign_in])
async def desk_page(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    row = await seen_by(actor_of(request), programme, edition, Role.AUDITOR)
    found = await certificates_of(row.id, arrival_of(request.scope).at)
    page = DeskCertificates(_("Certificates"), row, tuple(found))
    crumbs = (Link(f"{row.desk}/publication", _("Publication")), Link("", page.title, True))
    return on_desk(request, row, "publication/certificates.html", page, crumbs=crumbs)


ROUTES: list[HTTPRouteHandler] = [ask_page, check_page, paper, desk_page]
