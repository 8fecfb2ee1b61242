from litestar.handlers import HTTPRouteHandler

from awards.entries import api
from awards.entries.pages import answers, drafts, screening, submission, tasks

ROUTES: list[HTTPRouteHandler] = [
    *drafts.ROUTES,
    *tasks.ROUTES,
    *submission.ROUTES,
    *answers.ROUTES,
    *screening.ROUTES,
    *api.ROUTES,
]
