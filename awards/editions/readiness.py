"""What stands in the way of opening a call or a round, and what an opened round freezes. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from awards.editions.document import HELD, ONCE, PAST_YEARS, EditionDocument, RoundPart, conflicts_said, plain
from awards.editions.rules import EditionState, RoundState
from awards.web.i18n import _
from awards.web.words import day_time

FORMAT = "awards-ruleset/1"


def call_obstacles(document: EditionDocument, state: EditionState, now: datetime) -> tuple[str, ...]:
    """Sentences, each of which must be answered before cities may enter."""
    return tuple(_call(document, state, now))


def _call(document: EditionDocument, state: EditionState, now: datetime) -> Iterator[str]:
    opens, closes = document.milestone("opens"), document.milestone("closes")
    if state is not EditionState.DRAFT:
        yield _("The call was opened already.")
    if opens is None:
        yield _("Set the milestone “opens”: when the first entry may come in.")
    if closes is None:
        yield _("Set the milestone “closes”: the deadline.")
    elif closes <= now:
        yield _("The deadline is over. Set a later one.")
    if not document.categories:
        yield _("Add at least one category.")
    if not document.questions:
        yield _("Add at least one question to the entry form.")
    for category in document.categories:
        if document.questions and not any(
            not one.categories or category.code in one.categories for one in document.questions
        ):
            yield _("No question stands in the category “%(name)s”.", name=category.name)


def round_obstacles(
    document: EditionDocument,
    code: str,
    edition: EditionState,
    state: RoundState,
    now: datetime,
    extended: datetime | None = None,
) -> tuple[str, ...]:
    """Sentences, each of which must be answered before judges may mark; `extended` is the last own deadline."""
    part = next(one for one in document.rounds if one.code == code)
    return tuple(_round(document, part, edition, state, now, extended))


def still_entering(
    document: EditionDocument, edition: EditionState, extended: datetime | None, now: datetime
) -> str:
    """Why judging cannot begin yet: somebody was told that there is time left."""
    deadline = document.milestone("closes")
    if edition is not EditionState.OPEN or deadline is None:
        return ""
    if now < deadline:
        return _("Cities can still change their entries. The round can open when the deadline is over.")
    if extended is not None and now < extended:
        return _(
            "One entrant has more time, until %(time)s. Wait for that, or end the extension.",
            time=day_time(extended),
        )
    return ""


def _round(
    document: EditionDocument,
    part: RoundPart,
    edition: EditionState,
    state: RoundState,
    now: datetime,
    extended: datetime | None,
) -> Iterator[str]:
    if state is not RoundState.DRAFT:
        yield _("The round was opened already.")
    if edition is EditionState.DRAFT:
        yield _("Open the call first: categories and entries come before judging.")
    elif edition not in (EditionState.OPEN, EditionState.JUDGING):
        yield _("The edition is decided; no further round can open.")
    if entering := still_entering(document, edition, extended, now):
        yield entering
    if part.closes <= now:
        yield _("The round’s own deadline is over. Set a later one.")
    if not part.criteria:
        yield _("Add the criteria by which judges mark.")
    for criterion in part.criteria:
        if not criterion.weights:
            yield _("Give the criterion “%(name)s” a weight in at least one category.", name=criterion.name)
    weighted = {category for criterion in part.criteria for category, _weight in criterion.weights}
    for category in document.categories:
        if part.criteria and category.code not in weighted:
            yield _("No criterion has a weight in the category “%(name)s”.", name=category.name)
    if not document.prizes:
        yield _("Add the prizes that are decided.")


def frozen_document(document: EditionDocument, code: str) -> dict[str, Any]:
    """Everything that no longer changes once this round is open, as canonical plain data."""
    part = next(one for one in document.rounds if one.code == code)
    used = {criterion.scale for criterion in part.criteria}
    return {
        "format": FORMAT,
        "programme": document.programme.slug,
        "edition": document.slug,
        "disclosure": document.rules.disclosure,
        **({"late_sync": document.rules.late_sync} if document.rules.late_sync != HELD else {}),
        **({"further_reads": document.rules.further_reads} if document.rules.further_reads != ONCE else {}),
        "categories": [{"code": one.code, "name": one.name} for one in document.categories],
        "conflicts": {code: effect.value for code, effect in conflicts_said(document)},
        **({"past_years": document.past_years} if document.past_years != PAST_YEARS else {}),
        "scales": [plain(one) for one in document.scales if one.code in used],
        "round": {
            "code": part.code,
            "name": part.name,
            "kind": part.kind,
            "opens": plain(part.opens),
            "blind": part.blind,
            "confidence": part.confidence,
            "bridge_first": part.bridge_first,
            **({"not_enough_evidence": True} if part.not_enough_evidence else {}),
            "method": part.method.document(),
            "criteria": plain(part.criteria),
        },
        "prizes": plain(document.prizes),
    }
