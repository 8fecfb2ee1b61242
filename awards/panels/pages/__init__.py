"""Pages of panels: the judge's bench, the pool of judges, and the panel of a round."""

from litestar.handlers import HTTPRouteHandler

from awards.panels.pages import (
    availability,
    bench,
    conflicts,
    disclosed,
    editing,
    invited,
    judges,
    nominated,
    nominations,
    objections,
    overrides,
    panel,
    planning,
    pool,
    profile,
    proposals,
    repairs,
    seats,
)

ROUTES: list[HTTPRouteHandler] = [
    *bench.ROUTES,
    *availability.ROUTES,
    *profile.ROUTES,
    *judges.ROUTES,
    *pool.ROUTES,
    *panel.ROUTES,
    *planning.ROUTES,
    *invited.ROUTES,
    *seats.ROUTES,
    *conflicts.ROUTES,
    *disclosed.ROUTES,
    *overrides.ROUTES,
    *objections.ROUTES,
    *nominations.ROUTES,
    *nominated.ROUTES,
    *proposals.ROUTES,
    *editing.ROUTES,
    *repairs.ROUTES,
]
