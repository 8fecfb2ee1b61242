"""The sections of the set-up that are one form: details, programme, rules, conflicts."""

from msgspec.structs import replace

from awards.editions.document import (
    CONFLICT_DEFAULTS,
    DISCLOSURES,
    ENTRANT_KINDS,
    FURTHER_READS,
    HELD,
    JURY_SHOWN,
    LATE_EDITS,
    LATE_SYNCS,
    ONCE,
    EditionDocument,
    Effect,
    ProgrammePart,
)
from awards.editions.licences import LICENCES, title_of
from awards.editions.setup import Answers, Field, Section, Typed, choices
from awards.editions.setup_entering import entering
from awards.editions.setup_screening import screening_change, screening_fields, screening_values
from awards.web.frame import Choice
from awards.web.i18n import _


def _detail_fields(_document: EditionDocument) -> tuple[Field, ...]:
    return (
        Field("text", "name", _("Name of the edition")),
        Field("number", "year", _("Year")),
        Field("text", "zone", _("Time zone"), _("Deadlines are set and shown in it, such as Asia/Seoul.")),
        Field("text", "lang", _("Language"), _("A code such as en.")),
        Field(
            "textarea", "summary", _("Summary"), _("One or two sentences for the public page."), optional=True
        ),
    )


def _detail_values(document: EditionDocument) -> Typed:
    return {
        "name": document.name,
        "year": str(document.year),
        "zone": document.zone,
        "lang": document.lang,
        "summary": document.summary,
    }


def _detail_change(document: EditionDocument, answers: Answers) -> EditionDocument:
    return replace(
        document,
        name=answers.text("name"),
        year=answers.whole("year"),
        zone=answers.text("zone"),
        lang=answers.text("lang"),
        summary=answers.text("summary"),
    )


def _programme_fields(_document: EditionDocument) -> tuple[Field, ...]:
    return (
        Field("text", "name", _("Name of the programme"), _("It stands on every page.")),
        Field("text", "zone", _("Time zone")),
        Field("text", "lang", _("Language"), _("A code such as en.")),
        Field("email", "contact", _("E-mail address for questions"), optional=True),
    )


def _programme_values(document: EditionDocument) -> Typed:
    part = document.programme
    return {"name": part.name, "zone": part.zone, "lang": part.lang, "contact": part.contact}


def _programme_change(document: EditionDocument, answers: Answers) -> EditionDocument:
    return replace(
        document,
        programme=ProgrammePart(
            document.programme.slug,
            answers.text("name"),
            answers.text("zone"),
            answers.text("lang"),
            answers.text("contact"),
        ),
    )


def _rule_fields(_document: EditionDocument) -> tuple[Field, ...]:
    disclosures = {
        "sums": _("Sums of marks for each entry and each judge’s label: everybody can recompute the results"),
        "marks": _("Every mark, under labels without names"),
        "results": _("Results only: the auditor recomputes"),
    }
    jury = {
        "no": _("There is none"),
        "after publication": _("Once results are published"),
        "now": _("From now on: cities know who judges while judging goes on"),
    }
    late = {
        HELD: _("They are held, and count if two people accept them"),
        "refused": _("They are refused"),
    }
    further = {
        ONCE: _("Once at most, before its results are decided"),
        "no": _("No: what is signed off when it closes decides"),
    }
    return (
        Field("number", "entries_per_city", _("Most entries of one city"), _("Empty is no limit."), optional=True),
        Field("checkbox", "one_category_per_entry", _("An entry stands in one category only")),
        Field(
            "checkboxes", "who_may_enter", _("Who may enter"), _("Tick none to let everybody in."),
            choices=choices(*ENTRANT_KINDS),
        ),
        Field("text", "languages", _("Languages of entries"), _("Codes with commas between them: en, fr.")),
        Field("radios", "late_edit", _("How long a submitted entry can change"), choices=choices(*LATE_EDITS)),
        Field(
            "radios", "disclosure", _("What the public file of results holds"),
            _("Judges are told before they accept."),
            choices=tuple(Choice(word, disclosures[word]) for word in DISCLOSURES),
        ),
        Field(
            "number", "most_files", _("Most files of one entry"),
            _("Each question of the form says for itself how many it takes."),
        ),
        Field(
            "number", "most_file_mb", _("Largest file, in megabytes"),
            _("Videos are linked, not uploaded. Once the call is open it can only grow."),
        ),
        Field(
            "textarea", "declaration", _("What an official declares on submitting"),
            _("Empty is our own text: that it is true, that they may submit it, and that you may publish it."),
            optional=True,
        ),
        Field("textarea", "terms", _("Terms that judges accept"), optional=True),
        Field(
            "radios", "jury_public", _("The public page of the jury"),
            _("It names judges who let it, and counts the others. Nobody learns who read what."),
            choices=tuple(Choice(word, jury[word]) for word in JURY_SHOWN),
        ),
        Field(
            "radios", "late_sync", _("Marks written in time without a connection that arrive after the deadline"),
            _("Judges read this rule before they work offline."),
            choices=tuple(Choice(word, late[word]) for word in LATE_SYNCS),
        ),
        Field(
            "radios", "further_reads", _("Whether a closed round may read entries at a prize line once more"),
            _("It is announced with the rules, so that nobody wonders why an entry was read again."),
            choices=tuple(Choice(word, further[word]) for word in FURTHER_READS),
        ),
        Field(
            "radios", "licence", _("Under which licence the published results can be used"),
            _("It is signed with each publication; what cities wrote of their practices stays theirs."),
            choices=tuple(Choice(one.code, title_of(one)) for one in LICENCES.values()),
        ),
    )  # fmt: skip


def _rule_values(document: EditionDocument) -> Typed:
    rules = document.rules
    return {
        "entries_per_city": "" if rules.entries_per_city is None else str(rules.entries_per_city),
        "one_category_per_entry": "1" if rules.one_category_per_entry else "",
        "who_may_enter": rules.who_may_enter,
        "languages": ", ".join(rules.languages),
        "late_edit": rules.late_edit,
        "disclosure": rules.disclosure,
        "terms": rules.terms,
        "jury_public": rules.jury_public,
        "late_sync": rules.late_sync,
        "further_reads": rules.further_reads,
        "licence": rules.licence,
        "declaration": rules.declaration,
        "most_files": str(rules.most_files),
        "most_file_mb": str(rules.most_file_mb),
    }


def _rule_change(document: EditionDocument, answers: Answers) -> EditionDocument:
    most = answers.text("entries_per_city")
    return replace(
        document,
        rules=replace(
            document.rules,
            entries_per_city=answers.whole("entries_per_city") if most else None,
            one_category_per_entry=answers.ticked("one_category_per_entry"),
            who_may_enter=answers.many("who_may_enter"),
            languages=tuple(word for word in answers.text("languages").replace(",", " ").split() if word),
            late_edit=answers.text("late_edit"),
            disclosure=answers.text("disclosure"),
            terms=answers.text("terms"),
            jury_public=answers.text("jury_public"),
            late_sync=answers.text("late_sync") or document.rules.late_sync,
            further_reads=answers.text("further_reads") or document.rules.further_reads,
            licence=answers.text("licence") or document.rules.licence,
            declaration=answers.text("declaration"),
            most_files=answers.whole("most_files", document.rules.most_files),
            most_file_mb=answers.whole("most_file_mb", document.rules.most_file_mb),
        ),
    )


def _conflict_fields(_document: EditionDocument) -> tuple[Field, ...]:
    labels = {
        "own_city": _("An entry of the judge’s own city"),
        "own_country": _("An entry of the judge’s own country"),
        "employer": _("An entry of the judge’s employer"),
        "past_employer": _("An entry of a former employer of the judge"),
        "linked": _(
            "An entry of a twin of the judge’s city, or of a body of which one is a member of the other"
        ),
        "supplier": _("An entry whose supplier the judge works for, sells to, owns or advises"),
        "nominated_by": _("An entry of the city that nominated the judge"),
        "declared": _("A conflict that the judge declared"),
        "declared_by_entrant": _("The city asked that the judge does not judge its entry"),
        "secretariat": _("A conflict that the secretariat put on record"),
    }
    effects = (
        Choice(Effect.FORBID.value, _("Forbid: never assigned, unless two people override it")),
        Choice(Effect.WARN.value, _("Warn: assigned only where there is no other way")),
        Choice(Effect.REPORT.value, _("Report: assigned, and listed in the conflict report")),
    )
    years = Field(
        "number",
        "past_years",
        _("Years for which a post that has ended counts"),
        _("For former employers of a judge."),
    )
    return (*(Field("radios", code, labels[code], choices=effects) for code in CONFLICT_DEFAULTS), years)


def _conflict_values(document: EditionDocument) -> Typed:
    return {
        **{code: effect.value for code, effect in document.conflicts},
        "past_years": str(document.past_years),
    }


def _conflict_change(document: EditionDocument, answers: Answers) -> EditionDocument:
    return replace(
        document,
        conflicts=tuple(
            (code, answers.one_of(code, Effect, effect)) for code, effect in CONFLICT_DEFAULTS.items()
        ),
        past_years=answers.whole("past_years", document.past_years),
    )


def sections() -> dict[str, Section]:
    """In the order of the task list; titles in the reader's language."""
    found = (
        Section("details", _("Details"), _detail_fields, _detail_values, _detail_change, ("edition",)),
        Section(
            "programme", _("Programme"), _programme_fields, _programme_values, _programme_change, ("programme",)
        ),
        Section("rules", _("Rules for entries and judges"), _rule_fields, _rule_values, _rule_change, ("rules",)),
        Section(
            "screening", _("Screening"), screening_fields, screening_values, screening_change, ("rules",)
        ),
        entering(),
        Section(
            "conflicts", _("Conflicts of interest"), _conflict_fields, _conflict_values, _conflict_change,
            ("conflicts",),
        ),
    )  # fmt: skip
    return {one.slug: one for one in found}
