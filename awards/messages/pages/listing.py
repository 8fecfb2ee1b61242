"""What was written to whom: the list of an edition, and the log of one message."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, run_by
from awards.errors import NotFound
from awards.messages import queries
from awards.messages.pages.composing import write_page
from awards.messages.pages.frame import HERE, ONE, AnyRequest, crumb, group_words, messages_path, texts_path
from awards.messages.queries import PAGE, Counts, Delivery, MailingRow
from awards.messages.rules import LeftOut, MailingState, Text
from awards.web import i18n
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.session import actor_of, needs_sign_in


class Line(Struct, frozen=True):
    href: str
    group: str
    mailing: MailingRow
    counts: Counts

    @property
    def is_draft(self) -> bool:
        return self.mailing.state is MailingState.DRAFT


class ListPage(Struct, frozen=True):
    title: str
    path: str
    texts: str
    lines: tuple[Line, ...]


class DeliveryLine(Struct, frozen=True):
    delivery: Delivery
    href: str
    why: str


class Version(Struct, frozen=True):
    lang: str
    language: str
    text: Text


class LogPage(Struct, frozen=True):
    title: str
    path: str
    mailing: MailingRow
    group: str
    counts: Counts
    lines: tuple[DeliveryLine, ...]
    versions: tuple[Version, ...]
    pages: tuple[Link, ...]
    before: str
    after: str


@get(HERE, guards=[needs_sign_in])
async def messages(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    found = await run_by(actor_of(request), programme, edition)
    path = messages_path(found)
    page = ListPage(
        title=_("Messages"),
        path=path,
        texts=texts_path(found),
        lines=tuple(
            Line(f"{path}/{one.mailing.number}", group_words(one.mailing.of), one.mailing, one.counts)
            for one in await queries.mailings_of(found.id)
        ),
    )
    return on_desk(request, found, "messages/list.html", page)


@get(ONE, guards=[needs_sign_in])
async def message(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    """A draft is written on here; what was sent is its log."""
    found = await run_by(actor_of(request), programme, edition)
    mailing = await queries.mailing_of(found.id, number)
    if mailing.state is MailingState.DROPPED:
        raise NotFound
    if mailing.state is MailingState.DRAFT:
        return await write_page(request, found, mailing)
    return await _log(request, found, mailing)


async def _log(request: AnyRequest, edition: EditionRow, mailing: MailingRow) -> Response[bytes]:
    shown = _page_asked(request)
    deliveries = await queries.deliveries_of(mailing.id, shown)
    path = f"{messages_path(edition)}/{mailing.number}"
    links = _links(path, shown, deliveries.total)
    words = left_out_words()
    page = LogPage(
        title=_("Message %(number)d: %(group)s", number=mailing.number, group=group_words(mailing.of)),
        path=path,
        mailing=mailing,
        group=group_words(mailing.of),
        counts=await queries.counts_of(mailing.id),
        lines=tuple(
            DeliveryLine(
                one,
                f"{edition.desk}/mail/{one.message_id}" if one.message_id else "",
                words.get(one.left_out, one.left_out),
            )
            for one in deliveries.rows
        ),
        versions=tuple(
            Version(lang, i18n.name_of(lang), text) for lang, text in sorted(mailing.texts.items())
        ),
        pages=links,
        before=next((link.href for link in links if link.text == str(shown - 1)), ""),
        after=next((link.href for link in links if link.text == str(shown + 1)), ""),
    )
    return on_desk(
        request, edition, "messages/log.html", page, crumbs=crumb(edition, Link("", page.title, current=True))
    )


def left_out_words() -> dict[str, str]:
    return {
        LeftOut.NO_ADDRESS.value: _("no address is known"),
        LeftOut.NOT_CONFIRMED.value: _("the address was never confirmed"),
        LeftOut.DISABLED.value: _("the account is switched off"),
    }


def _page_asked(request: AnyRequest) -> int:
    number = request.query_params.get("page", "1")
    return max(1, int(number)) if number.isascii() and number.isdigit() and len(number) <= 6 else 1


def _links(path: str, page: int, total: int) -> tuple[Link, ...]:
    """At most nine, around the one that is shown."""
    last = max(1, -(-total // PAGE))
    first = max(1, min(page - 4, last - 8))
    return tuple(
        Link(f"{path}?page={number}", str(number), current=number == page)
        for number in range(first, min(last, first + 8) + 1)
    )


ROUTES: list[HTTPRouteHandler] = [messages, message]
