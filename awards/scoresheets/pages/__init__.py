"""Pages of scoresheets: a judge's list and sheet, signing off, and the secretariat's progress."""

from litestar.handlers import HTTPRouteHandler

from awards.scoresheets import api
from awards.scoresheets.pages import (
    board,
    booklet,
    chair,
    exports,
    files,
    history,
    key,
    keyed,
    late,
    my_entries,
    offline,
    paper,
    progress,
    receipts,
    reminders,
    sheet,
    signing,
)

ROUTES: list[HTTPRouteHandler] = [
    *my_entries.ROUTES,
    *sheet.ROUTES,
    *chair.ROUTES,
    *files.ROUTES,
    *offline.ROUTES,
    *late.ROUTES,
    *history.ROUTES,
    *signing.ROUTES,
    *receipts.ROUTES,
    *progress.ROUTES,
    *board.ROUTES,
    *exports.ROUTES,
    *reminders.ROUTES,
    *booklet.ROUTES,
    *paper.ROUTES,
    *key.ROUTES,
    *keyed.ROUTES,
    *api.ROUTES,
]
