from litestar.handlers import HTTPRouteHandler

from awards.entries import api
from awards.entries.pages import (
    answers,
    attachments,
    drafts,
    extensions,
    files,
    files_desk,
    helping,
    history,
    screening,
    sections,
    submission,
    tasks,
    unsubmitted,
    uploads,
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
    *attachments.ROUTES,
    *files.ROUTES,
    *files_desk.ROUTES,
    *uploads.ROUTES,
    *api.ROUTES,
]
