"""What a city is told of its own entry once the results are out: a page, and the same on paper."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.document import EditionDocument
from awards.editions.queries import document_of
from awards.entries.queries import OwnEntry, own_entry
from awards.errors import NotFound
from awards.publication.certificate_facts import Certified, certificates_for
from awards.publication.feedback import RoundFeedback
from awards.publication.feedback_facts import OwnFeedback, own_feedback
from awards.publication.feedback_paper import (
    TEMPLATE,
    document,
    held_sentence,
    score_sentence,
    standing_sentence,
    too_few,
)
from awards.publication.method_words import brought_along, way_of
from awards.publication.worked import formula, round_named, weights_in
from awards.web import typeset
from awards.web.arrival import arrival_of
from awards.web.figures import Axis, axis
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.render import render
from awards.web.session import actor_of, needs_sign_in
from awards.web.spreadsheet import download

AnyRequest = Request[Any, Any, Any]
PDF = "application/pdf"


class DrawnRound(Struct, frozen=True):
    round: RoundFeedback
    standing: str
    score: str
    criteria: Axis
    way: str
    """How scores of the round come about."""
    worked: str
    """How the criteria make the score, in numbers."""
    brought: str
    """What is said of a total that is carried over."""


class FeedbackPage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    own: OwnFeedback
    rounds: tuple[DrawnRound, ...]
    category_path: str
    method_path: str
    too_few: str
    certificates: tuple[Certified, ...]

    def held(self, count: int) -> str:
        return held_sentence(count)


@get("/city/entries/{reference:str}/feedback", guards=[needs_sign_in])
async def feedback_page(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    now = arrival_of(request.scope).at
    entry = await own_entry(actor_of(request), reference, now)
    own = await own_feedback(entry.id, entry.edition_id, now)
    document = await document_of(entry.edition_id) if own.feedback else None
    page = FeedbackPage(
        title=_("What judging says of your entry"),
        entry=entry,
        own=own,
        rounds=tuple(drawn(one, document, entry.category) for one in own.feedback.rounds)
        if own.feedback and document
        else (),
        category_path=f"{own.edition_path}/{entry.category}" if own.published else "",
        method_path=f"{own.edition_path}/method",
        too_few=too_few(),
        certificates=tuple(await certificates_for(entry.id, now)),
    )
    crumbs = (Link("/city", _("Your entries")), Link(entry.path, entry.title), Link("", page.title, True))
    return render(
        request, "publication/feedback.html", page, crumbs=crumbs, role=_("city official"),
        place=Link("", entry.edition_name), demo=entry.demo,
    )  # fmt: skip


@get("/city/entries/{reference:str}/feedback/pdf", guards=[needs_sign_in])
async def feedback_paper(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    now = arrival_of(request.scope).at
    entry = await own_entry(actor_of(request), reference, now)
    own = await own_feedback(entry.id, entry.edition_id, now)
    if own.feedback is None or own.visible_at is None:
        raise NotFound
    pdf = await typeset.pdf(TEMPLATE, document(entry, own.feedback, own.visible_at), own.visible_at)
    return download(pdf, f"{entry.reference}-feedback.pdf", PDF)


def drawn(one: RoundFeedback, document: EditionDocument, category: str) -> DrawnRound:
    values = [
        value
        for criterion in one.criteria
        for value in (
            criterion.estimate,
            *((criterion.beside.low, criterion.beside.high) if criterion.beside else ()),
        )
    ]
    part = round_named(document, one.name)
    carried = part.method.carried_weight if part and part is not document.rounds[0] else 0
    weights = weights_in(part, category) if part else {}
    named = {of.name: weights[of.code] for of in part.criteria if of.code in weights} if part else {}
    worked = ""
    if (
        one.estimate is not None
        and [of.name for of in one.criteria] == list(named)
        and len(named) == len(weights)
    ):
        worked = formula([(of.estimate, named[of.name]) for of in one.criteria], one.estimate, carried)
    return DrawnRound(
        one, standing_sentence(one), score_sentence(one), axis(values),
        way_of(part.method.rule) if part and one.estimate is not None else "", worked, brought_along(carried) if carried else "",
    )  # fmt: skip


ROUTES: list[HTTPRouteHandler] = [feedback_page, feedback_paper]
