"""Routes of the desk that set editions up and move them on; each group of pages has a file of its own."""

from litestar.handlers import HTTPRouteHandler

from awards.editions import (
    pages_desk,
    pages_memberships,
    pages_people,
    pages_programme,
    pages_question,
    pages_questions,
    pages_rulesets,
    pages_setup,
    pages_stages,
)

ROUTES: list[HTTPRouteHandler] = [
    *pages_desk.ROUTES,
    *pages_memberships.ROUTES,
    *pages_people.ROUTES,
    *pages_programme.ROUTES,
    *pages_question.ROUTES,
    *pages_questions.ROUTES,
    *pages_rulesets.ROUTES,
    *pages_setup.ROUTES,
    *pages_stages.ROUTES,
]
