from litestar.handlers import HTTPRouteHandler

from awards.entries import api
from awards.entries.pages import (
    answers,
    drafts,
    extensions,
    helping,
    history,
    screening,
    sections,
    submission,
    tasks,
    unsubmitted,
)

ROUTES: list[HTTPRouteHandler] = [
    *drafts.ROUTES,
    *tasks.ROUTES,
    *submission.ROUTES,
    *answers.ROUTES,
    *sections.ROUTES,
    *history.ROUTES,
    *screening.ROUTES,
    *extensions.ROUTES,
    *unsubmitted.ROUTES,
    *helping.ROUTES,
    *api.ROUTES,
]
