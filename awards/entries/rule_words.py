"""The rules of an edition in words that hold for everybody, and their names. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from awards.cities.rules import EntrantKind
from awards.editions.document import EditionRules
from awards.entries.facts import OF_THE_ENTRY, Rule, RuleRow, RuleState, Stage
from awards.web.i18n import _, name_of, ngettext
from awards.web.words import listing


def kinds_in_words(kinds: Sequence[str]) -> str:
    words = {
        EntrantKind.CITY: _("cities"),
        EntrantKind.PUBLIC_BODY: _("public bodies"),
        EntrantKind.FIRM: _("firms"),
        EntrantKind.INSTITUTION: _("institutions"),
        EntrantKind.PERSON: _("single persons"),
    }
    return listing([words[EntrantKind(kind)] for kind in kinds])


def in_words(rules: EditionRules, programme: str, labels: Mapping[str, str]) -> dict[Rule, str]:
    """The rules that an edition sets, as sentences that hold for everybody; `labels` are those of its questions."""
    said: dict[Rule, str] = {}
    if rules.who_may_enter:
        said[Rule.KIND] = _("Entries come from %(kinds)s.", kinds=kinds_in_words(rules.who_may_enter))
    if rules.members_only:
        said[Rule.MEMBERS] = _(
            "Only members of %(programme)s enter, as the list of members stands when entries close. What counts is "
            "the city that the entry is for.",
            programme=programme,
        )
    if rules.earlier_winners == "another practice":
        said[Rule.WINNERS] = _("A practice that won in an earlier edition does not enter again.")
    if rules.earlier_winners == "after some years":
        said[Rule.WINNERS] = ngettext(
            "A city that won in the year before does not enter.",
            "A city that won in one of the %(num)d years before does not enter.",
            rules.winner_years,
        )
    if rules.entries_per_city is not None:
        said[Rule.QUOTA] = ngettext(
            "A city has one entry at most, counting what others enter on its behalf.",
            "A city has %(num)d entries at most, counting what others enter on its behalf.",
            rules.entries_per_city,
        )
    if rules.one_category_per_entry:
        said[Rule.CATEGORY] = _("One practice enters one category.")
    if rules.city_approval:
        said[Rule.APPROVAL] = _("Who enters on behalf of a city needs its approval.")
        if rules.letter_question in labels:
            said[Rule.APPROVAL] += " " + _(
                "Its officials approve on their page, or you attach its letter in the answer to “%(question)s”.",
                question=labels[rules.letter_question],
            )
    if rules.maturity_months:
        said[Rule.MATURITY] = ngettext(
            "The practice has been running for at least %(num)d month when entries close.",
            "The practice has been running for at least %(num)d months when entries close.",
            rules.maturity_months,
        )
    said[Rule.LANGUAGE] = _(
        "Answers are in %(names)s.", names=listing([name_of(one) for one in rules.languages])
    )
    return said


def rule_names() -> dict[Rule, str]:
    return {
        Rule.KIND: _("Who may enter"),
        Rule.MEMBERS: _("Members only"),
        Rule.WINNERS: _("Earlier winners"),
        Rule.QUOTA: _("Entries of a city"),
        Rule.CATEGORY: _("One category"),
        Rule.APPROVAL: _("The city’s approval"),
        Rule.MATURITY: _("Running long enough"),
        Rule.LANGUAGE: _("Language"),
        Rule.WORDS: _("Limits of words"),
    }


class RuleLine(Struct, frozen=True):
    """A rule as a row on a page; `state` adds "later" to those of a rule: nobody can meet it before the start."""

    name: str
    state: str
    text: str
    reason: str
    page: str


LATER = "later"


def lines(rows: Iterable[RuleRow], *, started: bool) -> tuple[RuleLine, ...]:
    """Those rules that the edition sets, as they stand for one entrant or one entry."""
    names = rule_names()
    return tuple(
        RuleLine(names[row.rule], _state(row, started=started), row.text, row.reason, row.page)
        for row in rows
        if row.state is not RuleState.NONE
        and (started or row.state is RuleState.EXEMPTED or row.rule not in OF_THE_ENTRY)
    )


def _state(row: RuleRow, *, started: bool) -> str:
    if (
        started
        or row.state is not RuleState.MISSING
        or not (row.stage is Stage.SUBMIT or row.field == "city")
    ):
        return row.state.value
    return LATER
