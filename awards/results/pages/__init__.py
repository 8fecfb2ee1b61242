"""The secretariat's pages on results and prizes."""

from litestar.handlers import HTTPRouteHandler

from awards.results.pages import deciding, extra, gaps, planning, prizes, rounds, sheets

ROUTES: list[HTTPRouteHandler] = [
    *rounds.ROUTES,
    *deciding.ROUTES,
    *sheets.ROUTES,
    *extra.ROUTES,
    *gaps.ROUTES,
    *prizes.ROUTES,
    *planning.ROUTES,
]
