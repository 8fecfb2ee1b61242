"""The rules that an edition sets on who enters, and with what: each with its state, decided here alone. Pure.

Whoever starts, changes or submits an entry, reads its task list or screens it asks the same function.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from awards.cities.rules import fold
from awards.entries.facts import CityWord, Draft, Facts, Rule, RuleRow, RuleState, Sibling, Stage
from awards.entries.rule_words import kinds_in_words
from awards.web.i18n import _, name_of, ngettext
from awards.web.words import day, listing, word_count, zone_of


def eligibility(facts: Facts, draft: Draft | None = None) -> tuple[RuleRow, ...]:
    """Every rule with its state; without a draft as it is before one is started."""
    return tuple(_excepted(facts, rule, _CHECKS[rule](facts, draft)) for rule in Rule)


def stopping(rows: Sequence[RuleRow], *stages: Stage) -> dict[str, str]:
    """What stops an entry at these stages: field of the form, or "", -> what to do.

    Limits of words are not among it: each answer says for itself what it lacks.
    """
    found: dict[str, str] = {}
    for row in rows:
        if row.state is RuleState.MISSING and row.stage in stages and row.rule is not Rule.WORDS:
            found[row.field] = f"{found.get(row.field, '')} {row.text}".strip()
    return found


def has_place_for(facts: Facts) -> bool:
    """Whether the city has a place for one more entry on its behalf; what only waits for its word takes none."""
    most = facts.rules.entries_per_city
    return (
        most is None
        or Rule.QUOTA in facts.exemptions
        or sum(1 for one in facts.siblings if one.counts) < most
    )


def needs_word(facts: Facts) -> bool:
    """Whether the city has to say yes to an entry on its behalf."""
    return facts.rules.city_approval and facts.is_for_a_city and Rule.APPROVAL not in facts.exemptions


def _excepted(facts: Facts, rule: Rule, row: RuleRow) -> RuleRow:
    reason = facts.exemptions.get(rule.value)
    if reason is None or row.state is RuleState.NONE:
        return row
    text = _("The secretariat made an exception for %(entrant)s.", entrant=facts.entrant)
    return RuleRow(rule, RuleState.EXEMPTED, text, row.stage, row.field, reason)


# --- one function a rule -------------------------------------------------------------------------------


def _kind(facts: Facts, _draft: Draft | None) -> RuleRow:
    known = facts.rules.who_may_enter
    if not known:
        return RuleRow(Rule.KIND, RuleState.NONE, _("Every kind of entrant may enter."))
    if facts.kind.value in known:
        return RuleRow(Rule.KIND, RuleState.HOLDS, _("%(entrant)s may enter.", entrant=facts.entrant))
    text = _(
        "%(entrant)s cannot enter: this edition takes entries of %(kinds)s only.",
        entrant=facts.entrant,
        kinds=kinds_in_words(known),
    )
    return RuleRow(Rule.KIND, RuleState.MISSING, text, Stage.START, "entrant")


def _members(facts: Facts, _draft: Draft | None) -> RuleRow:
    if not facts.rules.members_only:
        return RuleRow(Rule.MEMBERS, RuleState.NONE, _("Members and others may enter."))
    named = {"city": facts.counted, "programme": facts.programme}
    if facts.is_member:
        text = _("%(city)s is a member when entries close.", **named)
        return RuleRow(Rule.MEMBERS, RuleState.HOLDS, text)
    text = _(
        "%(city)s is not on the list of members when entries close. Ask the secretariat if it should be.",
        **named,
    )
    return RuleRow(Rule.MEMBERS, RuleState.MISSING, text, Stage.START, "entrant")


def _winners(facts: Facts, draft: Draft | None) -> RuleRow:
    match facts.rules.earlier_winners:
        case "another practice":
            return _same_practice(facts, draft)
        case "after some years":
            return _lately(facts)
    return RuleRow(Rule.WINNERS, RuleState.NONE, _("Earlier winners may enter."))


def _same_practice(facts: Facts, draft: Draft | None) -> RuleRow:
    for win in facts.wins:
        if draft is not None and win.title and fold(win.title) == fold(draft.title):
            text = _(
                "“%(title)s” won in %(edition)s. Enter another practice.",
                title=win.title,
                edition=win.edition,
            )
            return RuleRow(Rule.WINNERS, RuleState.MISSING, text, Stage.CHANGE, "title")
    text = _("No earlier winner is entered again.")
    if facts.wins:
        titles = listing(list(dict.fromkeys(f"“{win.title}”" for win in facts.wins if win.title)))
        text = _("Enter another practice than the one that won: %(titles)s.", titles=titles)
    return RuleRow(Rule.WINNERS, RuleState.HOLDS, text, Stage.CHANGE, "title")


def _lately(facts: Facts) -> RuleRow:
    years = facts.rules.winner_years
    last = max((win for win in facts.wins), key=lambda win: win.year, default=None)
    if last is not None and last.year >= facts.year - years:
        text = _(
            "%(city)s won in %(edition)s. It may enter again in %(year)s.",
            city=facts.counted,
            edition=last.edition,
            year=str(last.year + years + 1),
        )
        return RuleRow(Rule.WINNERS, RuleState.MISSING, text, Stage.START, "entrant")
    text = ngettext(
        "%(city)s did not win in the year before.",
        "%(city)s did not win in the %(num)d years before.",
        years,
        city=facts.counted,
    )
    return RuleRow(Rule.WINNERS, RuleState.HOLDS, text)


def _quota(facts: Facts, draft: Draft | None) -> RuleRow:
    most = facts.rules.entries_per_city
    if most is None:
        return RuleRow(Rule.QUOTA, RuleState.NONE, _("There is no limit to the entries of a city."))
    named = {"city": facts.counted, "count": facts.taken, "most": most}
    if facts.taken >= most:
        text = _(
            "%(city)s has %(count)d of %(most)d allowed entries. Withdraw one to start another.", **named
        )
        if facts.is_for_a_city and facts.city:
            text = _("No place is left for %(city)s in this edition.", **named)
        return RuleRow(Rule.QUOTA, RuleState.MISSING, text, Stage.START)
    if facts.is_for_a_city and facts.city:
        return RuleRow(Rule.QUOTA, RuleState.HOLDS, _("There is a place for %(city)s.", **named))
    if draft is None:
        text = ngettext(
            "%(city)s has %(num)d place left.",
            "%(city)s has %(num)d places left.",
            most - facts.taken,
            **named,
        )
        return RuleRow(Rule.QUOTA, RuleState.HOLDS, text)
    named["count"] = facts.taken + 1
    text = _("%(city)s has %(count)d of %(most)d allowed entries, this one among them.", **named)
    return RuleRow(Rule.QUOTA, RuleState.HOLDS, text)


def _category(facts: Facts, draft: Draft | None) -> RuleRow:
    """One practice enters one category: the same title twice is the same practice."""
    if not facts.rules.one_category_per_entry:
        return RuleRow(Rule.CATEGORY, RuleState.NONE, _("A practice may stand in several categories."))
    for other in facts.siblings:
        if (
            draft is not None
            and (other.own or other.counts)
            and fold(other.title) == fold(draft.title)
            and other.category != draft.category
        ):
            return RuleRow(Rule.CATEGORY, RuleState.MISSING, _twice(facts, other), Stage.CHANGE, "category")
    text = _("One practice enters one category.")
    return RuleRow(Rule.CATEGORY, RuleState.HOLDS, text, Stage.CHANGE, "category")


def _twice(facts: Facts, other: Sibling) -> str:
    if other.own or not facts.is_for_a_city:
        return _(
            "“%(title)s” is in another category as %(reference)s. Each practice is in one category only.",
            title=other.title,
            reference=other.reference,
        )
    return _("This practice is in another category for %(city)s. Choose that one.", city=facts.counted)


def _approval(facts: Facts, draft: Draft | None) -> RuleRow:
    if not facts.rules.city_approval or not facts.is_for_a_city:
        return RuleRow(Rule.APPROVAL, RuleState.NONE, _("No city has to approve this entry."))
    if not facts.city:
        text = _("Name the city on whose behalf %(entrant)s enters.", entrant=facts.entrant)
        return RuleRow(Rule.APPROVAL, RuleState.MISSING, text, Stage.START, "city")
    letter = facts.questions.get(facts.rules.letter_question)
    named = {"city": facts.city, "question": letter.label if letter else "", "reason": facts.said.text}
    match facts.said.word:
        case CityWord.GIVEN:
            text = _("%(city)s approves this entry.", **named)
            return RuleRow(Rule.APPROVAL, RuleState.HOLDS, text)
        case CityWord.DECLINED:
            text = _("%(city)s does not want this entry on its behalf. Its reason: %(reason)s", **named)
            return RuleRow(Rule.APPROVAL, RuleState.MISSING, text)
    if letter is not None and letter.files:
        text = _("The letter of %(city)s is there; the secretariat reads it at the screening.", **named)
        return RuleRow(Rule.APPROVAL, RuleState.HOLDS, text)
    if not facts.city_people:
        text = _("Nobody acts for %(city)s here yet: ask the secretariat to record its approval.", **named)
    elif draft is None:
        text = _("The officials of %(city)s are asked once you start, and approve on their page.", **named)
    else:
        text = _("Waits for %(city)s: its officials have got a mail and approve on their page.", **named)
    if letter is None:
        return RuleRow(Rule.APPROVAL, RuleState.MISSING, text)
    text += " " + _("Or attach its letter in the answer to “%(question)s”.", **named)
    return RuleRow(Rule.APPROVAL, RuleState.MISSING, text, field=facts.rules.letter_question)


def _maturity(facts: Facts, draft: Draft | None) -> RuleRow:
    months = facts.rules.maturity_months
    asked = facts.questions.get(facts.rules.maturity_question)
    if not months or asked is None or (draft is not None and not asked.asked):
        return RuleRow(Rule.MATURITY, RuleState.NONE, _("The practice may be as young as it is."))
    field = facts.rules.maturity_question
    since = _date(asked.value)
    if since is None or facts.closes is None:
        text = ngettext(
            "Answer “%(question)s”: it must be %(num)d month before entries close, or earlier.",
            "Answer “%(question)s”: it must be %(num)d months before entries close, or earlier.",
            months,
            question=asked.label,
        )
        return RuleRow(Rule.MATURITY, RuleState.MISSING, text, field=field)
    close = facts.closes.astimezone(zone_of(facts.zone)).date()
    running = months_between(since, close)
    if running < months:
        text = ngettext(
            "Running since %(day)s, which is %(running)d months when entries close; at least %(num)d is needed.",
            "Running since %(day)s, which is %(running)d months when entries close; at least %(num)d are needed.",
            months,
            day=day(since),
            running=max(running, 0),
        )
        return RuleRow(Rule.MATURITY, RuleState.MISSING, text, field=field)
    text = _(
        "Running since %(day)s, which is %(count)d months when entries close.", day=day(since), count=running
    )
    return RuleRow(Rule.MATURITY, RuleState.HOLDS, text, field=field)


def _language(facts: Facts, draft: Draft | None) -> RuleRow:
    known = facts.rules.languages
    names = listing([name_of(lang) for lang in known])
    if draft is not None and draft.lang not in known:
        text = _("Choose one of the languages of this edition: %(names)s", names=names)
        return RuleRow(Rule.LANGUAGE, RuleState.MISSING, text, Stage.CHANGE, "lang")
    text = _("Answers are in %(names)s.", names=name_of(draft.lang) if draft is not None else names)
    return RuleRow(Rule.LANGUAGE, RuleState.HOLDS, text, Stage.CHANGE, "lang")


def _words(_facts: Facts, draft: Draft | None) -> RuleRow:
    if draft is not None and draft.words:
        labels = listing([f"“{label}”" for label in draft.words])
        text = _("Keep to the limits of words in %(questions)s.", questions=labels)
        return RuleRow(Rule.WORDS, RuleState.MISSING, text)
    return RuleRow(Rule.WORDS, RuleState.HOLDS, _("Each answer keeps to its limits of words."))


_CHECKS: Mapping[Rule, Callable[[Facts, Draft | None], RuleRow]] = {
    Rule.KIND: _kind,
    Rule.MEMBERS: _members,
    Rule.WINNERS: _winners,
    Rule.QUOTA: _quota,
    Rule.CATEGORY: _category,
    Rule.APPROVAL: _approval,
    Rule.MATURITY: _maturity,
    Rule.LANGUAGE: _language,
    Rule.WORDS: _words,
}


# --- counting ------------------------------------------------------------------------------------------


def months_between(since: date, until: date) -> int:
    """Whole months: a month is over on the same day of the next, or on the last of a shorter one."""
    months = (until.year - since.year) * 12 + until.month - since.month
    is_last = (date.fromordinal(until.toordinal() + 1)).month != until.month
    return months if until.day >= since.day or is_last else months - 1


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def breaks_limits(text: str, least: int, most: int) -> bool:
    """Whether a text that is there has too few or too many words; 0 is no limit."""
    count = word_count(text)
    return bool(text.strip()) and (count < least or bool(most and count > most))
