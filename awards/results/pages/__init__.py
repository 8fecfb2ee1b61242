"""The secretariat's pages on results and prizes."""

from litestar.handlers import HTTPRouteHandler

from awards.results.pages import (
    advancing,
    criteria,
    deciding,
    deliberation,
    deliberation_entry,
    deliberation_open,
    deliberations,
    differences,
    extra,
    gate,
    otherwise,
    planning,
    prizes,
    rounds,
    sheets,
    strictness,
    tracing,
)

ROUTES: list[HTTPRouteHandler] = [
    *rounds.ROUTES,
    *criteria.ROUTES,
    *tracing.ROUTES,
    *strictness.ROUTES,
    *differences.ROUTES,
    *otherwise.ROUTES,
    *deciding.ROUTES,
    *advancing.ROUTES,
    *sheets.ROUTES,
    *deliberations.ROUTES,
    *deliberation.ROUTES,
    *deliberation_open.ROUTES,
    *deliberation_entry.ROUTES,
    *extra.ROUTES,
    *gate.ROUTES,
    *prizes.ROUTES,
    *planning.ROUTES,
]
