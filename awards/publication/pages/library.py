"""The practice library: practices of all editions, for who looks for one to learn from."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from awards.publication import queries, views
from awards.publication.excerpts import Pieces, excerpt
from awards.publication.practice_search import FILTERS, Asked, Kept, find_practices
from awards.publication.terms import wanted_of
from awards.publication.views import Winner
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect, render_public
from awards.web.words import region

AnyRequest = Request[Any, Any, Any]
HERE = "/practices"
AT_ONCE = 24
LONGEST_ASKED = 200
# So many pages are enough for who reads, and a bound for who does not.
MOST_PAGES = 400


class Choice(Struct, frozen=True):
    value: str
    text: str


class Filter(Struct, frozen=True):
    name: str
    label: str
    every: str
    value: str
    choices: tuple[Choice, ...]


class Shown(Struct, frozen=True):
    winner: Winner
    excerpt: Pieces


class LibraryPage(Struct, frozen=True):
    title: str
    words: str
    asked: bool
    """Whether anything is asked for at all."""
    heading: str
    filters: tuple[Filter, ...]
    chosen: tuple[Link, ...]
    """What is asked for, each with the way to the same without it."""
    practices: tuple[Shown, ...]
    without: tuple[Link, ...]
    pages: tuple[Link, ...]


@get(HERE, opt={"public": True})
async def library(request: AnyRequest) -> Response[bytes]:
    now = arrival_of(request.scope).at
    asked = _asked(request)
    number = _page_of(request.query_params.get("page", ""))
    found = await find_practices(asked, now, start=(number - 1) * AT_ONCE, most=AT_ONCE)
    if found.count and not found.rows:
        return redirect(request, _address(asked, page=-(-found.count // AT_ONCE)))
    wanted = wanted_of(asked.words)
    page = LibraryPage(
        title=_("Practice library, page %(number)d", number=number) if number > 1 else _("Practice library"),
        words=asked.words,
        asked=bool(asked.words.strip() or asked.filters),
        heading=ngettext("%(num)d practice", "%(num)d practices", found.count),
        filters=tuple(_filter(name, asked, found.filters[name]) for name in FILTERS),
        chosen=_chosen(asked),
        practices=tuple(
            Shown(views.winner(row), excerpt(row.practice or row.citation, wanted)) for row in found.rows
        ),
        without=tuple(
            Link(
                _address(asked, name),
                ngettext(
                    "Without “%(what)s”: %(num)d practice", "Without “%(what)s”: %(num)d practices", count,
                    what=asked.words if name == "words" else _said(name, asked.filters[name]),
                ),
            )
            for name, count in found.without.items()
        ),
        pages=_pages(asked, found.count, number),
    )  # fmt: skip
    return render_public(
        request, "publication/practices.html", page, until=await queries.next_change(now),
        demo=any(one.winner.row.demo for one in page.practices),
    )  # fmt: skip


@get("/winners", opt={"public": True})
async def winners(request: AnyRequest) -> Response[bytes]:
    """Where the library stood before; the address stays."""
    words = _clean(request.query_params.get("q", ""))
    return redirect(request, f"{HERE}?{urlencode({'q': words})}" if words else HERE)


def _clean(text: str) -> str:
    return text[:LONGEST_ASKED].replace("\x00", "").encode("utf-8", "replace").decode()


def _asked(request: AnyRequest) -> Asked:
    sent = request.query_params
    return Asked(words=_clean(sent.get("q", "")), **{name: _clean(sent.get(name, "")) for name in FILTERS})


def _page_of(text: str) -> int:
    return (
        min(int(text), MOST_PAGES)
        if text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text)
        else 1
    )


def _address(asked: Asked, but: str = "", page: int = 1) -> str:
    sent = {} if but == "words" or not asked.words.strip() else {"q": asked.words}
    sent |= {name: value for name, value in asked.filters.items() if name != but}
    if page > 1:
        sent["page"] = str(page)
    return f"{HERE}?{urlencode(sent)}" if sent else HERE


def _said(name: str, value: str) -> str:
    return region(value) if name == "region" else value


def _filter(name: str, asked: Asked, kept: Sequence[Kept]) -> Filter:
    labels = {
        "category": (_("Category"), _("All")),
        "region": (_("Region"), _("All")),
        "country": (_("Country"), _("All")),
        "year": (_("Year"), _("All")),
        "prize": (_("Prize"), _("All")),
    }
    said = [(one.value, _said(name, one.label), one.count) for one in kept]
    # Years stand as they come, the newest first.
    ordered = said if name == "year" else sorted(said, key=lambda one: (one[1].casefold(), one[0]))
    return Filter(
        name,
        *labels[name],
        getattr(asked, name),
        tuple(
            Choice(value, _("%(value)s (%(count)d)", value=text, count=count))
            for value, text, count in ordered
        ),
    )


def _chosen(asked: Asked) -> tuple[Link, ...]:
    said = [("words", f"“{asked.words.strip()}”")] if asked.words.strip() else []
    said += [(name, _said(name, value)) for name, value in asked.filters.items()]
    return tuple(Link(_address(asked, name), text) for name, text in said)


def _pages(asked: Asked, count: int, number: int) -> tuple[Link, ...]:
    last = min(-(-count // AT_ONCE), MOST_PAGES)
    near = sorted({1, last, *range(max(1, number - 2), min(last, number + 2) + 1)})
    links: list[Link] = []
    for one in near if last > 1 else ():
        if links and links[-1].text != str(one - 1):
            links.append(Link("", "…"))
        links.append(Link(_address(asked, page=one), str(one), current=one == number))
    return tuple(links)


ROUTES: list[HTTPRouteHandler] = [library, winners]
