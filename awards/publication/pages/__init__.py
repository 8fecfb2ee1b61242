"""Public pages, and the secretariat's pages that lead to them."""

from litestar.handlers import HTTPRouteHandler

from awards.publication.pages import (
    call,
    certificates,
    desk,
    editions,
    feedback,
    files,
    halt,
    jury,
    library,
    method,
    packs,
    public,
    signing,
    strictness,
    texts,
    verify,
    versions,
    words,
)

ROUTES: list[HTTPRouteHandler] = [
    *public.ROUTES,
    *library.ROUTES,
    *editions.ROUTES,
    *files.ROUTES,
    *method.ROUTES,
    *versions.ROUTES,
    *call.ROUTES,
    *jury.ROUTES,
    *strictness.ROUTES,
    *texts.ROUTES,
    *desk.ROUTES,
    *signing.ROUTES,
    *halt.ROUTES,
    *feedback.ROUTES,
    *words.ROUTES,
    *verify.ROUTES,
    *certificates.ROUTES,
    *packs.ROUTES,
]
