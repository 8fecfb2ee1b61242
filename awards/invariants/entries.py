import hashlib

from awards.editions.tables import EditionRule
from awards.entries.declaring import ConsentKind
from awards.entries.tables import EntryConsent, EntryVersion
from awards.invariants.truth import Truth, by_query, by_reading
from awards.web.i18n import lazy

references_differ = by_query(
    "references-differ",
    lazy("Two entries have one reference, read aloud."),
    """
    SELECT UPPER(reference) AS reference FROM entry GROUP BY UPPER(reference) HAVING COUNT(*) > 1
    ORDER BY UPPER(reference)
    """,
)

answers_are_their_last_revision = by_query(
    "answers-are-their-last-revision",
    lazy("An answer differs from its last revision."),
    """
    SELECT a.id AS answer FROM answer a
    LEFT JOIN answer_revision r ON r.answer = a.id AND r.version = a.version AND r.value = a.value
    LEFT JOIN answer_revision later ON later.answer = a.id AND later.version > a.version
    WHERE r.id IS NULL OR later.id IS NOT NULL ORDER BY a.id
    """,
)

answers_stay_in_their_edition = by_query(
    "answers-stay-in-their-edition",
    lazy("An answer, or the category of an entry, belongs to another edition."),
    """
    SELECT DISTINCT e.id AS entry FROM entry e JOIN category c ON c.id = e.category
    LEFT JOIN answer a ON a.entry = e.id LEFT JOIN question q ON q.id = a.question
    WHERE c.edition <> e.edition OR q.edition <> e.edition ORDER BY e.id
    """,
)

submitted_entries_have_a_version = by_query(
    "submitted-entries-have-a-version",
    lazy("An entry was submitted, and no submission of it is stored."),
    """
    SELECT e.id AS entry FROM entry e LEFT JOIN entry_version v ON v.entry = e.id
    WHERE e.state IN ('submitted', 'eligible', 'ineligible') AND v.id IS NULL ORDER BY e.id
    """,
)


@by_reading("submissions-are-whole", lazy("A stored submission is not what its hash says."))
async def submissions_are_whole() -> list[str]:
    rows = await EntryVersion.select(EntryVersion.id, EntryVersion.body, EntryVersion.sha256).order_by(
        EntryVersion.id
    )
    return [
        f"entry_version {row['id']}"
        for row in rows
        if hashlib.sha256(row["body"].encode()).hexdigest() != row["sha256"]
    ]


submissions_are_numbered = by_query(
    "submissions-are-numbered",
    lazy("The submissions of an entry are not numbered 1, 2, 3."),
    """
    SELECT entry FROM entry_version GROUP BY entry HAVING MIN(number) <> 1 OR MAX(number) <> COUNT(*)
    ORDER BY entry
    """,
)

# What a folder brought in was submitted elsewhere, by nobody here.
submissions_arrive_in_time = by_query(
    "submissions-arrive-in-time",
    lazy("A submission arrived before the call opened, or at its end or later."),
    """
    SELECT DISTINCT v.id AS entry_version FROM entry_version v JOIN entry e ON e.id = v.entry
    JOIN milestone m ON m.edition = e.edition
    WHERE v."by" IS NOT NULL AND ((m.kind = 'opens' AND v.arrived_at < m.at)
       OR (m.kind = 'closes' AND v.arrived_at >= m.at
        AND NOT EXISTS (SELECT 1 FROM extension x WHERE x.edition = e.edition AND x.entrant = e.entrant
            AND x.entry_id IN (0, e.id) AND x.created_at <= v.arrived_at AND v.arrived_at < x."until"
            AND (x.ended_at IS NULL OR x.ended_at > v.arrived_at))
        AND NOT EXISTS (SELECT 1 FROM enquiry q WHERE q.entry_version = v.id))) ORDER BY v.id
    """,
)


@by_reading(
    "declarations-are-of-submissions",
    lazy("A declaration is of no submission, by another person, or not the words that were agreed to."),
)
async def declarations_are_of_submissions() -> list[str]:
    rows = await EntryConsent.raw(
        "SELECT c.id, c.kind, c.text, c.text_sha256, v.id AS version FROM entry_consent c"
        ' LEFT JOIN entry_version v ON v.entry = c.entry AND v.number = c.number AND v."by" = c."by"'
        " ORDER BY c.id"
    )
    return [
        f"entry_consent {row['id']}"
        for row in rows
        if hashlib.sha256(row["text"].encode()).hexdigest() != row["text_sha256"]
        or (row["kind"] == ConsentKind.DECLARATION.value and row["version"] is None)
    ]


extensions_stay_with_their_entrant = by_query(
    "extensions-stay-with-their-entrant",
    lazy("An extension is for an entry of another entrant, or of another edition."),
    """
    SELECT x.id AS extension FROM extension x LEFT JOIN entry e ON e.id = x.entry_id
    WHERE x.entry_id <> 0
      AND (e.id IS NULL OR x.entrant IS NULL OR e.entrant <> x.entrant OR e.edition <> x.edition)
    ORDER BY x.id
    """,
)

late_tries_were_late = by_query(
    "late-tries-were-late",
    lazy("A try was refused as late, and arrived before the deadline."),
    "SELECT id AS late_try FROM late_try WHERE created_at < closed ORDER BY id",
)

screening_decides = by_query(
    "screening-decides",
    lazy("An entry's state differs from the last decision of its screening."),
    """
    SELECT e.id AS entry FROM entry e JOIN screening_decision d ON d.entry = e.id
    LEFT JOIN screening_decision later ON later.entry = e.id AND later.number > d.number
    WHERE later.id IS NULL AND e.state <> 'withdrawn' AND e.state <> d.outcome ORDER BY e.id
    """,
)

refusals_have_a_reason = by_query(
    "refusals-have-a-reason",
    lazy("An entry is ineligible, and no decision says why."),
    """
    SELECT e.id AS entry FROM entry e
    LEFT JOIN screening_decision d ON d.entry = e.id AND d.outcome = 'ineligible' AND d.reason <> ''
    WHERE e.state = 'ineligible' AND d.id IS NULL ORDER BY e.id
    """,
)

withdrawals_have_an_instant = by_query(
    "withdrawals-have-an-instant",
    lazy("An entry is withdrawn without an instant, or has one without being withdrawn."),
    """
    SELECT id AS entry FROM entry WHERE (state = 'withdrawn') <> (withdrawn_at IS NOT NULL) ORDER BY id
    """,
)


# Whoever was ever excepted has as many as it likes. Where a city has to approve, what others make on its behalf
# takes a place by its yes, or by a letter once it is sent.
_COUNTED = """
SELECT COALESCE(n.for_city, n.entrant) AS city FROM entry n
LEFT JOIN edition_rule r ON r.edition = n.edition AND r.code = 'city_approval'
LEFT JOIN entry_consent y ON y.entry = n.id AND y.kind = {} AND y.ended_at IS NULL
LEFT JOIN entry_consent z ON z.entry = n.id AND z.kind = {} AND z.ended_at IS NULL
WHERE n.edition = {} AND n."by" IS NOT NULL AND n.state <> 'withdrawn' AND NOT EXISTS
 (SELECT 1 FROM exemption x WHERE x.edition = n.edition AND x.entrant = n.entrant AND x.rule = 'quota')
 AND (COALESCE(n.for_city, n.entrant) = n.entrant OR COALESCE(r.value, 'no') <> 'yes' OR y.id IS NOT NULL
  OR (n.state <> 'draft' AND z.id IS NULL))
GROUP BY COALESCE(n.for_city, n.entrant) HAVING COUNT(*) > {} ORDER BY COALESCE(n.for_city, n.entrant)
"""


@by_reading("cities-keep-their-number", lazy("More entries count for a city than the edition allows."))
async def cities_keep_their_number() -> list[str]:
    rules = await EditionRule.select(EditionRule.edition, EditionRule.value).where(
        EditionRule.code == "entries_per_city"
    )
    found = []
    for rule in rules:
        if not rule["value"].strip().isdecimal():
            continue  # No limit.
        rows = await EditionRule.raw(
            _COUNTED,
            ConsentKind.APPROVAL.value,
            ConsentKind.REFUSAL.value,
            rule["edition"],
            int(rule["value"]),
        )
        found += [f"edition {rule['edition']}, entrant {row['city']}" for row in rows]
    return found


TRUTHS: tuple[Truth, ...] = (
    references_differ,
    answers_are_their_last_revision,
    answers_stay_in_their_edition,
    submitted_entries_have_a_version,
    submissions_are_whole,
    submissions_are_numbered,
    submissions_arrive_in_time,
    declarations_are_of_submissions,
    extensions_stay_with_their_entrant,
    late_tries_were_late,
    screening_decides,
    refusals_have_a_reason,
    withdrawals_have_an_instant,
    cities_keep_their_number,
)
