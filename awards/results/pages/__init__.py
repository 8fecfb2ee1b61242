"""The secretariat's pages on results and prizes."""

from litestar.handlers import HTTPRouteHandler

from awards.results.pages import advancing, deciding, extra, gate, planning, prizes, rounds, sheets

ROUTES: list[HTTPRouteHandler] = [
    *rounds.ROUTES,
    *deciding.ROUTES,
    *advancing.ROUTES,
    *sheets.ROUTES,
    *extra.ROUTES,
    *gate.ROUTES,
    *prizes.ROUTES,
    *planning.ROUTES,
]
