"""Public pages, and the secretariat's pages that lead to them."""

from litestar.handlers import HTTPRouteHandler

from awards.publication.pages import call, desk, editions, feedback, files, jury, library, public, strictness, texts

ROUTES: list[HTTPRouteHandler] = [
    *public.ROUTES,
    *library.ROUTES,
    *editions.ROUTES,
    *files.ROUTES,
    *call.ROUTES,
    *jury.ROUTES,
    *strictness.ROUTES,
    *texts.ROUTES,
    *desk.ROUTES,
    *feedback.ROUTES,
]
