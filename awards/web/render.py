"""From a frozen page context to the answer: the frame around it, the cookies it needs, what may keep it."""

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from litestar import Request, Response
from litestar.datastructures import Cookie
from msgspec.structs import replace

from awards import ids
from awards.web import i18n
from awards.web.arrival import arrival_of
from awards.web.frame import Flash, Frame, LangLink, Link, Side
from awards.web.i18n import _
from awards.web.kept import UNTIL
from awards.web.session import language_of, person_key, signed_in, visit_csrf
from awards.web.site import Site, site_of

HTML = "text/html"  # the framework adds the character set


def render(
    request: Request[Any, Any, Any],
    template: str,
    page: object,
    *,
    status: int = 200,
    role: str | None = None,
    place: Link | None = None,
    side: Side | None = None,
    crumbs: Sequence[Link] = (),
    demo: bool = False,
) -> Response[bytes]:
    """A page for one person: never kept, carries the form token of its reader."""
    site = site_of(request)
    found = signed_in(request)
    cookies: list[Cookie] = []
    if found is not None:
        csrf = found.csrf
    else:
        visit = request.cookies.get(site.cookies.visit)
        if not visit:
            visit = ids.token()
            cookies.append(site.cookies.set(site.cookies.visit, visit))
        csrf = visit_csrf(visit)
    flash = _flash_in(request.cookies.get(site.cookies.flash))
    if flash is not None:
        cookies.append(site.cookies.drop(site.cookies.flash))
    lang = language_of(request, site.cookies, site.languages)
    shared = _frame(request, site, lang)
    frame = replace(
        shared,
        csrf=csrf,
        nav=_own_nav(request, lang) if found else shared.nav,
        actor_name=found.actor.name if found else None,
        actor_role=role,
        zone=found.actor.zone if found and found.actor.zone != "UTC" else None,
        place=place,
        side=side,
        crumbs=tuple(crumbs),
        flash=flash,
        demo=demo,
        closing=found.closing if found else None,
        person=person_key(found.actor.person_id) if found else "",
        shared=found.shared if found else False,
    )
    return Response(
        content=draw(site, template, page, frame),
        status_code=status,
        media_type=HTML,
        headers={"cache-control": "no-store"},
        cookies=cookies,
    )


def render_public(
    request: Request[Any, Any, Any],
    template: str,
    page: object,
    *,
    until: datetime,
    crumbs: Sequence[Link] = (),
    demo: bool = False,
    status: int = 200,
) -> Response[bytes]:
    """A page that is the same for everybody: knows nobody, may be kept as bytes until then."""
    site = site_of(request)
    frame = replace(
        _frame(request, site, language_of(request, site.cookies, site.languages)),
        crumbs=tuple(crumbs),
        demo=demo,
    )
    return Response(
        content=draw(site, template, page, frame),
        status_code=status,
        media_type=HTML,
        headers={
            "cache-control": "public, max-age=0, must-revalidate",
            UNTIL.decode(): until.isoformat(),
            "vary": "Accept-Encoding, Accept-Language, Cookie",
        },
    )


def public_file(content: bytes, media_type: str, *, until: datetime, name: str = "") -> Response[bytes]:
    """A file that is the same for everybody; kept as a public page is, under the name that a browser saves it by."""
    headers = {
        "cache-control": "public, max-age=0, must-revalidate",
        UNTIL.decode(): until.isoformat(),
        "vary": "Accept-Encoding, Accept-Language, Cookie",
    }
    if name:
        headers["content-disposition"] = f'attachment; filename="{name}"'
    return Response(content=content, media_type=media_type, headers=headers)


def bare_frame(request: Request[Any, Any, Any]) -> Frame:
    """For error pages: no session, no database, the browser's language."""
    site = site_of(request)
    return _frame(request, site, language_of(request, site.cookies, site.languages))


def draw(site: Site, template: str, page: object, frame: Frame) -> bytes:
    with i18n.use(frame.lang):
        return site.templates.get_template(template).render(page=page, frame=frame).encode()


def redirect(
    request: Request[Any, Any, Any], to: str, *, flash: Flash | None = None, cookies: Sequence[Cookie] = ()
) -> Response[bytes]:
    """303 after a change: reloading the page that follows repeats nothing."""
    site = site_of(request)
    sent = list(cookies)
    if flash is not None:
        sent.append(site.cookies.set(site.cookies.flash, _flash_out(flash), max_age=60))
    return Response(
        content=b"",
        status_code=303,
        media_type=HTML,
        # A header is ASCII: what a person typed into an address is escaped, what is escaped already stays.
        headers={"location": quote(to, safe="/?#[]@!$&'()*+,;=:%~"), "cache-control": "no-store"},
        cookies=sent,
    )


def own_path(text: str, default: str = "/") -> str:
    """A path on this server, or the default: `next` never leads elsewhere."""
    if not text.startswith("/") or text.startswith(("//", "/\\")):
        return default
    if any(ord(letter) < 33 or ord(letter) == 127 for letter in text):
        return default
    if "\\" in text or urlsplit(text).netloc or "%5c" in text.lower() or text.lower().startswith("/%2f"):
        return default
    return text


def _frame(request: Request[Any, Any, Any], site: Site, lang: str) -> Frame:
    path = "/" + quote(request.scope["path"].lstrip("/"))
    # Who changes the language in the middle of a search stays at the same words and the same page of it.
    query = request.scope["query_string"].decode("latin-1")
    asked = tuple(pair for pair in parse_qsl(query, keep_blank_values=True)[:20] if pair[0] != "lang")
    with i18n.use(lang):
        nav = (("/", _("The call")), ("/results", _("Results")),
               ("/practices", _("Practices")), ("/archive", _("Archive")),
               ("/method", _("Method")), ("/sign-in", _("Sign in")))  # fmt: skip
        footer = (("/method", _("How judging works")), ("/pages/rules", _("Rules")),
                  ("/pages/accessibility", _("Accessibility")), ("/pages/privacy", _("Privacy")),
                  ("/pages/contact", _("Contact")))  # fmt: skip
    return Frame(
        lang=lang,
        dir=i18n.dir_of(lang),
        path=path,
        base_url=site.settings.base_url,
        programme_name=site.masthead.name,
        contact_email=site.masthead.contact,
        now=arrival_of(request.scope).at,
        nav=tuple(Link(href, text, current=path == href) for href, text in nav),
        footer=tuple(Link(href, text) for href, text in footer),
        languages=tuple(
            LangLink(
                f"{path}?{urlencode((*asked, ('lang', code)))}",
                code,
                i18n.dir_of(code),
                i18n.name_of(code),
                code == lang,
            )
            for code in site.languages
        )
        if len(site.languages) > 1
        else (),
    )


def _own_nav(request: Request[Any, Any, Any], lang: str) -> tuple[Link, ...]:
    here = request.scope["path"]
    with i18n.use(lang):
        pages = (("/start", _("Start")), ("/account", _("Account")))
    return tuple(Link(href, text, current=here == href) for href, text in pages)


def _flash_out(flash: Flash) -> str:
    text = json.dumps([flash.kind, flash.heading[:300], flash.text[:600]], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _flash_in(value: str | None) -> Flash | None:
    if not value or len(value) > 4000:
        return None
    try:
        padded = value + "=" * (-len(value) % 4)
        kind, heading, text = json.loads(base64.urlsafe_b64decode(padded))
        for said in (heading, text):
            said.encode()
    except (ValueError, TypeError, AttributeError, RecursionError):
        # No flash of ours: the cookie is the reader's own, and may hold anything.
        return None
    if kind not in ("", "good", "now", "warn", "bad"):
        return None
    return Flash(kind, heading[:300], text[:600])
