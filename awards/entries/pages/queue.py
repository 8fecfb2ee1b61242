"""The screeners' queue, and the counts by category, region and membership."""

from collections.abc import Mapping
from urllib.parse import urlencode

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import seen_by
from awards.editions.rules import Role
from awards.entries.pages.frame import AnyRequest
from awards.entries.queries.counts import Counts, Tally, counts_by
from awards.entries.queries.queue import Asked, Census, QueueRow, census_of, queue_of
from awards.entries.rules import may_screen
from awards.entries.screening import Standing
from awards.web.arrival import arrival_of
from awards.web.figures import Axis, counting_axis
from awards.web.frame import Choice, Link
from awards.web.i18n import _
from awards.web.session import actor_of, needs_sign_in
from awards.web.spreadsheet import Cell, csv_of, download
from awards.web.words import region

PAGE = 50
WHOSE = ("mine", "open")


def standing_words() -> dict[Standing, str]:
    """In the order of the work."""
    return {
        Standing.TO_SCREEN: _("To screen"),
        Standing.SECOND: _("Second opinion"),
        Standing.DIFFER: _("They differ"),
        Standing.AGREED: _("Reason wanted"),
        Standing.CONFIRM: _("To confirm"),
        Standing.OVERDUE: _("City has not answered"),
        Standing.WAITING: _("Waiting for the city"),
        Standing.APPEALED: _("Appealed"),
        Standing.DECIDED: _("Decided"),
        Standing.WITHDRAWN: _("Withdrawn"),
    }


class Part(Struct, frozen=True):
    """One standing of the queue: how many, and where they are shown."""

    text: str
    number: int
    href: str
    current: bool


class QueuePage(Struct, frozen=True):
    title: str
    path: str
    parts: tuple[Part, ...]
    rows: tuple[QueueRow, ...]
    categories: tuple[Choice, ...]
    standings: tuple[Choice, ...]
    whose: tuple[Choice, ...]
    asked: Asked
    screens: bool
    total: int
    before: str
    after: str


@get("/desk/{programme:str}/{edition:str}/entries", guards=[needs_sign_in])
async def queue_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    row = await seen_by(actor, programme, edition, Role.SCREENER, Role.AUDITOR)
    census = await census_of(row.id, now)
    asked = _asked(request.query_params, census)
    number = page_number(request)
    found = await queue_of(row.id, asked, actor.person_id, now, limit=PAGE + 1, offset=PAGE * (number - 1))
    path = f"{row.desk}/entries"
    chosen = {"standing": asked.standing, "category": asked.category, "whose": asked.whose}
    kept = {name: value for name, value in chosen.items() if value}

    def address(**more: str | int) -> str:
        query = urlencode({**kept, **more})
        return f"{path}?{query}" if query else path

    words = standing_words()
    page = QueuePage(
        title=_("Entries"),
        path=path,
        parts=_parts(path, census, asked, words),
        rows=tuple(found[:PAGE]),
        categories=tuple(Choice(code, name) for code, name in census.categories),
        standings=tuple(Choice(one.value, text) for one, text in words.items()),
        whose=(Choice("open", _("What I can work on")), Choice("mine", _("What I have begun or done"))),
        asked=asked,
        screens=may_screen(actor, row.programme_id, row.id),
        total=sum(census.counted.values()),
        before=address(page=number - 1) if number > 1 else "",
        after=address(page=number + 1) if len(found) > PAGE else "",
    )
    return on_desk(request, row, "entries/queue.html", page)


def _asked(params: Mapping[str, str], census: Census) -> Asked:
    standing, category = params.get("standing", ""), params.get("category", "")
    whose = params.get("whose", "")
    return Asked(
        standing if standing in set(Standing) else "",
        category if category in dict(census.categories) else "",
        whose if whose in WHOSE else "",
    )


def _parts(path: str, census: Census, asked: Asked, words: Mapping[Standing, str]) -> tuple[Part, ...]:
    """What there is in each standing of the category shown, those that are empty left out."""
    found = []
    for one, text in words.items():
        number = census.standing(one, asked.category)
        if number or asked.standing == one:
            query = {"standing": one.value, **({"category": asked.category} if asked.category else {})}
            found.append(Part(text, number, f"{path}?{urlencode(query)}", asked.standing == one))
    return tuple(found)


def page_number(request: AnyRequest) -> int:
    text = request.query_params.get("page", "1")
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 6 and int(text) else 1


# --- counts --------------------------------------------------------------------------------------------


class Group(Struct, frozen=True):
    """A table with one drawn column; `key` makes its ids."""

    key: str
    caption: str
    head: str
    rows: tuple[Tally, ...]


class CountsPage(Struct, frozen=True):
    title: str
    path: str
    counts: Counts
    groups: tuple[Group, ...]
    axis: Axis
    counts_drafts: bool


@get("/desk/{programme:str}/{edition:str}/entries/counts", guards=[needs_sign_in])
async def counts_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await seen_by(actor, programme, edition, Role.SCREENER, Role.AUDITOR)
    counts = await counts_by(row.id, arrival_of(request.scope).at)
    groups = _groups(counts)
    most = max((one.submitted for group in groups for one in group.rows), default=0)
    page = CountsPage(
        title=_("Entries in numbers"),
        path=f"{row.desk}/entries/counts",
        counts=counts,
        groups=groups,
        axis=counting_axis(most),
        counts_drafts=may_screen(actor, row.programme_id, row.id),
    )
    crumbs = (Link(f"{row.desk}/entries", _("Entries")), Link("", page.title, True))
    return on_desk(request, row, "entries/counts.html", page, crumbs=crumbs)


@get("/desk/{programme:str}/{edition:str}/entries/counts.csv", guards=[needs_sign_in])
async def counts_file(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    row = await seen_by(actor_of(request), programme, edition, Role.SCREENER, Role.AUDITOR)
    groups = _groups(await counts_by(row.id, arrival_of(request.scope).at))
    lines: list[list[Cell]] = [
        [_("Counted by"), _("Name"), _("Submitted"), _("Eligible"), _("Not eligible"), _("To screen")]
    ]
    lines += [
        [group.head, one.name, one.submitted, one.eligible, one.ineligible, one.open]
        for group in groups
        for one in group.rows
    ]
    return download(csv_of(lines), f"entries-{row.slug}.csv", "text/csv")


def _groups(counts: Counts) -> tuple[Group, ...]:
    """Named for people: a region and a membership stand in the database as codes."""
    kinds = {"full": _("Full members"), "associate": _("Associate members"), "": _("No members")}
    return (
        Group("category", _("Entries by category"), _("Category"), counts.categories),
        Group(
            "region",
            _("Entries by region"),
            _("Region"),
            tuple(_named(one, region(one.name) if one.name else _("not recorded")) for one in counts.regions),
        ),
        Group(
            "membership",
            _("Entries by membership"),
            _("Membership"),
            tuple(_named(one, kinds.get(one.name, one.name)) for one in counts.memberships),
        ),
    )


def _named(tally: Tally, name: str) -> Tally:
    return Tally(name, tally.submitted, tally.eligible, tally.ineligible)


ROUTES: list[HTTPRouteHandler] = [queue_page, counts_page, counts_file]
