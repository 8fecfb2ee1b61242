from litestar.handlers import HTTPRouteHandler

from awards.cities.pages import desk, entrants, links

ROUTES: list[HTTPRouteHandler] = [*entrants.ROUTES, *desk.ROUTES, *links.ROUTES]
