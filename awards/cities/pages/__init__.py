from litestar.handlers import HTTPRouteHandler

from awards.cities.pages import desk, entrants

ROUTES: list[HTTPRouteHandler] = [*entrants.ROUTES, *desk.ROUTES]
