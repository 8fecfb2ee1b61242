"""An entry as PDF: the draft as it stands and each version, for its own people; what was submitted, for the desk."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from awards.editions.queries import seen_by
from awards.editions.rules import Role
from awards.entries import queries
from awards.entries.pages.frame import AnyRequest
from awards.entries.pages.receipts import attachment
from awards.entries.paper import Cover, document
from awards.entries.queries import receipts
from awards.entries.queries.receipts import Receipt
from awards.entries.reading import read_body
from awards.web import typeset
from awards.web.arrival import arrival_of
from awards.web.i18n import _, name_of
from awards.web.session import actor_of, needs_sign_in
from awards.web.words import day_time

PDF = "application/pdf"
TEMPLATE = "entry.typ"


@get("/city/entries/{reference:str}/pdf", guards=[needs_sign_in])
async def draft_paper(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    now = arrival_of(request.scope).at
    entry = await queries.own_entry(actor_of(request), reference, now)
    answers = await queries.answers_of(entry.id, entry.edition_id, entry.category_id, now)
    text, sha256 = queries.draft_of(entry, answers)
    body = json.loads(text)
    state = _("Draft, as it stood %(time)s", time=day_time(now))
    if entry.submitted and sha256 == entry.submitted_sha256:
        state = _("As submitted, version %(number)d", number=entry.submitted)
    elif entry.submitted:
        state = _(
            "Changed since version %(number)d, as it stood %(time)s",
            number=entry.submitted,
            time=day_time(now),
        )
    cover = Cover(
        reference=entry.reference,
        title=entry.title,
        state=state,
        facts=_facts(entry.programme_name, entry.edition_name, entry.category_name, body),
    )
    sections = read_body(body, [row.question for row in answers], also_empty=True)
    pdf = await typeset.pdf(TEMPLATE, document(cover, sections, entry.lang), _minute(now))
    return attachment(pdf, f"{entry.reference}-draft.pdf", PDF)


@get("/city/entries/{reference:str}/versions/{number:int}/pdf", guards=[needs_sign_in])
async def version_paper(
    request: AnyRequest, reference: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    entry = await queries.own_entry(actor_of(request), reference, arrival_of(request.scope).at)
    found = await receipts.receipt_of(entry.id, number)
    facts = _facts(entry.programme_name, entry.edition_name, entry.category_name, found.body)
    return await _submitted(entry.reference, entry.edition_id, entry.zone, facts, found)


@get(
    "/desk/{programme:str}/{edition:str}/entries/{reference:str}/versions/{number:int}/pdf",
    guards=[needs_sign_in],
)
async def desk_paper(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    reference: FromPath[str],
    number: FromPath[int],
) -> Response[bytes]:
    row = await seen_by(actor_of(request), programme, edition, Role.SCREENER, Role.AUDITOR)
    entry = await receipts.submitted_entry(row.id, reference)
    found = await receipts.receipt_of(entry.id, number)
    facts = _facts(row.programme_name, row.name, entry.category, found.body)
    return await _submitted(entry.reference, row.id, row.zone, facts, found)


async def _submitted(
    reference: str, edition_id: int, zone: str, facts: Sequence[tuple[str, str]], found: Receipt
) -> Response[bytes]:
    body = found.body
    arrived = day_time(found.arrived_at, "UTC", seconds=True)
    if zone != "UTC":
        facts = (*facts, (_("Arrived"), f"{arrived}\n{day_time(found.arrived_at, zone, seconds=True)}"))
    cover = Cover(
        reference=reference,
        title=body.get("title") or reference,
        state=_("Submitted, version %(number)d, arrived %(time)s", number=found.number, time=arrived),
        facts=(*facts, (_("Submitted by"), found.by)) if found.by else facts,
        sha256=found.sha256,
        head=found.head,
        declared=found.declared,
    )
    sections = read_body(body, await queries.questions_asked(edition_id, also_ended=True))
    pdf = await typeset.pdf(TEMPLATE, document(cover, sections, body.get("lang", "")), found.arrived_at)
    return attachment(pdf, f"{reference}-version-{found.number}.pdf", PDF)


def _facts(
    programme: str, edition: str, category: str, body: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    entrant = body.get("entrant", {})
    who = ", ".join(filter(None, (entrant.get("name"), entrant.get("country_label"))))
    facts = (
        (_("Programme"), programme),
        (_("Edition"), edition),
        (_("Category"), category),
        (_("Entrant"), who),
        (_("Language"), name_of(body["lang"]) if body.get("lang") else ""),
    )
    return tuple(fact for fact in facts if fact[1])


def _minute(at: datetime) -> datetime:
    """As far as the page tells the time: within it, the same draft is the same document."""
    return at.replace(second=0, microsecond=0)


ROUTES: list[HTTPRouteHandler] = [draft_paper, version_paper, desk_paper]
