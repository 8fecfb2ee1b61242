from awards.invariants.truth import Truth, by_query, by_reading
from awards.panels.queries.conflicts import conflicts_of_round
from awards.panels.rules import ACTIVE
from awards.panels.tables import Assignment
from awards.web.i18n import lazy

labels_differ = by_query(
    "labels-differ",
    lazy("Two seats of a round have one label, read aloud."),
    """
    SELECT round, UPPER(label) AS label FROM seat GROUP BY round, UPPER(label) HAVING COUNT(*) > 1
    ORDER BY round, UPPER(label)
    """,
)

rounds_read_their_edition = by_query(
    "rounds-read-their-edition",
    lazy("A round reads an entry of another edition, or the text of another entry."),
    """
    SELECT x.id AS round_entry FROM round_entry x JOIN round r ON r.id = x.round
    JOIN entry e ON e.id = x.entry LEFT JOIN entry_version v ON v.id = x.entry_version
    WHERE r.edition <> e.edition OR v.entry <> x.entry ORDER BY x.id
    """,
)

rounds_read_a_submission = by_query(
    "rounds-read-a-submission",
    lazy("A round that has opened reads an entry without a stored submission."),
    """
    SELECT x.id AS round_entry FROM round_entry x JOIN round r ON r.id = x.round
    WHERE r.state <> 'draft' AND x.entry_version IS NULL ORDER BY x.id
    """,
)

assignments_stay_in_their_round = by_query(
    "assignments-stay-in-their-round",
    lazy("An entry of one round is given to a judge of another."),
    """
    SELECT a.id AS assignment FROM assignment a
    JOIN round_entry x ON x.id = a.round_entry JOIN seat s ON s.id = a.seat
    WHERE x.round <> s.round ORDER BY a.id
    """,
)

only_seated_judges_begin = by_query(
    "only-seated-judges-begin",
    lazy("An entry waits for a judge who has not accepted the seat, or has left it."),
    """
    SELECT a.id AS assignment FROM assignment a JOIN seat s ON s.id = a.seat
    WHERE a.state IN ('given', 'opened') AND s.state <> 'accepted' ORDER BY a.id
    """,
)

seats_read_their_categories = by_query(
    "seats-read-their-categories",
    lazy("A judge has an entry of a category that the seat does not serve."),
    """
    SELECT a.id AS assignment FROM assignment a
    JOIN round_entry x ON x.id = a.round_entry JOIN entry e ON e.id = x.entry
    WHERE a.state IN ('given', 'opened', 'started', 'signed')
      AND EXISTS (SELECT 1 FROM seat_category c WHERE c.seat = a.seat)
      AND NOT EXISTS (SELECT 1 FROM seat_category c WHERE c.seat = a.seat AND c.category = e.category)
    ORDER BY a.id
    """,
)

recusals_end_assignments = by_query(
    "recusals-end-assignments",
    lazy("A recusal and the state of its assignment do not agree."),
    """
    SELECT a.id AS assignment FROM assignment a LEFT JOIN recusal q ON q.assignment = a.id
    WHERE (a.state = 'recused') <> (q.id IS NOT NULL) ORDER BY a.id
    """,
)

signatures_have_an_instant = by_query(
    "signatures-have-an-instant",
    lazy("A sheet is signed without an instant, or open with one."),
    """
    SELECT id AS assignment FROM assignment
    WHERE (state = 'signed' AND signed_at IS NULL)
       OR (state IN ('given', 'opened', 'started') AND signed_at IS NOT NULL) ORDER BY id
    """,
)

_GIVEN = """
SELECT a.id, a.created_at, s.person, x.entry, x.round, r.edition
FROM assignment a JOIN seat s ON s.id = a.seat JOIN round_entry x ON x.id = a.round_entry
JOIN round r ON r.id = x.round WHERE a.state IN ({})
ORDER BY x.round, a.created_at, a.id
"""


@by_reading(
    "nobody-judges-in-conflict",
    lazy("An entry is with a judge whom a conflict rule of the edition forbids to read it."),
)
async def nobody_judges_in_conflict() -> list[str]:
    rows = await Assignment.raw(_GIVEN.format(", ".join(f"'{state}'" for state in ACTIVE)))
    found = []
    # As the conflicts stood when the entry was given; one reading for all that were given at once.
    for round_id, edition_id, at in dict.fromkeys(
        (row["round"], row["edition"], row["created_at"]) for row in rows
    ):
        conflicts = await conflicts_of_round(round_id, edition_id, at)
        found += [
            f"assignment {row['id']}"
            for row in rows
            if (row["round"], row["created_at"]) == (round_id, at)
            and conflicts.forbidden(row["person"], row["entry"])
        ]
    return found


conflicts_end_assignments = by_query(
    "conflicts-end-assignments",
    lazy("A conflict was told of while the round was open, and the judge still has the entry."),
    """
    SELECT a.id AS assignment FROM conflict d JOIN seat s ON s.person = d.person
    JOIN round r ON r.id = s.round AND r.edition = d.edition
    JOIN round_entry x ON x.round = r.id AND x.entry = d.entry
    JOIN assignment a ON a.round_entry = x.id AND a.seat = s.id
    WHERE d.withdrawn_at IS NULL AND (r.state IN ('draft', 'open') OR (r.state = 'extra' AND a.extra_until IS NOT NULL))
      AND a.state IN ('given', 'opened', 'started', 'signed')
      AND (d.source IN ('secretariat', 'entrant')
           OR (d.source = 'judge' AND d.created_at < COALESCE(a.extra_until, s.extended_until, r.closes)))
      AND NOT EXISTS (SELECT 1 FROM conflict_rule u WHERE u.edition = d.edition AND u.effect <> 'forbid'
                      AND u.code = CASE d.source WHEN 'judge' THEN 'declared'
                                   WHEN 'entrant' THEN 'declared_by_entrant' ELSE 'secretariat' END)
      AND NOT EXISTS (SELECT 1 FROM conflict_override o JOIN approval v ON v.id = o.approval AND v.given_at IS NOT NULL
                      WHERE o.seat = s.id AND o.entry = d.entry AND o.ended_at IS NULL
                        AND o.code = CASE d.source WHEN 'judge' THEN 'declared'
                                     WHEN 'entrant' THEN 'declared_by_entrant' ELSE 'secretariat' END)
    ORDER BY a.id
    """,
)

conflicts_are_overridden_by_two = by_query(
    "conflicts-are-overridden-by-two",
    lazy("A conflict is overridden without the consent of two different people to exactly that."),
    """
    SELECT o.id AS conflict_override FROM conflict_override o JOIN approval v ON v.id = o.approval
    JOIN seat s ON s.id = o.seat
    WHERE v.action <> 'override conflict' OR v.subject_kind <> 'seat' OR v.subject_id <> o.seat
       OR (v.given_at IS NOT NULL AND (v.given_by IS NULL OR v.given_by = v.asked_by))
       OR (o.ended_at IS NULL AND v.ended_at IS NOT NULL)
       OR NOT EXISTS (SELECT 1 FROM round_entry x WHERE x.round = s.round AND x.entry = o.entry) ORDER BY o.id
    """,
)

objections_name_their_conflict = by_query(
    "objections-name-their-conflict",
    lazy(
        "What a city asked about a judge was decided, and the conflict that follows is another's or missing."
    ),
    """
    SELECT o.id AS objection FROM objection o LEFT JOIN conflict d ON d.id = o.conflict
    WHERE (o.conflict IS NOT NULL AND (d.person <> o.person OR d.entry <> o.entry OR d.source <> 'entrant'))
       OR (o.state = 'accepted') <> (o.person IS NOT NULL)
       OR (o.state IN ('asked', 'withdrawn')) <> (o.decided_at IS NULL) ORDER BY o.id
    """,
)

nobody_is_in_the_pool_unasked = by_query(
    "nobody-is-in-the-pool-unasked",
    lazy("A city's nomination stands without the word of the person, or of the secretariat."),
    """
    SELECT n.id AS city_nomination FROM city_nomination n
    WHERE (n.state = 'agreed' AND NOT EXISTS (SELECT 1 FROM judge j WHERE j.person = n.person))
       OR (n.state IN ('accepted', 'agreed', 'refused', 'declined') AND n.decided_by IS NULL)
       OR (n.state IN ('accepted', 'agreed', 'refused')) <> (n.person IS NOT NULL) ORDER BY n.id
    """,
)

sheets_aside_have_a_reason = by_query(
    "sheets-aside-have-a-reason",
    lazy("A sheet is set aside without a stored reason, or counts although one stands."),
    """
    SELECT DISTINCT a.id AS assignment FROM assignment a
    LEFT JOIN set_aside q ON q.assignment = a.id AND q.restored_at IS NULL
    WHERE (a.state = 'set aside') <> (q.id IS NOT NULL) OR q.reason = '' ORDER BY a.id
    """,
)

sheets_are_left_out_by_two = by_query(
    "sheets-are-left-out-by-two",
    lazy(
        "A sheet of a closed round was left out or restored without the consent of two people to exactly that."
    ),
    """
    SELECT q.id AS set_aside FROM set_aside q LEFT JOIN approval v ON v.id = q.approval
    LEFT JOIN approval w ON w.id = q.restored_approval
    WHERE (q.code = 'voided' AND (v.given_at IS NULL OR v.action <> 'set sheet aside'
           OR v.subject_kind <> 'assignment' OR v.subject_id <> q.assignment))
       OR (q.restored_approval IS NOT NULL AND (w.given_at IS NULL OR w.action <> 'restore sheet'
           OR w.subject_kind <> 'assignment' OR w.subject_id <> q.assignment))
       OR (q.code = 'voided' AND q.restored_at IS NOT NULL AND q.restored_approval IS NULL)
    ORDER BY q.id
    """,
)

rounds_read_again_what_was_asked = by_query(
    "rounds-read-again-what-was-asked",
    lazy("A round is open for further sheets, and none was asked for."),
    """
    SELECT r.id AS round FROM round r WHERE r.state = 'extra' AND NOT EXISTS (SELECT 1 FROM assignment a
      JOIN seat s ON s.id = a.seat WHERE s.round = r.id AND a.extra_until IS NOT NULL AND a.state <> 'withdrawn')
    ORDER BY r.id
    """,
)

further_reads_follow_a_closing = by_query(
    "further-reads-follow-a-closing",
    lazy("A further read stands in a round that was never closed, or its instant on a read that is none."),
    """
    SELECT a.id AS assignment FROM assignment a JOIN seat s ON s.id = a.seat JOIN round r ON r.id = s.round
    WHERE (a.origin = 'extra' AND r.state NOT IN ('closed', 'extra', 'decided'))
       OR (a.extra_until IS NOT NULL AND a.origin <> 'extra') ORDER BY a.id
    """,
)

further_reads_end_together = by_query(
    "further-reads-end-together",
    lazy("Two reads of one time of further reads end at different instants."),
    """
    SELECT s.round FROM assignment a JOIN seat s ON s.id = a.seat WHERE a.extra_until IS NOT NULL
    GROUP BY s.round HAVING COUNT(DISTINCT a.extra_until) > 1 ORDER BY s.round
    """,
)

TRUTHS: tuple[Truth, ...] = (
    labels_differ,
    rounds_read_their_edition,
    rounds_read_a_submission,
    assignments_stay_in_their_round,
    only_seated_judges_begin,
    seats_read_their_categories,
    recusals_end_assignments,
    signatures_have_an_instant,
    nobody_judges_in_conflict,
    conflicts_end_assignments,
    conflicts_are_overridden_by_two,
    objections_name_their_conflict,
    nobody_is_in_the_pool_unasked,
    sheets_aside_have_a_reason,
    sheets_are_left_out_by_two,
    rounds_read_again_what_was_asked,
    further_reads_follow_a_closing,
    further_reads_end_together,
)
