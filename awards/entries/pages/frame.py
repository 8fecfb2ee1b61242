"""What the pages of an entry share: its frame, and the refusal of what came too late."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response
from msgspec import Struct

from awards.entries.lateness import how_late
from awards.entries.queries import OwnEntry
from awards.entries.rules import Late
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.render import render
from awards.web.words import iso, utc

AnyRequest = Request[Any, Any, Any]


def render_entry(
    request: AnyRequest,
    template: str,
    page: object,
    entry: OwnEntry,
    *,
    here: str = "",
    status: int = 200,
) -> Response[bytes]:
    """A page of one entry; `here` is its name in the way back, "" on the task list itself."""
    crumbs: Sequence[Link] = (Link("/city", _("Your entries")), Link("", entry.title, True))
    if here:
        crumbs = (Link("/city", _("Your entries")), Link(entry.path, entry.title), Link("", here, True))
    return render(
        request,
        template,
        page,
        status=status,
        crumbs=crumbs,
        role=_("city official"),
        place=Link("", entry.edition_name),
        demo=entry.demo,
    )


def moved_since(entry: OwnEntry, drawn: str) -> str:
    """That the deadline is not the one that a form was drawn with; "" where it is, or where the form said none."""
    if not drawn or entry.call.closes is None or drawn == iso(entry.call.closes):
        return ""
    return _("The deadline has moved to %(time)s.", time=utc(entry.call.closes))


class LatePage(Struct, frozen=True):
    title: str
    why: str
    closes: datetime
    arrived: datetime
    late: str
    typed: str
    back: str


def render_late(request: AnyRequest, refusal: Late, *, back: str, typed: str = "") -> Response[bytes]:
    """The rule, both instants, and what was typed: nothing of it is stored, the try is on record."""
    arrived = arrival_of(request.scope).at
    late = how_late(arrived - refusal.closes)
    heading = _("Entries have closed") if type(refusal) is Late else _("The time for this is over")
    page = LatePage(heading, refusal.why, refusal.closes, arrived, late, typed, back)
    crumbs = (Link("/city", _("Your entries")), Link("", page.title, True))
    return render(request, "entries/late.html", page, status=403, crumbs=crumbs, role=_("city official"))


def back_to_check(request: AnyRequest, fields: Mapping[str, str] | None) -> str:
    """Whoever came from the check of all answers goes back there; the form carries it on."""
    asked = (fields or {}).get("back", "") or request.query_params.get("back", "")
    return "check" if asked == "check" else ""
