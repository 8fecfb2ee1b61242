"""What stands around every page of the bench."""

from typing import Any

from litestar import Request, Response

from awards.panels.queries import RoundRow
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.render import render

AnyRequest = Request[Any, Any, Any]


def on_the_bench(
    request: AnyRequest, template: str, page: object, found: RoundRow, *crumbs: Link, status: int = 200
) -> Response[bytes]:
    return render(
        request,
        template,
        page,
        status=status,
        role=_("judge"),
        place=Link("/bench", found.name),
        crumbs=(Link("/bench", _("Your rounds")), *crumbs),
        demo=found.edition.demo,
    )
