"""The secretariat's pages on results and prizes."""

from litestar.handlers import HTTPRouteHandler

from awards.results.pages import prizes, rounds

ROUTES: list[HTTPRouteHandler] = [*rounds.ROUTES, *prizes.ROUTES]
