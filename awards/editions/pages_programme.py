"""The pages that the secretariat writes: rules, privacy, accessibility, contact, about."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from markupsafe import Markup
from msgspec import Struct

from awards.editions import services
from awards.editions.forms import PAGE_SLUGS, SavePage
from awards.editions.queries import PageRow, programme_pages
from awards.editions.queries.programmes import ProgrammeRow, programmes_run_by
from awards.errors import NotFound, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.markdown import to_html
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in

Req = Request[Any, Any, Any]


class PageLink(Struct, frozen=True):
    href: str
    text: str
    written: bool


class ProgrammeView(Struct, frozen=True):
    slug: str
    name: str
    pages: tuple[PageLink, ...]


class PagesPage(Struct, frozen=True):
    title: str
    programmes: tuple[ProgrammeView, ...]


class EditPage(Struct, frozen=True):
    title: str
    errors: FormErrors
    action: str
    values: dict[str, str]
    version: int
    preview: Markup | None = None
    stored: str = ""


def _names() -> dict[str, str]:
    return {
        "about": _("About"),
        "rules": _("Rules"),
        "privacy": _("Privacy"),
        "accessibility": _("Accessibility"),
        "contact": _("Contact"),
    }


@get("/desk/pages", guards=[needs_sign_in])
async def pages_page(request: Req) -> Response[bytes]:
    programmes = await programmes_run_by(actor_of(request))
    if not programmes:
        raise NotFound
    views = []
    pages = await programme_pages(*(programme.id for programme in programmes))
    for programme in programmes:
        written = {page.slug for page in pages if page.programme_id == programme.id}
        links = tuple(
            PageLink(f"/desk/pages/{programme.slug}/{slug}", text, slug in written)
            for slug, text in _names().items()
        )
        views.append(ProgrammeView(programme.slug, programme.name, links))
    page = PagesPage(_("Pages that you write"), tuple(views))
    crumbs = (Link("/desk", _("The desk")), Link("", page.title, True))
    return render(request, "editions/programme_pages.html", page, role=_("secretariat"), crumbs=crumbs)


async def _found(request: Req, programme: str, slug: str) -> tuple[ProgrammeRow, PageRow | None]:
    own = [one for one in await programmes_run_by(actor_of(request)) if one.slug == programme]
    if not own or slug not in PAGE_SLUGS:
        raise NotFound
    rows = [
        page for page in await programme_pages(own[0].id) if page.slug == slug and page.lang == own[0].lang
    ]
    return own[0], rows[0] if rows else None


def _shown(
    request: Req, programme: ProgrammeRow, slug: str, page: EditPage, status: int = 200
) -> Response[bytes]:
    crumbs = (
        Link("/desk", _("The desk")),
        Link("/desk/pages", _("Pages that you write")),
        Link("", _names()[slug], True),
    )
    return render(
        request, "editions/programme_page.html", page, status=status, role=_("secretariat"), crumbs=crumbs
    )


@get("/desk/pages/{programme:str}/{slug:str}", guards=[needs_sign_in])
async def edit_page(request: Req, programme: FromPath[str], slug: FromPath[str]) -> Response[bytes]:
    row, stored = await _found(request, programme, slug)
    page = EditPage(
        title=_("%(page)s of %(programme)s", page=_names()[slug], programme=row.name),
        errors=NO_ERRORS,
        action=f"/desk/pages/{programme}/{slug}",
        values={"title": stored.title if stored else _names()[slug], "body": stored.body if stored else ""},
        version=stored.version if stored else 0,
        preview=to_html(stored.body) if stored else None,
    )
    return _shown(request, row, slug, page)


@post("/desk/pages/{programme:str}/{slug:str}", guards=[needs_sign_in], status_code=303)
async def save_page(request: Req, programme: FromPath[str], slug: FromPath[str]) -> Response[bytes]:
    row, stored = await _found(request, programme, slug)
    fields = await read_fields(request)

    def again(errors: FormErrors, version: int, status: int, other: str = "") -> Response[bytes]:
        page = EditPage(
            title=_("%(page)s of %(programme)s", page=_names()[slug], programme=row.name),
            errors=errors,
            action=f"/desk/pages/{programme}/{slug}",
            values={"title": fields.get("title", ""), "body": fields.get("body", "")},
            version=version,
            preview=to_html(fields.get("body", "")),
            stored=other,
        )
        return _shown(request, row, slug, page, status)

    command = parse(SavePage, Fields([*fields.items(), ("slug", slug), ("lang", row.lang)]))
    if isinstance(command, FormErrors):
        return again(command, stored.version if stored else 0, 422)
    if "preview" in fields:
        return again(NO_ERRORS, command.version, 200)
    try:
        await services.save_page(
            programme_id=row.id,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Stale:
        text = _(
            "Somebody saved this page since you opened it. Both texts are below: bring them together, then save."
        )
        return again(
            FormErrors({"": text}), stored.version if stored else 0, 409, stored.body if stored else ""
        )
    return redirect(request, "/desk/pages", flash=Flash("good", _("Saved: %(what)s", what=_names()[slug])))


ROUTES: list[HTTPRouteHandler] = [pages_page, edit_page, save_page]
