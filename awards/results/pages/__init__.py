"""The secretariat's pages on results and prizes."""

from litestar.handlers import HTTPRouteHandler

from awards.results.pages import deciding, prizes, rounds, sheets

ROUTES: list[HTTPRouteHandler] = [
    *rounds.ROUTES,
    *deciding.ROUTES,
    *sheets.ROUTES,
    *prizes.ROUTES,
]
