"""An entry's own deadline: when it is for this city, what counts as in time, what came too late, and a calendar file."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.queries import edition_by_id
from awards.editions.queries.deadlines import DeadlineChange, deadline_changes, moves_of
from awards.entries import queries
from awards.entries.pages.frame import AnyRequest, render_entry
from awards.entries.pages.unsubmitted import LateTryRow, in_words
from awards.entries.queries import OwnEntry
from awards.entries.queries.late import late_tries_of
from awards.entries.rules import may_ask_for_help
from awards.errors import NotFound
from awards.web.arrival import arrival_of
from awards.web.calendars import MEDIA_TYPE, Dated, calendar_file
from awards.web.i18n import _
from awards.web.session import actor_of, needs_sign_in
from awards.web.site import site_of
from awards.web.words import day_time

HERE = "/city/entries/{reference:str}/deadline"


class OwnDeadlinePage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    is_over: bool
    changes: tuple[DeadlineChange, ...]
    tries: tuple[LateTryRow, ...]
    may_ask: bool


@get(HERE, guards=[needs_sign_in])
async def own_deadline(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    now = arrival_of(request.scope).at
    entry = await queries.own_entry(actor_of(request), reference, now)
    page = OwnDeadlinePage(
        title=_("The deadline"),
        entry=entry,
        is_over=entry.call.is_over(now),
        changes=tuple(await deadline_changes(entry.edition_id)),
        tries=in_words(await late_tries_of(entry.id)),
        may_ask=entry.may_write and may_ask_for_help(entry.state, entry.call, now) is None,
    )
    return render_entry(request, "entries/own_deadline.html", page, entry, here=page.title)


@get(HERE + "/calendar.ics", guards=[needs_sign_in])
async def own_calendar(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    """The instant that counts for this entry, with its own extension: nobody else's calendar may have it."""
    now, settings = arrival_of(request.scope).at, site_of(request).settings
    entry = await queries.own_entry(actor_of(request), reference, now)
    if entry.call.closes is None:
        raise NotFound
    moves, edition = (
        await moves_of(entry.edition_id, entry.entrant_id, entry.id),
        await edition_by_id(entry.edition_id),
    )
    name = f"{entry.edition_name}: {entry.reference}"
    uid = f"{entry.reference.lower()}@{settings.base_host}"
    date = Dated(
        uid=f"deadline.{uid}",
        at=entry.call.closes,
        summary=_("Deadline for %(title)s", title=entry.title),
        text=f"{day_time(entry.call.closes, entry.zone)}. "
        + _("In time is what reaches the server before this instant."),
        url=f"{settings.base_url}{entry.path}",
        # Everybody's moves make versions of the edition, one's own are counted.
        sequence=edition.sequence + moves.count,
        changed_at=moves.last,
    )
    return Response(
        content=calendar_file(name, uid, (date,), now),
        media_type=MEDIA_TYPE,
        headers={
            "cache-control": "no-store",
            "content-disposition": f'attachment; filename="{entry.reference}.ics"',
        },
    )


ROUTES: list[HTTPRouteHandler] = [own_deadline, own_calendar]
