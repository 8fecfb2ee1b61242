"""The draft with the eyes of others: what they will not get is not there, by the same query and partial as theirs."""

import json
from collections.abc import Sequence

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.queries import RoundRow, rounds_of
from awards.entries import queries
from awards.entries.attaching import FileFacts
from awards.entries.pages.frame import AnyRequest, render_entry
from awards.entries.queries import AnswerRow, BlindEntry, JudgedEntry, OwnEntry
from awards.entries.releasing import Practice, practice_from, released
from awards.errors import NotFound
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

JUDGES, BLIND, PUBLIC = "judges", "blind", "public"


class JudgesPreview(Struct, frozen=True):
    title: str
    own: OwnEntry
    ways: tuple[Link, ...]
    entry: BlindEntry
    where: str
    rounds: tuple[str, ...]
    hidden: tuple[str, ...]
    blind: bool


class PublicPreview(Struct, frozen=True):
    title: str
    own: OwnEntry
    ways: tuple[Link, ...]
    practice: Practice
    hidden: tuple[str, ...]


@get("/city/entries/{reference:str}/preview/{eyes:str}", guards=[needs_sign_in])
async def preview(request: AnyRequest, reference: FromPath[str], eyes: FromPath[str]) -> Response[bytes]:
    now = arrival_of(request.scope).at
    entry = await queries.own_entry(actor_of(request), reference, now)
    rounds = await rounds_of(entry.edition_id)
    there = _eyes(rounds)
    if eyes == JUDGES and eyes not in there:
        return redirect(request, f"{entry.path}/preview/{BLIND}")
    if eyes not in there:
        raise NotFound
    answers = await queries.answers_of(entry.id, entry.edition_id, entry.category_id, now)
    facts = await queries.facts_of(entry.id) if any(row.files for row in answers) else ()
    if eyes == PUBLIC:
        return _public(request, entry, answers, rounds, facts)
    text, _sha256 = queries.draft_of(entry, answers)
    blind = eyes == BLIND
    row = {
        "reference": entry.reference,
        "title": entry.title,
        "category": entry.category,
        "category_name": entry.category_name,
        "lang": entry.lang,
    }
    seen = queries.judged(row, json.loads(text), [one.question for one in answers], facts, blind=blind)
    shown = {answer.code for answer in seen.answers}
    page = JudgesPreview(
        title=_("As judges will see it who are not told who entered")
        if blind
        else _("As judges will see it"),
        own=entry,
        ways=_ways(entry, rounds, eyes),
        entry=seen,
        where=f"{seen.entrant}, {seen.country_label}" if isinstance(seen, JudgedEntry) else "",
        rounds=tuple(one.name for one in rounds if one.blind == blind),
        hidden=_hidden(answers, shown),
        blind=blind,
    )
    return render_entry(request, "entries/preview_judges.html", page, entry, here=page.title)


def _public(
    request: AnyRequest,
    entry: OwnEntry,
    answers: Sequence[AnswerRow],
    rounds: Sequence[RoundRow],
    facts: Sequence[FileFacts],
) -> Response[bytes]:
    text, _sha256 = queries.draft_of(entry, answers)
    page = PublicPreview(
        title=_("As the public will see it"),
        own=entry,
        ways=_ways(entry, rounds, PUBLIC),
        practice=practice_from(
            released(json.loads(text), [row.question for row in answers]), facts, entry.lang
        ),
        hidden=_hidden(answers, {row.question.code for row in answers if row.question.audience == PUBLIC}),
    )
    return render_entry(request, "entries/preview_public.html", page, entry, here=page.title)


def _eyes(rounds: Sequence[RoundRow]) -> dict[str, str]:
    """Whose there are in this edition; where no round is set up yet, judges who are told everything."""
    kinds = {one.blind for one in rounds} or {False}
    words = {JUDGES: _("As judges will"), BLIND: _("As judges will who are not told who entered"),
             PUBLIC: _("As the public will")}  # fmt: skip
    there = {JUDGES: False in kinds, BLIND: True in kinds, PUBLIC: True}
    return {eyes: text for eyes, text in words.items() if there[eyes]}


def _ways(entry: OwnEntry, rounds: Sequence[RoundRow], here: str) -> tuple[Link, ...]:
    return tuple(
        Link(f"{entry.path}/preview/{eyes}", text, eyes == here) for eyes, text in _eyes(rounds).items()
    )


def _hidden(answers: Sequence[AnswerRow], shown: set[str]) -> tuple[str, ...]:
    """Questions that were answered and that these readers do not get."""
    return tuple(row.question.label for row in answers if not row.is_empty and row.question.code not in shown)


ROUTES: list[HTTPRouteHandler] = [preview]
