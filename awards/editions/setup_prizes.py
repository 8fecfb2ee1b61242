"""The set-up of prizes: by rank, for some entrants only, to the next of these, or by decision alone."""

from typing import Any

from awards.cities.regions import Region
from awards.editions.document import ENTRANT_KINDS, PRIZE_KINDS, EditionDocument, PrizePart
from awards.editions.prize_words import whom
from awards.editions.setup import Answers, Field, Typed, choices
from awards.web.frame import Choice
from awards.web.i18n import _
from awards.web.words import region

RANKED, RING_FENCED, CASCADE, OUTSIDE = PRIZE_KINDS


def prize_fields(document: EditionDocument) -> tuple[Field, ...]:
    where = {one.code: one.name for one in document.categories}
    others = tuple(
        Choice(one.code, f"{one.name} ({where.get(one.category, _('the whole edition'))})")
        for one in document.prizes
        if one.kind != OUTSIDE
    )
    return (
        Field("text", "name", _("Name")),
        Field("select", "category", _("Where"),
              choices=(Choice("", _("The whole edition")), *(Choice(*pair) for pair in where.items()))),
        Field("number", "position", _("Order"), _("1 is the highest prize.")),
        Field("number", "places", _("How many places")),
        Field("radios", "kind", _("How it is given"), choices=(
            Choice(RANKED, _("By rank")),
            Choice(RING_FENCED, _("To the best of some entrants"),
                   _("Such as the best firm. Who has another prize can have this one too.")),
            Choice(CASCADE, _("To the next of some entrants"),
                   _("Such as the next city of a region, where its best one has another prize already.")),
            Choice(OUTSIDE, _("Outside the ranking, with a reason")))),
        Field("checkboxes", "regions", _("Only for these regions"), _("Tick none for all."),
              choices=tuple(Choice(one.value, region(one.value)) for one in Region)),
        Field("checkboxes", "entrants", _("Only for these entrants"), _("Tick none for all."),
              choices=choices(*ENTRANT_KINDS)),
        Field("text", "countries", _("Only for these countries"), _("Two letters each, such as KR KE. Empty is all."),
              optional=True),
        *((Field("checkboxes", "past", _("Passes over who has one of these"),
                 _("For “to the next”. Tick none for every prize by rank of the same category."), choices=others),)
          if others else ()),
    )  # fmt: skip


def prize_values(_document: EditionDocument, part: PrizePart | None) -> Typed:
    part = part or PrizePart("", "", 1)
    return {
        "name": part.name,
        "category": part.category,
        "position": str(part.position),
        "places": str(part.places),
        "kind": part.kind,
        "regions": part.said("region"),
        "entrants": part.said("kind"),
        "countries": " ".join(part.said("country")),
        "past": part.said("past"),
    }


def prize_part(_document: EditionDocument, code: str, answers: Answers, _old: Any) -> PrizePart:
    countries = answers.text("countries").replace(",", " ").upper().split()
    values = (
        *(("region", one) for one in answers.many("regions")),
        *(("kind", one) for one in answers.many("entrants")),
        *(("country", one) for one in countries),
        *(("past", one) for one in answers.many("past")),
    )
    return PrizePart(
        code,
        answers.text("name"),
        answers.whole("position"),
        answers.whole("places"),
        answers.text("category"),
        answers.text("kind"),
        tuple(sorted({(key, text) for key, text in values if text})),
    )


def prize_row(document: EditionDocument, part: PrizePart) -> tuple[str, str]:
    names = {one.code: one.name for one in document.categories}
    where = names.get(part.category, _("The whole edition"))
    ring = whom(part.values)
    return part.name, _("%(where)s, only for: %(ring)s", where=where, ring=ring) if ring else where
