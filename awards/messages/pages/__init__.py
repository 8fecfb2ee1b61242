"""The pages of messages: the list and the log, one message from its group to its sending, the edition's own words."""

from litestar.handlers import HTTPRouteHandler

from awards.messages.pages import composing, listing, sending, templates

ROUTES: list[HTTPRouteHandler] = [
    *listing.ROUTES,
    *composing.ROUTES,
    *sending.ROUTES,
    *templates.ROUTES,
]
