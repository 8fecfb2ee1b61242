from litestar.handlers import HTTPRouteHandler

from awards.entries import api
from awards.entries.pages import answers, drafts, extensions, screening, submission, tasks

ROUTES: list[HTTPRouteHandler] = [
    *drafts.ROUTES,
    *tasks.ROUTES,
    *submission.ROUTES,
    *answers.ROUTES,
    *screening.ROUTES,
    *extensions.ROUTES,
    *api.ROUTES,
]
