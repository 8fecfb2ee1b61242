"""When an edition takes dates, for machines: a calendar file and a small document. Both are public."""

import json
from datetime import datetime, timedelta
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from awards.editions.queries import milestones_of
from awards.editions.queries.deadlines import deadline_changes
from awards.editions.rules import call_phase
from awards.editions.year import milestone_name
from awards.publication import queries
from awards.web.arrival import arrival_of
from awards.web.calendars import MEDIA_TYPE, Dated, calendar_file
from awards.web.i18n import _
from awards.web.render import public_file
from awards.web.site import site_of
from awards.web.words import day_time, iso, zone_of

PUBLIC = {"public": True}
HERE = "/awards/{programme:str}/{edition:str}"
# The document says what time it is; so long may that be told again.
NOW_HOLDS = timedelta(seconds=1)


@get(HERE + "/calendar.ics", opt=PUBLIC)
async def calendar(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    now, settings = arrival_of(request.scope).at, site_of(request).settings
    row = await queries.public_edition(programme, edition)
    changes = await deadline_changes(row.id)
    dates = []
    for one in await milestones_of(row.id):
        if not one.public and one.kind not in ("opens", "closes"):
            continue
        moved = changes if one.kind == "closes" else ()
        text = _("In time is what reaches the server before this instant.") if one.kind == "closes" else ""
        said = [_("Before: %(time)s.", time=day_time(moved[0].was))] if moved else []
        dates.append(
            Dated(
                uid=f"{one.kind}.{row.slug}.{row.programme}@{settings.base_host}",
                at=one.at,
                summary=f"{row.name}: {milestone_name(one.kind)}",
                text=" ".join([day_time(one.at, row.zone) + ".", text, *said]).strip(),
                url=settings.base_url + row.path,
                # Whatever moves a date makes another version of its edition.
                sequence=row.sequence,
                changed_at=moved[0].at if moved else None,
            )
        )
    name = f"{row.programme_name}: {row.name}"
    uid = f"{row.slug}.{row.programme}@{settings.base_host}"
    return public_file(
        calendar_file(name, uid, dates, now), MEDIA_TYPE,
        until=await queries.next_change(now), name=f"{row.programme}-{row.slug}.ics",
    )  # fmt: skip


@get(HERE + "/call.json", opt=PUBLIC)
async def call(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    """`now` is the server's clock, by which is judged what is in time; a period ends before its `closes`."""
    now, settings = arrival_of(request.scope).at, site_of(request).settings
    row = await queries.public_edition(programme, edition)
    at = {one.kind: one.at for one in await milestones_of(row.id)}
    opens, closes = at.get("opens"), at.get("closes")
    document = {
        "programme": row.programme,
        "edition": row.slug,
        "name": row.name,
        "zone": row.zone,
        "phase": call_phase(row.state, opens, closes, now).value,
        "opens": _instant(opens),
        "closes": _instant(closes),
        "opens_local": _local(opens, row.zone),
        "closes_local": _local(closes, row.zone),
        "moved": [
            {"at": iso(one.at), "was": iso(one.was), "until": iso(one.until), "reason": one.reason}
            for one in await deadline_changes(row.id)
        ],
        "now": iso(now),
        "page": settings.base_url + row.path,
        "calendar": f"{settings.base_url}{row.path}/calendar.ics",
    }
    return public_file(
        json.dumps(document, ensure_ascii=False).encode(),
        "application/json",
        until=min(await queries.next_change(now), now + NOW_HOLDS),
    )


def _instant(at: datetime | None) -> str | None:
    return iso(at) if at else None


def _local(at: datetime | None, zone: str) -> str | None:
    return at.astimezone(zone_of(zone)).isoformat(timespec="seconds") if at else None


ROUTES: list[HTTPRouteHandler] = [calendar, call]
