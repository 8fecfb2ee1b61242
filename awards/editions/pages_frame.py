"""The frame of every page on the desk of an edition."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response

from awards.editions import desk
from awards.editions.queries import EditionRow
from awards.web.frame import Link
from awards.web.render import render
from awards.web.session import actor_of


def on_desk(
    request: Request[Any, Any, Any],
    edition: EditionRow,
    template: str,
    page: object,
    *,
    crumbs: Sequence[Link] = (),
    status: int = 200,
) -> Response[bytes]:
    """The page as the actor's role may see it, with the parts of the edition that this role opens beside it."""
    actor = actor_of(request)
    return render(
        request,
        template,
        page,
        status=status,
        role=desk.role_of(edition, actor),
        place=desk.place(edition),
        side=desk.side(edition, request.url.path, actor),
        crumbs=crumbs,
        demo=edition.demo,
    )
