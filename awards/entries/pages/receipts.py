"""After submitting: the confirmation that is the receipt too, what was submitted, and every version."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from markupsafe import Markup
from msgspec import Struct

from awards.editions.queries import milestones_of, rounds_of
from awards.editions.year import Step, year_of
from awards.entries import queries
from awards.entries.pages.frame import AnyRequest, render_entry
from awards.entries.queries import OwnEntry, VersionRow, receipts
from awards.entries.queries.receipts import Receipt
from awards.entries.reading import Sections, read_body
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _, name_of
from awards.web.markdown import to_html
from awards.web.render import render
from awards.web.session import actor_of, needs_sign_in


class ReceiptPage(Struct, frozen=True):
    title: str
    path: str
    entry: OwnEntry
    receipt: Receipt
    is_last: bool
    is_open: bool
    steps: tuple[Step, ...]
    entry_title: str
    lang: str
    language: str
    declaration: Markup
    sections: Sections


@get("/city/entries/{reference:str}/versions/{number:int}", guards=[needs_sign_in])
async def receipt(request: AnyRequest, reference: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    """A page of its own, at an address that stays: nothing is sent again by reloading it."""
    now = arrival_of(request.scope).at
    entry = await queries.own_entry(actor_of(request), reference, now)
    found = await receipts.receipt_of(entry.id, number)
    body = found.body
    is_last = number == entry.submitted
    lang = body.get("lang") or entry.lang
    page = ReceiptPage(
        title=_("Your entry is submitted") if is_last else _("An earlier version of your entry"),
        path=f"{entry.path}/versions/{number}",
        entry=entry,
        receipt=found,
        is_last=is_last,
        is_open=entry.call.is_open(now),
        steps=year_of(await milestones_of(entry.edition_id), await rounds_of(entry.edition_id), now)
        if is_last
        else (),
        entry_title=body.get("title") or entry.title,
        lang=lang,
        language=name_of(lang),
        declaration=to_html(found.declared, under=2),
        sections=read_body(
            body,
            await queries.questions_asked(entry.edition_id, also_ended=True),
            await queries.facts_of(entry.id) if body.get("files") else (),
        ),
    )
    crumbs = (Link("/city", _("Your entries")), Link(entry.path, entry.title), Link("", page.title, True))
    return render(
        request, "entries/receipt.html", page, crumbs=crumbs, role=_("city official"), demo=entry.demo
    )


@get("/city/entries/{reference:str}/versions/{number:int}/document", guards=[needs_sign_in])
async def document(request: AnyRequest, reference: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    """The very bytes whose hash the receipt names."""
    entry = await queries.own_entry(actor_of(request), reference, arrival_of(request.scope).at)
    found = await receipts.receipt_of(entry.id, number)
    name = f"{entry.reference}-version-{number}.json"
    return attachment(found.document.encode(), name, "application/json")


def attachment(content: bytes, name: str, media_type: str) -> Response[bytes]:
    """A file that is saved and not shown: whatever it holds, it runs nothing here."""
    return Response(
        content=content,
        media_type=media_type,
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "content-security-policy": "sandbox",
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
        },
    )


class VersionsPage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    versions: tuple[VersionRow, ...]


@get("/city/entries/{reference:str}/versions", guards=[needs_sign_in])
async def versions_page(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    entry = await queries.own_entry(actor_of(request), reference, arrival_of(request.scope).at)
    page = VersionsPage(_("Submitted versions"), entry, tuple(await queries.versions_of(entry.id)))
    return render_entry(request, "entries/versions.html", page, entry, here=page.title)


ROUTES: list[HTTPRouteHandler] = [receipt, document, versions_page]
