"""One page of the demonstration's own: the truth that was planted, beside what calibration found."""

from datetime import timedelta
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from awards.demo.queries import CategoryTruth, JudgeTruth, planted_truth
from awards.web.arrival import arrival_of
from awards.web.figures import Axis, balanced_axis
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.render import render_public

KEPT = timedelta(minutes=5)


class PlantedPage(Struct, frozen=True):
    title: str
    axis: Axis
    judges: tuple[JudgeTruth, ...]
    categories: tuple[CategoryTruth, ...]
    edition_path: str

    @property
    def raw_right(self) -> int:
        return sum(category.raw_is_right for category in self.categories)

    @property
    def calibrated_right(self) -> int:
        return sum(category.calibrated_is_right for category in self.categories)


@get("/demonstration/planted", opt={"public": True})
async def planted_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    now = arrival_of(request.scope).at
    truth = await planted_truth(now)
    ends = (value for judge in truth.judges for value in (-judge.low, -judge.high, -judge.planted))
    page = PlantedPage(
        title=_("What was planted, and what calibration found"),
        axis=balanced_axis(ends),
        judges=truth.judges,
        categories=truth.categories,
        edition_path=truth.edition_path,
    )
    crumbs = (Link(truth.edition_path, _("The closed demonstration")), Link("", page.title, current=True))
    return render_public(request, "demo/planted.html", page, until=now + KEPT, crumbs=crumbs, demo=True)


ROUTES: list[HTTPRouteHandler] = [planted_page]
